import numpy as np
import pytest
import scipy.signal
from signals import RATE_HZ, white_noise

from asmr_stim.acoustics.aweighting import AWeightedMeter
from asmr_stim.acoustics.calibration_signals import (
    LARGEST_SAMPLE,
    NoiseShape,
    calibration_noise,
    calibration_tone,
    default_shape,
    shape_of_spectrum,
)


def third_octave_db(samples, middle_hz):
    frequency, density = scipy.signal.welch(samples, RATE_HZ, nperseg=8192)
    inside = (frequency >= middle_hz / 2 ** (1 / 6)) & (frequency < middle_hz * 2 ** (1 / 6))
    return 10 * np.log10(density[inside].mean() * middle_hz)


@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
def test_the_tone_is_20_db_below_a_full_scale_sine(rate_hz):
    tone = calibration_tone(2.0, rate_hz)
    middle = tone[rate_hz // 2 : rate_hz // 2 * 3]
    assert 10 * np.log10(np.mean(middle**2) / 0.5) == pytest.approx(-20, abs=1e-6)
    assert (len(tone), tone[0]) == (2 * rate_hz, 0.0)


def test_the_noise_has_the_a_weighted_level_that_it_says():
    noise = calibration_noise(2.0, RATE_HZ, default_shape(RATE_HZ))
    meter = AWeightedMeter(RATE_HZ, 1)
    meter.push(noise.samples[None])
    assert meter.levels().equivalent_dbfs[0] == pytest.approx(noise.a_weighted_dbfs, abs=1e-6)
    assert noise.a_weighted_dbfs == -26.0


def test_the_noise_is_pink_between_its_corners_and_falls_beyond():
    noise = calibration_noise(5.0, RATE_HZ, default_shape(RATE_HZ)).samples
    levels = {hz: third_octave_db(noise, hz) for hz in (50, 100, 500, 1000, 2000, 5000, 10000)}
    assert levels[500] == pytest.approx(levels[1000], abs=0.6)
    assert levels[2000] == pytest.approx(levels[1000], abs=1.0)
    assert levels[100] - levels[1000] == pytest.approx(-3, abs=1.0)
    assert levels[5000] - levels[1000] == pytest.approx(-3, abs=1.0)
    assert levels[10000] - levels[1000] == pytest.approx(-7, abs=1.0)


def test_the_noise_is_the_same_each_time():
    shape = default_shape(RATE_HZ)
    first, second = (calibration_noise(0.5, RATE_HZ, shape).samples for _ in range(2))
    assert np.array_equal(first, second)


def test_noise_that_an_a_weighting_hardly_hears_is_turned_down_rather_than_clipped():
    rumble = NoiseShape(np.array([20.0, 40.0, 80.0, 24000.0]), np.array([0.0, 0.0, -60.0, -90.0]))
    noise = calibration_noise(2.0, RATE_HZ, rumble)
    assert np.abs(noise.samples).max() <= LARGEST_SAMPLE
    assert noise.a_weighted_dbfs < -26.0


def test_noise_shaped_like_a_sound_has_its_spectrum():
    low_pass = scipy.signal.butter(2, 2000, fs=RATE_HZ, output="sos")
    sound = scipy.signal.sosfilt(low_pass, white_noise(5.0)[0])
    frequency, density = scipy.signal.welch(sound, RATE_HZ, nperseg=2048)
    shape = shape_of_spectrum(frequency, density)
    noise = calibration_noise(5.0, RATE_HZ, shape).samples
    for hz in (500, 1000, 2000, 4000, 8000):
        difference = third_octave_db(noise, hz) - third_octave_db(noise, 1000)
        expected = third_octave_db(sound, hz) - third_octave_db(sound, 1000)
        assert difference == pytest.approx(expected, abs=1.5)


def test_silence_has_no_shape():
    assert shape_of_spectrum(np.arange(1025) * 23.4, np.zeros(1025)) is None
