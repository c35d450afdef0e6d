"""The reference is librosa 0.11 with the same frames (``center=False``) in double precision."""

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.framing import Framing
from asmr_stim.acoustics.mel import mel_bank, n_mel_bands
from asmr_stim.acoustics.spectrum import COLUMNS, SpectrumAnalyser


def rows_of(samples, rate_hz=RATE_HZ):
    return SpectrumAnalyser(rate_hz, len(samples)).push(samples)


def columns_of(samples, rate_hz=RATE_HZ):
    return dict(zip(COLUMNS, rows_of(np.atleast_2d(samples), rate_hz)[0].T, strict=True))


def taps():
    time_s = np.arange(int(0.04 * RATE_HZ)) / RATE_HZ
    tap = np.exp(-time_s * 200) * np.sin(2 * np.pi * 3000 * time_s)
    sound = white_noise(2.0, sd=1e-4)[0]
    for start_s in np.arange(0.1, 1.9, 0.17):
        start = int(start_s * RATE_HZ)
        sound[start : start + len(tap)] += 0.2 * tap
    return sound


def chirp():
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    return 0.3 * np.sin(2 * np.pi * (100 * time_s + 4000 * time_s**2))


SOUNDS = {"noise": lambda: white_noise(2.0)[0], "taps": taps, "chirp": chirp}


def librosa_columns(sound, rate_hz):
    framing = Framing.for_rate(rate_hz)
    stft = librosa.stft(
        sound, n_fft=framing.length, hop_length=framing.hop, center=False, dtype=np.complex128
    )
    magnitude = np.abs(stft)
    mel = librosa.feature.melspectrogram(
        S=magnitude**2, sr=rate_hz, n_fft=framing.length, n_mels=n_mel_bands(framing.length)
    )
    level = librosa.power_to_db(mel, ref=1.0, amin=1e-10, top_db=None)
    spectral = librosa.feature
    return {
        "spectral_centroid_hz": spectral.spectral_centroid(S=magnitude, sr=rate_hz)[0],
        "spectral_bandwidth_hz": spectral.spectral_bandwidth(S=magnitude, sr=rate_hz)[0],
        "spectral_rolloff_85_hz": spectral.spectral_rolloff(S=magnitude, sr=rate_hz)[0],
        "spectral_rolloff_95_hz": spectral.spectral_rolloff(
            S=magnitude, sr=rate_hz, roll_percent=0.95
        )[0],
        "spectral_flatness": spectral.spectral_flatness(S=magnitude)[0],
        "onset_strength_db": librosa.onset.onset_strength(S=level, sr=rate_hz, center=False),
    }


RELATIVE = {
    "spectral_centroid_hz": 1e-6,
    "spectral_bandwidth_hz": 1e-6,
    "spectral_flatness": 1e-5,
    "onset_strength_db": 1e-5,
}


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("sound", SOUNDS)
def test_frames_equal_librosa(sound, rate_hz):
    samples = SOUNDS[sound]()
    ours, theirs = columns_of(samples, rate_hz), librosa_columns(samples, rate_hz)
    for name, tolerance in RELATIVE.items():
        mine, reference = ours[name][1:], theirs[name][1:]
        spread = max(np.ptp(reference), np.abs(reference).max() * 1e-3)
        assert np.abs(mine - reference).max() <= tolerance * max(spread, 1e-3), name


@pytest.mark.parametrize("name", ["spectral_rolloff_85_hz", "spectral_rolloff_95_hz"])
@pytest.mark.parametrize("sound", SOUNDS)
def test_roll_off_equals_librosa_but_for_rare_ties(sound, name):
    samples = np.tile(SOUNDS[sound](), 5)
    difference = np.abs(columns_of(samples)[name] - librosa_columns(samples, RATE_HZ)[name])
    assert difference.max() <= RATE_HZ / 2048 * 1.0001
    assert (difference > 0.01).mean() < 1e-3


@pytest.mark.parametrize("rate_hz", [22050, 48000])
def test_the_mel_filters_are_librosas(rate_hz):
    bank = mel_bank(rate_hz, 2048)
    dense = np.zeros((128, 1025))
    for band, first in enumerate(bank.first_bins):
        run = bank.weights[bank.starts[band] : bank.starts[band + 1]]
        dense[band, first : first + len(run)] = run
    assert np.allclose(dense, librosa.filters.mel(sr=rate_hz, n_fft=2048), rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 48000, 192000])
def test_no_mel_band_is_empty(rate_hz):
    bank = mel_bank(rate_hz, Framing.for_rate(rate_hz).length)
    assert np.diff(bank.starts).min() >= 1


def test_the_centroid_of_a_tone_is_its_frequency():
    assert columns_of(sine(1000, 1))["spectral_centroid_hz"] == pytest.approx(1000, abs=1)


def test_two_tones_have_their_centroid_between_them():
    columns = columns_of(0.4 * (sine(1000, 1) + sine(3000, 1)))
    assert columns["spectral_centroid_hz"] == pytest.approx(2000, rel=0.02)
    assert columns["spectral_bandwidth_hz"] == pytest.approx(1000, rel=0.01)


def test_white_noise_has_the_flatness_of_its_distribution():
    columns = columns_of(white_noise(10.0)[0])
    assert columns["spectral_flatness"].mean() == pytest.approx(np.exp(-np.euler_gamma), abs=0.01)
    assert columns["spectral_centroid_hz"].mean() == pytest.approx(RATE_HZ / 4, rel=0.01)


def test_a_silent_frame_has_no_spectrum():
    rows = rows_of(np.zeros((1, RATE_HZ)))[0]
    assert np.isnan(rows[:, :5]).all()
    assert (rows[1:, 5] == 0).all()


@pytest.mark.parametrize("n_samples", [0, 1, 2047, 2048, 2560])
def test_only_whole_frames_are_described(n_samples):
    expected = {0: 0, 1: 0, 2047: 0, 2048: 1, 2560: 2}[n_samples]
    assert rows_of(np.full((3, n_samples), 0.1)).shape == (3, expected, len(COLUMNS))


@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(1, 20000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    samples = white_noise(1.5, 2)
    analyser = SpectrumAnalyser(RATE_HZ, 2)
    parts = [analyser.push(piece) for piece in pieces(samples, sizes)]
    assert np.array_equal(np.concatenate(parts, axis=1), rows_of(samples), equal_nan=True)


def test_a_segment_has_the_frames_of_the_whole():
    samples = np.concatenate([0.9 * white_noise(2.0), 1e-4 * white_noise(2.0, seed=1)], axis=1)
    whole, segment = rows_of(samples), rows_of(samples[:, 512 * 190 :])
    assert np.array_equal(whole[:, 191:], segment[:, 1:])


@settings(max_examples=10, deadline=None)
@given(gain_db=st.floats(-20, 20))
def test_gain_does_not_change_the_shape_of_the_spectrum(gain_db):
    samples = white_noise(0.5)
    before, after = rows_of(samples), rows_of(samples * 10 ** (gain_db / 20))
    assert np.allclose(before, after, rtol=1e-4, equal_nan=True)
