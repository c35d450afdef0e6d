import numpy as np
import pytest
from signals import sine

from asmr_stim.acoustics.playback import PlaybackLevel
from asmr_stim.errors import InputError


@pytest.mark.parametrize(
    ("text", "kind", "level_db", "suffix"),
    [
        ("laeq:45", "laeq", 45, "at_laeq_45_db"),
        ("LAeq:45dB", "laeq", 45, "at_laeq_45_db"),
        ("laeq:42.5", "laeq", 42.5, "at_laeq_42_5_db"),
        ("sine0dbfs:94dBSPL", "sine0dbfs", 94, "at_sine0dbfs_94_db"),
        ("sine0dbfs:94", "sine0dbfs", 94, "at_sine0dbfs_94_db"),
    ],
)
def test_a_level_is_understood(text, kind, level_db, suffix):
    level = PlaybackLevel.parse(text)
    assert (level.kind, level.level_db, level.suffix) == (kind, level_db, suffix)


@pytest.mark.parametrize(
    "text", ["", "45", "laeq", "laeq:", "laeq:x", "laeq:-1", "laeq:200", "spl:4"]
)
def test_another_text_is_refused(text):
    with pytest.raises(InputError, match="level"):
        PlaybackLevel.parse(text)


def test_a_full_scale_sine_has_the_stated_pressure():
    tone = sine(1000, 1)
    pascals = PlaybackLevel("sine0dbfs", 94).pascals_per_unit(0.1)
    assert np.sqrt(np.mean((tone * pascals) ** 2)) == pytest.approx(1.0024, rel=1e-3)  # 94 dB, 1 Pa


def test_a_clip_has_the_stated_equivalent_level():
    pascals = PlaybackLevel("laeq", 60).pascals_per_unit(0.01)
    assert 0.01 * pascals**2 == pytest.approx((2e-5) ** 2 * 1e6)


@pytest.mark.parametrize(
    ("text", "ear", "suffix"),
    [
        ("laeq:mean:45", "mean", "at_laeq_45_db"),
        ("laeq:left:45dBA", "left", "at_laeq_left_45_db"),
        ("LAeq:Right:42.5dB(A)", "right", "at_laeq_right_42_5_db"),
    ],
)
def test_an_equivalent_level_may_be_of_one_ear(text, ear, suffix):
    level = PlaybackLevel.parse(text)
    assert (level.ear, level.suffix) == (ear, suffix)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("laeq:45dBSPL", "A-weighted"),
        ("sine0dbfs:94dBA", "not weighted"),
        ("sine0dbfs:left:94", "--calibration"),
    ],
)
def test_a_unit_or_ear_that_does_not_fit_is_refused_with_the_reason(text, words):
    with pytest.raises(InputError, match=words):
        PlaybackLevel.parse(text)


def test_the_statement_says_of_which_ear_the_level_is():
    assert "energy mean of all channels" in PlaybackLevel.parse("laeq:45").statement
    assert "left ear" in PlaybackLevel.parse("laeq:left:45").statement
