import typing

import pytest
from pydantic import ValidationError
from studies import a_contrast, a_study, an_outcome, built, peaks, stated

from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.schema.coordinates import Coordinate
from asmr_stim.schema.outcome import BandEdges, Statistic
from asmr_stim.schema.study import ContrastType, Role, Study


@pytest.mark.parametrize("identifier", ["lee_2020", "anglia_ruskin_undated", "smith_2019_videos"])
def test_a_study_is_called_after_its_first_author_and_year(identifier):
    assert built(a_study(id=identifier)).id == identifier


@pytest.mark.parametrize(
    "identifier",
    ["", "Lee_2020", "lee2020", "lee-2020", "2020", "lee_20", "../lee_2020", "lee_2020/x"],
)
def test_no_other_name_is_an_id(identifier):
    with pytest.raises(ValidationError, match="String should match pattern"):
        built(a_study(id=identifier))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("doi", "https://doi.org/10.1234/x"),
        ("doi", "10.1234/with space"),
        ("pmid", "PMC123"),
        ("pmid", 31275748),
        ("pmcid", "6590446"),
        ("year", 20),
        ("year", "2020"),
        ("year", 2020.0),
        ("title", ""),
        ("title", "   "),
        ("modalities", ["mri"]),
        ("modalities", "eeg"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused(key, value):
    with pytest.raises(ValidationError):
        built(a_study(**{key: stated(value)}))


@pytest.mark.parametrize("missing", ["kind", "x", "y", "z"])
def test_no_coordinate_is_built_without_its_kind_and_place(missing):
    point = {"x": -52.0, "y": -28.0, "z": 40.0, "kind": "activation_peak"}
    assert Coordinate.model_validate(point)
    del point[missing]
    with pytest.raises(ValidationError, match="Field required"):
        Coordinate.model_validate(point)


@pytest.mark.parametrize(
    "point", [(111.0, 0.0, 0.0), (0.0, -151.0, 0.0), (0.0, 0.0, 131.0), (0.0, float("nan"), 0.0)]
)
def test_no_focus_lies_outside_the_head(point):
    with pytest.raises(ValidationError):
        built(a_study(coordinates=[peaks([point])]))


@pytest.mark.parametrize(("low", "high"), [(12.0, 8.0), (8.0, 8.0), (0.0, 4.0), (-1.0, 4.0)])
def test_a_band_begins_below_its_end_and_above_zero(low, high):
    with pytest.raises(ValidationError):
        BandEdges(low_hz=low, high_hz=high)


@pytest.mark.parametrize(
    ("name", "value"), [("p", 1.2), ("p", -0.1), ("r", 1.1), ("sd", -1.0), ("f", -2.0)]
)
def test_a_statistic_that_cannot_be_is_refused(name, value):
    with pytest.raises(ValidationError, match=f"{name} cannot be"):
        Statistic(name=name, value=value)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "0.05", True])
def test_a_statistic_is_a_finite_number(value):
    with pytest.raises(ValidationError):
        Statistic(name="t", value=value)


@pytest.mark.parametrize("n", [0, -3, 20.5, "20", True])
def test_people_are_counted_in_whole_numbers_from_one(n):
    study = a_study()
    study["samples"][0]["n"] = stated(n)
    with pytest.raises(ValidationError):
        built(study)


def test_an_outcome_says_how_well_its_size_is_known():
    outcome = an_outcome()
    del outcome["grade"]
    with pytest.raises(ValidationError, match="Field required"):
        built(a_study(contrasts=[a_contrast(outcomes=[outcome])]))


def test_a_study_with_terms_is_not_built_without_a_taxonomy():
    with pytest.raises(ValidationError, match="checked against a taxonomy"):
        Study.model_validate(a_study())


def test_the_roles_and_contrast_types_are_those_of_the_taxonomy():
    taxonomy = load_taxonomy()
    assert {role.id for role in taxonomy.roles} == set(typing.get_args(Role))
    assert {each.id for each in taxonomy.contrast_types} == set(typing.get_args(ContrastType))
