"""Correction for the number of places looked at, by random arrangements of the foci.

Each arrangement throws every focus to a voxel of the mask, all voxels alike, and keeps the largest
ALE, the largest cluster and the heaviest cluster anywhere. A value that few arrangements reach is
unlikely to arise anywhere by chance (family-wise error). Arrangement i is a function of seed and i
alone, so that any number of threads gives the same bits.

References
----------
Eickhoff et al. 2012, NeuroImage 59:2349, cluster-level inference; Phipson and Smyth 2010,
Statistical Applications in Genetics and Molecular Biology 9:39, for (k + 1) / (n + 1).

Offers: ``correct``, ``null_maxima``, ``familywise_p``, ``critical``, ``CORRECTED``.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from asmr_stim.moderator.ale.activation import LossKernels, Placement
from asmr_stim.moderator.ale.arrangement import Maxima, empty_maxima, random_maxima
from asmr_stim.moderator.ale.blocks import BlockPlan, block_plan
from asmr_stim.moderator.ale.estimation import UNCORRECTED
from asmr_stim.moderator.ale.result import (
    AleModel,
    AleResult,
    ClusterP,
    Critical,
    Familywise,
    MonteCarlo,
)
from asmr_stim.moderator.ale.threads import in_threads

CORRECTED = (
    "Clusters are formed at p < {p:g} for each voxel; only those whose family-wise p is at most "
    "{alpha:g} ({n} random arrangements) are more than chance explains."
)

CHUNK = 250  # arrangements a thread does at a time
LOOK = 1000  # arrangements between two looks at the error, where it is wanted to stop at one

Progress = Callable[[int], None]
"""Is told how many arrangements were done since it was last called."""

Numbers = NDArray[np.int64] | NDArray[np.int32] | NDArray[np.float64]


def correct(
    result: AleResult,
    settings: MonteCarlo | None = None,
    n_threads: int = 1,
    progress: Progress | None = None,
) -> AleResult:
    """Return the result with family-wise p for voxels, cluster sizes and cluster masses.

    Parameters
    ----------
    result : AleResult
    settings : MonteCarlo, optional
    n_threads : int, at least 1
        Changes the time, not the result.
    progress : callable, optional

    Raises
    ------
    InputError
        If the grid of the mask is too fine for the engine.
    """
    settings = settings or MonteCarlo()
    maxima = null_maxima(result.model, settings, n_threads, progress)
    found = result.clusters
    null_ale = -np.expm1(maxima.loss / -result.model.maps.units_per_nat)
    sizes = familywise_p(np.array([c.n_voxels for c in found], np.int64), maxima.size)
    masses = familywise_p(np.array([c.mass for c in found], np.float64), maxima.mass)
    peaks = familywise_p(np.array([c.peak_ale for c in found], np.float64), null_ale)
    familywise = Familywise(
        settings=settings,
        null_ale=null_ale,
        null_size=maxima.size,
        null_mass=maxima.mass,
        ale=critical(null_ale, settings.alpha),
        size=critical(maxima.size, settings.alpha),
        mass=critical(maxima.mass, settings.alpha),
        p=familywise_p(result.model.maps.total(), maxima.loss),
        clusters=tuple(
            _cluster_p(float(peak), float(size), float(mass), len(null_ale))
            for peak, size, mass in zip(peaks, sizes, masses, strict=True)
        ),
    )
    without = UNCORRECTED.format(p=result.settings.cluster_p)
    told = CORRECTED.format(p=result.settings.cluster_p, alpha=settings.alpha, n=familywise.n_done)
    warnings = tuple(told if text == without else text for text in result.warnings)
    return replace(result, familywise=familywise, warnings=warnings)


def _cluster_p(peak: float, size: float, mass: float, n: int) -> ClusterP:
    """Return the p of a cluster with their Monte Carlo errors."""
    return ClusterP(
        peak, size, mass, *(math.sqrt(p * (1 - p) / (n + 1)) for p in (peak, size, mass))
    )


def null_maxima(
    model: AleModel,
    settings: MonteCarlo,
    n_threads: int = 1,
    progress: Progress | None = None,
) -> Maxima:
    """Return the maxima of random arrangements of the model's foci.

    They depend on how many people and foci there are and on nothing else of the experiments:
    neither on names nor on where the foci lie.

    Parameters
    ----------
    model : AleModel
    settings : MonteCarlo
    n_threads : int, at least 1
    progress : callable, optional

    Returns
    -------
    Maxima
        ``n_iterations`` of them, or fewer where ``stop_at_error`` was reached before.
    """
    plan = block_plan(*_by_size(model), model.mask, model.threshold)
    out = empty_maxima(settings.n_iterations)
    last = settings.n_iterations
    step = last if settings.stop_at_error is None else LOOK
    for first in range(0, last, step):
        end = min(first + step, last)
        _fill(plan, settings.seed, (first, end), out, (n_threads, progress))
        done = Maxima(out.loss[:end], out.size[:end], out.mass[:end])
        if _is_precise(done, settings, model):
            break
    return done


def _by_size(model: AleModel) -> tuple[Placement, LossKernels]:
    """Return the experiments in the order of their people and numbers of foci."""
    counts = np.diff(model.placement.offsets)
    order = np.lexsort((counts, model.placement.n))
    offsets = np.concatenate([[0], np.cumsum(counts[order])]).astype(np.int64)
    placement = replace(model.placement, offsets=offsets, n=model.placement.n[order])
    return placement, replace(model.kernels, which=model.kernels.which[order])


def _fill(
    plan: BlockPlan,
    seed: int,
    rows: tuple[int, int],
    out: Maxima,
    labour: tuple[int, Progress | None],
) -> None:
    """Let threads fill some rows of the maxima."""
    n_threads, progress = labour
    spans = iter([(at, min(at + CHUNK, rows[1])) for at in range(*rows, CHUNK)])

    def work(_: int) -> None:
        for done in random_maxima(plan, seed, spans, out):
            if progress is not None:
                progress(done)

    in_threads(work, n_threads)


def _is_precise(maxima: Maxima, settings: MonteCarlo, model: AleModel) -> bool:
    """Return whether every critical value is known as well as was asked."""
    share = settings.stop_at_error
    if share is None or (len(maxima.loss) + 1) * settings.alpha < 1.0:
        return False
    ale = -np.expm1(maxima.loss / -model.maps.units_per_nat)
    found = (critical(values, settings.alpha) for values in (ale, maxima.size, maxima.mass))
    return all(one.standard_error <= share * one.value for one in found)


def familywise_p(values: Numbers, maxima: Numbers) -> NDArray[np.float64]:
    """Return (1 + number of maxima that reach each value) / (1 + number of maxima)."""
    ordered = np.sort(maxima)
    reaching = len(ordered) - np.searchsorted(ordered, values, side="left")
    return np.asarray((1.0 + reaching) / (1.0 + len(ordered)), dtype=np.float64)


def critical(maxima: Numbers, alpha: float) -> Critical:
    """Return the value above which the family-wise p is at most alpha, with its error.

    Parameters
    ----------
    maxima : array, shape (n_iterations,)
    alpha : float
        With (n_iterations + 1) * alpha of at least 1.

    References
    ----------
    Maritz and Jarrett 1978, Journal of the American Statistical Association 73:194, for the
    standard error of a quantile.
    """
    ordered = np.sort(maxima).astype(np.float64)
    n = len(ordered)
    rank = n + 1 - math.floor(alpha * (n + 1) + 1e-9)
    edges = special.betainc(rank, n - rank + 1, np.linspace(0.0, 1.0, n + 1))
    weights = np.diff(edges)
    mean = float(weights @ ordered)
    variance = float(weights @ (ordered - mean) ** 2)
    return Critical(float(ordered[rank - 1]), math.sqrt(variance))
