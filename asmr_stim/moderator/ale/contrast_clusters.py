"""Which sizes and masses the clusters of a contrast reach under random labellings.

A cluster of a contrast is made of voxels that touch by a face, differ in one direction and have a
two-sided p below the cluster-forming one. For every voxel the smallest distance |2 L1 - T| with
such a p is found once (its *cut*): by enumeration where the p is exact, else from the random
labellings, of which the observed one is one more. A labelling forms its clusters by the same cuts,
so that observed and random clusters are made by one rule.

Size is the number of voxels, mass the sum of |d| over them.

Offers: ``cuts``, ``largest_clusters``, ``LargestClusters``, ``CutSettings``, ``UNREACHABLE``.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from asmr_stim.compiling import njit
from asmr_stim.moderator.ale.coverage import Coverage
from asmr_stim.moderator.ale.enumeration import (
    MOST_ENUMERATED,
    halves,
    pattern_weights,
    subset_sums,
    tail,
)
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.labelling import BATCH, fill_tables, look_up, set_codes
from asmr_stim.moderator.ale.threads import in_threads

UNREACHABLE = 2**30
"""A cut that no distance reaches: at this voxel no labelling has so small a p."""

EVENTS = 4_000_000  # voxels below the cut that are kept at a time

_compiled = njit(cache=True, nogil=True, error_model="numpy")


@dataclass(frozen=True)
class CutSettings:
    """What decides whether a voxel belongs to a cluster.

    Attributes
    ----------
    cluster_p : float
    first, second : bool arrays, shape (n_voxels,)
        Where the first, and where the second group may have the larger ALE.
    """

    cluster_p: float
    first: NDArray[np.bool_]
    second: NDArray[np.bool_]

    @property
    def either(self) -> NDArray[np.bool_]:
        """Where there may be a difference at all."""
        return self.first | self.second


class LargestClusters(NamedTuple):
    """Of each labelling the voxels of its largest and the mass of its heaviest cluster."""

    size: NDArray[np.int64]
    mass: NDArray[np.float64]


def cuts(
    cover: Coverage,
    in_first: NDArray[np.bool_],
    rows: NDArray[np.bool_],
    settings: CutSettings,
    n_threads: int = 1,
) -> NDArray[np.int32]:
    """Return for each voxel the smallest distance |2 L1 - T| whose p is below the cluster p.

    Parameters
    ----------
    cover : Coverage
    in_first : bool array, shape (n_experiments,)
    rows : bool array, shape (n_permutations, n_experiments)
    settings : CutSettings
    n_threads : int
        Changes the time, not the result.

    Returns
    -------
    int32 array, shape (n_voxels,)
        ``UNREACHABLE`` where no labelling has so small a p, and outside of where it may.
    """
    found = np.full(len(cover.first) - 1, UNREACHABLE, np.int32)
    weights = pattern_weights(len(in_first), int(in_first.sum()))
    open_to = np.flatnonzero(settings.either & (cover.depth > 0))
    is_counted = cover.depth[open_to] <= MOST_ENUMERATED
    counted, drawn = open_to[is_counted], open_to[~is_counted]
    counted = counted[np.argsort(cover.depth[counted], kind="stable")]
    every = np.concatenate([in_first[None, :], rows])
    codes = set_codes(every)
    n_batches = -(-len(drawn) // BATCH)

    def work(thread: int) -> None:
        part = counted[thread::n_threads]
        _cut_counted(cover, weights, part, (settings.cluster_p, halves()), found)
        batches = np.arange(thread, n_batches, n_threads)
        _cut_drawn(cover, in_first, codes, (drawn, batches), (settings.cluster_p, found))

    in_threads(work, n_threads)
    return found


@_compiled
def _cut_counted(cover: Any, weights: Any, voxels: Any, how: Any, found: Any) -> None:
    """Find cuts by enumeration, halving the distance in question."""
    cluster_p, room = how
    for voxel in voxels:
        losses = cover.loss[cover.first[voxel] : cover.first[voxel + 1]]
        k = losses.shape[0]
        total = losses.sum()
        if weights[k, 0] + weights[k, k] >= cluster_p:
            continue  # even all in one group is too common
        rows = subset_sums(losses, room)
        if tail(rows, room, weights, total, total) >= cluster_p:
            continue
        too_near, far_enough = 0, total
        while far_enough - too_near > 1:
            middle = (too_near + far_enough) // 2
            if tail(rows, room, weights, total, middle) < cluster_p:
                far_enough = middle
            else:
                too_near = middle
        found[voxel] = far_enough


@_compiled
def _cut_drawn(cover: Any, in_first: Any, codes: Any, where: Any, how: Any) -> None:
    """Find cuts from the distances of the labellings, the first of which is the observed one."""
    voxels, batches = where
    cluster_p, found = how
    n = codes.shape[0]
    tables = np.zeros(codes.shape[1] * 64 * BATCH, np.int32)
    totals, observed = np.zeros(BATCH, np.int32), np.zeros(BATCH, np.int32)
    sums = np.zeros(BATCH, np.int32)
    distances = np.zeros((BATCH, n), np.int32)
    for batch in batches:
        these = voxels[batch * BATCH : (batch + 1) * BATCH]
        fill_tables(cover, in_first, these, tables, totals, observed)
        for row in range(n):
            look_up(codes, row, tables, sums)
            for i in range(these.shape[0]):
                distances[i, row] = abs(2 * sums[i] - totals[i])
        for i in range(these.shape[0]):
            ordered = np.sort(distances[i])
            for at in range(n):
                if n - at < cluster_p * n and (at == 0 or ordered[at] > ordered[at - 1]):
                    found[these[i]] = ordered[at]
                    break


def largest_clusters(
    cover: Coverage,
    rows: NDArray[np.bool_],
    cut: NDArray[np.int32],
    settings: CutSettings,
    field: tuple[BrainMask, float, int],
) -> LargestClusters:
    """Return size and mass of the largest cluster of each labelling, over both directions.

    Parameters
    ----------
    cover : Coverage
    rows : bool array, shape (n_permutations, n_experiments)
    cut : int32 array, shape (n_voxels,)
        From ``cuts``.
    settings : CutSettings
    field : (BrainMask, float, int)
        The mask, the units of loss in a nat, and the number of threads, which changes the time
        and not the result.
    """
    mask, units, n_threads = field
    reachable = np.flatnonzero(cut < UNREACHABLE)
    out = LargestClusters(np.zeros(len(rows), np.int64), np.zeros(len(rows)))
    if not len(reachable):
        return out
    codes = set_codes(rows)
    flood = _Flood.of(mask)
    expected = max(1.0, settings.cluster_p * len(reachable))
    step = int(np.clip(EVENTS / (4 * expected), 1, len(rows)))
    for begin in range(0, len(rows), step):
        part = codes[begin : begin + step]
        events = _events((cover, part, reachable), cut, settings, n_threads)
        _flood_rows(events, units, flood, (out.size[begin:], out.mass[begin:]))
    return out


class _Events(NamedTuple):
    """Voxels beyond their cut, sorted by labelling and voxel; losses of either group, units."""

    row: NDArray[np.int64]
    voxel: NDArray[np.int64]
    first: NDArray[np.int32]
    total: NDArray[np.int32]


def _events(
    what: tuple[Coverage, NDArray[np.uint8], NDArray[np.int64]],
    cut: NDArray[np.int32],
    settings: CutSettings,
    n_threads: int,
) -> _Events:
    cover, codes, voxels = what
    n_batches = -(-len(voxels) // BATCH)
    parts: list[Any] = [None] * n_threads

    def work(thread: int) -> None:
        batches = np.arange(thread, n_batches, n_threads)
        sides = settings.first, settings.second
        parts[thread] = _beyond(cover, codes, (voxels, batches), cut, sides)

    in_threads(work, n_threads)
    row, voxel, first, total = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((voxel, row))
    return _Events(row[order], voxel[order], first[order], total[order])


@_compiled
def _beyond(cover: Any, codes: Any, where: Any, cut: Any, sides: Any) -> Any:
    """List labelling, voxel and losses wherever a distance reaches its cut."""
    voxels, batches = where
    tables = np.zeros(codes.shape[1] * 64 * BATCH, np.int32)
    totals, observed = np.zeros(BATCH, np.int32), np.zeros(BATCH, np.int32)
    sums, least = np.zeros(BATCH, np.int32), np.zeros(BATCH, np.int32)
    nobody = np.zeros(codes.shape[1] * 6, np.bool_)
    row_of, voxel_of = np.empty(1024, np.int64), np.empty(1024, np.int64)
    first_of, total_of = np.empty(1024, np.int32), np.empty(1024, np.int32)
    count = 0
    for batch in batches:
        these = voxels[batch * BATCH : (batch + 1) * BATCH]
        fill_tables(cover, nobody, these, tables, totals, observed)
        least[:] = UNREACHABLE
        for i in range(these.shape[0]):
            least[i] = cut[these[i]]
        for row in range(codes.shape[0]):
            look_up(codes, row, tables, sums)
            if not _any_beyond(sums, totals, least):
                continue
            for i in range(these.shape[0]):
                difference = 2 * sums[i] - totals[i]
                if abs(difference) < least[i]:
                    continue
                if not (sides[0] if difference > 0 else sides[1])[these[i]]:
                    continue
                if count == row_of.shape[0]:
                    row_of, voxel_of = _longer(row_of), _longer(voxel_of)
                    first_of, total_of = _longer(first_of), _longer(total_of)
                row_of[count], voxel_of[count] = row, these[i]
                first_of[count], total_of[count] = sums[i], totals[i]
                count += 1
    return row_of[:count], voxel_of[:count], first_of[:count], total_of[:count]


@_compiled
def _longer(values: Any) -> Any:
    """Return twice the room with the values in front."""
    return np.concatenate((values, np.empty_like(values)))


@_compiled
def _any_beyond(sums: Any, totals: Any, least: Any) -> Any:
    """Return whether any voxel of a batch reaches its cut; one loop without a branch."""
    found = np.int32(0)
    for i in range(uint64(BATCH)):
        distance = abs(np.int32(2) * sums[i] - totals[i])
        found |= np.int32(distance >= least[i])
    return found != 0


class _Flood(NamedTuple):
    """A volume with a border, to find what touches.

    Attributes
    ----------
    seat : int64 array, (n_voxels,)
        Place of each mask voxel in the volume.
    side : int8 array
        1 or 2 where the first or second group is larger; empty in between.
    loss : float array
        |d| there.
    steps : int64 array, (6,)
        To the voxels that share a face.
    """

    seat: NDArray[np.int64]
    side: NDArray[np.int8]
    loss: NDArray[np.float64]
    steps: NDArray[np.int64]

    @staticmethod
    def of(mask: BrainMask) -> "_Flood":
        """Return the volume of a mask."""
        _, y, z = shape = np.array(mask.volume.shape) + 2
        seat = (mask.indices() + 1) @ np.array([y * z, z, 1])
        steps = np.array([y * z, -y * z, z, -z, 1, -1])
        return _Flood(seat, np.zeros(shape.prod(), np.int8), np.zeros(shape.prod()), steps)


@_compiled
def _flood_rows(events: Any, units: Any, flood: Any, out: Any) -> None:
    """Find the largest cluster of each labelling; the volume is empty before and after."""
    n = events.row.shape[0]
    stack = np.empty(flood.seat.shape[0], np.int64)
    begin = 0
    while begin < n:
        end = begin
        while end < n and events.row[end] == events.row[begin]:
            at = flood.seat[events.voxel[end]]
            first, second = events.first[end], events.total[end] - events.first[end]
            flood.side[at] = 1 if first > second else 2
            flood.loss[at] = abs(np.exp(-second / units) - np.exp(-first / units))
            end += 1
        row = events.row[begin]
        for event in range(begin, end):
            size, mass = _filled(flood.seat[events.voxel[event]], flood, stack)
            out[0][row] = max(out[0][row], size)
            out[1][row] = max(out[1][row], mass)
        begin = end


@_compiled
def _filled(start: Any, flood: Any, stack: Any) -> Any:
    """Return size and mass of the cluster at a place, and take it out; 0 where there is none."""
    side = flood.side[start]
    if side == 0:
        return 0, 0.0
    size, mass, waiting = 0, 0.0, 1
    stack[0] = start
    flood.side[start] = 0
    while waiting > 0:
        waiting -= 1
        here = stack[waiting]
        size += 1
        mass += flood.loss[here]
        for step in flood.steps:
            near = here + step
            if flood.side[near] == side:
                flood.side[near] = 0
                stack[waiting] = near
                waiting += 1
    return size, mass
