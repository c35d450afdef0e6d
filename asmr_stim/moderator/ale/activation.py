"""Modelled activation: for each experiment its loss at every voxel, in whole numbers.

MA is the largest kernel value over the foci of an experiment; its loss is ``-log(1 - MA)``. Losses
are kept as whole numbers of a unit that is a power of two of a nat, chosen so that the largest sum
that these experiments can reach stays below 2^30. Sums of whole numbers are the same in any order,
ties are ties, and nothing depends on the number of threads.

Offers: ``Placement``, ``place``, ``content_order``, ``LossKernels``, ``loss_kernels``,
``ActivationMaps``, ``activation_maps``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from asmr_stim.compiling import njit
from asmr_stim.moderator.ale.grid import BrainMask, Outside, Rounding, voxel_indices
from asmr_stim.moderator.ale.kernel import gaussian_kernel
from asmr_stim.schema.foci import Experiment

_compiled = njit(cache=True, nogil=True, error_model="numpy")

LARGEST_MA = 1.0 - 1e-9  # reached only where one voxel holds a whole kernel; its loss is finite
LOSS_BITS = 30  # the sum of all losses stays below 2^30: int32, with room for a sign


@dataclass(frozen=True)
class Placement:
    """Foci as voxels.

    Attributes
    ----------
    voxels : int array, shape (n_foci, 3)
        Sorted within each experiment, so that the order in the file leaves no trace.
    offsets : int array, shape (n_experiments + 1,)
        Foci of experiment e are ``voxels[offsets[e]:offsets[e + 1]]``.
    n : int array, shape (n_experiments,), people
    names : tuple of str
    n_outside : int
        Foci that lie outside the mask.
    emptied : tuple of str
        Experiments that were left without a focus, and so are not in ``names``.
    """

    voxels: NDArray[np.int64]
    offsets: NDArray[np.int64]
    n: NDArray[np.int64]
    names: tuple[str, ...]
    n_outside: int
    emptied: tuple[str, ...]

    def ordered(self, order: NDArray[np.int64]) -> "Placement":
        """Return the same experiments in another order."""
        spans = [slice(*self.offsets[e : e + 2]) for e in order]
        counts = np.diff(self.offsets)[order]
        return Placement(
            voxels=np.concatenate([self.voxels[span] for span in spans]),
            offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            n=self.n[order],
            names=tuple(self.names[e] for e in order),
            n_outside=self.n_outside,
            emptied=self.emptied,
        )

    def joined(self, other: "Placement") -> "Placement":
        """Return the experiments of this placement followed by those of another."""
        return Placement(
            voxels=np.concatenate([self.voxels, other.voxels]),
            offsets=np.concatenate([self.offsets, self.offsets[-1] + other.offsets[1:]]),
            n=np.concatenate([self.n, other.n]),
            names=self.names + other.names,
            n_outside=self.n_outside + other.n_outside,
            emptied=self.emptied + other.emptied,
        )


def content_order(placement: Placement) -> NDArray[np.int64]:
    """Return the order of the experiments by people and voxels: names leave no trace in it.

    Experiments that are the same in both may stand for each other.
    """
    spans = zip(placement.offsets[:-1], placement.offsets[1:], strict=True)
    voxels = [placement.voxels[first:last].tolist() for first, last in spans]
    keys = list(zip(placement.n.tolist(), voxels, strict=True))
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


def place(
    experiments: Sequence[Experiment], mask: BrainMask, rounding: Rounding, outside: Outside
) -> Placement:
    """Return the foci of the experiments as voxels of the mask's grid.

    Parameters
    ----------
    experiments : sequence of Experiment
        Foci in the space of the mask.
    mask : BrainMask
    rounding : "nearest" or "truncate"
    outside : "keep" or "drop"
    """
    foci = [focus for experiment in experiments for focus in experiment.foci]
    found = voxel_indices(np.array(foci, np.float64).reshape(-1, 3), mask, rounding)
    inside = mask.contains(found)
    owner = np.repeat(np.arange(len(experiments)), [len(e.foci) for e in experiments])
    kept = inside | (outside == "keep")
    order = np.lexsort((*found[kept].T[::-1], owner[kept]))
    counts = np.bincount(owner[kept], minlength=len(experiments))
    left = counts > 0
    names = [experiment.name for experiment in experiments]
    return Placement(
        voxels=found[kept][order],
        offsets=np.concatenate([[0], np.cumsum(counts[left])]).astype(np.int64),
        n=np.array([e.n for e in experiments], np.int64)[left],
        names=tuple(name for name, has in zip(names, left, strict=True) if has),
        n_outside=int((~inside).sum()),
        emptied=tuple(name for name, has in zip(names, left, strict=True) if not has),
    )


@dataclass(frozen=True)
class LossKernels:
    """One kernel for each distinct number of people, as whole numbers of loss.

    Attributes
    ----------
    values : int32 array, shape (n_kernels, x, y, z)
        Odd edges, the focus in the middle; smaller kernels have zeros around them.
    which : int array, shape (n_experiments,)
        The kernel of each experiment.
    units_per_nat : float
        A power of two.
    """

    values: NDArray[np.int32]
    which: NDArray[np.int64]
    units_per_nat: float


def loss_kernels(n: NDArray[np.int64], voxel_sizes_mm: tuple[float, float, float]) -> LossKernels:
    """Return the kernels of experiments with n people each.

    Parameters
    ----------
    n : int array, shape (n_experiments,), people
    voxel_sizes_mm : three floats, mm
    """
    distinct, which = np.unique(n, return_inverse=True)
    kernels = [gaussian_kernel(int(one), voxel_sizes_mm) for one in distinct]
    losses = [-np.log1p(-np.minimum(kernel, LARGEST_MA)) for kernel in kernels]
    most = math.fsum(losses[kernel].max() for kernel in which)  # the same in any order
    units = 2.0 ** math.floor(math.log2((2.0**LOSS_BITS - len(n)) / most))
    edges = np.max([loss.shape for loss in losses], axis=0)
    values = np.zeros((len(losses), *edges), np.int32)
    for value, loss in zip(values, losses, strict=True):
        low = (edges - loss.shape) // 2
        inner = tuple(slice(a, a + size) for a, size in zip(low, loss.shape, strict=True))
        value[inner] = np.rint(loss * units).astype(np.int32)
    return LossKernels(values, which.astype(np.int64), units)


@dataclass(frozen=True)
class ActivationMaps:
    """The loss of every experiment at every voxel where it is not zero.

    Attributes
    ----------
    offsets : int64 array, shape (n_experiments + 1,)
    voxels : int32 array
        Position among the mask's voxels; those of experiment e are ``offsets[e]:offsets[e + 1]``.
    losses : int32 array, same shape
    summed : int32 array, shape (n_voxels,)
        The losses of all experiments added up.
    levels : int32 array
        Every loss that may occur, rising from 0.
    counts : int32 array, shape (n_experiments, n_levels)
        Voxels of each experiment with each loss; none are counted for 0.
    units_per_nat : float
    """

    offsets: NDArray[np.int64]
    voxels: NDArray[np.int32]
    losses: NDArray[np.int32]
    summed: NDArray[np.int32]
    levels: NDArray[np.int32]
    counts: NDArray[np.int32]
    units_per_nat: float

    @property
    def n_voxels(self) -> int:
        """Voxels in the mask."""
        return len(self.summed)

    @property
    def n_experiments(self) -> int:
        """Number of experiments."""
        return len(self.offsets) - 1

    def of(self, experiment: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the voxels and losses of one experiment."""
        part = slice(self.offsets[experiment], self.offsets[experiment + 1])
        return self.voxels[part], self.losses[part]

    def total(self) -> NDArray[np.int32]:
        """Return the summed loss at each mask voxel, shape (n_voxels,)."""
        return self.summed

    def without(self, experiment: int) -> "ActivationMaps":
        """Return the maps of all experiments but one."""
        part = slice(self.offsets[experiment], self.offsets[experiment + 1])
        summed = self.summed.copy()
        summed[self.voxels[part]] -= self.losses[part]
        lengths = np.delete(np.diff(self.offsets), experiment)
        return ActivationMaps(
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            voxels=np.delete(self.voxels, part),
            losses=np.delete(self.losses, part),
            summed=summed,
            levels=self.levels,
            counts=np.delete(self.counts, experiment, axis=0),
            units_per_nat=self.units_per_nat,
        )

    def probability(self, loss: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return ``1 - exp(-loss)``: MA of one experiment's loss, ALE of a sum."""
        return -np.expm1(loss / -self.units_per_nat)


def activation_maps(placement: Placement, kernels: LossKernels, mask: BrainMask) -> ActivationMaps:
    """Return the modelled activation of each experiment.

    Parameters
    ----------
    placement : Placement
    kernels : LossKernels
        As many in ``which`` as there are experiments.
    mask : BrainMask
    """
    seat = np.full(mask.volume.shape, -1, np.int32)
    seat[mask.volume] = np.arange(mask.n_voxels, dtype=np.int32)
    ranks, levels = _ranked(kernels.values)
    of_kernel = (ranks > 0).reshape(len(ranks), -1).sum(axis=1)
    most = np.minimum(np.diff(placement.offsets) * of_kernel[kernels.which], mask.n_voxels)
    voxels, losses = np.empty(most.sum(), np.int32), np.empty(most.sum(), np.int32)
    summed = np.zeros(mask.n_voxels, np.int32)
    counts = np.zeros((len(placement.names), len(levels)), np.int32)
    offsets = _spread_all(
        (placement.voxels, placement.offsets, kernels.which),
        (ranks, levels),
        (mask.volume.shape, seat.ravel(), np.zeros(mask.n_voxels, np.int32)),
        (voxels, losses, summed, counts),
    )
    return ActivationMaps(
        offsets=offsets,
        voxels=voxels[: offsets[-1]],
        losses=losses[: offsets[-1]],
        summed=summed,
        levels=levels,
        counts=counts,
        units_per_nat=kernels.units_per_nat,
    )


def _ranked(values: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return kernels with each value as its rank among all distinct ones, and these.

    A kernel is the same on either side of its middle in every axis: an eighth of it is sorted.
    """
    middle = [edge // 2 for edge in values.shape[1:]]
    eighth = values[:, middle[0] :, middle[1] :, middle[2] :]
    levels, ranks = np.unique(np.append(eighth, np.int32(0)), return_inverse=True)
    mirrors = [np.abs(np.arange(2 * half + 1) - half) for half in middle]
    of_eighth = ranks[:-1].reshape(eighth.shape).astype(np.int32)
    return of_eighth[np.ix_(np.arange(len(values)), *mirrors)], levels


@_compiled
def _spread_all(foci: Any, kernels: Any, grid: Any, out: Any) -> NDArray[np.int64]:
    """Fill the maps experiment by experiment; return where each begins."""
    places, first, which = foci
    ranks, levels = kernels
    offsets = np.zeros(first.shape[0], np.int64)
    for e in range(first.shape[0] - 1):
        begin = offsets[e]
        touched = out[0][begin:]
        count = uint64(0)
        for f in range(first[e], first[e + 1]):
            count = _spread(places[f], ranks[which[e]], grid, touched, count)
        _settle(touched[:count], levels, grid[2], (out[1][begin:], out[2], out[3][e]))
        offsets[e + 1] = begin + count
    return offsets


@_compiled
def _spread(place: Any, ranks: Any, grid: Any, touched: Any, count: Any) -> Any:
    """Raise every voxel around a focus to its rank; list those that were at zero.

    Indices are unsigned, so that the compiler need not look for negative ones.
    """
    shape, seat, scratch = grid
    hx, hy, hz = ranks.shape[0] // 2, ranks.shape[1] // 2, ranks.shape[2] // 2
    x, y, z = place[0] - hx, place[1] - hy, place[2] - hz
    low, high = max(0, -z), min(ranks.shape[2], shape[2] - z)
    for i in range(max(0, -x), min(ranks.shape[0], shape[0] - x)):
        for j in range(max(0, -y), min(ranks.shape[1], shape[1] - y)):
            row = uint64(((x + i) * shape[1] + y + j) * shape[2] + z + low)
            kernel = ranks[uint64(i), uint64(j), low:]
            for k in range(uint64(max(0, high - low))):
                rank, voxel = kernel[k], seat[row + k]
                if voxel < 0:
                    continue
                here = uint64(voxel)
                old = scratch[here]
                if rank > old:
                    scratch[here] = rank
                    if old == 0:
                        touched[count] = voxel
                        count += uint64(1)
    return count


@_compiled
def _settle(touched: Any, levels: Any, scratch: Any, out: Any) -> None:
    """Write the loss of each listed voxel, add it up and count it; empty the scratch."""
    losses, summed, counts = out
    for at in range(uint64(touched.shape[0])):
        voxel = uint64(touched[at])
        rank = uint64(scratch[voxel])
        scratch[voxel] = 0
        losses[at] = levels[rank]
        summed[voxel] += levels[rank]
        counts[rank] += 1
