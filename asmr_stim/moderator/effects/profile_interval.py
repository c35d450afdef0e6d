"""Intervals of variance components: the values that the likelihood does not rule out.

Offers: ``component_intervals``, ``ComponentInterval``.

References
----------
Hardy RJ, Thompson SG (1996). Stat Med 15:619. Viechtbauer W (2007). Stat Med 26:37, section 2.5.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import chi2

from asmr_stim.moderator.effects.design import Design
from asmr_stim.moderator.effects.estimates import Effects, Vector
from asmr_stim.moderator.effects.multilevel import (
    Likelihood,
    correlated_errors,
    study_levels,
    three_level,
)
from asmr_stim.moderator.effects.regression import Settings

REACH = 2.0  # how far beyond the estimates the other component is sought, in standard deviations
ROOT, PLACE = 1e-7, 1e-8  # precision of the other component's root, and of a limit
FARTHEST = 1e6  # in variances of the effects: beyond it the likelihood is flat and has no limit


@dataclass(frozen=True)
class ComponentInterval:
    """A variance component with its profile-likelihood limits; ``high`` is None without one."""

    name: str
    estimate: float
    low: float
    high: float | None


def component_intervals(
    effects: Effects, design: Design, settings: Settings | None = None, rho: float = 0.0
) -> tuple[ComponentInterval, ...]:
    """Return profile-likelihood intervals of the components of ``three_level``.

    Parameters
    ----------
    effects : Effects
        ``studies`` names the clusters.
    design : Design
    settings : Settings, optional
        REML with Wald tests if left out.
    rho : float, 0 to below 1
        Assumed correlation of sampling errors within a study.

    Notes
    -----
    A limit is where twice the fall of the (restricted) log-likelihood, maximised over the other
    component, is the quantile of a chi-squared distribution with one degree of freedom.
    """
    settings = settings or Settings("REML", "wald")
    model = three_level(effects, design, settings, rho)
    taken = effects.taken(design.rows)
    v = correlated_errors(taken.variances, taken.studies, rho)
    blocks = [level.indicator() for level in study_levels(taken)]
    likelihood = Likelihood(taken.estimates, v, design.matrix, blocks, settings.method == "REML")
    edge = model.log_likelihood - float(chi2.ppf(settings.level, 1)) / 2.0
    farthest = FARTHEST * (float(np.var(taken.estimates)) + float(np.max(taken.variances)))
    estimates = np.array([s for _, s in model.components])
    found = []
    for place, (name, estimate) in enumerate(model.components):
        height = partial(_height, likelihood, place, estimates, edge)
        found.append(ComponentInterval(name, estimate, *_limits(height, estimate, farthest)))
    return tuple(found)


def _height(
    likelihood: Likelihood, place: int, estimates: Vector, edge: float, value: float
) -> float:
    """Return how far the likelihood lies above the edge with one component at ``value``."""
    trial = estimates.copy()
    trial[place] = value
    other = 1 - place
    top = float(np.sqrt(estimates.max())) * REACH + float(np.sqrt(np.var(likelihood.y) + value))

    def loss(root: float) -> float:
        trial[other] = root**2
        return -likelihood.log_likelihood(trial)

    inside = minimize_scalar(loss, bounds=(0.0, top), method="bounded", options={"xatol": ROOT})
    return -min(float(inside.fun), loss(0.0)) - edge


def _limits(
    height: Callable[[float], float], estimate: float, farthest: float
) -> tuple[float, float | None]:
    low = 0.0
    if estimate > 0 and height(0.0) < 0:
        low = float(brentq(height, 0.0, estimate, xtol=PLACE))
    far = max(2.0 * estimate, farthest / FARTHEST * 0.1)
    while height(far) > 0:
        far *= 2.0
        if far > farthest:
            return low, None
    return low, float(brentq(height, estimate, far, xtol=PLACE))
