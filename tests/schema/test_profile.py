import pytest
from pydantic import ValidationError

from asmr_stim.schema.profile import Distribution, Value, channel_names


def test_a_null_names_its_reason():
    with pytest.raises(ValidationError, match="flag"):
        Value(unit="dB", value=None)


def test_a_number_has_no_reason_to_be_null():
    with pytest.raises(ValidationError, match="flag"):
        Value(unit="dB", value=1.0, flag="silent")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_value_is_finite(value):
    with pytest.raises(ValidationError, match="finite"):
        Value(unit="dB", value=value)


def test_a_distribution_of_no_frame_is_null_throughout():
    nulls = dict.fromkeys(("sd", "p5", "p10", "p50", "p90", "p95"))
    with pytest.raises(ValidationError, match="every statistic"):
        Distribution(unit="Hz", n_frames=0, mean=1.0, flag="silent", **nulls)
    with pytest.raises(ValidationError, match="no frame"):
        Distribution(unit="Hz", n_frames=3, mean=None, flag="silent", **nulls)


def test_channels_are_named_by_their_number():
    assert channel_names(1) == ("mono",)
    assert channel_names(2) == ("left", "right")
    assert channel_names(4) == ("ch1", "ch2", "ch3", "ch4")
