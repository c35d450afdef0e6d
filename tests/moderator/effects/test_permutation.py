from math import comb

import numpy as np
import pytest
from moderator.effects.makers import some_effects, two_groups

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.allocations import Plan
from asmr_stim.moderator.effects.design import Moderator, build_design
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.many_fits import many_fits
from asmr_stim.moderator.effects.permutation import permutation_test
from asmr_stim.moderator.effects.regression import Settings, fit


# smallest p of a two-group test: the most extreme split, and its mirror where groups are equal
@pytest.mark.parametrize(
    ("first", "second", "smallest"),
    [(2, 2, 2 / 6), (3, 3, 2 / 20), (2, 4, 1 / 15), (4, 4, 2 / 70), (2, 6, 1 / 28)],
)
def test_the_smallest_p_is_that_of_the_most_extreme_split(first, second, smallest):
    found = permutation_test(two_groups(first, second), [Moderator("f")])
    assert found.is_exact
    assert found.n_allocations == comb(first + second, first)
    assert found.smallest_p == pytest.approx(smallest)
    assert found.p_omnibus >= found.smallest_p


def test_three_against_three_cannot_reach_five_percent():
    assert not permutation_test(two_groups(3, 3), [Moderator("f")]).can_reach(0.05)


def test_effects_of_a_study_move_together():
    effects = two_groups(6, 6, studies="aabbccddeeff")
    found = permutation_test(effects, [Moderator("f")])
    assert found.n_allocations == comb(6, 3)


def test_a_moderator_that_differs_within_a_study_cannot_be_exchanged():
    effects = some_effects(k=6, studies="aabbcc", f=list("xyxyxy"))
    with pytest.raises(InputError, match="'fy' differs between the effects of 'a'"):
        permutation_test(effects, [Moderator("f")])


def test_beyond_the_limit_orders_are_drawn_and_the_observed_one_counts():
    effects = some_effects(k=9, x=[float(i) for i in range(9)])
    plan = Plan(max_exact=100, n_draws=500, seed=3)
    found = permutation_test(effects, [Moderator("x")], plan=plan)
    again = permutation_test(effects, [Moderator("x")], plan=plan)
    assert not found.is_exact
    assert found.p_coefficients == again.p_coefficients
    assert found.smallest_p == pytest.approx(1 / 501)


def test_drawn_and_exact_p_agree():
    effects = some_effects(k=8, x=[float(i**2) for i in range(8)], seed=5)
    exact = permutation_test(effects, [Moderator("x")], plan=Plan(max_exact=50_000))
    drawn = permutation_test(effects, [Moderator("x")], plan=Plan(100, 20_000, 1))
    assert drawn.p_omnibus == pytest.approx(exact.p_omnibus, abs=0.012)


@pytest.mark.parametrize("method", ["FE", "DL", "HE", "ML", "REML", "PM"])
@pytest.mark.parametrize("test", ["wald", "knapp_hartung", "knapp_hartung_adhoc"])
def test_compiled_fits_are_the_ordinary_ones(method, test):
    effects = some_effects(k=9, f=list("aaabbbccc"), x=[1.0, 4, 2, 5, 3, 9, 8, 7, 6])
    design = build_design(effects, [Moderator("f"), Moderator("x")])
    model = fit(effects, design, Settings(method, test))
    beta, covariance = many_fits(
        effects.estimates, effects.variances, design.matrix[None], method, test
    )
    assert beta[0] == pytest.approx(model.estimates, rel=1e-8)
    assert covariance[0] == pytest.approx(model.covariance, rel=1e-7)


def test_effects_that_do_not_differ_are_not_significant():
    effects = two_groups(4, 4)
    flat = type(effects)(
        np.array([0.1, 0.2, 0.3, 0.4] * 2), np.full(8, 0.1), columns=effects.columns
    )
    assert permutation_test(flat, [Moderator("f")]).p_omnibus == 1.0


def test_an_allocation_that_fits_exactly_counts_as_the_most_extreme():
    y = np.array([0.1, 0.1, 0.1, 0.5, 0.5, 0.9])
    effects = Effects(y, np.full(6, 0.1), columns={"f": tuple("aabbcc")})
    found = permutation_test(effects, [Moderator("f")])
    assert 0 < found.smallest_p <= found.p_omnibus
