"""``asmr-stim validate``: every problem of every file, with file, line and column."""

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.io.catalogue import find_problems
from asmr_stim.io.mending import mend_files
from asmr_stim.io.validation_cache import cache_for
from asmr_stim.report.problems import (
    mended_line,
    problems_as_github,
    problems_as_json,
    problems_as_text,
)

app = typer.Typer(add_completion=False)


class Format(StrEnum):
    """How problems are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@app.command()
def validate(
    paths: Annotated[
        list[Path], typer.Argument(help="Study files, or folders that hold them.", metavar="PATH")
    ],
    output_format: Annotated[
        Format, typer.Option("--format", help="For people, for programs, for GitHub's checks.")
    ] = Format.TEXT,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="First correct misspelt words in the files, where certain."),
    ] = False,
    use_cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Pass over files that have not changed.")
    ] = True,
) -> None:
    """Check study files against the records and the taxonomy.

    All problems of all files are listed at once. With --fix, keys, terms
    and choices that are misspelt, and aliases of terms, are put right where
    there is no doubt what was meant; comments and layout stay. Exit code 0:
    no problem; 1: problems found (after --fix: left).
    """
    if fix:
        for problem in mend_files(paths):
            typer.echo(mended_line(problem), err=True)
    cache = cache_for(paths) if use_cache else None
    checked = find_problems(paths, cache)
    if cache is not None:
        cache.save(time.time_ns())
    write = {
        Format.TEXT: problems_as_text,
        Format.JSON: problems_as_json,
        Format.GITHUB: problems_as_github,
    }[output_format]
    text = write(checked.problems, checked.n_files)
    if text:
        typer.echo(text)
    if checked.problems:
        raise typer.Exit(1)
