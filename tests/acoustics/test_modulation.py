import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.families.modulation import DEPTH_NAMES, ENVELOPE, ModulationFamily
from asmr_stim.acoustics.gammatone import MIDDLES_HZ, EnvelopeBank

ANCHOR = ENVELOPE.columns.index("envelope_5_khz_dbfs")


def readings_of(sound, rate_hz=RATE_HZ):
    family = ModulationFamily(rate_hz, 1)
    rows = family.push(sound[None])[ENVELOPE.name]
    return {name: row[0] for name, row in family.readings().channels.items()}, rows[0, :, ANCHOR]


def modulated(carrier, frequency_hz, depth, rate_hz=RATE_HZ):
    time_s = np.arange(len(carrier)) / rate_hz
    return carrier * (1 + depth * np.cos(2 * np.pi * frequency_hz * time_s)) / (1 + depth)


@pytest.mark.parametrize("rate_hz", [22050, 44100, 48000])
@pytest.mark.parametrize("frequency_hz", [1.0, 4.0, 8.0, 16.0])
def test_the_peak_is_at_the_frequency_of_modulation(frequency_hz, rate_hz):
    noise = white_noise(20, rate_hz=rate_hz)[0]
    readings, _ = readings_of(modulated(noise, frequency_hz, 1.0, rate_hz), rate_hz)
    assert readings["modulation_peak_hz"] == pytest.approx(frequency_hz, abs=0.25)


@pytest.mark.parametrize("depth", [0.25, 0.5, 1.0])
def test_the_depth_is_the_modulation_index(depth):
    readings, _ = readings_of(modulated(sine(1000, 20), 4.0, depth))
    assert readings["modulation_4_hz"] == pytest.approx(depth, abs=0.03)
    others = [readings[name] for name in DEPTH_NAMES if name != "modulation_4_hz"]
    assert max(others) < 0.05


def test_a_steady_tone_is_not_modulated():
    readings, _ = readings_of(sine(1000, 20))
    assert max(readings[name] for name in DEPTH_NAMES) < 0.05
    assert readings["modulation_peak_hz"].flag == "no_modulation"


@pytest.mark.parametrize(("depth", "has_peak"), [(0.02, False), (0.04, True)])
def test_a_modulation_that_nobody_hears_has_no_peak(depth, has_peak):
    readings, _ = readings_of(modulated(sine(1000, 8), 4.0, depth))
    assert isinstance(readings["modulation_peak_hz"], float) == has_peak


def test_the_envelope_at_5_khz_has_the_level_of_a_tone_there():
    _, levels = readings_of(sine(5000, 2, peak=0.1))
    assert levels[10:] == pytest.approx(-20, abs=0.05)
    _, levels = readings_of(sine(1000, 2, peak=0.1))
    assert levels[10:].max() < -60


def test_one_band_is_at_5_khz_and_middles_are_two_erbs_apart():
    assert np.min(np.abs(MIDDLES_HZ - 5000)) < 1e-6
    numbers = 21.4 * np.log10(4.37 * MIDDLES_HZ / 1000 + 1)
    assert np.diff(numbers) == pytest.approx(2)


@pytest.mark.parametrize("middle_hz", [MIDDLES_HZ[2], 5000.0])
def test_a_band_has_the_width_of_scipys_gammatone(middle_hz):
    numerator, denominator = scipy.signal.gammatone(middle_hz, "iir", fs=RATE_HZ)
    band = int(np.argmin(np.abs(MIDDLES_HZ - middle_hz)))
    for ratio in (0.9, 1.0, 1.1):
        tone = sine(middle_hz * ratio, 1)
        power = EnvelopeBank(RATE_HZ).push(tone)[100:, band].mean()
        _, response = scipy.signal.freqz(numerator, denominator, [middle_hz * ratio], fs=RATE_HZ)
        expected_db = 20 * np.log10(abs(response[0])) + 10 * np.log10(0.5)
        assert 10 * np.log10(power) == pytest.approx(expected_db, abs=0.5)


def test_less_than_four_seconds_have_no_modulation():
    readings, _ = readings_of(sine(1000, 3.9))
    assert readings["modulation_peak_hz"].flag == "shorter_than_window"


@settings(max_examples=5)
@given(sizes=st.lists(st.integers(200, 40000), min_size=1, max_size=4))
def test_the_pieces_do_not_matter(sizes):
    noise = white_noise(4.5, 2)
    one, other = ModulationFamily(RATE_HZ, 2), ModulationFamily(RATE_HZ, 2)
    whole = one.push(noise)[ENVELOPE.name]
    parts = [other.push(part)[ENVELOPE.name] for part in pieces(noise, sizes)]
    assert np.array_equal(np.concatenate(parts, axis=1), whole, equal_nan=True)
    assert one.readings() == other.readings()


def test_every_band_has_the_level_of_a_tone_in_its_middle():
    assert len(ENVELOPE.columns) == len(MIDDLES_HZ)
    for band in (0, 7, 14):
        rows = ModulationFamily(RATE_HZ, 1).push(sine(MIDDLES_HZ[band], 1, peak=0.1)[None])
        levels = rows[ENVELOPE.name][0, -1]
        assert levels[band] == pytest.approx(-20, abs=0.1)
        assert int(np.argmax(levels)) == band
