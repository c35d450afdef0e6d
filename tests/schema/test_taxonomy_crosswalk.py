"""The crosswalk against the schemes' own lists, the evidence, and itself."""

import csv
from pathlib import Path

import pytest
from builders import shared_folder
from pydantic import ValidationError

from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.yaml_files import read_yaml
from asmr_stim.resources import schemas_folder
from asmr_stim.schema.taxonomy import Taxonomy

TAXONOMY = load_taxonomy()
SCHEMES = {scheme.id: scheme for scheme in TAXONOMY.crosswalk}
LISTS = Path(__file__).parent.parent / "reference" / "class_lists"
CLASS_LIST = {
    "audioset": "audioset.tsv",
    "hed": "hed_8.4.0.tsv",
    "fsd50k": "fsd50k.tsv",
    "esc50": "esc50.tsv",
    "deepasmr_nspeech": "deepasmr_nspeech.tsv",
}
SCHEME_OF_THE_EVIDENCE = {
    "AudioSet": "audioset",
    "HED-8.4.0": "hed",
    "FSD50K": "fsd50k",
    "ESC-50": "esc50",
    "DeepASMR-NSpeech": "deepasmr_nspeech",
}
FOUND_BEYOND_THE_EVIDENCE = {
    # The evidence says there is no class; the scheme's own list has one.
    ("rolling", "audioset"): "/m/07s8j8t",
    ("popping", "audioset"): "/m/07qsvvw",
    ("peeling", "audioset"): "/m/07qv4k0",
    ("walking_tour", "fsd50k"): "186",
}
FACET_OF_THE_EVIDENCE = {
    "presentation.audio": "audio",
    "presentation.audiovisual": "audiovisual",
    "presentation.silent_video": "visual",
    "output.headphones": "transducer.headphones",
    "output.loudspeaker": "transducer.loudspeaker",
    "spatial.mono": "spatial.mono",
    "spatial.stereo_or_binaural": "spatial.stereo",
    "spatial.left": "motion.ear_to_ear",
    "spatial.right": "motion.ear_to_ear",
    "spatial.near": "intimacy_distance.under_60_cm",
    "spatial.distance": "intimacy_distance",
    "level": "level",
    "level_volume": "level",
    "pitch": "fundamental_frequency",
    "timbre": "brightness",
    "pace": "pace",
    "repetition": "regularity.periodic",
    "speaker_female": "speaker.female",
    "speaker_male": "speaker.male",
}
NO_PLACE_HERE = {"envelope", "role.stimulus"}  # a feature and a role, which are no facets


def evidence():
    with shared_folder("evidence", "crosswalk.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["scheme"] in SCHEME_OF_THE_EVIDENCE:
                yield SCHEMES[SCHEME_OF_THE_EVIDENCE[row["scheme"]]], row


def pairs(matches):
    return {(match.id, match.name) for match in matches}


def own_matches(scheme, term_id):
    """The matches of a term and of everything below it, as the evidence splits less finely."""
    return [m for term in TAXONOMY.subtree(term_id) for m in scheme.terms.get(term.id, ())]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_class_is_in_the_scheme_s_own_list_under_that_name(scheme):
    with (LISTS / CLASS_LIST[scheme]).open(encoding="utf-8") as lines:
        listed = {(row["id"], row["name"]) for row in csv.DictReader(lines, delimiter="\t")}
    matched = SCHEMES[scheme]
    for matches in (*matched.terms.values(), *matched.facets.values()):
        assert pairs(matches) <= listed


def test_every_pair_of_the_evidence_is_kept():
    n_kept = 0
    for scheme, row in evidence():
        if row["trigger"].startswith("facet.") or row["id"] == "none":
            continue
        term = TAXONOMY.resolve(row["trigger"].rsplit(".", 1)[1])
        name = row["name"].removesuffix(" (weak match)").removesuffix(" [abstract]")
        assert (row["id"], name) in pairs(own_matches(scheme, term.id)), row
        n_kept += 1
    assert n_kept == 358


def test_a_weak_match_of_the_evidence_is_never_exact():
    for scheme, row in evidence():
        if row["name"].endswith("(weak match)"):
            term = TAXONOMY.resolve(row["trigger"].rsplit(".", 1)[1])
            matches = scheme.terms.get(term.id, ())
            assert all(m.relation != "exact" for m in matches if m.id == row["id"]), row


def test_where_the_evidence_finds_no_class_there_is_none_but_for_those_found_since():
    found = {}
    for scheme, row in evidence():
        if row["id"] == "none":
            term = TAXONOMY.resolve(row["trigger"].rsplit(".", 1)[1])
            if term.id not in scheme.none:
                found[term.id, scheme.id] = ",".join(m.id for m in scheme.terms[term.id])
    assert found == FOUND_BEYOND_THE_EVIDENCE


def test_every_facet_of_the_evidence_is_kept():
    for scheme, row in evidence():
        kind, _, word = row["trigger"].partition(".")
        if kind != "facet" or word in NO_PLACE_HERE:
            continue
        word = FACET_OF_THE_EVIDENCE.get(word, word)
        matches = scheme.terms.get(word, ()) or scheme.facets[word]
        assert (row["id"], row["name"]) in pairs(matches), row


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_class_is_exactly_one_term_at_most(scheme):
    exact = [
        (match.id, match.name)
        for matches in SCHEMES[scheme].terms.values()
        for match in matches
        if match.relation == "exact"
    ]
    assert len(exact) == len(set(exact))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_relations_agree_along_the_tree(scheme):
    """A class that holds all of a term holds all that is below it; and the other way up."""
    relation = {
        (term, match.id, match.name): match.relation
        for term, matches in SCHEMES[scheme].terms.items()
        for match in matches
    }
    for (term, *match), stands in relation.items():
        for above in TAXONOMY.ancestors(term):
            higher = relation.get((above.id, *match))
            if higher in {"exact", "broad"}:
                assert stands in {"broad", "related"}, (term, match)
            if stands in {"exact", "narrow"} and higher is not None:
                assert higher == "narrow", (term, above.id, match)


def broken(change):
    content = read_yaml(schemas_folder() / "taxonomy.yaml")
    change(content["crosswalk"][0])
    with pytest.raises(ValidationError) as caught:
        Taxonomy.model_validate(content)
    return str(caught.value)


def test_a_term_that_a_scheme_leaves_out_is_reported():
    assert "'object' must stand either under terms or under none" in broken(
        lambda scheme: scheme["none"].remove("object")
    )


def test_a_word_that_is_no_term_is_reported():
    assert "'tappping' is no term" in broken(lambda scheme: scheme["none"].append("tappping"))


def test_a_word_that_is_no_facet_is_reported():
    match = {"id": "x", "name": "x", "relation": "exact"}
    assert "'material.cheese' is no facet nor a value of one" in broken(
        lambda scheme: scheme.update(facets={"material.cheese": [match]})
    )


def test_an_unheard_relation_is_refused():
    assert "relation" in broken(
        lambda scheme: scheme["terms"]["voice"][0].update(relation="similar")
    )
