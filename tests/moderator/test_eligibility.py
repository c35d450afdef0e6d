import pytest
from studies import HERE, a_study, built, stated

from asmr_stim.moderator.eligibility import UNCHECKED, eligibility, reasons_against


def a_table(**changes):
    table = {
        "id": "peaks",
        "label": "peaks",
        "contrast": "asmr_vs_control",
        "space": stated("MNI"),
        "coverage": stated("whole_brain"),
        "effect": stated("activation"),
        "direction": stated("increase"),
        "provenance": HERE,
        "points": [{"x": 1, "y": 2, "z": 3, "kind": "activation_peak"}],
    }
    return table | changes


def test_points_that_a_program_extracted_wait_for_a_person():
    study = built(a_study(coordinates=[a_table(extraction="automatically extracted")]))
    assert reasons_against(study, study.coordinates[0]) == (UNCHECKED,)
    assert not eligibility(study).is_eligible


@pytest.mark.parametrize("extraction", ["by hand", "automatically extracted, checked"])
def test_points_that_a_person_has_seen_may_enter(extraction):
    study = built(a_study(coordinates=[a_table(extraction=extraction)]))
    assert reasons_against(study, study.coordinates[0]) == ()
    assert eligibility(study).is_eligible
