"""Tables for the Monte Carlo engine: the mask in blocks of 4 x 4 x 4 voxels, and kernels to match.

Of some 4,000 blocks of a brain only a hundred or so can hold a voxel above the threshold in one
random arrangement of foci. For each kernel and each place of a focus within its block (64) a table
gives the largest value of the kernel in each eighth (2 x 2 x 2 voxels) of every block it reaches.
Added up over all foci these bound the summed loss from above: a sum is never smaller than the
maximum that an experiment counts with. Only blocks of which an eighth has a bound that reaches the
threshold are then computed voxel by voxel.

Table entries too small to matter are left out, and the threshold is lowered by what they could add
up to; the bound stays a bound.

Offers: ``BlockPlan``, ``block_plan``, ``EDGE``.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit
from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.activation import LossKernels, Placement
from asmr_stim.moderator.ale.grid import BrainMask

EDGE = 4  # voxels along the edge of a block
BLOCK = EDGE**3
EIGHTHS = 8  # of a block: the table entries that are added at once
WORD = 64  # blocks along the last axis: one bit each
OUT_OF_MASK = -(2**30)  # no sum of losses lifts this above zero
SLACK = 0.02  # share of the threshold that left-out entries may add up to


class BlockPlan(NamedTuple):
    """Everything one random arrangement is computed from; a tuple, which compiled code can read.

    Attributes
    ----------
    shape : int64 array, (3,)
        Blocks along each axis, with room around the mask for the widest kernel.
    origin : int64 array, (3,)
        Voxel of the mask's grid at the first corner of the first block.
    template : int32 array, (n_blocks, 64)
        0 in the mask, ``OUT_OF_MASK`` outside it.
    in_mask : int64 array
        Blocks that have a voxel of the mask.
    seats : int32 array, (n_mask_voxels, 3)
        Where a focus may fall, in voxels from ``origin``.
    begin, end, kernel : int64 arrays, (n_experiments,)
        Foci and kernel of each experiment; those with one kernel stand together, so that its
        tables stay in the cache.
    part_first : int64 array, (n_kernels * 64 + 1,)
        Parts of the coarse table for a kernel and a place within the block.
    part_offset : int64 array, (n_parts,)
        Block that a part belongs to, counted from that of the focus.
    part_value : int32 array, (n_parts, 8)
        Largest values in the eighths of that block.
    shift : int
        The coarse table is in units of ``2 ** shift``, rounded up.
    slack : int
        What left-out entries can add up to, in units of loss.
    reach : int64 array, (n_kernels,)
        Radius of a kernel, voxels.
    fine_first : int64 array, (n_kernels + 1,)
    fine : int32 array
        Kernels with three zeros around them, one after the other.
    threshold : int
        Smallest summed loss of a voxel in a cluster.
    units_per_nat : float
    """

    shape: NDArray[np.int64]
    origin: NDArray[np.int64]
    template: NDArray[np.int32]
    in_mask: NDArray[np.int64]
    seats: NDArray[np.int32]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    kernel: NDArray[np.int64]
    part_first: NDArray[np.int64]
    part_offset: NDArray[np.int64]
    part_value: NDArray[np.int32]
    shift: int
    slack: int
    reach: NDArray[np.int64]
    fine_first: NDArray[np.int64]
    fine: NDArray[np.int32]
    threshold: int
    units_per_nat: float


def block_plan(
    placement: Placement, kernels: LossKernels, mask: BrainMask, threshold: int
) -> BlockPlan:
    """Return the tables for random arrangements of as many foci as there are.

    Parameters
    ----------
    placement : Placement
        Numbers of foci; where they lie does not matter.
    kernels : LossKernels
    mask : BrainMask
    threshold : int
        Smallest summed loss of a voxel in a cluster, in units.

    Raises
    ------
    InputError
        If the grid has more than 64 blocks along its last axis.
    """
    trimmed = [_trimmed(kernel) for kernel in kernels.values]
    reach = np.array([len(kernel) // 2 for kernel in trimmed], np.int64)
    room = _room(mask, int(reach.max()))
    template = _template(room)
    counts = np.diff(placement.offsets)
    least = int(SLACK * threshold / len(counts))
    shift = _shift(trimmed, kernels.which, counts)
    parts = _coarse_parts(trimmed, room.shape, least, shift)
    order = np.argsort(kernels.which, kind="stable")
    fine = [np.pad(kernel, EDGE - 1).ravel() for kernel in trimmed]
    return BlockPlan(
        shape=room.shape,
        origin=room.origin,
        template=template,
        in_mask=np.flatnonzero(template.max(axis=1) == 0),
        seats=np.ascontiguousarray(room.seats, dtype=np.int32),
        begin=placement.offsets[:-1][order],
        end=placement.offsets[1:][order],
        kernel=kernels.which[order],
        part_first=parts[0],
        part_offset=parts[1],
        part_value=parts[2],
        shift=shift,
        slack=least * len(counts),
        reach=reach,
        fine_first=np.concatenate([[0], np.cumsum([len(one) for one in fine])]).astype(np.int64),
        fine=np.concatenate(fine),
        threshold=threshold,
        units_per_nat=kernels.units_per_nat,
    )


class _Room(NamedTuple):
    """The blocks of a mask: how many, where the first begins, its voxels counted from there."""

    shape: NDArray[np.int64]
    origin: NDArray[np.int64]
    seats: NDArray[np.int64]


def _room(mask: BrainMask, reach: int) -> _Room:
    """Return blocks enough for every kernel that stands in the mask."""
    margin = -(-reach // EDGE) + 1
    seats = mask.indices()
    origin = seats.min(axis=0) - EDGE * margin
    shape = -(-(seats.max(axis=0) + 1 - origin) // EDGE) + margin
    if shape[2] > WORD:
        raise InputError(
            f"the mask has {shape[2]} blocks of {EDGE} voxels along its last axis, the Monte Carlo "
            f"takes at most {WORD}; use larger voxels"
        )
    return _Room(shape, origin, seats - origin)


def _template(room: _Room) -> NDArray[np.int32]:
    """Return 0 for voxels in the mask and ``OUT_OF_MASK`` for others, block by block."""
    volume = np.full(EDGE * room.shape, OUT_OF_MASK, np.int32)
    volume[tuple(room.seats.T)] = 0
    return _blocked(volume, room.shape)


def _shift(
    kernels: list[NDArray[np.int32]], which: NDArray[np.int64], counts: NDArray[np.int64]
) -> int:
    """Return the halvings after which all foci at one place stay within 30 bits."""
    peaks = np.array([kernel.max() for kernel in kernels], np.float64)[which]
    return max(0, math.ceil(math.log2(((peaks + 1) * counts).sum() / 2**30)))


def _trimmed(kernel: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return a cube around the middle with everything above zero in it."""
    middle = np.array(kernel.shape) // 2
    radius = int(np.abs(np.argwhere(kernel) - middle).max())
    cube = np.zeros((2 * radius + 1,) * 3, np.int32)
    kept = tuple(slice(max(m - radius, 0), m + radius + 1) for m in middle)
    inner = kernel[kept]
    low = [(2 * radius + 1 - size) // 2 for size in inner.shape]
    cube[tuple(slice(a, a + s) for a, s in zip(low, inner.shape, strict=True))] = inner
    return cube


def _blocked(volume: NDArray[np.int32], shape: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return a volume as one row of 64 voxels for each block."""
    x, y, z = shape
    split = volume.reshape(x, EDGE, y, EDGE, z, EDGE).transpose(0, 2, 4, 1, 3, 5)
    return np.ascontiguousarray(split.reshape(-1, BLOCK))


def _coarse_parts(
    kernels: list[NDArray[np.int32]], shape: NDArray[np.int64], least: int, shift: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Return the coarse tables; blocks of which no eighth is above ``least`` are left out."""
    first, offsets, values = [0], [], []
    for kernel in kernels:
        for place in np.ndindex(EDGE, EDGE, EDGE):
            table, low = _eighth_maxima(kernel, place)
            blocks = np.argwhere((table > least).any(axis=3))
            x, y, z = (blocks + low).T
            offsets.append((x * shape[1] + y) * shape[2] + z)
            values.append(-(-table[tuple(blocks.T)] >> shift))
            first.append(first[-1] + len(blocks))
    return (
        np.array(first, np.int64),
        np.concatenate(offsets).astype(np.int64),
        np.ascontiguousarray(np.concatenate(values), dtype=np.int32),
    )


def _eighth_maxima(
    kernel: NDArray[np.int32], place: tuple[int, ...]
) -> tuple[NDArray[np.int32], int]:
    """Return maxima over eighths, (x, y, z, 8), for a focus at a place, and the first block."""
    low = -(-(len(kernel) // 2) // EDGE)
    table = np.zeros((2 * low + 2,) * 3 + (EIGHTHS,), np.int32)
    starts = [EDGE * low + at - len(kernel) // 2 for at in place]
    _take_maxima(kernel, np.array(starts), table)
    return table, -low


@njit(cache=True)
def _take_maxima(
    kernel: NDArray[np.int32], starts: NDArray[np.int64], table: NDArray[np.int32]
) -> None:
    for i in range(kernel.shape[0]):
        x = starts[0] + i
        for j in range(kernel.shape[1]):
            y = starts[1] + j
            for k in range(kernel.shape[2]):
                z = starts[2] + k
                eighth = (x & 2) * 2 + (y & 2) + (z & 2) // 2
                old = table[x >> 2, y >> 2, z >> 2, eighth]
                table[x >> 2, y >> 2, z >> 2, eighth] = max(old, kernel[i, j, k])
