import json
from typing import get_args

import pytest
from studies import a_study, peaks, written

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.moderator.eligibility import eligibility
from asmr_stim.schema.coordinates import Extraction
from asmr_stim.workflows.exchange import Form, export_catalogue
from asmr_stim.workflows.intake import Said, import_coordinates, save, slug, writable_catalogue

SLEUTH = "// Reference=MNI\n// Doe 2020: ASMR\n// Subjects=20\n1 2 3\n-4 5.5 6\n"


@pytest.fixture
def catalogue(tmp_path):
    written(tmp_path / "catalogue", a_study(coordinates=[peaks([(7, 8, 9)])]))
    return tmp_path / "catalogue"


@pytest.fixture
def foci(tmp_path):
    path = tmp_path / "foci.txt"
    path.write_text(SLEUTH)
    return path


def take(foci, catalogue, *, names=(), reference=None, **said):
    found, texts = import_coordinates(foci, catalogue, "doe_2020", Said(**said), names, reference)
    save(texts)
    return found, load_catalogue(catalogue).study("doe_2020")


WHOLE = {"coverage": "whole_brain", "effect": "activation", "direction": "increase"}


def test_points_stand_in_the_study_with_their_source(foci, catalogue):
    _, study = take(foci, catalogue)
    table = study.coordinates[-1]
    assert [(p.x, p.y, p.z) for p in table.points] == [(1, 2, 3), (-4, 5.5, 6)]
    assert table.provenance.sources == ("foci",)
    assert table.provenance.locator == "line 2: Doe 2020: ASMR"
    assert (table.space.value, table.space.basis) == ("MNI", "secondary")
    source = study.sources[-1]
    assert source.kind == "secondary"
    assert source.reference.startswith("foci.txt, SHA-256 ")


def test_what_nobody_said_stays_open(foci, catalogue):
    _, study = take(foci, catalogue)
    table = study.coordinates[-1]
    assert {table.coverage, table.effect, table.direction} == {"not extracted"}
    assert table.contrast is None


def test_what_the_person_said_is_coded_from_the_study_as_a_whole(foci, catalogue):
    _, study = take(foci, catalogue, contrast="asmr_vs_control", **WHOLE)
    table = study.coordinates[-1]
    assert (table.direction.value, table.direction.basis) == ("increase", "coded")
    assert table.direction.provenance.scope == "study"
    assert len(eligibility(study).experiments) == 2


def test_taking_a_file_in_twice_changes_nothing(foci, catalogue):
    take(foci, catalogue)
    before = (catalogue / "studies" / "doe_2020.yaml").read_bytes()
    found, _ = take(foci, catalogue)
    assert (catalogue / "studies" / "doe_2020.yaml").read_bytes() == before
    assert found.tables == ()
    assert "stand in the table 'doe_2020_asmr' already" in found.notes[0]


def test_points_that_the_study_holds_already_are_not_entered_twice(foci, catalogue):
    foci.write_text("// Reference=MNI\n// another name\n// Subjects=20\n7 8 9\n")
    found, study = take(foci, catalogue)
    assert found.tables == ()
    assert len(study.coordinates) == 1


def test_a_hand_made_table_of_the_same_name_keeps_its_points(foci, catalogue):
    foci.write_text(SLEUTH.replace("Doe 2020: ASMR", "table 1"))
    before = load_catalogue(catalogue).study("doe_2020").coordinates[0]
    _, study = take(foci, catalogue)
    assert study.coordinates[0] == before
    assert study.coordinates[1].id == "table_1_2"


def test_a_table_that_changed_at_its_source_is_left_as_it_is(foci, catalogue):
    _, before = take(foci, catalogue, reference="https://example.org/foci")
    foci.write_text(SLEUTH.replace("1 2 3", "1 2 4"))
    found, after = take(foci, catalogue, reference="https://example.org/foci")
    assert after == before
    assert "its points differ now" in found.notes[0]


def test_a_second_table_of_a_name_is_said(foci, catalogue):
    take(foci, catalogue)
    foci.write_text(SLEUTH.replace("1 2 3", "1 2 4"))
    found, _ = take(foci, catalogue)
    assert "compare the two and keep one" in found.notes[-1]


def test_only_the_experiments_asked_for_are_taken(foci, catalogue):
    foci.write_text(SLEUTH + "\n// Roe 2021\n// Subjects=9\n0 0 0\n")
    found, _ = take(foci, catalogue, names=["Roe 2021"])
    assert [table.label for table in found.tables] == ["Roe 2021"]


def test_an_experiment_that_is_not_there_is_named_with_those_that_are(foci, catalogue):
    with pytest.raises(InputError, match="no experiment 'Roe'; there are: 'Doe 2020: ASMR'"):
        take(foci, catalogue, names=["Roe"])


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"space": "Talairach"}, "the file says space = MNI, the option says Talairach"),
        ({"contrast": "Bad Id"}, "'Bad Id' is no contrast"),
        (
            {"contrast": "nothing"},
            "'nothing' is no contrast of doe_2020; there are: asmr_vs_control",
        ),
    ],
)
def test_what_is_said_may_not_contradict_file_or_study(said, message, foci, catalogue):
    before = (catalogue / "studies" / "doe_2020.yaml").read_bytes()
    with pytest.raises(InputError, match=message):
        take(foci, catalogue, **said)
    assert (catalogue / "studies" / "doe_2020.yaml").read_bytes() == before


def test_a_number_of_people_that_differs_is_an_error(foci, catalogue):
    foci.write_text(SLEUTH.replace("=20", "=21"))
    with pytest.raises(InputError, match=r"says n = 21.* has 20; one is wrong"):
        take(foci, catalogue, contrast="asmr_vs_control")


def test_a_number_of_people_that_the_study_lacks_is_left_to_the_person(foci, tmp_path):
    study = a_study(samples=[{"id": "adults", "label": "adults"}], notes=["so far"])
    written(tmp_path / "other", study)
    found, _ = take(foci, tmp_path / "other", contrast="asmr_vs_control")
    assert "the file says n = 20; enter it at the contrast" in found.notes[0]


def test_a_study_that_is_not_there_is_said(foci, catalogue):
    with pytest.raises(MissingInputError, match="no study 'nobody_1999'"):
        import_coordinates(foci, catalogue, "nobody_1999", Said(), (), None)


def test_a_source_id_that_means_something_else_is_not_taken(foci, tmp_path):
    study = a_study()
    study["sources"][0]["id"] = "foci"
    for name in ("samples", "stimuli", "contrasts", "title"):
        study.pop(name)
    written(tmp_path / "other", study)
    _, after = take(foci, tmp_path / "other")
    assert [source.id for source in after.sources] == ["foci", "foci_2"]
    assert after.coordinates[0].provenance.sources == ("foci_2",)


@pytest.mark.parametrize(
    ("text", "made"),
    [("ASMR > rest", "asmr_rest"), ("1st", "table_1st"), ("É", "table"), ("a" * 99, "a" * 60)],
)
def test_an_id_is_made_of_any_text(text, made):
    assert slug(text) == made


def test_the_catalogue_of_a_checkout_may_be_written(tmp_path):
    assert writable_catalogue(tmp_path) == tmp_path
    assert writable_catalogue(None).name == "stimuli_catalog"


def test_the_catalogue_of_an_installed_program_is_not_written(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "asmr_stim.workflows.intake.catalogue_folder", lambda: tmp_path / "_data" / "catalogue"
    )
    with pytest.raises(InputError, match="copy it and name the copy"):
        writable_catalogue(None)


def a_studyset(folder, **metadata):
    points = [{"coordinates": [1.0, 2.0, 3.0]}]
    analysis = {"name": "ASMR", "points": points, "metadata": metadata}
    path = folder / "studyset.json"
    path.write_text(json.dumps({"studies": [{"analyses": [analysis]}]}))
    return path


def test_points_of_a_studyset_count_as_extracted_by_a_program(tmp_path, catalogue):
    _, study = take(a_studyset(tmp_path), catalogue)
    assert study.coordinates[-1].extraction == "automatically extracted"


def test_points_of_a_studyset_may_be_checked_by_the_person_who_takes_them(tmp_path, catalogue):
    _, study = take(a_studyset(tmp_path), catalogue, is_checked=True)
    assert study.coordinates[-1].extraction == "automatically extracted, checked"


@pytest.mark.parametrize("extraction", get_args(Extraction))
def test_a_studyset_may_say_how_its_points_were_extracted(extraction, tmp_path, catalogue):
    _, study = take(a_studyset(tmp_path, extraction=extraction), catalogue)
    assert study.coordinates[-1].extraction == extraction


@pytest.mark.parametrize("form", [Form.NIMADS, Form.CSV])
def test_the_mark_of_a_program_survives_an_export(form, tmp_path):
    table = peaks([(1, 2, 3)]) | {"extraction": "automatically extracted"}
    written(tmp_path / "one", a_study(coordinates=[table]))
    written(tmp_path / "two", a_study())
    out = export_catalogue(tmp_path / "one", [form], tmp_path / "out").folder
    name = "studyset.json" if form == Form.NIMADS else "csv/coordinates.csv"
    _, study = take(out / name, tmp_path / "two")
    assert study.coordinates[0].extraction == "automatically extracted"


def test_a_blank_reference_is_none(foci, catalogue):
    _, study = take(foci, catalogue, reference="  ")
    assert study.sources[-1].reference.startswith("foci.txt, SHA-256 ")


def test_a_word_that_yaml_1_1_would_change_is_kept(foci, catalogue):
    path = catalogue / "studies" / "doe_2020.yaml"
    path.write_text(path.read_text() + "notes: ['12:30']\n")
    _, study = take(foci, catalogue)
    assert study.notes == ("12:30",)
