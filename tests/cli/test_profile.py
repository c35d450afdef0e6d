import os
import pty
import sys
from pathlib import Path

import pytest
import soundfile
from clip_pictures import taps
from program import asmr_stim_here
from signals import RATE_HZ

from asmr_stim.cli.profile import _look


@pytest.fixture
def clip(tmp_path):
    path = tmp_path / "clip.wav"
    soundfile.write(path, taps(0.3).T, RATE_HZ)
    return path


def test_a_card_is_printed_and_nothing_is_written(clip):
    done = asmr_stim_here("profile", clip, "--level", "laeq:50")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("clip.wav\n0.300 s, 48000 Hz, 2 channels, WAV PCM_16\n")
    assert [path.name for path in clip.parent.iterdir()] == ["clip.wav"]


def test_of_several_levels_the_middle_one_is_shown(clip):
    levels = [word for level in (30, 50, 70) for word in ("--level", f"laeq:{level}")]
    done = asmr_stim_here("profile", clip, *levels)
    assert "Loudness, LAeq 50 dB" in done.stdout
    assert "LAeq 70" not in done.stdout


def test_a_figure_is_written_by_the_ending_of_its_name(clip):
    out = clip.parent / "figure.PNG"
    done = asmr_stim_here("profile", clip, "--level", "laeq:50", "--out", out)
    assert (done.returncode, done.stderr) == (0, f"Written to {out}\n")
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("out", "words"),
    [("a.jpg", "use .png, .svg or .pdf"), ("a", "found none"), ("no/a.png", "make it first")],
)
def test_a_place_where_no_figure_can_be_is_refused_before_measuring(clip, out, words):
    done = asmr_stim_here("profile", clip, "--out", clip.parent / out)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr


def test_the_clip_is_never_replaced_by_its_figure(clip):
    disguised = clip.rename(clip.with_suffix(".png"))
    before = disguised.read_bytes()
    done = asmr_stim_here("profile", disguised, "--out", disguised)
    assert (done.returncode, disguised.read_bytes()) == (1, before)
    assert "is the clip itself" in done.stderr


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (Path.exists, "no such file"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_text("no sound"), "not a sound file"),
    ],
)
def test_what_is_no_sound_is_a_sentence(tmp_path, make, words):
    path = tmp_path / "clip.wav"
    make(path)
    done = asmr_stim_here("profile", path, "--out", tmp_path / "a.png")
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    ("environment", "has_colour"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_whose_owner_wants_it(monkeypatch, environment, has_colour):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    leader, follower = pty.openpty()
    with open(follower, "w", encoding="utf-8") as terminal:  # noqa: PTH123 it is no path
        monkeypatch.setattr(sys, "stdout", terminal)
        assert _look().has_colour == has_colour
    os.close(leader)
    with Path(os.devnull).open("w", encoding="ascii") as file:
        monkeypatch.setattr(sys, "stdout", file)
        look = _look()
        assert (look.has_colour, look.has_blocks) == (False, False)
