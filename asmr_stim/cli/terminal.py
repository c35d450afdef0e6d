"""What the output looks like: the terminal that it goes to, JSON, and counts in words."""

import os
import shutil
import sys
from typing import Any

import typer

from asmr_stim.io.tables import json_bytes


def terminal_width() -> int | None:
    """Return the columns of the terminal; None where the output goes to a file or program."""
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size().columns
    return None


def counted(number: int, word: str, words: str | None = None) -> str:
    """Return a number of things in words: 1 study, 2 studies."""
    return f"{number} {word if number == 1 else words or f'{word}s'}"


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    typer.echo(json_bytes(value).decode(), nl=False)
