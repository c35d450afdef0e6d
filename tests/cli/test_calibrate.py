import json

import numpy as np
import pytest
import soundfile
from program import asmr_stim_here
from signals import RATE_HZ, sine
from typer.testing import CliRunner

from asmr_stim.cli.calibrate import app

TODAY = "2026-11-22"
READINGS = ("--left-tone", "74.2", "--right-tone", "73.9")


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch):
    monkeypatch.setattr("asmr_stim.cli.calibrate.today", lambda: TODAY)
    monkeypatch.setattr("asmr_stim.cli.playback_options.today", lambda: TODAY)


@pytest.fixture
def started(tmp_path):
    assert asmr_stim_here("calibrate", "start", tmp_path / "cal", "--seconds", "1").returncode == 0
    return tmp_path / "cal" / "calibration.yaml"


def test_start_writes_four_signals_and_a_file_that_says_what_to_do(started):
    names = {path.name for path in started.parent.iterdir()}
    signals = {f"calibration_{s}_{e}.wav" for s in ("tone", "noise") for e in ("left", "right")}
    assert names == signals | {"calibration.yaml"}
    assert "asmr-stim calibrate enter" in started.read_text()


def test_start_overwrites_nothing(started):
    before = started.read_bytes()
    again = asmr_stim_here("calibrate", "start", started.parent)
    assert (again.returncode, started.read_bytes()) == (1, before)
    assert "is there already and is not overwritten" in again.stderr


def test_readings_are_entered_and_every_comment_stays(started):
    before = started.read_text().splitlines()
    done = asmr_stim_here("calibrate", "enter", started, *READINGS, "--meter", "No. 12: B&K #3")
    assert (done.returncode, done.stderr) == (0, "")
    assert "94.2 dB SPL" in done.stdout
    after = started.read_text().splitlines()
    changed = [line for line, was in zip(after, before, strict=True) if line != was]
    assert [line.split("#")[0].strip() for line in changed[1:]] == [
        "tone_db: 74.2",
        "tone_db: 73.9",
    ]
    assert "'No. 12: B&K #3'  # sound level meter" in changed[0]


def test_what_was_entered_stays_unless_it_is_to_be_replaced(started):
    asmr_stim_here("calibrate", "enter", started, *READINGS)
    before = started.read_bytes()
    refused = asmr_stim_here("calibrate", "enter", started, "--left-tone", "80")
    assert (refused.returncode, started.read_bytes()) == (1, before)
    assert "74.2 already" in refused.stderr
    done = asmr_stim_here("calibrate", "enter", started, "--left-tone", "80", "--replace")
    assert (done.returncode, "tone_db: 80.0" in started.read_text()) == (0, True)


def test_without_options_it_asks_and_asks_again(started):
    answers = "2026-13-01\n2026-11-01\n2027-11-01\nmeter\n\nheadphones\n\n\nloud\n74,2\n74\n\n\n"
    done = CliRunner().invoke(app, ["enter", str(started)], input=answers)
    assert done.exit_code == 0, done.output
    assert "'loud' is no level" in done.output
    shown = json.loads(CliRunner().invoke(app, ["show", str(started), "--json"]).stdout)
    assert (shown["date"], shown["left"]["tone_db"]) == ("2026-11-01", 74.2)
    assert shown["full_scale_db"] == {"left": 94.2, "right": 94.0}
    (flag,) = shown["flags"]
    assert flag["detail"] == "not filled in: coupler, serial, volume"


def test_leaving_in_the_middle_of_the_questions_writes_nothing(started):
    before = started.read_bytes()
    done = CliRunner().invoke(app, ["enter", str(started)], input="2026-11-01\n2027")
    assert done.exit_code != 0
    assert started.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("left: [", "YAML"),
        ("schema_version: 1.0.0\n", "no calibration file"),
        ("schema_version: 1.0.0\nsignals: 3\n", "signals"),
        ("colour: red\n", "no calibration file"),
        ("left: {}\ncolour: red\n", "colour"),
    ],
)
def test_a_file_that_is_no_calibration_is_a_sentence_with_its_place(tmp_path, content, words):
    path = tmp_path / "cal.yaml"
    path.write_text(content)
    soundfile.write(tmp_path / "clip.wav", np.zeros((480, 2)), RATE_HZ)
    for command in (("calibrate", "show", path), ("calibrate", "enter", path, *READINGS)):
        done = asmr_stim_here(*command)
        assert (done.returncode, done.stdout) == (1, "")
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    done = asmr_stim_here("features", tmp_path / "clip.wav", "--calibration", path)
    assert (done.returncode, done.stdout) == (1, "")


def test_features_says_that_it_measured_with_a_calibration_and_what_is_wrong_with_it(started):
    asmr_stim_here("calibrate", "enter", started, "--left-tone", "74", "--right-tone", "72.5")
    clip = started.parent / "clip.wav"
    tone = sine(1000, 0.5, peak=10 ** ((40 - 94) / 20))
    soundfile.write(clip, np.array([tone, tone]).T, RATE_HZ, subtype="FLOAT")
    out = started.parent / "profile.tsv"
    done = asmr_stim_here("features", clip, "--calibration", started, "--out", out)
    assert done.returncode == 0
    assert "measured with the tone" in done.stdout
    for text in (done.stdout, out.read_text()):
        assert "calibration_ears_differ" in text
        assert "calibration_incomplete" in text
    units = json.loads(out.with_suffix(".json").read_text())
    assert "left 94.0 dB SPL" in units["laeq_db_calibrated"]["Description"]
    row = out.read_text().splitlines()[1].split("\t")
    head = out.read_text().splitlines()[0].split("\t")
    assert float(row[head.index("laeq_db_calibrated")]) == pytest.approx(40, abs=0.05)


def test_a_level_and_a_calibration_together_are_misuse(started):
    done = asmr_stim_here("features", "x.wav", "--calibration", started, "--level", "laeq:40")
    assert done.returncode == 2


def test_a_response_is_entered_from_a_table_and_never_silently_replaced(started):
    table = started.parent / "left.txt"
    table.write_text("125 -1.5\n1000 0\n8000 4\n")
    words = ("--left-response", table, "--response-referred-to", "diffuse")
    done = asmr_stim_here("calibrate", "enter", started, *READINGS, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 points" in done.stdout
    table.write_text("125 -2\n1000 0\n")
    before = started.read_bytes()
    again = asmr_stim_here("calibrate", "enter", started, *words)
    assert (again.returncode, started.read_bytes()) == (1, before)
    assert "left.response is of 3 points already" in again.stderr
    done = asmr_stim_here("calibrate", "enter", started, *words, "--replace")
    assert (done.returncode, "2 points" in done.stdout) == (0, True)
    assert started.read_text().count("#") == before.decode().count("#")


def test_a_response_without_its_field_is_refused(started):
    table = started.parent / "left.txt"
    table.write_text("125 -1.5\n1000 0\n")
    before = started.read_bytes()
    done = asmr_stim_here("calibrate", "enter", started, "--left-response", table)
    assert (done.returncode, started.read_bytes()) == (1, before)
    assert "response_referred_to" in done.stderr
