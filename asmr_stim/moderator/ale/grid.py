"""The voxel grid of an analysis: a brain mask, and where millimetres fall in it.

Offers: ``BrainMask``, ``voxel_indices``, ``Rounding``, ``Outside``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import InputError
from asmr_stim.schema.foci import CoordinateSpace

Rounding = Literal["nearest", "truncate"]
"""How mm become voxels: to the nearest (ties to even), or toward zero as older programs did."""

Outside = Literal["keep", "drop"]
"""Foci outside the mask: their tails still count inside it, or they are left out."""

_SNAP_DECIMALS = 6
"""Indices are rounded to this first, so that 44.4999999 from a matrix inverse is a tie again."""


@dataclass(frozen=True)
class BrainMask:
    """Which voxels are analysed and where they lie.

    Attributes
    ----------
    volume : bool array, shape (x, y, z)
    affine : float array, shape (4, 4)
        Voxel indices to mm; its three axes must stand at right angles.
    space : "MNI" or "Talairach"
        The space of the mm.

    Raises
    ------
    InputError
        If the volume is not three-dimensional or has no voxel in it, or the affine is no
        invertible, right-angled one.
    """

    volume: NDArray[np.bool_]
    affine: NDArray[np.float64]
    space: CoordinateSpace = "MNI"

    def __post_init__(self) -> None:
        if self.volume.ndim != 3:
            raise InputError(f"a brain mask has three dimensions, this one {self.volume.ndim}")
        if not self.volume.any():
            raise InputError("the brain mask is empty: no voxel in it is above zero")
        axes = self.affine[:3, :3]
        if self.affine.shape != (4, 4) or not np.isfinite(self.affine).all():
            raise InputError("the affine of the brain mask is not 4 x 4 finite numbers")
        lengths = np.linalg.norm(axes, axis=0)
        if (lengths == 0).any():
            raise InputError("the affine of the brain mask gives a voxel no extent")
        cosines = (axes / lengths).T @ (axes / lengths)
        if np.abs(cosines - np.eye(3)).max() > 1e-3:
            raise InputError("the axes of the brain mask do not stand at right angles")

    @property
    def voxel_sizes_mm(self) -> tuple[float, float, float]:
        """Edge lengths of a voxel along the three array axes, mm."""
        x, y, z = np.linalg.norm(self.affine[:3, :3], axis=0)
        return (float(x), float(y), float(z))

    @property
    def voxel_volume_mm3(self) -> float:
        """Volume of one voxel, mm3."""
        return float(np.prod(self.voxel_sizes_mm))

    @property
    def n_voxels(self) -> int:
        """Number of voxels in the mask."""
        return int(self.volume.sum())

    def indices(self) -> NDArray[np.int64]:
        """Return the array indices of the mask's voxels, shape (n_voxels, 3), in C order."""
        return np.argwhere(self.volume)

    def millimetres(self, indices: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the mm of array indices, shape (..., 3)."""
        return np.asarray(indices @ self.affine[:3, :3].T + self.affine[:3, 3], dtype=np.float64)

    def filled(self, values: NDArray[np.float64], outside: float = 0.0) -> NDArray[np.float64]:
        """Return a volume with one value a mask voxel, and ``outside`` elsewhere."""
        volume = np.full(self.volume.shape, outside, dtype=np.float64)
        volume[self.volume] = values
        return volume

    def contains(self, indices: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each row of indices, shape (n, 3), whether it is a voxel of the mask."""
        within = ((indices >= 0) & (indices < self.volume.shape)).all(axis=1)
        inside = np.zeros(len(indices), dtype=bool)
        inside[within] = self.volume[tuple(indices[within].T)]
        return inside


def voxel_indices(
    foci_mm: NDArray[np.float64], mask: BrainMask, rounding: Rounding
) -> NDArray[np.int64]:
    """Return the voxel that each focus falls in; it may lie outside the mask or the grid.

    Parameters
    ----------
    foci_mm : float array, shape (n, 3), mm
    mask : BrainMask
    rounding : "nearest" or "truncate"
        Coordinates in odd mm fall between two voxels of a 2 mm grid: most foci do. ``nearest``
        takes the even index then, so that neither side of the brain is preferred.

    Returns
    -------
    int array, shape (n, 3)
    """
    inverse = np.linalg.inv(mask.affine)
    exact = np.round(foci_mm @ inverse[:3, :3].T + inverse[:3, 3], _SNAP_DECIMALS)
    rounded = np.rint(exact) if rounding == "nearest" else np.trunc(exact)
    return np.asarray(rounded, dtype=np.int64)
