import doctest
import re

from builders import REPOSITORY
from typer.testing import CliRunner

from asmr_stim.cli.effects import app

PAGE = REPOSITORY / "docs" / "effects.md"


def test_the_python_example_of_the_page_runs():
    results = doctest.testfile(str(PAGE), module_relative=False)
    assert results.attempted > 0
    assert results.failed == 0


def test_the_table_of_the_page_converts_as_it_says(tmp_path):
    text = PAGE.read_text(encoding="utf-8")
    (tmp_path / "reported.csv").write_text(
        re.search(r"```csv\n(.*?)```", text, re.DOTALL).group(1), encoding="utf-8"
    )
    said = re.search(r"\$ asmr-stim effects convert reported.csv\n(.*?)```", text, re.DOTALL)
    found = CliRunner().invoke(app, ["convert", str(tmp_path / "reported.csv")])
    assert found.output == said.group(1)
