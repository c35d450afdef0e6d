"""Cohen's kappa against scikit-learn, and what must hold of any two codings."""

import json

import pytest
from builders import REPOSITORY
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.schema.kappa import cohen_kappa

REFERENCE = json.loads(
    (REPOSITORY / "tests/reference/agreement/kappa.json").read_text(encoding="utf-8")
)
codings = st.lists(st.tuples(*[st.sampled_from("abcd")] * 2), min_size=1, max_size=40)


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: case["name"])
def test_kappa_is_that_of_scikit_learn(case):
    # Both divide sums of whole numbers; the order of operations may cost the last digits.
    assert cohen_kappa(case["first"], case["second"]).kappa == pytest.approx(
        case["kappa"], abs=1e-12
    )


def test_the_table_of_twenty_five_ten_and_fifteen_gives_two_fifths():
    """By hand: agreement 0.7, by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5."""
    case = next(case for case in REFERENCE["cases"] if case["name"] == "balanced")
    kappa = cohen_kappa(case["first"], case["second"])
    assert (kappa.n, kappa.agreement, kappa.expected) == (50, 0.7, pytest.approx(0.5))
    assert kappa.kappa == pytest.approx(0.4)
    assert kappa.prevalence == {"audio": pytest.approx(0.55), "audiovisual": pytest.approx(0.45)}


def test_one_category_throughout_has_no_kappa():
    kappa = cohen_kappa(["a", "a"], ["a", "a"])
    assert kappa.kappa is None
    assert kappa.agreement == 1


@pytest.mark.parametrize("codings", [([], []), (["a"], []), (["a"], ["a", "b"])])
def test_nothing_to_compare_is_refused(codings):
    with pytest.raises(ValueError, match="two codings of the same things"):
        cohen_kappa(*codings)


@given(codings)
def test_kappa_does_not_mind_who_is_first(pairs):
    first, second = zip(*pairs, strict=True)
    one, other = cohen_kappa(first, second), cohen_kappa(second, first)
    assert one.kappa == (None if other.kappa is None else pytest.approx(other.kappa))
    assert one.prevalence == other.prevalence


@given(codings)
def test_kappa_is_at_most_one_and_one_only_in_full_agreement(pairs):
    first, second = zip(*pairs, strict=True)
    kappa = cohen_kappa(first, second)
    assert sum(kappa.prevalence.values()) == pytest.approx(1)
    if kappa.kappa is not None:
        assert kappa.kappa <= 1
        assert (kappa.kappa == 1) == (first == second)
