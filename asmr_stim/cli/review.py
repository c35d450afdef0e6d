"""``asmr-stim review``: the main job."""

from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.moderator.ale.result import MonteCarlo
from asmr_stim.resources import catalogue_folder
from asmr_stim.workflows.review import review as write_review

app = typer.Typer(add_completion=False)


@app.command()
def review(
    catalog: Annotated[
        Path | None,
        typer.Option(help="Folder with studies/*.yaml; the program's own by default."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("report"),
    n_iterations: Annotated[
        int, typer.Option(help="Random arrangements by which an ALE is corrected.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of the random arrangements.")] = 0,
) -> None:
    """Write the report of a catalogue: stimuli, terms, regions, directions of effect, ALE."""
    folder = catalog if catalog is not None else catalogue_folder()
    page = write_review(folder, out, MonteCarlo(n_iterations=n_iterations, seed=seed))
    typer.echo(f"the report is at {page.absolute()}")
