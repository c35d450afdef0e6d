import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import pieces, sine, white_noise

from asmr_stim.acoustics.resampling import Resampler


def resampled(parts, rate_hz, n_channels=1):
    resampler = Resampler(rate_hz, 48000, n_channels)
    return np.concatenate([*map(resampler.push, parts), resampler.finish()], axis=1)


@pytest.mark.parametrize("rate_hz", [8000, 11025, 22050, 44100, 96000, 192000])
def test_a_tone_stays_the_same_tone(rate_hz):
    out = resampled([sine(1000, 1, rate_hz=rate_hz)[None]], rate_hz)[0]
    assert len(out) == pytest.approx(48000, abs=1)
    inner = slice(4000, 44000)
    assert np.abs(out[inner] - sine(1000, 1)[inner]).max() < 1e-5


def test_the_same_rate_changes_nothing():
    noise = white_noise(0.1, 2)
    assert np.array_equal(resampled([noise], 48000, 2), noise)


@settings(max_examples=15)
@given(sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    noise = white_noise(0.5, 2, rate_hz=44100)
    one, other = resampled([noise], 44100, 2), resampled(pieces(noise, sizes), 44100, 2)
    assert np.array_equal(one, other)
