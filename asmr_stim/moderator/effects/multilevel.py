"""Effects that are not independent: several levels of random effects, and correlated errors.

y ~ N(Xb, V + sum of s_j Z_j Z_j'), with V the sampling covariance of the effects and each s_j the
variance of one level: between studies, between effects within a study. With V diagonal it is the
three-level model; with V from an assumed correlation ``rho`` it is the correlated-and-hierarchical
one (CHE).

Offers: ``fit_multilevel``, ``three_level``, ``correlated_errors``, ``Level``, ``Multilevel``,
``Likelihood``, ``study_levels``.

References
----------
Konstantopoulos S (2011). Res Synth Methods 2:61. Van den Noortgate W et al. (2013). Behav Res
Methods 45:576. Pustejovsky JE, Tipton E (2022). Prev Sci 23:425 (CHE).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.stats import chi2

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.design import Design
from asmr_stim.moderator.effects.estimates import Effects, Matrix, Vector
from asmr_stim.moderator.effects.regression import (
    Coefficient,
    Omnibus,
    Settings,
    coefficient_table,
    joint_test,
)

MAX_STEPS = 2000
STEP_TOLERANCE = 1e-13
IDENTIFIED = 1e-9  # share of a level's information that must be left beside the coefficients
LARGEST = 1e4  # a component in variances of the effects; beyond it the likelihood is flat


@dataclass(frozen=True)
class Level:
    """A level of random effects: its name and whose share each effect has, shape (k,)."""

    name: str
    members: tuple[str, ...]

    def indicator(self) -> Matrix:
        """Return ZZ', shape (k, k): one where two effects share a member."""
        names = np.array(self.members)
        shared: Matrix = (names[:, None] == names[None, :]).astype(np.float64)
        return shared


@dataclass(frozen=True)
class Multilevel:
    """A fitted multilevel model.

    Attributes
    ----------
    design : Design
    coefficients : tuple of Coefficient
        Model-based: normal, or t with k - p df.
    covariance : array, shape (p, p)
    components : tuple of (str, float)
        Variance of each level.
    i2 : tuple of (str, float), percent
        Share of each level in the variance of effects.
    q, q_df, q_p : residual heterogeneity with all components zero
    omnibus : Omnibus
    log_likelihood : float
    marginal : array, shape (k, k)
        V plus the random effects: the working covariance of ``robust``.
    estimates : array, shape (k,)
        What was fitted.
    settings : Settings
    """

    design: Design
    coefficients: tuple[Coefficient, ...]
    covariance: Matrix
    components: tuple[tuple[str, float], ...]
    i2: tuple[tuple[str, float], ...]
    q: float
    q_df: int
    q_p: float
    omnibus: Omnibus
    log_likelihood: float
    marginal: Matrix
    estimates: Vector
    settings: Settings

    @property
    def k(self) -> int:
        """Number of effects."""
        return int(self.estimates.size)

    @property
    def beta(self) -> Vector:
        """Coefficients, shape (p,)."""
        return np.array([each.estimate for each in self.coefficients])


def study_levels(effects: Effects) -> tuple[Level, ...]:
    """Return the levels of a three-level model: study, and effect within study."""
    each = tuple(str(row) for row in range(effects.k))
    return Level("study", effects.studies), Level("effect", each)


def three_level(
    effects: Effects, design: Design, settings: Settings | None = None, rho: float = 0.0
) -> Multilevel:
    """Return the three-level model; with ``rho`` above zero the correlated-and-hierarchical one.

    Parameters
    ----------
    effects : Effects
        ``studies`` names the clusters.
    design : Design
    settings : Settings, optional
        ``REML`` or ``ML``; ``wald`` or ``t``.
    rho : float, 0 to below 1
        Assumed correlation of sampling errors within a study.
    """
    taken = effects.taken(design.rows)
    covariance = correlated_errors(taken.variances, taken.studies, rho)
    return fit_multilevel(taken.estimates, covariance, design, study_levels(taken), settings)


def correlated_errors(variances: Vector, clusters: Sequence[str], rho: float) -> Matrix:
    """Return V, shape (k, k): errors of effects in one cluster correlate by ``rho``."""
    if not 0 <= rho < 1:
        raise InputError(f"rho is {rho}; an assumed correlation of errors lies from 0 to below 1")
    same = Level("cluster", tuple(clusters)).indicator()
    errors = np.sqrt(variances)
    v: Matrix = rho * same * np.outer(errors, errors)
    np.fill_diagonal(v, variances)
    return v


def fit_multilevel(
    y: Vector,
    v: Matrix,
    design: Design,
    levels: Sequence[Level],
    settings: Settings | None = None,
) -> Multilevel:
    """Return the model with a variance component for each level.

    Parameters
    ----------
    y : array, shape (k,)
    v : array, shape (k, k)
        Sampling covariance.
    design : Design
        With ``rows`` as y.
    levels : sequence of Level
    settings : Settings, optional
        REML with Wald tests if left out.

    Raises
    ------
    InputError
        If the settings are not for several levels, there are no more effects than coefficients, or
        the variance of a level cannot be told.
    """
    settings = settings or Settings("REML", "wald")
    x = design.matrix
    k, p = x.shape
    _refuse_unfit(settings, k, p)
    blocks = [level.indicator() for level in levels]
    problem = Likelihood(y, v, x, blocks, settings.method == "REML")
    _refuse_unidentified(problem, levels)
    components = _maximised(problem)
    marginal = problem.marginal(components)
    weight = np.linalg.inv(marginal)
    covariance: Matrix = np.linalg.inv(x.T @ weight @ x)
    beta: Vector = covariance @ (x.T @ (weight @ y))
    df = None if settings.test == "wald" else float(k - p)
    q = _generalised_q(y, np.linalg.inv(v), x)
    return Multilevel(
        design=design,
        coefficients=coefficient_table(design.names, beta, covariance, df, settings),
        covariance=covariance,
        components=tuple(
            (level.name, float(s)) for level, s in zip(levels, components, strict=True)
        ),
        i2=_shares(levels, components, np.linalg.inv(v), x),
        q=q,
        q_df=k - p,
        q_p=float(chi2.sf(q, k - p)),
        omnibus=joint_test(beta, covariance, design.tested, df),
        log_likelihood=problem.log_likelihood(components),
        marginal=marginal,
        estimates=y,
        settings=settings,
    )


def _refuse_unfit(settings: Settings, k: int, p: int) -> None:
    """Raise InputError if so few effects, or such settings, allow no model of several levels."""
    if settings.method not in {"REML", "ML"} or settings.test not in {"wald", "t"}:
        raise InputError(
            f"{settings.method} with {settings.test} is not for several levels; take REML or ML "
            "with wald or t, and robust standard errors on top"
        )
    if k <= p:
        raise InputError(f"{k} effects cannot carry a model with {p} coefficients")


@dataclass(frozen=True)
class Likelihood:
    """A (restricted) likelihood in variance components: ``blocks`` are the levels' ZZ'."""

    y: Vector
    v: Matrix
    x: Matrix
    blocks: list[Matrix]
    is_restricted: bool

    def marginal(self, components: Vector) -> Matrix:
        """Return the covariance of the effects at these components."""
        total = self.v.copy()
        for s, block in zip(components, self.blocks, strict=True):
            total += s * block
        return total

    def log_likelihood(self, components: Vector) -> float:
        """Return the log-likelihood, maximised over the coefficients."""
        k, p = self.x.shape
        marginal = self.marginal(components)
        weight = np.linalg.inv(marginal)
        information = self.x.T @ weight @ self.x
        q = _generalised_q(self.y, weight, self.x)
        value = -0.5 * (np.linalg.slogdet(marginal)[1] + q)
        if not self.is_restricted:
            return float(value - 0.5 * k * np.log(2.0 * np.pi))
        value -= 0.5 * (np.linalg.slogdet(information)[1] - np.linalg.slogdet(self.x.T @ self.x)[1])
        return float(value - 0.5 * (k - p) * np.log(2.0 * np.pi))

    def score(self, components: Vector) -> tuple[Vector, Matrix]:
        """Return the gradient and the expected information."""
        weight = np.linalg.inv(self.marginal(components))
        wx = weight @ self.x
        projected = weight - wx @ np.linalg.solve(self.x.T @ wx, wx.T)
        py = projected @ self.y
        operator = projected if self.is_restricted else weight
        products = [operator @ block for block in self.blocks]
        gradient = np.array(
            [
                0.5 * (py @ block @ py - np.trace(each))
                for block, each in zip(self.blocks, products, strict=True)
            ]
        )
        information = np.array([[0.5 * np.sum(a * b.T) for b in products] for a in products])
        return gradient, information


def _refuse_unidentified(problem: Likelihood, levels: Sequence[Level]) -> None:
    """Raise InputError if the data cannot tell a component: its members are told apart by X."""
    weight = np.linalg.inv(problem.v)
    wx = weight @ problem.x
    projected = weight - wx @ np.linalg.solve(problem.x.T @ wx, wx.T)
    for level, block in zip(levels, problem.blocks, strict=True):
        seen = float(np.sum((projected @ block) * (projected @ block).T))
        if seen <= IDENTIFIED * float(np.sum((weight @ block) * (weight @ block).T)):
            raise InputError(
                f"the variance of the level '{level.name}' cannot be estimated: the model's "
                f"coefficients already tell its {len(set(level.members))} members apart"
            )


def _maximised(problem: Likelihood) -> Vector:
    """Return the components at the highest maximum found from several starts."""
    scale = max(float(np.var(problem.y)), 1e-12)
    starts = product((0.05 * scale, 0.5 * scale), repeat=len(problem.blocks))
    found = [_scored(problem, np.array(start)) for start in starts]
    return max(found, key=problem.log_likelihood)


def _scored(problem: Likelihood, components: Vector) -> Vector:
    """Return the components after Fisher scoring; those pushed below zero stay at zero."""
    height = problem.log_likelihood(components)
    ceiling = LARGEST * (float(np.var(problem.y)) + float(np.max(np.diag(problem.v))))
    for _ in range(MAX_STEPS):
        gradient, information = problem.score(components)
        free = ~((components <= 0) & (gradient < 0))
        if not free.any():
            return components
        step = np.zeros_like(components)
        step[free] = np.linalg.lstsq(information[np.ix_(free, free)], gradient[free], rcond=None)[0]
        new, new_height = _uphill(problem, components, np.minimum(step, ceiling), height)
        moved = float(np.max(np.abs(new - components)))
        components, height = new, new_height
        if moved <= STEP_TOLERANCE * max(float(components.max()), 1e-8):
            return components
    return components


def _uphill(
    problem: Likelihood, components: Vector, step: Vector, height: float
) -> tuple[Vector, float]:
    """Return the step, halved until the likelihood does not fall."""
    share = 1.0
    while True:
        new = np.maximum(components + share * step, 0.0)
        value = problem.log_likelihood(new)
        if value >= height - 1e-11 * abs(height) or share < 1e-8:
            return new, value
        share /= 2.0


def _generalised_q(y: Vector, weight: Matrix, x: Matrix) -> float:
    wx = weight @ x
    residual = y - x @ np.linalg.solve(x.T @ wx, wx.T @ y)
    return float(residual @ weight @ residual)


def _shares(
    levels: Sequence[Level], components: Vector, weight: Matrix, x: Matrix
) -> tuple[tuple[str, float], ...]:
    k, p = x.shape
    wx = weight @ x
    trace = float(np.trace(weight) - np.trace(np.linalg.solve(x.T @ wx, wx.T @ wx)))
    total = float(components.sum()) + (k - p) / trace
    return tuple(
        (level.name, 100.0 * float(s) / total) for level, s in zip(levels, components, strict=True)
    )
