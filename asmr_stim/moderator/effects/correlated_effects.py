"""Robust variance estimation with the weights of Hedges, Tipton and Johnson.

Correlated effects: every effect of a study weighs 1 / (k_j (v_j + tau2)), with k_j the study's
number of effects and v_j their mean variance; tau2 is a method of moments estimate that assumes a
correlation rho of the errors. Hierarchical effects: an effect weighs 1 / (v_ij + tau2 + omega2),
with moment estimates of the variances between and within studies. Tests are CR2 with Satterthwaite
df, so that a wrong assumption costs precision, not honesty.

Offers: ``correlated_effects``, ``hierarchical_effects``, ``CorrelatedEffects``,
``HierarchicalEffects``.

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


@dataclass(frozen=True)
class HierarchicalEffects:
    """tau2 between and omega2 within studies, the weights (k,), and robust coefficients."""

    tau2: float
    omega2: float
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


def hierarchical_effects(
    effects: Effects, design: Design, level: float = 0.95
) -> HierarchicalEffects:
    """Return the hierarchical-effects model, in which effects differ within studies as well.

    Parameters
    ----------
    effects : Effects
        ``studies`` names the clusters.
    design : Design
    level : float
        Of the intervals.

    Notes
    -----
    Two quadratic forms of the residuals at weights 1/v, the weighted sum of squares and the sum of
    squared study totals, are set equal to their expectations, which are linear in tau2 and omega2.
    A negative omega2 becomes zero, and tau2 is then had from the first alone.

    References
    ----------
    Hedges, Tipton & Johnson (2010), section 5.
    """
    taken = effects.taken(design.rows)
    names = np.array(taken.studies)
    same: Matrix = (names[:, None] == names[None, :]).astype(np.float64)
    if np.all(same.sum(axis=1) == 1):
        raise InputError(
            "each study has one effect, so variances between and within studies cannot be told "
            "apart; take the ordinary model"
        )
    tau2, omega2 = _two_moments(taken, design.matrix, same)
    weights = 1.0 / (taken.variances + tau2 + omega2)
    honest = robust(taken.estimates, design, np.diag(1.0 / weights), taken.studies, level)
    return HierarchicalEffects(tau2, omega2, weights, honest)


def _two_moments(effects: Effects, x: Matrix, same: Matrix) -> tuple[float, float]:
    y, v = effects.estimates, effects.variances
    wx = x / v[:, None]
    keep: Matrix = np.eye(y.size) - x @ np.linalg.solve(x.T @ wx, wx.T)
    forms = [keep.T @ form @ keep for form in (np.diag(1.0 / v), same)]
    excess = [float(y @ form @ y - np.diag(form) @ v) for form in forms]
    of_tau2 = [float(np.sum(form * same)) for form in forms]
    of_omega2 = [float(np.trace(form)) for form in forms]
    whole = np.array([of_tau2, of_omega2]).T
    omega2 = max(0.0, float(np.linalg.solve(whole, np.array(excess))[1]))
    return max(0.0, (excess[0] - omega2 * of_omega2[0]) / of_tau2[0]), omega2
