"""Clusters: voxels above the threshold that touch by a face, and the experiments behind them.

The threshold is the cluster-forming p. Clusters found this way are not corrected for the number of
places looked at. A share of an experiment in a cluster is its part of the summed loss there.

Offers: ``Cluster``, ``Share``, ``find_clusters``, ``loss_threshold``, ``face_labels``,
``cluster_members``.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import uint64
from numpy.typing import NDArray
from scipy import ndimage

from asmr_stim.compiling import njit
from asmr_stim.moderator.ale.activation import ActivationMaps
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.null import NullDistribution, z_of

DOMINANT_SHARE = 0.5
"""An experiment with more than half of the summed loss carries its cluster."""

Point = tuple[float, float, float]


class Share(NamedTuple):
    """An experiment's part of the summed loss in a cluster, within (0, 1]."""

    experiment: str
    share: float


@dataclass(frozen=True)
class Cluster:
    """One cluster of supra-threshold voxels.

    Attributes
    ----------
    number : int
        From 1, the largest first.
    n_voxels : int
    volume_mm3 : float
    peak_mm : (x, y, z), mm
        The voxel with the largest ALE; of equals the first in array order.
    peak_ale, peak_z, peak_p : float
        p and z are those of the voxel alone.
    centre_mm : (x, y, z), mm
        Mean position, each voxel weighted with its ALE.
    mass : float
        Sum of ALE above the threshold.
    contributions : tuple of Share
        Every experiment with a share, the largest first.
    falls_without : tuple of str
        Experiments without which no voxel of the cluster would be above the threshold.
    """

    number: int
    n_voxels: int
    volume_mm3: float
    peak_mm: Point
    peak_ale: float
    peak_z: float
    peak_p: float
    centre_mm: Point
    mass: float
    contributions: tuple[Share, ...]
    falls_without: tuple[str, ...]

    @property
    def carried_by(self) -> str | None:
        """The experiment with more than half of the summed loss, if there is one."""
        first = self.contributions[0]
        return first.experiment if first.share > DOMINANT_SHARE else None


def loss_threshold(null: NullDistribution, maps: ActivationMaps, p: float) -> int:
    """Return the smallest summed loss whose p is below the one given, in units.

    Parameters
    ----------
    null : NullDistribution
    maps : ActivationMaps
        Give the unit.
    p : float, within (0, 1)
    """

    def is_below(loss: int) -> bool:
        return bool(null.p(maps.probability(np.array([loss], np.int32)))[0] < p)

    edge = min(null.lowest_ale_below(p), 1.0 - 1e-9)
    loss = math.ceil(-math.log1p(-edge) * maps.units_per_nat)
    # rounding in the exponential can put the edge one unit off
    return next((near for near in (loss - 1, loss) if near > 0 and is_below(near)), loss + 1)


def find_clusters(
    maps: ActivationMaps,
    names: tuple[str, ...],
    null: NullDistribution,
    threshold: int,
    mask: BrainMask,
) -> tuple[Cluster, ...]:
    """Return the clusters of voxels whose summed loss reaches the threshold, largest first.

    Parameters
    ----------
    maps : ActivationMaps
    names : tuple of str
        One for each experiment of ``maps``.
    null : NullDistribution
    threshold : int
        Summed loss, from ``loss_threshold``.
    mask : BrainMask
    """
    total = maps.total()
    members = cluster_members(total, threshold, mask)
    labels = np.zeros(len(total), np.int32)
    for number, inside in enumerate(members, start=1):
        labels[inside] = number
    parts = _parts(maps, total, labels, threshold)
    fallen = (parts.covered == np.bincount(labels)) & ~parts.stands
    at_threshold = float(maps.probability(np.array([threshold], np.int32))[0])
    field = _Field(maps.probability(total), at_threshold, null, mask, mask.indices())
    return tuple(
        _described(
            number,
            inside,
            _contributions(parts.losses[:, number], names),
            tuple(name for name, falls in zip(names, fallen[:, number], strict=True) if falls),
            field,
        )
        for number, inside in enumerate(members, start=1)
    )


def cluster_members(
    total: NDArray[np.int32], threshold: int, mask: BrainMask
) -> list[NDArray[np.int64]]:
    """Return the mask voxels of each cluster, the largest first.

    Of two of one size the one with the larger peak comes first, then the first in array order.

    Parameters
    ----------
    total : int array, shape (n_voxels,)
        Summed losses.
    threshold : int
    mask : BrainMask
    """
    labels = face_labels(total >= threshold, mask)
    members = [np.flatnonzero(labels == label) for label in range(1, labels.max() + 1)]
    return sorted(members, key=lambda inside: (-len(inside), -total[inside].max(), inside[0]))


@dataclass(frozen=True)
class _Field:
    """What a cluster is read from."""

    ale: NDArray[np.float64]
    at_threshold: float
    null: NullDistribution
    mask: BrainMask
    indices: NDArray[np.int64]


def face_labels(above: NDArray[np.bool_], mask: BrainMask) -> NDArray[np.int64]:
    """Return for each mask voxel the label of its cluster, 0 for none."""
    volume = np.zeros(mask.volume.shape, dtype=bool)
    volume[mask.volume] = above
    labels, _ = ndimage.label(volume)
    return np.asarray(labels[mask.volume], dtype=np.int64)


@dataclass(frozen=True)
class _Parts:
    """What each experiment (row) has in each cluster (column; column 0 is no cluster).

    ``covered`` counts its voxels there; ``stands`` says whether one of them reaches the threshold
    without it.
    """

    losses: NDArray[np.int64]
    covered: NDArray[np.int64]
    stands: NDArray[np.bool_]


def _parts(
    maps: ActivationMaps, total: NDArray[np.int32], labels: NDArray[np.int32], threshold: int
) -> _Parts:
    shape = (maps.n_experiments, int(labels.max()) + 1)
    parts = _Parts(np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, bool))
    _tally(
        (maps.offsets, maps.voxels, maps.losses),
        (total, labels, threshold),
        (parts.losses, parts.covered, parts.stands),
    )
    return parts


@njit(cache=True, nogil=True)
def _tally(maps: Any, clusters: Any, out: Any) -> None:
    offsets, voxels, losses = maps
    total, labels, threshold = clusters
    for e in range(offsets.shape[0] - 1):
        for at in range(uint64(offsets[e]), uint64(offsets[e + 1])):
            voxel = uint64(voxels[at])
            label = labels[voxel]
            if label > 0:
                out[0][e, label] += losses[at]
                out[1][e, label] += 1
                out[2][e, label] |= total[voxel] - losses[at] >= threshold


def _contributions(losses: NDArray[np.int64], names: tuple[str, ...]) -> tuple[Share, ...]:
    shares = losses / losses.sum()
    found = [Share(name, float(part)) for name, part in zip(names, shares, strict=True) if part > 0]
    return tuple(sorted(found, key=lambda one: (-one.share, one.experiment)))


def _described(
    number: int,
    members: NDArray[np.int64],
    contributions: tuple[Share, ...],
    falls_without: tuple[str, ...],
    field: _Field,
) -> Cluster:
    ale = field.ale[members]
    places = field.mask.millimetres(field.indices[members])
    peak = int(ale.argmax())
    p = field.null.p(ale[peak : peak + 1])
    return Cluster(
        number=number,
        n_voxels=len(members),
        volume_mm3=len(members) * field.mask.voxel_volume_mm3,
        peak_mm=_point(places[peak]),
        peak_ale=float(ale[peak]),
        peak_z=float(z_of(p)[0]),
        peak_p=float(p[0]),
        centre_mm=_point(ale @ places / ale.sum()),
        mass=float((ale - field.at_threshold).sum()),
        contributions=contributions,
        falls_without=falls_without,
    )


def _point(values: NDArray[np.float64]) -> Point:
    x, y, z = (float(value) for value in values)
    return (x, y, z)
