"""The taxonomy as SKOS in Turtle, for thesaurus tools and triple stores.

Each axis, the facets, the roles and the contrast types become a concept scheme; ``parent`` becomes
``skos:broader``; the crosswalk becomes ``skos:exactMatch`` and its kin. Classes of other schemes
have no IRI that all of them agree on, so they are named under our own base, with their id as
``skos:notation``.

References
----------
W3C, SKOS Simple Knowledge Organization System Reference, 18 August 2009.
"""

import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from asmr_stim.schema.taxonomy import AXES, Axis, Taxonomy
from asmr_stim.schema.terms import ContrastType, CrosswalkScheme, Facet, Match, Role, Term

BASE_IRI = "urn:asmr-stim:"

_PREFIXES = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""

Property = tuple[str, str]


def skos_turtle(taxonomy: Taxonomy, base: str = BASE_IRI) -> str:
    """Return the whole taxonomy as a Turtle document.

    Parameters
    ----------
    taxonomy : Taxonomy
    base : str
        What every IRI of ours begins with; ``term:tapping`` follows.
    """
    blocks = [_PREFIXES]
    for axis in AXES:
        blocks += _axis(taxonomy, axis, base)
    blocks += _facets(taxonomy, base)
    blocks += _plain_scheme(taxonomy, "role", taxonomy.roles, base)
    blocks += _plain_scheme(taxonomy, "contrast_type", taxonomy.contrast_types, base)
    for scheme in taxonomy.crosswalk:
        blocks += _foreign(scheme, base)
    return "\n".join(blocks)


def _axis(taxonomy: Taxonomy, axis: Axis, base: str) -> Iterator[str]:
    (entry,) = (entry for entry in taxonomy.axes if entry.id == axis)
    yield _scheme(taxonomy, axis, entry.label, entry.definition, base)
    for term in taxonomy.terms_of(axis):
        yield _block(_iri(base, "term", term.id), "skos:Concept", _term(taxonomy, term, axis, base))


def _term(taxonomy: Taxonomy, term: Term, axis: Axis, base: str) -> Iterator[Property]:
    scheme = _iri(base, "scheme", axis)
    yield "skos:inScheme", scheme
    if term.parent is None:
        yield "skos:topConceptOf", scheme
    else:
        yield "skos:broader", _iri(base, "term", term.parent)
    yield from _labels(term.id, term.label, term.aliases)
    yield "skos:definition", _text(term.definition)
    if term.scope_note is not None:
        yield "skos:scopeNote", _text(term.scope_note)
    if term.foil:
        yield "skos:note", _text("Used as a foil by a source.")
    for rule in taxonomy.coding_rules:
        if term.id in rule.terms:
            yield "skos:scopeNote", _text(rule.rule)
    for source in taxonomy.sources:
        if source.id in term.sources:
            yield "dcterms:source", _text(str(source))
    for other in taxonomy.crosswalk:
        yield from _matches(other, other.terms.get(term.id, ()), base)


def _facets(taxonomy: Taxonomy, base: str) -> Iterator[str]:
    about = "Properties that stand across the axes, with their values."
    yield _scheme(taxonomy, "facet", "Facets", about, base)
    for facet in taxonomy.facets:
        yield _block(_iri(base, "facet", facet.id), "skos:Concept", _facet(taxonomy, facet, base))
        for value in facet.values:
            name = f"{facet.id}.{value.id}"
            properties = [
                ("skos:inScheme", _iri(base, "scheme", "facet")),
                ("skos:broader", _iri(base, "facet", facet.id)),
                *_labels(name, f"{facet.label}: {value.id.replace('_', ' ')}", value.aliases),
                ("skos:definition", _text(value.definition)),
                *_facet_matches(taxonomy, name, base),
            ]
            yield _block(_iri(base, "facet", name), "skos:Concept", properties)


def _facet(taxonomy: Taxonomy, facet: Facet, base: str) -> Iterator[Property]:
    yield "skos:inScheme", _iri(base, "scheme", "facet")
    yield "skos:topConceptOf", _iri(base, "scheme", "facet")
    yield from _labels(facet.id, facet.label, ())
    yield "skos:definition", _text(facet.definition)
    if facet.unit is not None:
        yield "skos:note", _text(f"Unit: {facet.unit}")
    yield from _facet_matches(taxonomy, facet.id, base)


def _facet_matches(taxonomy: Taxonomy, name: str, base: str) -> Iterator[Property]:
    for other in taxonomy.crosswalk:
        yield from _matches(other, other.facets.get(name, ()), base)


def _plain_scheme(
    taxonomy: Taxonomy, kind: str, entries: Iterable[Role | ContrastType], base: str
) -> Iterator[str]:
    label = kind.replace("_", " ").capitalize()
    yield _scheme(taxonomy, kind, label, f"{label} of a stimulus or contrast.", base)
    for entry in entries:
        properties = [
            ("skos:inScheme", _iri(base, "scheme", kind)),
            ("skos:topConceptOf", _iri(base, "scheme", kind)),
            *_labels(entry.id, entry.label, ()),
            ("skos:definition", _text(entry.definition)),
        ]
        if isinstance(entry, ContrastType):
            properties.append(("skos:example", _text(entry.example)))
        yield _block(_iri(base, kind, entry.id), "skos:Concept", properties)


def _foreign(scheme: CrosswalkScheme, base: str) -> Iterator[str]:
    """Yield the other scheme and those of its classes that a match names."""
    iri = _iri(base, "scheme", scheme.id)
    about = [
        ("skos:prefLabel", _text(scheme.label)),
        ("owl:versionInfo", _literal(scheme.version)),
        ("dcterms:source", _literal(scheme.url)),
    ]
    yield _block(iri, "skos:ConceptScheme", about)
    every = (*scheme.terms.values(), *scheme.facets.values())
    classes = dict.fromkeys((match.id, match.name) for matches in every for match in matches)
    for class_id, name in classes:
        properties = [
            ("skos:inScheme", iri),
            ("skos:prefLabel", _text(name)),
            ("skos:notation", _literal(class_id)),
        ]
        yield _block(_class_iri(base, scheme.id, class_id, name), "skos:Concept", properties)


def _matches(scheme: CrosswalkScheme, matches: Iterable[Match], base: str) -> Iterator[Property]:
    for match in matches:
        iri = _class_iri(base, scheme.id, match.id, match.name)
        yield f"skos:{match.relation}Match", iri


def _scheme(taxonomy: Taxonomy, name: str, label: str, definition: str, base: str) -> str:
    properties = [
        ("skos:prefLabel", _text(label)),
        ("skos:definition", _text(definition)),
        ("owl:versionInfo", _literal(taxonomy.taxonomy_version)),
    ]
    return _block(_iri(base, "scheme", name), "skos:ConceptScheme", properties)


def _labels(notation: str, label: str, aliases: Iterable[str]) -> Iterator[Property]:
    yield "skos:notation", _literal(notation)
    yield "skos:prefLabel", _text(label)
    for alias in aliases:
        yield "skos:altLabel", _text(alias)


def _block(subject: str, kind: str, properties: Iterable[Property]) -> str:
    lines = [f"{subject} a {kind}", *(f"    {name} {value}" for name, value in properties)]
    return " ;\n".join(lines) + " .\n"


def _iri(base: str, kind: str, name: str) -> str:
    return f"<{base}{kind}:{quote(name, safe='._-')}>"


def _class_iri(base: str, scheme: str, class_id: str, name: str) -> str:
    """Return the name of a foreign class; its id alone is not unique where verbs share a class."""
    return f"<{base}{scheme}:{quote(class_id, safe='._-')}:{quote(name, safe='._-')}>"


def _text(words: str) -> str:
    return f"{_literal(words)}@en"


def _literal(words: str) -> str:
    """Return a Turtle string; the escapes of JSON strings are among those of Turtle."""
    return json.dumps(words, ensure_ascii=False)
