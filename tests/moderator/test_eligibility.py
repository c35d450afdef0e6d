import pytest
from studies import a_study, built, peaks

from asmr_stim.moderator.eligibility import UNCHECKED, eligibility, reasons_against


def study_whose_points_are(extraction):
    return built(a_study(coordinates=[peaks([(1, 2, 3)]) | {"extraction": extraction}]))


def test_points_that_a_program_extracted_wait_for_a_person():
    study = study_whose_points_are("automatically extracted")
    assert reasons_against(study, study.coordinates[0]) == (UNCHECKED,)
    assert not eligibility(study).is_eligible


@pytest.mark.parametrize("extraction", ["by hand", "automatically extracted, checked"])
def test_points_that_a_person_has_seen_may_enter(extraction):
    study = study_whose_points_are(extraction)
    assert reasons_against(study, study.coordinates[0]) == ()
    assert eligibility(study).is_eligible
