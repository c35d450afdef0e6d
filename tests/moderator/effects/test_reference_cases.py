"""Values from R's metafor and its kin, reproduced within the tolerance that each case states.

``--effects-cases DIR`` names another folder of cases; their data lie in DIR/../.
"""

import json

import pytest
from moderator.effects.oracle import answers, mismatches


def test_every_value_of_the_case_is_reproduced(effects_case):
    case = json.loads(effects_case.read_text(encoding="utf-8"))
    got = answers(case, effects_case.parent.parent)
    wrong = mismatches(case["expected"], got, case["tolerance"])
    assert not wrong, "\n".join(wrong)


def test_a_kind_of_case_that_is_not_known_is_a_failure(tmp_path):
    with pytest.raises(LookupError, match="'horoscope' is not known"):
        answers({"analysis": {"kind": "horoscope"}, "data": "none"}, tmp_path)


def test_a_quantity_that_nobody_answers_is_a_mismatch():
    wrong = mismatches({"luck": 1.0}, {}, {"rtol": 1e-6, "atol": 0.0})
    assert wrong == ["('luck',): nothing answers this quantity (reference 1.0)"]


def test_a_value_out_of_tolerance_is_a_mismatch():
    assert mismatches({"a": [1.0]}, {"a": [1.1]}, {"rtol": 1e-6, "atol": 0.0})
