"""One arrangement of foci: the largest ALE and the largest cluster, computed exactly.

The inner loops of the Monte Carlo, compiled. First the bound of every block, then the candidate
blocks voxel by voxel, then a flood over the voxels that reach the threshold. Indices are unsigned
where it matters, so that the compiler sees that they cannot wrap and uses vector instructions.

Offers: ``random_maxima``, ``given_maxima``.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from asmr_stim.compiling import njit
from asmr_stim.moderator.ale.blocks import BLOCK, EDGE, EIGHTHS, BlockPlan
from asmr_stim.moderator.ale.lanes import add_eight, any_of_eight, raise_four, settle_four

_compiled = njit(cache=True, nogil=True, error_model="numpy")
_inlined = njit(cache=True, nogil=True, error_model="numpy", inline="always")

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


class _Workspace(NamedTuple):
    """What one thread needs from one arrangement to the next; empty in between."""

    bound: NDArray[np.int32]
    slot: NDArray[np.int32]
    listed: NDArray[np.int32]
    columns: NDArray[np.uint64]
    owner: NDArray[np.int32]
    total: NDArray[np.int32]
    largest: NDArray[np.int32]
    volume: NDArray[np.int32]
    voxels: NDArray[np.int32]
    stack: NDArray[np.int32]


def _workspace(plan: BlockPlan) -> _Workspace:
    n_blocks = len(plan.template)
    usable = len(plan.in_mask)
    most = len(plan.seats)
    return _Workspace(
        bound=np.zeros(n_blocks * EIGHTHS, np.int32),
        slot=np.zeros(n_blocks, np.int32),
        listed=np.zeros(usable, np.int32),
        columns=np.zeros(int(plan.shape[0] * plan.shape[1]), np.uint64),
        owner=np.zeros(usable, np.int32),
        total=np.zeros(usable * BLOCK, np.int32),
        largest=np.zeros(usable * BLOCK, np.int32),
        volume=np.zeros(n_blocks * BLOCK, np.int32),
        voxels=np.zeros(most, np.int32),
        stack=np.zeros(most, np.int32),
    )


@_compiled
def _mixed(state: Any) -> Any:
    """Return the SplitMix64 output for a state (Steele, Lea and Flood 2014, OOPSLA)."""
    state = (state ^ (state >> uint64(30))) * _MIX_1
    state = (state ^ (state >> uint64(27))) * _MIX_2
    return state ^ (state >> uint64(31))


@_compiled
def _draw(foci: Any, seats: Any, key: Any, iteration: Any) -> None:
    """Fill ``foci`` with uniform draws from the seats; only key, iteration and focus matter."""
    n_seats = uint64(seats.shape[0])
    start = uint64(iteration) * uint64(foci.shape[0])
    for f in range(foci.shape[0]):
        bits = _mixed(key + (start + uint64(f) + uint64(1)) * _GOLDEN)
        # the high half of bits * n_seats: uniform to within n_seats / 2^64
        low = (bits & uint64(0xFFFFFFFF)) * n_seats
        seat = ((bits >> uint64(32)) * n_seats + (low >> uint64(32))) >> uint64(32)
        for axis in range(3):
            foci[f, axis] = seats[seat, axis]


@_compiled
def _add_bounds(foci: Any, plan: Any, bound: Any) -> None:
    """Add the coarse table of every focus to the bounds of the blocks."""
    ny, nz = plan.shape[1], plan.shape[2]
    for e in range(plan.kernel.shape[0]):
        for f in range(plan.begin[e], plan.end[e]):
            x, y, z = foci[f, 0], foci[f, 1], foci[f, 2]
            place = plan.kernel[e] * BLOCK + (x & 3) * 16 + (y & 3) * 4 + (z & 3)
            home = ((x >> 2) * ny + (y >> 2)) * nz + (z >> 2)
            for part in range(plan.part_first[place], plan.part_first[place + 1]):
                at = uint64(home + plan.part_offset[part]) * uint64(EIGHTHS)
                add_eight(bound, at, plan.part_value, uint64(part) * uint64(EIGHTHS))


@_compiled
def _candidates(least: Any, plan: Any, work: Any) -> Any:
    """List the blocks of the mask with an eighth bounded by ``least`` or more; return how many."""
    nz = plan.shape[2]
    count = 0
    for block in plan.in_mask:
        if any_of_eight(work.bound, uint64(block) * uint64(EIGHTHS), np.int32(least)):
            work.slot[block] = count
            work.listed[count] = block
            work.owner[count] = -1
            work.columns[block // nz] |= uint64(1) << uint64(block % nz)
            here = uint64(count) * uint64(BLOCK)
            for v in range(BLOCK):
                work.total[here + uint64(v)] = plan.template[block, v]
                work.largest[here + uint64(v)] = 0
            count += 1
    return count


@_compiled
def _evaluate(foci: Any, plan: Any, work: Any) -> None:
    """Add up the loss of every voxel of the candidate blocks."""
    ny, nz = plan.shape[1], plan.shape[2]
    for e in range(plan.kernel.shape[0]):
        kernel = plan.kernel[e]
        reach = plan.reach[kernel]
        side = uint64(2 * reach + 1 + 2 * (EDGE - 1))
        corner = reach + EDGE - 1
        for f in range(plan.begin[e], plan.end[e]):
            x, y, z = np.int64(foci[f, 0]), np.int64(foci[f, 1]), np.int64(foci[f, 2])
            z_low, z_high = (z - reach) >> 2, (z + reach) >> 2
            reached = (uint64(2) << uint64(z_high - z_low)) - uint64(1)
            for bx in range((x - reach) >> 2, ((x + reach) >> 2) + 1):
                for by in range((y - reach) >> 2, ((y + reach) >> 2) + 1):
                    bits = (work.columns[bx * ny + by] >> uint64(z_low)) & reached
                    if bits == 0:
                        continue
                    row = uint64(4 * bx - x + corner) * side + uint64(4 * by - y + corner)
                    at = (
                        uint64(plan.fine_first[kernel])
                        + row * side
                        + uint64(4 * z_low - z + corner)
                    )
                    block = (bx * ny + by) * nz + z_low
                    while bits:
                        if bits & uint64(1):
                            _enter(e, work.slot[block], at, side, plan.fine, work)
                        bits >>= uint64(1)
                        block += 1
                        at += uint64(EDGE)


@_inlined
def _enter(e: Any, candidate: Any, at: Any, side: Any, fine: Any, work: Any) -> None:
    """Let one focus of an experiment into one block: the larger counts within an experiment."""
    here = uint64(candidate) * uint64(BLOCK)
    is_further = work.owner[candidate] == e
    work.owner[candidate] = e
    for i in range(EDGE):
        for j in range(EDGE):
            row = here + uint64(16 * i + 4 * j)
            source = at + (uint64(i) * side + uint64(j)) * side
            if is_further:
                raise_four(work.largest, row, fine, source)
            else:
                settle_four(work.total, work.largest, row, fine, source)


@_compiled
def _finish(count: Any, plan: Any, work: Any) -> Any:
    """Finish the sums; return how many voxels reach the threshold, and the largest sum."""
    n_voxels, best = 0, np.int32(0)
    for c in range(count):
        here = uint64(c) * uint64(BLOCK)
        top = np.int32(0)
        for v in range(BLOCK):
            value = work.total[here + uint64(v)] + work.largest[here + uint64(v)]
            work.total[here + uint64(v)] = value
            top = max(top, value)
        best = max(best, top)
        if top >= plan.threshold:
            n_voxels = _list_voxels(c, n_voxels, plan, work)
    return n_voxels, best


@_compiled
def _list_voxels(candidate: Any, n_voxels: Any, plan: Any, work: Any) -> Any:
    """Put the voxels of a block that reach the threshold into the volume; return how many."""
    ny, nz = plan.shape[1], plan.shape[2]
    block = work.listed[candidate]
    x, y, z = 4 * (block // (ny * nz)), 4 * (block // nz % ny), 4 * (block % nz)
    for v in range(BLOCK):
        value = work.total[candidate * BLOCK + v]
        if value >= plan.threshold:
            voxel = ((x + (v >> 4)) * 4 * ny + y + (v >> 2 & 3)) * 4 * nz + z + (v & 3)
            work.volume[voxel] = value
            work.voxels[n_voxels] = voxel
            n_voxels += 1
    return n_voxels


@_compiled
def _flood(n_voxels: Any, plan: Any, work: Any) -> Any:
    """Return the largest number of voxels and the largest mass of a cluster; empty the volume."""
    step_y = 4 * plan.shape[2]
    step_x = 4 * plan.shape[1] * step_y
    steps = (-1, 1, -step_y, step_y, -step_x, step_x)
    at_threshold = -np.expm1(-plan.threshold / plan.units_per_nat)
    largest, heaviest = 0, 0.0
    for start in range(n_voxels):
        here = work.voxels[start]
        if work.volume[here] == 0:
            continue
        size, mass, waiting = 0, 0.0, 1
        mass += -np.expm1(-work.volume[here] / plan.units_per_nat) - at_threshold
        work.volume[here] = 0
        work.stack[0] = here
        while waiting > 0:
            waiting -= 1
            here = work.stack[waiting]
            size += 1
            for step in steps:
                near = here + step
                if work.volume[near] > 0:
                    mass += -np.expm1(-work.volume[near] / plan.units_per_nat) - at_threshold
                    work.volume[near] = 0
                    work.stack[waiting] = near
                    waiting += 1
        largest, heaviest = max(largest, size), max(heaviest, mass)
    return largest, heaviest


@_compiled
def _maxima(foci: Any, plan: Any, work: Any) -> Any:
    """Return largest summed loss, cluster size and cluster mass of one arrangement.

    If no voxel reaches the threshold there is no cluster, and the largest sum is looked for among
    blocks with ever lower bounds.
    """
    _add_bounds(foci, plan, work.bound)
    nz = plan.shape[2]
    goal, n_voxels, best = plan.threshold, 0, 0
    while True:
        least = max(goal - plan.slack, 0) >> plan.shift
        count = _candidates(least, plan, work)
        _evaluate(foci, plan, work)
        n_voxels, best = _finish(count, plan, work)
        for c in range(count):
            work.columns[work.listed[c] // nz] = 0
        if best >= goal or goal == 0:
            break
        goal = goal // 2
    work.bound[:] = 0
    size, mass = _flood(n_voxels, plan, work)
    return best, size, mass


@_compiled
def _run_random(plan: Any, work: Any, seed: Any, span: Any, out: Any) -> None:
    key = _mixed(seed + _GOLDEN)
    foci = np.empty((plan.end.max(), 3), np.int32)
    for iteration in range(span[0], span[1]):
        _draw(foci, plan.seats, key, iteration)
        best, size, mass = _maxima(foci, plan, work)
        out[0][iteration], out[1][iteration], out[2][iteration] = best, size, mass


@_compiled
def _run_given(plan: Any, work: Any, draws: Any, out: Any) -> None:
    for iteration in range(draws.shape[0]):
        best, size, mass = _maxima(draws[iteration], plan, work)
        out[0][iteration], out[1][iteration], out[2][iteration] = best, size, mass


class Maxima(NamedTuple):
    """Maxima of arrangements, one a row.

    Attributes
    ----------
    loss : int64 array
        Largest summed loss, units.
    size : int64 array
        Voxels of the largest cluster, 0 for none.
    mass : float64 array
        Largest sum of ALE above the threshold over a cluster.
    """

    loss: NDArray[np.int64]
    size: NDArray[np.int64]
    mass: NDArray[np.float64]


def empty_maxima(n_iterations: int) -> Maxima:
    """Return room for the maxima of so many arrangements."""
    return Maxima(
        np.zeros(n_iterations, np.int64), np.zeros(n_iterations, np.int64), np.zeros(n_iterations)
    )


def random_maxima(
    plan: BlockPlan, seed: int, spans: Iterator[tuple[int, int]], out: Maxima
) -> Iterator[int]:
    """Fill rows of ``out`` with random arrangements, each a function of seed and row.

    Parameters
    ----------
    plan : BlockPlan
    seed : int, within [0, 2^64)
    spans : iterator of (first, last)
        Rows to fill, the last one left out; threads may share one.
    out : Maxima

    Yields
    ------
    int
        How many rows were filled, span by span.
    """
    work = _workspace(plan)
    for span in spans:
        _run_random(plan, work, np.uint64(seed), span, out)
        yield span[1] - span[0]


def given_maxima(plan: BlockPlan, draws: NDArray[np.int64]) -> Maxima:
    """Return the maxima of arrangements that are handed in.

    Parameters
    ----------
    plan : BlockPlan
    draws : int array, shape (n_iterations, n_foci, 3)
        Voxels of the mask's grid, all of them in the mask.
    """
    out = empty_maxima(len(draws))
    foci = np.ascontiguousarray(draws - plan.origin, dtype=np.int32)
    _run_given(plan, _workspace(plan), foci, out)
    return out
