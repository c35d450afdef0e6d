import numpy as np
import pytest
from builders import shared_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.families.spectrum import FRAMES, SpectrumFamily
from asmr_stim.acoustics.framing import Framing
from asmr_stim.acoustics.onsets import OnsetDetector, rhythm
from asmr_stim.io.audio import audio_info, read_blocks

STRENGTH = FRAMES.columns.index("onset_strength_db")


def onsets_of(parts, rate_hz=RATE_HZ):
    family = SpectrumFamily(rate_hz, 1)
    detector = OnsetDetector(rate_hz, Framing.for_rate(rate_hz))
    for part in parts:
        detector.push(part[0], family.push(part)[FRAMES.name][0, :, STRENGTH])
    return detector.times_s()


def clicks(times_s, duration_s, noise_sd, rate_hz=RATE_HZ):
    sound = white_noise(duration_s, sd=noise_sd, rate_hz=rate_hz)
    sound[0, (np.asarray(times_s) * rate_hz).round().astype(int)] += 0.5
    return sound


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("noise_sd", [0.0, 1e-4, 1e-3])
@pytest.mark.parametrize("start_s", [0.0, 0.03, 0.1])
def test_clicks_are_found_where_they_are(rate_hz, noise_sd, start_s):
    times_s = np.arange(start_s, 20, 0.2)
    found = onsets_of([clicks(times_s, 20, noise_sd, rate_hz)], rate_hz)
    assert len(found) == len(times_s)
    assert np.abs(found - times_s).max() < 0.005
    assert len(found) / 20 == pytest.approx(5.0, abs=0.02)


def test_jittered_clicks_keep_their_jitter():
    gaps = 0.2 * (1 + 0.1 * np.random.default_rng(3).standard_normal(400))
    found = onsets_of([clicks(0.1 + np.cumsum(gaps), 85, 1e-4)])
    assert rhythm(found).interval_cv == pytest.approx(0.10, abs=0.02)
    assert rhythm(found).interval_s == pytest.approx(0.2, abs=0.005)


def test_a_clock_has_no_variation():
    found = rhythm(onsets_of([clicks(np.arange(0.1, 20, 0.2), 20, 1e-4)]))
    assert found.interval_cv == pytest.approx(0, abs=0.01)


def test_fewer_than_three_events_have_no_rhythm():
    assert rhythm(np.array([1.0, 2.0])) is None


@pytest.mark.parametrize("rate_hz", [8000, 48000, 192000])
def test_steady_noise_has_no_onset(rate_hz):
    assert len(onsets_of([white_noise(20, rate_hz=rate_hz)], rate_hz)) == 0


def test_a_steady_tone_that_is_there_from_the_start_has_no_onset():
    assert len(onsets_of([sine(440, 5)[None]])) == 0


def test_silence_has_no_onset():
    assert len(onsets_of([np.zeros((1, RATE_HZ))])) == 0


def test_rounding_noise_has_no_onset():
    sound = np.zeros((1, 5 * RATE_HZ))
    sound[0, ::RATE_HZ] = 2.0**-15
    assert len(onsets_of([sound])) == 0


@pytest.mark.parametrize("n_samples", [1, 100, 2047, 2048, 9599, 9600])
def test_a_very_short_click_is_one_event(n_samples):
    sound = np.zeros((1, n_samples))
    sound[0, 0] = 0.5
    assert len(onsets_of([sound])) == (1 if n_samples >= 64 else 0)


def test_an_event_does_not_depend_on_louder_ones_elsewhere():
    quiet = clicks([1.0, 2.0], 3, 1e-5) * 0.01
    loud = 0.9 * white_noise(3)
    assert len(onsets_of([np.concatenate([quiet, loud], axis=1)])) == 3


@settings(max_examples=20)
@given(sizes=st.lists(st.integers(1, 20000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    sound = clicks(np.arange(0.013, 3, 0.137), 3, 1e-3)
    assert np.array_equal(onsets_of(pieces(sound, sizes)), onsets_of([sound]))


def test_a_snap_is_one_event():
    path = shared_folder("audio", "perc_snap.flac")
    left = [block[:, :1].T for block in read_blocks(path)]
    assert onsets_of(left, audio_info(path).rate_hz) == pytest.approx([0.013], abs=0.005)
