import pytest
from pydantic import ValidationError
from studies import a_stimulus, a_study, built, stated


def a_study_with(**identity):
    return a_study(stimuli=[
        a_stimulus(identity=identity), a_stimulus("control_video")
    ])  # fmt: skip


def test_a_stimulus_without_an_identity_is_one_of_which_nothing_was_extracted():
    stimulus = built(a_study()).stimuli[0]
    assert stimulus.identity.file_sha256 == "not extracted"
    assert stimulus.identity.licence == "not extracted"


def test_a_clip_cut_from_a_recording_keeps_its_points_and_hash():
    study = a_study_with(
        video_id=stated("abc123"), uploaded_on=stated("2019-02-28"),
        retrieved_on=stated("2020-01-31"), recording_duration_s=stated(600.0), in_s=stated(0.0),
        out_s=stated(300.0), file=stated("clips/stim-01_audio.wav"),
        file_sha256=stated("0" * 64), licence=stated("CC BY 4.0"), redistributable=stated(True),
    )  # fmt: skip
    assert built(study).stimuli[0].identity.out_s.value == 300.0


@pytest.mark.parametrize(
    ("identity", "sentence"),
    [
        ({"in_s": stated(5.0), "out_s": stated(5.0)}, "out point 5 s is not after"),
        ({"out_s": stated(70.0), "recording_duration_s": stated(60.0)}, "beyond the recording"),
        ({"in_s": stated(-1.0)}, "greater than or equal to 0"),
        ({"uploaded_on": stated("2021-02-30")}, "is no day"),
        ({"uploaded_on": stated("2021-03-01"), "retrieved_on": stated("2020-03-01")}, "before its"),
        ({"file": stated("../elsewhere.wav")}, "leads out of the catalogue"),
        ({"file": stated("/etc/passwd")}, "leads out of the catalogue"),
        ({"file": stated("C:/clips/a.wav")}, "leads out of the catalogue"),
        ({"file_sha256": stated("abc")}, "match pattern"),
        ({"redistributable": stated(True)}, "without a licence or a granted permission"),
        (
            {
                "redistributable": stated(True),
                "permission": stated({"state": "asked", "by": "the authors"}),
            },
            "without a licence or a granted permission",
        ),
    ],
)
def test_an_impossible_identity_cannot_be_built(identity, sentence):
    with pytest.raises(ValidationError, match=sentence):
        built(a_study_with(**identity))


def test_a_granted_permission_is_a_ground_for_passing_a_clip_on():
    permission = {"state": "granted", "by": "the creator", "on": "2024-05-01"}
    study = a_study_with(redistributable=stated(True), permission=stated(permission))
    assert built(study).stimuli[0].identity.redistributable.value is True
