import json
import subprocess
import sys

import pytest
import soundfile
from signals import RATE_HZ, staircase

NAMES = ("tone.wav", "tone_2.wav")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("clips")
    for name in NAMES:
        soundfile.write(place / name, staircase([(-23, 4)]).T, RATE_HZ)
    (place / "notes.wav").write_text("no sound")
    return place


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "asmr_stim", "features", *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_table_is_printed_with_ears_as_columns(folder):
    result = run(folder, "tone.wav")
    assert (result.returncode, result.stderr) == (0, "")
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["unit", "left", "right", "together"] in lines
    assert ["RMS", "level", "dBFS", "-23.00", "-23.00"] in lines
    assert ["Integrated", "loudness", "LUFS", "-22.99"] in lines


def test_json_is_printed_for_machines(folder):
    content = json.loads(run(folder, "tone.wav", "--json").stdout)
    loudness = content["clips"]["tone.wav"]["pair"]["integrated_loudness_lufs"]
    assert loudness["value"] == pytest.approx(-23.0, abs=0.1)


def test_a_bad_file_is_a_sentence_and_the_others_are_done(folder, tmp_path):
    out = tmp_path / "p.json"
    result = run(folder, "gone.wav", "notes.wav", *NAMES, "--out", str(out))
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 3
    assert result.stderr.startswith(f"Written to {out}\n")
    assert "Traceback" not in result.stderr
    assert set(json.loads(out.read_text())["clips"]) == set(NAMES)


def test_nothing_is_written_if_nothing_was_measured(folder, tmp_path):
    result = run(folder, "notes.wav", "--out", str(tmp_path / "p.tsv"))
    assert result.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_ending_is_refused_before_measuring(folder, tmp_path):
    result = run(folder, "tone.wav", "--out", str(tmp_path / "p.xlsx"))
    assert result.returncode == 1
    assert "use .json, .tsv or .parquet" in result.stderr
    assert result.stdout == ""


def test_no_file_is_misuse(folder):
    assert run(folder).returncode == 2


def test_a_level_may_be_stated(folder):
    content = json.loads(run(folder, "tone.wav", "--json", "--level", "laeq:45").stdout)
    assert "loudness_sone_at_laeq_45_db" in content["clips"]["tone.wav"]["left"]
    assert content["clips"]["tone.wav"]["playback"][0]["kind"] == "assumed"


def test_a_level_of_another_form_is_misuse(folder):
    result = run(folder, "tone.wav", "--level", "loud")
    assert result.returncode == 2
    assert "laeq:45" in result.stderr


def test_the_number_of_workers_changes_nothing(folder):
    options = ("--json", "--level", "laeq:50")
    alone = run(folder, *NAMES, "notes.wav", *options)
    together = run(folder, *NAMES, "notes.wav", *options, "--workers", "2")
    assert (alone.stdout, alone.stderr) == (together.stdout, together.stderr)
    assert together.returncode == 1
