import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from asmr_stim.acoustics.distribution import PERCENTILES, distribution

values = st.floats(-1000, 1000, width=32) | st.sampled_from([math.nan, 0.0, -0.0])
series_of_values = arrays(np.float32, st.integers(1, 300), elements=values)


def in_one(*series):
    return distribution(lambda: [np.array(series, np.float32)])


def test_one_to_five_have_the_spread_of_the_textbook():
    found = in_one(1, 2, 3, 4, 5)
    assert (found.n_frames, found.mean) == (5, 3.0)
    assert found.sd == pytest.approx(math.sqrt(2))
    assert found.percentiles == pytest.approx((1.2, 1.4, 3.0, 4.6, 4.8))


def test_nothing_defined_is_no_distribution():
    assert distribution(list) is None
    assert in_one() is None
    assert in_one(math.nan) is None
    assert distribution(lambda: [np.full(3, math.nan, np.float32)] * 3) is None


@given(series_of_values)
def test_undefined_values_do_not_count(series):
    before = series.copy()
    found = distribution(lambda: [series])
    assert np.array_equal(series, before, equal_nan=True)
    defined = before[~np.isnan(before)].astype(float)
    if len(defined) == 0:
        assert found is None
        return
    assert found.n_frames == len(defined)
    assert found.mean == pytest.approx(defined.mean(), abs=1e-9)
    assert found.sd == pytest.approx(defined.std(), abs=1e-6)
    assert found.percentiles == pytest.approx(np.percentile(defined, PERCENTILES), abs=1e-9)


@given(series_of_values, st.lists(st.integers(0, 300), min_size=1, max_size=4))
def test_a_series_in_parts_has_the_distribution_of_the_whole(series, cuts):
    parts = np.split(series, sorted(cuts))
    whole, found = distribution(lambda: [series]), distribution(lambda: iter(parts))
    if whole is None:
        assert found is None
        return
    assert (found.n_frames, found.percentiles) == (whole.n_frames, whole.percentiles)
    assert (found.mean, found.sd) == pytest.approx((whole.mean, whole.sd), abs=1e-9)


def test_percentiles_of_several_parts_are_exact_over_the_whole_range_of_single_precision():
    bits = np.random.default_rng(0).integers(0, 2**32, 200_001, dtype=np.uint32)
    series = bits.view(np.float32)
    series = series[np.isfinite(series)]
    found = distribution(lambda: np.array_split(series, 3))
    expected = np.percentile(series.astype(np.float64), PERCENTILES)
    assert found.percentiles == pytest.approx(expected, rel=1e-12)
