"""``asmr-stim catalog new | ask | answer | compare | adjudicate``: add to the catalogue."""

import json
from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.cli.terminal import counted, terminal_width
from asmr_stim.report.comparison import agreement_table, comparison_json, comparison_text
from asmr_stim.report.plain_tables import tsv_text
from asmr_stim.resources import catalogue_folder
from asmr_stim.workflows.answers import TakenAnswers, take_answers, write_asked
from asmr_stim.workflows.answers import ask as asked_of
from asmr_stim.workflows.intake import writable_catalogue
from asmr_stim.workflows.new_study import write_new_study
from asmr_stim.workflows.two_coders import adjudicate as write_adjudicated
from asmr_stim.workflows.two_coders import compare_files, write_adjudication

app = typer.Typer(add_completion=False)

CatalogueFolder = Annotated[
    Path | None,
    typer.Option("--catalog", metavar="DIR", help="A catalogue; by default the program's own."),
]


@app.command()
def new(
    study: Annotated[
        str, typer.Argument(metavar="ID", help="First author and year, such as doe_2026.")
    ],
    *,
    catalog: CatalogueFolder = None,
) -> None:
    """Write the file of a new study, with every field explained; never over another."""
    path = write_new_study(writable_catalogue(catalog), study)
    typer.echo(f"wrote {path}; fill it in, then run: asmr-stim validate {path}")


@app.command()
def ask(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="Id of a study.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the letter and an answer form there."),
    ] = None,
    catalog: CatalogueFolder = None,
) -> None:
    """Write a letter to a study's authors that asks for exactly what is missing."""
    asked = asked_of(catalog if catalog is not None else catalogue_folder(), study)
    if out is None:
        typer.echo(asked.letter)
        typer.echo("\nwith --out DIR, the letter and a form for the answers are written", err=True)
        return
    letter, form = write_asked(asked, study, out)
    typer.echo(f"wrote {letter} and {form}; take answers with: asmr-stim catalog answer {form}")


@app.command()
def answer(
    form: Annotated[Path, typer.Argument(metavar="FORM", help="A form as 'ask' writes it.")],
    *,
    catalog: CatalogueFolder = None,
) -> None:
    """Take the answers of a study's authors into the catalogue; values there stay as they are."""
    taken = take_answers(form, writable_catalogue(catalog))
    _print_taken(taken)
    if taken.kept or taken.unplaced:
        raise typer.Exit(1)


def _print_taken(taken: TakenAnswers) -> None:
    for place in taken.set:
        typer.echo(f"filled in {place}")
    for sentence in taken.kept:
        typer.echo(f"kept: {sentence}")
    for item in taken.unplaced:
        typer.echo(f"left for you: the answer to '{item}' belongs to no record of the study yet")
    number = counted(len(taken.set), "field")
    typer.echo(f"{number} filled in, {len(taken.kept)} kept: {taken.path}")


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A coding: a file or a folder.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another person's coding.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a form for deciding where two files differ."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write JSON for a program to read.")
    ] = False,
    as_tsv: Annotated[
        bool, typer.Option("--tsv", help="Write the agreement by field, with tabs.")
    ] = False,
) -> None:
    """Compare two people's codings of a study, or of a folder of studies, field by field."""
    comparison = compare_files(first, second)
    if out is not None:
        write_adjudication(comparison, first, second, out)
        number = counted(len(comparison.differences), "difference")
        typer.echo(f"wrote {out}: {number} to decide", err=True)
    if as_json:
        typer.echo(json.dumps(comparison_json(comparison), ensure_ascii=False, indent=2))
    elif as_tsv:
        typer.echo(tsv_text(agreement_table(comparison)))
    else:
        typer.echo(comparison_text(comparison, terminal_width()))


@app.command()
def adjudicate(
    form: Annotated[
        Path, typer.Argument(metavar="FORM", help="The form of 'compare --out', decided.")
    ],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The study file to write.")],
) -> None:
    """Write the study that two codings and the decisions on their differences make."""
    study = write_adjudicated(form, out)
    typer.echo(f"wrote {out}: {study.id}; both codings stay in {form}")
