import json

import nibabel
import numpy as np
import pytest
from ale_builders import ball_mask

from asmr_stim.errors import InputError
from asmr_stim.io.images import map_bytes
from asmr_stim.io.tables import read_table
from asmr_stim.moderator.ale.contrast_result import ContrastSettings
from asmr_stim.moderator.ale.result import MonteCarlo
from asmr_stim.workflows.ale import AleRequest
from asmr_stim.workflows.ale_contrast import ContrastRequest, run_contrast

PLACES = {"left": "-20 0 0", "right": "20 0 0", "front": "0 20 0"}
SETTINGS = ContrastSettings(MonteCarlo(200), cluster_p=0.01, forced=True)


@pytest.fixture
def inputs(tmp_path):
    """Write six experiments on each of three places."""
    folder = tmp_path / "in"
    folder.mkdir()
    foci, table = ["// Reference=MNI"], ["experiment\tn\tsample_id\tplace"]
    for place, focus in PLACES.items():
        for number in range(6):
            foci.append(f"// {place}{number}\n{focus}\n")
            sample = "shared" if number == 0 and place != "front" else "n/a"
            table.append(f"{place}{number}\t{15 + number}\t{sample}\t{place}")
    (folder / "foci.txt").write_text("\n".join(foci))
    (folder / "experiments.tsv").write_text("\n".join(table) + "\n")
    mask = ball_mask()
    (folder / "mask.nii.gz").write_bytes(map_bytes(mask.volume.astype(float), mask.affine))
    return folder


def a_request(inputs, settings=SETTINGS, **changes):
    values = {
        "foci": inputs / "foci.txt",
        "experiments": inputs / "experiments.tsv",
        "mask": inputs / "mask.nii.gz",
        "by": "place",
    }
    return ContrastRequest(AleRequest(**(values | changes)), settings)


def test_every_pair_gets_a_folder_beside_those_of_the_groups(inputs, tmp_path):
    run_contrast(a_request(inputs), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir() if path.is_dir()} == {
        "front",
        "left",
        "right",
        "front_minus_left",
        "front_minus_right",
        "left_minus_right",
    }
    pair = tmp_path / "out" / "left_minus_right"
    difference = np.asarray(nibabel.load(pair / "difference.nii.gz").dataobj)
    one = np.asarray(nibabel.load(tmp_path / "out" / "left" / "ale.nii.gz").dataobj)
    two = np.asarray(nibabel.load(tmp_path / "out" / "right" / "ale.nii.gz").dataobj)
    assert np.abs(difference - (one - two)).max() < 1e-7


def test_family_wise_p_is_also_given_for_all_pairs_together(inputs, tmp_path):
    run_contrast(a_request(inputs), tmp_path / "out")
    pair = tmp_path / "out" / "left_minus_right"
    rows = read_table(pair / "clusters.tsv").rows
    assert {row["larger_in"].text for row in rows} == {"left", "right"}
    for row in rows:
        p, of_all = float(row["p_fwe"].text), float(row["p_fwe_all_pairs"].text)
        assert of_all == min(1.0, 3 * p)


def test_the_result_tells_groups_pairs_and_settings(inputs, tmp_path):
    run_contrast(a_request(inputs, groups=("right", "left")), tmp_path / "out")
    told = json.loads((tmp_path / "out" / "result.json").read_text())
    assert told["analysis"] == "ale contrast"
    assert told["options"]["contrast"]["cluster_p"] == 0.01
    assert [group["group"] for group in told["groups"]] == ["right", "left"]
    (pair,) = told["contrasts"]
    assert (pair["first"], pair["second"], pair["n_pairs"]) == ("right", "left", 1)
    assert pair["n_enumerated"] == pair["n_tested"]
    assert any("fewer than 17" in text for text in pair["warnings"])


def test_a_sample_in_both_groups_is_named(inputs, tmp_path):
    run = run_contrast(a_request(inputs), tmp_path / "out")
    shared = {(p.first, p.second): any("shared" in w for w in p.warnings) for p in run.pairs}
    assert shared == {
        ("front", "left"): False,
        ("front", "right"): False,
        ("left", "right"): True,
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"by": None}, "needs a group column; give --by"),
        ({"groups": ("left",)}, "fewer than two groups of 'place'"),
        ({"settings": ContrastSettings()}, r"front against left: .* \(--force\)"),
    ],
)
def test_what_cannot_be_compared_is_refused_and_nothing_written(inputs, tmp_path, changes, message):
    with pytest.raises(InputError, match=message):
        run_contrast(a_request(inputs, **changes), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
