"""``asmr-stim effects``: effect sizes from what was reported, pooled and compared by moderators."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from asmr_stim.cli import effects_options as options
from asmr_stim.cli.effects_text import show_audit, show_converted, show_max_test
from asmr_stim.cli.option_groups import with_option_groups
from asmr_stim.cli.terminal import print_json
from asmr_stim.cli.word_lists import names_in, numbers_in
from asmr_stim.io.converted_effects import check_converted, write_converted
from asmr_stim.io.results import check_result_folder
from asmr_stim.moderator.effects.regression import Settings
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.effects import COLUMNS_BY_DESIGN
from asmr_stim.workflows.effects_bias import bias_of, write_bias
from asmr_stim.workflows.effects_data import DEFAULT_RHO, EffectsRequest, convert_table, prepare
from asmr_stim.workflows.effects_direction import direction_lines, run_direction
from asmr_stim.workflows.effects_multiverse import MultiverseRequest, lines_of, run_multiverse
from asmr_stim.workflows.effects_output import run_effects, summary
from asmr_stim.workflows.effects_parts import audit_of, max_test_of, posteriors_of, power_of
from asmr_stim.workflows.effects_text import paragraphs

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
@with_option_groups
def convert(
    data: options.Data,
    out: Annotated[Path | None, Option("--out", help="TSV to write.")] = None,
    *,
    conversion: options.Conversion,
) -> None:
    """Turn reported statistics into effects with their route, sign source and grade."""
    if out is not None:
        check_converted(out, data)
    rows = convert_table(data, conversion.assumptions)
    show_converted(rows)
    if out is not None:
        write_converted(out, rows)
        typer.echo(f"{len(rows)} rows written to {out}")


@app.command()
@with_option_groups
def run(
    data: options.Data,
    out: options.OutFolder,
    *,
    by: Annotated[
        str | None,
        Option(
            "--by",
            help="Moderators: columns of the table, with commas; A:B or A*B for an interaction.",
        ),
    ] = None,
    method: options.Method = "REML",
    test: options.Test = "knapp_hartung",
    q_weights: Annotated[
        str | None,
        Option(help="Column of weights for a generalised Q estimate beside the main one."),
    ] = None,
    level: Annotated[float, Option(help="Coverage of intervals.")] = 0.95,
    rho: options.Rho = DEFAULT_RHO,
    entry: options.Entry,
    leave_out_digitised: Annotated[
        bool, Option("--leave-out-digitised", help="Without effects read from figures.")
    ] = False,
    lab: options.Lab = None,
    permute: Annotated[bool, Option(help="Also test moderators by permutation.")] = True,
    draws: options.Draws,
    conversion: options.Conversion,
    factors: Annotated[
        str | None, Option(help="Columns whose numbers are levels, with commas.")
    ] = None,
    at: Annotated[
        str | None,
        Option(help="Where to predict: COLUMN=VALUE, with commas; else across the data."),
    ] = None,
    acoustics: options.Acoustics,
    figures: options.Figures = options.DEFAULT_FIGURES,
    as_json: options.AsJson = False,
) -> None:
    """Pool effects, compare them by moderators, and write tables, figures and text to a folder."""
    mains, crossed = options.terms_in(by)
    request = EffectsRequest(
        data=data,
        by=mains + names_in(acoustics.feature),
        interactions=crossed,
        q_weights=q_weights,
        settings=Settings(method, test, level),
        rho=rho,
        contrast_type=entry.contrast_type,
        pools_contrast_types=entry.pool_contrast_types,
        pools_metrics=entry.pool_metrics,
        takes_digitised=not leave_out_digitised,
        lab=lab,
        permutes=permute,
        plan=draws.plan,
        assumptions=conversion.assumptions,
        acoustics=acoustics.link,
        at=options.places_in(at),
        factors=names_in(factors),
    )
    done = run_effects(request, out, options.formats_in(figures))
    if as_json:
        print_json(summary(done))
        return
    for paragraph in paragraphs(done):
        typer.echo(paragraph + "\n")
    typer.echo(f"Written to {out}")


@app.command()
@with_option_groups
def audit(
    data: options.Data,
    by: Annotated[str, Option("--by", help="Moderators that are to be used together.")],
    *,
    lab: options.Lab = None,
    entry: options.Entry,
    as_json: options.AsJson = False,
) -> None:
    """Say what is confounded, empty or unique in moderators, before any fit; exit 1 if blocked."""
    found = audit_of(replace(entry.request(data, by), lab=lab))
    if as_json:
        print_json(found.as_dict())
    else:
        show_audit(found)
    if found.is_blocked:
        raise typer.Exit(1)


@app.command()
@with_option_groups
def permute(
    data: options.Data,
    by: Annotated[str, Option("--by", help="Moderators, each tested alone.")],
    *,
    outcome: Annotated[
        str | None, Option(help="Column of outcomes (such as bands), analysed apart.")
    ] = None,
    method: options.Method = "REML",
    test: options.Test = "knapp_hartung",
    rho: options.Rho = DEFAULT_RHO,
    draws: options.Draws,
    entry: options.Entry,
) -> None:
    """Test many moderators (and outcomes) by permutation, adjusted for their number."""
    request = entry.request(data, by, rho)
    fitted = replace(request, settings=Settings(method, test), plan=draws.plan)
    show_max_test(max_test_of(fitted, outcome))


@app.command()
@with_option_groups
def bayes(
    data: options.Data,
    by: options.By = None,
    *,
    scales: Annotated[
        str, Option(help="Scales of the half-normal prior of tau, with commas.")
    ] = "0.5,1.0",
    rho: options.Rho = DEFAULT_RHO,
    entry: options.Entry,
) -> None:
    """Print posteriors of the mean, of each subgroup and of their differences."""
    for line in posteriors_of(entry.request(data, by, rho), numbers_in(scales)):
        typer.echo(line)


@app.command()
@with_option_groups
def bias(
    data: options.Data,
    *,
    force: Annotated[bool, Option("--force", help="Also with fewer than ten effects.")] = False,
    order: Annotated[
        str | None, Option(help="Column (such as the year) for the cumulative mean.")
    ] = None,
    out: Annotated[
        Path | None,
        Option(
            "--out",
            help="Folder for figures of subsets and of the cumulative mean.",
            file_okay=False,
        ),
    ] = None,
    figures: options.Figures = options.DEFAULT_FIGURES,
    method: options.Method = "REML",
    rho: options.Rho = DEFAULT_RHO,
    entry: options.Entry,
) -> None:
    """Print influence, and what asks whether small or null results are missing."""
    formats = options.formats_in(figures)
    if out is not None:
        check_result_folder(out)
    request = replace(entry.request(data, rho=rho), settings=Settings(method, "wald"))
    prepared = prepare(request)
    for line in bias_of(prepared, request, is_forced=force, order=order):
        typer.echo(line)
    if out is not None:
        write_bias(prepared, request, out, formats, is_forced=force, order=order)
        typer.echo(f"Written to {out}")


@app.command()
@with_option_groups
def multiverse(
    data: options.Data,
    out: options.OutFolder,
    *,
    by: Annotated[str | None, Option("--by", help="One moderator; the mean if left out.")] = None,
    choose: Annotated[
        str | None,
        Option(help="Columns, with commas, whose values are each taken alone and together."),
    ] = None,
    assumed_r: Annotated[
        str, Option("--assumed-r", help="Correlations between occasions, with commas.")
    ] = "0.3,0.5,0.7,0.9",
    rho: Annotated[
        str, Option("--rho", help="Correlations of errors within a sample, with commas.")
    ] = "0.3,0.6,0.9",
    entry: options.Entry,
) -> None:
    """Analyse in every defensible way; write the specification curve to a folder."""
    request = MultiverseRequest(
        entry.request(data, by),
        numbers_in(assumed_r),
        rhos=numbers_in(rho),
        choose=names_in(choose),
    )
    for line in lines_of(run_multiverse(request, out)):
        typer.echo(line)
    typer.echo(f"Written to {out}")


@app.command()
@with_option_groups
def power(
    data: options.Data,
    effect: Annotated[float, Option("--effect", help="True mean, and true difference.")],
    *,
    by: options.By = None,
    tau2: Annotated[
        float | None, Option(help="Variance of true effects; estimated if left out.")
    ] = None,
    rho: options.Rho = DEFAULT_RHO,
    entry: options.Entry,
) -> None:
    """Print what these studies could find: power for a mean, and for differences of subgroups."""
    for line in power_of(entry.request(data, by, rho), effect, tau2):
        typer.echo(line)


@app.command()
def direction(
    data: Annotated[
        Path,
        Argument(
            help="Table (.tsv, .csv) with study and direction; a catalogue folder; or the word "
            "catalogue for the program's own.",
            metavar="DATA",
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        Option("--out", help="Folder for tables, figure and SWiM report.", file_okay=False),
    ] = None,
    band: Annotated[str, Option(help="Column of outcomes, such as EEG bands.")] = "band",
    figures: options.Figures = options.DEFAULT_FIGURES,
    as_json: options.AsJson = False,
) -> None:
    """Count directions of effect where there are no magnitudes: sign tests, effect-direction plot.

    One vote for each independent sample, band and contrast type (Cochrane Handbook, chapter 12).
    """
    is_own = str(data) in {"catalogue", "catalog"} and not data.exists()
    source = catalogue_folder() if is_own else data
    done = run_direction(source, out, options.formats_in(figures), band)
    if as_json:
        print_json([asdict(each) for each in done.ballots.counts])
        return
    for line in direction_lines(done.ballots):
        typer.echo(line)
    if out is not None:
        typer.echo(f"Written to {out}")
