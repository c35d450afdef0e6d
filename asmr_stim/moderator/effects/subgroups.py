"""Subgroups: a mean for each level of a factor, and whether the levels differ.

Offers: ``subgroups_common``, ``subgroups_separate``, ``Subgroup``, ``Subgroups``.

With a common tau2 the levels share one estimate of it (steadier with few studies); with separate
ones each level has its own. A level with a single study gets no mean: one study is not pooled.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.design import Moderator, build_design
from asmr_stim.moderator.effects.estimates import Effects, level_name
from asmr_stim.moderator.effects.prediction import Prediction, PredictionDf, predict, predict_mean
from asmr_stim.moderator.effects.regression import (
    Coefficient,
    Omnibus,
    Regression,
    Settings,
    fit,
    pool,
)


@dataclass(frozen=True)
class Subgroup:
    """One level of a factor.

    Attributes
    ----------
    level : str
    k, n_studies : int
    mean : Coefficient or None
        None for a level with one study, which is shown and not pooled.
    tau2 : float or None
    prediction : Prediction or None
    model : Regression or None
        The level's own model where tau2 is separate.
    """

    level: str
    k: int
    n_studies: int
    mean: Coefficient | None
    tau2: float | None
    prediction: Prediction | None
    model: Regression | None = None


@dataclass(frozen=True)
class Subgroups:
    """All levels, and the test that their means are equal.

    ``between`` is chi-squared, or F where a common tau2 was tested with t; None where fewer than
    two levels have a mean. ``model`` is the regression with a common tau2, else None.
    """

    factor: str
    levels: tuple[Subgroup, ...]
    between: Omnibus | None
    model: Regression | None = None
    left_out: int = 0

    @property
    def has_common_tau2(self) -> bool:
        """Whether the levels share one tau2."""
        return self.model is not None


def subgroups_common(
    effects: Effects,
    factor: str,
    settings: Settings | None = None,
    rule: PredictionDf = "model",
) -> Subgroups:
    """Return the subgroups with one tau2 for all levels.

    Raises
    ------
    InputError
        If the factor has a single level, or as many levels as effects.
    """
    settings = settings or Settings()
    moderator = [Moderator(factor, is_factor=True)]
    contrasts = fit(effects, build_design(effects, moderator), settings)
    means = fit(effects, build_design(effects, moderator, intercept=False), settings)
    levels = []
    for position, level in enumerate(effects.levels(factor)):
        members = _members(effects, factor, level)
        row = np.eye(means.p)[position]
        mean = means.coefficients[position]
        levels.append(_shown(level, members, mean, means.tau2, predict(means, row, rule), None))
    left_out = effects.k - len(means.design.rows)
    return Subgroups(factor, tuple(levels), contrasts.omnibus, contrasts, left_out)


def subgroups_separate(
    effects: Effects,
    factor: str,
    settings: Settings | None = None,
    rule: PredictionDf = "model",
) -> Subgroups:
    """Return the subgroups with a tau2 for each level.

    Notes
    -----
    The test is that of the levels' means as fixed effects with their own standard errors: Q with
    one degree of freedom less than there are means.
    """
    settings = settings or Settings()
    names = effects.levels(factor)
    if len(names) < 2:
        raise InputError(f"the factor '{factor}' has one level; there is nothing to compare")
    levels = [_separate(effects, factor, level, settings, rule) for level in names]
    means = [each.mean for each in levels if each.mean is not None]
    left_out = sum(value is None for value in effects.column(factor))
    return Subgroups(factor, tuple(levels), _q_between(means), None, left_out)


def _separate(
    effects: Effects, factor: str, level: str, settings: Settings, rule: PredictionDf
) -> Subgroup:
    members = _members(effects, factor, level)
    if members.k == 1:
        return Subgroup(level, 1, 1, None, None, None)
    model = pool(members, settings)
    return _shown(
        level, members, model.coefficients[0], model.tau2, predict_mean(model, rule), model
    )


def _shown(
    level: str,
    members: Effects,
    mean: Coefficient,
    tau2: float,
    prediction: Prediction,
    model: Regression | None,
) -> Subgroup:
    if members.n_studies == 1:
        return Subgroup(level, members.k, 1, None, None, None)
    return Subgroup(level, members.k, members.n_studies, mean, tau2, prediction, model)


def _members(effects: Effects, factor: str, level: str) -> Effects:
    values = effects.column(factor)
    rows = [r for r, value in enumerate(values) if value is not None and level_name(value) == level]
    return effects.taken(rows)


def _q_between(means: Sequence[Coefficient]) -> Omnibus | None:
    if len(means) < 2:
        return None
    weights = np.array([1.0 / mean.se**2 for mean in means])
    values = np.array([mean.estimate for mean in means])
    centre = float(weights @ values / weights.sum())
    q = float(weights @ (values - centre) ** 2)
    from_chi2 = chi2.sf(q, len(means) - 1)
    return Omnibus(q, float(len(means) - 1), None, float(from_chi2))
