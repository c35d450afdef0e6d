import csv
import io
import json
import subprocess

import pytest
from builders import interpreter
from studies import a_full_stimulus, a_stimulus, a_study, built, stated

from asmr_stim.errors import InputError
from asmr_stim.io.bids import bep044_files, legacy_files, stimulus_labels
from asmr_stim.io.bids_check import check_stimuli, load_rules
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.resources import catalogue_folder


def study_of(*stimuli, **changes):
    return built(a_study(stimuli=list(stimuli), contrasts=[], **changes))


def draft(*studies):
    return bep044_files(studies, load_taxonomy(), load_rules())


def laid_out(files, folder):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def table(files, name="stimuli"):
    text = files[f"stimuli/{name}.tsv"].decode()
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_catalogue_breaks_no_rule_of_the_draft(tmp_path):
    files = draft(*load_catalogue(catalogue_folder()).studies)
    problems = check_stimuli(laid_out(files, tmp_path))
    assert [problem for problem in problems if problem.severity == "error"] == []


def test_the_form_of_before_is_not_mistaken_for_the_draft(tmp_path):
    studies = load_catalogue(catalogue_folder()).studies
    files = legacy_files(studies, load_taxonomy(), load_rules())
    codes = {problem.code for problem in check_stimuli(laid_out(files, tmp_path))}
    assert "BEP044-02" in codes
    assert len(table(files, "catalogue")) == sum(len(study.stimuli) for study in studies)


@pytest.mark.parametrize("form", [bep044_files, legacy_files])
def test_the_released_validator_finds_no_error(form, tmp_path):
    program = interpreter("ASMR_STIM_BIDS_VALIDATOR", "bids-validator-deno (its program)")
    studies = load_catalogue(catalogue_folder()).studies
    folder = laid_out(form(studies, load_taxonomy(), load_rules()), tmp_path)
    run = subprocess.run([program, folder], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_a_label_is_made_of_letters_and_digits():
    study = study_of(a_stimulus("asmr_video"))
    assert stimulus_labels([study]) == {("doe_2020", "asmr_video"): "doe2020AsmrVideo"}


def test_two_stimuli_of_one_label_are_refused():
    study = study_of(a_stimulus("a_sound"), a_stimulus("as_ound"))
    with pytest.raises(InputError, match=r"two stimuli would share the label .*; rename 'as_ound'"):
        stimulus_labels([study])


def test_a_stimulus_is_a_row_and_a_sidecar_of_its_channel():
    files = draft(study_of(a_stimulus("clip", channel=stated("audio", "coded"))))
    (row,) = table(files)
    assert (row["stimulus_id"], row["type"], row["present"]) == (
        "stim-doe2020Clip",
        "audio",
        "false",
    )
    assert "stimuli/stim-doe2020Clip_audio.json" in files


def test_a_stimulus_of_no_known_channel_is_a_row_alone():
    files = draft(study_of(a_stimulus("clip", channel="not extracted")))
    assert table(files)[0]["type"] == "n/a"
    assert not [name for name in files if "stim-" in name]


def test_what_is_known_stands_in_the_sidecar_and_what_is_not_by_its_state():
    stimulus = a_full_stimulus("clip", "tapping", "no_act") | {
        "title": "not reported",
        "identity": {"licence": stated("CC BY 4.0"), "codec": stated("Opus")},
    }
    files = draft(study_of(stimulus))
    sidecar = json.loads(files["stimuli/stim-doe2020Clip_audiovideo.json"])
    assert sidecar["License"] == "CC BY 4.0"
    assert sidecar["Copyright"] == "a creator"
    assert sidecar["URL"] == "https://example.org/video"
    assert sidecar["AudioCodec"] == "Opus"
    assert sidecar["AsmrStim"]["NotReported"] == ["title"]
    assert "composition_basis" in sidecar["AsmrStim"]["NotExtracted"]
    assert table(files)[0]["title"] == "n/a"


def test_quotes_and_tabs_do_not_break_the_table(tmp_path):
    label = 'a "quoted"\tlabel\nof two lines'
    files = draft(study_of(a_stimulus("clip", label=label)))
    assert table(files)[0]["description"] == "a 'quoted' label of two lines (doe_2020)"
    problems = check_stimuli(laid_out(files, tmp_path))
    assert {problem.severity for problem in problems} <= {"warning"}


def test_every_column_is_described():
    files = draft(study_of(a_stimulus("clip")))
    described = json.loads(files["stimuli/stimuli.json"])
    assert list(described) == list(table(files)[0])
