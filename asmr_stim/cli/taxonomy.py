"""``asmr-stim taxonomy``: look at the words that stimuli are coded with."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from asmr_stim.io.tables import write_atomically
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.report.taxonomy_skos import BASE_IRI, skos_turtle
from asmr_stim.report.taxonomy_text import crosswalk_text, entry_text, tree_text
from asmr_stim.schema.taxonomy import AXES, Axis
from asmr_stim.schema.taxonomy_entries import branches, entry
from asmr_stim.schema.taxonomy_entries import crosswalk as crosswalk_of

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Look at the taxonomy of triggers."
)

Json = Annotated[bool, typer.Option("--json", help="Write JSON for a program to read.")]


@app.command()
def tree(
    axis: Annotated[Axis | None, typer.Option(help="Show this axis alone.")] = None,
    as_json: Json = False,
) -> None:
    """Show every term in its place, with what it means."""
    taxonomy = load_taxonomy()
    axes = AXES if axis is None else (axis,)
    if as_json:
        _print_json({each: branches(taxonomy, taxonomy.roots(each)) for each in axes})
    else:
        typer.echo(tree_text(taxonomy, axes, _width()))


@app.command()
def show(
    word: Annotated[str, typer.Argument(metavar="ID", help="An id, a label or a community word.")],
    as_json: Json = False,
) -> None:
    """Show what a word means, what it is told apart from, and where it comes from.

    Finds terms by id, label or alias, and facets, roles, contrast types and moderator groups.
    """
    found = entry(load_taxonomy(), word)
    if as_json:
        _print_json(found)
    else:
        typer.echo(entry_text(found, _width() or 80))


@app.command()
def crosswalk(
    scheme: Annotated[
        str,
        typer.Argument(metavar="SCHEME", help="audioset, hed, fsd50k, esc50 or deepasmr_nspeech."),
    ],
    as_json: Json = False,
) -> None:
    """Show how the terms stand to the classes of another scheme.

    - exact: the class and the term mean the same.
    - broad: the class is broader than the term.
    - narrow: the class is narrower than the term.
    - related: the class names a part of the term, or merely overlaps with it.
    """
    found = crosswalk_of(load_taxonomy(), scheme)
    if as_json:
        _print_json(found)
    else:
        typer.echo(crosswalk_text(found, _width()))


@app.command()
def export(
    skos: Annotated[bool, typer.Option("--skos", help="As SKOS, in Turtle.")] = False,
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, print.")] = None,
    base: Annotated[str, typer.Option(help="What every IRI begins with.")] = BASE_IRI,
) -> None:
    """Write the whole taxonomy in a form for other tools."""
    if not skos:
        raise typer.BadParameter("name a form to export to: --skos")
    turtle = skos_turtle(load_taxonomy(), base)
    if out is None:
        typer.echo(turtle, nl=False)
    else:
        write_atomically(out, turtle.encode())
        typer.echo(f"wrote {out}", err=True)


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _width() -> int | None:
    """Return the columns of the terminal; None where the output goes to a file or program."""
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size().columns
    return None
