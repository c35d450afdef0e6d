"""What a meta-analysis of given studies could find: power for a mean and for a difference.

Offers: ``power_of_mean``, ``power_of_subgroups``.

References
----------
Hedges LV, Pigott TD (2001). Psychol Methods 6:203; (2004). Psychol Methods 9:426.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import chi2, nct, ncx2, norm
from scipy.stats import t as t_distribution

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.estimates import Vector


def power_of_mean(
    mean: float, variances: Vector, tau2: float, alpha: float = 0.05, *, uses_t: bool = True
) -> float:
    """Return the two-sided power to find a true mean.

    Parameters
    ----------
    mean : float
    variances : array, shape (k,)
        Sampling variances of the studies there are, or would be.
    tau2 : float
    alpha : float
    uses_t : bool
        t with k - 1 df (as Knapp-Hartung); False: normal.

    Examples
    --------
    Without an effect, the power is alpha.

    >>> round(power_of_mean(0.0, np.full(8, 0.1), 0.05), 12)
    0.05
    """
    _refuse(variances, tau2)
    shift = mean * float(np.sqrt(np.sum(1.0 / (np.asarray(variances) + tau2))))
    if not uses_t:
        edge = float(norm.isf(alpha / 2.0))
        return float(norm.sf(edge - shift) + norm.cdf(-edge - shift))
    df = len(variances) - 1
    if df < 1:
        return float("nan")
    edge = float(t_distribution.isf(alpha / 2.0, df))
    return float(nct.sf(edge, df, shift) + nct.cdf(-edge, df, shift))


def power_of_subgroups(
    means: Sequence[float], variances: Sequence[Vector], tau2: float, alpha: float = 0.05
) -> float:
    """Return the power of the test that subgroup means are equal (Q_between, chi-squared).

    Parameters
    ----------
    means : sequence of float
        True mean of each subgroup.
    variances : sequence of arrays
        Sampling variances of the studies in each.
    tau2 : float
        The same in all.
    alpha : float
    """
    if len(means) < 2 or len(means) != len(variances):
        raise InputError("give the means and the studies' variances of at least two subgroups")
    for each in variances:
        _refuse(each, tau2)
    weights = np.array([np.sum(1.0 / (np.asarray(each) + tau2)) for each in variances])
    values = np.asarray(means, dtype=np.float64)
    centre = float(weights @ values / weights.sum())
    shift = float(weights @ (values - centre) ** 2)
    edge = float(chi2.isf(alpha, len(means) - 1))
    return float(ncx2.sf(edge, len(means) - 1, shift)) if shift > 0 else alpha


def _refuse(variances: Vector, tau2: float) -> None:
    v = np.asarray(variances)
    if v.size == 0 or not np.all(v > 0) or tau2 < 0:
        raise InputError("power needs sampling variances above zero and a tau2 of zero or above")
