import pytest
from pydantic import ValidationError
from studies import a_stimulus, a_study, built, stated

from asmr_stim.schema.stimulus import primary_source


def a_built_stimulus(**changes):
    return built(a_study(stimuli=[a_stimulus(**changes), a_stimulus("control_video")])).stimuli[0]


def shares(*pairs):
    return stated([{"term": term, "share": share} for term, share in pairs])


@pytest.mark.parametrize(
    ("changes", "term", "reason"),
    [
        ({}, "tapping", "stated"),
        ({"sources": stated(["tapping", "whisper"])}, "mixed", "stated"),
        ({"sources": "not extracted"}, None, "not known"),
        ({"sources": stated([])}, None, "not known"),
        ({"composition": shares(("whisper", 0.7), ("tapping", 0.2))}, "whisper", "composition"),
        ({"composition": shares(("tapping", 0.2), ("whisper", 0.7))}, "whisper", "composition"),
        ({"composition": shares(("whisper", 0.5), ("tapping", 0.45))}, "mixed", "composition"),
        ({"composition": shares(("whisper", 1.0))}, "whisper", "composition"),
        ({"composition": shares()}, None, "not known"),
        ({"participant_dependent": stated(True)}, None, "participant dependent"),
        ({"participant_dependent": stated(False)}, "tapping", "stated"),
    ],
)
def test_the_primary_source_follows_the_written_rule(changes, term, reason):
    found = primary_source(a_built_stimulus(**changes))
    assert (found.term, found.reason) == (term, reason)


def test_a_tie_is_a_tenth_of_the_time():
    beyond = a_built_stimulus(composition=shares(("whisper", 0.61), ("tapping", 0.5)))
    assert primary_source(beyond).term == "whisper"


def test_what_each_participant_chose_has_no_one_source_whatever_else_is_known():
    stimulus = a_built_stimulus(
        participant_dependent=stated(True), composition=shares(("whisper", 1.0))
    )
    assert primary_source(stimulus).term is None


@pytest.mark.parametrize(
    ("field", "word"), [("sources", ["taping"]), ("sources", ["haircut"]), ("acts", ["tapping"])]
)
def test_a_term_is_one_of_its_axis(field, word):
    with pytest.raises(ValidationError, match=r"is not an? (source|act) term"):
        a_built_stimulus(**{field: stated(word)})


@pytest.mark.parametrize("share", [-0.1, 1.1, "half"])
def test_a_share_is_between_nothing_and_all(share):
    with pytest.raises(ValidationError):
        a_built_stimulus(composition=shares(("whisper", share)))


@pytest.mark.parametrize("duration", [0, -1.0, float("inf")])
def test_a_clip_lasts(duration):
    with pytest.raises(ValidationError):
        a_built_stimulus(duration_s=stated(duration))


def test_the_role_is_no_property_of_a_stimulus():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        a_built_stimulus(role="asmr")
