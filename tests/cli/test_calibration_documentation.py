"""Every session of docs/calibration.md and docs/profile.md runs as printed, in order."""

import re
import shlex

import numpy as np
import pytest
import soundfile
import yaml
from builders import REPOSITORY
from program import asmr_stim_here
from signals import RATE_HZ

from asmr_stim.schema.calibration import Calibration

PAGES = {
    name: (REPOSITORY / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("calibration", "profile")
}
THIRD_DECIMAL = re.compile(r"(\d\\\.\d\d)\d(?!\d)")  # is the processor's


def tapping():
    """Return six seconds of taps that wander from ear to ear."""
    rng = np.random.Generator(np.random.PCG64(1))
    time_s = np.arange(6 * RATE_HZ) / RATE_HZ
    taps = np.zeros(len(time_s))
    for k in range(28):
        first = int((0.2 * k + 0.1) * RATE_HZ)
        length = min(4800, len(taps) - first)
        decay = np.exp(-np.arange(length) / 400)
        taps[first : first + length] += rng.standard_normal(length) * decay
    pan = 0.5 + 0.4 * np.sin(2 * np.pi * time_s / 4)
    return 0.2 * taps * np.array([pan, 1 - pan]) + 3e-4 * rng.standard_normal((2, len(taps)))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr("asmr_stim.cli.calibrate.today", lambda: "2026-11-22")
    monkeypatch.setattr("asmr_stim.cli.playback_options.today", lambda: "2026-11-22")
    soundfile.write(tmp_path / "tapping.wav", tapping().T, RATE_HZ, subtype="PCM_24")
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_the_sessions_of_a_page_run_as_printed(page, folder):
    blocks = re.findall(
        r"^```console\n\$ (.*?)\n(.*?)^```", PAGES[page], flags=re.MULTILINE | re.DOTALL
    )
    assert blocks
    for command, output in blocks:
        program, *words = shlex.split(command)
        assert program == "asmr-stim"
        run = asmr_stim_here(*words, folder=folder)
        assert run.returncode == 0, run.stderr
        pattern = re.escape(output.strip("\n")).replace(re.escape("..."), ".*?")
        pattern = THIRD_DECIMAL.sub(r"\1\\d", pattern)
        assert re.fullmatch(pattern, run.stdout.strip("\n"), flags=re.DOTALL), run.stdout


def test_the_response_that_the_page_shows_is_one_that_a_file_may_hold():
    (shown,) = re.findall(r"```yaml\n(.*?)```", PAGES["calibration"], flags=re.DOTALL)
    rest = {"schema_version": "1.0.0", "signals": {"tone_dbfs": -20, "noise_a_weighted_dbfs": -26}}
    record = Calibration.model_validate(rest | yaml.safe_load(shown))
    assert len(record.left.response) == 3


def test_the_page_names_every_flag_of_a_calibration():
    listed = yaml.safe_load((REPOSITORY / "schemas" / "features.yaml").read_text(encoding="utf-8"))
    flags = {flag["name"] for flag in listed["flags"] if flag["name"].startswith("calibration_")}
    assert set(re.findall(r"`(calibration_[a-z_]+)` \|", PAGES["calibration"])) == flags
