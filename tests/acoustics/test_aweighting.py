"""Reference: nominal A-weights of IEC 61672-1:2013, Table 3, given to 0.1 dB."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.aweighting import AWeightedMeter, a_weighting

NOMINAL_DB = {
    31.5: -39.4, 63: -26.2, 125: -16.1, 250: -8.6, 500: -3.2, 1000: 0.0, 2000: 1.2, 4000: 1.0,
    8000: -1.1, 12500: -4.3, 16000: -6.6,
}  # fmt: skip


def exact_hz(nominal_hz):
    """Return the exact frequency of a nominal third-octave band."""
    return 1000 * 10 ** (round(10 * np.log10(nominal_hz / 1000)) / 10)


def gain_db(frequency_hz, rate_hz):
    _, response = scipy.signal.sosfreqz(a_weighting(rate_hz), [frequency_hz], fs=rate_hz)
    return 20 * np.log10(abs(response[0]))


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000, 192000])
@pytest.mark.parametrize("nominal_hz", NOMINAL_DB)
def test_weights_are_those_of_the_standard_up_to_16_khz(nominal_hz, rate_hz):
    tolerance_db = 0.3
    found = gain_db(exact_hz(nominal_hz), rate_hz)
    assert found == pytest.approx(NOMINAL_DB[nominal_hz], abs=tolerance_db)


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 22050, 32000])
def test_low_rates_keep_the_weights_below_their_limit(rate_hz):
    for nominal_hz, expected in NOMINAL_DB.items():
        if nominal_hz < 0.4 * rate_hz:
            assert gain_db(exact_hz(nominal_hz), rate_hz) == pytest.approx(expected, abs=0.4)


def levels_of(parts, n_channels=1):
    meter = AWeightedMeter(RATE_HZ, n_channels)
    for part in parts:
        meter.push(part)
    return meter.levels()


def test_a_tone_at_1_khz_keeps_its_level():
    levels = levels_of([sine(1000, 5, peak=0.1)[None]])
    assert levels.equivalent_dbfs[0] == pytest.approx(-20, abs=0.05)
    assert levels.fast_max_dbfs[0] == pytest.approx(-20, abs=0.05)


def test_a_short_burst_has_the_fast_level_of_the_standard():
    """IEC 61672-1:2013, Table 4: 1.0 dB less for a burst of 200 ms."""
    burst = np.concatenate([np.zeros(RATE_HZ), sine(4000, 0.2, peak=0.1), np.zeros(RATE_HZ)])
    steady = levels_of([sine(4000, 5, peak=0.1)[None]]).fast_max_dbfs[0]
    assert levels_of([burst[None]]).fast_max_dbfs[0] - steady == pytest.approx(-1.0, abs=0.1)


def test_silence_has_no_level():
    assert np.isneginf(levels_of([np.zeros((1, 100))]).equivalent_dbfs[0])


@settings(max_examples=15)
@given(sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    noise = white_noise(0.5, 2)
    one, other = levels_of([noise], 2), levels_of(pieces(noise, sizes), 2)
    assert one.equivalent_dbfs.tolist() == other.equivalent_dbfs.tolist()
    assert one.fast_max_dbfs.tolist() == other.fast_max_dbfs.tolist()
