import pytest

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.effects import EffectRow
from asmr_stim.io.profiles import read_feature_list, write_profiles
from asmr_stim.schema.profile import (
    ClipFile,
    ClipProfile,
    Distribution,
    Framing,
    ProfileSet,
    Value,
)
from asmr_stim.workflows.effects import analyse
from asmr_stim.workflows.effects_acoustics import AcousticLink, feature_of_clip, with_acoustics
from asmr_stim.workflows.effects_data import EffectsRequest
from asmr_stim.workflows.effects_text import paragraphs


def clip(loudness, left=1.0, right=3.0):
    file = ClipFile(
        name="a.wav", sha256="0" * 64, container="WAV", encoding="PCM_16", rate_hz=48000,
        n_channels=2, n_frames=48000, duration_s=1.0,
    )  # fmt: skip
    spread = Distribution(
        unit="Hz", n_frames=3, mean=10.0, sd=1.0, p5=8.0, p10=8.5, p50=10.0, p90=11.5, p95=12.0
    )
    value = Value(unit="LUFS", value=loudness, flag=None if loudness is not None else "silent")
    return ClipProfile(
        file=file, parameters=Framing(frame_samples=2048, hop_samples=1024), playback=(),
        channels={
            side: {"rms_level_dbfs": Value(unit="dBFS", value=level)}
            for side, level in (("left", left), ("right", right))
        },
        pair={"integrated_loudness_lufs": value, "centroid_hz": spread},
    )  # fmt: skip


@pytest.fixture
def profiles(tmp_path):
    path = tmp_path / "profiles.json"
    clips = {f"{n}.wav": clip(v) for n, v in {"a": -30.0, "b": -20.0, "c": -40.0}.items()}
    features = read_feature_list()
    version = features.feature_set_version
    found = ProfileSet(feature_set_version=version, asmr_stim_version="0", clips=clips)
    write_profiles(path, found, features)
    return path


def row(**moderators):
    return EffectRow("s", "s", "s", 0.2, 0.1, moderators=moderators, line=2)


def test_several_clips_become_their_mean(profiles):
    link = AcousticLink(profiles, ("integrated_loudness_lufs",))
    (found,) = with_acoustics([row(stimuli="a; b", lab="x")], link)
    assert found.moderators == {"lab": "x", "integrated_loudness_lufs": -25.0}


def test_or_the_difference_to_the_control(profiles):
    link = AcousticLink(profiles, ("integrated_loudness_lufs",), "asmr_minus_control")
    (found,) = with_acoustics([row(stimuli="a;b", control_stimuli="c")], link)
    assert found.moderators["integrated_loudness_lufs"] == 15.0


def test_a_row_without_clips_has_no_value(profiles):
    link = AcousticLink(profiles, ("integrated_loudness_lufs",))
    found = with_acoustics([row(stimuli="a"), row(stimuli=None)], link)
    assert found[1].moderators["integrated_loudness_lufs"] is None


def test_a_clip_without_profile_is_named_with_the_line(profiles):
    link = AcousticLink(profiles, ("integrated_loudness_lufs",))
    with pytest.raises(InputError, match="line 2: column 'stimuli': the clip 'z' has no profile"):
        with_acoustics([row(stimuli="a;z")], link)


def test_a_table_that_names_no_clips_is_refused(profiles):
    with pytest.raises(InputError, match="no row names its clips"):
        with_acoustics([row(lab="x")], AcousticLink(profiles, ("x",)))


def test_channels_are_averaged_and_statistics_can_be_named():
    assert feature_of_clip(clip(-30.0), "rms_level_dbfs") == 2.0
    assert feature_of_clip(clip(-30.0), "centroid_hz") == 10.0
    assert feature_of_clip(clip(-30.0), "centroid_hz_p90") == 11.5
    assert feature_of_clip(clip(None), "integrated_loudness_lufs") is None


def test_a_feature_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(MissingInputError, match="no feature 'warmth'; they have: centroid_hz"):
        feature_of_clip(clip(-30.0), "warmth")


def test_a_feature_is_a_moderator_of_a_run(profiles, tmp_path):
    data = tmp_path / "effects.csv"
    lines = [f"s{i},{0.1 * i},0.05,{'abc'[i % 3]}" for i in range(6)]
    data.write_text("study,yi,vi,stimuli\n" + "\n".join(lines) + "\n", encoding="utf-8")
    link = AcousticLink(profiles, ("integrated_loudness_lufs",))
    request = EffectsRequest(
        data, ("integrated_loudness_lufs",), acoustics=link,
        at=(("integrated_loudness_lufs", -25.0),),
    )  # fmt: skip
    run = analyse(request)
    assert run.moderators[0].regression.k == 6
    text = "\n".join(paragraphs(run))
    assert "- at integrated_loudness_lufs = -25: " in text
    assert "Acoustic moderators (integrated_loudness_lufs) are the mean over the clips" in text
