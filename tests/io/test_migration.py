"""Older files become current ones; only what changes is touched, and comments stay."""

import sys
from copy import deepcopy

import pytest
from typer.testing import CliRunner

from asmr_stim.cli import schema as schema_command
from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io import migration
from asmr_stim.io.migration import migrations, write
from asmr_stim.io.round_trip import rewritten
from asmr_stim.io.yaml_files import read_yaml
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.migrations import CURRENT, STEPS, Step, carried_over

OLD = """\
# who looked, and when
schema_version: 1.0.0
id: doe_2020
people: 20  # counted twice
title: 'A study: of things'
samples:
  # the first group
  - {id: a, n: 12}
  - {id: b, n: 8} # the second
long: a title that somebody has wrapped
  by hand at this place
notes: [no, 12:30, 1_000, 2020-01-01]
"""
RENAMED = ("people: 20  #", "n_people: 20 #")  # only blanks before a comment may move


def rename_people(content):
    return {("n_people" if key == "people" else key): value for key, value in content.items()}


def count_in_samples(content):
    for sample in content["samples"]:
        sample["n_people"] = sample.pop("n")
    content["checked"] = True
    return content


TO_2 = Step("study", 1, "people are n_people", rename_people)
TO_3 = Step("study", 2, "the n of a sample is n_people", count_in_samples)


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "doe_2020.yaml"
    path.write_text(OLD, encoding="utf-8")
    return path


def test_a_step_leads_from_one_major_version_to_the_next():
    before = {"schema_version": "1.4.2", "people": 20}
    given = deepcopy(before)
    found = carried_over(before, "study", [TO_2], current=2)
    assert found.content == {"schema_version": "2.0.0", "n_people": 20}
    assert found.steps == (TO_2,)
    assert before == given


def test_steps_are_taken_one_after_another_whatever_their_order():
    before = {"schema_version": "1.0.0", "people": 20, "samples": [{"n": 12}]}
    found = carried_over(before, "study", [TO_3, TO_2], current=3)
    assert found.content == {
        "schema_version": "3.0.0", "n_people": 20, "samples": [{"n_people": 12}], "checked": True
    }  # fmt: skip
    assert [step.major for step in found.steps] == [1, 2]


def test_a_file_of_the_current_major_version_needs_no_step():
    content = {"schema_version": "1.7.0"}
    assert carried_over(content, "study").content == content


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"schema_version": "9.0.0"}, "schema_version 9.0.0, this program knows 1.x.x; upgrade"),
        ({}, "schema_version is 'None'; it must be a version such as 1.0.0"),
        ({"schema_version": 1.0}, "schema_version is '1.0'"),
        ({"schema_version": "1.0.x"}, "schema_version is '1.0.x'"),
    ],
)
def test_a_newer_form_or_none_is_refused(content, sentence):
    with pytest.raises(InputError, match=sentence):
        carried_over(content, "study")


def test_the_programs_own_steps_lead_to_the_current_form():
    for kind, current in CURRENT.items():
        majors = [step.major for step in STEPS if step.kind == kind]
        assert sorted(majors) == list(range(1, current))


def test_only_what_changes_is_touched_and_comments_stay(old):
    (change,) = migrations([old], [TO_2], current=2).changes
    assert change.after == OLD.replace("1.0.0", "2.0.0").replace(*RENAMED)
    assert change.says == ("people are n_people",)
    assert old.read_text(encoding="utf-8") == OLD


def test_members_of_a_list_change_in_their_place(old):
    (change,) = migrations([old], [TO_2, TO_3], current=3).changes
    expected = (
        OLD.replace("1.0.0", "3.0.0")
        .replace(*RENAMED)
        .replace("n: 12", "n_people: 12")
        .replace("n: 8", "n_people: 8")
    )
    assert change.after == expected + "checked: true\n"


def test_the_diff_shows_the_lines_that_change(old):
    (change,) = migrations([old], [TO_2], current=2).changes
    lines = change.diff.split("\n")
    assert [line for line in lines if line.startswith(("-", "+"))][2:] == [
        "-schema_version: 1.0.0",
        "+schema_version: 2.0.0",
        "-people: 20  # counted twice",
        "+n_people: 20 # counted twice",
    ]


def test_a_second_run_has_nothing_to_do(old):
    write(migrations([old], [TO_2], current=2).changes)
    assert read_yaml(old)["n_people"] == 20
    assert migrations([old], [TO_2], current=2).changes == ()


def test_nothing_is_changed_if_one_file_is_refused(old, tmp_path):
    (tmp_path / "roe_2021.yaml").write_text("schema_version: 7.0.0\n")
    (tmp_path / "zoe_2022.yaml").write_text("[1, 2")
    with pytest.raises(InputError, match="nothing was carried over") as caught:
        migrations([tmp_path], [TO_2], current=2)
    assert "roe_2021.yaml: the file has schema_version 7.0.0" in str(caught.value)
    assert "zoe_2022.yaml:1:" in str(caught.value)


def test_a_change_that_would_be_written_wrongly_is_refused(old, monkeypatch):
    monkeypatch.setattr(migration, "rewritten", lambda text, *_: text)
    with pytest.raises(InputError, match="cannot be carried over without a loss"):
        migrations([old], [TO_2], current=2)


def test_without_ruamel_one_sentence_says_what_to_install(old, monkeypatch):
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    assert migrations([old]).changes == ()
    with pytest.raises(MissingInputError, match=r"pip install 'asmr-stim\[edit\]'"):
        migrations([old], [TO_2], current=2)


@pytest.mark.parametrize(
    "path", sorted((catalogue_folder() / "studies").glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_study_keeps_its_lines_when_one_key_changes(path):
    text, content = path.read_text(encoding="utf-8"), read_yaml(path)
    new = {("rating" if key == "evidence_level" else key): value for key, value in content.items()}
    expected = text.replace("\nevidence_level:", "\nrating:")
    assert rewritten(text, content, new) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([1, 2, 3], [1, 3]),
        ([1, 2, 3], [0, 1, 2, 3, 4]),
        ([{"a": 1}, {"b": 2}], [{"b": 2}, {"a": 1}]),
        ([], [1]),
        ([1], []),
        ({"a": 1, "b": 2}, {"b": 2}),
        ({"a": 1}, {"z": 0, "a": 1, "c": {"d": [1]}}),
        ({"a": {"b": 1}}, {"a": [1]}),
        ({"a": "x"}, {"a": None}),
    ],
)
def test_any_change_of_content_is_written(before, after, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(rewritten(f"top: {before}\nend: 1\n", {"top": before, "end": 1},
                              {"top": after, "end": 1}))  # fmt: skip
    assert read_yaml(path) == {"top": after, "end": 1}


def test_the_command_shows_first_and_writes_when_asked(old, monkeypatch):
    monkeypatch.setattr(
        schema_command, "migrations", lambda paths: migrations(paths, [TO_2], current=2)
    )
    runner = CliRunner()
    shown = runner.invoke(schema_command.app, ["migrate", str(old)])
    assert shown.exit_code == 0
    assert "+n_people: 20 # counted twice" in shown.stdout
    assert "1 file, 1 to carry over; add --write to do it" in shown.stderr
    assert old.read_text(encoding="utf-8") == OLD
    done = runner.invoke(schema_command.app, ["migrate", str(old), "--write"])
    assert "1 file, 1 carried over" in done.stderr
    assert read_yaml(old)["n_people"] == 20
    again = runner.invoke(schema_command.app, ["migrate", str(old)])
    assert (again.stdout, again.exit_code) == ("", 0)
    assert "1 file, all in the current form" in again.stderr


def test_the_catalogue_is_in_the_current_form():
    found = migrations([catalogue_folder()])
    assert (found.changes, found.n_files) == ((), 44)
