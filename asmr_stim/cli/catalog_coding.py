"""``asmr-stim catalog new``: add to what the catalogue holds."""

from pathlib import Path
from typing import Annotated

import typer

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
