"""Which word was meant by one that is not there: a guess to offer, or a certainty to act on.

Offers: ``close_word``, ``certain_word``.
"""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher, get_close_matches

from asmr_stim.schema.terms import folded

CLOSE = 0.6  # share of matching letters from which a word is offered as what was meant
CERTAIN = 0.72  # and from which it may be written without asking,
LEAD = 0.1  # if the next other word is behind by this much


def close_word(word: object, words: Iterable[str]) -> str | None:
    """Return the word nearest to what was written, or None if none is near."""
    known = {each.casefold(): each for each in words}
    matches = get_close_matches(str(word).casefold(), list(known), n=1, cutoff=CLOSE)
    return known[matches[0]] if matches else None


def certain_word(word: str, meanings: Mapping[str, str]) -> str | None:
    """Return the meaning of the word that was certainly meant, or None if there is doubt.

    Parameters
    ----------
    word : str
        As it was written.
    meanings : mapping
        Every word that it could be, and what that stands for. Words of one meaning are no rivals.
        Capitals, spaces, hyphens and underscores do not matter.

    Examples
    --------
    >>> directions = {"increase": "increase", "decrease": "decrease"}
    >>> certain_word("increse", directions)
    'increase'
    >>> certain_word("crease", directions) is None
    True
    """
    same = {meaning for known, meaning in meanings.items() if folded(known) == folded(word)}
    if same:
        return same.pop() if len(same) == 1 else None
    alike: dict[str, float] = {}
    matcher = SequenceMatcher(b=word.casefold(), autojunk=False)
    for known, meaning in meanings.items():
        matcher.set_seq1(known.casefold())
        if matcher.real_quick_ratio() >= CERTAIN - LEAD:
            alike[meaning] = max(alike.get(meaning, 0.0), matcher.ratio())
    best, *others = sorted(alike.items(), key=lambda each: -each[1]) or [("", 0.0)]
    if best[1] < CERTAIN or (others and best[1] - others[0][1] < LEAD):
        return None
    return best[0]
