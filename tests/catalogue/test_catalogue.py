"""The catalogue that comes with the program keeps what it promises, file by file."""

import pytest

from asmr_stim.io.catalogue import check_files, load_catalogue
from asmr_stim.io.yaml_files import read_document
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.checks import walk
from asmr_stim.schema.coordinates import Coordinate
from asmr_stim.schema.knowledge import Provenance, Stated, value_of

FILES = sorted((catalogue_folder() / "studies").glob("*.yaml"))
each_file = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(catalogue_folder())


def mappings(content):
    """Yield every mapping of a file, as it is written."""
    if isinstance(content, dict):
        yield content
        for member in content.values():
            yield from mappings(member)
    elif isinstance(content, list):
        for member in content:
            yield from mappings(member)


def test_the_packaged_catalogue_has_no_problem():
    checked = check_files([catalogue_folder()])
    assert list(map(str, checked.problems)) == []
    assert len(checked.studies) == len(FILES) == 43


@each_file
def test_a_coordinate_is_written_with_its_kind(path):
    bare = [each for each in mappings(read_document(path).content) if {"x", "y"} <= each.keys()]
    assert [point for point in bare if "kind" not in point] == []


def test_no_point_of_the_catalogue_is_an_activation_peak(catalogue):
    kinds = [each.kind for study in catalogue.studies for _, each in walk(study)
             if isinstance(each, Coordinate)]  # fmt: skip
    assert len(kinds) == 17
    assert "activation_peak" not in kinds


@each_file
def test_a_value_is_written_with_its_basis_and_provenance(path):
    """Numbers of statistics and contents of details lie inside such a value."""
    for mapping in mappings(read_document(path).content):
        if "value" in mapping and "name" not in mapping:
            assert {"basis", "provenance"} <= mapping.keys(), mapping
        if "name" in mapping and isinstance(mapping.get("value"), dict):
            assert {"basis", "provenance"} <= mapping["value"].keys(), mapping


def test_every_value_of_every_record_has_a_source(catalogue):
    n_values = 0
    for study in (*catalogue.studies, catalogue.review):
        declared = {source.id for source in study.sources}
        for where, value in walk(study):
            if isinstance(value, Stated):
                n_values += 1
                assert isinstance(value.provenance, Provenance), (study.id, where)
                assert set(value.provenance.sources) <= declared, (study.id, where)
                assert declared, (study.id, where)
    assert n_values > 1000


def test_only_who_read_the_full_text_says_not_reported(catalogue):
    saying = {
        study.id
        for study in catalogue.studies
        for _, value in walk(study)
        if value == "not reported"
    }
    read = {study.id for study in catalogue.studies if study.evidence_level == "full_text"}
    assert saying <= read == {"lee_2020"}


def test_no_study_claims_to_be_in_the_review(catalogue):
    assert catalogue.review.included_studies == "not extracted"
    assert "included" not in {study.review_status.status for study in catalogue.studies}


def test_every_stimulus_has_a_role_in_some_contrast(catalogue):
    idle = [
        f"{study.id}: {stimulus.id}"
        for study in catalogue.studies
        for stimulus in study.stimuli
        if stimulus.id
        not in {each.stimulus for contrast in study.contrasts for each in contrast.stimuli}
    ]
    assert idle == []


def test_stimuli_chosen_by_participants_have_no_single_source(catalogue):
    chosen = {
        (study.id, stimulus.id): value_of(stimulus.sources)
        for study in catalogue.studies
        for stimulus in study.stimuli
        if value_of(stimulus.participant_dependent)
    }
    assert set(chosen) == {
        ("sakurai_2023_preference", "liked_videos"),
        ("sakurai_2023_preference", "disliked_videos"),
    }
    assert set(chosen.values()) == {None}


def test_the_review_holds_what_its_abstract_says(catalogue):
    review = catalogue.review
    assert (value_of(review.n_studies), value_of(review.n_countries)) == (18, 11)
    assert value_of(review.databases) == ("Scopus", "PubMed", "Cochrane")
    (cluster,) = value_of(review.ale.clusters)
    assert cluster.brodmann_areas == (2, 40)
    assert cluster.peak_mm == review.ale.n_foci == review.ale.threshold == "not extracted"
    assert {(each.band, each.direction) for each in value_of(review.eeg)} == {
        ("alpha", "increase"),
        ("theta", "increase"),
    }
