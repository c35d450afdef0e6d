"""Robust variance estimation with the correlated-effects weights of Hedges, Tipton and Johnson.

Every effect of a study weighs 1 / (k_j (v_j + tau2)), with k_j the study's number of effects and
v_j their mean variance; tau2 is a method of moments estimate that assumes a correlation rho of the
errors. Tests are CR2 with Satterthwaite df, so that a wrong rho costs precision, not honesty.

Offers: ``correlated_effects``, ``CorrelatedEffects``.

References
----------
Hedges LV, Tipton E, Johnson MC (2010). Res Synth Methods 1:39. Tipton E (2015).
Psychol Methods 20:375.
"""

from dataclasses import dataclass

import numpy as np

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.design import Design
from asmr_stim.moderator.effects.estimates import Effects, Matrix, Vector
from asmr_stim.moderator.effects.robust import Robust, robust


@dataclass(frozen=True)
class CorrelatedEffects:
    """tau2 between studies, the weights (k,), and coefficients with robust tests."""

    tau2: float
    weights: Vector
    honest: Robust


def correlated_effects(
    effects: Effects, design: Design, rho: float = 0.8, level: float = 0.95
) -> CorrelatedEffects:
    """Return the correlated-effects model.

    Parameters
    ----------
    effects : Effects
        ``studies`` names the clusters.
    design : Design
    rho : float, 0 to 1
        Assumed correlation of the errors within a study.
    level : float
        Of the intervals.
    """
    if not 0 <= rho <= 1:
        raise InputError(f"rho is {rho}; an assumed correlation of errors lies from 0 to 1")
    taken = effects.taken(design.rows)
    names = np.array(taken.studies)
    same: Matrix = (names[:, None] == names[None, :]).astype(np.float64)
    sizes = same.sum(axis=1)
    means = same @ taken.variances / sizes
    tau2 = _tau2(taken.estimates, design.matrix, same, 1.0 / (sizes * means), rho)
    weights = 1.0 / (sizes * (means + tau2))
    honest = robust(taken.estimates, design, np.diag(1.0 / weights), taken.studies, level)
    return CorrelatedEffects(tau2, weights, honest)


def _tau2(y: Vector, x: Matrix, same: Matrix, w: Vector, rho: float) -> float:
    """Return the moment estimate: Q less what errors alone would give, over what tau2 adds."""
    bread = np.linalg.inv(x.T @ (w[:, None] * x))
    residual = y - x @ (bread @ (x.T @ (w * y)))
    q = float(w @ residual**2)
    sizes = same.sum(axis=1)
    share = (w / sizes)[:, None]
    own = float(np.trace(bread @ (x.T @ (share * x))))
    shared = float(np.trace(bread @ (x.T @ (share * (same @ x)))))
    squared = float(np.trace(bread @ (x.T @ ((w**2)[:, None] * (same @ x)))))
    n_studies = float(np.sum(1.0 / sizes))
    expected = n_studies - (1.0 - rho) * own - rho * shared
    return max(0.0, (q - expected) / (float(w.sum()) - squared))
