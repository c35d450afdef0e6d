import json

import pytest
from program import asmr_stim, asmr_stim_here
from studies import a_stimulus, a_study, stated, written

from asmr_stim.resources import catalogue_folder


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A catalogue of three studies: a misspelt trigger, two problems in one file, no YAML."""
    folder = tmp_path_factory.mktemp("catalogue")
    misspelt = [a_stimulus(sources=stated(["whisper", "taping"])), a_stimulus("control_video")]
    written(folder, a_study(stimuli=misspelt))
    written(folder, a_study(id="poe_2022", evidence_level="hearsay", yaer=2022))
    written(folder, a_study(id="roe_2021")).write_text("a: [1, 2\n", encoding="utf-8")
    return folder


def test_a_misspelt_trigger_is_told_where_it_stands(broken):
    path = broken / "studies" / "doe_2020.yaml"
    lines = path.read_text(encoding="utf-8").split("\n")
    (line,) = (number for number, text in enumerate(lines, 1) if "taping" in text)
    column = lines[line - 1].index("taping") + 1
    done = asmr_stim("validate", path)
    assert done.returncode == 1
    assert done.stdout.startswith(
        f"{path}:{line}:{column}: E012 'taping' is not a source term of the taxonomy; "
        "did you mean 'tapping'?\n"
    )
    _, shown, caret, count = done.stdout.rstrip("\n").split("\n")
    assert shown[caret.index("^") :] == "taping"
    assert count == "1 file checked, 1 problem in 1 of them"
    assert done.stderr == ""


def test_all_problems_of_all_files_come_at_once(broken):
    done = asmr_stim_here("validate", broken)
    assert done.returncode == 1
    told = [line.split(": ")[1][:4] for line in done.stdout.split("\n") if ".yaml:" in line]
    assert told == ["E012", "E003", "E002", "E010"]
    assert done.stdout.endswith("3 files checked, 4 problems in 3 of them\n")


def test_json_says_the_same_to_a_program(broken):
    done = asmr_stim_here("validate", broken, "--format", "json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["n_files"] == 3
    assert [each["code"] for each in told["problems"]] == ["E012", "E003", "E002", "E010"]
    assert all(each["line"] >= 1 and each["column"] >= 1 for each in told["problems"])


def test_github_is_told_one_command_a_problem(broken):
    done = asmr_stim_here("validate", broken, "--format", "github")
    lines = done.stdout.rstrip("\n").split("\n")
    assert done.returncode == 1
    assert len(lines) == 4
    assert all(line.startswith("::error file=") for line in lines)


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_right_catalogue_is_exit_code_zero(tmp_path, form):
    written(tmp_path, a_study())
    done = asmr_stim_here("validate", tmp_path, "--format", form)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_catalogue_that_comes_with_the_program_is_valid():
    done = asmr_stim_here("validate", catalogue_folder())
    assert done.returncode == 0
    assert done.stdout.endswith("files checked, no problems\n")


def test_what_was_found_is_found_again_and_what_was_mended_is_not(tmp_path):
    path = written(tmp_path, a_study(evidence_level="hearsay"))
    assert [asmr_stim_here("validate", tmp_path).returncode for _ in range(2)] == [1, 1]
    written(tmp_path, a_study())
    assert [asmr_stim_here("validate", tmp_path).returncode for _ in range(2)] == [0, 0]
    path.write_text(path.read_text(encoding="utf-8").replace("tapping", "taping"), encoding="utf-8")
    assert asmr_stim_here("validate", tmp_path).returncode == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "there is no file or folder nowhere; check the path"),
        (["."], "the folder . holds no .yaml file"),
        ([""], "the folder . holds no .yaml file"),
    ],
)
def test_a_path_with_nothing_in_it_is_one_sentence(tmp_path, words, said):
    done = asmr_stim_here("validate", *words, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"asmr-stim: {said}\n")


@pytest.mark.parametrize("words", [[], ["x", "--format", "xml"], ["x", "--what"]])
def test_misuse_is_exit_code_two(tmp_path, words):
    done = asmr_stim_here("validate", *words, folder=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"? " * 100_000, b"\x00", b"a: !!int ''", b"- - -", b"7"]
)
def test_no_file_brings_the_program_down(tmp_path, content):
    (tmp_path / "doe_2020.yaml").write_bytes(content)
    done = asmr_stim_here("validate", "doe_2020.yaml", folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("doe_2020.yaml:1:")
    assert done.stderr == ""


def test_a_terminal_without_the_letters_of_a_study_is_no_trouble(tmp_path):
    written(tmp_path, a_study(evidence_level="hörensagen"))
    done = asmr_stim("validate", tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "E003 'evidence_level' is 'h" in done.stdout
    assert done.stderr == ""
