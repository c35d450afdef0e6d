"""The losses of the experiments seen from each voxel: which cover it, and with how much.

Offers: ``Coverage``, ``coverage``.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit
from asmr_stim.moderator.ale.activation import ActivationMaps


class Coverage(NamedTuple):
    """For each voxel the experiments that cover it; a tuple, which compiled code can read.

    Attributes
    ----------
    first : int64 array, (n_voxels + 1,)
        Entries of voxel v are ``first[v]:first[v + 1]``.
    experiment : int32 array
        In rising order for each voxel.
    loss : int32 array
    """

    first: NDArray[np.int64]
    experiment: NDArray[np.int32]
    loss: NDArray[np.int32]

    @property
    def depth(self) -> NDArray[np.int64]:
        """How many experiments cover each voxel, shape (n_voxels,)."""
        return np.diff(self.first)


def coverage(maps: ActivationMaps) -> Coverage:
    """Return the activation maps turned round: by voxel, not by experiment.

    Parameters
    ----------
    maps : ActivationMaps
    """
    counts = np.bincount(maps.voxels, minlength=maps.n_voxels)
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    experiment = np.empty(len(maps.voxels), np.int32)
    loss = np.empty(len(maps.voxels), np.int32)
    _turn(maps.offsets, maps.voxels, maps.losses, first[:-1].copy(), (experiment, loss))
    return Coverage(first, experiment, loss)


@njit(cache=True, nogil=True)
def _turn(
    offsets: NDArray[np.int64],
    voxels: NDArray[np.int32],
    losses: NDArray[np.int32],
    free: NDArray[np.int64],
    out: tuple[NDArray[np.int32], NDArray[np.int32]],
) -> None:
    for e in range(offsets.shape[0] - 1):
        for at in range(offsets[e], offsets[e + 1]):
            place = free[voxels[at]]
            out[0][place] = e
            out[1][place] = losses[at]
            free[voxels[at]] += 1
