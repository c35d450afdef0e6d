"""``asmr-stim catalog new | ask | answer``: add to what the catalogue holds."""

from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.resources import catalogue_folder
from asmr_stim.workflows.answers import TakenAnswers, take_answers, write_asked
from asmr_stim.workflows.answers import ask as asked_of
from asmr_stim.workflows.intake import writable_catalogue
from asmr_stim.workflows.new_study import write_new_study

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
    typer.echo(f"{len(taken.set)} fields filled in, {len(taken.kept)} kept: {taken.path}")
