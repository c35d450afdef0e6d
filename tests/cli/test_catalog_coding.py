"""``asmr-stim catalog new, ask, answer, compare, adjudicate`` as a user meets them."""

import json

import pytest
import yaml
from program import asmr_stim_here
from studies import a_stimulus, a_study, stated, written

from asmr_stim.io.catalogue import check_files


@pytest.fixture
def catalogue(tmp_path):
    stimuli = [a_stimulus(title="not reported"), a_stimulus("control_video")]
    written(tmp_path / "catalogue", a_study(stimuli=stimuli))
    return tmp_path / "catalogue"


def test_a_new_study_is_written_once_and_checked_as_it_says(tmp_path):
    done = asmr_stim_here("catalog", "new", "roe_2026", "--catalog", "mine", folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("wrote mine/studies/roe_2026.yaml; fill it in, then run: ")
    path = tmp_path / "mine/studies/roe_2026.yaml"
    before = path.read_bytes()
    again = asmr_stim_here("catalog", "new", "roe_2026", "--catalog", "mine", folder=tmp_path)
    assert again.returncode == 1
    assert "is there already and is not overwritten" in again.stderr
    assert path.read_bytes() == before
    (problem,) = check_files([path]).problems
    assert problem.code == "E003"


@pytest.mark.parametrize("name", ["Roe2026", "roe", "../roe_2026", "roe_26", ""])
def test_a_name_that_is_no_id_is_refused_with_an_example(tmp_path, name):
    done = asmr_stim_here("catalog", "new", name, "--catalog", tmp_path / "mine")
    assert done.returncode == 1
    assert "such as doe_2026" in done.stderr
    assert not (tmp_path / "mine").exists()


def test_from_the_letter_to_the_answer(catalogue, tmp_path):
    shown = asmr_stim_here("catalog", "ask", "doe_2020", "--catalog", catalogue)
    assert shown.stdout.startswith('To the authors of "A study"')
    out = tmp_path / "out"
    asked = asmr_stim_here("catalog", "ask", "doe_2020", "--catalog", catalogue, "--out", out)
    assert asked.returncode == 0
    assert (out / "doe_2020.letter.txt").read_text() == shown.stdout
    form = out / "doe_2020.answers.yaml"
    text = form.read_text().replace("answered_by:  #", "answered_by: Doe J  #")
    text = text.replace("answered_on:  #", "answered_on: 2026-05-31  #")
    form.write_text(text.replace("  answer:", "  answer: A clip", 1))
    done = asmr_stim_here("catalog", "answer", form, "--catalog", catalogue)
    assert done.returncode == 0
    assert done.stdout.startswith("filled in stimuli.asmr_video.title\n1 field filled in, 0 kept")
    form.write_text(form.read_text().replace("A clip", "Another clip"))
    again = asmr_stim_here("catalog", "answer", form, "--catalog", catalogue)
    assert again.returncode == 1
    assert "stays A clip; the authors say Another clip" in again.stdout


def test_two_codings_are_compared_decided_and_joined(tmp_path):
    first = written(tmp_path / "a", a_study())
    stimuli = [a_stimulus(channel=stated("audio", "coded")), a_stimulus("control_video")]
    stimuli[1]["sources"] = stated(["rain"], "coded")
    second = written(tmp_path / "b", a_study(stimuli=stimuli))
    form = tmp_path / "decisions.yaml"
    done = asmr_stim_here("catalog", "compare", first, second, "--out", form)
    assert done.returncode == 0
    assert "stimuli.channel 2 1 2 0.00 75%" in " ".join(done.stdout.split())
    assert done.stderr == f"wrote {form}: 1 difference to decide\n"
    out = tmp_path / "doe_2020.yaml"
    refused = asmr_stim_here("catalog", "adjudicate", form, "--out", out)
    assert refused.returncode == 1
    assert "nothing is decided on stimuli.asmr_video.channel" in refused.stderr
    form.write_text(form.read_text().replace("decision:", "decision: second"))
    assert asmr_stim_here("catalog", "adjudicate", form, "--out", out).returncode == 0
    assert yaml.safe_load(out.read_text())["stimuli"][0]["channel"]["value"] == "audio"


def test_a_comparison_is_read_by_programs_too(tmp_path):
    path = written(tmp_path, a_study())
    found = json.loads(asmr_stim_here("catalog", "compare", path, path, "--json").stdout)
    assert found["n"] == found["n_equal"] > 0
    assert found["differences"] == []
    head, *rows = asmr_stim_here("catalog", "compare", path, path, "--tsv").stdout.splitlines()
    assert head.split("\t")[:3] == ["field", "n", "n_equal"]
    assert len(rows) == len(found["fields"])
