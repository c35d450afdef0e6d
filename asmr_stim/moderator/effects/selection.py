"""A step selection model: results with small p are more likely to be seen.

y_i ~ N(x_i b, v_i + tau2), seen with a chance that depends on its one-sided p through steps; the
chance of the first step is one. With the single step .025 it is the three-parameter model.

Offers: ``step_selection``, ``Selection``.

References
----------
Hedges LV (1992). Stat Sci 7:246. Vevea JL, Hedges LV (1995). Psychometrika 60:419.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import chi2, norm

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.design import Design, intercept_only
from asmr_stim.moderator.effects.estimates import Effects, Matrix, Vector
from asmr_stim.moderator.effects.regression import Coefficient, Settings, coefficient_table, fit

SMALLEST_LOG = -40.0


@dataclass(frozen=True)
class Selection:
    """A fitted selection model.

    Attributes
    ----------
    coefficients : tuple of Coefficient
        Adjusted for selection; Wald tests.
    tau2, tau2_se : float; the latter NaN at the edge
    steps : tuple of float
        Upper ends of the intervals of p, the last 1.
    deltas : tuple of float
        Chance of being seen in each interval, relative to the first.
    delta_ses : tuple of float; NaN for the first and at the edge
    log_likelihood : float
    lrt, lrt_df, lrt_p : float
        Likelihood ratio test against no selection.
    n_in_steps : tuple of int
        Effects in each interval; with none in one, its delta cannot be estimated.
    """

    coefficients: tuple[Coefficient, ...]
    tau2: float
    tau2_se: float
    steps: tuple[float, ...]
    deltas: tuple[float, ...]
    delta_ses: tuple[float, ...]
    log_likelihood: float
    lrt: float
    lrt_df: int
    lrt_p: float
    n_in_steps: tuple[int, ...]


def step_selection(
    effects: Effects,
    steps: Sequence[float] = (0.025,),
    design: Design | None = None,
    *,
    is_positive_favoured: bool = True,
) -> Selection:
    """Return the maximum likelihood fit of a step selection model.

    Parameters
    ----------
    effects : Effects
    steps : sequence of float, between 0 and 1
        One-sided p at which the chance of being seen changes.
    design : Design, optional
        The pooled mean if left out.
    is_positive_favoured : bool
        Whether a small p is one of a positive effect; else of a negative one.

    Raises
    ------
    InputError
        If steps are out of order or an interval of p holds no effect.
    """
    ends = tuple(float(step) for step in steps) + (() if steps and steps[-1] == 1 else (1.0,))
    if len(ends) < 2 or any(not 0 < a < b <= 1 for a, b in pairwise(ends)):
        raise InputError(f"steps of p rise between 0 and 1; found {', '.join(map(str, steps))}")
    design = design or intercept_only(effects.k)
    taken = effects.taken(design.rows)
    problem = _problem(taken, design, ends, 1.0 if is_positive_favoured else -1.0)
    counts = np.bincount(problem.interval, minlength=len(ends))
    if np.any(counts == 0):
        place = int(np.flatnonzero(counts == 0)[0])
        raise InputError(
            f"no effect has a p in the interval that ends at {ends[place]:g}; "
            "its chance of being seen cannot be estimated; take fewer steps"
        )
    plain = fit(effects, design, Settings("ML", "wald"))
    best = _maximised(problem, plain.estimates, plain.tau2, len(ends) - 1)
    return _told(problem, best, plain.log_likelihood, ends, counts.tolist())


@dataclass(frozen=True)
class _Problem:
    """What a likelihood is made of: effects, their design, and the step that each p falls in."""

    y: Vector
    v: Vector
    x: Matrix
    names: tuple[str, ...]
    cuts: Matrix  # (k, steps - 1): effects at which p reaches a step, falling
    interval: NDArray[np.intp]
    sign: float

    def log_likelihood(self, beta: Vector, tau2: float, deltas: Vector) -> float:
        """Return the log-likelihood; ``deltas`` weigh the steps of p behind the first."""
        mean, sd = self.x @ beta, np.sqrt(self.v + tau2)
        every = np.concatenate([[1.0], deltas])
        below = norm.cdf((self.cuts - (self.sign * mean)[:, None]) / sd[:, None])
        upper = np.column_stack([np.ones(self.y.size), below])
        lower = np.column_stack([below, np.zeros(self.y.size)])
        seen = (upper - lower) @ every
        density = norm.logpdf(self.y, mean, sd)
        return float(np.sum(np.log(every[self.interval]) + density - np.log(seen)))


def _problem(effects: Effects, design: Design, ends: Sequence[float], sign: float) -> _Problem:
    errors = effects.standard_errors
    p = norm.sf(sign * effects.estimates / errors)
    interval = np.searchsorted(np.array(ends), p, side="left")
    cuts = errors[:, None] * norm.isf(np.array(ends[:-1]))[None, :]
    return _Problem(
        effects.estimates, effects.variances, design.matrix, design.names, cuts, interval, sign
    )


def _maximised(problem: _Problem, beta: Vector, tau2: float, n_deltas: int) -> Vector:
    """Return (beta, log tau2, log deltas) at the maximum, from several starts."""
    p = beta.size

    def loss(values: Vector) -> float:
        clipped = np.clip(values[p:], SMALLEST_LOG, 20.0)
        found = problem.log_likelihood(values[:p], float(np.exp(clipped[0])), np.exp(clipped[1:]))
        return -found if np.isfinite(found) else 1e10

    best: Vector | None = None
    for start_tau2 in (max(tau2, 1e-4), 0.01, 0.1):
        for start_delta in (1.0, 0.3):
            start = np.concatenate(
                [beta, [np.log(start_tau2)], np.full(n_deltas, np.log(start_delta))]
            )
            found = minimize(loss, start, method="Nelder-Mead", options=_TIGHT).x
            found = minimize(loss, found, method="BFGS", options={"gtol": 1e-9}).x
            if best is None or loss(found) < loss(best):
                best = found
    assert best is not None  # noqa: S101 there is always a start
    return np.concatenate([best[:p], np.exp(np.clip(best[p:], SMALLEST_LOG, 20.0))])


_TIGHT: Any = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4000, "maxfev": 8000}


def _told(
    problem: _Problem, best: Vector, plain: float, ends: Sequence[float], counts: list[int]
) -> Selection:
    p = problem.x.shape[1]

    def height(values: Vector) -> float:
        return problem.log_likelihood(values[:p], float(values[p]), values[p + 1 :])

    is_inside = np.concatenate([np.ones(p, dtype=bool), best[p:] > 1e-6])
    covariance = np.full((best.size, best.size), np.nan)
    inside = np.flatnonzero(is_inside)
    information = np.negative(_hessian(height, best, inside))
    covariance[np.ix_(inside, inside)] = np.linalg.inv(information)
    errors = np.sqrt(np.diag(covariance))
    value = height(best)
    lrt = max(0.0, 2.0 * (value - plain))
    df = len(ends) - 1
    settings = Settings("ML", "wald")
    return Selection(
        coefficients=coefficient_table(problem.names, best[:p], covariance[:p, :p], None, settings),
        tau2=float(best[p]) if is_inside[p] else 0.0,
        tau2_se=float(errors[p]),
        steps=tuple(ends),
        deltas=(1.0, *best[p + 1 :].tolist()),
        delta_ses=(float("nan"), *errors[p + 1 :].tolist()),
        log_likelihood=value,
        lrt=lrt,
        lrt_df=df,
        lrt_p=float(chi2.sf(lrt, df)),
        n_in_steps=tuple(counts),
    )


def _hessian(function: Callable[[Vector], float], at: Vector, free: NDArray[np.intp]) -> Matrix:
    """Return second derivatives along the free parameters, by fourth-order differences."""
    steps = 1e-3 * np.maximum(np.abs(at), 1e-2)
    weights = ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12))
    size = len(free)
    out: Matrix = np.empty((size, size))
    for i, a in enumerate(free):
        for j, b in enumerate(free[: i + 1]):
            total = 0.0
            for m, wm in weights:
                for n, wn in weights:
                    moved = at.copy()
                    moved[a] += m * steps[a]
                    moved[b] += n * steps[b]
                    total += wm * wn * function(moved)
            out[i, j] = out[j, i] = total / (steps[a] * steps[b])
    return out
