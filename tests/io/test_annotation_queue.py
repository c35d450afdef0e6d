import pytest
from annotation_builders import TAXONOMY, an_annotation, write_clip

from asmr_stim.errors import MissingInputError
from asmr_stim.io.annotation_queue import QueuedClip, queued_clips
from asmr_stim.io.annotations import annotation_paths, write_annotation


def test_clips_are_listed_by_name_with_their_state(tmp_path):
    clips = [write_clip(tmp_path / name, 0.1) for name in ("c.wav", "a.flac", "b.wav", "d.WAV")]
    (tmp_path / "notes.txt").write_text("no sound")
    (tmp_path / "folder.wav").mkdir()
    half = an_annotation((0, 10, {"source": "rain"}), (5, 9, {}), (6, 9, {"act": "haircut"}))
    write_annotation(annotation_paths(clips[2], "rs").document, half)
    annotation_paths(clips[0], "rs").document.write_text("regions: [")
    found = queued_clips(tmp_path, "rs", None, TAXONOMY)
    assert [clip.path.name for clip in found] == ["a.flac", "b.wav", "c.wav", "d.WAV"]
    assert found[0] == QueuedClip(clips[1])
    assert (found[1].n_regions, found[1].n_unlabelled) == (3, 1)
    assert "E010" in found[2].trouble
    assert str(tmp_path) not in found[2].trouble
    assert [clip.is_begun for clip in found] == [False, True, False, False]
    assert [clip.is_waiting for clip in found] == [True, False, False, True]


def test_another_rater_and_another_folder_begin_anew(tmp_path):
    clip = write_clip(tmp_path / "a.wav", 0.1)
    labels = tmp_path / "labels"
    labels.mkdir()
    write_annotation(annotation_paths(clip, "rs", labels).document, an_annotation())
    assert not queued_clips(tmp_path, "rs", None, TAXONOMY)[0].is_begun
    assert not queued_clips(tmp_path, "kim", labels, TAXONOMY)[0].is_begun
    assert queued_clips(tmp_path, "rs", labels, TAXONOMY)[0].is_begun


def test_a_file_that_is_no_sound_is_not_offered(tmp_path):
    write_clip(tmp_path / "b.wav", 0.1)
    (tmp_path / "a.wav").write_text("no sound at all")
    (tmp_path / "c.flac").touch()
    found = queued_clips(tmp_path, "rs", None, TAXONOMY)
    assert [clip.is_waiting for clip in found] == [False, True, False]
    assert not any(clip.is_begun for clip in found)
    assert "not a sound file" in found[0].trouble
    assert "empty" in found[2].trouble


def test_what_is_wrong_with_a_clip_does_not_repeat_its_name(tmp_path):
    (tmp_path / "a.wav").write_text("no sound at all")
    (clip,) = queued_clips(tmp_path, "rs", None, TAXONOMY)
    assert clip.trouble.startswith("is not a sound file")
    assert str(tmp_path) not in clip.trouble


def test_a_folder_without_sound_is_refused(tmp_path):
    with pytest.raises(MissingInputError, match="holds no sound file"):
        queued_clips(tmp_path, "rs", None, TAXONOMY)
