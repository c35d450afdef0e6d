import csv
import io
import json
import subprocess

from builders import interpreter
from studies import HERE, a_stimulus, a_study, built, peaks, stated

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.data_package import PACKAGE_FILE, data_package
from asmr_stim.resources import catalogue_folder

ASK_FRICTIONLESS = """
import sys
from frictionless import validate
report = validate(sys.argv[1])
print(report.flatten(["type", "note"]))
sys.exit(0 if report.valid else 1)
"""


def table(files, name):
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode())))


def resource(files, name):
    package = json.loads(files[PACKAGE_FILE])
    return next(each for each in package["resources"] if each["name"] == name)


def test_what_is_not_known_stays_in_its_state_and_counts_as_missing():
    stimulus = a_stimulus(title="not reported", n_clips=stated(1))
    files = data_package([built(a_study(stimuli=[stimulus], contrasts=[]))])
    (row,) = table(files, "stimuli")
    assert (row["title"], row["creator"], row["n_clips"]) == ("not reported", "not extracted", "1")
    missing = resource(files, "stimuli")["schema"]["missingValues"]
    assert {"not reported", "not extracted"} <= set(missing)


def test_every_column_is_described_in_the_order_of_the_table():
    files = data_package([built(a_study(coordinates=[peaks([(1, 2, 3)])]))])
    for name in ("studies", "stimuli", "coordinates"):
        fields = resource(files, name)["schema"]["fields"]
        head = files[f"{name}.csv"].decode().splitlines()[0].split(",")
        assert [field["name"] for field in fields] == head
        assert all(field["description"] for field in fields)


def test_a_point_says_whether_it_may_enter_an_ale():
    seeds = {
        "id": "seeds",
        "label": "seeds",
        "provenance": HERE,
        "points": [{"x": 1.5, "y": 2, "z": 3, "kind": "connectivity_seed"}],
    }
    files = data_package([built(a_study(coordinates=[peaks([(1, 2, 3)]), seeds]))])
    rows = table(files, "coordinates")
    assert [row["eligible"] for row in rows] == ["true", "false"]
    assert [row["x"] for row in rows] == ["1", "1.5"]
    assert rows[0]["n"] == "20"
    assert rows[0]["reasons"] == "n/a"
    assert "connectivity seed" in rows[1]["reasons"]


def test_a_facet_that_a_stimulus_lacks_is_not_extracted():
    with_pace = a_stimulus(facets={"pace": stated("slow")})
    files = data_package([built(a_study(stimuli=[with_pace, a_stimulus("other")], contrasts=[]))])
    assert [row["pace"] for row in table(files, "stimuli")] == ["slow", "not extracted"]


def test_a_line_break_in_a_value_does_not_break_a_row():
    files = data_package([built(a_study(title=stated('one\ntwo, and "three"')))])
    assert table(files, "studies")[0]["title"] == 'one two, and "three"'


def test_the_tables_of_the_catalogue_refer_to_its_studies():
    files = data_package(load_catalogue(catalogue_folder()).studies)
    studies = {row["study"] for row in table(files, "studies")}
    assert {row["study"] for row in table(files, "stimuli")} <= studies
    assert {row["study"] for row in table(files, "coordinates")} <= studies


def test_frictionless_finds_no_fault_in_the_package_of_the_catalogue(tmp_path):
    python = interpreter("ASMR_STIM_FRICTIONLESS_PYTHON", "frictionless")
    for name, content in data_package(load_catalogue(catalogue_folder()).studies).items():
        (tmp_path / name).write_bytes(content)
    run = subprocess.run(
        [python, "-c", ASK_FRICTIONLESS, "datapackage.json"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr


def test_frictionless_finds_a_fault_that_was_put_in(tmp_path):
    python = interpreter("ASMR_STIM_FRICTIONLESS_PYTHON", "frictionless")
    for name, content in data_package([built(a_study())]).items():
        (tmp_path / name).write_bytes(content.replace(b"doe_2020,asmr_video", b"poe_1999,a"))
    run = subprocess.run(
        [python, "-c", ASK_FRICTIONLESS, "datapackage.json"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 1
    assert "foreign-key" in run.stdout
