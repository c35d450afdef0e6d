"""What a contrast of two groups is asked and what it answers.

Offers: ``ContrastSettings``, ``ContrastCluster``, ``ContrastResult``, ``Direction``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.clusters import Point, Share
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.result import Critical, MonteCarlo

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
    clusters : bool
        Correct sizes and masses of clusters too, which takes longer than the rest.

    Raises
    ------
    InputError
        If ``cluster_p`` is no probability between 0 and 1.
    """

    permutations: MonteCarlo = MonteCarlo()  # noqa: RUF009 - frozen, so it may be shared
    cluster_p: float = 0.001
    gated: bool = False
    forced: bool = False
    clusters: bool = True

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
    mass : float
        Sum of |difference| over its voxels.
    peak_p_familywise : float
        Of |difference| at the peak.
    size_p_familywise, mass_p_familywise : float or None
        Of the number of voxels and of the mass; None where they were not asked for.
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
    mass: float
    peak_p_familywise: float
    size_p_familywise: float | None
    mass_p_familywise: float | None
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
        From the largest |d| anywhere in the gate; 1 outside it.
    conjunction : float array
        The smaller of the two ALE where both groups converge, 0 elsewhere.
    n_enumerated : int
        Voxels with an exact p.
    n_tested : int
        Voxels that were looked at: covered, and inside the gate if there is one.
    critical : Critical
        |d| above which the family-wise p is at most alpha.
    critical_size, critical_mass : Critical or None
        The same for voxels and mass of a cluster; None where they were not asked for.
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
    critical_size: Critical | None
    critical_mass: Critical | None
    clusters: tuple[ContrastCluster, ...]
    settings: ContrastSettings
    warnings: tuple[str, ...]
