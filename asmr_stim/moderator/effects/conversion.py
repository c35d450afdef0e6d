"""From what a paper reports to an effect: by which route, on whose word, with which assumption.

Whatever can be had from means and standard deviations is taken from them; then comes the effect as
stated, then a test statistic, then limits, then p. Every effect keeps its route, the correlation
that was assumed, where its sign comes from, and its grade. A bound on p stays a bound; an unknown
direction is an error, never a plus.

Offers: ``convert``, ``conversion_problems``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects import between as two_groups
from asmr_stim.moderator.effects import within as one_group
from asmr_stim.moderator.effects.between import GroupMeans, Sizes
from asmr_stim.moderator.effects.contradiction import contradictions
from asmr_stim.moderator.effects.converted import METRICS, Assumptions, Converted, Grade
from asmr_stim.moderator.effects.recovery import (
    Recovered,
    SignSource,
    disagreements,
    recovered_t,
    residual_df,
    with_direction,
)
from asmr_stim.moderator.effects.within import PairedMeans
from asmr_stim.schema.effects import EffectMeasure, ReportedEffect


@dataclass(frozen=True)
class _Occasions:
    """The correlation between occasions and where it comes from."""

    r: float
    source: Literal["stated", "recovered", "assumed"]


def convert(reported: ReportedEffect, assumptions: Assumptions | None = None) -> Converted:
    """Return the effect that a paper's statistics amount to.

    Parameters
    ----------
    reported : ReportedEffect
    assumptions : Assumptions, optional

    Raises
    ------
    InputError
        If the statistics disagree, the direction is not known, the correlation between occasions
        is needed and neither stated nor assumed, or nothing reported leads to the measure. The
        message begins with the column it is about and a colon, and tells the first problem.

    Examples
    --------
    t = 2 with ten people in each group: d is 2 sqrt(1/10 + 1/10) = 0.894, and g 4 % less.

    >>> row = ReportedEffect(study="x", design="between", n1=10, n2=10, t=2.0)
    >>> found = convert(row)
    >>> round(found.estimate, 3), found.grade, found.sign_source
    (0.857, 'converted', 'statistic')
    """
    impossible = next(_impossible(reported), None)
    if impossible is not None:
        raise InputError(impossible)
    return _routed(reported, assumptions or Assumptions())


def conversion_problems(
    reported: ReportedEffect, assumptions: Assumptions | None = None
) -> tuple[str, ...]:
    """Return everything for which ``convert`` refuses a record, each after its column and a colon.

    Examples
    --------
    >>> row = ReportedEffect(study="x", design="within", n=20, f=4.0, p=0.9)
    >>> [problem.partition(":")[0] for problem in conversion_problems(row)]
    ['p', 'direction']
    """
    found = list(_impossible(reported))
    try:
        _routed(reported, assumptions or Assumptions())
    except InputError as error:
        found.append(str(error))
    return tuple(found)


def _impossible(reported: ReportedEffect) -> Iterator[str]:
    """Yield which statistics of a record cannot belong together."""
    yield from disagreements(reported)
    yield from contradictions(reported)


def _routed(reported: ReportedEffect, chosen: Assumptions) -> Converted:
    """Return the effect by the best route there is."""
    measure = chosen.measure(reported.design)
    routes = {"between": _between, "within": _within, "correlation": _correlation}
    found = routes[reported.design](reported, measure, chosen)
    return _as_digitised(found, reported) if reported.digitised else found


def _as_digitised(found: Converted, reported: ReportedEffect) -> Converted:
    """Mark a value read from a figure; its reading error adds to the variance."""
    if found.grade == "bound" or found.variance is None:
        return found
    error = reported.reading_error or 0.0
    return replace(found, grade="digitised", variance=found.variance + error**2)


def _made(
    measure: EffectMeasure, sizes: Sizes, route: str, sign: SignSource, grade: Grade
) -> Converted:
    return Converted(
        measure,
        METRICS[measure],
        float(sizes.estimates),
        float(sizes.variances),
        grade,
        route,
        sign,
    )


def _between(reported: ReportedEffect, measure: EffectMeasure, chosen: Assumptions) -> Converted:
    n1, n2 = reported.n1, reported.n2
    groups = _group_means(reported)
    if groups is not None:
        return _made(
            measure, _from_groups(groups, measure, chosen), "means and SDs", "means", "exact"
        )
    if measure == "MD":
        return _limits_of_difference(reported, measure)
    if measure != "SMD":
        raise InputError(f"mean1: {measure} needs the means and SDs of both groups; take SMD")
    stated = _stated_d(reported, residual_df(reported))
    if stated is not None:
        sizes = two_groups.hedges_g(stated.value, n1, n2, chosen.variance)  # type: ignore[arg-type]  # n1 and n2 are there in a between design
        return _made(measure, sizes, stated.route, stated.sign, "exact")
    limits = _standardised_limits(reported, measure)
    if limits is not None:
        return limits
    t = recovered_t(reported)

    def g_of(value: float) -> Sizes:
        d = two_groups.d_from_t(value, n1, n2)  # type: ignore[arg-type]  # same
        return two_groups.hedges_g(d, n1, n2, chosen.variance)  # type: ignore[arg-type]  # same

    if t.is_bound:
        return _bound(measure, t, float(g_of(t.value).estimates))
    return _made(measure, g_of(t.value), t.route, t.sign, "converted")


def _group_means(reported: ReportedEffect) -> GroupMeans | None:
    six = (reported.mean1, reported.sd1, reported.n1, reported.mean2, reported.sd2, reported.n2)
    if any(each is None for each in six):
        return None
    return GroupMeans(*six)  # type: ignore[arg-type]  # none of them is None


def _from_groups(groups: GroupMeans, measure: EffectMeasure, chosen: Assumptions) -> Sizes:
    if measure == "SMD":
        d = two_groups.cohen_d(groups)
        return two_groups.hedges_g(d, groups.n1, groups.n2, chosen.variance)
    others = {
        "SMDH": two_groups.hedges_g_unequal,
        "SMD1": two_groups.glass_delta,
        "MD": two_groups.mean_difference,
    }
    return others[measure](groups)


def _stated_d(reported: ReportedEffect, df: float) -> Recovered | None:
    """Return an effect that the paper gives as such; g is brought back to d."""
    if reported.g is not None:
        d = reported.g / float(two_groups.hedges_j(df))
        return with_direction(reported, "g", d, "g as stated")
    if reported.d is not None:
        return with_direction(reported, "d", reported.d, "d as stated")
    return None


def _limits_of_difference(reported: ReportedEffect, measure: EffectMeasure) -> Converted:
    if reported.ci_low is None or reported.ci_high is None or reported.ci_of != "mean_difference":
        raise InputError(
            f"ci_low: {measure} needs means with SDs, or the confidence limits of their difference"
        )
    half = (reported.ci_high - reported.ci_low) / 2.0
    width = recovered_t(reported).width
    middle = (reported.ci_high + reported.ci_low) / 2.0
    sizes = Sizes(np.asarray(middle), np.asarray((half / width) ** 2))
    return _made(measure, sizes, "confidence limits of the difference", "statistic", "converted")


def _standardised_limits(reported: ReportedEffect, measure: EffectMeasure) -> Converted | None:
    """Return the middle of limits of a standardised effect, their half width over a normal one."""
    if reported.ci_of != "standardised" or reported.ci_low is None or reported.ci_high is None:
        return None
    from_limits = recovered_t(reported)
    middle = (reported.ci_high + reported.ci_low) / 2.0
    variance = ((reported.ci_high - reported.ci_low) / 2.0 / from_limits.width) ** 2
    sizes = Sizes(np.asarray(middle), np.asarray(variance))
    return _made(measure, sizes, "confidence limits of the effect", "statistic", "converted")


def _bound(measure: EffectMeasure, t: Recovered, edge: float) -> Converted:
    """Return a bound: beyond the edge in the known direction, or inside plus and minus the edge."""
    if t.relation == "above":
        low, high = -abs(edge), abs(edge)
    else:
        low, high = (edge, None) if edge > 0 else (None, edge)  # type: ignore[assignment]  # open
    return Converted(
        measure, METRICS[measure], None, None, "bound", t.route, t.sign, low=low, high=high
    )


def _within(reported: ReportedEffect, measure: EffectMeasure, chosen: Assumptions) -> Converted:
    n = reported.n
    four = (reported.mean1, reported.sd1, reported.mean2, reported.sd2)
    if all(each is not None for each in four):
        occasions = _occasions(reported, chosen)
        pairs = PairedMeans(*four, n, occasions.r)  # type: ignore[arg-type]  # none is None
        made = _made(
            measure, _from_pairs(pairs, measure, chosen), "means and SDs", "means", "exact"
        )
        return _with_occasions(made, occasions)
    if measure == "MC":
        return _raw_change(reported)
    if measure in {"SMCRH", "SMCRP"}:
        raise InputError(f"mean1: {measure} needs means and SDs of both occasions; take SMCR")
    d_z = _change_d(reported, measure)
    if isinstance(d_z, Converted):
        return d_z
    if measure == "SMCC":
        return _change_g(reported, d_z, chosen)
    return _raw_g(reported, measure, d_z, chosen)


def _change_g(reported: ReportedEffect, t: Recovered, chosen: Assumptions) -> Converted:
    n = float(reported.n or 0)
    sizes = one_group.change_score_g(t.value / n**0.5, n, chosen.variance)
    if t.is_bound:
        return _bound("SMCC", t, float(sizes.estimates))
    return _made("SMCC", sizes, t.route, t.sign, _grade(t))


def _raw_g(
    reported: ReportedEffect, measure: EffectMeasure, t: Recovered, chosen: Assumptions
) -> Converted:
    occasions = _occasions(reported, chosen)
    n = float(reported.n or 0)
    d = one_group.raw_d_from_change_d(t.value / n**0.5, occasions.r)
    sizes = one_group.raw_score_g(d, n, occasions.r, chosen.variance)
    if t.is_bound:
        made = _bound(measure, t, float(sizes.estimates))
    else:
        route = f"{t.route}, both SDs taken as equal"
        made = _made(measure, sizes, route, t.sign, "converted")
    return _with_occasions(made, occasions)


def _grade(t: Recovered) -> Grade:
    return "exact" if t.is_stated else "converted"


def _change_d(reported: ReportedEffect, measure: EffectMeasure) -> Recovered | Converted:
    """Return the t of change, whatever it is recovered from."""
    root = float(reported.n or 1) ** 0.5
    if reported.mean_change is not None and reported.sd_change is not None:
        t = reported.mean_change / reported.sd_change * root
        return Recovered(t, "mean and SD of change", "means", is_stated=True)
    stated = _stated_d(reported, residual_df(reported))
    if stated is not None:
        return replace(stated, value=stated.value * root, is_stated=True)
    limits = _standardised_limits(reported, "SMCC") if measure == "SMCC" else None
    return limits if limits is not None else recovered_t(reported)


def _with_occasions(made: Converted, occasions: _Occasions) -> Converted:
    grade: Grade = (
        "converted" if made.grade == "exact" and occasions.source == "assumed" else made.grade
    )
    return replace(made, correlation=occasions.r, correlation_source=occasions.source, grade=grade)


def _from_pairs(pairs: PairedMeans, measure: EffectMeasure, chosen: Assumptions) -> Sizes:
    if measure == "SMCC":
        mean1, _, mean2, _, _, _ = pairs.arrays()
        return one_group.change_score_g(
            (mean1 - mean2) / pairs.sd_change(), pairs.n, chosen.variance
        )
    if measure == "SMCR":
        return one_group.raw_score_g(
            one_group.raw_score_d(pairs), pairs.n, pairs.r, chosen.variance
        )
    others = {
        "SMCRH": one_group.raw_score_g_unequal,
        "SMCRP": one_group.average_score_g,
        "MC": one_group.mean_change,
    }
    return others[measure](pairs)


def _raw_change(reported: ReportedEffect) -> Converted:
    if reported.mean_change is not None and reported.sd_change is not None:
        variance = reported.sd_change**2 / float(reported.n or 1)
        sizes = Sizes(np.asarray(reported.mean_change), np.asarray(variance))
        return _made("MC", sizes, "mean and SD of change", "means", "exact")
    return _limits_of_difference(reported, "MC")


def _occasions(reported: ReportedEffect, chosen: Assumptions) -> _Occasions:
    """Return the correlation between occasions: stated, recovered from SDs or t, or assumed."""
    if reported.correlation is not None:
        return _Occasions(reported.correlation, "stated")
    recovered = _recovered_correlation(reported)
    if recovered is not None:
        return _Occasions(recovered, "recovered")
    if chosen.occasion_correlation is None:
        raise InputError(
            "correlation: this within design needs the correlation between the occasions, which is "
            "not stated; give it, or an assumed one for all (and look at several)"
        )
    return _Occasions(chosen.occasion_correlation, "assumed")


def _recovered_correlation(reported: ReportedEffect) -> float | None:
    if reported.sd1 is None or reported.sd2 is None:
        return None
    change = reported.sd_change
    means = (reported.mean1, reported.mean2)
    if change is None and reported.t and means[0] is not None and means[1] is not None:
        change = abs((means[0] - means[1]) / reported.t) * float(reported.n or 1) ** 0.5
    if not change:
        return None
    r = (reported.sd1**2 + reported.sd2**2 - change**2) / (2.0 * reported.sd1 * reported.sd2)
    if not -1.0 <= r <= 1.0:
        raise InputError(
            f"sd_change: the SDs {reported.sd1:g} and {reported.sd2:g} and an SD of change of "
            f"{change:.4g} cannot belong together (the correlation would be {r:.2f})"
        )
    return r


def _correlation(
    reported: ReportedEffect, measure: EffectMeasure, chosen: Assumptions
) -> Converted:
    del chosen
    n = float(reported.n or 0)
    if measure == "ZCOR" and n <= 3:
        raise InputError(f"n: Fisher z needs more than 3 people; found {n:g}")
    sized = one_group.fisher_z if measure == "ZCOR" else one_group.correlation
    if reported.r is not None:
        if abs(reported.r) == 1:
            raise InputError(f"r: a correlation of {reported.r:g} has no sampling variance")
        return _made(measure, sized(reported.r, n), "r as stated", "statistic", "exact")
    t = recovered_t(reported)
    r = t.value / (t.value**2 + residual_df(reported)) ** 0.5
    if t.is_bound:
        return _bound(measure, t, float(sized(r, n).estimates))
    return _made(measure, sized(r, n), t.route, t.sign, "converted")
