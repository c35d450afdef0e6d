import json
import os
import re

import pytest

from asmr_stim.report.problems import problems_as_github, problems_as_json, problems_as_text
from asmr_stim.schema.problems import Problem


def a_problem(file="doe_2020.yaml", line=2, column=4, message="it is wrong"):
    return Problem(code="E012", file=str(file), line=line, column=column, message=message)


def test_a_problem_is_file_line_column_code_and_message():
    assert str(a_problem()) == "doe_2020.yaml:2:4: E012 it is wrong"


def test_the_line_stands_below_with_a_caret_at_the_column(tmp_path):
    path = tmp_path / "doe_2020.yaml"
    path.write_text("a: 1\nb: taping\n", encoding="utf-8")
    lines = problems_as_text([a_problem(path)], 1).split("\n")
    assert lines[1:] == ["    b: taping", "       ^", "1 file checked, 1 problem in 1 of them"]


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b""])
def test_the_caret_is_right_in_a_long_line_with_letters_of_all_kinds(tmp_path, mark):
    path = tmp_path / "doe_2020.yaml"
    path.write_bytes(mark + ("ü" * 300 + "taping" + "x" * 300).encode())
    _, shown, caret, _ = problems_as_text([a_problem(path, 1, 301)], 1).split("\n")
    assert len(shown) <= 104
    assert shown[caret.index("^") :].startswith("taping")


def test_a_line_of_a_file_cannot_steer_the_terminal(tmp_path):
    path = tmp_path / "doe_2020.yaml"
    path.write_text("\x1b[2Ja: 1\tb\n", encoding="utf-8")
    assert "\x1b" not in problems_as_text([a_problem(path, 1, 1)], 1)


def test_a_file_that_cannot_be_shown_is_only_named(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "short.yaml").write_text("", encoding="utf-8")
    (tmp_path / "latin.yaml").write_bytes(b"\xfc\n\xfc\n")
    (tmp_path / "huge.yaml").write_bytes(b"\n" * (2**20 + 1))
    names = ["pipe", "short", "latin", "huge", "none"]
    problems = [a_problem(tmp_path / f"{name}.yaml") for name in names]
    assert problems_as_text(problems, 5).split("\n")[:-1] == [str(each) for each in problems]


@pytest.mark.parametrize(
    ("n_files", "said"), [(0, "0 files"), (1, "1 file checked"), (3, "3 files checked")]
)
def test_nothing_wrong_is_said_too(n_files, said):
    text = problems_as_text([], n_files)
    assert text.startswith(said)
    assert text.endswith("no problems")


def test_json_holds_what_the_text_says():
    told = json.loads(problems_as_json([a_problem(message="'ü' \"quoted\"\n")], 7))
    assert told["n_files"] == 7
    (problem,) = told["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == ("doe_2020.yaml", 2, 4)
    assert (problem["code"], problem["severity"]) == ("E012", "error")


def test_a_workflow_command_of_github_keeps_its_parts_apart():
    odd = a_problem(file="a,b: 100%.yaml", message="50% of\nit::is wrong")
    command = problems_as_github([odd], 1)
    name, properties, message = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", command).groups()
    assert name == "error"
    parts = dict(part.split("=") for part in properties.split(","))
    assert parts == {"file": "a%2Cb%3A 100%25.yaml", "line": "2", "col": "4", "title": "E012"}
    assert message == "50%25 of%0Ait::is wrong"
