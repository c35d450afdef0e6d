"""What a pooled mean rests on, in lines: influence first, then tests of what may be missing.

Offers: ``bias_of``.
"""

from collections.abc import Iterator

import numpy as np

from asmr_stim.errors import InputError
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
from asmr_stim.moderator.effects.regression import Settings
from asmr_stim.moderator.effects.selection import step_selection
from asmr_stim.workflows.effects_data import EffectsRequest, Prepared
from asmr_stim.workflows.effects_text import interval_text, p_text

SUBSETS = 1000  # random ones, where there are more


def bias_of(
    prepared: Prepared, request: EffectsRequest, *, is_forced: bool, order: str | None = None
) -> Iterator[str]:
    """Yield the lines; below ten samples the tests of asymmetry only if forced.

    Parameters
    ----------
    prepared : Prepared
    request : EffectsRequest
        Its settings give the estimator of tau2; tests are Wald tests.
    is_forced : bool
    order : str or None
        Column of numbers in whose order effects are added to the cumulative mean.
    """
    effects = prepared.effects
    units = aggregate(effects, request.rho) if effects.n_studies < effects.k else effects
    settings = Settings(request.settings.method, "wald", request.settings.level)
    yield from _influence_lines(units, settings)
    if order is not None:
        yield from _cumulative_lines(units, settings, order)
    if units.k < LEAST_K and not is_forced:
        yield (
            f"Tests of funnel asymmetry are not made with {units.k} samples: below {LEAST_K} they "
            "have next to no power (Sterne et al. 2011, BMJ 343:d4002). Force them if you must."
        )
        return
    yield from _asymmetry_lines(units, settings)
    yield from _missing_lines(units)


def _influence_lines(units: Effects, settings: Settings) -> Iterator[str]:
    yield "Without each sample:"
    for name, model in leave_one_out(units, settings):
        yield f"  {name}: {interval_text(model.coefficients[0])}, tau2 {model.tau2:.3f}"
    flagged = [each.label for each in influence(units, settings) if each.is_influential]
    yield _subset_line(units, settings)
    yield f"Influential (Viechtbauer & Cheung 2010): {', '.join(flagged) or 'none'}"


def _cumulative_lines(units: Effects, settings: Settings, order: str) -> Iterator[str]:
    values = units.column(order)
    numbers = [value for value in values if isinstance(value, (int, float))]
    if len(numbers) < units.k:
        raise InputError(
            f"the column '{order}' has no number for every sample; it cannot order them"
        )
    yield f"Cumulative mean in the order of {order}:"
    for name, model in cumulative(units, numbers, settings):
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
