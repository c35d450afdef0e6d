"""``asmr-stim ale``: activation likelihood estimation from files of foci."""

from pathlib import Path

import typer

from asmr_stim.cli import ale_options as options
from asmr_stim.cli.ale_text import (
    arrangements_bar,
    show_fail_safe_n,
    show_left_out,
    show_pair,
    show_power,
    show_run,
)
from asmr_stim.io.atlases import asked_atlas
from asmr_stim.io.tables import json_bytes
from asmr_stim.moderator.ale.contrast_result import ContrastSettings
from asmr_stim.moderator.ale.result import AleResult, AleSettings, MonteCarlo
from asmr_stim.workflows.ale import AleRequest, Labour, run_ale
from asmr_stim.workflows.ale_contrast import ContrastRequest, contrast_summary, run_contrast
from asmr_stim.workflows.ale_diagnostics import (
    diagnostic_summary,
    run_fail_safe_n,
    run_leave_one_out,
    run_power,
)
from asmr_stim.workflows.ale_output import summary

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def ale() -> None:
    """Find where the foci of many experiments converge (activation likelihood estimation)."""


@app.command()
def run(
    foci: options.FociFile,
    out: options.OutFolder,
    *,
    experiments: options.ExperimentsFile = None,
    by: options.GroupColumn = None,
    groups: options.GroupNames = None,
    mask: options.MaskFile = None,
    space: options.SpaceName = None,
    cluster_p: options.ClusterP = 0.001,
    rounding: options.RoundingRule = "nearest",
    outside: options.OutsideRule = "keep",
    dependence: options.DependenceRule = "merge",
    convert_talairach: options.ConvertTalairach = False,
    pool_contrast_types: options.PoolContrastTypes = False,
    n_iterations: options.Iterations = 10_000,
    alpha: options.Alpha = 0.05,
    seed: options.Seed = 0,
    n_threads: options.Threads = 2,
    atlas: options.AtlasImage = None,
    atlas_labels: options.AtlasLabels = None,
    atlas_space: options.AtlasSpace = None,
    figures: options.Figures = False,
    as_json: options.AsJson = False,
) -> None:
    """Estimate an ALE and write maps, a cluster table and result.json into a folder."""
    settings = AleSettings(
        cluster_p, rounding, outside, dependence, convert_talairach, pool_contrast_types
    )
    wanted = options.names_in(groups)
    monte_carlo = MonteCarlo(n_iterations, seed, alpha) if n_iterations != 0 else None
    named_by = asked_atlas(atlas, atlas_labels, atlas_space)
    request = AleRequest(
        foci, experiments, space, by, wanted, mask, settings, monte_carlo, named_by
    )
    with arrangements_bar() as progress:
        done = run_ale(request, out, Labour(n_threads, progress, _draw if figures else None))
    if as_json:
        typer.echo(json_bytes(summary(done)).decode(), nl=False)
        return
    show_run(done)
    typer.echo(f"Written to {out}")


@app.command()
def contrast(
    foci: options.FociFile,
    out: options.OutFolder,
    *,
    experiments: options.ExperimentsFile = None,
    by: options.GroupColumn = None,
    groups: options.GroupNames = None,
    mask: options.MaskFile = None,
    space: options.SpaceName = None,
    cluster_p: options.ClusterP = 0.001,
    rounding: options.RoundingRule = "nearest",
    outside: options.OutsideRule = "keep",
    dependence: options.DependenceRule = "merge",
    convert_talairach: options.ConvertTalairach = False,
    pool_contrast_types: options.PoolContrastTypes = False,
    n_iterations: options.Iterations = 10_000,
    n_permutations: options.Permutations = 10_000,
    gated: options.Gated = False,
    force: options.Forced = False,
    alpha: options.Alpha = 0.05,
    seed: options.Seed = 0,
    n_threads: options.Threads = 2,
    atlas: options.AtlasImage = None,
    atlas_labels: options.AtlasLabels = None,
    atlas_space: options.AtlasSpace = None,
    as_json: options.AsJson = False,
) -> None:
    """Compare every two groups: difference, exact or permuted p, and where both converge."""
    settings = AleSettings(
        cluster_p, rounding, outside, dependence, convert_talairach, pool_contrast_types
    )
    wanted = options.names_in(groups)
    monte_carlo = MonteCarlo(n_iterations, seed, alpha) if n_iterations != 0 else None
    named_by = asked_atlas(atlas, atlas_labels, atlas_space)
    request = AleRequest(
        foci, experiments, space, by, wanted, mask, settings, monte_carlo, named_by
    )
    permutations = MonteCarlo(n_permutations, seed, alpha)
    asked = ContrastRequest(request, ContrastSettings(permutations, cluster_p, gated, force))
    with arrangements_bar() as progress:
        done = run_contrast(asked, out, Labour(n_threads, progress))
    if as_json:
        typer.echo(json_bytes(contrast_summary(done)).decode(), nl=False)
        return
    show_run(done.ale)
    for pair in done.pairs:
        show_pair(pair)
    typer.echo(f"Written to {out}")


@app.command("leave-one-out")
def leave_one_out(
    foci: options.FociFile,
    out: options.OutFolder,
    *,
    experiments: options.ExperimentsFile = None,
    by: options.GroupColumn = None,
    groups: options.GroupNames = None,
    mask: options.MaskFile = None,
    space: options.SpaceName = None,
    cluster_p: options.ClusterP = 0.001,
    rounding: options.RoundingRule = "nearest",
    outside: options.OutsideRule = "keep",
    dependence: options.DependenceRule = "merge",
    convert_talairach: options.ConvertTalairach = False,
    pool_contrast_types: options.PoolContrastTypes = False,
    as_json: options.AsJson = False,
) -> None:
    """Leave every experiment out once: what is left of each cluster."""
    settings = AleSettings(
        cluster_p, rounding, outside, dependence, convert_talairach, pool_contrast_types
    )
    wanted = options.names_in(groups)
    request = AleRequest(foci, experiments, space, by, wanted, mask, settings)
    done = run_leave_one_out(request, out)
    if as_json:
        typer.echo(json_bytes(diagnostic_summary(done)).decode(), nl=False)
        return
    show_left_out(done)
    typer.echo(f"Written to {out}")


@app.command("fail-safe-n")
def fail_safe_n(
    foci: options.FociFile,
    out: options.OutFolder,
    *,
    experiments: options.ExperimentsFile = None,
    by: options.GroupColumn = None,
    groups: options.GroupNames = None,
    mask: options.MaskFile = None,
    space: options.SpaceName = None,
    cluster_p: options.ClusterP = 0.001,
    rounding: options.RoundingRule = "nearest",
    outside: options.OutsideRule = "keep",
    dependence: options.DependenceRule = "merge",
    convert_talairach: options.ConvertTalairach = False,
    pool_contrast_types: options.PoolContrastTypes = False,
    n_iterations: options.Iterations = 10_000,
    n_sets: options.NullSets = 5,
    alpha: options.Alpha = 0.05,
    seed: options.Seed = 0,
    n_threads: options.Threads = 2,
    as_json: options.AsJson = False,
) -> None:
    """Find how many unpublished null experiments each significant cluster survives."""
    settings = AleSettings(
        cluster_p, rounding, outside, dependence, convert_talairach, pool_contrast_types
    )
    wanted = options.names_in(groups)
    monte_carlo = MonteCarlo(n_iterations, seed, alpha) if n_iterations != 0 else None
    request = AleRequest(foci, experiments, space, by, wanted, mask, settings, monte_carlo)
    with arrangements_bar() as progress:
        done = run_fail_safe_n(request, out, n_sets, Labour(n_threads, progress))
    if as_json:
        typer.echo(json_bytes(diagnostic_summary(done)).decode(), nl=False)
        return
    show_fail_safe_n(done)
    typer.echo(f"Written to {out}")


@app.command()
def power(
    foci: options.FociFile,
    out: options.OutFolder,
    *,
    experiments: options.ExperimentsFile = None,
    by: options.GroupColumn = None,
    groups: options.GroupNames = None,
    mask: options.MaskFile = None,
    space: options.SpaceName = None,
    cluster_p: options.ClusterP = 0.001,
    rounding: options.RoundingRule = "nearest",
    outside: options.OutsideRule = "keep",
    dependence: options.DependenceRule = "merge",
    convert_talairach: options.ConvertTalairach = False,
    pool_contrast_types: options.PoolContrastTypes = False,
    shares: options.Shares = "0.1,0.2,0.3,0.4,0.5",
    n_simulations: options.Simulations = 100,
    n_iterations: options.Iterations = 2_000,
    alpha: options.Alpha = 0.05,
    seed: options.Seed = 0,
    n_threads: options.Threads = 2,
    as_json: options.AsJson = False,
) -> None:
    """Simulate how likely experiments of these sizes find a place where some converge."""
    settings = AleSettings(
        cluster_p, rounding, outside, dependence, convert_talairach, pool_contrast_types
    )
    wanted = options.names_in(groups)
    monte_carlo = MonteCarlo(n_iterations, seed, alpha) if n_iterations != 0 else None
    request = AleRequest(foci, experiments, space, by, wanted, mask, settings, monte_carlo)
    asked = options.numbers_in(shares)
    done = run_power(request, out, asked, n_simulations, Labour(n_threads))
    if as_json:
        typer.echo(json_bytes(diagnostic_summary(done)).decode(), nl=False)
        return
    show_power(done)
    typer.echo(f"Written to {out}")


def _draw(result: AleResult, folder: Path) -> None:
    from asmr_stim.workflows.ale_figures import (  # noqa: PLC0415 - seconds, for pictures only
        draw_result,
    )

    draw_result(result, folder)
