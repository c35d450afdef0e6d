"""``asmr-stim catalog``: the stimulus catalogue and what other programs make of it."""

from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.resources import catalogue_folder
from asmr_stim.workflows.exchange import Export, Form, export_catalogue, export_foci

app = typer.Typer(add_completion=False, no_args_is_help=True)

CatalogueFolder = Annotated[
    Path | None,
    typer.Option("--catalog", metavar="DIR", help="A catalogue; by default the program's own."),
]


@app.callback()
def catalog() -> None:
    """Look at the stimulus catalogue, and exchange it with other programs."""


@app.command()
def export(
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new folder, or an earlier export.")],
    catalog: CatalogueFolder = None,
    nimads: Annotated[
        bool, typer.Option("--nimads", help="Coordinates as a NIMADS studyset, as NiMARE reads it.")
    ] = False,
    sleuth: Annotated[
        bool, typer.Option("--sleuth", help="Peaks that may enter an ALE, as Sleuth text.")
    ] = False,
    csv: Annotated[
        bool, typer.Option("--csv", help="Studies, stimuli and coordinates with a Table Schema.")
    ] = False,
    foci: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write this file of foci instead of a catalogue."),
    ] = None,
    experiments: Annotated[
        Path | None, typer.Option(metavar="TSV", help="Table of experiments, with --foci.")
    ] = None,
) -> None:
    """Write the catalogue, or a file of foci, in forms that other programs read.

    What each form holds and what it cannot hold stands in docs/exchange.md.
    """
    chosen = {Form.NIMADS: nimads, Form.SLEUTH: sleuth, Form.CSV: csv}
    forms = [form for form, wanted in chosen.items() if wanted]
    if not forms:
        raise typer.BadParameter("say at least one of --nimads, --sleuth, --csv")
    if experiments is not None and foci is None:
        raise typer.BadParameter("--experiments belongs to --foci")
    if foci is not None:
        _print_export(export_foci(foci, experiments, forms, out))
    else:
        _print_export(export_catalogue(catalog or catalogue_folder(), forms, out))


def _print_export(export: Export) -> None:
    for note in export.notes:
        typer.echo(note)
    typer.echo(f"{len(export.files)} files in {export.folder}")
