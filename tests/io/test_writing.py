import os

import pytest

from asmr_stim.errors import OutputError
from asmr_stim.io.converted_effects import check_converted
from asmr_stim.io.frames import FrameFiles, check_frames
from asmr_stim.io.profiles import check_output
from asmr_stim.workflows.clip_picture import check_figure

CHECKS = {
    "profiles": lambda folder: check_output(folder / "p.json"),
    "a figure": lambda folder: check_figure(folder / "p.png", folder / "clip.wav"),
    "converted effects": lambda folder: check_converted(folder / "p.tsv"),
    "frames": lambda folder: check_frames(FrameFiles(folder, ".tsv")),
}


@pytest.mark.parametrize("what", CHECKS)
def test_a_folder_that_may_not_be_written_into_is_refused_before_measuring(
    tmp_path, monkeypatch, what
):
    CHECKS[what](tmp_path)
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    with pytest.raises(OutputError, match=r"you may not write into the folder .* choose another"):
        CHECKS[what](tmp_path)
