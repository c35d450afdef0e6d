"""Clips that a process of their own reads: what is seen meanwhile, and what is kept."""

import os
import signal
import subprocess
import time

import numpy as np
import pytest
import soundfile
from annotation_builders import TAXONOMY, sound_is_read, write_clip

import asmr_stim_tui.annotator
from asmr_stim.io.annotations import read_annotation
from asmr_stim_tui import picture_builder, sound_reader, sound_view
from asmr_stim_tui.annotator import annotator
from asmr_stim_tui.sound_picture import PictureSize, kept_picture

SLEEPING = "import time; time.sleep(60)"


@pytest.fixture
def clip(tmp_path, monkeypatch):
    """Return a clip that is taken for a long and large one."""
    monkeypatch.setattr(sound_view, "SHORT", 0)
    monkeypatch.setattr(asmr_stim_tui.annotator, "QUICK_BYTES", 0)
    path = write_clip(tmp_path / "clip.wav", seconds=3)
    os.utime(path, (time.time() - 10,) * 2)
    return path


@pytest.fixture
def idle(monkeypatch):
    """Let the process say nothing, until it is ended."""
    monkeypatch.setattr(sound_reader, "COMMAND", (sound_reader.COMMAND[0], "-c", SLEEPING))


def text_of(app):
    strips = app.screen._compositor.render_strips()
    return " ".join("".join(s.text for s in strip).strip() for strip in strips)


async def until(pilot, is_so):
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        await pilot.pause(0.02)


async def test_it_is_read_once_and_mapped_from_then_on(clip, cache, monkeypatch):
    app = annotator(clip, "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await sound_is_read(app, pilot)
        await pilot.press("q")
    app.close()
    assert sorted(path.suffix for path in cache.iterdir()) == [".picture", ".seen"]
    monkeypatch.setattr(sound_reader, "COMMAND", ("/nowhere",))
    app = annotator(clip, "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.share_read == 1
        assert "reading" not in text_of(app)
        picture = app._view.picture
    app.close()
    samples, rate_hz = soundfile.read(clip)
    alone = sound_view.SoundPicture(PictureSize(*samples.shape, rate_hz))
    alone.add(samples)
    assert np.array_equal(picture.peaks.extremes(0, 300, 80), alone.peaks.extremes(0, 300, 80))
    assert np.array_equal(picture.spectrum.levels(0, 300, 80), alone.spectrum.levels(0, 300, 80))


async def test_before_anything_is_read_there_is_a_picture_and_edits_wait(clip, idle):
    app = annotator(clip, "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i", "right", "right", "o")
        await pilot.pause()
        text = text_of(app)
        assert "reading the sound 0%" in text
        assert "▀" in text
        assert "saved in a moment" in text
        await pilot.press("q")
        assert app.is_running
        assert not clip.with_name("clip.rs.asmr.journal.jsonl").exists()
        app.settle_sound("5" * 64)
        await pilot.pause()
        assert "✓ saved" in text_of(app)
        await pilot.press("q")
    app.close()
    annotation = read_annotation(clip.with_name("clip.rs.asmr.yaml"), TAXONOMY)
    assert (annotation.clip.sha256, len(annotation.regions)) == ("5" * 64, 1)


async def test_an_annotation_of_other_sound_is_refused_as_soon_as_that_is_known(clip):
    app = annotator(clip, "rs")
    app._opened.journal.name_sound("5" * 64)
    app._opened.session.name_sound("5" * 64)
    app._opened.journal.release()
    app._opened.session.add(0, 10)
    app.close()
    app = annotator(clip, "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.trouble is not None)
    app.close()
    assert "was made on a file with SHA-256 555" in str(app.trouble)


async def test_a_process_that_is_killed_is_said_and_the_picture_stays_coarse(clip, idle):
    app = annotator(clip, "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app._reader._process is not None)
        os.kill(app._reader._process.pid, signal.SIGKILL)
        await until(pilot, lambda: app.share_read == 1)
        await pilot.pause()
        text = text_of(app)
        assert "ended with signal 9" in text
        assert "Wide views of the rest stay coarse" in text
        assert "▀" in text
        await pilot.press("plus", "plus", "i", "right", "o")
        assert len(app.annotate_screen.session.regions) == 1
    app.close()


@pytest.mark.parametrize("how", ["terminated", "left alone"])
def test_half_a_picture_does_not_stay_behind(tmp_path, cache, how):
    path = write_clip(tmp_path / "clip.wav", seconds=1200, n_channels=1)
    command = [*sound_reader.COMMAND, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        said = [process.stdout.readline() for _ in range(2)]
        assert b'"is_whole": false' in said[1]
        assert [each.suffix for each in cache.iterdir() if each.suffix != ".seen"] == [".building"]
        if how == "terminated":
            process.terminate()
        process.stdin.close()
        assert process.wait() == 128 + signal.SIGTERM
    assert [each.suffix for each in cache.iterdir() if each.suffix != ".seen"] == []


async def test_a_process_that_cannot_start_is_said(clip, monkeypatch):
    monkeypatch.setattr(sound_reader, "COMMAND", ("/nowhere",))
    app = annotator(clip, "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.share_read == 1)
        await pilot.pause()
        assert "could not be started" in text_of(app)
    app.close()


async def test_a_sample_that_is_no_number_far_into_the_file_ends_the_program(clip):
    samples = np.zeros((24000, 2))
    samples[20000] = np.nan
    write_clip(clip, samples=samples)
    app = annotator(clip, "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.trouble is not None)
    app.close()
    assert "2.500 s (frame 20000)" in str(app.trouble)


@pytest.mark.parametrize("what", ["changed", "gone"])
async def test_a_file_that_changes_while_it_is_open_is_said(clip, what):
    app = annotator(clip, "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await sound_is_read(app, pilot)
        if what == "gone":
            clip.unlink()
        else:
            write_clip(clip, seconds=2)
        await app._look_after_sound()
        await pilot.pause()
        words = {"gone": "can no longer be reached", "changed": "was changed by another program"}
        assert words[what] in text_of(app)
        assert "W writes it to another folder" in text_of(app)
    app.close()


def test_without_room_in_the_cache_the_picture_lies_in_another_place(
    clip, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(clip))  # a file: no folder can be made there
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    picture_builder._read(clip)
    said = capsys.readouterr().out.splitlines()
    assert f'"picture": "{tmp_path}/asmr-stim-' in said[1]
    assert '"is_kept": false' in said[1]
    assert said[-1] == '{"n_read": 24000}'


def test_without_room_anywhere_that_is_said(clip, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(clip))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(clip))
    monkeypatch.setattr(picture_builder, "SHARED_MEMORY", clip)
    picture_builder._read(clip)
    assert "no room for a picture" in capsys.readouterr().out.splitlines()[-1]


def test_a_picture_of_other_parameters_is_made_anew(clip, capsys):
    picture_builder._read(clip)
    size = PictureSize(24000, 2, 8000)
    sha256 = capsys.readouterr().out.splitlines()[0].split('"')[3]
    assert kept_picture(sha256, size).share == 1
    assert kept_picture(sha256, PictureSize(24000, 2, 44100)) is None
    assert kept_picture("0" * 64, size) is None
