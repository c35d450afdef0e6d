import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from asmr_stim.acoustics.distribution import PERCENTILES, distribution

values = st.floats(-1000, 1000, width=32) | st.just(math.nan)


def test_one_to_five_have_the_spread_of_the_textbook():
    found = distribution(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert (found.n_frames, found.mean) == (5, 3.0)
    assert found.sd == pytest.approx(math.sqrt(2))
    assert found.percentiles == pytest.approx((1.2, 1.4, 3.0, 4.6, 4.8))


def test_nothing_defined_is_no_distribution():
    assert distribution(np.array([])) is None
    assert distribution(np.array([math.nan])) is None


@given(arrays(np.float32, st.integers(1, 300), elements=values))
def test_undefined_values_do_not_count(series):
    before = series.copy()
    found = distribution(series)
    assert np.array_equal(series, before, equal_nan=True)
    defined = before[~np.isnan(before)]
    if len(defined) == 0:
        assert found is None
        return
    assert found.n_frames == len(defined)
    assert found.mean == pytest.approx(defined.astype(float).mean(), abs=1e-9)
    assert found.sd == pytest.approx(defined.astype(float).std(), abs=1e-6)
    assert found.percentiles == pytest.approx(np.percentile(defined, PERCENTILES), abs=1e-3)


def test_more_values_than_are_taken_at_once_and_the_array_as_working_space():
    series = np.random.default_rng(0).standard_normal(200_001).astype(np.float32)
    series[::7] = math.nan
    expected = distribution(series)
    assert distribution(series.copy(), overwrite=True) == expected
    assert expected.n_frames == 200_001 - len(series[::7])
