import doctest
import re
import shlex

from builders import REPOSITORY
from typer.testing import CliRunner

from asmr_stim.cli.ale import app
from asmr_stim.resources import examples_folder

PAGE = REPOSITORY / "docs" / "ale.md"


def test_the_python_example_of_the_page_runs():
    results = doctest.testfile(str(PAGE), module_relative=False)
    assert results.attempted > 0
    assert results.failed == 0


def test_the_run_of_the_page_prints_what_the_page_shows(tmp_path, monkeypatch):
    text = PAGE.read_text(encoding="utf-8")
    shape = r"^\$ asmr-stim ale (run .*?--out )/tmp/relatedness\n(.*?)Written to"
    found = re.search(shape, text, re.MULTILINE | re.DOTALL)
    command, shown = found.groups()
    monkeypatch.chdir(examples_folder())
    options = shlex.split(command.replace("\\\n", " "))
    assert CliRunner().invoke(app, [*options, str(tmp_path / "out")]).stdout.startswith(shown)
