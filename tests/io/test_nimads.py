import json
import subprocess

import numpy as np
import pytest
from builders import interpreter
from hypothesis import given
from hypothesis import strategies as st
from studies import HERE, a_contrast, a_study, built, peaks, stated

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.foci import load_example
from asmr_stim.io.nimads import (
    ForeignPoint,
    read_studyset,
    studyset_of_foci,
    studyset_of_studies,
)
from asmr_stim.io.tables import json_bytes
from asmr_stim.moderator.ale.spaces import to_mni_mm

ASK_NIMARE = """
import json, sys
from nimare.studyset import Studyset
studyset = Studyset(sys.argv[1])
foci = studyset.coordinates
sizes = dict(zip(studyset.ids.tolist(), studyset.sample_sizes().tolist()))
rows = foci[["id", "x", "y", "z"]].values.tolist()
labels = {
    analysis.full_id: analysis.labels
    for study in studyset.studies
    for analysis in study.analyses
}
print(json.dumps({"rows": rows, "sizes": sizes, "labels": labels}, default=str))
"""


def asked(document, tmp_path):
    """Return what NiMARE's Studyset holds of a document."""
    path = tmp_path / "studyset.json"
    path.write_bytes(json_bytes(document))
    python = interpreter("ASMR_STIM_NIMARE_PYTHON", "NiMARE 0.22")
    run = subprocess.run(
        [python, "-c", ASK_NIMARE, path], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_nimare_loads_the_same_foci_of_the_example(tmp_path):
    example = load_example("semantic_cognition_children")
    found = asked(studyset_of_foci(example, "children"), tmp_path)
    ours = {(f"{each.name}-1", *focus) for each in example.experiments for focus in each.foci}
    assert {tuple(row) for row in found["rows"]} == ours
    assert len(found["rows"]) == 463
    assert found["sizes"] == {f"{each.name}-1": each.n for each in example.experiments}


def test_nimare_reads_which_analyses_may_enter_an_ale(tmp_path):
    found = asked(studyset_of_studies([study_with_seeds_and_peaks()]), tmp_path)
    labels = {name: note["eligible"] for name, note in found["labels"].items()}
    assert labels == {"doe_2020-doe_2020.table_1": True, "doe_2020-doe_2020.seeds": False}
    assert found["sizes"]["doe_2020-doe_2020.table_1"] == 20
    assert ["doe_2020-doe_2020.table_1", -4.0, 5.5, 6.0] in found["rows"]


def test_nimare_knows_that_points_are_in_talairach_space(tmp_path):
    found = asked(studyset_of_studies([study_with_seeds_and_peaks()]), tmp_path)
    (seed,) = [row[1:] for row in found["rows"] if row[0] == "doe_2020-doe_2020.seeds"]
    assert seed == pytest.approx(to_mni_mm(np.array([[1.0, 2.0, 3.0]]))[0], abs=0.01)


def study_with_seeds_and_peaks():
    seeds = {
        "id": "seeds",
        "label": "seeds",
        "space": stated("Talairach"),
        "provenance": HERE,
        "points": [{"x": 1, "y": 2, "z": 3, "kind": "connectivity_seed", "label": "PCC"}],
    }
    empty = {"id": "empty", "label": "nothing yet", "provenance": HERE, "points": []}
    return built(a_study(coordinates=[peaks([(-4, 5.5, 6)]), seeds, empty]))


def test_an_analysis_without_points_is_left_out():
    document = studyset_of_studies([study_with_seeds_and_peaks()])
    names = [analysis["id"] for analysis in document["studies"][0]["analyses"]]
    assert names == ["doe_2020.table_1", "doe_2020.seeds"]


def test_a_study_without_points_is_left_out():
    assert studyset_of_studies([built(a_study())])["studies"] == []


def test_every_analysis_says_why_it_may_not_enter():
    (annotation,) = studyset_of_studies([study_with_seeds_and_peaks()])["annotations"]
    notes = {note["analysis"]: note["note"] for note in annotation["notes"]}
    assert notes["doe_2020.table_1"]["eligible"]
    assert not notes["doe_2020.table_1"]["reasons"]
    assert "connectivity seed" in notes["doe_2020.seeds"]["reasons"]
    assert set(annotation["note_keys"]) == set(notes["doe_2020.seeds"])


def test_seeds_and_deactivations_are_marked_at_every_point():
    study = built(a_study(coordinates=[peaks([(1, 2, 3)], direction="decrease")]))
    (analysis,) = studyset_of_studies([study])["studies"][0]["analyses"]
    (point,) = analysis["points"]
    assert point["deactivation"]
    assert not point["is_seed"]


def test_the_sides_of_a_contrast_are_conditions_with_opposite_weights():
    study = built(a_study(coordinates=[peaks([(1, 2, 3)])]))
    (analysis,) = studyset_of_studies([study])["studies"][0]["analyses"]
    assert [each["name"] for each in analysis["conditions"]] == ["ASMR video", "control video"]
    assert analysis["weights"] == [1.0, -1.0]


def test_a_contrast_with_one_side_has_one_condition():
    contrast = a_contrast()
    del contrast["second"]
    study = built(a_study(contrasts=[contrast], coordinates=[peaks([(1, 2, 3)])]))
    (analysis,) = studyset_of_studies([study])["studies"][0]["analyses"]
    assert analysis["weights"] == [1.0]


def test_a_studyset_is_read_back_point_for_point(tmp_path):
    example = load_example("semantic_cognition_children")
    path = tmp_path / "studyset.json"
    path.write_bytes(json_bytes(studyset_of_foci(example, "children")))
    read = [
        (study.name, [tuple(point.coordinates) for point in study.analyses[0].points])
        for study in read_studyset(path)
    ]
    assert read == [(each.name, list(each.foci)) for each in example.experiments]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"studyset.json:1:2: this is no JSON"),
        ("[" * 100_000, "nested too deeply|no JSON"),
        ("[]", "no NIMADS studyset: 'the top' is"),
        ("{}", "'studies' is missing"),
        ('{"studies": {}}', "'studies' is {}"),
        (
            '{"studies": [{"analyses": [{"points": [{"coordinates": [1, 2]}]}]}]}',
            r"'studies.0.analyses.0.points.0.coordinates' is \[1, 2\]",
        ),
        (
            '{"studies": [{"analyses": [{"points": [{"coordinates": [1, 2, "3"]}]}]}]}',
            r"points.0.coordinates.2' is \"3\"",
        ),
        (
            '{"studies": [{"analyses": [{"points": [{"coordinates": [1, 2, NaN]}]}]}]}',
            "coordinates.2",
        ),
    ],
)
def test_a_file_that_is_no_studyset_is_one_sentence(tmp_path, content, message):
    path = tmp_path / "studyset.json"
    path.write_text(content)
    with pytest.raises(InputError, match=message) as caught:
        read_studyset(path)
    assert "\n" not in str(caught.value)


def test_a_studyset_that_is_not_there_is_said(tmp_path):
    with pytest.raises(MissingInputError, match="no such file"):
        read_studyset(tmp_path / "studyset.json")


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=3))
def test_unknown_keys_of_a_foreign_point_are_passed_over(coordinates):
    point = ForeignPoint.model_validate({"coordinates": coordinates, "user": None, "entities": []})
    assert point.coordinates == coordinates
