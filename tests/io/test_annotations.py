import os

import pytest
import yaml
from annotation_builders import (
    TAXONOMY,
    a_clip,
    an_annotation,
    commands,
    perform,
    texts,
    write_clip,
)
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from asmr_stim.errors import InputError, MissingInputError, OutputError
from asmr_stim.io.annotation_opening import open_annotation, save
from asmr_stim.io.annotations import (
    annotation_paths,
    annotation_text,
    clip_of,
    read_annotation,
    write_annotation,
)
from asmr_stim.io.audio import audio_sha256

relaxed = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def paths(tmp_path):
    return annotation_paths(tmp_path / "clip.wav", "rs")


def opened(paths, clip=None, rater="rs"):
    return open_annotation(paths, clip or a_clip(), rater, TAXONOMY)


def test_the_files_lie_beside_the_sound_or_in_a_folder(tmp_path):
    paths = annotation_paths(tmp_path / "rain.v2.wav", "rs")
    assert paths.document == tmp_path / "rain.v2.rs.asmr.yaml"
    assert paths.journal == tmp_path / "rain.v2.rs.asmr.journal.jsonl"
    elsewhere = annotation_paths(tmp_path / "rain.wav", "rs", tmp_path / "labels")
    assert elsewhere.document == tmp_path / "labels" / "rain.rs.asmr.yaml"


def test_a_clip_is_known_by_its_content(tmp_path):
    path = write_clip(tmp_path / "clip.wav", seconds=0.5)
    clip = clip_of(path)
    assert clip.sha256 == audio_sha256(path)
    assert (clip.file, clip.rate_hz, clip.n_samples, clip.n_channels) == ("clip.wav", 8000, 4000, 2)


@pytest.mark.parametrize("name", ["a\tb.wav", "caf\udce9.wav"])
def test_a_clip_whose_name_no_table_could_list_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="rename the file"):
        clip_of(tmp_path / name)


@relaxed
@given(
    spans=st.lists(st.tuples(st.integers(0, 499), st.integers(500, 1000), texts), max_size=4),
    confidence=st.floats(0, 1),
)
@example(
    spans=[(0, 500, word) for word in ("no", "1e3", "~", "12:30", "- a", "a: b", "\t", "\x85")],
    confidence=1e-9,
)
def test_write_then_read_is_identity(tmp_path, spans, confidence):
    annotation = an_annotation(
        *((a, b, {"notes": n, "source": "rain", "confidence": confidence}) for a, b, n in spans)
    )
    path = tmp_path / "x.yaml"
    write_annotation(path, annotation)
    assert read_annotation(path, TAXONOMY) == annotation


def test_the_file_says_only_what_is_known_and_other_readers_agree():
    text = annotation_text(an_annotation((3, 9, {"source": "rain", "notes": "no"}), rater="no"))
    content = yaml.safe_load(text)
    assert content["rater"] == "no"
    assert content["regions"] == [
        {
            "id": "r001",
            "onset_sample": 3,
            "offset_sample": 9,
            "source": "rain",
            "ear": "both",
            "notes": "no",
        }
    ]
    assert content["schema_version"] == "1.0.0"


def test_opening_makes_no_file(paths, tmp_path):
    assert opened(paths).session.regions == ()
    assert list(tmp_path.iterdir()) == []


@relaxed
@given(script=st.lists(commands, max_size=15), n_saved=st.integers(0, 15))
def test_everything_comes_back_with_its_history_wherever_it_stopped(tmp_path, script, n_saved):
    paths = annotation_paths(tmp_path / "clip.wav", "rs")
    paths.document.unlink(missing_ok=True)
    paths.journal.unlink(missing_ok=True)
    first = opened(paths)
    for number, command in enumerate(script):
        perform(first.session, command)
        if number == n_saved:
            first = save(first)
    again = opened(paths)
    assert again.session.annotation == first.session.annotation
    assert again.session.undoable == first.session.undoable
    assert again.session.redoable == first.session.redoable


def test_a_second_crash_after_a_recovery_loses_nothing_either(paths):
    one = opened(paths)
    one.session.add(0, 10)
    two = opened(paths)
    two.session.add(20, 30)
    three = opened(paths)
    three.session.undo()
    assert [r.id for r in opened(paths).session.regions] == ["r001"]
    assert "Recovered 3 edits" in opened(paths).notices[0]


def test_after_saving_there_is_nothing_to_recover(paths):
    one = opened(paths)
    one.session.add(0, 10)
    one = save(one)
    assert read_annotation(paths.document, TAXONOMY) == one.session.annotation
    again = opened(paths)
    assert again.notices == ()
    again.session.undo()
    assert again.session.regions == ()


def test_a_torn_last_line_is_skipped_with_a_notice_and_written_over(paths):
    one = opened(paths)
    one.session.add(0, 10)
    one.session.add(20, 30)
    whole = paths.journal.read_bytes()
    paths.journal.write_bytes(whole[:-20])
    again = opened(paths)
    assert [r.id for r in again.session.regions] == ["r001"]
    assert "cut off" in again.notices[0]
    again.session.add(40, 50)
    last = opened(paths)
    assert [r.onset_sample for r in last.session.regions] == [0, 40]
    assert not any("cut off" in notice for notice in last.notices)


@pytest.mark.parametrize("cut", range(1, 400, 7))
def test_a_journal_cut_anywhere_opens_with_a_prefix_of_the_edits(paths, cut):
    one = opened(paths)
    for onset in (0, 20, 40):
        one.session.add(onset, onset + 10)
    content = paths.journal.read_bytes()
    paths.journal.write_bytes(content[:-cut])
    onsets = [r.onset_sample for r in opened(paths).session.regions]
    assert onsets == [0, 20, 40][: len(onsets)]


def test_a_damaged_line_inside_keeps_a_copy(paths):
    one = opened(paths)
    for onset in (0, 20, 40):
        one.session.add(onset, onset + 10)
    lines = paths.journal.read_bytes().splitlines(keepends=True)
    lines[2] = b"\x00garbage\xff\n"
    paths.journal.write_bytes(b"".join(lines))
    again = opened(paths)
    assert [r.onset_sample for r in again.session.regions] == [0]
    assert "damaged from line 3" in again.notices[0]
    copy = paths.journal.with_name(paths.journal.name + ".damaged1")
    assert copy.read_bytes() == b"".join(lines)


def test_a_file_edited_by_hand_is_the_truth_and_the_journal_is_set_aside(paths):
    one = opened(paths)
    one.session.add(0, 10)
    save(one)
    by_hand = paths.document.read_text().replace("offset_sample: 10", "offset_sample: 12")
    paths.document.write_text(by_hand)
    again = opened(paths)
    assert again.session.regions[0].offset_sample == 12
    assert "kept as clip.rs.asmr.journal.jsonl.old1" in again.notices[0]
    again.session.delete("r001")
    assert opened(paths).session.regions == ()


def test_a_file_changed_while_it_is_open_is_not_written_over(paths):
    one = opened(paths)
    one.session.add(0, 10)
    one = save(one)
    paths.document.write_text("by somebody else")
    one.session.add(20, 30)
    with pytest.raises(OutputError, match="changed by another program"):
        save(one)
    assert paths.document.read_text() == "by somebody else"


def test_a_missing_file_is_made_again_from_the_journal(paths):
    one = opened(paths)
    one.session.add(0, 10)
    save(one)
    paths.document.unlink()
    again = save(opened(paths))
    assert read_annotation(paths.document, TAXONOMY) == again.session.annotation


def test_a_missing_journal_is_made_again_from_memory(paths):
    one = opened(paths)
    one.session.add(0, 10)
    paths.journal.unlink()
    one.session.add(20, 30)
    assert len(opened(paths).session.regions) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sha256": "1" * 64}, "made on a file with SHA-256 0000"),
        ({"n_samples": 1001}, "made on a clip of 1000 samples"),
        ({"rate_hz": 44100}, "made on a clip of 1000 Hz"),
        ({"n_channels": 1}, "made on a clip of 2 channels"),
    ],
)
def test_an_annotation_of_another_clip_is_refused_and_stays(paths, change, words):
    one = opened(paths)
    one.session.add(0, 10)
    save(one)
    before = paths.document.read_bytes(), paths.journal.read_bytes()
    with pytest.raises(InputError, match=words):
        opened(paths, a_clip(**change))
    paths.document.unlink()
    with pytest.raises(InputError, match=words):
        opened(paths, a_clip(**change))
    paths.document.write_bytes(before[0])
    assert (paths.document.read_bytes(), paths.journal.read_bytes()) == before


def test_the_same_clip_under_another_name_is_accepted(paths):
    save_one = opened(paths)
    save_one.session.add(0, 10)
    save(save_one)
    assert len(opened(paths, a_clip(file="renamed.wav")).session.regions) == 1


def test_another_raters_file_is_refused(paths):
    write_annotation(paths.document, an_annotation(rater="kim"))
    with pytest.raises(InputError, match="by the rater 'kim', not 'rs'"):
        opened(paths)


def test_a_rater_that_is_no_label_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match="letters and digits"):
        opened(annotation_paths(tmp_path / "clip.wav", "r-s"), rater="r-s")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("source: rain", "source: rian", r":\d+:\d+: E012 .*did you mean 'rain'"),
        ("offset_sample: 9", "offset_sample: 2", r":\d+:\d+: E008 .*must end after it begins"),
        ("offset_sample: 9", "ofset_sample: 9", r":\d+:\d+: E002 .*did you mean 'offset_sample'"),
        ("offset_sample: 9", "offset_sample: 9000", r":\d+:\d+: E008 .*after the clip's 1000"),
        ("ear: both", "ear: [", r":\d+:\d+: E010 "),
        ("  source: rain", "  source: rain\n  source: rain", r":\d+:\d+: E010 .*stands twice"),
        ('schema_version: "1.0.0"', 'schema_version: "2.0.0"', "newer than the 1.0.0"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_column_and_stays(paths, old, new, words):
    text = annotation_text(an_annotation((3, 9, {"source": "rain"})))
    assert old in text
    paths.document.write_text(text.replace(old, new))
    before = paths.document.read_bytes()
    with pytest.raises(InputError, match=words) as caught:
        opened(paths)
    assert str(caught.value).startswith(str(paths.document))
    assert paths.document.read_bytes() == before


def test_a_missing_annotation_is_named(tmp_path):
    with pytest.raises(MissingInputError, match="no file"):
        read_annotation(tmp_path / "gone.yaml", TAXONOMY)


def test_what_the_disk_does_not_take_is_kept_and_written_with_the_next_edit(paths, monkeypatch):
    one = opened(paths)
    one.session.add(0, 10)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "write", full)
        with pytest.raises(OutputError, match="No space left on device"):
            one.session.add(20, 30)
        assert one.journal.n_unwritten == 1
    assert len(opened(paths).session.regions) == 1
    one.session.add(40, 50)
    assert one.journal.n_unwritten == 0
    assert len(opened(paths).session.regions) == 3


def test_half_a_line_on_a_full_disk_is_taken_back(paths, monkeypatch):
    one = opened(paths)
    one.session.add(0, 10)
    real = os.write

    def half(handle, content):
        if len(content) < 50:
            raise OSError(28, "No space left on device")
        return real(handle, content[: len(content) // 2])

    with monkeypatch.context() as broken:
        broken.setattr(os, "write", half)
        with pytest.raises(OutputError):
            one.session.add(20, 30)
    again = opened(paths)
    assert len(again.session.regions) == 1
    assert not any("cut off" in notice for notice in again.notices)


def test_a_folder_that_has_gone_is_said(paths, tmp_path):
    lost = annotation_paths(tmp_path / "gone" / "clip.wav", "rs")
    one = opened(lost)
    with pytest.raises(OutputError, match="kept in memory only"):
        one.session.add(0, 10)
    lost.document.parent.mkdir()
    one.journal.flush()
    assert len(opened(lost).session.regions) == 1


def test_thousands_of_regions_can_be_written_and_read_back(paths):
    clip = a_clip(n_samples=10**9)
    regions = (
        (k * 1000, k * 1000 + 500, {"source": "tapping", "intensity": 3}) for k in range(12_000)
    )
    annotation = an_annotation(*regions, clip=clip)
    write_annotation(paths.document, annotation)
    assert read_annotation(paths.document, TAXONOMY) == annotation
