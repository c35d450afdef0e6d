"""Effects of two independent groups: mean differences, raw and standardised.

All functions work on numbers and on arrays of one shape. Side 1 minus side 2.

Offers: ``GroupMeans``, ``Sizes``, ``hedges_j``, ``mean_difference``, ``cohen_d``, ``hedges_g``,
``hedges_g_unequal``, ``glass_delta``, ``log_ratio_of_means``, ``d_from_t``, ``t_from_r``,
``t_from_partial_eta2``.

References
----------
Hedges LV (1981). J Educ Stat 6:107 (the exact correction). Hedges LV, Olkin I (1985). Bonett DG
(2008). Psychol Methods 13:99 (unequal variances).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from asmr_stim.moderator.effects.estimates import Vector

VarianceForm = Literal["LS", "LS2", "UB", "AV", "H0"]
"""LS: large sample; LS2: the same with the correction squared; UB: unbiased; AV: large sample at
the average effect of all rows, weighted with their people; H0: no effect."""


@dataclass(frozen=True)
class Sizes:
    """Effect sizes and their sampling variances, of one shape."""

    estimates: Vector
    variances: Vector


@dataclass(frozen=True)
class GroupMeans:
    """Means, standard deviations and people of two groups; numbers or arrays of one shape."""

    mean1: ArrayLike
    sd1: ArrayLike
    n1: ArrayLike
    mean2: ArrayLike
    sd2: ArrayLike
    n2: ArrayLike

    def arrays(self) -> tuple[Vector, Vector, Vector, Vector, Vector, Vector]:
        """Return all six as arrays: mean1, sd1, n1, mean2, sd2, n2."""
        mean1, sd1, n1, mean2, sd2, n2 = (
            np.asarray(each, dtype=np.float64)
            for each in (self.mean1, self.sd1, self.n1, self.mean2, self.sd2, self.n2)
        )
        return mean1, sd1, n1, mean2, sd2, n2


def hedges_j(df: ArrayLike) -> Vector:
    """Return the exact small-sample correction for ``df`` (above 1) degrees of freedom.

    Notes
    -----
    J = Gamma(df / 2) / (sqrt(df / 2) Gamma((df - 1) / 2)); often approximated 1 - 3 / (4 df - 1).
    """
    half = np.asarray(df, dtype=np.float64) / 2.0
    corrected: Vector = np.exp(gammaln(half) - 0.5 * np.log(half) - gammaln(half - 0.5))
    return corrected


def mean_difference(groups: GroupMeans, *, equal_variances: bool = False) -> Sizes:
    """Return mean1 - mean2, in units of the outcome, with its squared standard error."""
    mean1, sd1, n1, mean2, sd2, n2 = groups.arrays()
    if equal_variances:
        return Sizes(mean1 - mean2, _pooled_variance(groups) * (1.0 / n1 + 1.0 / n2))
    return Sizes(mean1 - mean2, sd1**2 / n1 + sd2**2 / n2)


def cohen_d(groups: GroupMeans) -> Vector:
    """Return (mean1 - mean2) over the pooled standard deviation, without correction."""
    mean1, _, _, mean2, _, _ = groups.arrays()
    return np.asarray((mean1 - mean2) / np.sqrt(_pooled_variance(groups)))


def _pooled_variance(groups: GroupMeans) -> Vector:
    _, sd1, n1, _, sd2, n2 = groups.arrays()
    return np.asarray(((n1 - 1.0) * sd1**2 + (n2 - 1.0) * sd2**2) / (n1 + n2 - 2.0))


def hedges_g(d: ArrayLike, n1: ArrayLike, n2: ArrayLike, variance: VarianceForm = "LS") -> Sizes:
    """Return Hedges' g from Cohen's d of two groups.

    Notes
    -----
    g = J d with m = n1 + n2 - 2 df. Variance with c = 1/n1 + 1/n2: LS c + g^2 / (2 (n1 + n2));
    LS2 J^2 (c + d^2 / (2 (n1 + n2))); AV as LS, at the average g of all rows;
    UB c + (1 - (m - 2) / (m J^2)) g^2; H0 c.
    """
    n1, n2 = np.asarray(n1, dtype=np.float64), np.asarray(n2, dtype=np.float64)
    base = 1.0 / n1 + 1.0 / n2
    return corrected(np.asarray(d, dtype=np.float64), n1 + n2 - 2.0, base, n1 + n2, variance)


def corrected(d: Vector, df: Vector, base: Vector, n: Vector, variance: VarianceForm) -> Sizes:
    """Return J d with a variance of the shape base + effect^2 / (2 n)."""
    j = hedges_j(df)
    g = j * d
    if variance == "LS":
        return Sizes(g, base + g**2 / (2.0 * n))
    if variance == "LS2":
        return Sizes(g, j**2 * (base + d**2 / (2.0 * n)))
    if variance == "UB":
        return Sizes(g, base + (1.0 - (df - 2.0) / (df * j**2)) * g**2)
    if variance == "AV":
        average = np.sum(n * g) / np.sum(n)
        return Sizes(g, base + average**2 / (2.0 * n))
    return Sizes(g, base + np.zeros_like(g))


def hedges_g_unequal(groups: GroupMeans, *, squared_correction: bool = False) -> Sizes:
    """Return the difference over the root mean of both variances (SMDH), corrected.

    Parameters
    ----------
    groups : GroupMeans
    squared_correction : bool
        Multiply the variance by J^2, as metafor did before version 4.6.

    References
    ----------
    Bonett (2008), equation 8, with the corrected estimate in the variance.
    """
    mean1, sd1, n1, mean2, sd2, n2 = groups.arrays()
    average = (sd1**2 + sd2**2) / 2.0
    j = hedges_j(n1 + n2 - 2.0)
    g = j * (mean1 - mean2) / np.sqrt(average)
    spread = sd1**4 / (n1 - 1.0) + sd2**4 / (n2 - 1.0)
    means = sd1**2 / (n1 - 1.0) + sd2**2 / (n2 - 1.0)
    v = g**2 * spread / (8.0 * average**2) + means / average
    return Sizes(g, j**2 * v if squared_correction else v)


def glass_delta(groups: GroupMeans) -> Sizes:
    """Return the difference over the SD of side 2, corrected with n2 - 1 df (SMD1)."""
    mean1, _, n1, mean2, sd2, n2 = groups.arrays()
    g = hedges_j(n2 - 1.0) * (mean1 - mean2) / sd2
    return Sizes(g, 1.0 / n1 + 1.0 / n2 + g**2 / (2.0 * n2))


def log_ratio_of_means(groups: GroupMeans) -> Sizes:
    """Return log(mean1 / mean2); both means above zero (ROM)."""
    mean1, sd1, n1, mean2, sd2, n2 = groups.arrays()
    variance = sd1**2 / (n1 * mean1**2) + sd2**2 / (n2 * mean2**2)
    return Sizes(np.log(mean1 / mean2), variance)


def d_from_t(t: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> Vector:
    """Return Cohen's d from the t of an equal-variance test of two groups: t sqrt(1/n1 + 1/n2)."""
    first, second = np.asarray(n1, dtype=np.float64), np.asarray(n2, dtype=np.float64)
    return np.asarray(t, dtype=np.float64) * np.sqrt(1.0 / first + 1.0 / second)


def t_from_r(r: ArrayLike, df: ArrayLike) -> Vector:
    """Return t from a (point-biserial) correlation: r sqrt(df / (1 - r^2))."""
    r = np.asarray(r, dtype=np.float64)
    return np.asarray(r * np.sqrt(np.asarray(df, dtype=np.float64) / (1.0 - r**2)))


def t_from_partial_eta2(eta2: ArrayLike, df: ArrayLike) -> Vector:
    """Return |t| from partial eta squared of an effect with one df: sqrt(eta2 df / (1 - eta2))."""
    eta2 = np.asarray(eta2, dtype=np.float64)
    return np.asarray(np.sqrt(eta2 * np.asarray(df, dtype=np.float64) / (1.0 - eta2)))
