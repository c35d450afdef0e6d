import re

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from asmr_stim.cli import app

CUT_LIST = re.compile(r"<\w+\|[\w|]*\s")  # <left|rig


def pages(command, words=(), parent=None):
    """Yield every command with the words that call it."""
    yield words, command
    context = typer.Context(command, info_name=words[-1] if words else None, parent=parent)
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from pages(command.get_command(context, name), (*words, name), context)


@pytest.mark.parametrize(
    ("words", "command"),
    [pytest.param(*page, id=" ".join(page[0])) for page in pages(get_command(app))],
)
def test_help_of_80_columns_cuts_no_option_and_no_word_that_it_takes(words, command):
    page = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"})
    assert page.exit_code == 0
    assert "…" not in page.output
    assert CUT_LIST.findall(page.output) == []
    for option in (name for each in command.params for name in each.opts if name[0] == "-"):
        assert re.search(rf"{option}(?![\w-])", page.output), option
