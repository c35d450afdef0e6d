"""Modelled activation: for each experiment its loss at every voxel, in whole numbers.

MA is the largest kernel value over the foci of an experiment; its loss is ``-log(1 - MA)``. Losses
are kept as whole numbers of a unit that is a power of two of a nat, chosen so that the largest sum
that these experiments can reach stays below 2^30. Sums of whole numbers are the same in any order,
ties are ties, and nothing depends on the number of threads.

Offers: ``Placement``, ``place``, ``LossKernels``, ``loss_kernels``, ``ActivationMaps``,
``activation_maps``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from asmr_stim.moderator.ale.grid import BrainMask, Outside, Rounding, voxel_indices
from asmr_stim.moderator.ale.kernel import gaussian_kernel
from asmr_stim.schema.foci import Experiment

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
    voxels, n_outside = [], 0
    for experiment in experiments:
        found = voxel_indices(np.array(experiment.foci), mask, rounding)
        inside = mask.contains(found)
        n_outside += int((~inside).sum())
        kept = found if outside == "keep" else found[inside]
        voxels.append(kept[np.lexsort(kept.T[::-1])])
    left = [len(found) > 0 for found in voxels]
    counts = [len(found) for found in voxels if len(found)]
    return Placement(
        voxels=np.concatenate([*voxels, np.empty((0, 3), np.int64)]),
        offsets=np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64),
        n=np.array([e.n for e, has in zip(experiments, left, strict=True) if has], np.int64),
        names=tuple(e.name for e, has in zip(experiments, left, strict=True) if has),
        n_outside=n_outside,
        emptied=tuple(e.name for e, has in zip(experiments, left, strict=True) if not has),
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
    most = sum(losses[kernel].max() for kernel in which)
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
    n_voxels : int
        Voxels in the mask.
    units_per_nat : float
    """

    offsets: NDArray[np.int64]
    voxels: NDArray[np.int32]
    losses: NDArray[np.int32]
    n_voxels: int
    units_per_nat: float

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
        return np.asarray(_summed(self.voxels, self.losses, self.n_voxels))

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
    rank = np.full(mask.volume.shape, -1, np.int32)
    rank[mask.volume] = np.arange(mask.n_voxels, dtype=np.int32)
    scratch = np.zeros(mask.n_voxels, np.int32)
    spans = list(zip(placement.offsets[:-1], placement.offsets[1:], strict=True))
    of_kernel = (kernels.values > 0).reshape(len(kernels.values), -1).sum(axis=1)
    most = np.minimum(np.diff(placement.offsets) * of_kernel[kernels.which], mask.n_voxels)
    voxels, losses = np.empty(most.sum(), np.int32), np.empty(most.sum(), np.int32)
    offsets = np.zeros(len(spans) + 1, np.int64)
    for e, (first, last) in enumerate(spans):
        kernel = kernels.values[kernels.which[e]]
        room = voxels[offsets[e] :], losses[offsets[e] :]
        count = _spread(placement.voxels[first:last], kernel, rank, scratch, room)
        offsets[e + 1] = offsets[e] + count
    return ActivationMaps(
        offsets=offsets,
        voxels=voxels[: offsets[-1]],
        losses=losses[: offsets[-1]],
        n_voxels=mask.n_voxels,
        units_per_nat=kernels.units_per_nat,
    )


@numba.njit(cache=True, nogil=True)
def _spread(
    foci: NDArray[np.int64],
    kernel: NDArray[np.int32],
    rank: NDArray[np.int32],
    scratch: NDArray[np.int32],
    room: tuple[NDArray[np.int32], NDArray[np.int32]],
) -> int:
    """List the voxels around the foci and the largest kernel value in each; return how many.

    ``scratch`` is zero before and after.
    """
    touched, losses = room
    count = 0
    ex, ey, ez = kernel.shape
    nx, ny, nz = rank.shape
    for f in range(foci.shape[0]):
        x0, y0, z0 = foci[f, 0] - ex // 2, foci[f, 1] - ey // 2, foci[f, 2] - ez // 2
        for i in range(max(0, -x0), min(ex, nx - x0)):
            for j in range(max(0, -y0), min(ey, ny - y0)):
                for k in range(max(0, -z0), min(ez, nz - z0)):
                    loss = kernel[i, j, k]
                    voxel = rank[x0 + i, y0 + j, z0 + k]
                    if voxel < 0 or loss <= scratch[voxel]:
                        continue
                    if scratch[voxel] == 0:
                        touched[count] = voxel
                        count += 1
                    scratch[voxel] = loss
    for at in range(count):
        losses[at] = scratch[touched[at]]
        scratch[touched[at]] = 0
    return count


@numba.njit(cache=True, nogil=True)
def _summed(
    voxels: NDArray[np.int32], losses: NDArray[np.int32], n_voxels: int
) -> NDArray[np.int32]:
    total = np.zeros(n_voxels, np.int32)
    for at in range(voxels.shape[0]):
        total[voxels[at]] += losses[at]
    return total
