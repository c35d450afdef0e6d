"""``asmr-stim schema``: the records as JSON Schema."""

from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.io.migration import migrations
from asmr_stim.io.migration import write as write_migrations
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


@app.command()
def migrate(
    paths: Annotated[
        list[Path], typer.Argument(help="Files of records, or folders of them.", metavar="PATH")
    ],
    write: Annotated[
        bool, typer.Option("--write", help="Write the files; without it, show what would change.")
    ] = False,
) -> None:
    """Carry files of an older form over to the current one; comments stay.

    Shows the change as a diff and writes nothing, unless --write is given. Nothing is written if
    any file is refused, as one of a newer form is.
    """
    found = migrations(paths)
    for change in found.changes:
        for sentence in change.says:
            typer.echo(f"{change.path}: {sentence}", err=True)
        typer.echo(change.diff, nl=False)
    if write:
        write_migrations(found.changes)
    count = f"{found.n_files} file" + ("" if found.n_files == 1 else "s")
    if not found.changes:
        typer.echo(f"{count}, all in the current form", err=True)
    else:
        done = "carried over" if write else "to carry over; add --write to do it"
        typer.echo(f"{count}, {len(found.changes)} {done}", err=True)
