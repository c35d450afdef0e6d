"""``asmr-stim effects``: effect sizes from what was reported, pooled and compared by moderators."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.cli.effects_options import (
    AsJson,
    AssumedR,
    Between,
    By,
    ContrastType,
    Data,
    Figures,
    Method,
    PoolMetrics,
    PoolTypes,
    Rho,
    Seed,
    Test,
    Within,
    formats_of,
    names,
    numbers,
    places,
    print_json,
    terms,
)
from asmr_stim.errors import InputError
from asmr_stim.io.effects import EffectRow, write_converted
from asmr_stim.moderator.effects.converted import Assumptions
from asmr_stim.moderator.effects.permutation import Plan
from asmr_stim.moderator.effects.regression import Settings
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.effects import COLUMNS_BY_DESIGN
from asmr_stim.workflows.effects_acoustics import AcousticLink, ClipRule
from asmr_stim.workflows.effects_bias import bias_of, write_bias
from asmr_stim.workflows.effects_data import DEFAULT_RHO, EffectsRequest, convert_table, prepare
from asmr_stim.workflows.effects_direction import direction_lines, run_direction
from asmr_stim.workflows.effects_multiverse import (
    MultiverseRequest,
    lines_of,
    run_multiverse,
)
from asmr_stim.workflows.effects_output import run_effects, summary
from asmr_stim.workflows.effects_parts import audit_of, max_test_of, posteriors_of, power_of
from asmr_stim.workflows.effects_text import p_text, paragraphs

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def effects() -> None:
    """Pool effect sizes and compare them by moderators, right for few studies."""


CONVERT_HELP = "\n\n".join(
    [
        "Turn reported statistics into effects with their route, sign source and grade.",
        "Columns of the table: study, design, and by design:",
        *(f"{design}: {columns}." for design, columns in COLUMNS_BY_DESIGN.items()),
        (
            "Optional: sample_id, label, contrast_type, f_df1, digitised, reading_error; direction "
            "is increase or decrease of side 1. Any other column is a moderator."
        ),
    ]
)


@app.command(help=CONVERT_HELP)
def convert(
    data: Data,
    out: Annotated[Path | None, typer.Option("--out", help="TSV to write.")] = None,
    *,
    between: Between = "SMD",
    within: Within = "SMCC",
    assumed_r: AssumedR = None,
) -> None:
    """Turn reported statistics into effects with their route, sign source and grade."""
    if out is not None and out.suffix != ".tsv":
        raise InputError(f"{out}: tables are written as TSV; give a name that ends in .tsv")
    rows = convert_table(data, Assumptions(between, within, occasion_correlation=assumed_r))
    for row in rows:
        typer.echo(_told(row))
    if out is not None:
        write_converted(out, rows)
        typer.echo(f"{len(rows)} rows written to {out}")


def _told(row: EffectRow) -> str:
    """Return one converted effect as a line."""
    found = row.converted
    if found is None:
        return row.label
    if row.estimate is None or row.variance is None:
        low = "-inf" if found.low is None else f"{found.low:.3f}"
        high = "inf" if found.high is None else f"{found.high:.3f}"
        size = f"{found.measure} between {low} and {high}"
    else:
        size = f"{found.measure} = {row.estimate:.3f}, SE {row.variance**0.5:.3f}"
    r = (
        ""
        if found.correlation is None
        else (f"; r = {found.correlation:.2f} ({found.correlation_source})")
    )
    return f"{row.label}: {size}  [{found.grade}; {found.route}; sign: {found.sign_source}{r}]"


@app.command()
def run(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="Folder for the result.", file_okay=False)],
    *,
    by: By = None,
    method: Method = "REML",
    test: Test = "knapp_hartung",
    q_weights: Annotated[
        str | None,
        typer.Option(help="Column of weights for a generalised Q estimate beside the main one."),
    ] = None,
    level: Annotated[float, typer.Option(help="Coverage of intervals.")] = 0.95,
    rho: Rho = DEFAULT_RHO,
    contrast_type: ContrastType = None,
    pool_contrast_types: PoolTypes = False,
    pool_metrics: PoolMetrics = False,
    leave_out_digitised: Annotated[
        bool, typer.Option("--leave-out-digitised", help="Without effects read from figures.")
    ] = False,
    lab: Annotated[str | None, typer.Option(help="Column that names the laboratory.")] = None,
    permute: Annotated[bool, typer.Option(help="Also test moderators by permutation.")] = True,
    n_permutations: Annotated[
        int, typer.Option(help="Random ones, where there are too many to try all.")
    ] = 10_000,
    seed: Seed = 0,
    between: Between = "SMD",
    within: Within = "SMCC",
    assumed_r: AssumedR = None,
    factors: Annotated[
        str | None, typer.Option(help="Columns whose numbers are levels, with commas.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="Where to predict: COLUMN=VALUE, with commas; else across the data."),
    ] = None,
    profiles: Annotated[
        Path | None, typer.Option(help="Clip profiles (JSON of asmr-stim features) to join.")
    ] = None,
    feature: Annotated[
        str | None, typer.Option(help="Their features that become moderators, with commas.")
    ] = None,
    clip_rule: Annotated[
        ClipRule, typer.Option(help="How several clips become one number.")
    ] = "mean",
    figures: Figures = "svg,png",
    as_json: AsJson = False,
) -> None:
    """Pool effects, compare them by moderators, and write tables, figures and text to a folder."""
    mains, crossed = terms(by)
    request = EffectsRequest(
        data=data,
        by=mains + names(feature),
        interactions=crossed,
        q_weights=q_weights,
        settings=Settings(method, test, level),
        rho=rho,
        contrast_type=contrast_type,
        pools_contrast_types=pool_contrast_types,
        pools_metrics=pool_metrics,
        takes_digitised=not leave_out_digitised,
        lab=lab,
        permutes=permute,
        plan=Plan(n_draws=n_permutations, seed=seed),
        assumptions=Assumptions(between, within, occasion_correlation=assumed_r),
        acoustics=_acoustics(profiles, feature, clip_rule),
        at=places(at),
        factors=names(factors),
    )
    done = run_effects(request, out, formats_of(figures))
    if as_json:
        print_json(summary(done))
        return
    for paragraph in paragraphs(done):
        typer.echo(paragraph + "\n")
    typer.echo(f"Written to {out}")


def _acoustics(profiles: Path | None, feature: str | None, rule: ClipRule) -> AcousticLink | None:
    if (profiles is None) != (feature is None):
        raise InputError("--profiles and --feature go together: which file, and what of it")
    return None if profiles is None else AcousticLink(profiles, names(feature), rule)


@app.command()
def audit(
    data: Data,
    by: Annotated[str, typer.Option("--by", help="Moderators that are to be used together.")],
    *,
    lab: Annotated[str | None, typer.Option(help="Column that names the laboratory.")] = None,
    pool_contrast_types: PoolTypes = False,
    pool_metrics: PoolMetrics = False,
    as_json: AsJson = False,
) -> None:
    """Say what is confounded, empty or unique in moderators, before any fit; exit 1 if blocked."""
    request = EffectsRequest(
        data=data, by=names(by), lab=lab, pools_contrast_types=pool_contrast_types,
        pools_metrics=pool_metrics,
    )  # fmt: skip
    found = audit_of(request)
    if as_json:
        print_json(found.as_dict())
    else:
        for name, k in found.known:
            typer.echo(f"{name}: known for {k} effects")
        for concern in found.concerns:
            typer.echo(f"{concern.severity}: {concern.message}")
        if not found.concerns:
            typer.echo("Nothing stands against fitting these moderators together.")
    if found.is_blocked:
        raise typer.Exit(1)


@app.command()
def permute(
    data: Data,
    by: Annotated[str, typer.Option("--by", help="Moderators, each tested alone.")],
    *,
    outcome: Annotated[
        str | None, typer.Option(help="Column of outcomes (such as bands), analysed apart.")
    ] = None,
    method: Method = "REML",
    test: Test = "knapp_hartung",
    rho: Rho = DEFAULT_RHO,
    n_permutations: Annotated[int, typer.Option(help="Random ones beyond the limit.")] = 10_000,
    seed: Seed = 0,
    pool_contrast_types: PoolTypes = False,
    pool_metrics: PoolMetrics = False,
) -> None:
    """Test many moderators (and outcomes) by permutation, adjusted for their number."""
    request = EffectsRequest(
        data=data, by=names(by), settings=Settings(method, test), rho=rho,
        pools_contrast_types=pool_contrast_types, pools_metrics=pool_metrics,
        plan=Plan(n_draws=n_permutations, seed=seed),
    )  # fmt: skip
    found = max_test_of(request, outcome)
    kind = "all" if found.is_exact else "random"
    typer.echo(f"{found.n_used:,} {kind} allocations of {found.n_allocations:,}")
    typer.echo(f"{'outcome':20} {'moderator':24} {'p':>8} {'permuted':>9} {'adjusted':>9}")
    for name, moderator, p, own, adjusted in found.rows:
        typer.echo(
            f"{name:20} {moderator:24} {p_text(p):>8} {p_text(own):>9} {p_text(adjusted):>9}"
        )
    for why in found.untested:
        typer.echo(why)
    typer.echo(f"Smallest adjusted p that could have come out: {p_text(found.smallest_p)}")
    if found.smallest_p > 0.05:
        typer.echo("These tests cannot show a difference at .05, whatever the effects.")


@app.command()
def bayes(
    data: Data,
    by: By = None,
    *,
    scales: Annotated[
        str, typer.Option(help="Scales of the half-normal prior of tau, with commas.")
    ] = "0.5,1.0",
    rho: Rho = DEFAULT_RHO,
    contrast_type: ContrastType = None,
    pool_contrast_types: PoolTypes = False,
    pool_metrics: PoolMetrics = False,
) -> None:
    """Print posteriors of the mean, of each subgroup and of their differences."""
    request = EffectsRequest(
        data=data, by=names(by), rho=rho, contrast_type=contrast_type,
        pools_contrast_types=pool_contrast_types, pools_metrics=pool_metrics,
    )  # fmt: skip
    for line in posteriors_of(request, numbers(scales)):
        typer.echo(line)


@app.command()
def bias(
    data: Data,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Also with fewer than ten effects.")
    ] = False,
    order: Annotated[
        str | None, typer.Option(help="Column (such as the year) for the cumulative mean.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for figures of subsets and of the cumulative mean.",
            file_okay=False,
        ),
    ] = None,
    figures: Figures = "svg,png",
    method: Method = "REML",
    rho: Rho = DEFAULT_RHO,
    contrast_type: ContrastType = None,
    pool_contrast_types: PoolTypes = False,
    pool_metrics: PoolMetrics = False,
) -> None:
    """Print influence, and what asks whether small or null results are missing."""
    request = EffectsRequest(
        data=data, settings=Settings(method, "wald"), rho=rho, contrast_type=contrast_type,
        pools_contrast_types=pool_contrast_types, pools_metrics=pool_metrics,
    )  # fmt: skip
    prepared = prepare(request)
    for line in bias_of(prepared, request, is_forced=force, order=order):
        typer.echo(line)
    if out is not None:
        write_bias(prepared, request, out, formats_of(figures), order)
        typer.echo(f"Written to {out}")


@app.command()
def multiverse(
    data: Data,
    out: Annotated[Path, typer.Option("--out", help="Folder for the result.", file_okay=False)],
    *,
    by: Annotated[
        str | None, typer.Option("--by", help="One moderator; the mean if left out.")
    ] = None,
    choose: Annotated[
        str | None,
        typer.Option(help="Columns, with commas, whose values are each taken alone and together."),
    ] = None,
    assumed_r: Annotated[
        str, typer.Option("--assumed-r", help="Correlations between occasions, with commas.")
    ] = "0.3,0.5,0.7,0.9",
    rho: Annotated[
        str, typer.Option(help="Correlations of errors within a sample, with commas.")
    ] = "0.3,0.6,0.9",
    contrast_type: ContrastType = None,
    pool_contrast_types: PoolTypes = False,
    pool_metrics: PoolMetrics = False,
) -> None:
    """Analyse in every defensible way; write the specification curve to a folder."""
    base = EffectsRequest(
        data=data, by=names(by), contrast_type=contrast_type,
        pools_contrast_types=pool_contrast_types, pools_metrics=pool_metrics,
    )  # fmt: skip
    request = MultiverseRequest(base, numbers(assumed_r), rhos=numbers(rho), choose=names(choose))
    for line in lines_of(run_multiverse(request, out)):
        typer.echo(line)
    typer.echo(f"Written to {out}")


@app.command()
def power(
    data: Data,
    effect: Annotated[float, typer.Option("--effect", help="True mean, and true difference.")],
    *,
    by: By = None,
    tau2: Annotated[
        float | None, typer.Option(help="Variance of true effects; estimated if left out.")
    ] = None,
    rho: Rho = DEFAULT_RHO,
    contrast_type: ContrastType = None,
    pool_contrast_types: PoolTypes = False,
    pool_metrics: PoolMetrics = False,
) -> None:
    """Print what these studies could find: power for a mean, and for differences of subgroups."""
    request = EffectsRequest(
        data=data, by=names(by), rho=rho, contrast_type=contrast_type,
        pools_contrast_types=pool_contrast_types, pools_metrics=pool_metrics,
    )  # fmt: skip
    for line in power_of(request, effect, tau2):
        typer.echo(line)


@app.command()
def direction(
    data: Annotated[
        Path,
        typer.Argument(
            help="Table (.tsv, .csv) with study and direction; a catalogue folder; or the word "
            "catalogue for the program's own."
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for tables, figure and SWiM report.", file_okay=False),
    ] = None,
    band: Annotated[str, typer.Option(help="Column of outcomes, such as EEG bands.")] = "band",
    figures: Figures = "svg,png",
    as_json: AsJson = False,
) -> None:
    """Count directions of effect where there are no magnitudes: sign tests, effect-direction plot.

    One vote for each independent sample, band and contrast type (Cochrane Handbook, chapter 12).
    """
    is_own = str(data) in {"catalogue", "catalog"} and not data.exists()
    source = catalogue_folder() if is_own else data
    done = run_direction(source, out, formats_of(figures), band)
    if as_json:
        print_json([asdict(each) for each in done.ballots.counts])
        return
    for line in direction_lines(done.ballots):
        typer.echo(line)
    if out is not None:
        typer.echo(f"Written to {out}")
