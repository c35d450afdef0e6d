import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim_tui.snap import nearest_change

RATE_HZ = 8000


def burst(onset, offset, n_samples=4800, quiet=0.001):
    """Return noise that is loud between two samples."""
    rng = np.random.default_rng(onset)
    sound = rng.standard_normal((n_samples, 2)).astype(np.float32)
    sound *= quiet
    sound[onset:offset] *= 100
    return sound


@given(onset=st.integers(500, 2000), place=st.integers(0, 4800))
def test_a_burst_is_found_to_a_few_milliseconds_from_anywhere(onset, place):
    sound = burst(onset, onset + 1600)
    assert abs(nearest_change(sound, RATE_HZ, place, is_end=False) - onset) <= 0.003 * RATE_HZ
    end = nearest_change(sound, RATE_HZ, place, is_end=True)
    assert abs(end - (onset + 1600)) <= 0.003 * RATE_HZ


def test_of_two_onsets_the_nearer_is_taken():
    sound = burst(800, 1200) + burst(3200, 3600)
    assert abs(nearest_change(sound, RATE_HZ, 1500, is_end=False) - 800) < 24
    assert abs(nearest_change(sound, RATE_HZ, 2500, is_end=False) - 3200) < 24


@pytest.mark.parametrize(
    "sound", [np.zeros((4800, 1)), burst(0, 0), burst(0, 4800), np.ones((3, 1))]
)
def test_steady_sound_changes_nowhere(sound):
    assert nearest_change(sound.astype(np.float32), RATE_HZ, 100, is_end=False) is None
