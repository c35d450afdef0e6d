"""What an ALE is asked and what it answers.

Offers: ``AleSettings``, ``Counts``, ``AleModel``, ``AleResult``, ``NotEstimable``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.activation import ActivationMaps, LossKernels, Placement
from asmr_stim.moderator.ale.clusters import Cluster
from asmr_stim.moderator.ale.dependence import Dependence
from asmr_stim.moderator.ale.grid import BrainMask, Outside, Rounding
from asmr_stim.moderator.ale.null import NullDistribution


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
