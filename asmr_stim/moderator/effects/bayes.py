"""Bayesian random effects without simulation: quadrature over tau, everything else in closed form.

mu has a flat prior, tau a half-normal one. Given tau, mu and the true effect in a new study are
normal; their posteriors are mixtures of normals over tau.

Offers: ``posterior``, ``Posterior``, ``Summary``, ``difference``, ``DEFAULT_SCALES``.

References
----------
Rover C (2020). J Stat Softw 93(6), sections 2 and 3. Rover C et al. (2021). Res Synth Methods
12:448 (half-normal priors with scales 0.5 and 1.0 for standardised effects).
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.estimates import Effects, Vector

DEFAULT_SCALES = (0.5, 1.0)
N_PANELS = 24
N_NODES = 12  # of each panel; Gauss-Legendre
REACH = 9.0  # prior scales; beyond, a half-normal holds less than 1e-18
LEAST_WEIGHT = 1e-13
N_MERGED = 200  # components of a rough mixture
NEAR = 1e-3  # standard deviations round a rough quantile in which the exact one is looked for
NEGLIGIBLE = 1e-8  # of a mixture's weight, where two are multiplied out


@dataclass(frozen=True)
class Summary:
    """A posterior in five numbers; ``low`` and ``high`` are central (equal tails)."""

    median: float
    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True)
class Mixture:
    """A mixture of normals: weights that sum to one, means and standard deviations, shape (m,)."""

    weights: Vector
    means: Vector
    sds: Vector

    def slimmed(self) -> "Mixture":
        """Return the mixture without components that together hold next to nothing."""
        order = np.argsort(self.weights)
        kept = order[np.cumsum(self.weights[order]) > NEGLIGIBLE]
        share = self.weights[kept] / self.weights[kept].sum()
        return Mixture(share, self.means[kept], self.sds[kept])

    def cdf(self, value: float) -> float:
        """Return the probability of at most ``value``."""
        return float(self.weights @ ndtr((value - self.means) / self.sds))

    def mean(self) -> float:
        """Return the expectation."""
        return float(self.weights @ self.means)

    def sd(self) -> float:
        """Return the standard deviation."""
        second = self.weights @ (self.sds**2 + (self.means - self.mean()) ** 2)
        return float(np.sqrt(second))

    def quantile(self, share: float) -> float:
        """Return the value with ``share`` of the probability at or below it."""
        return self._quantile(share, self.mean(), 4.0 * self.sd())

    def summary(self, level: float) -> Summary:
        """Return the five numbers."""
        rough, sd = self._merged(), self.sd()
        tail = (1.0 - level) / 2.0
        median, low, high = (
            self._quantile(share, rough.quantile(share), NEAR * sd)
            for share in (0.5, tail, 1 - tail)
        )
        return Summary(median, self.mean(), sd, low, high)

    def _quantile(self, share: float, near: float, reach: float) -> float:
        """Return a quantile that is looked for around a value, further away where need be."""
        low, high = near - reach, near + reach
        while self.cdf(low) > share:
            reach *= 2.0
            low -= reach
        while self.cdf(high) < share:
            reach *= 2.0
            high += reach
        return _solved(lambda value: self.cdf(value) - share, low, high)

    def _merged(self) -> "Mixture":
        """Return a few components with nearly the same quantiles: where to look first."""
        low, high = self.means.min(), self.means.max()
        width = max(float(high - low), np.finfo(float).tiny)
        place = ((self.means - low) / width * (N_MERGED - 1)).astype(np.intp)
        moments = np.stack([np.ones_like(self.means), self.means, self.sds**2 + self.means**2])
        sums = np.stack([np.bincount(place, self.weights * moment) for moment in moments])
        weights, firsts, seconds = sums[:, sums[0] > 0]
        means = firsts / weights
        floor = self.sds.min() ** 2
        return Mixture(weights, means, np.sqrt(np.maximum(seconds / weights - means**2, floor)))


@dataclass(frozen=True)
class Posterior:
    """What is believed after the data.

    Attributes
    ----------
    mu : Summary
        Of the mean effect.
    tau : Summary
        Of the standard deviation of true effects.
    predictive : Summary
        Of the true effect in a new study.
    probability_positive : float
        That mu is above zero.
    scale : float
        Of the half-normal prior.
    level : float
    mixture : Mixture
        The posterior of mu.
    """

    mu: Summary
    tau: Summary
    predictive: Summary
    probability_positive: float
    scale: float
    level: float
    mixture: Mixture


@dataclass(frozen=True)
class Difference:
    """The posterior of the first group's mean less the second's, and that it is above zero."""

    summary: Summary
    probability_positive: float
    scale: float


def posterior(effects: Effects, scale: float, level: float = 0.95) -> Posterior:
    """Return the posterior of mean, heterogeneity and a new study's effect.

    Parameters
    ----------
    effects : Effects
        Independent of each other; one is enough.
    scale : float, above zero, in units of the effect
        Of the half-normal prior of tau.
    level : float
        Of the central intervals.
    """
    if not scale > 0:
        raise InputError(f"the scale of the half-normal prior is {scale}; give one above zero")
    tau, log_density, widths = _nodes(effects, scale)
    weights = np.exp(log_density - log_density.max()) * widths
    total = float(weights.sum())
    keep = weights > LEAST_WEIGHT * total
    w = 1.0 / (effects.variances + tau[:, None] ** 2)
    precision = w.sum(axis=1)
    centre = (w @ effects.estimates) / precision
    share = weights[keep] / weights[keep].sum()
    mu = Mixture(share, centre[keep], 1.0 / np.sqrt(precision[keep]))
    new = Mixture(share, centre[keep], np.sqrt(1.0 / precision[keep] + tau[keep] ** 2))
    return Posterior(
        mu.summary(level),
        _tau_summary(effects, scale, level, float(log_density.max())),
        new.summary(level),
        1.0 - mu.cdf(0.0),
        scale,
        level,
        mu,
    )


def difference(first: Posterior, second: Posterior) -> Difference:
    """Return the posterior of the difference of two independent groups' means.

    Parameters
    ----------
    first, second : Posterior
        Of groups without common studies, with the same prior.
    """
    if first.scale != second.scale:
        raise InputError(f"the priors differ (scales {first.scale} and {second.scale})")
    a, b = first.mixture.slimmed(), second.mixture.slimmed()
    both = Mixture(
        np.outer(a.weights, b.weights).ravel(),
        np.subtract.outer(a.means, b.means).ravel(),
        np.sqrt(np.add.outer(a.sds**2, b.sds**2)).ravel(),
    )
    slim = both.slimmed()
    return Difference(slim.summary(first.level), 1.0 - slim.cdf(0.0), first.scale)


def _log_density(effects: Effects, scale: float, tau: Vector) -> Vector:
    """Return the log of prior times likelihood, mu integrated out, up to a constant."""
    total = effects.variances + tau[:, None] ** 2
    w = 1.0 / total
    precision = w.sum(axis=1)
    centre = (w @ effects.estimates) / precision
    q = np.sum(w * (effects.estimates - centre[:, None]) ** 2, axis=1)
    likelihood = -0.5 * (np.log(total).sum(axis=1) + np.log(precision) + q)
    return np.asarray(likelihood - 0.5 * (tau / scale) ** 2)


def _edges(effects: Effects, scale: float) -> Vector:
    """Return panel edges that are dense where the posterior of tau lies."""
    coarse = scale * REACH * np.linspace(0.0, 1.0, 2001)[1:] ** 2
    log_density = _log_density(effects, scale, coarse)
    likely = coarse[log_density > log_density.max() - 45.0]
    return np.linspace(0.0, min(scale * REACH, float(likely.max()) * 1.05), N_PANELS + 1)


def _nodes(effects: Effects, scale: float) -> tuple[Vector, Vector, Vector]:
    """Return tau at the nodes, the log density there, and the nodes' widths."""
    edges = _edges(effects, scale)
    place, width = np.polynomial.legendre.leggauss(N_NODES)
    half = np.diff(edges)[:, None] / 2.0
    tau = (edges[:-1, None] + half * (place + 1.0)).ravel()
    return tau, _log_density(effects, scale, tau), (half * width).ravel()


def _tau_summary(effects: Effects, scale: float, level: float, top: float) -> Summary:
    edges = _edges(effects, scale)
    place, width = np.polynomial.legendre.leggauss(N_NODES)

    def mass(low: float, high: float, power: int = 0) -> float:
        half = (high - low) / 2.0
        tau = low + half * (place + 1.0)
        density = np.exp(_log_density(effects, scale, tau) - top)
        return float(half * np.sum(width * density * tau**power))

    pairs = list(pairwise(edges))
    masses = np.array([mass(float(a), float(b)) for a, b in pairs])
    total = float(masses.sum())
    mean = sum(mass(float(a), float(b), 1) for a, b in pairs) / total
    square = sum(mass(float(a), float(b), 2) for a, b in pairs) / total
    below = np.concatenate([[0.0], np.cumsum(masses)]) / total

    def quantile(share: float) -> float:
        panel = min(int(np.searchsorted(below, share, side="right")) - 1, len(pairs) - 1)
        low, high = (float(edge) for edge in pairs[panel])
        return _solved(lambda t: below[panel] + mass(low, t) / total - share, low, high)

    tail = (1.0 - level) / 2.0
    sd = float(np.sqrt(max(square - mean**2, 0.0)))
    return Summary(quantile(0.5), mean, sd, quantile(tail), quantile(1 - tail))


def _solved(function: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(function, low, high, xtol=1e-11, rtol=1e-11))
