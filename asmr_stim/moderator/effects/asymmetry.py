"""Whether small studies say something else: regression, rank and trim-and-fill tests of the funnel.

Asymmetry has many causes; a biased literature is one of them. With fewer than ten effects these
tests have next to no power and are left to whoever insists (``refuse_few``).

Offers: ``egger``, ``egger_weighted``, ``begg``, ``trim_and_fill``, ``pet_peese``, ``refuse_few``,
``LEAST_K``.

References
----------
Sterne JAC et al. (2011). BMJ 343:d4002 (at least ten). Egger M et al. (1997). BMJ 315:629. Begg CB,
Mazumdar M (1994). Biometrics 50:1088. Duval S, Tweedie R (2000). J Am Stat Assoc 95:89. Stanley TD,
Doucouliagos H (2014). Res Synth Methods 5:60 (PET-PEESE).
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import kendalltau

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.design import INTERCEPT, Design
from asmr_stim.moderator.effects.estimates import Effects, Vector
from asmr_stim.moderator.effects.regression import Coefficient, Regression, Settings, fit, pool

LEAST_K = 10
Predictor = Literal["se", "variance", "n", "1/n", "sqrt(n)", "1/sqrt(n)"]
FillEstimator = Literal["L0", "R0", "Q0"]
MAX_STEPS = 100


@dataclass(frozen=True)
class Asymmetry:
    """A regression test of the funnel.

    Attributes
    ----------
    statistic : float, t with ``df`` or normal where df is None
    df : float or None
    p : float
    slope : Coefficient
    limit_estimate : float or None
        The effect expected of a study without sampling error; None where the predictor does not
        reach it (n, sqrt n).
    limit : Coefficient
        The intercept, with its interval.
    model : Regression
    """

    statistic: float
    df: float | None
    p: float
    slope: Coefficient
    limit_estimate: float | None
    limit: Coefficient
    model: Regression


@dataclass(frozen=True)
class RankTest:
    """Kendall's tau between effects and variances, with its two-sided p."""

    tau: float
    p: float


@dataclass(frozen=True)
class Filled:
    """Trim-and-fill: how many effects would make the funnel symmetric, and the mean with them."""

    n_filled: int
    side: Literal["left", "right"]
    effects: Effects
    model: Regression


@dataclass(frozen=True)
class PetPeese:
    """Both regressions to a study without error; ``chosen`` is the one that the rule takes.

    The rule (Stanley & Doucouliagos): PEESE if the PET intercept is positive (in the direction of
    the mean) at one-sided p < .05, else PET.
    """

    pet: Asymmetry
    peese: Asymmetry
    chosen: Literal["PET", "PEESE"]


def refuse_few(k: int, *, is_forced: bool) -> None:
    """Raise InputError for fewer than ten effects, unless somebody insists."""
    if k < LEAST_K and not is_forced:
        raise InputError(
            f"tests of funnel asymmetry have next to no power with {k} effects (fewer than "
            f"{LEAST_K}; Sterne et al. 2011, BMJ 343:d4002); force them if you must"
        )


def egger(
    effects: Effects,
    settings: Settings | None = None,
    predictor: Predictor = "se",
    people: Vector | None = None,
) -> Asymmetry:
    """Return the regression of effects on their standard error (or another predictor).

    Parameters
    ----------
    effects : Effects, k of at least 3
    settings : Settings, optional
        Random effects by default; ``FE`` with test ``t`` and ``multiplicative`` dispersion is
        ``egger_weighted``.
    predictor : Predictor
    people : array, shape (k,), optional
        Sample sizes, for the predictors that use them.
    """
    values = _predictor(effects, predictor, people)
    if np.ptp(values) <= 1e-12 * float(np.max(np.abs(values))):
        raise InputError(
            f"the predictor {predictor} is the same for all {effects.k} effects; "
            "asymmetry cannot be told"
        )
    design = Design(
        np.column_stack([np.ones(effects.k), values]),
        (INTERCEPT, predictor),
        ((predictor, (1,)),),
        tuple(range(effects.k)),
    )
    model = fit(effects, design, settings or Settings(test="wald"))
    limit, slope = model.coefficients
    reaches = predictor not in {"n", "sqrt(n)"}
    return Asymmetry(
        slope.statistic, slope.df, slope.p, slope, limit.estimate if reaches else None, limit, model
    )


def egger_weighted(effects: Effects, predictor: Predictor = "se") -> Asymmetry:
    """Return Egger's own test: weighted least squares with a free dispersion.

    Notes
    -----
    Fixed-effect weights with the residual variance estimated: the same as Knapp-Hartung with tau2
    zero, on k - 2 df.
    """
    return egger(effects, Settings("FE", "knapp_hartung"), predictor)


def _predictor(effects: Effects, predictor: Predictor, people: Vector | None) -> Vector:
    if predictor == "se":
        return effects.standard_errors
    if predictor == "variance":
        return effects.variances
    if people is None:
        raise InputError(f"the predictor {predictor} needs the number of people of each effect")
    n = np.asarray(people, dtype=np.float64)
    return {"n": n, "1/n": 1.0 / n, "sqrt(n)": np.sqrt(n), "1/sqrt(n)": 1.0 / np.sqrt(n)}[predictor]


def begg(effects: Effects) -> RankTest:
    """Return the rank correlation of standardised effects with their variances.

    Notes
    -----
    Kendall's tau-b; the p is exact without ties, else from the normal approximation.
    """
    y, v = effects.estimates, effects.variances
    w = 1.0 / v
    mean = float(w @ y / w.sum())
    standardised = (y - mean) / np.sqrt(v - 1.0 / w.sum())
    has_ties = len(set(v)) < v.size or len(set(standardised)) < v.size
    found = kendalltau(standardised, v, method="asymptotic" if has_ties else "exact")
    return RankTest(float(found.statistic), float(found.pvalue))


def pet_peese(effects: Effects, settings: Settings | None = None) -> PetPeese:
    """Return the regressions on the standard error (PET) and on the variance (PEESE)."""
    pet, peese = egger(effects, settings), egger(effects, settings, "variance")
    mean = pool(effects, settings).coefficients[0].estimate
    agrees = pet.limit.estimate * mean > 0
    chosen: Literal["PET", "PEESE"] = "PEESE" if agrees and pet.limit.p < 0.10 else "PET"
    return PetPeese(pet, peese, chosen)


def trim_and_fill(
    effects: Effects,
    settings: Settings | None = None,
    estimator: FillEstimator = "L0",
    side: Literal["left", "right"] | None = None,
) -> Filled:
    """Return the mean after adding the effects that a symmetric funnel would have.

    Parameters
    ----------
    effects : Effects, k of at least 3
    settings : Settings, optional
    estimator : FillEstimator
    side : "left", "right" or None
        Where effects are missing; None: left if the regression slope on the standard error is
        positive (or zero), else right.
    """
    chosen = settings or Settings(test="wald")
    if side is None and np.ptp(effects.variances) == 0:
        side = "left"
    if side is None:
        slope = egger(effects, Settings(chosen.method, "wald")).slope.estimate
        side = "right" if slope < 0 else "left"
    sign = 1.0 if side == "left" else -1.0
    order = np.argsort(sign * effects.estimates, kind="stable")
    ordered = effects.taken(order)
    mirrored = Effects(sign * ordered.estimates, ordered.variances)
    missing, centre = _missing(mirrored, chosen, estimator)
    filled = _filled(ordered, mirrored, missing, centre, sign)
    return Filled(missing, side, filled, pool(filled, chosen))


def _missing(mirrored: Effects, settings: Settings, estimator: FillEstimator) -> tuple[int, float]:
    """Return how many of the largest effects have no partner, and the mean without them."""
    k, before, missing = mirrored.k, -1, 0
    centre = 0.0
    for _ in range(MAX_STEPS):
        if missing == before:
            break
        before = missing
        kept = mirrored.taken(range(k - missing))
        centre = pool(kept, Settings(settings.method, "wald")).coefficients[0].estimate
        missing = min(_count(mirrored.estimates - centre, estimator), k - 2)
    return missing, centre


def _count(centred: Vector, estimator: FillEstimator) -> int:
    k = centred.size
    ranks = np.empty(k)
    ranks[np.argsort(np.abs(centred), kind="stable")] = np.arange(1, k + 1)
    if estimator == "R0":
        below = ranks[centred < 0]
        return max(0, round(k - float(below.max(initial=0.0)) - 1.0))
    positive = float(ranks[centred > 0].sum())
    if estimator == "L0":
        return max(0, round((4.0 * positive - k * (k + 1.0)) / (2.0 * k - 1.0)))
    root = max(2.0 * k**2 - 4.0 * positive + 0.25, 0.0)
    return max(0, round(k - 0.5 - math.sqrt(root)))


def _filled(
    ordered: Effects, mirrored: Effects, missing: int, centre: float, sign: float
) -> Effects:
    largest = range(ordered.k - missing, ordered.k)
    partners = 2.0 * centre - mirrored.estimates[list(largest)]
    return Effects(
        np.concatenate([ordered.estimates, sign * partners]),
        np.concatenate([ordered.variances, ordered.variances[list(largest)]]),
        ordered.studies + tuple(f"filled {n}" for n in range(1, missing + 1)),
        ordered.labels + tuple(f"filled {n}" for n in range(1, missing + 1)),
    )
