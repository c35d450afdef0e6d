"""What a pooled mean rests on, in lines: influence first, then tests of what may be missing.

Offers: ``bias_of``, ``write_bias``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.results import RESULT_FILE, origin, result_folder
from asmr_stim.io.tables import Column, json_bytes, write_atomically, write_table
from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.asymmetry import (
    LEAST_K,
    begg,
    egger,
    egger_weighted,
    pet_peese,
    trim_and_fill,
)
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.influence import cumulative, gosh, influence, leave_one_out
from asmr_stim.moderator.effects.missing_studies import excess_significance, fail_safe_n
from asmr_stim.moderator.effects.regression import Regression, Settings, tested
from asmr_stim.moderator.effects.selection import step_selection
from asmr_stim.report.figures.forest import ForestRow, forest_figure
from asmr_stim.report.figures.sensitivity import gosh_figure
from asmr_stim.report.figures.style import save
from asmr_stim.workflows.effects_data import EffectsRequest, Prepared
from asmr_stim.workflows.effects_text import interval_text, p_text

CUMULATIVE = "Cumulative mean (Knapp-Hartung intervals)"
SUBSETS = 1000  # random ones, where there are more


def bias_of(
    prepared: Prepared, request: EffectsRequest, *, is_forced: bool, order: str | None = None
) -> Iterator[str]:
    """Yield the lines; below ten samples the tests of asymmetry only if forced.

    Parameters
    ----------
    prepared : Prepared
    request : EffectsRequest
        Its settings give the estimator of tau2. Intervals of means are Knapp-Hartung ones;
        tests of asymmetry and trim and fill use Wald tests.
    is_forced : bool
    order : str or None
        Column of numbers in whose order effects are added to the cumulative mean.

    Raises
    ------
    InputError, MissingInputError
        Before the first line: if there are fewer than three samples, or the column is not there
        or cannot order them.
    """
    effects = prepared.effects
    units = aggregate(effects, request.rho) if effects.n_studies < effects.k else effects
    settings = Settings(request.settings.method, "wald", request.settings.level)
    if units.k < 3:
        raise InputError(
            f"{request.data}: what a mean rests on can be asked from three samples on; "
            f"found {units.k}"
        )
    if order is not None and order not in units.columns:
        raise MissingInputError(
            f"{request.data}:1:1: there is no column '{order}' to order the samples by; there are: "
            f"{', '.join(sorted(units.columns)) or 'none'}"
        )
    ordered = () if order is None else _in_order(units, settings, order)
    yield from _influence_lines(units, settings)
    if order is not None:
        yield from _cumulative_lines(ordered, order)
    if units.k < LEAST_K and not is_forced:
        yield (
            f"Tests of funnel asymmetry are not made with {units.k} samples: below {LEAST_K} they "
            "have next to no power (Sterne et al. 2011, BMJ 343:d4002); --force makes them."
        )
        return
    yield "Egger (random effects), trim and fill, PET and PEESE with Wald tests (normal):"
    yield from _asymmetry_lines(units, settings)
    yield from _missing_lines(units)


def write_bias(
    prepared: Prepared,
    request: EffectsRequest,
    out: Path,
    formats: Sequence[str],
    *,
    is_forced: bool,
    order: str | None = None,
) -> None:
    """Write the figures of what the mean rests on (subsets, cumulative mean) and the points.

    Parameters
    ----------
    prepared, request, is_forced, order
        As for ``bias_of``.
    out : Path
        A new or empty folder, or one with an earlier result, which is replaced.
    formats : sequence of str
        svg, pdf, png.
    """
    effects = prepared.effects
    units = aggregate(effects, request.rho) if effects.n_studies < effects.k else effects
    settings = Settings(request.settings.method, "wald", request.settings.level)
    means, i2 = gosh(units, Settings("DL", "wald", settings.level), n_most=SUBSETS)
    points = np.asarray(means, dtype=np.float64), np.asarray(i2, dtype=np.float64)
    columns = (Column("mean", "Of the subset"), Column("i2", "Of the subset", "%"))
    with result_folder(out) as folder:
        write_table(folder / "subsets.tsv", columns, list(zip(means, i2, strict=True)))
        for each in formats:
            save(gosh_figure(*points, "Mean of the subset"), folder / f"gosh.{each}")
        if order is not None:
            rows = [_cumulative_row(units, *found) for found in _in_order(units, settings, order)]
            for each in formats:
                save(forest_figure(rows, CUMULATIVE), folder / f"cumulative.{each}")
        lines = list(bias_of(prepared, request, is_forced=is_forced, order=order))
        options = {
            "method": settings.method,
            "rho": request.rho,
            "order": order,
            "force": is_forced,
        }
        content = origin("effects bias", request.inputs, options) | {"lines": lines}
        write_atomically(folder / RESULT_FILE, json_bytes(content))


def _cumulative_row(units: Effects, name: str, model: Regression | None) -> ForestRow:
    if model is not None:
        mean = model.coefficients[0]
        return ForestRow(f"+ {name}", "effect", mean.estimate, mean.ci_low, mean.ci_high, 1.0)
    first = units.labels.index(name)
    alone = tested(
        name, float(units.estimates[first]), float(units.standard_errors[first]), None, 0.95
    )
    return ForestRow(name, "effect", alone.estimate, alone.ci_low, alone.ci_high, 1.0)


def _influence_lines(units: Effects, settings: Settings) -> Iterator[str]:
    yield "Without each sample (Knapp-Hartung intervals):"
    for name, model in leave_one_out(units, _of_means(settings)):
        yield f"  {name}: {interval_text(model.coefficients[0])}, tau2 {model.tau2:.3f}"
    flagged = [each.label for each in influence(units, settings) if each.is_influential]
    yield _subset_line(units, settings)
    yield f"Influential (Viechtbauer & Cheung 2010): {', '.join(flagged) or 'none'}"


def _of_means(settings: Settings) -> Settings:
    """Return settings with the intervals that a run has by default."""
    return replace(settings, test="knapp_hartung")


def _in_order(
    units: Effects, settings: Settings, order: str
) -> tuple[tuple[str, Regression | None], ...]:
    values = units.column(order)
    numbers = [value for value in values if isinstance(value, (int, float))]
    if len(numbers) < units.k:
        without = next(
            s for s, v in zip(units.studies, values, strict=True) if not isinstance(v, (int, float))
        )
        raise InputError(
            f"the column '{order}' has no one number for the sample '{without}'; it cannot order "
            "the samples (effects of one sample need the same number)"
        )
    return cumulative(units, numbers, _of_means(settings))


def _cumulative_lines(
    ordered: Sequence[tuple[str, Regression | None]], order: str
) -> Iterator[str]:
    yield f"Cumulative mean in the order of {order} (Knapp-Hartung intervals):"
    for name, model in ordered:
        if model is not None:
            yield f"  with {name}: {interval_text(model.coefficients[0])}"


def _subset_line(units: Effects, settings: Settings) -> str:
    means, _ = gosh(units, Settings("DL", "wald", settings.level), n_most=SUBSETS)
    low, middle, high = np.quantile(means, [0.05, 0.5, 0.95])
    return (
        f"Means of {means.size} subsets (GOSH): median {middle:.3f}, nine in ten between {low:.3f} "
        f"and {high:.3f}"
    )


def _asymmetry_lines(units: Effects, settings: Settings) -> Iterator[str]:
    if np.ptp(units.variances) == 0:
        yield "All variances are the same: asymmetry of the funnel cannot be told."
        return
    by_model, by_line, rank = egger(units, settings), egger_weighted(units), begg(units)
    yield f"Egger, random effects: z = {by_model.statistic:.2f}, p = {p_text(by_model.p)}"
    yield (
        f"Egger, weighted least squares: t({by_line.df:g}) = {by_line.statistic:.2f}, "
        f"p = {p_text(by_line.p)}"
    )
    yield f"Begg: Kendall's tau = {rank.tau:.2f}, p = {p_text(rank.p)}"
    filled = trim_and_fill(units, settings)
    yield (
        f"Trim and fill (L0): {filled.n_filled} missing on the {filled.side}; mean with them "
        f"{interval_text(filled.model.coefficients[0])}"
    )
    both = pet_peese(units, settings)
    yield (
        f"PET {interval_text(both.pet.limit)}, PEESE {interval_text(both.peese.limit)}; "
        f"the rule takes {both.chosen}"
    )


def _missing_lines(units: Effects) -> Iterator[str]:
    try:
        is_positive = float(np.sum(units.estimates / units.variances)) > 0
        found = step_selection(units, is_positive_favoured=is_positive)
        yield (
            f"Selection model (step .025): mean {interval_text(found.coefficients[0])}, results "
            f"above it seen {found.deltas[1]:.2f} times as often; likelihood ratio "
            f"{found.lrt:.2f}, p = {p_text(found.lrt_p)}"
        )
    except InputError as error:
        yield f"Selection model: {error}"
    excess = excess_significance(units)
    yield (
        f"Significant results: {excess.observed} observed, {excess.expected:.1f} expected, "
        f"p = {p_text(excess.p_exact)}"
    )
    numbers = ", ".join(
        f"{rule} {fail_safe_n(units, rule).n}" for rule in ("Rosenthal", "Orwin", "Rosenberg")
    )
    yield f"Fail-safe N (says little): {numbers}"
