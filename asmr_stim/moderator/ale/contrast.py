"""Where two groups of experiments differ, and where both converge.

The difference is ALE of the first group minus ALE of the second. Its p is two-sided,
P(|d*| >= |d|) over all ways to label the experiments with groups of the same sizes: exact by
enumeration where at most 20 experiments cover a voxel, by random labellings elsewhere. A voxel that
one experiment covers has p = 1: swapping that experiment gives the same |d|. Corrected for the
number of places looked at are |d| of a voxel, and size and mass of a cluster, by the largest of
each under random labellings.

References
----------
Eickhoff et al. 2011, NeuroImage 57:938, contrasts by permutation of labels; Nichols et al. 2005,
NeuroImage 25:653, conjunction by the minimum statistic.

Offers: ``contrast``; what it takes and gives is in ``contrast_result``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.activation import (
    ActivationMaps,
    Placement,
    activation_maps,
    content_order,
    loss_kernels,
)
from asmr_stim.moderator.ale.adequacy import small_group_warning
from asmr_stim.moderator.ale.clusters import Share, face_labels
from asmr_stim.moderator.ale.contrast_clusters import (
    CutSettings,
    LargestClusters,
    cuts,
    largest_clusters,
)
from asmr_stim.moderator.ale.contrast_result import (
    ContrastCluster,
    ContrastResult,
    ContrastSettings,
    Direction,
)
from asmr_stim.moderator.ale.coverage import Coverage, coverage
from asmr_stim.moderator.ale.enumeration import enumerated_p
from asmr_stim.moderator.ale.familywise import critical, familywise_p
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.labelling import Permuted, labellings, permuted
from asmr_stim.moderator.ale.result import AleResult, MonteCarlo

TIE = 1e-12
"""Two |d| closer than this are equal but for rounding: one unit of loss moves |d| by more."""


@dataclass(frozen=True)
class _Pair:
    """Both groups with losses in one unit."""

    placement: Placement
    maps: ActivationMaps
    cover: Coverage
    in_first: NDArray[np.bool_]
    mask: BrainMask

    def total_of(self, group: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the summed loss of the experiments in a group."""
        total = np.zeros(self.maps.n_voxels, np.int64)
        for experiment in np.flatnonzero(group):
            voxels, losses = self.maps.of(int(experiment))
            total[voxels] += losses
        return total

    def ale_of(self, group: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the ALE of the experiments in a group."""
        return -np.expm1(self.total_of(group) / -self.maps.units_per_nat)


def contrast(
    first: AleResult,
    second: AleResult,
    settings: ContrastSettings | None = None,
    n_threads: int = 1,
) -> ContrastResult:
    """Return where the ALE of two groups differ.

    Parameters
    ----------
    first, second : AleResult
        Of two groups without a common experiment, in the same mask. Where they were corrected,
        gate and conjunction take the clusters that the correction leaves.
    settings : ContrastSettings, optional
    n_threads : int
        Changes the time, not the result.

    Raises
    ------
    InputError
        If the masks differ, an experiment is in both groups, or a group has fewer than 17
        experiments and the comparison was not forced.
    """
    settings = settings or ContrastSettings()
    warnings = _refuse_or_warn(first, second, settings)
    pair = _paired(first, second)
    ale = pair.ale_of(pair.in_first), pair.ale_of(~pair.in_first)
    difference = ale[0] - ale[1]
    gate = _converging(first), _converging(second)
    where = _looked_at(gate, settings)
    tested = (pair.cover.depth > 0) & np.where(difference > 0, where.first, where.second)
    exact = enumerated_p(pair.cover, pair.in_first, n_threads)
    rows = _labellings(pair, settings.permutations)
    random = permuted(
        pair.cover, pair.in_first, rows, pair.maps.units_per_nat, n_threads, where.either
    )
    field = _field(difference, tested, exact, random)
    null = _null_clusters(pair, rows, where, n_threads) if settings.clusters else None
    alpha = settings.permutations.alpha
    return ContrastResult(
        mask=pair.mask,
        difference=difference,
        p=field.p,
        z=field.z,
        p_familywise=field.p_familywise,
        conjunction=np.where(gate[0] & gate[1], np.minimum(*ale), 0.0),
        n_enumerated=int((tested & ~np.isnan(exact)).sum()),
        n_tested=int(tested.sum()),
        critical=critical(random.largest, alpha),
        critical_size=None if null is None else critical(null.size, alpha),
        critical_mass=None if null is None else critical(null.mass, alpha),
        clusters=_clusters(pair, settings.cluster_p, field, null),
        settings=settings,
        warnings=(*warnings, *_coarse(len(rows), settings, int((tested & np.isnan(exact)).sum()))),
    )


def _coarse(n_rows: int, settings: ContrastSettings, n_voxels: int) -> tuple[str, ...]:
    """Return a warning where random labellings are too few for any p below the threshold."""
    smallest = 1.0 / (1.0 + n_rows)
    if smallest < settings.cluster_p or n_voxels == 0:
        return ()
    told = (
        f"{n_rows} random labellings give no p below {smallest:.2g}, and clusters are formed at "
        f"p < {settings.cluster_p:g}: {n_voxels} voxels without an exact p cannot be in a cluster "
        f"whatever the difference; take at least {math.floor(1.0 / settings.cluster_p)} labellings."
    )
    return (told,)


def _looked_at(
    gate: tuple[NDArray[np.bool_], NDArray[np.bool_]], settings: ContrastSettings
) -> CutSettings:
    """Return where either group may have the larger ALE."""
    if settings.gated:
        return CutSettings(settings.cluster_p, *gate)
    everywhere = np.ones(len(gate[0]), bool)
    return CutSettings(settings.cluster_p, everywhere, everywhere)


def _labellings(pair: _Pair, asked: MonteCarlo) -> NDArray[np.bool_]:
    """Return random labellings that do not depend on what the experiments are called."""
    n, n_first = len(pair.in_first), int(pair.in_first.sum())
    order = content_order(pair.placement)
    rows = np.empty((asked.n_iterations, n), bool)
    rows[:, order] = labellings(n, n_first, asked.n_iterations, asked.seed)
    return rows


def _null_clusters(
    pair: _Pair, rows: NDArray[np.bool_], where: CutSettings, n_threads: int
) -> LargestClusters:
    """Return the largest clusters of the labellings, formed as the observed ones are."""
    cut = cuts(pair.cover, pair.in_first, rows, where, n_threads)
    field = pair.mask, pair.maps.units_per_nat, n_threads
    return largest_clusters(pair.cover, rows, cut, where, field)


def _refuse_or_warn(
    first: AleResult, second: AleResult, settings: ContrastSettings
) -> tuple[str, ...]:
    masks = first.model.mask, second.model.mask
    if not (
        np.array_equal(masks[0].volume, masks[1].volume)
        and np.array_equal(masks[0].affine, masks[1].affine)
    ):
        raise InputError("the two groups were estimated in different brain masks")
    if both := sorted(set(first.model.placement.names) & set(second.model.placement.names)):
        raise InputError(f"these experiments are in both groups: {', '.join(both)}")
    fewest = min(first.counts.n_experiments, second.counts.n_experiments)
    told = small_group_warning(fewest)
    if told is None:
        return ()
    if not settings.forced:
        raise InputError(f"{told} Groups of this size are compared only when that is forced.")
    return (told,)


def _paired(first: AleResult, second: AleResult) -> _Pair:
    one, two, mask = first.model.placement, second.model.placement, first.model.mask
    joined = one.joined(two)
    maps = activation_maps(joined, loss_kernels(joined.n, mask.voxel_sizes_mm), mask)
    in_first = np.arange(len(joined.names)) < len(one.names)
    return _Pair(joined, maps, coverage(maps), in_first, mask)


def _converging(result: AleResult) -> NDArray[np.bool_]:
    """Return the voxels above the threshold, in clusters that the correction leaves if any was."""
    above = result.p < result.settings.cluster_p
    if result.familywise is None:
        return above
    labels = face_labels(above, result.model.mask)
    sizes = np.bincount(labels)
    return above & (sizes[labels] > result.familywise.size.value)


@dataclass(frozen=True)
class _Field:
    """What a cluster is read from."""

    difference: NDArray[np.float64]
    p: NDArray[np.float64]
    z: NDArray[np.float64]
    p_familywise: NDArray[np.float64]


def _field(
    difference: NDArray[np.float64],
    tested: NDArray[np.bool_],
    exact: NDArray[np.float64],
    random: Permuted,
) -> _Field:
    """Return p, exact where it could be enumerated and by chance elsewhere, and the z of it."""
    by_chance = (1.0 + random.reaching) / (1.0 + len(random.largest))
    p = np.where(tested, np.where(np.isnan(exact), by_chance, exact), 1.0)
    familywise = np.where(tested, familywise_p(np.abs(difference) - TIE, random.largest), 1.0)
    z = np.sign(difference) * np.maximum(-special.ndtri(p / 2.0), 0.0)
    return _Field(difference, p, z, familywise)


def _clusters(
    pair: _Pair, cluster_p: float, field: _Field, null: LargestClusters | None
) -> tuple[ContrastCluster, ...]:
    found: list[tuple[Direction, NDArray[np.int64]]] = []
    below = field.p < cluster_p
    sides: tuple[tuple[Direction, int], ...] = (("first", 1), ("second", -1))
    for side, sign in sides:
        labels = face_labels(below & (field.difference * sign > 0), pair.mask)
        found += [(side, np.flatnonzero(labels == at)) for at in range(1, labels.max() + 1)]
    found.sort(key=lambda one: (-len(one[1]), one[1][0]))
    return tuple(
        _described(number, one, (pair, field), null) for number, one in enumerate(found, start=1)
    )


def _described(
    number: int,
    found: tuple[Direction, NDArray[np.int64]],
    of: tuple[_Pair, _Field],
    null: LargestClusters | None,
) -> ContrastCluster:
    (side, members), (pair, field) = found, of
    peak = members[np.abs(field.difference[members]).argmax()]
    x, y, z = pair.mask.millimetres(pair.mask.indices()[peak])
    mass = float(np.abs(field.difference[members]).sum())
    size_p = mass_p = None
    if null is not None:
        size_p = float(familywise_p(np.array([len(members)]), null.size)[0])
        # sums of one labelling in another order differ in their last digits
        mass_p = float(familywise_p(np.array([mass * (1.0 - 1e-9)]), null.mass)[0])
    return ContrastCluster(
        number=number,
        larger_in=side,
        n_voxels=len(members),
        volume_mm3=len(members) * pair.mask.voxel_volume_mm3,
        peak_mm=(float(x), float(y), float(z)),
        peak_difference=float(field.difference[peak]),
        peak_p=float(field.p[peak]),
        peak_z=float(field.z[peak]),
        mass=mass,
        peak_p_familywise=float(field.p_familywise[peak]),
        size_p_familywise=size_p,
        mass_p_familywise=mass_p,
        contributions=_shares(pair, members, pair.in_first == (side == "first")),
    )


def _shares(pair: _Pair, members: NDArray[np.int64], group: NDArray[np.bool_]) -> tuple[Share, ...]:
    is_member = np.zeros(pair.maps.n_voxels, bool)
    is_member[members] = True
    losses = {}
    for experiment in np.flatnonzero(group):
        voxels, loss = pair.maps.of(int(experiment))
        losses[pair.placement.names[experiment]] = float(loss[is_member[voxels]].sum())
    every = sum(losses.values())
    found = [Share(name, loss / every) for name, loss in losses.items() if loss > 0]
    return tuple(sorted(found, key=lambda one: (-one.share, one.experiment)))
