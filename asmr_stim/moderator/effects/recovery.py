"""The t behind a reported statistic, with its sign or its bound, and whether statistics agree.

Offers: ``recovered_t``, ``Recovered``, ``SignSource``, ``with_direction``, ``residual_df``,
``disagreements``.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scipy.stats import norm
from scipy.stats import t as t_distribution

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.between import t_from_partial_eta2, t_from_r
from asmr_stim.schema.effects import COLUMNS_BY_DESIGN, PRelation, ReportedEffect

SignSource = Literal["means", "statistic", "direction column", "none needed"]

ROUNDED_T = 0.05  # a t given to one decimal
ROUNDED_P = 0.005  # a p given to two decimals
SLACK_F = 0.05  # relative; F and t are each rounded


@dataclass(frozen=True)
class Recovered:
    """A statistic with the way it was had.

    ``relation`` is that of p: ``below`` and ``above`` make it a bound. ``width`` is the quantile
    that confidence limits were made with. ``is_stated``: nothing had to be inverted.
    """

    value: float
    route: str
    sign: SignSource
    relation: PRelation = "equal"
    width: float = float("nan")
    is_stated: bool = False

    @property
    def is_bound(self) -> bool:
        """Whether only a limit of the statistic is known."""
        return self.relation != "equal"


def residual_df(reported: ReportedEffect) -> float:
    """Return the degrees of freedom of the t behind a record: people less 1 or 2."""
    if reported.design == "between":
        return float((reported.n1 or 0) + (reported.n2 or 0) - 2)
    return float((reported.n or 0) - (1 if reported.design == "within" else 2))


def with_direction(reported: ReportedEffect, column: str, value: float, route: str) -> Recovered:
    """Return a signed statistic, which must agree with the direction where that is given too."""
    sign = 1.0 if value >= 0 else -1.0
    stated = {"increase": 1.0, "decrease": -1.0, None: sign}[reported.direction]
    if stated != sign and value != 0:
        raise InputError(
            f"{column}: {value:g} goes the other way than the direction '{reported.direction}'; "
            f"give {column} the sign of the direction (side 1 minus side 2)"
        )
    return Recovered(value, route, "statistic")


def _directed(reported: ReportedEffect, column: str, size: float, route: str) -> Recovered:
    """Return a statistic without sign in the stated direction; without one it is an error."""
    if reported.direction is None:
        if size == 0:
            return Recovered(0.0, route, "none needed")
        raise InputError(
            f"direction: {column} has no sign and the direction is not given; "
            "write increase or decrease (of side 1), as the paper says"
        )
    return Recovered(size if reported.direction == "increase" else -size, route, "direction column")


def recovered_t(reported: ReportedEffect) -> Recovered:
    """Return the t of a comparison with one degree of freedom, from the best statistic there is.

    Raises
    ------
    InputError
        If no statistic is there, it has no direction, or F compares more than two means.
    """
    df = residual_df(reported)
    if reported.t is not None:
        return with_direction(reported, "t", reported.t, "t")
    if reported.f is not None:
        _refuse_many_means(reported)
        return _directed(reported, "f", reported.f**0.5, f"F(1, {df:g})")
    if reported.r is not None and abs(reported.r) < 1:
        return with_direction(reported, "r", float(t_from_r(reported.r, df)), "r")
    if reported.partial_eta2 is not None:
        _refuse_many_means(reported)
        size = float(t_from_partial_eta2(reported.partial_eta2, df))
        return _directed(reported, "partial_eta2", size, "partial eta squared")
    if reported.ci_low is not None and reported.ci_high is not None:
        return _from_limits(reported, df)
    if reported.p is not None:
        return _from_p(reported, df)
    raise InputError(
        f"study: nothing here leads to an effect; a {reported.design} design needs "
        f"{COLUMNS_BY_DESIGN[reported.design]}"
    )


def _refuse_many_means(reported: ReportedEffect) -> None:
    if reported.f_df1 != 1:
        raise InputError(
            f"f_df1: an F with {reported.f_df1} numerator degrees of freedom compares more than "
            "two means; it has no direction and is no single effect"
        )


def _from_limits(reported: ReportedEffect, df: float) -> Recovered:
    low, high = float(reported.ci_low or 0.0), float(reported.ci_high or 0.0)
    tail = (1.0 - reported.ci_level) / 2.0
    if reported.ci_of == "mean_difference":
        width = float(t_distribution.isf(tail, df))
        t = (high + low) / (high - low) * width
        return Recovered(t, "confidence limits of the difference", "statistic", width=width)
    width = float(norm.isf(tail))
    if reported.ci_of == "r":
        return _from_limits_of_r(low, high, df)
    t = (high + low) / (high - low) * width
    return Recovered(t, "confidence limits of the effect", "statistic", width=width)


def _from_limits_of_r(low: float, high: float, df: float) -> Recovered:
    if not -1 < low < high < 1:
        raise InputError(f"ci_low: {low:g} and {high:g} are no confidence limits of a correlation")
    r = math.tanh((math.atanh(low) + math.atanh(high)) / 2.0)
    return Recovered(float(t_from_r(r, df)), "confidence limits of r", "statistic")


def _from_p(reported: ReportedEffect, df: float) -> Recovered:
    p = float(reported.p or 0.0)
    size = float(t_distribution.isf(p / 2.0, df))
    if reported.p_relation == "above":
        return Recovered(size, f"p > {p:g}, a bound", "none needed", "above")
    if reported.p_relation == "below":
        found = _directed(reported, "p", size, f"p < {p:g}, a bound")
        return Recovered(found.value, found.route, found.sign, "below")
    return _directed(reported, "p", size, "two-sided p")


def disagreements(reported: ReportedEffect) -> Iterator[str]:
    """Yield what keeps t, F and p of one record from coming from one test, each by its column."""
    if reported.f is not None and reported.f_df1 != 1:
        return
    t = abs(reported.t) if reported.t is not None else None
    if t is not None and reported.f is not None:
        low, high = max(t - ROUNDED_T, 0.0) ** 2, (t + ROUNDED_T) ** 2
        if not low * (1 - SLACK_F) <= reported.f <= high * (1 + SLACK_F):
            yield (
                f"f: F = {reported.f:g} and t = {reported.t:g} disagree (t squared is "
                f"{t**2:.3g}); one of them is mistyped"
            )
    if t is None and reported.f is not None:
        t = reported.f**0.5
    if t is not None and reported.p is not None:
        yield from _other_p(t, reported)


def _other_p(t: float, reported: ReportedEffect) -> Iterator[str]:
    df = residual_df(reported)
    largest = 2.0 * float(t_distribution.sf(max(t - ROUNDED_T, 0.0), df))
    smallest = 2.0 * float(t_distribution.sf(t + ROUNDED_T, df))
    p = float(reported.p or 0.0)
    slack = ROUNDED_P if p >= 0.01 else 0.5 * p
    agrees = {
        "equal": smallest - slack <= p <= largest + slack,
        "below": smallest < p,
        "above": largest > p,
    }[reported.p_relation]
    if not agrees:
        sign = {"equal": "=", "below": "<", "above": ">"}[reported.p_relation]
        exact = 2.0 * float(t_distribution.sf(t, df))
        yield (
            f"p: p {sign} {p:g} and |t| = {t:.4g} disagree (with {df:g} degrees of freedom p is "
            f"{exact:.3g}); check both, and whether p is one-sided"
        )
