"""How many unpublished null experiments a cluster would survive.

Experiments whose foci lie anywhere are added until the cluster is no longer significant by its
size. Their numbers of people and of foci are drawn from the experiments at hand. As each set of
null experiments gives another number, several sets are tried.

References
----------
Acar, Seurinck, Eickhoff and Moerkerke 2018, PLOS ONE 13:e0208177.

Offers: ``fail_safe_n``, ``FailSafeN``.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from asmr_stim.moderator.ale.activation import Placement, content_order
from asmr_stim.moderator.ale.clusters import cluster_members
from asmr_stim.moderator.ale.estimation import model_of
from asmr_stim.moderator.ale.familywise import Progress, familywise_p, null_maxima
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.result import AleResult, AleSettings, MonteCarlo

LIMIT = 10  # null experiments tried at most, for each experiment at hand


@dataclass(frozen=True)
class FailSafeN:
    """How many null experiments a cluster survives.

    Attributes
    ----------
    cluster : int
    added : tuple of int
        For each set of null experiments the largest number, found by halving, with which the
        cluster is still significant; -1 if it is not even without any.
    limit : int
        The largest number tried; equal to it means at least that many.
    """

    cluster: int
    added: tuple[int, ...]
    limit: int

    @property
    def median(self) -> float:
        """The middle of ``added``."""
        return float(np.median(self.added))


def fail_safe_n(
    result: AleResult,
    settings: MonteCarlo,
    n_sets: int = 5,
    limit: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> tuple[FailSafeN, ...]:
    """Return the fail-safe N of every cluster that is significant by its size.

    Parameters
    ----------
    result : AleResult
    settings : MonteCarlo
        Of each correction on the way.
    n_sets : int
        Independent sets of null experiments.
    limit : int, optional
        Most experiments to add; ten times those at hand if left out.
    executor : Executor, optional
        Works on the sets at once; one after the other in this process if left out.
    progress : callable, optional
        Is told of arrangements done; an executor of processes cannot take one.
    """
    most = LIMIT * result.counts.n_experiments if limit is None else limit
    work = partial(_survived, _study_of(result), settings, most, progress)
    rows = list(map(work, range(n_sets)) if executor is None else executor.map(work, range(n_sets)))
    every = [
        FailSafeN(number, tuple(row[number - 1] for row in rows), most)
        for number in range(1, len(result.clusters) + 1)
    ]
    return tuple(one for one in every if max(one.added) >= 0 and _may_count(result, one.cluster))


@dataclass(frozen=True)
class _Study:
    """What a set of null experiments is added to; small enough to be sent to another process."""

    placement: Placement
    mask: BrainMask
    settings: AleSettings
    peaks: tuple[int, ...]


def _study_of(result: AleResult) -> _Study:
    model = result.model
    total = model.maps.total()
    members = cluster_members(total, model.threshold, model.mask)
    peaks = tuple(int(inside[total[inside].argmax()]) for inside in members)
    return _Study(model.placement, model.mask, result.settings, peaks)


def _may_count(result: AleResult, cluster: int) -> bool:
    """Return whether the result's own correction, if it has one, leaves the cluster."""
    known = result.familywise
    return known is None or known.clusters[cluster - 1].size <= known.settings.alpha


def _survived(
    study: _Study, settings: MonteCarlo, limit: int, progress: Progress | None, number: int
) -> list[int]:
    """Return for each cluster how many of one set of null experiments it survives."""
    noise = _null_experiments(study, limit, np.random.default_rng([settings.seed, number]))
    known: dict[int, NDArray[np.bool_]] = {}

    def is_significant(peak: int, added: int) -> bool:
        if added not in known:
            placement = study.placement.joined(_first(noise, added))
            known[added] = _significant(study, placement, settings, progress)
        return bool(known[added][peak])

    return [_largest(partial(is_significant, peak), limit) for peak in study.peaks]


def _largest(holds: Callable[[int], bool], limit: int) -> int:
    """Return the largest number for which something holds, by halving; -1 if not for 0."""
    if not holds(0):
        return -1
    if holds(limit):
        return limit
    low, high = 0, limit
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _null_experiments(study: _Study, count: int, rng: np.random.Generator) -> Placement:
    """Return experiments with foci anywhere in the mask, as large as those at hand."""
    given = study.placement.ordered(content_order(study.placement))
    like = rng.integers(0, len(given.names), count)
    n_foci = np.diff(given.offsets)[like]
    seats = study.mask.indices()
    return Placement(
        voxels=seats[rng.integers(0, len(seats), int(n_foci.sum()))],
        offsets=np.concatenate([[0], np.cumsum(n_foci)]).astype(np.int64),
        n=given.n[like],
        names=tuple(f"null {number}" for number in range(count)),
        n_outside=0,
        emptied=(),
    )


def _first(placement: Placement, count: int) -> Placement:
    return Placement(
        voxels=placement.voxels[: placement.offsets[count]],
        offsets=placement.offsets[: count + 1],
        n=placement.n[:count],
        names=placement.names[:count],
        n_outside=0,
        emptied=(),
    )


def _significant(
    study: _Study, placement: Placement, settings: MonteCarlo, progress: Progress | None
) -> NDArray[np.bool_]:
    """Return the voxels in clusters that are significant by size for these experiments."""
    model = model_of(placement, study.mask, study.settings)
    members = cluster_members(model.maps.total(), model.threshold, model.mask)
    sizes = np.array([len(inside) for inside in members], np.int64)
    p = familywise_p(sizes, null_maxima(model, settings, progress=progress).size)
    found = np.zeros(model.maps.n_voxels, bool)
    for inside, of_size in zip(members, p, strict=True):
        found[inside] = of_size <= settings.alpha
    return found
