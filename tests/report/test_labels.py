from pathlib import Path

import numpy as np

from asmr_stim.io.atlases import Atlas, AtlasFiles
from asmr_stim.moderator.ale.labels import LabelVolume
from asmr_stim.report.labels import atlas_sources, label_cells, label_columns


def an_atlas(column="label", package=None):
    """Return an atlas of one voxel at the origin."""
    files = AtlasFiles(column, Path("in/a.nii"), Path("in/a.tsv"), "MNI", package)
    labels = LabelVolume(np.ones((1, 1, 1), np.int32), np.eye(4), "MNI", {1: "middle"})
    return Atlas(files, labels)


def test_the_columns_are_there_without_an_atlas_and_empty():
    assert [column.name for column in label_columns(())] == ["label", "label_distance"]
    assert label_cells((0.0, 0.0, 0.0), ()) == (None, None)


def test_each_atlas_has_a_name_and_a_distance():
    atlases = (an_atlas(), an_atlas("brodmann", "atlases 1.0"))
    columns = label_columns(atlases)
    assert [column.name for column in columns] == [
        "label",
        "label_distance",
        "brodmann",
        "brodmann_distance",
    ]
    assert "within 5 mm (a.nii, atlases 1.0, MNI space)" in columns[2].description
    assert columns[3].unit == "mm"
    assert label_cells((2.5, 0.0, 0.0), atlases) == ("middle", 2.0, "middle", 2.0)


def test_a_peak_with_no_region_in_reach_has_no_label():
    assert label_cells((0.0, 0.0, 9.0), (an_atlas(),)) == (None, None)


def test_the_result_says_where_labels_come_from_and_in_which_space():
    assert atlas_sources([an_atlas().files]) == [
        {
            "column": "label",
            "image": "a.nii",
            "labels": "a.tsv",
            "package": None,
            "space": "MNI",
            "reach_mm": 5.0,
        }
    ]
