"""Sessions of docs/catalogue.md run as printed; its generated part is that of the catalogue."""

import os
import re
import runpy
import shutil
import subprocess
import sys

import pytest
from builders import REPOSITORY

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.resources import catalogue_folder

PAGE = (REPOSITORY / "docs" / "catalogue.md").read_text(encoding="utf-8")
EXIT = re.compile(r"\s+# exits with (\d)$")


def steps():
    """Yield each command of the page with its exit code and the output that is printed."""
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            told = EXIT.search(command)
            yield EXIT.sub("", command), int(told[1]) if told else 0, output


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("docs")
    shutil.copytree(REPOSITORY / "stimuli_catalog", place / "stimuli_catalog")
    return place


def test_every_session_runs_as_printed_one_after_the_other(folder):
    environment = os.environ | {
        "PATH": f"{sys.exec_prefix}/bin{os.pathsep}{os.environ['PATH']}", "COLUMNS": "80",
    }  # fmt: skip
    for command, code, output in steps():
        run = subprocess.run(
            ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert run.returncode == code, (command, run.stderr)
        pattern = re.escape(output.strip()).replace(re.escape("..."), ".*?")
        assert re.search(pattern, run.stdout, flags=re.DOTALL), (command, run.stdout)


def test_the_generated_part_is_that_of_the_catalogue():
    script = runpy.run_path(str(REPOSITORY / "docs" / "make_catalogue_page.py"))
    written = script["with_generated_part"](PAGE, load_catalogue(catalogue_folder()))
    assert written == PAGE, "run python docs/make_catalogue_page.py"
