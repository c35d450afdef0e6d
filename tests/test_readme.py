"""Every session of the README is run as printed, in a folder with the files it speaks of."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile
import yaml
from builders import REPOSITORY
from studies import a_study

from asmr_stim.io.foci import load_example

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
EXIT = re.compile(r"\s+# exits with (\d)$")


class Step(NamedTuple):
    command: str
    code: int
    output: str


def steps():
    for block in re.findall(r"^```console\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            told = EXIT.search(command)
            yield Step(EXIT.sub("", command), int(told[1]) if told else 0, output)


def pattern_of(output):
    """Turn printed output into a pattern in which ``...`` stands for anything."""
    return re.escape(output.strip()).replace(re.escape("..."), r".*?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("readme")
    time_s = np.arange(4 * 48000) / 48000
    tone = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * time_s)
    soundfile.write(place / "clip.wav", np.stack([tone, tone], axis=1), 48000)
    shutil.copytree(REPOSITORY / "stimuli_catalog", place / "stimuli_catalog")
    study = a_study(id="doe_2026")
    study["stimuli"][0]["sources"]["value"] = ["taping"]
    text = yaml.safe_dump(study, sort_keys=False, default_flow_style=None, width=200)
    (place / "doe_2026.yaml").write_text(text, encoding="utf-8")
    lines = ["// Reference=MNI"]
    for experiment in load_example("semantic_cognition_children").experiments[:18]:
        lines += [f"// {experiment.name}", f"// Subjects={experiment.n}"]
        lines += ["\t".join(map(str, focus)) for focus in experiment.foci] + [""]
    page = (REPOSITORY / "docs" / "effects.md").read_text(encoding="utf-8")
    (table,) = re.findall(
        r"^```csv\n(study,sample_id.*?)^```", page, flags=re.MULTILINE | re.DOTALL
    )
    (place / "reported.csv").write_text(table, encoding="utf-8")
    (place / "foci.txt").write_text("\n".join(lines), encoding="utf-8")
    return place


@pytest.mark.parametrize("step", list(steps()), ids=lambda step: step.command)
def test_a_session_of_the_readme_runs_as_printed(step, folder):
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
    }
    run = subprocess.run(
        ["sh", "-c", step.command], cwd=folder, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == step.code, run.stderr
    assert re.search(pattern_of(step.output), run.stdout.strip(), flags=re.DOTALL), run.stdout


def test_every_link_of_the_readme_and_the_docs_leads_somewhere():
    for page in (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_page_of_the_docs_is_in_the_navigation():
    navigation = yaml.safe_load((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    named = {page for entry in navigation for page in entry.values()}
    docs = REPOSITORY / "docs"
    assert named == {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}
