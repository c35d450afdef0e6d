"""The reference is librosa 0.11 with the same frames (``center=False``) in double precision."""

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.families.spectrum import FRAMES, SpectrumFamily
from asmr_stim.acoustics.framing import Framing
from asmr_stim.acoustics.mel import mel_bank, n_mel_bands
from asmr_stim.acoustics.octaves import OCTAVES_HZ
from asmr_stim.acoustics.spectrum import FrameDescriber

COLUMNS = FRAMES.columns


def rows_of(samples, rate_hz=RATE_HZ):
    return SpectrumFamily(rate_hz, len(samples)).push(samples)[FRAMES.name]


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
    frames = {"frame_length": framing.length, "hop_length": framing.hop}
    magnitude = np.abs(stft)
    mel = librosa.feature.melspectrogram(
        S=magnitude**2, sr=rate_hz, n_fft=framing.length, n_mels=n_mel_bands(framing.length)
    )
    level = librosa.power_to_db(mel, ref=1.0, amin=1e-10, top_db=None)
    spectral = librosa.feature
    rms = spectral.rms(y=sound, center=False, dtype=np.float64, **frames)[0]
    return {
        "spectral_centroid_hz": spectral.spectral_centroid(S=magnitude, sr=rate_hz)[0],
        "spectral_bandwidth_hz": spectral.spectral_bandwidth(S=magnitude, sr=rate_hz)[0],
        "spectral_rolloff_85_hz": spectral.spectral_rolloff(S=magnitude, sr=rate_hz)[0],
        "spectral_rolloff_95_hz": spectral.spectral_rolloff(
            S=magnitude, sr=rate_hz, roll_percent=0.95
        )[0],
        "spectral_flatness": spectral.spectral_flatness(S=magnitude)[0],
        "onset_strength_db": librosa.onset.onset_strength(S=level, sr=rate_hz, center=False),
        "zero_crossing_share": spectral.zero_crossing_rate(sound, center=False, **frames)[0],
        "frame_level_dbfs": 20 * np.log10(rms) + 10 * np.log10(2),
    } | {
        f"mfcc_{k}_db": row for k, row in enumerate(spectral.mfcc(S=level, n_mfcc=13))
    }  # fmt: skip


RELATIVE = {
    "spectral_centroid_hz": 1e-6,
    "spectral_bandwidth_hz": 1e-6,
    "spectral_flatness": 1e-5,
    "onset_strength_db": 1e-5,
    "zero_crossing_share": 1e-12,
    "frame_level_dbfs": 1e-6,
    **{f"mfcc_{k}_db": 1e-5 for k in range(13)},
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


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
@pytest.mark.parametrize("sound", ["noise", "taps"])
def test_contrast_equals_librosa(sound, rate_hz):
    samples = SOUNDS[sound]()
    framing = Framing.for_rate(rate_hz)
    magnitude = np.abs(
        librosa.stft(
            samples, n_fft=framing.length, hop_length=framing.hop, center=False, dtype=np.complex128
        )
    )
    theirs = librosa.feature.spectral_contrast(S=magnitude, sr=rate_hz, linear=False)
    ours = columns_of(samples, rate_hz)
    for band in range(7):
        assert np.abs(ours[f"spectral_contrast_{band}_db"] - theirs[band]).max() < 0.02


def test_a_silent_frame_has_no_spectrum():
    columns = columns_of(np.zeros(RATE_HZ))
    assert (columns.pop("onset_strength_db")[1:] == 0).all()
    assert all(np.isnan(column).all() for column in columns.values())


def pink_noise(duration_s):
    spectrum = np.fft.rfft(white_noise(duration_s)[0])
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    return np.fft.irfft(spectrum)


@pytest.mark.parametrize(("sound", "slope"), [("white", 0), ("pink", -3.01)])
def test_the_slope_is_that_of_the_colour_of_noise(sound, slope):
    samples = white_noise(10.0)[0] if sound == "white" else pink_noise(10.0)
    found = columns_of(samples)["spectral_slope_db_per_octave"]
    assert found.mean() == pytest.approx(slope, abs=0.15)


def test_octave_bands_of_pink_noise_are_alike():
    columns = columns_of(pink_noise(10.0))
    bands = [np.mean(columns[f"band_level_{hz:.0f}_hz_db"]) for hz in OCTAVES_HZ[2:8]]
    assert np.ptp(bands) < 0.7


def test_a_tone_is_in_its_octave_band():
    columns = columns_of(sine(1000, 1))
    assert columns["band_level_1000_hz_db"] == pytest.approx(0, abs=0.01)
    assert columns["band_level_4000_hz_db"].max() < -60
    assert columns["high_frequency_ratio_db"].max() < -60


def test_half_of_the_power_above_4_khz_is_minus_3_decibels():
    columns = columns_of(sine(1000, 1) + sine(8000, 1))
    assert columns["high_frequency_ratio_db"] == pytest.approx(-3.01, abs=0.05)


def test_bands_above_half_the_rate_are_not_defined():
    columns = columns_of(white_noise(1.0, rate_hz=8000)[0], 8000)
    assert np.isnan(columns["band_level_4000_hz_db"]).all()
    assert np.isnan(columns["high_frequency_ratio_db"]).all()
    assert np.isfinite(columns["band_level_2000_hz_db"]).all()


def test_a_steady_tone_has_no_flux_and_a_change_of_tone_has_all():
    steady = columns_of(sine(1000, 1))["spectral_flux"]
    assert np.isnan(steady[0])
    assert steady[1:].max() < 0.01
    jump = np.concatenate([sine(1000, 1), np.zeros(4096), sine(5000, 1)])
    assert np.nanmax(columns_of(jump)["spectral_flux"]) <= np.sqrt(2)


def test_the_ears_together_are_mean_and_difference():
    samples = np.concatenate([white_noise(1.0), 0.1 * white_noise(1.0, seed=1)])
    family = SpectrumFamily(RATE_HZ, 2)
    rows = family.push(samples)
    levels = rows["frames"][:, :, COLUMNS.index("frame_level_dbfs")]
    assert rows["ears"][0, :, 0] == pytest.approx(levels.mean(axis=0))
    assert rows["ears"][0, :, 3] == pytest.approx(20, abs=1)


@pytest.mark.parametrize("n_samples", [0, 1, 2047, 2048, 2560])
def test_only_whole_frames_are_described(n_samples):
    expected = {0: 0, 1: 0, 2047: 0, 2048: 1, 2560: 2}[n_samples]
    assert rows_of(np.full((3, n_samples), 0.1)).shape == (3, expected, len(COLUMNS))


@settings(max_examples=20)
@given(sizes=st.lists(st.integers(1, 20000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    samples = white_noise(1.5, 2)
    family, whole = SpectrumFamily(RATE_HZ, 2), SpectrumFamily(RATE_HZ, 2).push(samples)
    parts = [family.push(piece) for piece in pieces(samples, sizes)]
    for name, rows in whole.items():
        together = np.concatenate([part[name] for part in parts if name in part], axis=1)
        assert np.array_equal(together, rows, equal_nan=True)


def test_a_segment_has_the_frames_of_the_whole():
    samples = np.concatenate([0.9 * white_noise(2.0), 1e-4 * white_noise(2.0, seed=1)], axis=1)
    whole, segment = rows_of(samples), rows_of(samples[:, 512 * 190 :])
    assert np.array_equal(whole[:, 191:], segment[:, 1:])


@settings(max_examples=10)
@given(gain_db=st.floats(-20, 20))
def test_gain_does_not_change_the_shape_of_the_spectrum(gain_db):
    samples = white_noise(0.5)
    before, after = columns_of(samples), columns_of(samples * 10 ** (gain_db / 20))
    for name in set(COLUMNS) - {"frame_level_dbfs", "mfcc_0_db"}:
        assert np.allclose(before[name], after[name], rtol=1e-4, atol=1e-6, equal_nan=True), name
    shift = after["frame_level_dbfs"] - before["frame_level_dbfs"]
    assert shift == pytest.approx(gain_db, abs=1e-9)


def described(spectra, size=None):
    """Return the columns of spectra at 48 kHz, so many frames at a time."""
    describer, size = FrameDescriber(RATE_HZ, 2048), size or len(spectra)
    rows = [describer.describe(spectra[k : k + size]) for k in range(0, len(spectra), size)]
    return dict(zip(COLUMNS, np.concatenate(rows).T, strict=False))


def some_spectra(n_frames=7):
    parts = np.random.default_rng(4).standard_normal((2, n_frames, 1025))
    return parts[0] + 1j * parts[1]


def test_an_empty_band_has_no_level_and_the_slope_takes_it_at_the_floor():
    white = np.ones((1, 1025), dtype=complex)
    holed = white.copy()
    holed[0, 4:8] = 0  # 88 to 177 Hz
    columns = described(holed)
    assert np.isnan(columns["band_level_125_hz_db"]).all()
    assert np.isfinite(columns["band_level_250_hz_db"]).all()
    assert described(white)["spectral_slope_db_per_octave"] == pytest.approx(0, abs=1e-9)
    # the regression over seven octaves at 0 dB, of which the lowest is at -100 dB: 3 * 100 / 28
    assert columns["spectral_slope_db_per_octave"] == pytest.approx(300 / 28)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scale", [1e-170, 1e-160, 1e-9, 1.0, 1e9])
def test_no_amplitude_makes_a_feature_infinite_or_warns(scale):
    spectra = some_spectra() * scale
    spectra[2] = 0
    spectra[4, :500] = 0
    columns = described(spectra)
    assert not any(np.isinf(column).any() for column in columns.values())
    flatness = columns["spectral_flatness"]
    assert np.isnan(flatness).tolist() == [scale < 1e-165 or k == 2 for k in range(7)]
    assert ((flatness > 0) & (flatness <= 1) | np.isnan(flatness)).all()


@pytest.mark.parametrize("size", [1, 3])
def test_a_frame_has_the_same_features_however_many_are_described_together(size):
    spectra = some_spectra()
    spectra[2] = 0
    whole, cut = described(spectra), described(spectra, size)
    for name, column in whole.items():
        assert np.array_equal(cut[name], column, equal_nan=True), name


def test_a_frame_after_silence_has_a_rise_and_no_flux():
    spectra = some_spectra()
    spectra[2] = 0
    columns = described(spectra)
    assert np.isnan(columns["spectral_flux"]).tolist() == [True, False, True, True] + [False] * 3
    assert columns["onset_strength_db"][3] > 20
    assert np.isfinite(columns["spectral_centroid_hz"][3])
