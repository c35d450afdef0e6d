"""The annotator in a real terminal: tmux types, and its screen is read."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from annotation_builders import TAXONOMY, write_clip

from asmr_stim.io.annotations import read_annotation
from asmr_stim.io.tables import read_table

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None, reason="tmux, which plays the terminal, is not installed"
)

PATIENCE_S = 60
ENV = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
"""A size in the environment would stand above the size of the terminal."""


class Terminal:
    """A tmux server of its own with one window of 80x24."""

    def __init__(self, folder):
        self._folder = folder
        self._n_servers = 0

    @property
    def _socket(self):
        """A new one for each server: an old one may still be closing."""
        return str(self._folder / f"tmux{self._n_servers}")

    def tmux(self, *arguments):
        command = ["tmux", "-S", self._socket, "-f", "/dev/null", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=ENV).stdout

    def open(self, clip, size=(80, 24), options=""):
        """Start the annotator; the window stays when it ends."""
        self._n_servers += 1
        program = f"exec '{sys.executable}' -m asmr_stim annotate '{clip}' --rater rs {options}"
        self.tmux(
            "new-session", "-d", "-s", "s", "-x", str(size[0]), "-y", str(size[1]), program,
            ";", "set-option", "-g", "remain-on-exit", "on",
        )  # fmt: skip
        self.wait("whole clip")

    def keys(self, *keys):
        self.tmux("send-keys", "-t", "s", *keys)

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "s")

    def wait(self, words):
        """Look at the screen until it shows the words."""
        self._until(lambda: words in self.screen(), words)

    def wait_for_end(self):
        self._until(lambda: self.tmux("list-panes", "-F", "#{pane_dead}").strip() == "1", "the end")

    def _until(self, is_so, what):
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < end, f"never saw {what!r}:\n{self.screen()}"
            time.sleep(0.05)

    def kill_program(self):
        """Kill -9."""
        os.kill(int(self.tmux("list-panes", "-F", "#{pane_pid}")), signal.SIGKILL)
        self.wait_for_end()

    def close(self):
        self.tmux("kill-server")


@pytest.fixture
def terminal(tmp_path):
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


def type_a_region(terminal):
    terminal.wait("0 regions")
    terminal.keys("Right", "Right", "i")
    terminal.wait("press o")
    terminal.keys("Right", "Right", "Right", "Right", "o")
    terminal.wait("1 region ")
    terminal.wait("press t")
    terminal.keys("t")
    terminal.wait("What is heard in r001?")
    terminal.keys("t", "a", "p", "p")
    terminal.wait("Tapping")
    terminal.keys("Enter")
    terminal.wait("How strong is r001?")
    terminal.keys("4")
    terminal.wait("All is saved")
    terminal.wait("saved")
    terminal.keys("q")
    terminal.wait_for_end()


def type_another_and_be_killed(terminal):
    terminal.wait("1 region ")
    terminal.wait("tapping")
    terminal.keys("End", "Left", "i", "Right", "o")
    terminal.wait("2 regions")
    terminal.wait("saved")
    terminal.keys("2")
    terminal.wait("2 regions")
    terminal.kill_program()


def undo_all_and_redo_one(terminal):
    terminal.wait("2 regions")
    terminal.keys("z", "z", "z", "z", "z", "z")
    terminal.wait("0 regions")
    terminal.keys("Z", "Z")
    terminal.wait("1 region ")
    terminal.keys("q")
    terminal.wait_for_end()


def test_a_session_is_typed_saved_reopened_killed_and_recovered(terminal, tmp_path):
    clip = write_clip(tmp_path / "clip.wav")
    document = tmp_path / "clip.rs.asmr.yaml"
    terminal.open(clip)
    type_a_region(terminal)
    (region,) = read_annotation(document, TAXONOMY).regions
    assert (region.source, region.intensity) == ("tapping", 4)
    assert 0 < region.onset_sample < region.offset_sample
    terminal.close()
    terminal.open(clip)
    type_another_and_be_killed(terminal)
    terminal.close()
    terminal.open(clip)
    undo_all_and_redo_one(terminal)
    assert [r.source for r in read_annotation(document, TAXONOMY).regions] == ["tapping"]


def test_a_session_from_the_first_region_to_the_export(terminal, tmp_path):
    clip = write_clip(tmp_path / "clip.wav")
    terminal.open(clip, options="--sound silent")
    terminal.keys("i", "Right", "Right", "Right", "Right", "o")
    terminal.wait("1 region ")
    terminal.keys("t", "t", "a", "p", "p", "Enter")
    terminal.wait("How strong is r001?")
    terminal.keys("]")
    terminal.wait("Holding the end of r001")
    terminal.keys("<", "<", "]")  # 20 ms earlier
    terminal.keys("z")
    terminal.wait("Undo:")
    terminal.keys("Z")
    terminal.wait("Redo:")
    terminal.keys("r")
    terminal.wait("silent")
    terminal.wait("saved")
    nudged = terminal.screen()
    terminal.kill_program()
    terminal.close()

    terminal.open(clip)
    terminal.wait("1 region ")
    terminal.wait("tapping")
    length = re.search(r"r001 +\S+ +\S+ +(\S+) ms", nudged)[1]
    assert re.search(rf"r001 +\S+ +\S+ +{re.escape(length)} ms", terminal.screen())
    terminal.keys("X")
    terminal.wait("clip.rs.events.tsv")
    terminal.keys("q")
    terminal.wait_for_end()
    (event,) = read_table(tmp_path / "clip.rs.events.tsv").rows
    assert event["source"].text == "tapping"
    assert float(event["duration"].text) == pytest.approx(float(length) / 1000, abs=0.0006)


def test_a_clip_is_marked_while_it_plays_silently(terminal, tmp_path):
    clip = write_clip(tmp_path / "clip.wav", seconds=120.0)
    terminal.open(clip, options="--sound silent")
    terminal.wait("silent")
    terminal.keys("Space")
    terminal.wait("playing")
    terminal.wait("▷")
    terminal.keys("i")
    terminal.wait("press o")
    terminal.keys("(")
    terminal.wait("Speed 0.75")
    terminal.keys("o")
    terminal.wait("1 region ")
    terminal.keys("Space")
    terminal.wait("♪ silent")
    terminal.keys("q")
    terminal.wait_for_end()
    (region,) = read_annotation(tmp_path / "clip.rs.asmr.yaml", TAXONOMY).regions
    assert 0 <= region.onset_sample < region.offset_sample


def test_what_sound_libraries_complain_of_does_not_reach_the_screen(terminal, tmp_path):
    terminal.open(write_clip(tmp_path / "clip.wav"))
    terminal.keys("Space")
    terminal._until(
        lambda: "No sound here" in terminal.screen() or "playing" in terminal.screen(), "an answer"
    )
    assert "ALSA" not in terminal.screen()
    assert "Traceback" not in terminal.screen()
    terminal.keys("q")
    terminal.wait_for_end()
    assert "ALSA" not in terminal.screen()


def test_keys_typed_faster_than_the_screen_draws_are_all_taken_in_order(terminal, tmp_path):
    terminal.open(write_clip(tmp_path / "clip.wav"))
    terminal.keys("i", "Right", "Right", "o", *"ttapping", "Enter", "4", "t", *"rain", "C-a", "e")
    terminal.wait("tapping + rain")
    terminal.wait("left")
    terminal.keys("q")
    terminal.wait_for_end()
    (region,) = read_annotation(tmp_path / "clip.rs.asmr.yaml", TAXONOMY).regions
    assert (region.sources, region.intensity, region.ear) == (("tapping", "rain"), 4, "left")


def test_a_terminal_that_is_resized_keeps_up(terminal, tmp_path):
    terminal.open(write_clip(tmp_path / "clip.wav"), size=(120, 36))
    terminal.wait("none selected")
    terminal.tmux("resize-window", "-t", "s", "-x", "40", "-y", "10")
    terminal.wait("needs 60x16")
    terminal.tmux("resize-window", "-t", "s", "-x", "200", "-y", "50")
    terminal.wait("none selected")
    terminal.keys("q")
    terminal.wait_for_end()
