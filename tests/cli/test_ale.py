import json
import os
import subprocess
import sys

import pytest
from ale_builders import ball_mask

from asmr_stim.io.images import map_bytes

FOCI = "// Reference=MNI\n// a\n// Subjects=20\n0 0 0\n\n// b\n// Subjects=15\n2 0 0\n"


@pytest.fixture
def folder(tmp_path):
    mask = ball_mask()
    (tmp_path / "mask.nii.gz").write_bytes(map_bytes(mask.volume.astype(float), mask.affine))
    (tmp_path / "foci.txt").write_text(FOCI)
    return tmp_path


def asmr_stim(folder, *words, command="run"):
    is_set = "--n-iterations" in words or command == "leave-one-out"
    few = [] if is_set else ["--n-iterations", "200"]
    return subprocess.run(
        [sys.executable, "-m", "asmr_stim", "ale", command, *words, *few],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "100"},
    )


def test_a_run_prints_the_clusters_and_where_they_are(folder):
    done = asmr_stim(folder, "foci.txt", "--mask", "mask.nii.gz", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 experiments, 2 foci (0 outside the mask: keep), 35 people" in done.stdout
    assert "! Only 2 experiments" in done.stdout
    assert "family-wise 0.05: ALE above" in done.stdout
    assert done.stdout.endswith("Written to out\n")
    assert (folder / "out" / "clusters.tsv").exists()


def test_json_is_what_the_result_file_holds(folder):
    done = asmr_stim(folder, "foci.txt", "--mask", "mask.nii.gz", "--out", "out", "--json")
    told = json.loads((folder / "out" / "result.json").read_text())
    del told["files"]
    assert json.loads(done.stdout) == told


@pytest.mark.slow
def test_pictures_are_drawn_when_asked_for(folder):
    done = asmr_stim(folder, "foci.txt", "--mask", "mask.nii.gz", "--out", "out", "--figures")
    assert done.returncode == 0
    assert (folder / "out" / "z.png").read_bytes().startswith(b"\x89PNG")
    assert "<html" in (folder / "out" / "z.html").read_text()[:300].lower()


def test_bad_input_is_one_sentence_and_exit_code_one(folder):
    (folder / "foci.txt").write_text(FOCI.replace("2 0 0", "2 dog 0"))
    done = asmr_stim(folder, "foci.txt", "--out", "out")
    assert done.returncode == 1
    assert done.stderr == "asmr-stim: foci.txt:8:3: y is 'dog', which is no coordinate in mm\n"
    assert not (folder / "out").exists()


def test_without_iterations_the_result_is_uncorrected_and_says_so(folder):
    words = ["foci.txt", "--mask", "mask.nii.gz", "--out", "out", "--n-iterations", "0"]
    done = asmr_stim(folder, *words)
    assert "are not corrected for the number of places" in done.stdout
    assert not (folder / "out" / "p_fwe.nii.gz").exists()


def test_too_few_iterations_are_refused_in_a_sentence(folder):
    done = asmr_stim(folder, "foci.txt", "--out", "out", "--n-iterations", "5")
    assert done.returncode == 1
    assert "5 iterations cannot reach alpha = 0.05" in done.stderr


def test_a_contrast_prints_the_groups_and_their_difference(folder):
    lines = ["// Reference=MNI"]
    table = ["experiment\tn\tside"]
    for number in range(8):
        side, x = ("left", -20) if number < 4 else ("right", 20)
        lines.append(f"// e{number}\n{x} 0 0\n")
        table.append(f"e{number}\t20\t{side}")
    (folder / "foci.txt").write_text("\n".join(lines))
    (folder / "table.tsv").write_text("\n".join(table))
    words = ["foci.txt", "--experiments", "table.tsv", "--by", "side", "--mask", "mask.nii.gz"]
    more = ["--n-permutations", "100", "--cluster-p", "0.05", "--force", "--out", "out"]
    done = asmr_stim(folder, *words, *more, command="contrast")
    assert (done.returncode, done.stderr) == (0, "")
    assert "left minus right" in done.stdout
    assert "of them exactly" in done.stdout
    assert (folder / "out" / "left_minus_right" / "difference.nii.gz").exists()


def test_a_contrast_in_which_nothing_is_significant_says_so(folder):
    # 2 of the 20 labellings of three against three reach the difference: p is 0.1 at the least
    lines, table = ["// Reference=MNI"], ["experiment\tn\tside"]
    for number in range(6):
        side, x = ("left", -20) if number < 3 else ("right", 20)
        lines.append(f"// e{number}\n{x} 0 0\n")
        table.append(f"e{number}\t20\t{side}")
    (folder / "foci.txt").write_text("\n".join(lines))
    (folder / "table.tsv").write_text("\n".join(table))
    words = ["foci.txt", "--experiments", "table.tsv", "--by", "side", "--mask", "mask.nii.gz"]
    for cluster_p, why in [("0.2", "no cluster has a family-wise p of"), ("0.05", "no voxel")]:
        more = ["--n-permutations", "100", "--cluster-p", cluster_p, "--force", "--out", cluster_p]
        done = asmr_stim(folder, *words, *more, command="contrast")
        assert f"Nothing is significant: {why}" in done.stdout


@pytest.mark.parametrize(
    ("command", "words", "table"),
    [
        ("leave-one-out", [], "leave_one_out.tsv"),
        ("power", ["--n-iterations", "100", "--n-simulations", "3"], "power.tsv"),
        ("fail-safe-n", ["--n-iterations", "100", "--n-sets", "1"], "fail_safe_n.tsv"),
    ],
)
def test_diagnostics_print_a_line_for_a_cluster_and_write_a_table(folder, command, words, table):
    lines = ["// Reference=MNI", *(f"// e{i}\n// Subjects=20\n0 0 0\n" for i in range(4))]
    (folder / "foci.txt").write_text("\n".join(lines))
    done = asmr_stim(
        folder, "foci.txt", "--mask", "mask.nii.gz", "--out", "out", *words, command=command
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("share" if command == "power" else "cluster")
    assert (folder / "out" / table).exists()


def test_misuse_is_exit_code_two(folder):
    done = asmr_stim(folder, "foci.txt", "--out", "out", "--rounding", "up")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (folder / "out").exists()


def test_two_files_for_a_contrast_are_answered_with_how_it_is_done(folder):
    done = asmr_stim(folder, "foci.txt", "more.txt", "--out", "out", command="contrast")
    assert done.returncode == 2
    told = " ".join(done.stderr.replace("│", " ").split())
    assert "one file with the experiments of all groups, and 'more.txt' is one more" in told
    assert "--experiments TABLE.tsv --by COLUMN" in told
    assert not (folder / "out").exists()
