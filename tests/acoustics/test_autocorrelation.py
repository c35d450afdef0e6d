import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.autocorrelation import COLUMNS, AutocorrelationMeter
from asmr_stim.acoustics.sliding import RUNNING


def columns_of(sound, rate_hz=RATE_HZ, sizes=(10**9,)):
    meter = AutocorrelationMeter(rate_hz, RUNNING)
    rows = np.concatenate([meter.push(part[0]) for part in pieces(sound[None], sizes)])
    return dict(zip(COLUMNS, rows.T, strict=True))


def harmonics(fundamental_hz, n, rate_hz=RATE_HZ):
    time_s = np.arange(2 * rate_hz) / rate_hz
    return sum(np.cos(2 * np.pi * k * fundamental_hz * time_s) for k in range(1, n + 1)) / n


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_a_harmonic_sound_repeats_after_its_period(rate_hz):
    columns = columns_of(harmonics(200, 19, rate_hz), rate_hz)
    assert columns["acf_tau_1_ms"] == pytest.approx(5.0, abs=0.02)
    assert columns["acf_phi_1"] == pytest.approx(0.99, abs=0.005)


def test_noise_does_not_repeat():
    columns = columns_of(white_noise(3.0)[0])
    assert columns["acf_phi_1"].max() < 0.1
    assert np.isnan(columns["acf_tau_1_ms"]).all()
    assert columns["acf_tau_e_ms"].max() < 0.1


def test_the_width_of_a_tone_is_that_of_its_cosine():
    width_ms = columns_of(sine(500, 2))["acf_w_phi_0_ms"]
    assert width_ms == pytest.approx(2 * 1000 / 500 / 6, rel=0.01)  # cos is 1/2 at a sixth


def test_noise_that_is_repeated_with_loss_has_the_duration_of_its_decay():
    delay, factor = round(0.005 * RATE_HZ), 0.7
    sound = white_noise(3.0)[0]
    for k in range(delay, len(sound)):
        sound[k] += factor * sound[k - delay]
    columns = columns_of(sound)
    expected_ms = 5 * np.log(0.1) / np.log(factor)  # the function falls by 0.7 each 5 ms
    assert np.median(columns["acf_tau_e_ms"]) == pytest.approx(expected_ms, rel=0.15)
    assert columns["acf_tau_1_ms"] == pytest.approx(5, abs=0.1)


def test_the_level_is_that_of_the_window():
    assert columns_of(sine(500, 2, peak=0.1))["acf_level_dbfs"] == pytest.approx(-20, abs=0.01)


def test_silence_has_no_autocorrelation():
    assert all(np.isnan(column).all() for column in columns_of(np.zeros(RATE_HZ)).values())


@settings(max_examples=10)
@given(sizes=st.lists(st.integers(1, 20000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    noise = white_noise(1.5)[0]
    one, other = columns_of(noise), columns_of(noise, sizes=sizes)
    assert all(np.array_equal(one[name], other[name], equal_nan=True) for name in COLUMNS)
