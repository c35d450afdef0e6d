import re

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from asmr_stim.cli import app, flowing

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


def test_a_sentence_of_a_help_page_is_broken_only_where_the_terminal_ends():
    page = CliRunner().invoke(app, ["validate", "--help"], env={"COLUMNS": "140"})
    assert "keys, terms and choices that are misspelt" in page.output


def test_a_list_in_a_help_page_keeps_its_lines():
    page = CliRunner().invoke(app, ["calibrate", "--help"], env={"COLUMNS": "140"})
    lines = [line.strip() for line in page.output.splitlines()]
    assert [line[:2] for line in lines if line[:1].isdigit()] == ["1.", "2.", "3.", "4."]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("A title.\n\nOne\nsentence.\n\nTwo.", "A title.\n\nOne sentence.\n\nTwo."),
        ("Ways:\n- this\n- that", "Ways:\n- this\n- that"),
        ("1. begin\n2. end", "1. begin\n2. end"),
        ("Well-known\n-1 is not an item", "Well-known -1 is not an item"),
        ("As in:\n    asmr-stim review\n\nand\nread.", "As in:\n    asmr-stim review\n\nand read."),
        ("T.\n\n\b\na  b\nc  d\n\nE\nf.", "T.\n\na  b\nc  d\n\nE f."),
        ("", ""),
    ],
)  # fmt: skip
def test_only_sentences_flow(written, shown):
    assert flowing(written) == shown
