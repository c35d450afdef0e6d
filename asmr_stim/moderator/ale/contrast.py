"""Where two groups of experiments differ, and where both converge.

The difference is ALE of the first group minus ALE of the second. Its p is two-sided,
P(|d*| >= |d|) over all ways to label the experiments with groups of the same sizes: exact by
enumeration where at most 24 experiments cover a voxel, by random labellings elsewhere. A voxel that
one experiment covers has p = 1: swapping that experiment gives the same |d|.

References
----------
Eickhoff et al. 2011, NeuroImage 57:938, contrasts by permutation of labels; Nichols et al. 2005,
NeuroImage 25:653, conjunction by the minimum statistic.

Offers: ``contrast``, ``ContrastSettings``, ``ContrastResult``, ``ContrastCluster``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.activation import (
    ActivationMaps,
    Placement,
    activation_maps,
    loss_kernels,
)
from asmr_stim.moderator.ale.adequacy import SOURCE, SUBGROUP_EXPERIMENTS
from asmr_stim.moderator.ale.clusters import Point, Share, face_labels
from asmr_stim.moderator.ale.coverage import Coverage, coverage
from asmr_stim.moderator.ale.familywise import critical, familywise_p
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.labelling import enumerated_p, labellings, permuted
from asmr_stim.moderator.ale.result import AleResult, Critical, MonteCarlo

TIE = 1e-12
"""Two |d| closer than this are equal but for rounding: one unit of loss moves |d| by more."""

Direction = Literal["first", "second"]
"""Which group has the larger ALE."""


@dataclass(frozen=True)
class ContrastSettings:
    """How groups are compared.

    Attributes
    ----------
    permutations : MonteCarlo
        Number of random labellings, their seed, and the family-wise error rate.
    cluster_p : float, within (0, 1)
        Cluster-forming p of a voxel, two-sided.
    gated : bool
        Look for a difference only where the group with the larger ALE converges by itself.
    forced : bool
        Compare groups of fewer than 17 experiments all the same.

    Raises
    ------
    InputError
        If ``cluster_p`` is no probability between 0 and 1.
    """

    permutations: MonteCarlo = MonteCarlo()  # noqa: RUF009 - frozen, so it may be shared
    cluster_p: float = 0.001
    gated: bool = False
    forced: bool = False

    def __post_init__(self) -> None:
        if not 0.0 < self.cluster_p < 1.0:
            raise InputError(f"the cluster-forming p is {self.cluster_p:g}; give one in (0, 1)")


@dataclass(frozen=True)
class ContrastCluster:
    """Voxels that touch by a face, differ in one direction and have p below the threshold.

    Attributes
    ----------
    number : int
        From 1, the largest first.
    larger_in : "first" or "second"
    n_voxels : int
    volume_mm3 : float
    peak_mm : (x, y, z), mm
        The voxel with the largest difference.
    peak_difference : float
        ALE of the first group minus ALE of the second.
    peak_p, peak_z : float
        Two-sided p of that voxel alone, and z with the sign of the difference.
    peak_p_familywise : float
    contributions : tuple of Share
        Experiments of the group with the larger ALE, the largest share of its loss first.
    """

    number: int
    larger_in: Direction
    n_voxels: int
    volume_mm3: float
    peak_mm: Point
    peak_difference: float
    peak_p: float
    peak_z: float
    peak_p_familywise: float
    contributions: tuple[Share, ...]


@dataclass(frozen=True)
class ContrastResult:
    """A comparison of two groups; arrays are at the mask's voxels in C order.

    Attributes
    ----------
    mask : BrainMask
    difference : float array, shape (n_voxels,)
        ALE of the first group minus ALE of the second.
    p : float array
        Two-sided, for each voxel alone; 1 outside the gate.
    z : float array
        Of p, with the sign of the difference; finite.
    p_familywise : float array
        From the largest |d| anywhere; 1 outside the gate.
    conjunction : float array
        The smaller of the two ALE where both groups converge, 0 elsewhere.
    n_enumerated : int
        Voxels with an exact p.
    n_tested : int
        Voxels that were looked at: covered, and inside the gate if there is one.
    critical : Critical
        |d| above which the family-wise p is at most alpha.
    clusters : tuple of ContrastCluster
    settings : ContrastSettings
    warnings : tuple of str
    """

    mask: BrainMask
    difference: NDArray[np.float64]
    p: NDArray[np.float64]
    z: NDArray[np.float64]
    p_familywise: NDArray[np.float64]
    conjunction: NDArray[np.float64]
    n_enumerated: int
    n_tested: int
    critical: Critical
    clusters: tuple[ContrastCluster, ...]
    settings: ContrastSettings
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Pair:
    """Both groups with losses in one unit."""

    placement: Placement
    maps: ActivationMaps
    cover: Coverage
    in_first: NDArray[np.bool_]
    mask: BrainMask

    def ale_of(self, group: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the ALE of the experiments in a group."""
        total = np.zeros(self.maps.n_voxels, np.int64)
        for experiment in np.flatnonzero(group):
            voxels, losses = self.maps.of(int(experiment))
            total[voxels] += losses
        return -np.expm1(total / -self.maps.units_per_nat)


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
    converging = _converging(first), _converging(second)
    tested = pair.cover.depth > 0
    if settings.gated:
        tested &= np.where(difference > 0, converging[0], converging[1])
    exact = enumerated_p(pair.cover, pair.in_first, n_threads)
    asked = settings.permutations
    rows = labellings(len(pair.in_first), int(pair.in_first.sum()), asked.n_iterations, asked.seed)
    random = permuted(pair.cover, pair.in_first, rows, pair.maps.units_per_nat, n_threads)
    by_chance = (1.0 + random.reaching) / (1.0 + asked.n_iterations)
    p = np.where(tested, np.where(np.isnan(exact), by_chance, exact), 1.0)
    familywise = np.where(tested, familywise_p(np.abs(difference) - TIE, random.largest), 1.0)
    z = np.sign(difference) * np.maximum(-special.ndtri(p / 2.0), 0.0)
    return ContrastResult(
        mask=pair.mask,
        difference=difference,
        p=p,
        z=z,
        p_familywise=familywise,
        conjunction=np.where(converging[0] & converging[1], np.minimum(*ale), 0.0),
        n_enumerated=int((tested & ~np.isnan(exact)).sum()),
        n_tested=int(tested.sum()),
        critical=critical(random.largest, asked.alpha),
        clusters=_clusters(pair, settings.cluster_p, _Field(difference, p, z, familywise)),
        settings=settings,
        warnings=warnings,
    )


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
    if fewest >= SUBGROUP_EXPERIMENTS:
        return ()
    told = (
        f"One of the groups has {fewest} experiments, fewer than {SUBGROUP_EXPERIMENTS}; single "
        f"experiments can make such a difference ({SOURCE})."
    )
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


def _clusters(pair: _Pair, cluster_p: float, field: _Field) -> tuple[ContrastCluster, ...]:
    found: list[tuple[Direction, NDArray[np.int64]]] = []
    below = field.p < cluster_p
    sides: tuple[tuple[Direction, int], ...] = (("first", 1), ("second", -1))
    for side, sign in sides:
        labels = face_labels(below & (field.difference * sign > 0), pair.mask)
        found += [(side, np.flatnonzero(labels == at)) for at in range(1, labels.max() + 1)]
    found.sort(key=lambda one: (-len(one[1]), one[1][0]))
    return tuple(
        _described(number, side, members, pair, field)
        for number, (side, members) in enumerate(found, start=1)
    )


def _described(
    number: int, side: Direction, members: NDArray[np.int64], pair: _Pair, field: _Field
) -> ContrastCluster:
    peak = members[np.abs(field.difference[members]).argmax()]
    x, y, z = pair.mask.millimetres(pair.mask.indices()[peak])
    return ContrastCluster(
        number=number,
        larger_in=side,
        n_voxels=len(members),
        volume_mm3=len(members) * pair.mask.voxel_volume_mm3,
        peak_mm=(float(x), float(y), float(z)),
        peak_difference=float(field.difference[peak]),
        peak_p=float(field.p[peak]),
        peak_z=float(field.z[peak]),
        peak_p_familywise=float(field.p_familywise[peak]),
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
