"""Find the term that somebody means, from a few letters of any of its words."""

from asmr_stim.schema.taxonomy import AXES, Axis, Taxonomy
from asmr_stim.schema.terms import Term, folded

EXACT, START, WORD_START, INSIDE, SCATTERED = range(5)


def found_terms(taxonomy: Taxonomy, query: str, axis: Axis | None = None) -> tuple[Term, ...]:
    """Return the terms that a query may mean, the likeliest first.

    Parameters
    ----------
    taxonomy : Taxonomy
    query : str
        Letters of an id, a label or an alias; letters may be left out between others. Nothing
        finds every term in the order of the tree.
    axis : {'source', 'act', 'channel'}, optional
        Only terms of this axis.

    Returns
    -------
    tuple of Term
        A whole word before a beginning, that before a word inside, then letters in sequence;
        within each, the closest in length. If nothing matches, the one spelt most like it.
    """
    terms = [term for each in AXES if axis in (None, each) for term in taxonomy.terms_of(each)]
    wanted = folded(query)
    if not wanted:
        return tuple(terms)
    ranked = [(_rank(term, wanted), term) for term in terms]
    matching = sorted(((r, term) for r, term in ranked if r is not None), key=lambda item: item[0])
    if matching:
        return tuple(term for _, term in matching)
    meant = taxonomy.suggestion(query, axis)
    return () if meant is None else (taxonomy.term(meant),)


def _rank(term: Term, wanted: str) -> tuple[int, int, int] | None:
    """Return how well the best of a term's words matches, smaller is better; None if none does."""
    ranks = [
        (kind, not_a_name, len(word))
        for not_a_name, word in enumerate(term.words)
        if (kind := _kind(word, wanted)) is not None
    ]
    return min(((kind, min(place, 2), size) for kind, place, size in ranks), default=None)


def _kind(word: str, wanted: str) -> int | None:
    """Return in which way a word contains the letters that are wanted."""
    whole = folded(word)
    if whole == wanted:
        return EXACT
    if whole.startswith(wanted):
        return START
    if any(folded(part).startswith(wanted) for part in word.replace("_", " ").split()):
        return WORD_START
    if wanted in whole:
        return INSIDE
    letters = iter(whole)
    is_scattered = len(wanted) > 2 and all(letter in letters for letter in wanted)
    return SCATTERED if is_scattered else None
