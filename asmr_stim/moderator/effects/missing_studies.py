"""How many null results would undo a finding, and whether too many results are significant.

Fail-safe numbers say little (they assume the missing results average zero); they are here because
they are asked for.

Offers: ``fail_safe_n``, ``excess_significance``, ``FailSafe``, ``ExcessSignificance``.

References
----------
Rosenthal R (1979). Psychol Bull 86:638. Orwin RG (1983). J Educ Stat 8:157. Rosenberg MS (2005).
Evolution 59:464. Ioannidis JPA, Trikalinos TA (2007). Clin Trials 4:245.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import binom, norm

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.estimates import Effects, Vector

FailSafeRule = Literal["Rosenthal", "Orwin", "Rosenberg"]


@dataclass(frozen=True)
class FailSafe:
    """A fail-safe number (None: no number of null results would do) and the p it starts from."""

    rule: FailSafeRule
    n: int | None
    p: float | None
    alpha: float
    target: float | None


@dataclass(frozen=True)
class ExcessSignificance:
    """Significant results, observed and expected.

    Attributes
    ----------
    observed : int
    expected : float
    power : array, shape (k,)
        Of each study for ``effect``.
    effect : float
        The fixed-effect mean if none was given.
    p_exact, p_chi2, p_binomial : float
        One-sided: at least as many as observed; exact from the powers, by chi-squared without
        correction, and from a binomial of their mean.
    """

    observed: int
    expected: float
    power: Vector
    effect: float
    p_exact: float
    p_chi2: float
    p_binomial: float


def fail_safe_n(
    effects: Effects,
    rule: FailSafeRule = "Rosenthal",
    alpha: float = 0.05,
    target: float | None = None,
) -> FailSafe:
    """Return how many results of zero would undo the finding.

    Parameters
    ----------
    effects : Effects
    rule : FailSafeRule
        ``Rosenthal``: until the summed z is no more significant (one-sided); ``Orwin``: until the
        plain mean falls to ``target`` (half of it if left out); ``Rosenberg``: until the
        fixed-effect mean is no more significant (two-sided).
    alpha : float
    target : float, optional
    """
    y, v, k = effects.estimates, effects.variances, effects.k
    if rule == "Rosenthal":
        z = abs(float(np.sum(y / np.sqrt(v)))) / math.sqrt(k)
        n = k * (z / float(norm.isf(alpha))) ** 2 - k
        return FailSafe(rule, math.ceil(max(0.0, n)), float(norm.sf(z)), alpha, None)
    if rule == "Rosenberg":
        w = 1.0 / v
        n = k * ((float(w @ y) / float(norm.isf(alpha / 2.0))) ** 2 / float(w.sum()) - 1.0)
        z = abs(float(w @ y)) / math.sqrt(float(w.sum()))
        return FailSafe(rule, math.ceil(max(0.0, n)), 2.0 * float(norm.sf(z)), alpha, None)
    mean = float(y.mean())
    aim = mean / 2.0 if target is None else target
    if aim * mean <= 0:
        return FailSafe(rule, None, None, alpha, aim)
    return FailSafe(rule, math.ceil(max(0.0, k * (mean - aim) / aim)), None, alpha, aim)


def excess_significance(
    effects: Effects, effect: float | None = None, alpha: float = 0.05, tau2: float = 0.0
) -> ExcessSignificance:
    """Return whether more results are significant (two-sided) than their power lets expect.

    Parameters
    ----------
    effects : Effects
    effect : float, optional
        The true mean; the mean with weights 1 / (v + tau2) if left out.
    alpha : float
        Of the studies' own tests.
    tau2 : float
        Variance of true effects; the power is averaged over it.
    """
    if tau2 < 0:
        raise InputError(f"tau2 is {tau2}; a variance is zero or above")
    y, v = effects.estimates, effects.variances
    w = 1.0 / (v + tau2)
    mean = float(w @ y / w.sum()) if effect is None else effect
    crit = float(norm.isf(alpha / 2.0))
    spread = np.sqrt(v + tau2)
    edge = crit * np.sqrt(v)
    power: Vector = norm.sf((edge - mean) / spread) + norm.cdf((-edge - mean) / spread)
    observed = int(np.sum(np.abs(y) / np.sqrt(v) >= crit))
    expected, k = float(power.sum()), effects.k
    z = (observed - expected) / math.sqrt(expected * (1.0 - expected / k))
    return ExcessSignificance(
        observed,
        expected,
        power,
        mean,
        min(1.0, float(_sum_of_bernoullis(power)[observed:].sum())),
        float(norm.sf(z)),
        float(binom.sf(observed - 1, k, expected / k)),
    )


def _sum_of_bernoullis(shares: Vector) -> Vector:
    """Return the distribution of the number of successes, shape (k + 1,)."""
    chances = np.array([1.0])
    for share in shares:
        chances = np.convolve(chances, [1.0 - share, share])
    return chances
