import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import pieces, sine, white_noise

from asmr_stim.acoustics.families.level import LevelFamily
from asmr_stim.acoustics.level import LevelMeter


def levels_of(parts, n_channels=1):
    meter = LevelMeter(n_channels)
    for part in parts:
        meter.push(part)
    return meter.levels()


def test_a_full_scale_sine_is_zero_by_rms_and_by_peak():
    levels = levels_of([sine(1000, 1)[None]])
    assert levels.rms_dbfs[0] == pytest.approx(0, abs=1e-6)
    assert levels.peak_dbfs[0] == pytest.approx(0, abs=1e-6)
    assert levels.crest_db[0] == pytest.approx(3.0103, abs=1e-4)  # sqrt(2)


def test_a_full_scale_square_wave_is_three_decibels_above():
    assert levels_of([np.sign(sine(100, 1) + 1e-9)[None]]).rms_dbfs[0] == pytest.approx(3.0103)


def test_silence_has_no_level():
    levels = levels_of([np.zeros((2, 100))], 2)
    assert np.isneginf(levels.rms_dbfs).all()
    assert np.isneginf(levels.peak_dbfs).all()
    assert np.isnan(levels.crest_db).all()


@given(gain_db=st.floats(-60, 60))
def test_gain_shifts_the_levels_by_as_much(gain_db):
    samples = white_noise(0.01)
    before, after = levels_of([samples]), levels_of([samples * 10 ** (gain_db / 20)])
    assert after.rms_dbfs - before.rms_dbfs == pytest.approx(gain_db, abs=1e-9)
    assert after.peak_dbfs - before.peak_dbfs == pytest.approx(gain_db, abs=1e-9)
    assert after.crest_db == pytest.approx(before.crest_db, abs=1e-9)


@settings(max_examples=20)
@given(sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    samples = white_noise(0.3, 2)
    assert levels_of(pieces(samples, sizes), 2).rms_dbfs.tolist() == (
        levels_of([samples], 2).rms_dbfs.tolist()
    )


def test_each_channel_has_its_own_level():
    levels = levels_of([np.array([sine(1000, 1), 0.1 * sine(1000, 1)])], 2)
    assert levels.rms_dbfs == pytest.approx([0, -20], abs=1e-6)


@pytest.mark.parametrize(
    ("sound", "flags"),
    [
        (sine(1000, 0.5, peak=0.9), []),
        (sine(1000, 0.5, peak=32767 / 32768), ["peak_at_full_scale"]),
        # 45 degrees off its samples, a sine of a quarter of the rate is 3 dB above them
        (np.tile([0.8, 0.8, -0.8, -0.8], 6000), ["true_peak_above_full_scale"]),
        (np.zeros(4800), []),
    ],
)
def test_a_peak_at_or_above_full_scale_is_told(sound, flags):
    family = LevelFamily(48000, 2)
    family.push(np.array([0.1 * sound, sound]))
    found = [(remark.flag, remark.channel) for remark in family.readings().remarks]
    assert found == [(flag, 1) for flag in flags]
