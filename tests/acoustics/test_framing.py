import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asmr_stim.acoustics.framing import Carry, Framing


def frames_of(sound, sizes, framing):
    """Return the frames that complete with each piece, one behind the other."""
    carry, found, start = Carry(len(sound), framing), [], 0
    for size in [*sizes, sound.shape[1]]:
        together, n_frames = carry.whole_frames(sound[:, start : start + size])
        found += [
            together[:, k * framing.hop : k * framing.hop + framing.length].copy()
            for k in range(n_frames)
        ]
        start += size
    return found


@settings(max_examples=60)
@given(
    sizes=st.lists(st.integers(0, 90), max_size=12),
    framing=st.sampled_from([Framing(64, 16), Framing(25, 10), Framing(7, 7), Framing(1, 1)]),
)
@example(sizes=[1] * 150, framing=Framing(64, 16))
@example(sizes=[200, 1, 63, 0, 64], framing=Framing(64, 16))
def test_pieces_of_any_size_make_the_frames_of_the_whole(sizes, framing):
    sound = np.arange(600.0).reshape(2, 300)
    found = frames_of(sound, sizes, framing)
    windows = np.lib.stride_tricks.sliding_window_view(sound, framing.length, axis=1)
    expected = windows[:, :: framing.hop].transpose(1, 0, 2)
    assert np.array_equal(found, expected)


def test_samples_that_wait_are_not_those_of_the_caller():
    carry, piece = Carry(1, Framing(4, 2)), np.ones((1, 3))
    carry.whole_frames(piece)
    piece[:] = 7
    together, n_frames = carry.whole_frames(np.zeros((1, 1)))
    assert n_frames == 1
    assert together.tolist() == [[1, 1, 1, 0]]


@pytest.mark.parametrize("rate_hz", [1000, 8000, 44100, 192000])
def test_a_frame_lasts_43_ms_or_64_samples(rate_hz):
    framing = Framing.for_rate(rate_hz)
    assert framing.length == 64 or framing.length / rate_hz == pytest.approx(0.0427, rel=0.42)
    assert framing.hop == framing.length // 4
