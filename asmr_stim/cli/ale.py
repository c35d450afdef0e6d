"""``asmr-stim ale``: activation likelihood estimation from files of foci."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.io.tables import json_bytes
from asmr_stim.moderator.ale.dependence import Dependence
from asmr_stim.moderator.ale.familywise import Progress
from asmr_stim.moderator.ale.grid import Outside, Rounding
from asmr_stim.moderator.ale.result import AleResult, AleSettings, MonteCarlo
from asmr_stim.schema.foci import CoordinateSpace
from asmr_stim.workflows.ale import AleRequest, Group, Labour, run_ale
from asmr_stim.workflows.ale_output import summary

app = typer.Typer(add_completion=False, no_args_is_help=True)

SHOWN_CLUSTERS = 10


@app.callback()
def ale() -> None:
    """Find where the foci of many experiments converge (activation likelihood estimation)."""


@app.command()
def run(
    foci: Annotated[Path, typer.Argument(help="Foci: Sleuth text, or a table in .tsv or .csv.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the result.", file_okay=False)],
    *,
    experiments: Annotated[
        Path | None,
        typer.Option(help="Table of experiments: experiment, n, sample_id, any group columns."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Group column: one ALE for each of its values.")
    ] = None,
    groups: Annotated[
        str | None, typer.Option(help="Values of the group column, with commas; all if left out.")
    ] = None,
    mask: Annotated[
        Path | None, typer.Option(help="Brain mask (NIfTI, MNI space); the program's if left out.")
    ] = None,
    space: Annotated[
        CoordinateSpace | None, typer.Option(help="Space of a table of foci that does not say it.")
    ] = None,
    cluster_p: Annotated[
        float, typer.Option(help="Cluster-forming p of a voxel, uncorrected.")
    ] = 0.001,
    rounding: Annotated[
        Rounding, typer.Option(help="How mm become voxels; or truncate as older programs did.")
    ] = "nearest",
    outside: Annotated[
        Outside, typer.Option(help="Foci outside the mask: keep their tails, or drop them.")
    ] = "keep",
    dependence: Annotated[
        Dependence, typer.Option(help="Experiments with one sample_id: merge, or keep apart.")
    ] = "merge",
    convert_talairach: Annotated[
        bool, typer.Option("--convert-talairach", help="Move foci to MNI (Lancaster 2007).")
    ] = False,
    pool_contrast_types: Annotated[
        bool, typer.Option("--pool-contrast-types", help="Let several contrast types enter.")
    ] = False,
    n_iterations: Annotated[
        int, typer.Option(help="Random arrangements for the family-wise error; 0 for none.")
    ] = 10_000,
    alpha: Annotated[float, typer.Option(help="Family-wise error rate.")] = 0.05,
    seed: Annotated[int, typer.Option(help="Seed of the random arrangements.")] = 0,
    n_threads: Annotated[
        int, typer.Option(help="Threads; the result does not depend on it.", min=1)
    ] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print result.json.")] = False,
) -> None:
    """Estimate an ALE and write maps, a cluster table and result.json into a folder."""
    settings = AleSettings(
        cluster_p, rounding, outside, dependence, convert_talairach, pool_contrast_types
    )
    wanted = tuple(name.strip() for name in groups.split(",")) if groups else ()
    monte_carlo = MonteCarlo(n_iterations, seed, alpha) if n_iterations != 0 else None
    request = AleRequest(foci, experiments, space, by, wanted, mask, settings, monte_carlo)
    with arrangements_bar() as progress:
        done = run_ale(request, out, Labour(n_threads, progress))
    if as_json:
        typer.echo(json_bytes(summary(done)).decode(), nl=False)
        return
    for group in done.groups:
        _show(group)
    if done.left_out:
        typer.echo(f"{len(done.left_out)} experiments are in no group; experiments.tsv says why.")
    typer.echo(f"Written to {out}")


@contextmanager
def arrangements_bar() -> Iterator[Progress]:
    """Yield a function that counts arrangements on stderr, if that is a terminal."""
    done = 0
    is_shown = sys.stderr.isatty()

    def show(more: int) -> None:
        nonlocal done
        done += more
        if is_shown:
            typer.echo(f"\r{done} random arrangements", nl=False, err=True)

    yield show
    if is_shown and done:
        typer.echo("\r\x1b[K", nl=False, err=True)


def _show(group: Group) -> None:
    """Print one group as a few lines."""
    if group.name is not None:
        typer.echo(f"{group.name}")
    result = group.result
    if not isinstance(result, AleResult):
        typer.echo(f"  {result.reason}\n")
        return
    for warning in result.warnings:
        typer.echo(f"  ! {warning}")
    counts = result.counts
    typer.echo(
        f"  {counts.n_experiments} experiments, {counts.n_foci} foci "
        f"({counts.n_outside_mask} outside the mask: {result.settings.outside}), "
        f"{counts.n_people} people; {len(result.clusters)} clusters"
    )
    _show_critical(result)
    typer.echo("  cluster      mm3     x     y     z     ALE  z-value  p(size)  largest share")
    for cluster in result.clusters[:SHOWN_CLUSTERS]:
        x, y, z = cluster.peak_mm
        name, share = cluster.contributions[0]
        corrected = "n/a"
        if result.familywise is not None:
            corrected = f"{result.familywise.clusters[cluster.number - 1].size:.4f}"
        typer.echo(
            f"  {cluster.number:7d} {cluster.volume_mm3:8.0f} {x:5.0f} {y:5.0f} {z:5.0f} "
            f"{cluster.peak_ale:7.4f} {cluster.peak_z:8.2f} {corrected:>8s}  {name} {share:.0%}"
        )
    if len(result.clusters) > SHOWN_CLUSTERS:
        typer.echo(f"  and {len(result.clusters) - SHOWN_CLUSTERS} smaller ones in clusters.tsv")
    typer.echo("")


def _show_critical(result: AleResult) -> None:
    if result.familywise is None:
        return
    found = result.familywise
    voxel_mm3 = result.model.mask.voxel_volume_mm3
    typer.echo(
        f"  family-wise {found.settings.alpha:g}: ALE above {found.ale.value:.5f} "
        f"(se {found.ale.standard_error:.5f}), clusters above {found.size.value * voxel_mm3:.0f} "
        f"mm3 (se {found.size.standard_error * voxel_mm3:.0f})"
    )
