import pytest
from pydantic import ValidationError

from asmr_stim.schema.calibration import Calibration

SIGNALS = {"tone_dbfs": -20.0, "noise_a_weighted_dbfs": -26.0}
COMPLETE = {
    "schema_version": "1.0.0",
    "date": "2026-11-01",
    "expires": "2027-05-01",
    "meter": "class 1 meter 12",
    "coupler": "ear simulator",
    "transducer": "headphones",
    "serial": "34",
    "volume": "50 of 100",
    "left": {"tone_db": 74.0, "noise_db": 68.0},
    "right": {"tone_db": 73.5, "noise_db": 67.5},
    "signals": SIGNALS,
}
POINTS = [{"frequency_hz": 500, "level_db": 1}, {"frequency_hz": 2000, "level_db": -1.5}]


def calibration(**changes):
    return Calibration.model_validate(COMPLETE | changes)


def test_full_scale_is_the_reading_less_the_level_played():
    assert calibration().full_scale_db("left") == 94.0
    assert calibration(gain_from="noise").full_scale_db("right") == 93.5


def test_a_complete_calibration_misses_nothing():
    assert calibration().missing() == ()


def test_what_was_not_filled_in_is_named():
    record = calibration(serial=None, right={"noise_db": 60})
    assert record.missing() == ("serial", "right.tone_db")
    assert record.full_scale_db("right") is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expires": "2026-10-31"}, "expires after it was made"),
        ({"date": "1.11.2026"}, "pattern"),
        ({"date": "2026-02-30"}, "no day"),
        ({"left": {"tone_db": 240}}, "140"),
        ({"left": {"tone_db": float("nan")}}, "finite"),
        ({"left": {"tone_db": "74 dB"}}, "number"),
        ({"left": {"tone": 74}}, "Extra inputs"),
        ({"left": {"response": POINTS}}, "response_referred_to"),
        ({"left": {"response": POINTS[:1]}, "response_referred_to": "free"}, "two points"),
        ({"left": {"response": POINTS[::-1]}, "response_referred_to": "free"}, "must rise"),
        ({"signals": {"tone_dbfs": 3.0, "noise_a_weighted_dbfs": -26}}, "less than or equal"),
        ({"gain_from": "speech"}, "'tone' or 'noise'"),
    ],
)
def test_an_impossible_value_is_refused(changes, words):
    with pytest.raises(ValidationError, match=words):
        calibration(**changes)
