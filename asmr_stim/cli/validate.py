"""``asmr-stim validate``: every problem of every file, with file, line and column."""

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.io.catalogue import find_problems
from asmr_stim.io.validation_cache import cache_for
from asmr_stim.report.problems import problems_as_github, problems_as_json, problems_as_text

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
    use_cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Pass over files that have not changed.")
    ] = True,
) -> None:
    """Check study files against the records and the taxonomy.

    All problems of all files are listed at once. Exit code 0: none; 1: problems found.
    """
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
