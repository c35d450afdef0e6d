import pytest
from studies import a_contrast, a_study, an_outcome, stated, written

from asmr_stim.io.catalogue import check_files


def codes(tmp_path, content):
    checked = check_files([written(tmp_path, content)])
    return [(problem.code, problem.message) for problem in checked.problems]


def test_a_wrong_field_does_not_hide_a_reference_to_nothing(tmp_path):
    study = a_study(year=stated("about 2018"), pmidd=stated("1"))
    study["stimuli"][1]["sources"]["value"] = ["wisper"]
    study["contrasts"][0]["stimuli"][1]["stimulus"] = "control_clip"
    found = dict(codes(tmp_path, study))
    assert set(found) == {"E002", "E004", "E012", "E023"}
    assert "control_clip" in found["E023"]


def test_two_wrong_fields_do_not_hide_a_claim_that_needs_the_full_text(tmp_path):
    study = a_study(evidence_level="abstract", venue="not reported", year=stated(20.5))
    assert {code for code, _ in codes(tmp_path, study)} == {"E004", "E020"}


@pytest.mark.parametrize("missing", ["id", "label"])
def test_a_part_that_others_name_is_not_missed_because_it_is_incomplete(tmp_path, missing):
    study = a_study()
    del study["stimuli"][1][missing]
    assert [code for code, _ in codes(tmp_path, study)] == ["E001"]


def test_nothing_is_told_of_what_stands_beside_a_wrong_field(tmp_path):
    study = a_study(contrasts=[a_contrast(outcomes=[an_outcome(direction=stated("upward"))])])
    assert [code for code, _ in codes(tmp_path, study)] == ["E003"]
