import json

import nibabel
import numpy as np
import pytest
from ale_builders import ball_mask

from asmr_stim.errors import InputError, OutputError, UnreadableFileError
from asmr_stim.io.images import map_bytes
from asmr_stim.io.tables import read_table
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.result import AleResult, AleSettings, MonteCarlo, NotEstimable
from asmr_stim.workflows import ale, ale_output
from asmr_stim.workflows.ale import AleRequest, run_ale

FOCI = "// Reference=MNI\n" + "\n".join(
    f"// {name}\n// Subjects={n}\n{foci}\n"
    for name, n, foci in [
        ("a", 20, "0 0 0\n20 0 0"),
        ("b", 15, "2 0 0"),
        ("c", 30, "0 2 0"),
        ("d", 12, "-20 4 4"),
        ("e", 12, "-20 4 6\n90 0 0"),
        ("f", 12, "9 9 9"),
    ]
)
TABLE = (
    "experiment\tsample_id\ttrigger\na\tn/a\ttapping\nb\tn/a\ttapping\nc\tn/a\ttapping\n"
    "d\ts1\tvoice\ne\ts1\tvoice\nf\tn/a\tn/a\n"
)


@pytest.fixture
def inputs(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "foci.txt").write_text(FOCI)
    (folder / "experiments.tsv").write_text(TABLE)
    mask = ball_mask()
    (folder / "mask.nii.gz").write_bytes(map_bytes(mask.volume.astype(float), mask.affine))
    return folder


def a_request(inputs, **changes):
    values = {"foci": inputs / "foci.txt", "mask": inputs / "mask.nii.gz"} | changes
    return AleRequest(**values)


def test_one_ale_writes_maps_tables_and_a_result(inputs, tmp_path):
    out = tmp_path / "new" / "out"
    run = run_ale(a_request(inputs), out)
    (group,) = run.groups
    assert sorted(path.name for path in out.iterdir()) == [
        "ale.nii.gz",
        "clusters.json",
        "clusters.tsv",
        "experiments.json",
        "experiments.tsv",
        "methods.txt",
        "p.nii.gz",
        "result.json",
        "z.nii.gz",
    ]
    again = estimate(group.foci, ball_mask())
    for name, outside in (("ale", 0.0), ("p", 1.0), ("z", 0.0)):
        volume = np.asarray(nibabel.load(out / f"{name}.nii.gz").dataobj)
        expected = ball_mask().filled(getattr(again, name), outside)
        assert np.array_equal(volume, expected.astype(np.float32))
    assert list(out.parent.iterdir()) == [out]


def test_the_result_names_inputs_options_versions_and_numbers(inputs, tmp_path):
    run_ale(a_request(inputs, settings=AleSettings(cluster_p=0.01)), tmp_path / "out")
    told = json.loads((tmp_path / "out" / "result.json").read_text())
    assert told["program"] == "asmr_stim"
    assert set(told["inputs"]) == {"foci", "mask"}
    assert all(len(one["sha256"]) == 64 for one in told["inputs"].values())
    assert told["options"]["cluster_p"] == 0.01
    assert {"numba", "numpy", "scipy", "nibabel"} <= told["packages"].keys()
    assert told["corrected"] is False
    assert told["counts"]["n_experiments"] == 6
    assert told["counts"]["n_outside_mask"] == 1
    assert told["clusters"][0]["contributions"][0].keys() == {"experiment", "share"}
    assert any("not corrected" in warning for warning in told["warnings"])


def test_the_sidecar_of_the_clusters_says_that_they_are_uncorrected(inputs, tmp_path):
    run_ale(a_request(inputs), tmp_path / "out")
    sidecar = json.loads((tmp_path / "out" / "clusters.json").read_text())
    assert "not corrected for the number of places" in sidecar["Description"]
    assert sidecar["volume"]["Units"] == "mm3"
    table = read_table(tmp_path / "out" / "clusters.tsv")
    assert set(table.columns) == sidecar.keys() - {"Description"}


def test_a_correction_adds_a_map_columns_and_numbers(inputs, tmp_path):
    run_ale(a_request(inputs, monte_carlo=MonteCarlo(200, seed=7)), tmp_path / "out")
    told = json.loads((tmp_path / "out" / "result.json").read_text())
    assert told["corrected"] is True
    assert told["options"]["monte_carlo"] == {
        "n_iterations": 200,
        "seed": 7,
        "alpha": 0.05,
        "stop_at_error": None,
    }
    assert set(told["familywise"]["critical"]) == {"ale", "size", "mass"}
    assert len(told["familywise"]["clusters"]) == len(told["clusters"])
    p = np.asarray(nibabel.load(tmp_path / "out" / "p_fwe.nii.gz").dataobj)
    assert p.min() >= np.float32(1 / 201)
    assert p.max() == 1.0
    table = read_table(tmp_path / "out" / "clusters.tsv")
    assert {"p_fwe_size", "p_fwe_mass", "p_fwe_peak"} <= set(table.columns)
    sidecar = json.loads((tmp_path / "out" / "clusters.json").read_text())
    assert "200 random arrangements" in sidecar["Description"]


def test_groups_get_a_folder_each_and_the_rest_is_listed_with_its_reason(inputs, tmp_path):
    request = a_request(inputs, experiments=inputs / "experiments.tsv", by="trigger")
    run = run_ale(request, tmp_path / "out")
    assert [group.name for group in run.groups] == ["tapping", "voice"]
    assert isinstance(run.groups[0].result, AleResult)
    assert isinstance(run.groups[1].result, NotEstimable)
    assert (tmp_path / "out" / "tapping" / "ale.nii.gz").exists()
    assert {path.name for path in (tmp_path / "out" / "voice").iterdir()} == {
        "methods.txt",
        "result.json",
    }
    told = json.loads((tmp_path / "out" / "result.json").read_text())
    assert [group["estimable"] for group in told["groups"]] == [True, False]
    assert told["groups"][1]["n_needed"] == 1
    assert told["left_out"] == [{"experiment": "f", "reason": "no value in the column 'trigger'"}]
    rows = read_table(tmp_path / "out" / "experiments.tsv").rows
    listed = {row["experiment"].text: (row["group"].text, row["entered"].text) for row in rows}
    assert listed == dict.fromkeys("abc", ("tapping", "true")) | {
        "d": ("voice", "false"),
        "e": ("voice", "false"),
        "f": (None, "false"),
    }


def test_merged_experiments_are_noted(inputs, tmp_path):
    run_ale(a_request(inputs, experiments=inputs / "experiments.tsv"), tmp_path / "out")
    rows = read_table(tmp_path / "out" / "experiments.tsv").rows
    notes = {row["experiment"].text: row["note"].text for row in rows}
    assert (notes["a"], notes["d"]) == (None, "merged with e")


def test_an_earlier_result_is_replaced_whole(inputs, tmp_path):
    out = tmp_path / "out"
    request = a_request(inputs, experiments=inputs / "experiments.tsv", by="trigger")
    run_ale(request, out)
    run_ale(a_request(inputs), out)
    assert not (out / "tapping").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_a_folder_with_something_else_in_it_is_refused_and_stays(inputs, tmp_path):
    out = tmp_path / "thesis"
    out.mkdir()
    (out / "chapter.txt").write_text("years of work")
    with pytest.raises(OutputError, match="no earlier result"):
        run_ale(a_request(inputs), out)
    assert [path.name for path in out.iterdir()] == ["chapter.txt"]


def test_the_same_input_gives_the_same_bytes(inputs, tmp_path):
    for name in ("one", "two"):
        run_ale(a_request(inputs), tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_failure_in_the_middle_leaves_nothing(inputs, tmp_path, monkeypatch):
    def fails(*_):
        raise OutputError("disk full")

    monkeypatch.setattr(ale_output, "clusters_table", fails)
    with pytest.raises(OutputError, match="disk full"):
        run_ale(a_request(inputs), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"groups": ("voice",)}, InputError, "without the column"),
        ({"by": "colour"}, InputError, "no experiment has a value in the column 'colour'"),
        ({"by": "trigger", "groups": ("soap",)}, InputError, "no value 'soap'; it has: tapping"),
        ({"by": "trigger", "groups": ("voice",)}, InputError, "voice is not estimable: 1"),
        ({"mask": "experiments.tsv"}, UnreadableFileError, "cannot be read as NIfTI"),
        ({"space": "Talairach"}, InputError, "the file says MNI"),
    ],
)
def test_bad_requests_are_refused_and_nothing_is_written(inputs, tmp_path, changes, error, message):
    changes = {"experiments": inputs / "experiments.tsv"} | changes
    if "mask" in changes:
        changes["mask"] = inputs / changes["mask"]
    with pytest.raises(error, match=message):
        run_ale(a_request(inputs, **changes), tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_groups_whose_folders_would_be_one_are_refused_before_any_estimate(
    inputs, tmp_path, monkeypatch
):
    monkeypatch.setattr(ale, "estimate", lambda *_: pytest.fail("something was computed"))
    table = "experiment\tt\na\tx y\nb\tx y\nc\tx/y\nd\tx/y\ne\tz\nf\tz\n"
    (inputs / "experiments.tsv").write_text(table)
    request = a_request(inputs, experiments=inputs / "experiments.tsv", by="t")
    with pytest.raises(InputError, match="'x y' and 'x/y' would share the folder 'x_y'; rename"):
        run_ale(request, tmp_path / "out")


def test_methods_say_that_overlap_could_not_be_checked_where_no_sample_is_known(inputs, tmp_path):
    run_ale(a_request(inputs), tmp_path / "out")
    text = (tmp_path / "out" / "methods.txt").read_text()
    assert "Overlap of samples could not be checked: no experiment had a sample id." in text
    assert "shared it" not in text


def test_methods_say_how_many_clusters_each_corrected_criterion_leaves(inputs, tmp_path):
    run = run_ale(a_request(inputs, monte_carlo=MonteCarlo(100)), tmp_path / "out")
    clusters = run.groups[0].result.familywise.clusters
    by_size = sum(p.size <= 0.05 for p in clusters)
    text = (tmp_path / "out" / "methods.txt").read_text()
    told = "clusters these survive at a family-wise p of at most 0.05"
    assert f"Of {len(clusters)} {told}: {by_size} by their size" in text


def test_methods_say_the_number_of_experiments_in_the_words_of_the_warnings(inputs, tmp_path):
    run = run_ale(a_request(inputs), tmp_path / "out")
    warning = run.groups[0].result.warnings[0]
    assert "at least 20 are advised" in warning
    assert warning in (tmp_path / "out" / "methods.txt").read_text()
