"""How much true effects differ: nine estimators of tau2 and more, Q, I2, H2 and their intervals.

tau2 is the variance of true effects around the regression (in squared units of the effect). All
functions take estimates y (k,), variances v (k,) and a design X (k, p) of full rank, k > p.

Offers: ``estimate_tau2``, ``Tau2``, ``TauMethod``, ``cochran_q``, ``typical_variance``, ``i2_h2``,
``q_profile``, ``residual_former``.

References
----------
Viechtbauer W (2005). J Educ Behav Stat 30:261 (HE, HS, SJ, ML, REML, DL and their variances).
Viechtbauer W (2007). Stat Med 26:37 (Q-profile). DerSimonian R, Kacker R (2007). Contemp Clin
Trials 28:105 (generalised Q, Paule-Mandel). Higgins JPT, Thompson SG (2002). Stat Med 21:1539.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.estimates import Matrix, Vector

OwnWeights = Literal[
    "FE", "DL", "HE", "HS", "HSk", "SJ", "SJIT", "ML", "REML", "EB", "PM", "DLIT",
]  # fmt: skip
TauMethod = OwnWeights | Literal["GENQ"]
"""Named as in R's metafor; FE is the fixed (equal) effects model, where tau2 is zero; GENQ
needs weights from outside."""

MAX_STEPS = 500
STEP_TOLERANCE = 1e-14
LIKELIHOOD_TOLERANCE = 1e-10


@dataclass(frozen=True)
class Tau2:
    """An estimate of tau2 with its large-sample standard error (None for FE)."""

    value: float
    se: float | None


@dataclass(frozen=True)
class Heterogeneity:
    """I2 in percent and H2, from tau2 and the typical sampling variance."""

    i2: float
    h2: float


@dataclass(frozen=True)
class HeterogeneityInterval:
    """Q-profile limits of tau2, I2 (percent) and H2; ``is_empty`` if no tau2 fits the data."""

    tau2_low: float
    tau2_high: float
    i2_low: float
    i2_high: float
    h2_low: float
    h2_high: float
    level: float
    is_empty: bool = False


def residual_former(weights: Vector, x: Matrix) -> Matrix:
    """Return P = W - WX(X'WX)^-1 X'W, shape (k, k), for diagonal weights (k,)."""
    wx = weights[:, None] * x
    projected: Matrix = wx @ np.linalg.solve(x.T @ wx, wx.T)
    return np.diag(weights) - projected


def cochran_q(y: Vector, v: Vector, x: Matrix, tau2: float = 0.0) -> float:
    """Return the weighted residual sum of squares y'Py at weights 1/(v + tau2)."""
    root = 1.0 / np.sqrt(v + tau2)
    a = root[:, None] * x
    b = root * y
    residual = b - a @ np.linalg.lstsq(a, b, rcond=None)[0]
    return float(residual @ residual)


def typical_variance(v: Vector, x: Matrix) -> float:
    """Return (k - p) / tr(P): the sampling variance that I2 compares tau2 with.

    References
    ----------
    Higgins & Thompson (2002), equation 9, extended to moderators.
    """
    k, p = x.shape
    return float((k - p) / np.trace(residual_former(1.0 / v, x)))


def i2_h2(tau2: float, typical: float) -> Heterogeneity:
    """Return I2 = 100 tau2 / (tau2 + typical) and H2 = tau2 / typical + 1."""
    return Heterogeneity(100.0 * tau2 / (tau2 + typical), tau2 / typical + 1.0)


def estimate_tau2(
    y: Vector, v: Vector, x: Matrix, method: TauMethod, weights: Vector | None = None
) -> Tau2:
    """Return tau2 and its standard error.

    Parameters
    ----------
    y, v : arrays, shape (k,)
    x : array, shape (k, p), full rank
    method : TauMethod
        ``GENQ`` needs ``weights``: the fixed weights of the generalised Q statistic.
    weights : array, shape (k,), optional

    Raises
    ------
    InputError
        If k is not above p, or the weights of GENQ are missing or not above zero.
    """
    k, p = x.shape
    if k <= p:
        raise InputError(
            f"{k} effects cannot carry a model with {p} coefficients; "
            "take fewer moderators or more effects"
        )
    if method == "FE":
        return Tau2(0.0, None)
    if method == "GENQ":
        if weights is None or not np.all(weights > 0):
            raise InputError(
                "the generalised Q estimator needs a weight above zero for each effect"
            )
        return _generalised_q(y, v, x, weights)
    return _ESTIMATORS[method](y, v, x)


def _generalised_q(y: Vector, v: Vector, x: Matrix, a: Vector) -> Tau2:
    p_matrix = residual_former(a, x)
    trace = float(np.trace(p_matrix))
    raw = (float(y @ p_matrix @ y) - float(np.diag(p_matrix) @ v)) / trace
    tau2 = max(raw, 0.0)
    return Tau2(tau2, _moment_se(p_matrix, v, tau2) / trace)


def _moment_se(p_matrix: Matrix, v: Vector, tau2: float) -> float:
    """Return the standard deviation of y'Py for normal y with variances v + tau2."""
    pm = p_matrix * (v + tau2)
    return float(np.sqrt(2.0 * np.sum(pm * pm.T)))


def _der_simonian_laird(y: Vector, v: Vector, x: Matrix) -> Tau2:
    return _generalised_q(y, v, x, 1.0 / v)


def _hedges(y: Vector, v: Vector, x: Matrix) -> Tau2:
    return _generalised_q(y, v, x, np.ones_like(v))


def _hunter_schmidt(y: Vector, v: Vector, x: Matrix) -> Tau2:
    return _schmidt(y, v, x, 1.0)


def _hunter_schmidt_small(y: Vector, v: Vector, x: Matrix) -> Tau2:
    k, p = x.shape
    return _schmidt(y, v, x, k / (k - p))


def _schmidt(y: Vector, v: Vector, x: Matrix, factor: float) -> Tau2:
    w = 1.0 / v
    p_matrix = residual_former(w, x)
    tau2 = max((factor * float(y @ p_matrix @ y) - v.size) / float(w.sum()), 0.0)
    return Tau2(tau2, factor * _moment_se(p_matrix, v, tau2) / float(w.sum()))


def _sidik_jonkman(y: Vector, v: Vector, x: Matrix) -> Tau2:
    start = float(np.mean((y - y.mean()) ** 2))
    return _sidik_jonkman_step(y, v, x, start)


def _sidik_jonkman_step(y: Vector, v: Vector, x: Matrix, start: float) -> Tau2:
    k, p = x.shape
    if start <= 0:
        return Tau2(0.0, 0.0)
    p_matrix = residual_former(1.0 / (v + start), x)
    tau2 = start * float(y @ p_matrix @ y) / (k - p)
    return Tau2(tau2, start / (k - p) * _moment_se(p_matrix, v, tau2))


def _sidik_jonkman_iterated(y: Vector, v: Vector, x: Matrix) -> Tau2:
    now = _sidik_jonkman(y, v, x)
    for _ in range(20 * MAX_STEPS):
        new = _sidik_jonkman_step(y, v, x, now.value)
        if abs(new.value - now.value) <= STEP_TOLERANCE * max(1.0, now.value):
            return new
        now = new
    return now


def _der_simonian_laird_iterated(y: Vector, v: Vector, x: Matrix) -> Tau2:
    now = _generalised_q(y, v, x, 1.0 / v)
    for _ in range(MAX_STEPS):
        new = _generalised_q(y, v, x, 1.0 / (v + now.value))
        if abs(new.value - now.value) <= STEP_TOLERANCE * max(1.0, now.value):
            return new
        now = new
    return now


def _paule_mandel(y: Vector, v: Vector, x: Matrix) -> Tau2:
    k, p = x.shape
    tau2 = _solve_q(y, v, x, float(k - p))
    total = float(np.sum(1.0 / (v + tau2)))
    return Tau2(tau2, float(np.sqrt(2.0 * k**2 / (k - p)) / total))


def _solve_q(y: Vector, v: Vector, x: Matrix, target: float) -> float:
    """Return the tau2 at which the generalised Q is ``target``, or 0 if it is below at 0."""

    def excess(tau2: float) -> float:
        return cochran_q(y, v, x, tau2) - target

    if excess(0.0) <= 0:
        return 0.0
    high = max(1e-8, float(np.mean(v)))
    while excess(high) > 0:
        high *= 2.0
    return float(brentq(excess, 0.0, high, xtol=1e-300, rtol=8.9e-16, maxiter=1000))


def _restricted_likelihood(y: Vector, v: Vector, x: Matrix) -> Tau2:
    def score(tau2: float) -> tuple[float, float]:
        p_matrix = residual_former(1.0 / (v + tau2), x)
        py = p_matrix @ y
        return float(py @ py - np.trace(p_matrix)), float(np.sum(p_matrix * p_matrix))

    tau2 = _scored(y, v, x, score, restricted_log_likelihood)
    return Tau2(tau2, float(np.sqrt(2.0 / score(tau2)[1])))


def _maximum_likelihood(y: Vector, v: Vector, x: Matrix) -> Tau2:
    def score(tau2: float) -> tuple[float, float]:
        w = 1.0 / (v + tau2)
        py = residual_former(w, x) @ y
        return float(py @ py - w.sum()), float(w @ w)

    tau2 = _scored(y, v, x, score, log_likelihood)
    return Tau2(tau2, float(np.sqrt(2.0 / score(tau2)[1])))


Score = Callable[[float], tuple[float, float]]
LogLikelihood = Callable[[Vector, Vector, Matrix, float], float]


def _scored(y: Vector, v: Vector, x: Matrix, score: Score, likelihood: LogLikelihood) -> float:
    """Return the tau2 that maximises a likelihood: Fisher scoring, then compared with zero."""
    tau2 = _hedges(y, v, x).value
    for _ in range(MAX_STEPS):
        gradient, information = score(tau2)
        step = gradient / information
        new = max(tau2 + step, 0.0)
        if abs(new - tau2) <= STEP_TOLERANCE * max(float(np.min(v)), tau2):
            tau2 = new
            break
        tau2 = new
    if tau2 > 0 and likelihood(y, v, x, 0.0) - likelihood(y, v, x, tau2) > LIKELIHOOD_TOLERANCE:
        return 0.0
    return tau2


def log_likelihood(y: Vector, v: Vector, x: Matrix, tau2: float) -> float:
    """Return the log-likelihood of y ~ N(Xb, v + tau2) at the best b."""
    total = v + tau2
    q = cochran_q(y, v, x, tau2)
    return float(-0.5 * (v.size * np.log(2.0 * np.pi) + np.sum(np.log(total)) + q))


def restricted_log_likelihood(y: Vector, v: Vector, x: Matrix, tau2: float) -> float:
    """Return the restricted log-likelihood, with the term log|X'X| / 2 as metafor has it."""
    k, p = x.shape
    total = v + tau2
    q = cochran_q(y, v, x, tau2)
    information = np.linalg.slogdet(x.T @ (x / total[:, None]))[1]
    constant = np.linalg.slogdet(x.T @ x)[1] - (k - p) * np.log(2.0 * np.pi)
    return float(0.5 * (constant - np.sum(np.log(total)) - information - q))


_ESTIMATORS: dict[TauMethod, Callable[[Vector, Vector, Matrix], Tau2]] = {
    "DL": _der_simonian_laird,
    "DLIT": _der_simonian_laird_iterated,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "HSk": _hunter_schmidt_small,
    "SJ": _sidik_jonkman,
    "SJIT": _sidik_jonkman_iterated,
    "ML": _maximum_likelihood,
    "REML": _restricted_likelihood,
    "EB": _paule_mandel,  # empirical Bayes solves the same equation
    "PM": _paule_mandel,
}


def q_profile(y: Vector, v: Vector, x: Matrix, level: float = 0.95) -> HeterogeneityInterval:
    """Return the Q-profile interval of tau2, I2 and H2.

    Notes
    -----
    The limits are the tau2 at which the generalised Q equals the upper and lower quantile of a
    chi-squared distribution with k - p degrees of freedom. If Q is below the lower quantile even
    at zero, no tau2 fits and the interval is empty (both limits 0).

    References
    ----------
    Viechtbauer (2007), section 2.7.
    """
    k, p = x.shape
    if k <= p:
        raise InputError(f"{k} effects and {p} coefficients leave nothing to judge tau2 by")
    tail = (1.0 - level) / 2.0
    low = _solve_q(y, v, x, float(chi2.isf(tail, k - p)))
    high = _solve_q(y, v, x, float(chi2.ppf(tail, k - p)))
    is_empty = cochran_q(y, v, x) < float(chi2.ppf(tail, k - p))
    typical = typical_variance(v, x)
    at_low, at_high = i2_h2(low, typical), i2_h2(high, typical)
    return HeterogeneityInterval(
        low, high, at_low.i2, at_high.i2, at_low.h2, at_high.h2, level, is_empty
    )
