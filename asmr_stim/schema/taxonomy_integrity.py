"""What must hold between the entries of a taxonomy, as findings about what does not.

Each check yields one finding a fault with the path to it, so that a person who edits the file
sees all of them at once, by line.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

from asmr_stim.schema.problems import Finding, Where
from asmr_stim.schema.terms import AXES, CrosswalkScheme, ModeratorGroup, Term, WordList, folded

Parents = dict[str, str | None]


def contradictions(words: WordList) -> Iterator[Finding]:
    """Yield a finding for everything in the word list that contradicts something else in it."""
    terms: dict[Where, Term] = {
        ("terms", axis, place): term
        for axis in AXES
        for place, term in enumerate(getattr(words.terms, axis))
    }
    yield from _undefined_axes(words)
    yield from _repeated_ids(words, terms)
    yield from _words_with_two_meanings(terms)
    yield from _broken_parents(terms)
    yield from _unknown_terms(words, {term.id for term in terms.values()})
    yield from _unknown_sources(words, terms)
    for place, scheme in enumerate(words.crosswalk):
        yield from _crosswalk_gaps(scheme, ("crosswalk", place), words)
    parents = {term.id: term.parent for term in terms.values()}
    for place, group in enumerate(words.moderator_groups):
        if not group.first_match:
            yield from _overlapping_levels(group, ("moderator_groups", place), parents)


def _undefined_axes(words: WordList) -> Iterator[Finding]:
    for axis in AXES:
        if axis not in {entry.id for entry in words.axes}:
            yield Finding("E066", ("axes",), f"the axis '{axis}' has no definition; add one")


def _repeated_ids(words: WordList, terms: dict[Where, Term]) -> Iterator[Finding]:
    yield from _repeated("term", [(where, term.id) for where, term in terms.items()])
    for key, kind in (
        ("axes", "axis"),
        ("facets", "facet"),
        ("roles", "role"),
        ("contrast_types", "contrast type"),
        ("moderator_groups", "moderator group"),
        ("crosswalk", "scheme"),
        ("sources", "source"),
    ):
        entries = enumerate(getattr(words, key))
        yield from _repeated(kind, [((key, place), entry.id) for place, entry in entries])
    for place, facet in enumerate(words.facets):
        values = enumerate(facet.values)
        found = [(("facets", place, "values", each), value.id) for each, value in values]
        yield from _repeated(f"value of the facet '{facet.id}'", found)


def _repeated(kind: str, ids: Iterable[tuple[Where, str]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for where, found in ids:
        if found in seen:
            yield Finding("E060", (*where, "id"), f"the {kind} '{found}' is there already")
        seen.add(found)


def _words_with_two_meanings(terms: dict[Where, Term]) -> Iterator[Finding]:
    meaning: dict[str, Term] = {}
    for where, term in terms.items():
        for word in term.words:
            first = meaning.setdefault(folded(word), term)
            if first.id != term.id:
                sentence = f"the word '{word}' of '{term.id}' already means '{first.id}'"
                yield Finding("E061", where, sentence)


def _broken_parents(terms: dict[Where, Term]) -> Iterator[Finding]:
    parents: dict[str | int, Parents] = {}
    for (_, axis, _), term in terms.items():
        parents.setdefault(axis, {})[term.id] = term.parent
    for where, term in terms.items():
        axis = where[1]
        there = parents[axis]
        if term.parent is None:
            continue
        if term.parent not in there:
            sentence = f"the parent '{term.parent}' of '{term.id}' is no {axis} term"
            yield Finding("E062", (*where, "parent"), sentence)
        elif term.id in _above(term.id, there):
            sentence = f"'{term.id}' stands below itself; change its parent '{term.parent}'"
            yield Finding("E062", (*where, "parent"), sentence)


def _above(term_id: str, parents: Parents) -> set[str]:
    """Return every id above a term; the term itself among them tells of a cycle."""
    above: set[str] = set()
    place = parents.get(term_id)
    while place is not None and place not in above:
        above.add(place)
        place = parents.get(place)
    return above


def _unknown_terms(words: WordList, known: set[str]) -> Iterator[Finding]:
    for place, group in enumerate(words.moderator_groups):
        for level, members in group.levels.items():
            for member in members:
                if member not in known:
                    yield _no_term(member, ("moderator_groups", place, "levels", level))
    for place, rule in enumerate(words.coding_rules):
        for member in rule.terms:
            if member not in known:
                yield _no_term(member, ("coding_rules", place, "terms"))


def _no_term(word: str, where: Where) -> Finding:
    return Finding("E063", where, f"'{word}' is no term of the taxonomy")


def _unknown_sources(words: WordList, terms: dict[Where, Term]) -> Iterator[Finding]:
    known = {source.id for source in words.sources}
    cited = [(where, term.sources) for where, term in terms.items()]
    cited += [(("facets", place), facet.sources) for place, facet in enumerate(words.facets)]
    for where, sources in cited:
        for source in sources:
            if source not in known:
                sentence = f"'{source}' is not among the sources at the end of the file"
                yield Finding("E064", (*where, "sources"), sentence)


def _crosswalk_gaps(scheme: CrosswalkScheme, where: Where, words: WordList) -> Iterator[Finding]:
    """Yield what keeps a scheme from speaking of every term once, and of facets that exist."""
    known = [term.id for term in words.terms]
    for word in (*scheme.terms, *scheme.none):
        if word not in known:
            key = "terms" if word in scheme.terms else "none"
            yield _no_term(word, (*where, key, word))
    for word in known:
        if (word in scheme.terms) == (word in scheme.none):
            sentence = f"'{word}' must stand either under terms or under none of '{scheme.id}'"
            yield Finding("E067", where, sentence)
    facets = {facet.id for facet in words.facets}
    facets |= {f"{facet.id}.{value.id}" for facet in words.facets for value in facet.values}
    for word in scheme.facets:
        if word not in facets:
            yield Finding(
                "E068", (*where, "facets", word), f"'{word}' is no facet nor a value of one"
            )


def _overlapping_levels(group: ModeratorGroup, where: Where, parents: Parents) -> Iterator[Finding]:
    for (one, ours), (two, theirs) in combinations(group.levels.items(), 2):
        shared = [
            *(term for term in ours if not {term, *_above(term, parents)}.isdisjoint(theirs)),
            *(term for term in theirs if not {term, *_above(term, parents)}.isdisjoint(ours)),
        ]
        for term in dict.fromkeys(shared):
            yield Finding(
                "E065",
                (*where, "levels", two),
                f"'{term}' falls in the levels '{one}' and '{two}' of the group '{group.id}'; "
                "separate them or set first_match: true",
            )
