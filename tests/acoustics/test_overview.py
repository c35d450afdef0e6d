import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.overview import SpectrogramMeter, WaveMeter


def wave_of(samples, sizes=(65536,)):
    meter = WaveMeter(RATE_HZ, *samples.shape)
    for piece in pieces(samples, list(sizes)):
        meter.push(piece)
    return meter.wave()


def spectrogram_of(samples, rate_hz=RATE_HZ, sizes=(65536,)):
    meter = SpectrogramMeter(rate_hz, *samples.shape)
    for piece in pieces(samples, list(sizes)):
        meter.push(piece)
    return meter.spectrogram()


@settings(max_examples=25)
@given(
    n_frames=st.integers(1, 9000),
    sizes=st.lists(st.integers(1, 4000), min_size=1, max_size=6),
    n_channels=st.integers(1, 3),
)
def test_a_wave_holds_every_extreme_however_it_arrives(n_frames, sizes, n_channels):
    samples = white_noise(n_frames / RATE_HZ, n_channels)[:, :n_frames]
    wave = wave_of(samples, [*sizes, 3000])
    assert np.array_equal(wave.highest.max(axis=1), samples.max(axis=1))
    assert np.array_equal(wave.lowest.min(axis=1), samples.min(axis=1))
    whole = wave_of(samples)
    assert np.array_equal(wave.highest, whole.highest)
    assert np.array_equal(wave.lowest, whole.lowest)
    assert np.isfinite(wave.highest).all()


def test_a_click_is_in_the_column_of_its_time():
    samples = np.zeros((1, RATE_HZ * 2))
    samples[0, RATE_HZ] = 1.0
    wave = wave_of(samples)
    column = int(np.argmax(wave.highest[0]))
    assert wave.edges_s[column] <= 1.0 < wave.edges_s[column + 1]
    found = spectrogram_of(samples)
    column = int(np.argmax(found.level_db.max(axis=0)))
    assert found.edges_s[column] - 0.01 <= 1.0 <= found.edges_s[column + 1] + 0.01


@pytest.mark.parametrize("frequency_hz", [250, 1000, 8000])
def test_a_full_scale_sine_is_largest_in_the_row_of_its_frequency(frequency_hz):
    found = spectrogram_of(sine(frequency_hz, 2.0)[None])
    row, _ = np.unravel_index(np.argmax(found.level_db), found.level_db.shape)
    assert found.edges_hz[row] * 0.97 <= frequency_hz <= found.edges_hz[row + 1] * 1.03
    assert -13 < found.level_db.max() < 0.1  # 0 in its bin, less in the mean of those of a row


@pytest.mark.parametrize("n_frames", [1, 10, 500, 3000, 100000])
@pytest.mark.parametrize("rate_hz", [8000, 48000, 192000])
def test_a_spectrogram_covers_the_whole_sound(n_frames, rate_hz):
    samples = white_noise(n_frames / rate_hz, 2, rate_hz=rate_hz)[:, :n_frames]
    found = spectrogram_of(samples, rate_hz)
    assert (found.edges_s[0], found.edges_s[-1]) == (0, n_frames / rate_hz)
    assert (np.diff(found.edges_s) > 0).all()
    assert found.edges_hz[-1] == pytest.approx(min(20000, rate_hz / 2))
    assert found.level_db.shape == (len(found.edges_hz) - 1, len(found.edges_s) - 1)


def test_pieces_give_the_same_spectrogram():
    samples = white_noise(1.0, 2)
    whole = spectrogram_of(samples)
    cut = spectrogram_of(samples, sizes=[1, 7, 5000])
    assert cut.level_db == pytest.approx(whole.level_db, abs=1e-9)


def test_silence_is_minus_infinity_and_warns_of_nothing():
    assert np.isneginf(spectrogram_of(np.zeros((1, 4800))).level_db).all()
