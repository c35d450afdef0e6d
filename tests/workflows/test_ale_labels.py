import hashlib
import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
from ale_builders import ball_mask

from asmr_stim.errors import InputError
from asmr_stim.io.atlases import given_atlas
from asmr_stim.io.images import map_bytes
from asmr_stim.io.tables import read_table
from asmr_stim.moderator.ale.contrast import ContrastSettings
from asmr_stim.moderator.ale.result import AleSettings, MonteCarlo
from asmr_stim.workflows.ale import AleRequest, run_ale
from asmr_stim.workflows.ale_contrast import ContrastRequest, run_contrast

SIDES = {"left": -20, "right": 20}
EXPERIMENTS = [(f"{side}{number}", side) for side in SIDES for number in range(4)]


def sides_atlas(folder, space="MNI"):
    """Return an atlas of the left and the right half, without what is before y = 4 mm."""
    mask = ball_mask()
    x, y, _ = np.moveaxis(mask.millimetres(np.argwhere(np.ones(mask.volume.shape))), -1, 0)
    numbers = np.where(y > 4, 0, np.where(x < 0, 1, 2)).reshape(mask.volume.shape)
    nibabel.save(nibabel.Nifti1Image(numbers.astype(np.uint8), mask.affine), folder / "a.nii.gz")
    (folder / "a.tsv").write_text("index\tname\n1\tleft half\n2\tright half\n")
    return given_atlas(folder / "a.nii.gz", folder / "a.tsv", space)


@pytest.fixture
def inputs(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    foci = [f"// {name}\n// Subjects=20\n{SIDES[side]} 0 0\n" for name, side in EXPERIMENTS]
    (folder / "foci.txt").write_text("\n".join(["// Reference=MNI", *foci]))
    table = ["experiment\tside", *(f"{name}\t{side}" for name, side in EXPERIMENTS)]
    (folder / "table.tsv").write_text("\n".join(table))
    mask = ball_mask()
    (folder / "mask.nii.gz").write_bytes(map_bytes(mask.volume.astype(float), mask.affine))
    return folder


def a_request(inputs, **changes):
    values = {"foci": inputs / "foci.txt", "mask": inputs / "mask.nii.gz"} | changes
    return AleRequest(**values)


def labels_of(path):
    rows = read_table(path).rows
    return [(row["peak_x"].text, row["label"].text, row["label_distance"].text) for row in rows]


def test_every_cluster_is_named_beside_its_peak(inputs, tmp_path):
    run_ale(a_request(inputs, atlas=sides_atlas(inputs)), tmp_path / "out")
    assert sorted(labels_of(tmp_path / "out" / "clusters.tsv")) == [
        ("-20.0", "left half", "0.0"),
        ("20.0", "right half", "0.0"),
    ]
    sidecar = json.loads((tmp_path / "out" / "clusters.json").read_text())
    assert sidecar["label"]["Description"].endswith("within 5 mm (a.nii.gz, MNI space)")
    assert sidecar["label_distance"]["Units"] == "mm"


def test_without_an_atlas_the_columns_stay_and_are_empty(inputs, tmp_path):
    run_ale(a_request(inputs), tmp_path / "out")
    labels = labels_of(tmp_path / "out" / "clusters.tsv")
    assert {label[1:] for label in labels} == {(None, None)}
    text = (tmp_path / "out" / "clusters.tsv").read_text().splitlines()
    assert text[0].split("\t")[3:8] == ["peak_x", "peak_y", "peak_z", "label", "label_distance"]
    assert text[1].split("\t")[6:8] == ["n/a", "n/a"]


def test_a_peak_too_far_from_every_region_has_no_label(inputs, tmp_path):
    moved = (inputs / "foci.txt").read_text().replace("0 0 0\n", "0 16 0\n")
    (inputs / "foci.txt").write_text(moved)
    run_ale(a_request(inputs, atlas=sides_atlas(inputs)), tmp_path / "out")
    labels = labels_of(tmp_path / "out" / "clusters.tsv")
    assert labels
    assert {label[1:] for label in labels} == {(None, None)}


def test_the_result_names_the_atlas_its_space_and_its_files(inputs, tmp_path):
    run_ale(a_request(inputs, atlas=sides_atlas(inputs, "Talairach")), tmp_path / "out")
    told = json.loads((tmp_path / "out" / "result.json").read_text())
    (source,) = told["options"]["atlas"]
    assert (source["image"], source["space"], source["reach_mm"]) == ("a.nii.gz", "Talairach", 5.0)
    digest = hashlib.sha256((inputs / "a.nii.gz").read_bytes()).hexdigest()
    assert told["inputs"]["label_atlas"] == {"file": "a.nii.gz", "sha256": digest}
    assert told["inputs"]["label_names"]["file"] == "a.tsv"
    assert {cluster["labels"]["label"] for cluster in told["clusters"]} == {
        "left half",
        "right half",
    }


def test_the_clusters_of_a_contrast_and_of_its_groups_are_named(inputs, tmp_path):
    request = a_request(
        inputs,
        experiments=inputs / "table.tsv",
        by="side",
        settings=AleSettings(cluster_p=0.05),
        atlas=sides_atlas(inputs),
    )
    settings = ContrastSettings(MonteCarlo(100), 0.05, forced=True)
    run_contrast(ContrastRequest(request, settings), tmp_path / "out")
    pair = tmp_path / "out" / "left_minus_right" / "clusters.tsv"
    named = {
        (row["larger_in"].text, row["label"].text, row["label_distance"].text)
        for row in read_table(pair).rows
    }
    assert {("left", "left half", "0.0"), ("right", "right half", "0.0")} <= named
    assert labels_of(tmp_path / "out" / "left" / "clusters.tsv")[0][1] == "left half"
    told = json.loads((tmp_path / "out" / "result.json").read_text())
    cluster = told["contrasts"][0]["clusters"][0]
    assert cluster["labels"]["label"] == f"{cluster['larger_in']} half"
    assert told["options"]["atlas"][0]["space"] == "MNI"


def test_an_atlas_that_cannot_be_used_stops_the_run_before_anything_is_written(inputs, tmp_path):
    atlas = sides_atlas(inputs)
    Path(atlas[0].labels).write_text("index\tname\n1\tleft half\n")
    with pytest.raises(InputError, match=r"a\.nii\.gz: 1 of the 2 numbers"):
        run_ale(a_request(inputs, atlas=atlas), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_methods_name_the_atlas_its_space_and_its_reach(inputs, tmp_path):
    run_ale(a_request(inputs, atlas=sides_atlas(inputs, "Talairach")), tmp_path / "out")
    text = (tmp_path / "out" / "methods.txt").read_text()
    assert "nearest region within 5 mm of an atlas: 'label' from a.nii.gz, Talairach space." in text
