import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim_tui.sound.feed import Feed
from asmr_stim_tui.sound.player import Stretch

RATE_HZ = 1000


def clip(n_samples=3000, n_channels=2):
    return np.random.default_rng(0).standard_normal((n_samples, n_channels)).astype(np.float32)


def reader(samples):
    return lambda first, last: samples[first:last]


def everything(feed, sizes, n_frames):
    """Take frames in pieces until some number of them came from the stretch."""
    pieces = []
    while feed.n_taken < n_frames:
        before = feed.n_taken
        piece = feed.take(sizes[len(pieces) % len(sizes)])
        pieces.append(piece[: feed.n_taken - before])
    return np.concatenate(pieces)


@given(
    st.integers(0, 2999),
    st.integers(1, 3000),
    st.lists(st.integers(1, 700), min_size=1, max_size=5),
)
def test_at_the_clips_own_rate_the_device_gets_the_files_samples_bit_for_bit(first, n, sizes):
    samples = clip()
    last = min(first + n, 3000)
    feed = Feed(reader(samples), Stretch(first, last), RATE_HZ, RATE_HZ, 2)
    assert np.array_equal(everything(feed, sizes, last - first), samples[first:last])
    assert not feed.take(50).any()
    assert feed.n_after >= 50
    assert feed.n_taken == last - first


@given(st.integers(1, 400), st.integers(1, 400))
def test_a_loop_joins_its_end_to_its_start_without_a_gap(n_loop, begin):
    samples = clip()
    begin %= n_loop
    stretch = Stretch(100, 100 + n_loop, is_loop=True, begin=100 + begin)
    feed = Feed(reader(samples), stretch, RATE_HZ, RATE_HZ, 2)
    got = everything(feed, [130], 900)
    feed.cancel()
    expected = samples[100 + (begin + np.arange(len(got))) % n_loop]
    assert np.array_equal(got, expected)


def test_left_stays_left_and_mono_is_heard_on_both_sides():
    samples = clip()
    samples[:, 1] = 0
    feed = Feed(reader(samples), Stretch(0, 500), RATE_HZ, RATE_HZ, 2)
    got = everything(feed, [500], 500)
    assert got[:, 0].any()
    assert not got[:, 1].any()
    mono = Feed(reader(samples[:, :1]), Stretch(0, 500), RATE_HZ, RATE_HZ, 2)
    got = everything(mono, [500], 500)
    assert np.array_equal(got[:, 0], got[:, 1])


def test_channels_that_the_device_has_not_are_left_out_and_never_mixed():
    samples = clip(n_channels=8)
    feed = Feed(reader(samples), Stretch(0, 500), RATE_HZ, RATE_HZ, 2)
    assert np.array_equal(everything(feed, [500], 500), samples[:500, :2])


def test_half_speed_takes_twice_as_long_and_lowers_the_pitch_by_an_octave():
    time_s = np.arange(8000) / 8000
    tone = np.sin(2 * np.pi * 800 * time_s).astype(np.float32)[:, None]
    feed = Feed(reader(tone), Stretch(0, 8000, speed=0.5), 8000, 8000, 1)
    assert feed.samples_per_frame == 0.5
    got = everything(feed, [1000], 15000)[:, 0]
    spectrum = np.abs(np.fft.rfft(got[1000:9000]))
    assert np.argmax(spectrum) * 8000 / 8000 == 400


def test_a_device_of_another_rate_gets_the_same_pitch():
    time_s = np.arange(8000) / 8000
    tone = np.sin(2 * np.pi * 800 * time_s).astype(np.float32)[:, None]
    feed = Feed(reader(tone), Stretch(0, 8000), 8000, 16000, 1)
    got = everything(feed, [1000], 15000)[:, 0]
    assert np.argmax(np.abs(np.fft.rfft(got[:8000]))) * 16000 / 8000 == 800


def test_a_file_that_has_gone_is_silence_and_an_end():
    feed = Feed(reader(clip()[:0]), Stretch(0, 500), RATE_HZ, RATE_HZ, 2)
    assert not feed.take(100).any()
    assert feed.n_after == 100


def test_a_stretch_knows_what_is_heard_after_a_while():
    once = Stretch(100, 200, begin=150)
    assert once.sample_after(20) == 170
    assert once.sample_after(50) is None
    loop = Stretch(100, 200, is_loop=True, begin=150)
    assert [loop.sample_after(n) for n in (0, 49, 50, 150, 351)] == [150, 199, 100, 100, 101]
