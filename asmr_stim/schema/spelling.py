"""Which word was meant by one that is not there: a guess to offer, or a certainty to act on.

Offers: ``close_word``, ``certain_word``.
"""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches

CLOSE = 0.6  # share of matching letters from which a word is offered as what was meant
CERTAIN = 0.75  # and from which it may be written without asking,
LEAD = 0.1  # if the next other word is behind by this much


def close_word(word: object, words: Iterable[str]) -> str | None:
    """Return the word nearest to what was written, or None if none is near."""
    matches = get_close_matches(str(word), list(words), n=1, cutoff=CLOSE)
    return matches[0] if matches else None


def certain_word(word: str, meanings: Mapping[str, str]) -> str | None:
    """Return the meaning of the word that was certainly meant, or None if there is doubt.

    Parameters
    ----------
    word : str
        As it was written.
    meanings : mapping
        Every word that it could be, and what that stands for. Words of one meaning are no rivals.

    Examples
    --------
    >>> directions = {"increase": "increase", "decrease": "decrease"}
    >>> certain_word("increse", directions)
    'increase'
    >>> certain_word("crease", directions) is None
    True
    """
    alike: dict[str, float] = {}
    matcher = SequenceMatcher(b=word, autojunk=False)
    for known, meaning in meanings.items():
        matcher.set_seq1(known)
        if matcher.real_quick_ratio() >= CERTAIN - LEAD:
            alike[meaning] = max(alike.get(meaning, 0.0), matcher.ratio())
    best, *others = sorted(alike.items(), key=lambda each: -each[1]) or [("", 0.0)]
    if best[1] < CERTAIN or (others and best[1] - others[0][1] < LEAD):
        return None
    return best[0]
