from concurrent.futures import ThreadPoolExecutor

import pytest
from ale_builders import a_set, an_experiment, ball_mask
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.fail_safe import _largest as largest
from asmr_stim.moderator.ale.fail_safe import fail_safe_n
from asmr_stim.moderator.ale.result import MonteCarlo

FAST = MonteCarlo(99)


def converging(size):
    apart = (an_experiment("far", foci=((0.0, 32.0, 0.0),)),)
    return estimate(a_set(*(an_experiment(f"{i}") for i in range(size)), *apart), ball_mask())


@given(truth=st.integers(-1, 40), limit=st.integers(1, 40))
def test_halving_finds_where_it_stops_to_hold(truth, limit):
    assert largest(lambda added: added <= truth, limit) == min(truth, limit)


def test_more_converging_experiments_survive_more_null_ones():
    (few,) = fail_safe_n(converging(3), FAST, n_sets=3, limit=200)
    (many,) = fail_safe_n(converging(6), FAST, n_sets=3, limit=200)
    assert 0 <= few.median < many.median
    assert few.limit == 200


def test_a_cluster_that_is_not_significant_has_none():
    spread = [an_experiment(f"{i}", 20, ((x, 0.0, 0.0),)) for i, x in enumerate((-30.0, 0.0, 30.0))]
    assert fail_safe_n(estimate(a_set(*spread), ball_mask()), FAST, n_sets=2, limit=5) == ()


@pytest.mark.parametrize("n_workers", [1, 2])
def test_an_executor_changes_nothing(n_workers):
    result = converging(5)
    with ThreadPoolExecutor(n_workers) as pool:
        spread = fail_safe_n(result, FAST, n_sets=2, limit=20, executor=pool)
    assert spread == fail_safe_n(result, FAST, n_sets=2, limit=20)
