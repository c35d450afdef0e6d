import json

import pytest
from ale_builders import ball_mask

from asmr_stim.errors import InputError
from asmr_stim.io.images import map_bytes
from asmr_stim.io.tables import read_table
from asmr_stim.moderator.ale.result import MonteCarlo
from asmr_stim.workflows.ale import AleRequest
from asmr_stim.workflows.ale_diagnostics import run_fail_safe_n, run_leave_one_out, run_power


@pytest.fixture
def inputs(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    foci = ["// Reference=MNI"]
    foci += [
        f"// e{number}\n// Subjects={15 + number}\n0 0 {4 * (number % 2)}\n" for number in range(6)
    ]
    (folder / "foci.txt").write_text("\n".join(foci))
    mask = ball_mask()
    (folder / "mask.nii.gz").write_bytes(map_bytes(mask.volume.astype(float), mask.affine))
    return folder


def a_request(inputs, **changes):
    values = {"foci": inputs / "foci.txt", "mask": inputs / "mask.nii.gz"} | changes
    return AleRequest(**values)


def test_leave_one_out_adds_a_row_for_each_cluster_and_experiment(inputs, tmp_path):
    run = run_leave_one_out(a_request(inputs), tmp_path / "out")
    rows = read_table(tmp_path / "out" / "leave_one_out.tsv").rows
    n_clusters = len(run.ale.groups[0].result.clusters)
    assert len(rows) == 6 * n_clusters
    told = json.loads((tmp_path / "out" / "result.json").read_text())
    assert told["analysis"] == "ale leave-one-out"
    assert told["rows"][0]["left_out"].startswith("e")
    assert (tmp_path / "out" / "clusters.tsv").exists()


def test_fail_safe_n_adds_a_row_for_each_significant_cluster(inputs, tmp_path):
    request = a_request(inputs, monte_carlo=MonteCarlo(99))
    run_fail_safe_n(request, tmp_path / "out", n_sets=2)
    (row,) = read_table(tmp_path / "out" / "fail_safe_n.tsv").rows
    assert (row["cluster"].text, row["limit"].text) == ("1", "60")
    assert int(row["least"].text) <= float(row["median"].text) <= int(row["most"].text)


def test_fail_safe_n_without_arrangements_is_refused(inputs, tmp_path):
    with pytest.raises(InputError, match="give --n-iterations"):
        run_fail_safe_n(a_request(inputs), tmp_path / "out", n_sets=2)


def test_power_adds_a_row_for_each_share(inputs, tmp_path):
    request = a_request(inputs, monte_carlo=MonteCarlo(99))
    run_power(request, tmp_path / "out", (0.2, 1.0), n_simulations=10)
    few, every = read_table(tmp_path / "out" / "power.tsv").rows
    assert (few["n_converging"].text, every["n_converging"].text) == ("1", "6")
    assert float(few["power"].text) <= float(every["power"].text)
