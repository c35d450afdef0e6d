import pytest

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.moderator.effects.magnitudes import magnitudes
from asmr_stim.resources import catalogue_folder


@pytest.fixture(scope="module")
def found():
    return magnitudes(load_catalogue(catalogue_folder(), load_taxonomy()).studies)


def of(found, study):
    return [each for each in found.found if each.study == study]


def test_p_below_a_limit_stays_a_bound(found):
    bounds = of(found, "cai_2020")
    assert {each.effect.grade for each in bounds} == {"bound"}
    assert all(each.effect.estimate is None for each in bounds)


def test_a_paired_p_with_people_and_direction_becomes_an_effect(found):
    first = of(found, "wang_2025")[0].effect
    assert (first.grade, first.metric, first.sign_source) == (
        "converted", "SD of change", "direction column",
    )  # fmt: skip
    assert first.estimate == pytest.approx(-0.70, abs=0.005)  # -t / sqrt(20) J, t(19) of p = .004


def test_what_is_missing_for_an_effect_is_told(found):
    assert "test of ranks" in of(found, "ozgur_undated")[0].reason
    assert "people in each group is not known" in of(found, "lee_2022")[0].reason
    assert "the design is 'mixed'" in of(found, "poerio_2018")[0].reason


def test_one_sample_is_never_pooled_and_different_outcomes_stay_apart(found):
    assert all(each.model is None for each in found.pooled if each.n_samples < 2)
    assert all("not estimable" in each.reason for each in found.pooled if each.model is None)
    performance = [each for each in found.pooled if each.measure == "performance"]
    assert [each.k for each in performance] == [1, 1]
