"""Effects of one group measured twice, and correlations.

Side 1 minus side 2; ``r`` is the correlation between the two occasions. ``d_z`` (change over the SD
of change) and effects over the SD of scores are different metrics: d_z = d / sqrt(2 (1 - r)) where
both SDs are equal. They are never mixed without saying so.

Offers: ``PairedMeans``, ``mean_change``, ``change_score_g``, ``raw_score_g``, ``raw_score_d``,
``raw_score_g_unequal``, ``average_score_g``, ``log_ratio_of_changes``, ``raw_d_from_change_d``,
``correlation``, ``fisher_z``.

References
----------
Gibbons RD, Hedeker DR, Davis JM (1993). J Educ Stat 18:271.
Becker BJ (1988). Br J Math Stat Psychol 41:257. Bonett DG (2008). Psychol Methods 13:99.
Cousineau D (2020). Quant Meth Psych 16:418.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from asmr_stim.moderator.effects.between import Sizes, VarianceForm, corrected, hedges_j
from asmr_stim.moderator.effects.estimates import Vector


@dataclass(frozen=True)
class PairedMeans:
    """Means and SDs on two occasions, people, and the correlation between the occasions."""

    mean1: ArrayLike
    sd1: ArrayLike
    mean2: ArrayLike
    sd2: ArrayLike
    n: ArrayLike
    r: ArrayLike

    def arrays(self) -> tuple[Vector, Vector, Vector, Vector, Vector, Vector]:
        """Return all six as arrays: mean1, sd1, mean2, sd2, n, r."""
        mean1, sd1, mean2, sd2, n, r = (
            np.asarray(each, dtype=np.float64)
            for each in (self.mean1, self.sd1, self.mean2, self.sd2, self.n, self.r)
        )
        return mean1, sd1, mean2, sd2, n, r

    def sd_change(self) -> Vector:
        """Return the SD of change: sqrt(sd1^2 + sd2^2 - 2 r sd1 sd2)."""
        _, sd1, _, sd2, _, r = self.arrays()
        return np.asarray(np.sqrt(sd1**2 + sd2**2 - 2.0 * r * sd1 * sd2))


def mean_change(pairs: PairedMeans) -> Sizes:
    """Return mean1 - mean2 in units of the outcome (MC)."""
    mean1, _, mean2, _, n, _ = pairs.arrays()
    return Sizes(mean1 - mean2, pairs.sd_change() ** 2 / n)


def change_score_g(d_z: ArrayLike, n: ArrayLike, variance: VarianceForm = "LS") -> Sizes:
    """Return the corrected mean change over the SD of change (SMCC).

    Parameters
    ----------
    d_z : mean change / SD of change, or t / sqrt(n)
    n : people

    Notes
    -----
    g = J d_z with n - 1 df; LS variance 1/n + g^2 / (2 n). The standardised mean of a single
    group against a fixed value has the same form.
    """
    people = np.asarray(n, dtype=np.float64)
    return corrected(
        np.asarray(d_z, dtype=np.float64), people - 1.0, 1.0 / people, people, variance
    )


def raw_score_g(d: ArrayLike, n: ArrayLike, r: ArrayLike, variance: VarianceForm = "LS") -> Sizes:
    """Return the corrected mean change over the SD of scores (SMCR).

    Notes
    -----
    g = J d with n - 1 df; LS variance 2 (1 - r) / n + g^2 / (2 n) (Becker 1988, equation 13).
    """
    people = np.asarray(n, dtype=np.float64)
    base = 2.0 * (1.0 - np.asarray(r, dtype=np.float64)) / people
    return corrected(np.asarray(d, dtype=np.float64), people - 1.0, base, people, variance)


def raw_score_d(pairs: PairedMeans, *, standardiser: int = 2) -> Vector:
    """Return (mean1 - mean2) over the SD of side 1 or 2, without correction.

    metafor's SMCR divides by its first SD (the pre-test); here side 2 is the control or the
    occasion before, so that a positive effect is an increase.
    """
    mean1, sd1, mean2, sd2, _, _ = pairs.arrays()
    return np.asarray((mean1 - mean2) / (sd2 if standardiser == 2 else sd1))


def raw_score_g_unequal(
    pairs: PairedMeans, *, standardiser: int = 2, squared_correction: bool = False
) -> Sizes:
    """Return the change over the SD of scores, variances unequal (SMCRH).

    Parameters
    ----------
    pairs : PairedMeans
    standardiser : 1 or 2
    squared_correction : bool
        Multiply the variance by J^2, as metafor did before version 4.6.

    References
    ----------
    Bonett (2008), equation 13, with the corrected estimate in the variance.
    """
    _, sd1, _, sd2, n, _ = pairs.arrays()
    sd = sd2 if standardiser == 2 else sd1
    j = hedges_j(n - 1.0)
    g = j * raw_score_d(pairs, standardiser=standardiser)
    v = pairs.sd_change() ** 2 / (sd**2 * (n - 1.0)) + g**2 / (2.0 * (n - 1.0))
    return Sizes(g, j**2 * v if squared_correction else v)


def average_score_g(pairs: PairedMeans) -> Sizes:
    """Return the change over the root mean of both variances (SMCRP).

    Notes
    -----
    df 2 (n - 1) / (1 + r^2); variance 2 (1 - r) / n + g^2 (1 + r^2) / (4 n) (after Cousineau 2020).
    """
    mean1, sd1, mean2, sd2, n, r = pairs.arrays()
    j = hedges_j(2.0 * (n - 1.0) / (1.0 + r**2))
    g = j * (mean1 - mean2) / np.sqrt((sd1**2 + sd2**2) / 2.0)
    return Sizes(g, 2.0 * (1.0 - r) / n + g**2 * (1.0 + r**2) / (4.0 * n))


def log_ratio_of_changes(pairs: PairedMeans) -> Sizes:
    """Return log(mean1 / mean2) of paired means, both above zero (ROMC)."""
    mean1, sd1, mean2, sd2, n, r = pairs.arrays()
    spread = sd1**2 / mean1**2 + sd2**2 / mean2**2 - 2.0 * r * sd1 * sd2 / (mean1 * mean2)
    return Sizes(np.log(mean1 / mean2), spread / n)


def raw_d_from_change_d(d_z: ArrayLike, r: ArrayLike) -> Vector:
    """Return d over the SD of scores from d_z, both SDs taken as equal: d_z sqrt(2 (1 - r))."""
    root = np.sqrt(2.0 * (1.0 - np.asarray(r, dtype=np.float64)))
    return np.asarray(np.asarray(d_z, dtype=np.float64) * root)


def correlation(r: ArrayLike, n: ArrayLike) -> Sizes:
    """Return r with variance (1 - r^2)^2 / (n - 1) (COR)."""
    r, n = np.asarray(r, dtype=np.float64), np.asarray(n, dtype=np.float64)
    return Sizes(r, (1.0 - r**2) ** 2 / (n - 1.0))


def fisher_z(r: ArrayLike, n: ArrayLike) -> Sizes:
    """Return atanh(r) with variance 1 / (n - 3), n above 3 (ZCOR)."""
    z = np.arctanh(np.asarray(r, dtype=np.float64))
    return Sizes(z, 1.0 / (np.asarray(n, dtype=np.float64) - 3.0) + np.zeros_like(z))
