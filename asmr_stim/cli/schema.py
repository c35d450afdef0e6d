"""``asmr-stim schema``: the records as JSON Schema."""

from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.workflows.schemas import write_schemas

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def schema() -> None:
    """Publish the form of the records, and carry files over to a newer form."""


@app.command()
def export(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="A folder; made if it is not there.")
    ] = Path("schemas/generated"),
) -> None:
    """Write the records as JSON Schema 2020-12, and as draft-07 for editors."""
    for path in write_schemas(load_taxonomy(), out):
        typer.echo(path)
