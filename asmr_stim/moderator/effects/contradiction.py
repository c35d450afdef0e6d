"""Whether means, the t or d beside them, and confidence limits can belong to one comparison.

Numbers are taken as rounded to the decimals they show; beyond that t and d may differ from those of
the means by ``SLACK``, since papers differ in how they pool variances.

Offers: ``contradictions``.
"""

from collections.abc import Iterator

from asmr_stim.moderator.effects.recovery import ROUNDED_T, recovered_t, residual_df
from asmr_stim.schema.effects import ReportedEffect

SLACK = 0.15
ROUNDED_D = 0.05
MOST_DECIMALS = 8


def contradictions(reported: ReportedEffect) -> Iterator[str]:
    """Yield why means, t, d and limits of one record cannot belong together, each by its column."""
    difference = _difference(reported)
    if difference is not None:
        yield from _other_signs(reported, *difference)
        yield from _other_sizes(reported, *difference)
    yield from _outside_limits(reported)


def _unit(*values: float) -> float:
    """Return the last place that any of the numbers shows."""
    shown = (f"{value:.{MOST_DECIMALS}f}".rstrip("0").partition(".")[2] for value in values)
    return float(10.0 ** -max(len(each) for each in shown))


def _difference(reported: ReportedEffect) -> tuple[float, float] | None:
    """Return the difference of the means, and how far rounding may have moved it."""
    if reported.mean1 is not None and reported.mean2 is not None:
        return reported.mean1 - reported.mean2, _unit(reported.mean1, reported.mean2)
    if reported.mean_change is not None:
        return reported.mean_change, _unit(reported.mean_change) / 2.0
    return None


def _other_signs(reported: ReportedEffect, difference: float, blur: float) -> Iterator[str]:
    for name in ("t", "d", "g"):
        value = getattr(reported, name)
        if value is not None and value * difference < 0 and abs(difference) > blur:
            yield (
                f"{name}: {name} = {value:g} and the means disagree (side 1 minus side 2 is "
                f"{difference:.4g}); check the sign, and which side is which"
            )


def _spread(reported: ReportedEffect) -> tuple[float, float, float] | None:
    """Return the least and the largest SD that d may be made with, and t over d."""
    if reported.design == "within":
        if reported.sd_change is None:
            return None
        blur = _unit(reported.sd_change) / 2.0
        root = float(reported.n or 1) ** 0.5
        return reported.sd_change - blur, reported.sd_change + blur, root
    if reported.design != "between" or reported.sd1 is None or reported.sd2 is None:
        return None
    n1, n2 = float(reported.n1 or 2), float(reported.n2 or 2)
    pooled = ((n1 - 1) * reported.sd1**2 + (n2 - 1) * reported.sd2**2) / (n1 + n2 - 2)
    separate = (reported.sd1**2 / n1 + reported.sd2**2 / n2) / (1.0 / n1 + 1.0 / n2)
    blur = _unit(reported.sd1, reported.sd2) / 2.0
    known = (pooled**0.5, separate**0.5, reported.sd2, reported.sd1)
    return min(known) - blur, max(known) + blur, (1.0 / n1 + 1.0 / n2) ** -0.5


def _other_sizes(reported: ReportedEffect, difference: float, blur: float) -> Iterator[str]:
    spread = _spread(reported)
    if spread is None or spread[0] <= 0:
        return
    smallest, largest, t_of_d = spread
    low = max(abs(difference) - blur, 0.0) / largest * (1.0 - SLACK)
    high = (abs(difference) + blur) / smallest * (1.0 + SLACK)
    for name, scale, rounded in (
        ("t", t_of_d, ROUNDED_T), ("d", 1.0, ROUNDED_D), ("g", 1.0, ROUNDED_D)
    ):  # fmt: skip
        value = getattr(reported, name)
        if value is None or low * scale - rounded <= abs(value) <= high * scale + rounded:
            continue
        yield (
            f"{name}: {name} = {value:g} and the means with their SDs disagree (they give "
            f"{low * scale:.2g} to {high * scale:.2g}, without sign); one of them is mistyped, or "
            "an SD is a standard error"
        )


def _outside_limits(reported: ReportedEffect) -> Iterator[str]:
    """Tell an effect outside its own limits; those of a difference need not be in its units."""
    low, high = reported.ci_low, reported.ci_high
    if low is None or high is None:
        return
    names = {"standardised": ("d", "g"), "r": ("r",), "mean_difference": ("d", "g")}
    for name in names[reported.ci_of]:
        value = getattr(reported, name)
        if value is None or low - ROUNDED_D <= value <= high + ROUNDED_D:
            continue
        if reported.ci_of == "mean_difference" and _fits_limits(reported, value):
            continue
        yield (
            f"{name}: {name} = {value:g} lies outside its confidence limits {low:g} to {high:g}; "
            "check them, and what they are limits of (ci_of)"
        )


def _fits_limits(reported: ReportedEffect, value: float) -> bool:
    """Return whether limits of a mean difference may belong to a standardised effect."""
    only = reported.model_copy(
        update={"t": None, "f": None, "r": None, "partial_eta2": None, "p": None}
    )
    t = recovered_t(only).value
    people = residual_df(reported) + 1.0
    if reported.design == "between":
        n1, n2 = float(reported.n1 or 2), float(reported.n2 or 2)
        people = 1.0 / (1.0 / n1 + 1.0 / n2)
    implied = t / people**0.5
    return bool(abs(value - implied) <= 2 * ROUNDED_D + 2 * SLACK * abs(implied))
