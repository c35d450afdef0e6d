"""An ALE from records to maps and clusters, without a file in sight.

Offers: ``estimate``, ``model_of``, ``UNCORRECTED``.
"""

import numpy as np

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.activation import Placement, activation_maps, loss_kernels, place
from asmr_stim.moderator.ale.adequacy import (
    ADVISED_EXPERIMENTS,
    FLOOR_EXPERIMENTS,
    not_estimable_reason,
    small_number_warnings,
)
from asmr_stim.moderator.ale.clusters import Cluster, find_clusters, loss_threshold
from asmr_stim.moderator.ale.dependence import Merging, merge_samples
from asmr_stim.moderator.ale.false_discovery import FDR_ADVICE, false_discovery_rate
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.null import null_distribution, z_of
from asmr_stim.moderator.ale.result import (
    AleModel,
    AleResult,
    AleSettings,
    Counts,
    NotEstimable,
)
from asmr_stim.moderator.ale.spaces import to_mni
from asmr_stim.schema.foci import Experiment, FociSet

NAMED_CLUSTERS = 10  # in a warning; carried_by names the experiment for every cluster

UNCORRECTED = (
    "Clusters are formed at p < {p:g} for each voxel and are not corrected for the number of "
    "places looked at: some of them are expected by chance."
)


def estimate(
    foci: FociSet, mask: BrainMask, settings: AleSettings | None = None
) -> AleResult | NotEstimable:
    """Return the ALE of a set of experiments.

    Parameters
    ----------
    foci : FociSet
        Experiments and the space of their coordinates.
    mask : BrainMask
        Voxels to analyse; any voxel size.
    settings : AleSettings, optional

    Returns
    -------
    AleResult, or NotEstimable if fewer than two independent experiments have foci

    Raises
    ------
    InputError
        If the spaces of foci and mask differ and conversion was not asked for, or the experiments
        are of several contrast types and pooling was not asked for.

    References
    ----------
    Eickhoff et al. 2012, NeuroImage 59:2349; Turkeltaub et al. 2012, Human Brain Mapping 33:1.
    """
    settings = settings or AleSettings()
    _refuse_mixed_types(foci, settings)
    moved = _in_space_of(foci, mask, settings)
    merging = _merged(_by_name(moved.experiments), settings)
    placement = place(merging.experiments, mask, settings.rounding, settings.outside)
    if reason := not_estimable_reason(len(placement.names)):
        return _not_estimable(reason, len(placement.names))
    model = model_of(placement, mask, settings)
    return _result(model, settings, _counted(foci, moved, merging, placement))


def _refuse_mixed_types(foci: FociSet, settings: AleSettings) -> None:
    types = sorted({e.contrast_type for e in foci.experiments if e.contrast_type is not None})
    if len(types) > 1 and not settings.pool_contrast_types:
        raise InputError(
            f"the experiments are of {len(types)} contrast types ({', '.join(types)}), which are "
            "never pooled by default; split them by contrast_type or say that they may be pooled"
        )


def _in_space_of(foci: FociSet, mask: BrainMask, settings: AleSettings) -> FociSet:
    if foci.space == mask.space:
        return foci
    if mask.space == "Talairach" or not settings.convert_talairach:
        raise InputError(
            f"the foci are in {foci.space} space and the brain mask is in {mask.space} space; "
            "foci in Talairach space are moved to MNI only when that is asked for "
            "(convert_talairach, --convert-talairach)"
        )
    return to_mni(foci)


def _by_name(experiments: tuple[Experiment, ...]) -> tuple[Experiment, ...]:
    """Return the experiments in an order that the place in the file does not change."""
    return tuple(sorted(experiments, key=lambda experiment: experiment.name))


def _merged(experiments: tuple[Experiment, ...], settings: AleSettings) -> Merging:
    merging = merge_samples(experiments)
    if settings.dependence == "merge":
        return merging
    return Merging(experiments, (), merging.n_without_sample)


def _not_estimable(reason: str, n_experiments: int) -> NotEstimable:
    return NotEstimable(
        reason,
        n_experiments,
        FLOOR_EXPERIMENTS - n_experiments,
        ADVISED_EXPERIMENTS - n_experiments,
    )


def _counted(foci: FociSet, moved: FociSet, merging: Merging, placement: Placement) -> Counts:
    return Counts(
        n_given=len(foci.experiments),
        n_experiments=len(placement.names),
        n_foci=len(placement.voxels),
        n_people=int(placement.n.sum()),
        n_outside_mask=placement.n_outside,
        merged=merging.merged,
        n_without_sample=merging.n_without_sample,
        emptied=placement.emptied,
        converted=() if moved is foci else tuple(e.name for e in moved.experiments),
    )


def model_of(placement: Placement, mask: BrainMask, settings: AleSettings) -> AleModel:
    """Return kernels, activation maps, null distribution and threshold of placed foci.

    Parameters
    ----------
    placement : Placement
        Of at least one experiment.
    mask : BrainMask
    settings : AleSettings
        The cluster-forming p and the order of the null distribution.
    """
    kernels = loss_kernels(placement.n, mask.voxel_sizes_mm)
    maps = activation_maps(placement, kernels, mask)
    null = null_distribution(maps, settings.null_order)
    threshold = loss_threshold(null, maps, settings.cluster_p)
    return AleModel(mask, placement, kernels, maps, null, threshold)


def _result(model: AleModel, settings: AleSettings, counts: Counts) -> AleResult:
    maps, null = model.maps, model.null
    names = model.placement.names
    clusters = find_clusters(maps, names, null, model.threshold, model.mask)
    ale = maps.probability(maps.total())
    p = null.p(ale)
    return AleResult(
        model=model,
        ale=ale,
        p=p,
        z=z_of(p),
        ale_threshold=float(maps.probability(np.array([model.threshold], np.int32))[0]),
        clusters=clusters,
        counts=counts,
        settings=settings,
        warnings=(
            *small_number_warnings(counts.n_experiments),
            *_dependence_warnings(counts, settings),
            *_cluster_warnings(clusters),
            UNCORRECTED.format(p=settings.cluster_p),
            *([FDR_ADVICE] if settings.fdr else []),
        ),
        q=false_discovery_rate(p) if settings.fdr else None,
    )


def _dependence_warnings(counts: Counts, settings: AleSettings) -> tuple[str, ...]:
    found = []
    if counts.n_without_sample:
        found.append(
            f"{counts.n_without_sample} of {counts.n_given} experiments have no sample id: whether "
            "they share people with others was not checked, and nothing was merged for them."
        )
    if settings.dependence == "keep" and counts.n_without_sample < counts.n_given:
        found.append("Experiments that share a sample id were kept apart, as asked.")
    if counts.emptied:
        found.append(f"Left out because no focus lies in the mask: {', '.join(counts.emptied)}.")
    return tuple(found)


def _cluster_warnings(clusters: tuple[Cluster, ...]) -> tuple[str, ...]:
    carried = [
        f"{cluster.number} by '{cluster.carried_by}' ({cluster.contributions[0].share:.0%})"
        for cluster in clusters
        if cluster.carried_by is not None
    ]
    if not carried:
        return ()
    rest = len(carried) - NAMED_CLUSTERS
    named = ", ".join(carried[:NAMED_CLUSTERS]) + (f" and {rest} smaller ones" if rest > 0 else "")
    told = (
        f"{len(carried)} of {len(clusters)} clusters are carried by one experiment, which has more "
        f"than half of the summed loss in them: {named}."
    )
    return (told,)
