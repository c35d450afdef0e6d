"""``asmr-stim ale``: activation likelihood estimation from files of foci."""

import typer

from asmr_stim.cli import ale_options as options
from asmr_stim.cli.ale_text import arrangements_bar, show_pair, show_run
from asmr_stim.io.tables import json_bytes
from asmr_stim.moderator.ale.contrast import ContrastSettings
from asmr_stim.moderator.ale.result import AleSettings, MonteCarlo
from asmr_stim.workflows.ale import AleRequest, Labour, run_ale
from asmr_stim.workflows.ale_contrast import ContrastRequest, contrast_summary, run_contrast
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
    as_json: options.AsJson = False,
) -> None:
    """Estimate an ALE and write maps, a cluster table and result.json into a folder."""
    settings = AleSettings(
        cluster_p, rounding, outside, dependence, convert_talairach, pool_contrast_types
    )
    wanted = options.names_in(groups)
    monte_carlo = MonteCarlo(n_iterations, seed, alpha) if n_iterations != 0 else None
    request = AleRequest(foci, experiments, space, by, wanted, mask, settings, monte_carlo)
    with arrangements_bar() as progress:
        done = run_ale(request, out, Labour(n_threads, progress))
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
    as_json: options.AsJson = False,
) -> None:
    """Compare every two groups: difference, exact or permuted p, and where both converge."""
    settings = AleSettings(
        cluster_p, rounding, outside, dependence, convert_talairach, pool_contrast_types
    )
    wanted = options.names_in(groups)
    monte_carlo = MonteCarlo(n_iterations, seed, alpha) if n_iterations != 0 else None
    request = AleRequest(foci, experiments, space, by, wanted, mask, settings, monte_carlo)
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
