"""What must hold between the entries of a taxonomy, as sentences about what does not.

Each check yields one sentence a fault, so that a person who edits the file sees all at once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from asmr_stim.schema.terms import (
    AXES,
    AxisEntry,
    ModeratorGroup,
    Term,
    WordList,
    folded,
)


def contradictions(words: WordList) -> Iterator[str]:
    """Yield a sentence for everything in the taxonomy that contradicts something else in it."""
    terms = list(words.terms)
    yield from _axes_not_defined_once(words.axes)
    yield from _repeated_ids(words)
    yield from _words_with_two_meanings(terms)
    for axis in AXES:
        yield from _broken_parents(axis, getattr(words.terms, axis))
    yield from _unknown_terms(words, {term.id for term in terms})
    yield from _unknown_sources(words, terms)
    parents = {term.id: term.parent for term in terms}
    for group in words.moderator_groups:
        if not group.first_match:
            yield from _overlapping_levels(group, parents)


def _axes_not_defined_once(axes: Iterable[AxisEntry]) -> Iterator[str]:
    defined = Counter(axis.id for axis in axes)
    for axis in AXES:
        if defined[axis] != 1:
            yield f"the axis '{axis}' is defined {defined[axis]} times; define it once"


def _repeated_ids(words: WordList) -> Iterator[str]:
    ids = {
        "term": [term.id for term in words.terms],
        "facet": [facet.id for facet in words.facets],
        "role": [role.id for role in words.roles],
        "contrast type": [kind.id for kind in words.contrast_types],
        "moderator group": [group.id for group in words.moderator_groups],
        "source": [source.id for source in words.sources],
    }
    for facet in words.facets:
        ids[f"value of the facet '{facet.id}'"] = [value.id for value in facet.values]
    for kind, found in ids.items():
        for entry_id, count in Counter(found).items():
            if count > 1:
                yield f"the {kind} '{entry_id}' stands {count} times; ids are unique"


def _words_with_two_meanings(terms: list[Term]) -> Iterator[str]:
    meaning: dict[str, Term] = {}
    for term in terms:
        for word in term.words:
            first = meaning.setdefault(folded(word), term)
            if first.id != term.id:
                yield f"the word '{word}' of '{term.id}' already means '{first.id}'"


def _broken_parents(axis: str, terms: tuple[Term, ...]) -> Iterator[str]:
    parents = {term.id: term.parent for term in terms}
    for term in terms:
        if term.parent is not None and term.parent not in parents:
            yield f"the parent '{term.parent}' of '{term.id}' is no {axis} term"
        elif _is_in_a_cycle(term.id, parents):
            yield f"'{term.id}' stands below itself; change its parent '{term.parent}'"


def _is_in_a_cycle(term_id: str, parents: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    place = parents[term_id]
    while place is not None and place not in seen:
        if place == term_id:
            return True
        seen.add(place)
        place = parents.get(place)
    return False


def _unknown_terms(words: WordList, known: set[str]) -> Iterator[str]:
    for group in words.moderator_groups:
        for level, members in group.levels.items():
            for member in members:
                if member not in known:
                    yield f"level '{level}' of the group '{group.id}' names no term '{member}'"
    for rule in words.coding_rules:
        for member in rule.terms:
            if member not in known:
                yield f"a coding rule names '{member}', which is no term"


def _unknown_sources(words: WordList, terms: list[Term]) -> Iterator[str]:
    known = {source.id for source in words.sources}
    cited = [(entry.id, entry.sources) for entry in terms]
    cited += [(entry.id, entry.sources) for entry in words.facets]
    for entry_id, sources in cited:
        for source in sources:
            if source not in known:
                yield f"'{entry_id}' cites '{source}', which is not among the sources"


def _overlapping_levels(group: ModeratorGroup, parents: dict[str, str | None]) -> Iterator[str]:
    for (one, ours), (two, theirs) in combinations(group.levels.items(), 2):
        shared = [
            *(term for term in ours if _is_below_any(term, theirs, parents)),
            *(term for term in theirs if _is_below_any(term, ours, parents)),
        ]
        for term in dict.fromkeys(shared):
            yield (
                f"'{term}' falls in the levels '{one}' and '{two}' of the group '{group.id}'; "
                "separate them or set first_match: true"
            )


def _is_below_any(term: str, ancestors: tuple[str, ...], parents: dict[str, str | None]) -> bool:
    place: str | None = term
    seen: set[str] = set()
    while place is not None and place not in seen:
        if place in ancestors:
            return True
        seen.add(place)
        place = parents.get(place)
    return False
