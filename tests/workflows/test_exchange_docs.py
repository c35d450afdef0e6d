"""Every session of docs/exchange.md runs as printed."""

import re
import shlex
import shutil

import pytest
from builders import REPOSITORY
from neurostore_server import a_base_study, a_neurostore, a_point, a_version
from program import asmr_stim_here
from studies import a_study, stated, written

from asmr_stim.resources import examples_folder

PAGE = (REPOSITORY / "docs" / "exchange.md").read_text(encoding="utf-8")
HOST = "http://localhost:8000/api"
EXIT = re.compile(r"\s+# exits with (\d)$")


def sessions():
    for block in re.findall(r"^```console\n\$ (.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL):
        command, _, output = block.partition("\n")
        told = EXIT.search(command)
        yield EXIT.sub("", command), int(told[1]) if told else 0, output


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("exchange")
    example = examples_folder() / "semantic_cognition_children"
    shutil.copy(example / "foci.tsv", place)
    shutil.copy(example / "experiments.tsv", place)
    (peaks,) = re.findall(r"^```text\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    (place / "peaks.txt").write_text(peaks, encoding="utf-8")
    written(place / "mine", a_study(id="doe_2026", pmid=stated("12345678")))
    return place


@pytest.fixture(scope="module")
def service():
    points = [a_point(1.0), a_point(2.0, is_seed=True)]
    found = {"results": [a_base_study([a_version(points=points)])]}
    with a_neurostore({"/api/base-studies/?pmid=12345678&nested=true": found}) as server:
        yield server


@pytest.mark.parametrize(
    ("command", "code", "output"), list(sessions()), ids=lambda each: str(each)[:50]
)
def test_a_session_runs_as_printed(command, code, output, folder, service):
    program, *words = shlex.split(command.replace(HOST, service.host))
    assert program == "asmr-stim"
    run = asmr_stim_here(*words, folder=folder)
    assert run.returncode == code, run.stderr
    pattern = re.escape(output.strip()).replace(re.escape("..."), ".*?")
    assert re.fullmatch(pattern, run.stdout.strip(), flags=re.DOTALL), run.stdout
