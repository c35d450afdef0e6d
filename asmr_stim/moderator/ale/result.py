"""What an ALE is asked and what it answers.

Offers: ``AleSettings``, ``Counts``, ``AleModel``, ``AleResult``, ``NotEstimable``; ``MonteCarlo``,
``Critical``, ``ClusterP``, ``Familywise``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.activation import ActivationMaps, LossKernels, Placement
from asmr_stim.moderator.ale.clusters import Cluster
from asmr_stim.moderator.ale.dependence import Dependence
from asmr_stim.moderator.ale.grid import BrainMask, Outside, Rounding
from asmr_stim.moderator.ale.null import NullDistribution, NullOrder


@dataclass(frozen=True)
class AleSettings:
    """What may be chosen; every value is written into the result.

    Attributes
    ----------
    cluster_p : float, within (0, 1)
        Cluster-forming p of a voxel, uncorrected.
    rounding : "nearest" or "truncate"
    outside : "keep" or "drop"
    dependence : "merge" or "keep"
    convert_talairach : bool
        Whether foci in Talairach space may be moved to MNI space.
    pool_contrast_types : bool
        Whether experiments of several contrast types may enter together.
    null_order : "names" or "content"
        Order in which experiments are combined to the null distribution.
    fdr : bool
        Whether the false discovery rate is wanted too; advised against.

    Raises
    ------
    InputError
        If ``cluster_p`` is no probability between 0 and 1.
    """

    cluster_p: float = 0.001
    rounding: Rounding = "nearest"
    outside: Outside = "keep"
    dependence: Dependence = "merge"
    convert_talairach: bool = False
    pool_contrast_types: bool = False
    null_order: NullOrder = "names"
    fdr: bool = False

    def __post_init__(self) -> None:
        if not 0.0 < self.cluster_p < 1.0:
            raise InputError(f"the cluster-forming p is {self.cluster_p:g}; give one in (0, 1)")


@dataclass(frozen=True)
class Counts:
    """What entered and what did not.

    Attributes
    ----------
    n_given : int
        Experiments handed in.
    n_experiments : int
        Independent experiments in the estimate, after merging.
    n_foci : int
        Foci in the estimate.
    n_people : int
        Sum of n over the experiments in the estimate.
    n_outside_mask : int
        Foci outside the mask, kept or dropped as the settings say.
    merged : tuple of tuples of str
        Names that became one experiment because they share a sample.
    n_without_sample : int
        Experiments without a sample id; their dependence was not checked.
    emptied : tuple of str
        Experiments that lost every focus to ``outside="drop"``.
    converted : tuple of str
        Experiments whose foci were moved from Talairach to MNI space.
    """

    n_given: int
    n_experiments: int
    n_foci: int
    n_people: int
    n_outside_mask: int
    merged: tuple[tuple[str, ...], ...]
    n_without_sample: int
    emptied: tuple[str, ...]
    converted: tuple[str, ...]


@dataclass(frozen=True)
class AleModel:
    """What an estimate is computed from; corrections and diagnostics start here.

    Attributes
    ----------
    mask : BrainMask
    placement : Placement
    kernels : LossKernels
    maps : ActivationMaps
    null : NullDistribution
    threshold : int
        Smallest summed loss whose p is below the cluster-forming one, in units.
    """

    mask: BrainMask
    placement: Placement
    kernels: LossKernels
    maps: ActivationMaps
    null: NullDistribution
    threshold: int


@dataclass(frozen=True)
class MonteCarlo:
    """How the family-wise error is estimated.

    Attributes
    ----------
    n_iterations : int
        Random arrangements of the foci, at most; at least 1 / alpha.
    seed : int, within [0, 2^63)
        The same seed gives the same bits on any number of threads.
    alpha : float, within (0, 1)
        Family-wise error rate at which clusters and voxels are called significant.
    stop_at_error : float or None, above 0
        Stop before ``n_iterations`` once the Monte Carlo standard error of each critical value
        (ALE, size, mass) is at most this share of it. Looked at after every 1,000 arrangements,
        so that the number of threads does not matter. Labellings of a contrast do not stop.

    Raises
    ------
    InputError
        If one of them is out of range, or alpha cannot be reached with so few iterations.
    """

    n_iterations: int = 10_000
    seed: int = 0
    alpha: float = 0.05
    stop_at_error: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.alpha < 1.0:
            raise InputError(f"alpha is {self.alpha:g}; give one in (0, 1)")
        if not 0 <= self.seed < 2**63:
            raise InputError(f"the seed is {self.seed}; give a whole number from 0 to 2^63 - 1")
        if self.stop_at_error is not None and not self.stop_at_error > 0.0:
            raise InputError(
                f"the error to stop at is {self.stop_at_error:g}; give a share above 0, like 0.01"
            )
        if (self.n_iterations + 1) * self.alpha < 1.0:
            raise InputError(
                f"{self.n_iterations} iterations cannot reach alpha = {self.alpha:g}; "
                f"take at least {math.ceil(1.0 / self.alpha)}, better 10000"
            )


@dataclass(frozen=True)
class Critical:
    """A value that only so many random arrangements exceed, with its Monte Carlo error.

    Attributes
    ----------
    value : float
        What lies above it has a family-wise p of at most alpha.
    standard_error : float
        Of the quantile that it is.
    """

    value: float
    standard_error: float


@dataclass(frozen=True)
class ClusterP:
    """Family-wise p of one cluster: of its peak ALE, its size and its mass.

    Attributes
    ----------
    peak, size, mass : float
    peak_error, size_error, mass_error : float
        Monte Carlo standard errors, sqrt(p (1 - p) / (n + 1)) after n arrangements.
    """

    peak: float
    size: float
    mass: float
    peak_error: float
    size_error: float
    mass_error: float


@dataclass(frozen=True)
class Familywise:
    """What the largest values of random arrangements say about a result.

    Every p is (1 + how many maxima reach the value) / (1 + iterations); Phipson and Smyth 2010.

    Attributes
    ----------
    settings : MonteCarlo
    null_ale, null_size, null_mass : arrays, shape (n_iterations,)
        Largest ALE, cluster size (voxels) and cluster mass of each arrangement.
    ale, size, mass : Critical
        At ``settings.alpha``.
    p : float array, shape (n_voxels,)
        Family-wise p of each voxel's ALE.
    clusters : tuple of ClusterP
        In the order of the result's clusters.
    """

    settings: MonteCarlo
    null_ale: NDArray[np.float64]
    null_size: NDArray[np.int64]
    null_mass: NDArray[np.float64]
    ale: Critical
    size: Critical
    mass: Critical
    p: NDArray[np.float64]
    clusters: tuple[ClusterP, ...]

    @property
    def n_done(self) -> int:
        """Arrangements that were made; fewer than asked for where it was enough to stop."""
        return len(self.null_ale)


@dataclass(frozen=True)
class AleResult:
    """An ALE.

    Attributes
    ----------
    model : AleModel
        What it was computed from; holds the mask.
    ale, p, z : float arrays, shape (n_voxels,)
        At the mask's voxels in C order; ``model.mask.filled`` makes a volume. p and z are
        one-sided, for each voxel alone.
    ale_threshold : float
        Smallest ALE whose p is below the cluster-forming one.
    clusters : tuple of Cluster
        Largest first.
    counts : Counts
    settings : AleSettings
    warnings : tuple of str
        To be shown wherever the result is.
    familywise : Familywise or None
        None until a Monte Carlo correction was asked for.
    q : float array, shape (n_voxels,), or None
        False discovery rate at which each voxel would be found, where it was asked for.
    """

    model: AleModel
    ale: NDArray[np.float64]
    p: NDArray[np.float64]
    z: NDArray[np.float64]
    ale_threshold: float
    clusters: tuple[Cluster, ...]
    counts: Counts
    settings: AleSettings
    warnings: tuple[str, ...]
    familywise: Familywise | None = None
    q: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class NotEstimable:
    """Why there is no ALE of these experiments.

    Attributes
    ----------
    reason : str
        A sentence, with the number of experiments still needed.
    n_experiments : int
        Independent experiments with foci that there are.
    n_needed : int
        How many more it takes to compute anything.
    n_advised : int
        How many more it takes to follow the advice on the number of experiments.
    """

    reason: str
    n_experiments: int
    n_needed: int
    n_advised: int
