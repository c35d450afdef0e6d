"""Tests that stay honest when the dependence within studies is not known: CR2 and its df.

Bias-reduced linearisation (CR2) of the sandwich estimator, t tests with Satterthwaite degrees of
freedom, and the approximate Hotelling test (HTZ) of several coefficients. With few studies the
degrees of freedom can be far below the number of studies; below four, nothing is claimed.

Offers: ``robust``, ``Robust``, ``RobustCoefficient`` fields in ``Coefficient``, ``HonestTest``,
``LEAST_DF``.

References
----------
Bell RM, McCaffrey DF (2002). Surv Methodol 28:169. Tipton E (2015). Psychol Methods 20:375.
Pustejovsky JE, Tipton E (2018). J Bus Econ Stat 36:672. Tipton E, Pustejovsky JE (2015). J Educ
Behav Stat 40:604 (HTZ).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, eigh
from scipy.stats import f as f_distribution

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.design import Design
from asmr_stim.moderator.effects.estimates import Matrix, Vector
from asmr_stim.moderator.effects.regression import Coefficient, tested

LEAST_DF = 4.0  # Tipton (2015): below four the approximation does not hold its level
EIGEN_FLOOR = 1e-12


@dataclass(frozen=True)
class HonestTest:
    """F of several coefficients; p is None where the denominator's df are not above zero.

    F and df are NaN where too few studies carry the coefficients for a covariance of full rank.
    """

    f: float
    df_numerator: float
    df_denominator: float
    p: float | None

    @property
    def is_trustworthy(self) -> bool:
        """Whether the denominator has at least four degrees of freedom."""
        return self.df_denominator >= LEAST_DF


@dataclass(frozen=True)
class Robust:
    """Coefficients with robust standard errors and Satterthwaite df.

    Attributes
    ----------
    coefficients : tuple of Coefficient
    covariance : array, shape (p, p)
    n_clusters : int
    """

    coefficients: tuple[Coefficient, ...]
    covariance: Matrix
    n_clusters: int
    _parts: "_Sandwich"

    def joint_test(self, positions: Sequence[int]) -> HonestTest:
        """Return the HTZ test that the coefficients at ``positions`` are all zero."""
        return self.joint_contrast(np.eye(self.covariance.shape[0])[list(positions)])

    def joint_contrast(self, contrasts: Matrix) -> HonestTest:
        """Return the HTZ test that ``contrasts @ beta`` is zero; contrasts of shape (q, p).

        Notes
        -----
        With Q the Wald statistic and eta the df of the Wishart that matches the mean and the total
        variance of the standardised sandwich, F = (eta - q + 1) / (eta q) Q on q and eta - q + 1.
        """
        return _hotelling(contrasts, self.covariance, self._parts)


@dataclass(frozen=True)
class _Sandwich:
    """What the degrees of freedom need: beta, working covariance, and each cluster's influence."""

    beta: Vector
    working: Matrix
    influence: Matrix  # (clusters, p, k): beta's part from a cluster, as weights of the errors


def robust(
    y: Vector, design: Design, working: Matrix, clusters: Sequence[str], level: float = 0.95
) -> Robust:
    """Return CR2 standard errors of the generalised least squares fit with weights working^-1.

    Parameters
    ----------
    y : array, shape (k,)
    design : Design
    working : array, shape (k, k)
        Working covariance, such as ``Multilevel.marginal``; zero between clusters.
    clusters : sequence of str, length k
    level : float

    Raises
    ------
    InputError
        If there are not at least two clusters, or lengths differ.
    """
    x = design.matrix
    names = np.array(clusters)
    members = [np.flatnonzero(names == name) for name in dict.fromkeys(clusters)]
    if len(names) != y.size or len(members) < 2:
        raise InputError(f"robust standard errors need at least two studies; found {len(members)}")
    weight = np.linalg.inv(working)
    bread: Matrix = np.linalg.inv(x.T @ weight @ x)
    beta: Vector = bread @ (x.T @ (weight @ y))
    residual = y - x @ beta
    halves = [_adjusted(x, working, weight, bread, rows) for rows in members]
    scores = np.array([half @ residual[rows] for half, rows in zip(halves, members, strict=True)])
    covariance: Matrix = scores.T @ scores
    hat = x @ bread @ x.T @ weight
    keep = np.eye(y.size) - hat
    influence = np.array([half @ keep[rows] for half, rows in zip(halves, members, strict=True)])
    parts = _Sandwich(beta, working, influence)
    df = [_satterthwaite(influence[:, c, :], working) for c in range(beta.size)]
    table = tuple(
        tested(name, float(b), float(np.sqrt(s)), d, level)
        for name, b, s, d in zip(design.names, beta, np.diag(covariance), df, strict=True)
    )
    return Robust(table, covariance, len(members), parts)


def _adjusted(
    x: Matrix, working: Matrix, weight: Matrix, bread: Matrix, rows: NDArray[np.intp]
) -> Matrix:
    """Return M X_j' W_j A_j, shape (p, k_j), with A_j the adjustment of a cluster's residuals."""
    block = working[np.ix_(rows, rows)]
    upper = cholesky(block)
    left = block - x[rows] @ bread @ x[rows].T
    inner = upper @ left @ upper.T
    adjustment = upper.T @ _inverse_root(inner) @ upper
    half: Matrix = bread @ x[rows].T @ weight[np.ix_(rows, rows)] @ adjustment
    return half


def _inverse_root(matrix: Matrix) -> Matrix:
    """Return the symmetric inverse square root; directions without variance are left at zero."""
    values, vectors = eigh((matrix + matrix.T) / 2.0)
    good = values > EIGEN_FLOOR * max(float(values.max()), 1e-300)
    inverse = np.where(good, 1.0 / np.sqrt(np.where(good, values, 1.0)), 0.0)
    root: Matrix = (vectors * inverse) @ vectors.T
    return root


def _satterthwaite(vectors: Matrix, working: Matrix) -> float:
    """Return 2 E^2 / Var of a quadratic form: the sum over clusters of (vector' error)^2."""
    gram = vectors @ working @ vectors.T
    spread = float(np.sum(gram**2))
    return float(np.trace(gram)) ** 2 / spread if spread > 0 else float("nan")


def _hotelling(contrasts: Matrix, covariance: Matrix, parts: _Sandwich) -> HonestTest:
    q = contrasts.shape[0]
    values = contrasts @ parts.beta
    spread = contrasts @ covariance @ contrasts.T
    if np.linalg.matrix_rank(spread, hermitian=True) < q:
        return HonestTest(float("nan"), float(q), float("nan"), None)
    wald = float(values @ np.linalg.solve(spread, values))
    vectors = np.einsum("qp,jpk->jqk", contrasts, parts.influence)
    expected = np.einsum("jqk,kl,jrl->qr", vectors, parts.working, vectors)
    standard = np.einsum("qr,jrk->jqk", _inverse_root(expected), vectors)
    gram = np.einsum("iqk,kl,jrl->qrij", standard, parts.working, standard)
    same = np.einsum("ssij,ttij->", gram, gram)
    crossed = np.einsum("stij,tsij->", gram, gram)
    eta = q * (q + 1.0) / float(same + crossed)
    df = eta - q + 1.0
    f = df / (eta * q) * wald
    p = float(f_distribution.sf(f, q, df)) if df > 0 and f >= 0 else None
    return HonestTest(f, float(q), df, p)
