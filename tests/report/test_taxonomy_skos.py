"""The taxonomy as SKOS, read back by rdflib."""

import pytest

from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.report.taxonomy_skos import skos_turtle
from asmr_stim.schema.taxonomy import AXES

rdflib = pytest.importorskip("rdflib", reason="rdflib, a development extra, is not installed")
SKOS = rdflib.SKOS
TAXONOMY = load_taxonomy()
BASE = "https://example.org/asmr/"
GRAPH = rdflib.Graph().parse(data=skos_turtle(TAXONOMY, BASE), format="turtle")


def iri(kind, name):
    return rdflib.URIRef(f"{BASE}{kind}:{name}")


def test_every_term_is_a_concept_of_its_axis_with_its_words():
    for axis in AXES:
        concepts = set(GRAPH.subjects(SKOS.inScheme, iri("scheme", axis)))
        assert concepts == {iri("term", term.id) for term in TAXONOMY.terms_of(axis)}
    for term in TAXONOMY.terms:
        concept = iri("term", term.id)
        assert (concept, rdflib.RDF.type, SKOS.Concept) in GRAPH
        assert [str(w) for w in GRAPH.objects(concept, SKOS.prefLabel)] == [term.label]
        assert {str(w) for w in GRAPH.objects(concept, SKOS.altLabel)} == set(term.aliases)
        assert [str(w) for w in GRAPH.objects(concept, SKOS.definition)] == [term.definition]


def test_broader_is_the_parent_and_roots_are_top_concepts():
    for term in TAXONOMY.terms:
        broader = list(GRAPH.objects(iri("term", term.id), SKOS.broader))
        assert broader == ([iri("term", term.parent)] if term.parent else [])
        is_top = (iri("term", term.id), SKOS.topConceptOf, None) in GRAPH
        assert is_top == (term.parent is None)


def test_nothing_points_to_a_concept_that_is_not_there():
    for relation in (
        SKOS.broader, SKOS.exactMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch
    ):  # fmt: skip
        for target in GRAPH.objects(None, relation):
            assert (target, rdflib.RDF.type, SKOS.Concept) in GRAPH


def test_matches_carry_the_relation_of_the_crosswalk():
    (whispering,) = GRAPH.subjects(SKOS.notation, rdflib.Literal("/m/02rtxlg"))
    assert (iri("term", "whisper"), SKOS.exactMatch, whispering) in GRAPH
    assert (iri("term", "unintelligible_whisper"), SKOS.broadMatch, whispering) in GRAPH
    n_matches = sum(
        len(matches)
        for scheme in TAXONOMY.crosswalk
        for matches in (*scheme.terms.values(), *scheme.facets.values())
    )
    kinds = (SKOS.exactMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
    assert sum(len(list(GRAPH.subject_objects(kind))) for kind in kinds) == n_matches


def test_facets_roles_and_contrast_types_are_schemes_too():
    for scheme, entries in (("role", TAXONOMY.roles), ("contrast_type", TAXONOMY.contrast_types)):
        assert len(list(GRAPH.subjects(SKOS.inScheme, iri("scheme", scheme)))) == len(entries)
    n_values = sum(len(facet.values) for facet in TAXONOMY.facets)
    facets = list(GRAPH.subjects(SKOS.inScheme, iri("scheme", "facet")))
    assert len(facets) == len(TAXONOMY.facets) + n_values


def test_quotes_and_line_ends_survive():
    label = 'a "quoted" word\nand \\ a second line'
    content = TAXONOMY.model_dump(mode="json")
    content["terms"]["source"][0]["label"] = label
    turtle = skos_turtle(type(TAXONOMY).model_validate(content), BASE)
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    assert [str(w) for w in graph.objects(iri("term", "voice"), SKOS.prefLabel)] == [label]
