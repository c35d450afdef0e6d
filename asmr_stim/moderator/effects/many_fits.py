"""The same effects regressed on thousands of designs, compiled.

Offers: ``many_fits``, ``many_omnibus``, ``FAST_METHODS``.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit
from asmr_stim.moderator.effects.estimates import Matrix, Vector
from asmr_stim.moderator.effects.heterogeneity import TauMethod, estimate_tau2
from asmr_stim.moderator.effects.regression import NO_SPREAD, TestName

Numbers = NDArray[np.float64]
MOMENTS_WEIGHTED, MOMENTS_PLAIN, LIKELIHOOD, RESTRICTED = 1, 2, 3, 4
FAST_METHODS: dict[TauMethod, int] = {
    "FE": 0, "DL": MOMENTS_WEIGHTED, "HE": MOMENTS_PLAIN, "ML": LIKELIHOOD, "REML": RESTRICTED,
}  # fmt: skip
_KNOWN = 5
_SCALES: dict[TestName, int] = {"wald": 0, "t": 0, "knapp_hartung": 1, "knapp_hartung_adhoc": 2}
MAX_STEPS = 300
STEP_TOLERANCE = 1e-12
LIKELIHOOD_TOLERANCE = 1e-10


def many_fits(
    y: Vector, v: Vector, designs: Matrix, method: TauMethod, test: TestName
) -> tuple[Matrix, Matrix]:
    """Return each fit's coefficients and standard-error-scaled covariances.

    Parameters
    ----------
    y, v : arrays, shape (k,)
    designs : array, shape (B, k, p)
        Each of full rank.
    method : TauMethod
    test : TestName

    Returns
    -------
    coefficients : array, shape (B, p)
    covariances : array, shape (B, p, p)
    """
    known = np.zeros(len(designs))
    code = FAST_METHODS.get(method, _KNOWN)
    if code == _KNOWN:
        known = np.array([estimate_tau2(y, v, x, method).value for x in designs])
    coefficients: Matrix
    covariances: Matrix
    coefficients, covariances = _all_fits(
        np.ascontiguousarray(y, dtype=np.float64), np.ascontiguousarray(v, dtype=np.float64),
        np.ascontiguousarray(designs, dtype=np.float64), code, _SCALES[test], known,
    )  # fmt: skip
    return coefficients, covariances


def many_omnibus(beta: Matrix, covariance: Matrix, positions: list[int]) -> Vector:
    """Return each fit's Wald statistic of some coefficients over their number, shape (B,).

    Parameters
    ----------
    beta : array, shape (B, p)
    covariance : array, shape (B, p, p)
        Both from ``many_fits``.
    positions : list of int
        Of the coefficients that are tested together.

    Returns
    -------
    array, shape (B,)
        Infinite where several are tested and the effects lie exactly on the model.
    """
    if len(positions) == 1:
        place = positions[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(beta[:, place] ** 2 / covariance[:, place, place])
    chosen = beta[:, positions]
    block = covariance[np.ix_(range(len(beta)), positions, positions)]
    is_exact_fit = np.einsum("bpp->b", block) < NO_SPREAD
    block[is_exact_fit] = np.eye(len(positions))
    solved = np.linalg.solve(block, chosen[:, :, None])[:, :, 0]
    statistic = np.sum(chosen * solved, axis=1) / len(positions)
    return np.where(is_exact_fit, np.inf, statistic)


@njit(cache=True)
def _invert(a: Numbers, out: Numbers) -> None:
    """Write the inverse of a small symmetric positive definite matrix; ``a`` is used up."""
    p = a.shape[0]
    for i in range(p):
        for j in range(p):
            out[i, j] = 1.0 if i == j else 0.0
    for i in range(p):
        pivot = a[i, i]
        for j in range(p):
            a[i, j] /= pivot
            out[i, j] /= pivot
        for r in range(p):
            if r != i:
                factor = a[r, i]
                for j in range(p):
                    a[r, j] -= factor * a[i, j]
                    out[r, j] -= factor * out[i, j]


@njit(cache=True)
def _solve(y: Numbers, x: Numbers, w: Numbers, room: Numbers, beta: Numbers) -> None:
    """Write (X'WX)^-1 into ``room[1]`` and the coefficients into ``beta``; ``room[0]`` is used."""
    k, p = x.shape
    room[0] = 0.0
    for i in range(k):
        for a in range(p):
            for b in range(p):
                room[0, a, b] += w[i] * x[i, a] * x[i, b]
    _invert(room[0], room[1])
    beta[:] = 0.0
    for i in range(k):
        for b in range(p):
            part = w[i] * x[i, b] * y[i]
            for a in range(p):
                beta[a] += room[1, a, b] * part


@njit(cache=True)
def _leverage(x: Numbers, row: int, inverse: Numbers) -> float:
    """Return x_i' (X'WX)^-1 x_i."""
    total = 0.0
    for a in range(x.shape[1]):
        for b in range(x.shape[1]):
            total += x[row, a] * inverse[a, b] * x[row, b]
    return float(total)


@njit(cache=True)
def _residual(y: Numbers, x: Numbers, beta: Numbers, row: int) -> float:
    left = y[row]
    for a in range(x.shape[1]):
        left -= x[row, a] * beta[a]
    return float(left)


@njit(cache=True)
def _moment_tau2(
    y: Numbers, v: Numbers, x: Numbers, w: Numbers, room: Numbers, beta: Numbers
) -> float:
    """Return the method of moments estimate with weights w: 1/v for DL, 1 for HE."""
    _solve(y, x, w, room, beta)
    q = expected = trace = 0.0
    for i in range(v.size):
        q += w[i] * _residual(y, x, beta, i) ** 2
        own = w[i] - w[i] * w[i] * _leverage(x, i, room[1])
        trace += own
        expected += own * v[i]
    return float(max(0.0, (q - expected) / trace))


@njit(cache=True)
def _log_likelihood(  # noqa: PLR0913, PLR0917 compiled code takes arrays, not objects
    y: Numbers, v: Numbers, x: Numbers, tau2: float, kind: int, room: Numbers, beta: Numbers
) -> float:
    """Return the (restricted) log-likelihood up to a constant."""
    w = 1.0 / (v + tau2)
    _solve(y, x, w, room, beta)
    value = 0.0
    for i in range(v.size):
        value -= np.log(v[i] + tau2) + w[i] * _residual(y, x, beta, i) ** 2
    if kind == RESTRICTED:
        value += np.log(np.linalg.det(room[1]))
    return 0.5 * value


@njit(cache=True)
def _step(  # noqa: C901, PLR0913, PLR0917 compiled code takes arrays, not objects; one pass
    y: Numbers, v: Numbers, x: Numbers, tau2: float, kind: int, room: Numbers, beta: Numbers
) -> float:
    """Return the Fisher scoring step of tau2."""
    k, p = x.shape
    w = 1.0 / (v + tau2)
    _solve(y, x, w, room, beta)
    squares = first = second = third = 0.0
    room[2] = 0.0
    for i in range(k):
        squares += (w[i] * _residual(y, x, beta, i)) ** 2
        first += w[i]
        second += w[i] * w[i]
        if kind == RESTRICTED:
            third += w[i] ** 3 * _leverage(x, i, room[1])
            for a in range(p):
                for b in range(p):
                    room[2, a, b] += w[i] * w[i] * x[i, a] * x[i, b]
    if kind != RESTRICTED:
        return float((squares - first) / second)
    trace = double = 0.0
    room[0] = 0.0
    for a in range(p):
        for b in range(p):
            trace += room[1, a, b] * room[2, b, a]
            for c in range(p):
                room[0, a, b] += room[1, a, c] * room[2, c, b]
    for a in range(p):
        for b in range(p):
            double += room[0, a, b] * room[0, b, a]
    return float((squares - first + trace) / (second - 2.0 * third + double))


@njit(cache=True)
def _likely_tau2(
    y: Numbers, v: Numbers, x: Numbers, kind: int, room: Numbers, beta: Numbers
) -> float:
    """Return the (restricted) maximum likelihood estimate by Fisher scoring."""
    tau2 = _moment_tau2(y, v, x, np.ones_like(v), room, beta)
    smallest = np.min(v)
    for _ in range(MAX_STEPS):
        new = max(0.0, tau2 + _step(y, v, x, tau2, kind, room, beta))
        moved = abs(new - tau2)
        tau2 = new
        if moved <= STEP_TOLERANCE * max(smallest, tau2):
            break
    if tau2 > 0.0:
        at_zero = _log_likelihood(y, v, x, 0.0, kind, room, beta)
        if at_zero - _log_likelihood(y, v, x, tau2, kind, room, beta) > LIKELIHOOD_TOLERANCE:
            return 0.0
    return float(tau2)


@njit(cache=True)
def _all_fits(
    y: Numbers, v: Numbers, designs: Numbers, method: int, scaling: int, known: Numbers
) -> tuple[Numbers, Numbers]:
    """Return coefficients (B, p) and covariances (B, p, p)."""
    n, k, p = designs.shape
    coefficients = np.empty((n, p))
    covariances = np.empty((n, p, p))
    room = np.empty((3, p, p))
    for b in range(n):
        x, beta, tau2 = designs[b], coefficients[b], known[b]
        if method == MOMENTS_WEIGHTED:
            tau2 = _moment_tau2(y, v, x, 1.0 / v, room, beta)
        elif method == MOMENTS_PLAIN:
            tau2 = _moment_tau2(y, v, x, np.ones_like(v), room, beta)
        elif method in (LIKELIHOOD, RESTRICTED):
            tau2 = _likely_tau2(y, v, x, method, room, beta)
        w = 1.0 / (v + tau2)
        _solve(y, x, w, room, beta)
        scale = 1.0
        if scaling > 0:
            scale = 0.0
            for i in range(k):
                scale += w[i] * _residual(y, x, beta, i) ** 2
            scale /= k - p
        if scaling == 2:
            scale = max(1.0, scale)
        covariances[b] = scale * room[1]
    return coefficients, covariances
