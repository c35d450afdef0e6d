"""``asmr-stim catalog``: the stimulus catalogue and what other programs make of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from asmr_stim.cli.catalog_coding import app as coding
from asmr_stim.cli.catalog_reading import app as reading
from asmr_stim.cli.progress import progress_line
from asmr_stim.cli.terminal import counted
from asmr_stim.io.bids_check import check_stimuli
from asmr_stim.io.neurostore import DEFAULT_HOST, TIMEOUT_S, NeuroStore
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.coordinates import Coverage, Kind
from asmr_stim.schema.foci import CoordinateSpace
from asmr_stim.schema.outcome import Direction
from asmr_stim.workflows.exchange import Export, Form, export_catalogue, export_foci
from asmr_stim.workflows.intake import (
    Intake,
    Said,
    import_coordinates,
    save,
    writable_catalogue,
)
from asmr_stim.workflows.pull import Pulled, Request
from asmr_stim.workflows.pull import pull as pull_coordinates

app = typer.Typer(add_completion=False, no_args_is_help=True)
app.add_typer(reading)
app.add_typer(coding)

CatalogueFolder = Annotated[
    Path | None,
    typer.Option("--catalog", metavar="DIR", help="A catalogue; by default the program's own."),
]


Effect = Literal["activation", "connectivity"]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be added and write nothing.")
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
    bids: Annotated[
        bool, typer.Option("--bids", help="Stimuli as BIDS: draft BEP044, and a form of before.")
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
    chosen = {Form.NIMADS: nimads, Form.SLEUTH: sleuth, Form.CSV: csv, Form.BIDS: bids}
    forms = [form for form, wanted in chosen.items() if wanted]
    if not forms:
        raise typer.BadParameter("say at least one of --nimads, --sleuth, --csv, --bids")
    if experiments is not None and foci is None:
        raise typer.BadParameter("--experiments belongs to --foci")
    if foci is not None:
        _print_export(export_foci(foci, experiments, forms, out))
    else:
        _print_export(export_catalogue(catalog or catalogue_folder(), forms, out))


@app.command("check-bids")
def check_bids(
    dataset: Annotated[Path, typer.Argument(help="The folder that holds stimuli/.", metavar="DIR")],
) -> None:
    """Check the stimuli/ folder of a BIDS dataset against the draft of BEP044.

    The released validator passes over this folder. Exit code 1 if a rule is broken.
    """
    problems = check_stimuli(dataset)
    for problem in problems:
        typer.echo(f"{problem} ({problem.severity})")
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    typer.echo(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}")
    if errors:
        raise typer.Exit(1)


@app.command("import")
def import_(
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Sleuth text, TSV, CSV, or NIMADS in JSON.")
    ],
    study: Annotated[str, typer.Option(metavar="ID", help="The study that the points belong to.")],
    catalog: CatalogueFolder = None,
    experiment: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Take this experiment; may be given several times."),
    ] = None,
    contrast: Annotated[
        str | None, typer.Option(metavar="ID", help="The contrast that the points result from.")
    ] = None,
    kind: Annotated[
        Kind,
        typer.Option(metavar="NAME", help=f"What the points are: {', '.join(get_args(Kind))}."),
    ] = "activation_peak",
    space: Annotated[
        CoordinateSpace | None, typer.Option(help="Their space, if the file does not say.")
    ] = None,
    coverage: Annotated[Coverage | None, typer.Option(help="What the analysis covered.")] = None,
    effect: Annotated[
        Effect | None,
        typer.Option(
            metavar="NAME", help=f"What the analysis showed: {' or '.join(get_args(Effect))}."
        ),
    ] = None,
    direction: Annotated[
        Direction | None,
        typer.Option(
            metavar="NAME",
            help=f"Of the first side of the contrast: {', '.join(get_args(Direction))}.",
        ),
    ] = None,
    reference: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Where the file is from: a URL, a citation.")
    ] = None,
    checked: Annotated[
        bool, typer.Option("--checked", help="You have compared the points with the paper.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Take coordinates from a file into a study of the catalogue.

    What stands in the study is never changed. Each table is marked with its source.
    """
    said = Said(contrast, kind, space, coverage, effect, direction, checked)
    folder = writable_catalogue(catalog)
    found, texts = import_coordinates(file, folder, study, said, experiment or (), reference)
    if not dry_run:
        save(texts)
    _print_intake(found, dry_run=dry_run)


@app.command()
def pull(
    *,
    catalog: CatalogueFolder = None,
    study: Annotated[
        str | None,
        typer.Option(metavar="ID", help="One study; by default all that name a record there."),
    ] = None,
    version: Annotated[
        str | None, typer.Option(metavar="ID", help="The version to take, where there are several.")
    ] = None,
    host: Annotated[str, typer.Option(metavar="URL", help="The service.")] = DEFAULT_HOST,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="Patience for one answer.")
    ] = TIMEOUT_S,
    dry_run: DryRun = False,
) -> None:
    """Take the coordinates that NeuroStore holds of a study into the catalogue.

    They are marked as automatically extracted and enter no ALE until a person has checked them.
    What stands in a study is never changed. If the service fails, nothing is written.
    """
    folder = writable_catalogue(catalog)
    service = NeuroStore(host, timeout)
    request = Request(service, datetime.now(UTC).date(), study, version)
    with progress_line("asking NeuroStore") as tell:
        pulled = pull_coordinates(folder, request, write=not dry_run, tell=tell)
    for each in pulled:
        _print_pulled(each, dry_run=dry_run)
    if any(each.problem for each in pulled):
        raise typer.Exit(1)


def _print_pulled(pulled: Pulled, *, dry_run: bool) -> None:
    if pulled.intake is not None:
        _print_intake(pulled.intake, dry_run=dry_run)
        typer.echo(f"  from version {pulled.version}, automatically extracted")
    else:
        typer.echo(f"{pulled.study}: {pulled.problem}")
    for version in pulled.versions:
        made = ", ".join(filter(None, (version.source, version.username, version.updated_at)))
        points = counted(version.n_points, "point")
        tables = counted(len(version.analyses or ()), "table")
        typer.echo(f"  {version.id}: {points} in {tables} ({made or 'maker not said'})")


def _print_intake(intake: Intake, *, dry_run: bool) -> None:
    n_points = sum(len(table.points) for table in intake.tables)
    verb = "would be added" if dry_run else "added"
    tables = counted(len(intake.tables), "table")
    typer.echo(f"{intake.study.id}: {tables} with {counted(n_points, 'point')} {verb}")
    for table in intake.tables:
        typer.echo(f"  {table.id}: {counted(len(table.points), 'point')}")
    for note in intake.notes:
        typer.echo(f"  ! {note}")


def _print_export(export: Export) -> None:
    for note in export.notes:
        typer.echo(note)
    typer.echo(f"{len(export.files)} files in {export.folder}")
