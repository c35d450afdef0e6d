"""Pooling and meta-regression: one model, with or without moderators.

y ~ N(Xb, v + tau2), weights 1/(v + tau2). A pooled mean is the regression on a constant.

Offers: ``Settings``, ``fit``, ``pool``, ``Regression``, ``Coefficient``, ``Omnibus``, ``omnibus``,
``contrast``.

References
----------
Knapp G, Hartung J (2003). Stat Med 22:2693. Rover C, Knapp G, Friede T (2015). BMC Med Res
Methodol 15:99 (the ad hoc variant, which never narrows an interval below the Wald one).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import chi2, norm
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.design import Design, intercept_only
from asmr_stim.moderator.effects.estimates import Effects, Matrix, Vector
from asmr_stim.moderator.effects.heterogeneity import (
    Tau2,
    TauMethod,
    cochran_q,
    estimate_tau2,
    i2_h2,
    log_likelihood,
    restricted_log_likelihood,
    typical_variance,
)

TestName = Literal["wald", "t", "knapp_hartung", "knapp_hartung_adhoc"]


@dataclass(frozen=True)
class Settings:
    """How a model is fitted.

    Attributes
    ----------
    method : TauMethod
        Estimator of tau2; FE for the fixed-effect model.
    test : TestName
        ``wald``: normal; ``t``: t with k - p df; ``knapp_hartung``: t with the scaled variance
        (NaN where all effects lie on the model and there is nothing to scale by);
        ``knapp_hartung_adhoc``: the same, never scaled below one.
    level : float
        Coverage of intervals.
    tau2 : float or None
        A tau2 that is taken as known instead of estimated.
    weights : tuple of float or None
        One for each effect, for ``GENQ`` only: they enter its Q and weigh the effects as well.
    """

    method: TauMethod = "REML"
    test: TestName = "knapp_hartung"
    level: float = 0.95
    tau2: float | None = None
    weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise InputError(f"the level of intervals is {self.level}; give one between 0 and 1")
        if self.tau2 is not None and not self.tau2 >= 0:
            raise InputError(f"tau2 is {self.tau2}; a variance is zero or above")
        if (self.weights is None) == (self.method == "GENQ"):
            raise InputError(
                "weights of one's own and the method GENQ (generalised Q) go together: "
                f"the method is {self.method}, weights are "
                f"{'missing' if self.weights is None else 'given'}"
            )


NO_SPREAD = 1e-24  # in squared standard errors: effects that lie on the model to the last digit


@dataclass(frozen=True)
class Coefficient:
    """One number of a model: estimate, standard error, test and interval; df None for normal."""

    name: str
    estimate: float
    se: float
    statistic: float
    df: float | None
    p: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Omnibus:
    """A joint test: chi-squared with df1 if df2 is None, else F with df1 and df2."""

    statistic: float
    df1: float
    df2: float | None
    p: float


@dataclass(frozen=True)
class Regression:
    """A fitted model.

    Attributes
    ----------
    design : Design
    coefficients : tuple of Coefficient
    covariance : array, shape (p, p)
        Of the coefficients, with the scaling that the test uses.
    scale : float
        That scaling: one but for Knapp-Hartung tests.
    tau2, tau2_se : float; the latter None for FE or a known tau2
    i2 : float, percent
    h2 : float
    q : float, with q_df and q_p
        Residual heterogeneity at fixed-effect weights.
    omnibus : Omnibus
        Of all coefficients but the intercept (of the intercept where it is alone).
    r2 : float or None, percent
        Share of tau2 that the moderators account for (with FE, the adjusted share of weighted
        squares); None without moderators or where there is no heterogeneity to account for.
    weights : array, shape (k,), percent, summing to 100
    log_likelihood : float
        Restricted under REML, else full.
    settings : Settings
    """

    design: Design
    coefficients: tuple[Coefficient, ...]
    covariance: Matrix
    scale: float
    tau2: float
    tau2_se: float | None
    i2: float
    h2: float
    q: float
    q_df: int
    q_p: float
    omnibus: Omnibus
    r2: float | None
    weights: Vector
    log_likelihood: float
    settings: Settings

    @property
    def k(self) -> int:
        """Number of effects in the model."""
        return int(self.design.matrix.shape[0])

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.design.matrix.shape[1])

    @property
    def df(self) -> float | None:
        """Degrees of freedom of single tests; None where they are normal."""
        return None if self.settings.test == "wald" else float(self.k - self.p)

    @property
    def estimates(self) -> Vector:
        """Coefficients, shape (p,)."""
        return np.array([each.estimate for each in self.coefficients])

    def coefficient(self, name: str) -> Coefficient:
        """Return a coefficient by name."""
        for each in self.coefficients:
            if each.name == name:
                return each
        raise InputError(
            f"there is no coefficient '{name}'; there are: {', '.join(self.design.names)}"
        )


def pool(effects: Effects, settings: Settings | None = None) -> Regression:
    """Return the pooled mean of effects that are independent of each other.

    Parameters
    ----------
    effects : Effects, k of at least 2
    settings : Settings, optional
        REML with Knapp-Hartung if left out.

    Examples
    --------
    Two effects of equal variance: the mean is halfway.

    >>> import numpy as np
    >>> model = pool(Effects(np.array([0.2, 0.6]), np.array([0.1, 0.1])), Settings("FE", "wald"))
    >>> round(model.coefficients[0].estimate, 12), round(model.coefficients[0].se ** 2, 12)
    (0.4, 0.05)
    """
    return fit(effects, intercept_only(effects.k), settings)


def fit(effects: Effects, design: Design, settings: Settings | None = None) -> Regression:
    """Return the regression of effects on a design.

    Parameters
    ----------
    effects : Effects
    design : Design
        Built from the same effects; rows it leaves out are left out here.
    settings : Settings, optional

    Raises
    ------
    InputError
        If there are no more effects than coefficients.
    """
    settings = settings or Settings()
    taken = effects.taken(design.rows)
    y, v, x = taken.estimates, taken.variances, design.matrix
    k, p = x.shape
    own = _own_weights(settings, design.rows, effects.k)
    tau2 = _tau2(y, v, x, settings, own)
    w = 1.0 / (v + tau2.value) if own is None else own
    beta, unscaled = _weighted_squares(y, x, w, None if own is None else v + tau2.value)
    scale = _scale(y - x @ beta, 1.0 / (v + tau2.value), k - p, settings.test)
    covariance: Matrix = scale * unscaled
    q = cochran_q(y, v, x)
    i2, h2 = _inconsistency(q, k - p, tau2.value, v, x, settings)
    return Regression(
        design=design,
        coefficients=coefficient_table(
            design.names, beta, covariance, _df(k - p, settings), settings
        ),
        covariance=covariance,
        scale=scale,
        tau2=tau2.value,
        tau2_se=tau2.se,
        i2=i2,
        h2=h2,
        q=q,
        q_df=k - p,
        q_p=float(chi2.sf(q, k - p)) if k > p else 1.0,
        omnibus=joint_test(beta, covariance, design.tested, _df(k - p, settings)),
        r2=_r2(y, v, tau2.value, design, settings, own),
        weights=100.0 * w / w.sum(),
        log_likelihood=_likelihood(y, v, x, tau2.value, settings),
        settings=settings,
    )


def _tau2(y: Vector, v: Vector, x: Matrix, settings: Settings, own: Vector | None) -> Tau2:
    """Return tau2 as estimated, or as it is known."""
    if settings.tau2 is not None:
        return Tau2(settings.tau2, None)
    return estimate_tau2(y, v, x, settings.method, own)


def _weighted_squares(
    y: Vector, x: Matrix, w: Vector, variances: Vector | None
) -> tuple[Vector, Matrix]:
    """Return coefficients and their covariance; weights are 1/variance if these are not given."""
    covariance: Matrix = np.linalg.inv(x.T @ (w[:, None] * x))
    beta: Vector = covariance @ (x.T @ (w * y))
    if variances is not None:
        covariance = covariance @ (x.T @ ((w**2 * variances)[:, None] * x)) @ covariance
    return beta, covariance


def _df(residual: int, settings: Settings) -> float | None:
    return None if settings.test == "wald" else float(residual)


def _scale(residuals: Vector, w: Vector, df: int, test: TestName) -> float:
    if test in {"wald", "t"}:
        return 1.0
    scale = float(w @ residuals**2) / df
    if test == "knapp_hartung" and scale < NO_SPREAD:
        return float("nan")
    return max(scale, 1.0) if test == "knapp_hartung_adhoc" else scale


def _inconsistency(
    q: float, df: int, tau2: float, v: Vector, x: Matrix, settings: Settings
) -> tuple[float, float]:
    if settings.method == "FE" and settings.tau2 is None:
        return (max(0.0, 100.0 * (q - df) / q) if q > 0 else 0.0), q / df
    both = i2_h2(tau2, typical_variance(v, x))
    return both.i2, both.h2


def _own_weights(settings: Settings, rows: Sequence[int], k: int) -> Vector | None:
    if settings.weights is None:
        return None
    if len(settings.weights) != k:
        raise InputError(f"{len(settings.weights)} weights were given for {k} effects")
    return np.array([settings.weights[row] for row in rows], dtype=np.float64)


def _r2(
    y: Vector, v: Vector, tau2: float, design: Design, settings: Settings, own: Vector | None
) -> float | None:
    """Return the share of tau2 that is accounted for; under FE, the adjusted R2 of the fit."""
    if not design.has_intercept or len(design.names) == 1 or settings.tau2 is not None:
        return None
    ones = np.ones((y.size, 1))
    if settings.method == "FE":
        k, p = design.matrix.shape
        left = cochran_q(y, v, design.matrix) / (k - p)
        whole = cochran_q(y, v, ones) / (k - 1)
        return max(0.0, 100.0 * (1.0 - left / whole)) if whole > 0 else None
    total = estimate_tau2(y, v, ones, settings.method, own).value
    return max(0.0, 100.0 * (total - tau2) / total) if total > 0 else None


def _likelihood(y: Vector, v: Vector, x: Matrix, tau2: float, settings: Settings) -> float:
    restricted = settings.method == "REML"
    return (restricted_log_likelihood if restricted else log_likelihood)(y, v, x, tau2)


def coefficient_table(
    names: Sequence[str],
    beta: Vector,
    covariance: Matrix,
    df: float | Sequence[float] | None,
    settings: Settings,
) -> tuple[Coefficient, ...]:
    """Return estimates with tests and intervals; ``df`` is one for all, one for each, or None."""
    each_df = [df] * len(names) if df is None or isinstance(df, (int, float)) else list(df)
    errors = np.sqrt(np.diag(covariance))
    return tuple(
        tested(name, float(b), float(se), one, settings.level)
        for name, b, se, one in zip(names, beta, errors, each_df, strict=True)
    )


def tested(name: str, estimate: float, se: float, df: float | None, level: float) -> Coefficient:
    """Return an estimate with its test against zero and its interval; NaN where se is no number."""
    se = se if se > 0 else float("nan")
    statistic = estimate / se
    tail = (1.0 - level) / 2.0
    if df is None:
        p, width = 2.0 * float(norm.sf(abs(statistic))), float(norm.isf(tail))
    else:
        p, width = (
            2.0 * float(t_distribution.sf(abs(statistic), df)),
            float(t_distribution.isf(tail, df)),
        )
    return Coefficient(
        name, estimate, se, statistic, df, p, estimate - width * se, estimate + width * se
    )


def joint_test(
    beta: Vector, covariance: Matrix, positions: Sequence[int], df: float | None
) -> Omnibus:
    """Return the test that the coefficients at ``positions`` are all zero."""
    return joint_contrast(np.eye(beta.size)[list(positions)], beta, covariance, df)


def joint_contrast(
    contrasts: Matrix, beta: Vector, covariance: Matrix, df: float | None
) -> Omnibus:
    """Return the test that ``contrasts @ beta`` is zero; contrasts have shape (q, p)."""
    values = contrasts @ beta
    statistic = float(values @ np.linalg.solve(contrasts @ covariance @ contrasts.T, values))
    m = contrasts.shape[0]
    if df is None:
        return Omnibus(statistic, float(m), None, float(chi2.sf(statistic, m)))
    return Omnibus(statistic / m, float(m), df, float(f_distribution.sf(statistic / m, m, df)))


def omnibus(model: Regression, term: str) -> Omnibus:
    """Return the joint test of all coefficients of a moderator."""
    return joint_test(model.estimates, model.covariance, model.design.positions(term), model.df)


def contrast(model: Regression, weights: Sequence[float], name: str = "contrast") -> Coefficient:
    """Return the estimate, test and interval of a weighted sum of coefficients, one weight each."""
    row = np.asarray(weights, dtype=np.float64)
    if row.size != model.p:
        raise InputError(f"{row.size} weights were given for {model.p} coefficients")
    se = float(np.sqrt(row @ model.covariance @ row))
    return tested(name, float(row @ model.estimates), se, model.df, model.settings.level)
