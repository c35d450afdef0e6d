import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, white_noise

from asmr_stim.acoustics.ear_pressure import EarPressure, Response, response_filter

HEADPHONES = Response(np.array([100.0, 1000.0, 4000.0, 10000.0]), np.array([-5.0, 1.0, 7.0, -9.0]))


def through(ears, samples, sizes):
    parts = [ears.push(piece) for piece in pieces(samples, sizes)]
    return np.concatenate([*parts, ears.finish()], axis=1)


def test_without_a_response_each_ear_has_its_gain():
    samples = white_noise(0.1, 2)
    out = through(EarPressure(RATE_HZ, (2.0, 0.5), (None, None)), samples, [1000])
    assert np.array_equal(out, samples * np.array([[2.0], [0.5]]))


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 48000, 96000, 192000])
def test_the_filter_has_the_response_relative_to_1_khz(rate_hz):
    at_hz = [125.0, 250.0, 1000.0, 2000.0, 3500.0]
    _, gain = scipy.signal.freqz(response_filter(HEADPHONES, rate_hz), worN=at_hz, fs=rate_hz)
    octaves = np.log2(np.array(at_hz) / 1000)
    expected = np.where(octaves < 0, 6 * octaves / np.log2(10), 6 * octaves / 2)
    assert 20 * np.log10(np.abs(gain)) == pytest.approx(expected, abs=0.05)


def test_beyond_its_ends_a_response_stays_as_it_is_there():
    gains = HEADPHONES.gain_db(np.array([0.0, 20.0, 100.0, 10000.0, 20000.0]))
    assert gains == pytest.approx([-6, -6, -6, -10, -10])


def test_a_click_stays_where_it_is():
    click = np.zeros((1, 5000))
    click[0, 700] = 1.0
    out = through(EarPressure(RATE_HZ, (1.0,), (HEADPHONES,)), click, [5000])[0]
    assert np.argmax(np.abs(out)) == 700
    assert np.abs(out[:700]).max() < 1e-9


def test_an_ear_without_a_response_is_left_alone_beside_one_that_has_it():
    samples = white_noise(0.2, 2)
    out = through(EarPressure(RATE_HZ, (1.0, 1.0), (HEADPHONES, None)), samples, [4000])
    assert out[1] == pytest.approx(samples[1], abs=1e-12)
    assert out[0] != pytest.approx(samples[0], abs=1e-3)


@settings(max_examples=15)
@given(st.lists(st.integers(1, 40000), min_size=1, max_size=5))
def test_pieces_make_no_difference_and_no_sample_is_lost(sizes):
    samples = white_noise(1.0, 2)
    responses = (HEADPHONES, HEADPHONES)
    whole = through(EarPressure(RATE_HZ, (1.0, 2.0), responses), samples, [samples.shape[1]])
    in_pieces = through(EarPressure(RATE_HZ, (1.0, 2.0), responses), samples, [*sizes, 9000])
    assert whole.shape == samples.shape
    assert np.array_equal(whole, in_pieces)


def test_the_filter_is_the_convolution_with_its_impulse_response():
    samples = white_noise(0.5, 1)
    out = through(EarPressure(RATE_HZ, (1.0,), (HEADPHONES,)), samples, [777])[0]
    expected = scipy.signal.lfilter(response_filter(HEADPHONES, RATE_HZ), [1.0], samples[0])
    assert out == pytest.approx(expected, abs=1e-9)
