"""The printed examples of docs/features.md are what the program prints."""

import json
import re

import pytest
import soundfile
from builders import REPOSITORY
from signals import RATE_HZ, staircase
from typer.testing import CliRunner

from asmr_stim.cli.features import app

PAGE = (REPOSITORY / "docs" / "features.md").read_text()


@pytest.fixture
def printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    soundfile.write("tone.wav", staircase([(-23, 4)]).T, RATE_HZ)
    return lambda *options: CliRunner().invoke(app, ["tone.wav", *options]).stdout


def test_the_printed_table_is_the_one_of_the_program(printed):
    shown = re.search(r"```\n\$ asmr-stim features tone.wav\n(.*?)```", PAGE, re.DOTALL)[1]
    assert shown == printed()


def test_the_printed_json_is_a_part_of_what_the_program_prints(printed):
    shown = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])
    clip = json.loads(printed("--json"))["clips"]["tone.wav"]
    for part, features in shown["clips"]["tone.wav"].items():
        for name, values in features.items():
            assert values == {
                key: pytest.approx(value, rel=1e-6) if isinstance(value, float) else value
                for key, value in clip[part][name].items()
            }
