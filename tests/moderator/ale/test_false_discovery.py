import numpy as np
import pytest
from ale_builders import (
    a_set,
    an_experiment,
    ball_mask,
    reference_foci,
    reference_mask,
    reference_numbers,
)
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.false_discovery import FDR_ADVICE, false_discovery_rate
from asmr_stim.moderator.ale.result import AleSettings


@given(p=st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=40))
def test_the_rates_are_those_of_scipy(p):
    found = false_discovery_rate(np.array(p))
    assert found == pytest.approx(stats.false_discovery_control(p), rel=1e-12)


@pytest.mark.parametrize("process", ["knowledge", "relatedness"])
def test_the_z_of_the_rates_are_the_stored_ones(process):
    stored = reference_numbers(process)
    result = estimate(reference_foci(process), reference_mask(), AleSettings(fdr=True))
    q = result.model.mask.filled(result.q, outside=1.0)[tuple(stored["ijk"].T)]
    # the reference turns the rate into a two-sided z; float32 holds 5e-7 of it
    assert np.abs(stats.norm.isf(q / 2) - stored["z_fdr"]).max() < 1e-4


def test_it_is_given_only_on_request_and_with_the_advice_against_it():
    foci = a_set(*(an_experiment(f"e{i}") for i in range(3)))
    plain = estimate(foci, ball_mask())
    asked = estimate(foci, ball_mask(), AleSettings(fdr=True))
    assert plain.q is None
    assert FDR_ADVICE not in plain.warnings
    assert asked.q is not None
    assert (asked.q >= asked.p).all()
    assert asked.warnings[-1] == FDR_ADVICE
