import os
import pty
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from annotation_builders import write_clip

from asmr_stim.io.annotation_opening import open_annotation, save
from asmr_stim.io.annotations import annotation_paths, clip_of
from asmr_stim.io.taxonomy import load_taxonomy


def run(*arguments):
    """Run the command without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "asmr_stim", "annotate", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def sentence(result):
    """Return the one sentence on stderr of a command that found a problem."""
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("asmr-stim: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_without_a_terminal_it_says_so(tmp_path):
    said = sentence(run(write_clip(tmp_path / "clip.wav")))
    assert "its input or output goes to a file or another program" in said


def test_what_is_no_sound_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("hello" * 100)
    soundfile.write(tmp_path / "none.wav", np.empty((0, 1)), 8000)
    for name, words in {
        "gone.wav": "no such file",
        "empty.wav": "empty",
        "text.wav": "not a sound file",
        "none.wav": "no sample",
    }.items():
        assert words in sentence(run(tmp_path / name)), name


def test_a_folder_that_is_none_and_a_rater_that_is_no_label_are_refused(tmp_path):
    clip = write_clip(tmp_path / "clip.wav")
    assert "is not a folder" in sentence(run(clip, "--dir", tmp_path / "gone"))
    assert "letters and digits" in sentence(run(clip, "--rater", "a b"))


def test_a_page_is_for_one_clip_and_refuses_what_the_terminal_refuses(tmp_path):
    assert "--serve opens one clip" in sentence(run(tmp_path, "--serve"))
    (tmp_path / "text.wav").write_text("hello" * 100)
    assert "not a sound file" in sentence(run(tmp_path / "text.wav", "--serve"))


def test_an_annotation_of_other_sound_is_refused(tmp_path):
    clip = write_clip(tmp_path / "clip.wav")
    opened = open_annotation(annotation_paths(clip, "rs"), clip_of(clip), "rs", load_taxonomy())
    opened.session.add(0, 10)
    save(opened)
    write_clip(clip, samples=np.zeros((8000, 2)))
    assert "made on a file with SHA-256" in sentence(run(clip, "--rater", "rs"))


@pytest.mark.parametrize("arguments", [[], ["a.wav", "b.wav"], ["--colour", "red", "a.wav"]])
def test_misuse_exits_with_two(arguments):
    assert run(*arguments).returncode == 2


def test_a_sample_that_is_no_number_is_said_after_the_screen_has_closed(tmp_path):
    samples = np.zeros((8000, 1))
    samples[4000] = np.nan
    clip = write_clip(tmp_path / "clip.wav", samples=samples)
    output = in_a_terminal("annotate", str(clip), "--rater", "rs")
    assert output.rstrip().endswith("(frame 4000); export it again from its source")
    assert "Traceback" not in output


def in_a_terminal(*arguments):
    """Run the program on a pseudo-terminal until it ends, and return all it wrote."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(sys.executable, [sys.executable, "-m", "asmr_stim", *arguments])  # noqa: S606 the program under test
    pieces = []
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    return b"".join(pieces).decode(errors="replace").replace("\r\n", "\n")
