import json

import pytest
from studies import a_stimulus, a_study, peaks, stated, written

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.foci import load_example, read_foci
from asmr_stim.resources import examples_folder
from asmr_stim.workflows.exchange import Form, export_catalogue, export_foci

EXAMPLE = examples_folder() / "semantic_cognition_children"


@pytest.fixture
def catalogue(tmp_path):
    folder = tmp_path / "catalogue"
    written(folder, a_study(coordinates=[peaks([(1, 2, 3), (-4.5, 5, 6)])]))
    other = a_study(
        id="roe_2021",
        stimuli=[a_stimulus(), a_stimulus("control_video")],
        samples=[{"id": "others", "label": "others", "n": stated(12)}],
        coordinates=[peaks([(7, 8, 9)], direction="decrease")],
    )
    other["contrasts"][0]["sample"] = "others"
    written(folder, other)
    return folder


def test_peaks_of_one_kind_share_a_sleuth_file_that_is_read_back(catalogue, tmp_path):
    export = export_catalogue(catalogue, [Form.SLEUTH], tmp_path / "out")
    folder = export.folder / "sleuth"
    name = "stimulus_vs_control_increase_mni"
    foci = read_foci(folder / f"{name}.txt", folder / f"{name}_experiments.tsv")
    (experiment,) = foci.experiments
    assert experiment.name == "doe_2020.table_1"
    assert experiment.foci == ((1.0, 2.0, 3.0), (-4.5, 5.0, 6.0))
    assert (experiment.n, experiment.sample_id) == (20, "adults")
    assert (folder / "stimulus_vs_control_decrease_mni.txt").exists()


def test_a_catalogue_without_peaks_writes_no_sleuth_text(tmp_path):
    written(tmp_path / "catalogue", a_study())
    with pytest.raises(InputError, match="no study of the catalogue has whole-brain activation"):
        export_catalogue(tmp_path / "catalogue", [Form.SLEUTH], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_catalogue_with_a_problem_is_not_exported(tmp_path):
    written(tmp_path / "catalogue", a_study(evidence_level="hearsay"))
    with pytest.raises(InputError, match="has problems"):
        export_catalogue(tmp_path / "catalogue", [Form.NIMADS], tmp_path / "out")


def test_the_example_is_the_same_after_sleuth_text(tmp_path):
    export = export_foci(
        EXAMPLE / "foci.tsv", EXAMPLE / "experiments.tsv", [Form.SLEUTH], tmp_path / "out"
    )
    folder = export.folder / "sleuth"
    again = read_foci(folder / "foci.txt", folder / "foci_experiments.tsv")
    assert again == load_example("semantic_cognition_children")


def test_the_forms_asked_for_and_the_result_stand_in_one_folder(catalogue, tmp_path):
    forms = [Form.NIMADS, Form.SLEUTH, Form.CSV]
    export = export_catalogue(catalogue, forms, tmp_path / "out")
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["analysis"] == "export"
    assert set(result["inputs"]) == {"doe_2020", "roe_2021"}
    assert result["files"] == [str(path) for path in export.files]
    assert {path.parts[0] for path in export.files} == {"studyset.json", "sleuth", "csv"}


def test_an_earlier_export_is_replaced_whole(catalogue, tmp_path):
    export_catalogue(catalogue, [Form.CSV], tmp_path / "out")
    export_catalogue(catalogue, [Form.NIMADS], tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["result.json", "studyset.json"]


def test_a_folder_of_somebody_else_is_left_alone(catalogue, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("years of work")
    with pytest.raises(OutputError, match="no earlier result"):
        export_catalogue(catalogue, [Form.CSV], tmp_path / "out")


def test_foci_alone_are_no_catalogue_tables(tmp_path):
    with pytest.raises(InputError, match="not as csv"):
        export_foci(EXAMPLE / "foci.tsv", None, [Form.CSV], tmp_path / "out")
