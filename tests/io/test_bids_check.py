import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.io.bids_check import check_stimuli, load_rules
from asmr_stim.schema.bids_rules import FieldRule, is_of_form

HEAD = "stimulus_id\ttype\tlicense\tcopyright\tdescription\tpresent\n"
ROW = "stim-tone01\taudio\tCC-BY-4.0\tLab 2023\tA tone\ttrue\n"
RIGHT = {
    "stimuli.tsv": HEAD + ROW,
    "stim-tone01_audio.wav": "",
    "stim-tone01_audio.json": {"License": "CC0", "Copyright": "Lab", "URL": "https://a.b/c"},
    "annotations.tsv": "annot_id\tdescription\ntaps\tEvery tap\n",
    "stim-tone01_annot-taps_events.tsv": "onset\tduration\ttrigger\n0.5\t1e-1\ttap\n-1\tn/a\tx\n",
    "stim-tone01_annot-taps_events.json": {"trigger": {"Description": "what is heard"}},
}


@pytest.fixture
def dataset(tmp_path):
    def write(**changes):
        (tmp_path / "stimuli").mkdir()
        for name, content in (RIGHT | changes.get("files", {})).items():
            if content is not None:
                path = tmp_path / "stimuli" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content if isinstance(content, str) else json.dumps(content))
        return tmp_path

    return write


def test_a_folder_that_follows_the_draft_breaks_no_rule(dataset):
    assert check_stimuli(dataset()) == []


CONTROLS = [
    ("BEP044-02", {"stimuli.tsv": None}),
    ("BEP044-03", {"tone.wav": ""}),
    ("BEP044-03", {"stim-tone_01_audio.wav": ""}),
    ("BEP044-03", {"stim-tone01_audio.flac": ""}),
    ("BEP044-03", {"stim-tone01_video.wav": ""}),
    ("BEP044-03", {"stim-tone01_annot-face_emo_events.tsv": "onset\n1\n"}),
    ("BEP044-03", {"stim-tone01_events.tsv": "onset\n1\n"}),
    ("BEP044-03", {"notes.txt": "hello"}),
    ("BEP044-04", {"stimuli.tsv": HEAD + "stim-tone01\taudio\n"}),
    ("BEP044-04", {"stimuli.tsv": HEAD}),
    ("BEP044-04", {"stim-tone01_audio.json": "{"}),
    ("BEP044-04", {"stim-tone01_audio.json": "[1]"}),
    ("BEP044-05", {"stimuli.tsv": "stimulus_id\nstim-tone01\n"}),
    ("BEP044-05", {"stimuli.tsv": "type\naudio\n"}),
    ("BEP044-05", {"stim-tone01_annot-taps_events.tsv": "duration\n1\n"}),
    ("BEP044-05", {"annotations.tsv": "annot_id\ntaps\n"}),
    ("BEP044-06", {"stim-tone01_audio.json": {"License": "CC0"}}),
    ("BEP044-06", {"stim-tone01_annot-taps_events.tsv": "onset\n1\n"}),
    ("BEP044-07", {"stim-tone01_annot-taps_events.json": {}}),
    ("BEP044-07", {"stim-tone01_annot-taps_events.json": None}),
    ("BEP044-08", {"stimuli.tsv": (HEAD + ROW).replace("\taudio", "\tsound")}),
    ("BEP044-08", {"stimuli.tsv": (HEAD + ROW).replace("stim-tone01", "tone01")}),
    ("BEP044-08", {"stimuli.tsv": (HEAD + ROW).replace("true", "yes")}),
    ("BEP044-08", {"stim-tone01_audio.json": {"License": 4, "Copyright": "x"}}),
    ("BEP044-08", {"stim-tone01_audio.json": {"License": "", "Copyright": "x"}}),
    ("BEP044-08", {"stim-tone01_audio.json": {"License": "a", "Copyright": "b", "URL": "here"}}),
    ("BEP044-08", {"stim-tone01_annot-taps_events.tsv": "onset\tduration\nsoon\t1\n"}),
    ("BEP044-08", {"stim-tone01_annot-taps_events.tsv": "onset\tduration\n1\t-1\n"}),
    ("BEP044-08", {"stim-tone01_annot-taps_events.tsv": "onset\tduration\n1,5\t1\n"}),
    ("BEP044-09", {"stimuli.tsv": HEAD + ROW + ROW}),
    ("BEP044-10", {"stimuli.tsv": HEAD + ROW.replace("stim-tone01", "n/a")}),
    ("BEP044-11", {"stim-other_audio.json": {"License": "a", "Copyright": "b"}}),
    ("BEP044-12", {"stim-tone01_audio.wav": None}),
    ("BEP044-13", {"stimuli.tsv": (HEAD + ROW).replace("true", "false")}),
    ("BEP044-14", {"stimuli.tsv": (HEAD + ROW).replace("\taudio", "\tvideo")}),
    ("BEP044-15", {"annotations.tsv": "annot_id\tdescription\nother\tx\n"}),
]


@pytest.mark.parametrize(("code", "files"), CONTROLS, ids=lambda each: str(each)[:60])
def test_a_broken_rule_is_found(code, files, dataset):
    found = check_stimuli(dataset(files=files))
    assert code in {problem.code for problem in found}
    rule = next(each for each in load_rules().messages.values() if each.code == code)
    assert {p.severity for p in found if p.code == code} == {rule.level}


def test_a_dataset_without_stimuli_is_said(tmp_path):
    (problem,) = check_stimuli(tmp_path)
    assert problem.code == "BEP044-01"


def test_every_rule_has_a_control_that_breaks_it():
    codes = [message.code for message in load_rules().messages.values()]
    assert len(set(codes)) == len(codes)
    assert set(codes) == {code for code, _ in CONTROLS} | {"BEP044-01"}


def test_a_problem_of_a_table_names_the_line_and_column(dataset):
    (problem,) = check_stimuli(dataset(files={"stimuli.tsv": HEAD + ROW.replace("true", "yes")}))
    assert (problem.line, problem.column) == (2, len(ROW.split("true", maxsplit=1)[0]) + 1)


def test_a_folder_below_stimuli_is_checked_too(dataset):
    found = check_stimuli(dataset(files={"set_1/tone.wav": ""}))
    assert [problem.code for problem in found] == ["BEP044-03"]


def test_the_rules_name_the_revision_they_restate():
    rules = load_rules()
    assert (rules.draft.revision, rules.draft.date) == ("bede40098", "2025-09-12")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_is_a_number(value):
    assert is_of_form(FieldRule(name="onset", level="required", form="number"), repr(value))


@given(st.text())
def test_what_is_called_a_number_can_be_read_as_one(text):
    if is_of_form(FieldRule(name="onset", level="required", form="number"), text):
        float(text)
