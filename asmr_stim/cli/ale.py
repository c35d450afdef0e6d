"""``asmr-stim ale``: activation likelihood estimation from files of foci."""

from collections.abc import Callable
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
from asmr_stim.cli.option_groups import with_option_groups
from asmr_stim.cli.terminal import print_json
from asmr_stim.cli.word_lists import numbers_in
from asmr_stim.moderator.ale.contrast_result import ContrastSettings
from asmr_stim.moderator.ale.result import AleResult, MonteCarlo
from asmr_stim.workflows.ale import Labour, run_ale
from asmr_stim.workflows.ale_contrast import ContrastRequest, contrast_summary, run_contrast
from asmr_stim.workflows.ale_diagnostics import (
    DiagnosticRun,
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
@with_option_groups
def run(
    foci: options.FociFile,
    out: options.OutFolder,
    *,
    choice: options.Choice,
    chance: options.Chance,
    naming: options.Naming,
    figures: options.Figures = False,
    n_threads: options.Threads = 2,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Estimate an ALE and write maps, a cluster table, methods and result.json into a folder."""
    request = options.request_of(foci, choice, chance.monte_carlo, naming)
    with arrangements_bar() as progress:
        labour = Labour(n_threads, progress, _draw if figures else None, overwrite)
        done = run_ale(request, out, labour)
    if as_json:
        print_json(summary(done))
        return
    show_run(done)
    typer.echo(f"Written to {out}")


@app.command(context_settings={"allow_extra_args": True})
@with_option_groups
def contrast(
    context: typer.Context,
    foci: options.FociFile,
    out: options.OutFolder,
    *,
    choice: options.Choice,
    chance: options.Chance,
    naming: options.Naming,
    n_permutations: options.Permutations = 10_000,
    gated: options.Gated = False,
    force: options.Forced = False,
    n_threads: options.Threads = 2,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Compare every two groups: difference, exact or permuted p, and where both converge.

    FOCI holds all experiments; --by is the column of --experiments with groups.
    """
    _refuse_second_file(context.args)
    request = options.request_of(foci, choice, chance.monte_carlo, naming)
    permutations = MonteCarlo(n_permutations, chance.seed, chance.alpha)
    asked = ContrastRequest(request, ContrastSettings(permutations, choice.cluster_p, gated, force))
    with arrangements_bar() as progress:
        done = run_contrast(asked, out, Labour(n_threads, progress, overwrite=overwrite))
    if as_json:
        print_json(contrast_summary(done))
        return
    show_run(done.ale)
    for pair in done.pairs:
        show_pair(pair, len(done.pairs))
    typer.echo(f"Written to {out}")


def _refuse_second_file(words: list[str]) -> None:
    """Say how groups are told apart, where somebody gives a file for each."""
    if words:
        raise typer.BadParameter(
            f"a contrast takes one file with the experiments of all groups, and '{words[0]}' is "
            "one more; put all experiments into one file, and say the group of each in a column of "
            "a table: --experiments TABLE.tsv --by COLUMN",
            param_hint="FOCI",
        )


@app.command("leave-one-out")
@with_option_groups
def leave_one_out(
    foci: options.FociFile,
    out: options.OutFolder,
    *,
    choice: options.Choice,
    naming: options.Naming,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Leave every experiment out once: what is left of each cluster."""
    request = options.request_of(foci, choice, naming=naming)
    done = run_leave_one_out(request, out, Labour(overwrite=overwrite))
    _show(done, show_left_out, out, as_json=as_json)


@app.command("fail-safe-n")
@with_option_groups
def fail_safe_n(
    foci: options.FociFile,
    out: options.OutFolder,
    *,
    choice: options.Choice,
    chance: options.Chance,
    n_sets: options.NullSets = 5,
    n_threads: options.Threads = 2,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Find how many unpublished null experiments each significant cluster survives."""
    request = options.request_of(foci, choice, chance.monte_carlo)
    with arrangements_bar() as progress:
        labour = Labour(n_threads, progress, overwrite=overwrite)
        done = run_fail_safe_n(request, out, n_sets, labour)
    _show(done, show_fail_safe_n, out, as_json=as_json)


@app.command()
@with_option_groups
def power(
    foci: options.FociFile,
    out: options.OutFolder,
    *,
    choice: options.Choice,
    chance: options.LessChance,
    shares: options.Shares = "0.1,0.2,0.3,0.4,0.5",
    n_simulations: options.Simulations = 100,
    n_threads: options.Threads = 2,
    overwrite: options.Overwrite = False,
    as_json: options.AsJson = False,
) -> None:
    """Simulate how likely experiments of these sizes find a place where some converge."""
    request = options.request_of(foci, choice, chance.monte_carlo)
    asked = numbers_in(shares)
    labour = Labour(n_threads, overwrite=overwrite)
    done = run_power(request, out, asked, n_simulations, labour)
    _show(done, show_power, out, as_json=as_json)


def _show(
    done: DiagnosticRun, show: Callable[[DiagnosticRun], None], out: Path, *, as_json: bool
) -> None:
    """Print a diagnostic, or what its ``result.json`` holds."""
    if as_json:
        print_json(diagnostic_summary(done))
        return
    show(done)
    typer.echo(f"Written to {out}")


def _draw(result: AleResult, folder: Path) -> None:
    from asmr_stim.workflows.ale_figures import (  # noqa: PLC0415 - seconds, for pictures only
        draw_result,
    )

    draw_result(result, folder)
