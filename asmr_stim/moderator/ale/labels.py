"""Names for places: the labelled voxel of an atlas that lies nearest to a peak.

Peaks are in MNI space. For an atlas in Talairach space they are moved there first, by the matrix
that Lancaster et al. published (MNI to Talairach; ``spaces.to_talairach_mm``). A distance is that
to the nearest point of the voxel, in the atlas's own millimetres: 0 says that the peak lies in the
region.

Offers: ``LabelVolume``, ``Label``, ``nearest_label``, ``REACH_MM``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.spaces import to_talairach_mm
from asmr_stim.schema.foci import CoordinateSpace

REACH_MM = 5.0
"""How far from a peak a region may begin and still name it.

No farther than brains lie apart after normalisation (5.7 mm FWHM; Eickhoff et al. 2009).
"""

BACKGROUND = 0
"""The value of a voxel that belongs to no region."""

_MAX_COSINE = 1e-3
_SNAP_DECIMALS = 6
"""Places are rounded to this, so that a point on the border of two voxels is on it for both."""


@dataclass(frozen=True)
class LabelVolume:
    """An atlas: which region each voxel belongs to, and what the regions are called.

    Attributes
    ----------
    volume : int array, shape (x, y, z)
        The number of a region; 0 is none.
    affine : float array, shape (4, 4)
        Voxel indices to mm; its three axes must stand at right angles.
    space : "MNI" or "Talairach"
        The space of the mm.
    names : mapping of int to str
        A name for every number in the volume but 0; numbers that no voxel has do no harm.

    Raises
    ------
    InputError
        If the volume is not three-dimensional, names no voxel or has a number without a name, or
        the affine is no invertible, right-angled one.
    """

    volume: NDArray[np.int32]
    affine: NDArray[np.float64]
    space: CoordinateSpace
    names: Mapping[int, str]

    def __post_init__(self) -> None:
        if self.volume.ndim != 3:
            raise InputError(
                f"an atlas has three dimensions and a number for each region, this image has "
                f"{self.volume.ndim} dimensions; a probabilistic atlas must be made into one first"
            )
        found = [int(value) for value in np.unique(self.volume) if value != BACKGROUND]
        if not found:
            raise InputError("no voxel of the atlas belongs to a region: all of them are 0")
        if nameless := [value for value in found if value not in self.names]:
            raise InputError(
                f"{len(nameless)} of the {len(found)} numbers in the atlas have no name, "
                f"the first of them {nameless[0]}; add them to the table of labels"
            )
        if not _is_right_angled(self.affine):
            raise InputError("the axes of the atlas do not stand at right angles; resample it")

    @property
    def voxel_sizes_mm(self) -> NDArray[np.float64]:
        """Edge lengths of a voxel along the three array axes, mm, shape (3,)."""
        return np.asarray(np.linalg.norm(self.affine[:3, :3], axis=0))


class Label(NamedTuple):
    """A region and how far from the point it begins, mm; 0 if the point lies in it."""

    name: str
    distance_mm: float


def nearest_label(
    point_mm: tuple[float, float, float], atlas: LabelVolume, reach_mm: float = REACH_MM
) -> Label | None:
    """Return the region nearest to a point, or None if none lies within reach.

    Parameters
    ----------
    point_mm : (x, y, z), mm, MNI space
    atlas : LabelVolume
    reach_mm : float, mm
        A region that begins farther away gives no name.

    Returns
    -------
    Label or None
        Of two voxels equally near, as on the border of two regions, the one whose centre is
        nearer; of two centres equally near the first in array order.
    """
    point = np.array([point_mm], dtype=np.float64)
    here = point if atlas.space == "MNI" else to_talairach_mm(point)
    inverse = np.linalg.inv(atlas.affine)
    exact = np.round((here @ inverse[:3, :3].T + inverse[:3, 3])[0], _SNAP_DECIMALS)
    voxels = _labelled_around(exact, atlas, reach_mm)
    if not len(voxels):
        return None
    away = np.abs(voxels - exact)
    to_edge = _length_mm(np.maximum(away - 0.5, 0.0), atlas)
    first = np.lexsort((_length_mm(away, atlas), to_edge))[0]
    if to_edge[first] > reach_mm:
        return None
    return Label(atlas.names[int(atlas.volume[tuple(voxels[first])])], float(to_edge[first]))


def _labelled_around(
    exact: NDArray[np.float64], atlas: LabelVolume, reach_mm: float
) -> NDArray[np.int64]:
    """Return the indices, shape (n, 3), of labelled voxels in a box that holds all in reach."""
    # half a voxel from the point to the centre of its own, half a voxel from an edge to a centre
    steps = np.floor(reach_mm / atlas.voxel_sizes_mm + 1.0).astype(np.int64)
    centre = np.rint(exact).astype(np.int64)
    low = np.maximum(centre - steps, 0)
    high = np.maximum(centre + steps + 1, low)
    box = atlas.volume[tuple(map(slice, low, high))]
    return np.asarray(np.argwhere(box != BACKGROUND) + low)


def _length_mm(steps: NDArray[np.float64], atlas: LabelVolume) -> NDArray[np.float64]:
    lengths = np.linalg.norm(steps * atlas.voxel_sizes_mm, axis=1)
    return np.asarray(np.round(lengths, _SNAP_DECIMALS))


def _is_right_angled(affine: NDArray[np.float64]) -> bool:
    """Return whether an affine is finite, invertible and without shear."""
    if affine.shape != (4, 4) or not np.isfinite(affine).all():
        return False
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if (lengths == 0).any():
        return False
    axes = affine[:3, :3] / lengths
    return bool(np.abs(axes.T @ axes - np.eye(3)).max() <= _MAX_COSINE)
