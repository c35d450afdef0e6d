"""Reference: Fastl & Zwicker, Psychoacoustics, 3rd edition, chapter 10; Osses et al. (2016).

The figures in vacil are those that Osses et al., Proc. Meetings on Acoustics 28, 050005, give for
the listening tests of Fastl.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, white_noise

from asmr_stim.acoustics.fluctuation import FluctuationMeter


def at_level(sound, level_db):
    return sound * 2e-5 * 10 ** (level_db / 20) / np.sqrt(np.mean(sound**2))


def seconds(duration_s=4.0, rate_hz=RATE_HZ):
    return np.arange(round(duration_s * rate_hz)) / rate_hz


def modulated(modulation_hz, depth=1.0, level_db=60.0, rate_hz=RATE_HZ):
    time_s = seconds(rate_hz=rate_hz)
    tone = np.sin(2 * np.pi * 1000 * time_s) * (
        1 + depth * np.sin(2 * np.pi * modulation_hz * time_s)
    )
    return at_level(tone, level_db)


def noise(modulation_hz, level_db):
    time_s = seconds(6.0)
    spectrum = np.fft.rfft(white_noise(6.0)[0])
    frequency_hz = np.fft.rfftfreq(len(time_s), 1 / RATE_HZ)
    spectrum[(frequency_hz < 20) | (frequency_hz > 16000)] = 0
    sound = np.fft.irfft(spectrum) * (1 + np.sin(2 * np.pi * modulation_hz * time_s))
    return at_level(sound, level_db)


def strength_of(sound, pascals=(1.0,), rate_hz=RATE_HZ):
    return FluctuationMeter(rate_hz, pascals).push(sound)


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 48000, 96000])
def test_the_reference_sound_has_one_vacil(rate_hz):
    found = strength_of(modulated(4, rate_hz=rate_hz), rate_hz=rate_hz)
    assert found.mean() == pytest.approx(1.0, abs=0.02)


def test_fluctuation_has_its_maximum_at_4_modulations_a_second():
    rates_hz = [0.5, 1, 2, 3, 3.5, 4, 5, 6, 8, 16, 32]
    found = [strength_of(modulated(rate_hz)).mean() for rate_hz in rates_hz]
    top = rates_hz.index(4)
    assert int(np.argmax(found)) == top
    assert (np.diff(found[: top + 1]) > 0).all()
    assert (np.diff(found[top:]) < 0).all()
    assert found[0] < 0.2
    assert found[-1] < 0.05


@pytest.mark.parametrize(
    ("rate_hz", "vacil"), [(1, 0.39), (4, 1.25), (8, 1.30), (16, 0.36), (32, 0.06)]
)
def test_a_tone_of_70_decibels_fluctuates_as_listeners_say(rate_hz, vacil):
    assert strength_of(modulated(rate_hz, level_db=70)).mean() == pytest.approx(vacil, abs=0.2)


def test_modulated_noise_fluctuates_more_than_a_tone():
    # listeners 1.8; the model is known to overestimate slow modulation of many bands
    assert 1.8 < strength_of(noise(4, 60)).mean() < 2.5


def test_a_tone_whose_frequency_swings_fluctuates_as_listeners_say():
    time_s = seconds()
    tone = np.sin(2 * np.pi * 1500 * time_s + 700 / 4 * np.sin(2 * np.pi * 4 * time_s))
    assert strength_of(at_level(tone, 70)).mean() == pytest.approx(2.0, abs=0.3)


def test_steady_sounds_do_not_fluctuate():
    assert strength_of(modulated(4, 0.0)).max() < 0.001
    assert strength_of(noise(0, 60)).max() < 0.05
    assert (strength_of(np.zeros(4 * RATE_HZ)) == 0).all()


def test_fluctuation_grows_with_depth_and_level():
    by_depth = [strength_of(modulated(4, depth)).mean() for depth in (0.1, 0.2, 0.4, 0.7, 1.0)]
    by_level = [strength_of(modulated(4, level_db=db)).mean() for db in (20, 40, 60, 80)]
    assert (np.diff(by_depth) > 0).all()
    assert by_depth[0] < 0.05
    assert (np.diff(by_level) > 0).all()


def test_sound_below_the_threshold_in_quiet_does_not_fluctuate():
    assert (strength_of(modulated(4, level_db=-10)) == 0).all()


def test_there_is_one_value_each_half_second_from_two_seconds_on():
    assert strength_of(np.zeros(2 * RATE_HZ)).shape == (0, 1)
    assert strength_of(np.zeros(round(2.03 * RATE_HZ))).shape == (1, 1)
    assert strength_of(np.zeros(4 * RATE_HZ)).shape == (4, 1)


def test_several_levels_at_once_are_each_level_alone():
    sound = modulated(4)
    together = strength_of(sound, (0.1, 1.0))
    assert np.array_equal(together[:, 1:], strength_of(sound))
    assert np.array_equal(together[:, :1], strength_of(sound, (0.1,)))


def test_a_segment_has_the_values_of_the_same_windows_of_the_whole():
    sound = white_noise(5.0, sd=0.02)[0] * (1 + np.sin(2 * np.pi * 3 * seconds(5.0)))
    assert np.array_equal(strength_of(sound[RATE_HZ:]), strength_of(sound)[2:])


@settings(max_examples=5)
@given(sizes=st.lists(st.integers(500, 70000), min_size=1, max_size=5))
def test_the_pieces_do_not_matter(sizes):
    sound = white_noise(3.0, sd=0.02)
    meter = FluctuationMeter(RATE_HZ, (1.0,))
    parts = [meter.push(part[0]) for part in pieces(sound, sizes)]
    assert np.array_equal(np.concatenate(parts), strength_of(sound[0]))
