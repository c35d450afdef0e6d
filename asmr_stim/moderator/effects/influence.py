"""How much the result rests on single effects or studies, and how it came about over time.

Offers: ``leave_one_out``, ``leave_one_study_out``, ``cumulative``, ``baujat``, ``influence``,
``gosh``, ``Influence``, ``BaujatPoint``.

References
----------
Viechtbauer W, Cheung MWL (2010). Res Synth Methods 1:112. Baujat B et al. (2002). Stat Med 21:2641.
Olkin I, Dahabreh IJ, Trikalinos TA (2012). Res Synth Methods 3:214 (GOSH).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.design import Design, intercept_only
from asmr_stim.moderator.effects.estimates import Effects, Vector
from asmr_stim.moderator.effects.regression import Regression, Settings, fit, pool


def leave_one_out(
    effects: Effects, settings: Settings | None = None
) -> tuple[tuple[str, Regression], ...]:
    """Return the pooled mean without each effect in turn, named by what was left out."""
    _refuse_few(effects.k, 3, "effects")
    rows = range(effects.k)
    return tuple(
        (effects.labels[out], pool(effects.taken([r for r in rows if r != out]), settings))
        for out in rows
    )


def leave_one_study_out(
    effects: Effects, settings: Settings | None = None
) -> tuple[tuple[str, Regression], ...]:
    """Return the pooled mean without each study (all its effects) in turn."""
    _refuse_few(effects.n_studies, 3, "studies")
    names = dict.fromkeys(effects.studies)
    return tuple((name, pool(_without(effects, name), settings)) for name in names)


def _without(effects: Effects, study: str) -> Effects:
    return effects.taken([r for r, name in enumerate(effects.studies) if name != study])


def cumulative(
    effects: Effects, order: Sequence[float] | None = None, settings: Settings | None = None
) -> tuple[tuple[str, Regression | None], ...]:
    """Return the pooled mean of the first, the first two, ... effects.

    Parameters
    ----------
    effects : Effects
    order : sequence of float, optional
        Such as the year; the order of the effects if left out.
    settings : Settings, optional

    Returns
    -------
    tuple of (str, Regression or None)
        Named by the effect added; None for the first, which alone is not pooled.
    """
    places = list(range(effects.k)) if order is None else np.argsort(order, kind="stable").tolist()
    return tuple(
        (
            effects.labels[places[n]],
            pool(effects.taken(places[: n + 1]), settings) if n > 0 else None,
        )
        for n in range(len(places))
    )


@dataclass(frozen=True)
class BaujatPoint:
    """An effect's part of Q (``heterogeneity``) and of the mean (``influence``)."""

    label: str
    heterogeneity: float
    influence: float


def baujat(effects: Effects, settings: Settings | None = None) -> tuple[BaujatPoint, ...]:
    """Return each effect's squared Pearson residual and its squared standardised pull on the mean.

    Notes
    -----
    x = (y_i - m)^2 / (v_i + tau2); y = (m - m_without_i)^2 / variance of m_without_i, with the
    variances of Wald tests.
    """
    wald = _wald(settings)
    model = pool(effects, wald)
    mean = model.coefficients[0].estimate
    points = []
    for row, (label, without) in enumerate(leave_one_out(effects, wald)):
        own = (effects.estimates[row] - mean) ** 2 / (effects.variances[row] + model.tau2)
        other = without.coefficients[0]
        points.append(BaujatPoint(label, float(own), (mean - other.estimate) ** 2 / other.se**2))
    return tuple(points)


def _wald(settings: Settings | None) -> Settings:
    chosen = settings or Settings()
    return Settings(chosen.method, "wald", chosen.level)


@dataclass(frozen=True)
class Influence:
    """What happens when one effect is left out.

    Attributes
    ----------
    label : str
    rstudent : float
        Residual from the model without the effect, over its standard error.
    dffits : float
        Change of the effect's own fitted value in standard errors.
    cook : float
        Change of the coefficients, squared, over their variance.
    cov_ratio : float
        Variance of the coefficients without the effect over the one with it.
    tau2, q : float
        Without the effect.
    hat : float
    weight : float, percent
    dfbetas : tuple of float, one for each coefficient
        Changes of the coefficients in standard errors.
    is_influential : bool
        By the limits of Viechtbauer & Cheung: |DFFITS| > 3 sqrt(p / (k - p)), lower chi-squared
        tail of Cook's distance above one half, hat > 3 p / k, or |DFBETAS| > 1.
    """

    label: str
    rstudent: float
    dffits: float
    cook: float
    cov_ratio: float
    tau2: float
    q: float
    hat: float
    weight: float
    dfbetas: tuple[float, ...]
    is_influential: bool


def influence(
    effects: Effects, settings: Settings | None = None, design: Design | None = None
) -> tuple[Influence, ...]:
    """Return what leaving out each effect does to a model.

    Parameters
    ----------
    effects : Effects
    settings : Settings, optional
    design : Design, optional
        The pooled mean if left out.

    Notes
    -----
    DFFITS uses the full model's hat value with the deleted tau2, DFBETAS the full design with the
    deleted tau2, as metafor does.
    """
    chosen = settings or Settings()
    design = design or intercept_only(effects.k)
    model = fit(effects, design, chosen)
    taken = effects.taken(design.rows)
    return tuple(_influence(taken, row, model, chosen) for row in range(taken.k))


def _influence(taken: Effects, row: int, model: Regression, settings: Settings) -> Influence:
    y, v, x = taken.estimates, taken.variances, model.design.matrix
    others = np.flatnonzero(np.arange(taken.k) != row)
    without = fit(taken.taken(others), _reduced(model.design, others), settings)
    at, moved = x[row], model.estimates - without.estimates
    w = 1.0 / (v + model.tau2)
    hat = float(w[row] * at @ np.linalg.solve(x.T @ (w[:, None] * x), at))
    total = v[row] + without.tau2
    w = 1.0 / (v + without.tau2)
    spread = without.scale * np.diag(np.linalg.inv(x.T @ (w[:, None] * x)))
    dfbetas = moved / np.sqrt(spread)
    dffits = float(at @ moved / np.sqrt(without.scale * hat * total))
    cook = float(moved @ np.linalg.solve(model.covariance, moved))
    at_deleted = float(at @ without.covariance @ at)
    limit = 3.0 * np.sqrt(model.p / (model.k - model.p))
    return Influence(
        label=taken.labels[row],
        rstudent=float(
            (y[row] - at @ without.estimates) / np.sqrt(without.scale * total + at_deleted)
        ),
        dffits=dffits,
        cook=cook,
        cov_ratio=float(np.linalg.det(without.covariance) / np.linalg.det(model.covariance)),
        tau2=without.tau2,
        q=without.q,
        hat=hat,
        weight=float(model.weights[row]),
        dfbetas=tuple(float(each) for each in dfbetas),
        is_influential=bool(
            abs(dffits) > limit
            or chi2.cdf(cook, model.p) > 0.5
            or hat > 3.0 * model.p / model.k
            or np.any(np.abs(dfbetas) > 1.0)
        ),
    )


def _reduced(design: Design, rows: NDArray[np.intp]) -> Design:
    return replace(design, matrix=design.matrix[rows], rows=tuple(range(len(rows))))


def gosh(
    effects: Effects, settings: Settings | None = None, n_most: int = 20_000, seed: int = 0
) -> tuple[Vector, Vector]:
    """Return mean and I2 of all subsets of at least two effects, or of a random sample of them.

    Parameters
    ----------
    effects : Effects
    settings : Settings, optional
    n_most : int
        Number of subsets beyond which they are drawn at random.
    seed : int

    Returns
    -------
    means, i2 : arrays, shape (number of subsets,); I2 in percent
    """
    _refuse_few(effects.k, 3, "effects")
    chosen = settings or Settings()
    subsets = list(_subsets(effects.k, n_most, seed))
    models = [pool(effects.taken(rows), chosen) for rows in subsets]
    return (
        np.array([model.coefficients[0].estimate for model in models]),
        np.array([model.i2 for model in models]),
    )


def _subsets(k: int, n_most: int, seed: int) -> list[tuple[int, ...]]:
    if 2**k - k - 1 <= n_most:
        return [rows for size in range(2, k + 1) for rows in combinations(range(k), size)]
    generator = np.random.default_rng(seed)
    found: list[tuple[int, ...]] = []
    while len(found) < n_most:
        rows = tuple(np.flatnonzero(generator.random(k) < 0.5).tolist())
        if len(rows) >= 2:
            found.append(rows)
    return found


def _refuse_few(n: int, least: int, what: str) -> None:
    if n < least:
        raise InputError(f"leaving one out needs at least {least} {what}; found {n}")
