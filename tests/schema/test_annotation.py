import pytest
from annotation_builders import CONTEXT, a_clip, an_annotation
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from asmr_stim.schema.annotation import Annotation, Clip, Region


def region(**changes):
    content = {"id": "r001", "onset_sample": 10, "offset_sample": 20} | changes
    return Region.model_validate(content, context=CONTEXT)


@given(onset=st.integers(-5, 30), offset=st.integers(-5, 30))
def test_a_region_exists_exactly_if_it_has_length_and_does_not_begin_before_the_clip(onset, offset):
    if 0 <= onset < offset:
        assert region(onset_sample=onset, offset_sample=offset).n_samples == offset - onset
    else:
        with pytest.raises(ValidationError):
            region(onset_sample=onset, offset_sample=offset)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "1"},
        {"id": "r1"},
        {"onset_sample": 10.0},
        {"onset_sample": "10"},
        {"source": "taping"},
        {"source": "haircut"},
        {"act": "tapping"},
        {"channel": "tapping"},
        {"secondary_sources": ["rain", "rain"]},
        {"source": "rain", "secondary_sources": ["rain"]},
        {"ear": "middle"},
        {"intensity": 0},
        {"intensity": 6},
        {"intensity": 2.5},
        {"pace": "quick"},
        {"confidence": 1.01},
        {"confidence": float("nan")},
        {"notes": None},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_cannot_be_built(wrong):
    with pytest.raises(ValidationError):
        region(**wrong)


def test_a_region_needs_no_label_and_all_axes_may_be_given():
    assert region().sources == ()
    full = region(
        source="tapping", act="haircut", channel="audio", secondary_sources=["rain", "whisper"]
    )
    assert full.sources == ("tapping", "rain", "whisper")


def test_a_region_does_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        region().intensity = 3


def test_a_region_may_end_with_the_clip_but_not_after_it():
    assert an_annotation((990, 1000, {})).regions[0].offset_sample == 1000
    with pytest.raises(ValidationError, match="ends at sample 1001, after the clip's 1000"):
        an_annotation((990, 1001, {}))


def test_ids_are_unique():
    with pytest.raises(ValidationError, match="r001 stands twice"):
        an_annotation((0, 10, {}), (20, 30, {"id": "r001"}))


@pytest.mark.parametrize("rater", ["", "r s", "r-s", "r_s", "../x", "é", "x" * 41])
def test_a_rater_is_letters_and_digits(rater):
    with pytest.raises(ValidationError):
        an_annotation(rater=rater)


@pytest.mark.parametrize(
    "wrong",
    [{"sha256": "0" * 63}, {"sha256": "G" * 64}, {"n_samples": 0}, {"rate_hz": 0}, {"file": ""}],
)
def test_a_clip_has_content(wrong):
    with pytest.raises(ValidationError):
        Clip.model_validate(a_clip().model_dump() | wrong)


def test_json_and_back_is_identity():
    annotation = an_annotation((0, 10, {"source": "rain", "confidence": 0.1}), (5, 9, {}))
    text = annotation.model_dump_json()
    assert Annotation.model_validate_json(text, context=CONTEXT) == annotation
