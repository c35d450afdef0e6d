"""``asmr-stim catalog list, show, coverage, checklist`` as a user meets them, in 80 columns."""

import json
import re
import sys

import pytest
from studies import a_contrast, a_stimulus, a_study, stated, written

from asmr_stim.cli import main
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.resources import catalogue_folder

STUDIES = load_catalogue(catalogue_folder()).studies


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the program in a terminal of 80 columns; return exit code, stdout and stderr."""

    def run(*words, columns="80"):
        monkeypatch.setenv("COLUMNS", columns)
        monkeypatch.setattr(sys, "argv", ["asmr-stim", "catalog", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return run


@pytest.fixture
def three_states(tmp_path):
    """Return a catalogue whose study has a value, a field not reported and one not extracted."""
    stimulus = a_stimulus(
        title="not reported",
        duration_s=stated(300) | {"note": "cut by the authors"},
        details=[{"name": "file_rate", "value": stated(44100), "unit": "Hz"}],
    )
    study = a_study(stimuli=[stimulus, a_stimulus("control_video")])
    study["sources"][0]["note"] = "all of it"
    written(tmp_path, study)
    return tmp_path


def test_the_list_has_a_line_for_each_study_and_fits(run):
    code, out, _ = run("list")
    lines = out.splitlines()
    assert code == 0
    assert [line.split()[0] for line in lines[1 : len(STUDIES) + 1]] == [s.id for s in STUDIES]
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith(f"{len(STUDIES)} studies")


def test_the_list_is_read_by_programs_too(run):
    rows = json.loads(run("list", "--json")[1])
    assert [row["study"] for row in rows] == [study.id for study in STUDIES]
    head, *lines = run("list", "--tsv")[1].splitlines()
    assert head.split("\t") == list(rows[0])
    assert len(lines) == len(rows)


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.id)
def test_every_study_can_be_shown_and_fits_where_words_allow_it(run, study):
    code, out, _ = run("show", study.id)
    assert code == 0
    assert out.startswith(study.id)
    for line in out.splitlines():
        assert len(line) <= 80 or " " not in line.strip().split(None, 1)[-1], line


def test_a_card_tells_the_three_states_apart_and_where_a_value_comes_from(run, three_states):
    _, out, _ = run("show", "doe_2020", "--catalog", three_states)
    squeezed = " ".join(out.split())
    assert "duration_s 300 [stated, paper] (cut by the authors)" in squeezed
    assert "file_rate Hz 44100 [stated, paper]" in squeezed
    assert "not reported title not extracted creator, url" in squeezed
    assert "sources tapping [coded, paper]" in squeezed


def test_a_source_of_the_whole_study_is_not_shown_as_that_of_the_value(run):
    out = run("show", "fredborg_2021")[1]
    assert re.search(r"n +28 \[stated, study\]", out)


def test_an_id_that_is_nearly_right_is_answered_with_the_right_one(run):
    code, out, err = run("show", "lee2020")
    assert (code, out) == (1, "")
    assert err.rstrip().endswith("has no study 'lee2020'; did you mean 'lee_2020'?")


def test_coverage_shows_the_role_under_the_letter_of_the_term(run):
    out = run("coverage")[1]
    lines = out.splitlines()
    assert max(map(len, lines)) <= 80
    letters = lines[0].split()
    legend = dict(re.findall(r"(\w) (\w+) \(\d+\)", out))
    row = next(line for line in lines if line.startswith("lee_2020 ")).split()[1:]
    marks = {legend[letter]: mark for letter, mark in zip(letters, row, strict=True) if mark != "."}
    assert marks == {
        "scratching": "A", "no_sound": "c", "no_act": "c", "slow_careful_task": "A",
        "visual": "c", "audiovisual": "A",
    }  # fmt: skip


def test_coverage_of_fields_keeps_the_three_states_apart(run, three_states):
    out = run("coverage", "--fields", "--catalog", three_states)[1]
    row = out.splitlines()[1].split()
    assert (row[0], row[1], row[2], row[6]) == ("doe_2020", "✗", "?", "✓")


def test_coverage_writes_tables_and_figures(run, three_states, tmp_path):
    code, _, err = run("coverage", "--catalog", three_states, "--out", tmp_path / "out")
    assert code == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {
        "studies_by_terms.tsv", "studies_by_terms.json", "studies_by_terms.svg",
        "studies_by_terms.png", "studies_by_fields.tsv", "stimulus_fields.png", "result.json",
    }  # fmt: skip
    assert err.count("wrote ") == len(names)
    head, row = (tmp_path / "out/studies_by_terms.tsv").read_text().splitlines()
    cells = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    assert cells == {"study": "doe_2020", "tapping": "asmr+control", "audiovisual": "asmr+control"}


def test_a_catalogue_without_a_coded_stimulus_is_covered_by_nothing(run, tmp_path):
    written(tmp_path, a_study(stimuli=[], contrasts=[a_contrast(stimuli=[])]))
    code, out, _ = run("coverage", "--catalog", tmp_path)
    assert code == 0
    assert out.splitlines()[1].strip() == "doe_2020"
    assert run("coverage", "--catalog", tmp_path, "--out", tmp_path / "out")[0] == 0


def test_the_checklist_tells_a_range_where_a_study_was_not_read(run):
    lines = run("checklist")[1].splitlines()
    assert max(map(len, lines)) <= 80
    assert next(line for line in lines if line.startswith("lee_2020 ")).split()[1:] == [
        "12", "5", "14", "0", "39", "to", "84", "%",
    ]  # fmt: skip


def test_the_checklist_of_a_study_gives_the_reason_for_what_is_missing(run):
    code, out, _ = run("checklist", "lee_2020")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "  ✗ speech                                 not reported\n" in out
    assert "  ? background music                       not extracted\n" in out
    assert "[barratt_2017] Barratt, Spence & Davis 2017" in out
    assert "✓ 12 reported, ✗ 5 not reported, ? 14 not extracted" in out


def test_the_checklist_is_read_by_programs_too(run):
    (result,) = json.loads(run("checklist", "lee_2020", "--json")[1])
    assert result["counts"]["not reported"] == 5
    assert (result["lowest"], result["highest"]) == (12 / 31, 26 / 31)
    lines = run("checklist", "lee_2020", "lochte_2018", "--tsv")[1].splitlines()
    assert len(lines) == 1 + 2 * 31
    assert all(line.count("\t") == lines[0].count("\t") for line in lines)
