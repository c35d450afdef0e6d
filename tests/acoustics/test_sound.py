import numpy as np
import pytest

from asmr_stim.acoustics.sound import Sound


def test_a_sound_knows_its_length():
    sound = Sound(np.zeros((2, 4800)), 48000)
    assert (sound.n_channels, sound.n_frames, sound.duration_s) == (2, 4800, 0.1)


@pytest.mark.parametrize(
    ("samples", "rate_hz", "word"),
    [
        (np.zeros(10), 48000, "shape"),
        (np.zeros((0, 10)), 48000, "shape"),
        (np.zeros((1, 0)), 48000, "shape"),
        (np.array([[np.nan]]), 48000, "finite"),
        (np.zeros((1, 1)), 0, "rate"),
        (np.zeros((1, 1)), np.inf, "rate"),
    ],
)
def test_an_impossible_sound_cannot_be_made(samples, rate_hz, word):
    with pytest.raises(ValueError, match=word):
        Sound(samples, rate_hz)
