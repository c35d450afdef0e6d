"""What the taxonomy says of one word, as plain data: a term, a facet, a role, a group.

Offers ``entry`` (everything about one word), ``branches`` (an axis as nested terms) and
``crosswalk`` (how the terms stand to another scheme).
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from asmr_stim.errors import MissingInputError
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim.schema.terms import Facet, Term, folded

Data = dict[str, Any]

LISTS = {
    "facets": "facet",
    "roles": "role",
    "contrast_types": "contrast type",
    "moderator_groups": "moderator group",
}


def entry(taxonomy: Taxonomy, word: str) -> Data:
    """Return what the taxonomy says of a word.

    Parameters
    ----------
    taxonomy : Taxonomy
    word : str
        An id, label or alias of a term; else the id or label of a facet, role, contrast type or
        moderator group; else a value of a facet.

    Returns
    -------
    dict
        ``kind``, ``id``, ``label``, ``definition`` and what else that kind has.

    Raises
    ------
    MissingInputError
        If the word means nothing here; the message names the nearest that does.
    """
    term = taxonomy.resolve(word)
    if term is not None:
        return _term_entry(taxonomy, term)
    for key, kind in LISTS.items():
        for found in getattr(taxonomy, key):
            if folded(word) in {folded(found.id), folded(found.label)}:
                return {"kind": kind} | _cited(taxonomy, found.model_dump(mode="json"))
    for facet in taxonomy.facets:
        if any(folded(word) in map(folded, (v.id, *v.aliases)) for v in facet.values):
            return _value_entry(taxonomy, facet, word)
    raise MissingInputError(f"'{word}' is not in the taxonomy{_nearest(taxonomy, word)}")


def _term_entry(taxonomy: Taxonomy, term: Term) -> Data:
    axis = taxonomy.axis_of(term.id)
    levels = {group.id: taxonomy.level(group.id, [term.id]) for group in taxonomy.moderator_groups}
    return {
        "kind": "term",
        "id": term.id,
        "label": term.label,
        "axis": axis,
        "path": taxonomy.path(term.id),
        "definition": term.definition,
        "scope_note": term.scope_note,
        "foil": term.foil,
        "aliases": list(term.aliases),
        "children": [child.id for child in taxonomy.children(term.id)],
        "rules": [rule.rule for rule in taxonomy.coding_rules if term.id in rule.terms],
        "levels": {group: level for group, level in levels.items() if level is not None},
        "crosswalk": {
            scheme.id: [match.model_dump() for match in scheme.terms[term.id]]
            for scheme in taxonomy.crosswalk
            if term.id in scheme.terms
        },
        "sources": _citations(taxonomy, term.sources),
    }


def _value_entry(taxonomy: Taxonomy, facet: Facet, word: str) -> Data:
    value = next(v for v in facet.values if folded(word) in map(folded, (v.id, *v.aliases)))
    return {
        "kind": "value of a facet",
        "id": value.id,
        "label": value.id,
        "facet": facet.id,
        "definition": value.definition,
        "aliases": list(value.aliases),
        "sources": _citations(taxonomy, facet.sources),
    }


def _cited(taxonomy: Taxonomy, data: Data) -> Data:
    if "sources" in data:
        data["sources"] = _citations(taxonomy, data["sources"])
    return data


def _citations(taxonomy: Taxonomy, ids: Iterable[str]) -> list[str]:
    sources = {source.id: source for source in taxonomy.sources}
    return [str(sources[source_id]) for source_id in ids]


def _nearest(taxonomy: Taxonomy, word: str) -> str:
    near = taxonomy.suggestion(word)
    if near is None:
        others = [found.id for key in LISTS for found in getattr(taxonomy, key)]
        near = next(iter(get_close_matches(word, others, n=1)), None)
    if near is None:
        return "; 'asmr-stim taxonomy tree' lists every term"
    return f"; did you mean '{near}'?"


def branches(taxonomy: Taxonomy, terms: Iterable[Term]) -> list[Data]:
    """Return terms with everything below them, as nested plain data."""
    return [
        {
            "id": term.id,
            "label": term.label,
            "definition": term.definition,
            "foil": term.foil,
            "children": branches(taxonomy, taxonomy.children(term.id)),
        }
        for term in terms
    ]


def crosswalk(taxonomy: Taxonomy, word: str) -> Data:
    """Return how terms and facets stand to the classes of another scheme.

    Parameters
    ----------
    taxonomy : Taxonomy
    word : str
        Id or label of the scheme, such as ``audioset`` or ``ESC-50``.

    Returns
    -------
    dict
        The scheme's ``id``, ``label``, ``version``, ``url`` and ``note``; ``terms`` and
        ``facets``, each from our id to a list of matches in tree order; ``none``, the terms
        without a match; ``relations``, what each relation means.

    Raises
    ------
    MissingInputError
        If there is no such scheme; the message lists those there are.
    """
    for scheme in taxonomy.crosswalk:
        if folded(word) in {folded(scheme.id), folded(scheme.label)}:
            relations = {entry.id: entry.definition for entry in taxonomy.crosswalk_relations}
            return {**scheme.model_dump(mode="json"), "relations": relations}
    known = ", ".join(scheme.id for scheme in taxonomy.crosswalk)
    raise MissingInputError(f"there is no crosswalk to '{word}'; there are {known}")
