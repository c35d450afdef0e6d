"""How much a result hangs on single experiments.

One experiment is taken away, the null distribution is made of those that remain, and every cluster
is looked at again. Where experiments on the same people were merged, one is all of a sample, and
this is leave-one-sample-out.

Offers: ``leave_one_out``, ``LeftOut``.
"""

from dataclasses import dataclass

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.adequacy import FLOOR_EXPERIMENTS
from asmr_stim.moderator.ale.clusters import cluster_members
from asmr_stim.moderator.ale.null import null_distribution, z_of
from asmr_stim.moderator.ale.result import AleResult


@dataclass(frozen=True)
class LeftOut:
    """What is left of one cluster without one experiment.

    Attributes
    ----------
    cluster : int
        Number in the result with all experiments.
    experiment : str
    kept : float, within [0, 1]
        Share of the cluster's voxels whose p stays below the cluster-forming one.
    peak_z : float
        z without the experiment at the voxel that was the cluster's peak.
    """

    cluster: int
    experiment: str
    kept: float
    peak_z: float


def leave_one_out(result: AleResult) -> tuple[LeftOut, ...]:
    """Return what is left of every cluster without each experiment.

    Parameters
    ----------
    result : AleResult

    Returns
    -------
    tuple of LeftOut
        By cluster, in each the experiment first that it hangs on most.

    Raises
    ------
    InputError
        If fewer than two experiments would remain.
    """
    model = result.model
    if model.maps.n_experiments <= FLOOR_EXPERIMENTS:
        raise InputError(
            f"leaving one of {model.maps.n_experiments} experiments out leaves too few to converge"
        )
    total = model.maps.total()
    members = cluster_members(total, model.threshold, model.mask)
    found = []
    for experiment, name in enumerate(model.placement.names):
        rest = model.maps.without(experiment)
        p = null_distribution(rest, result.settings.null_order).p(rest.probability(rest.total()))
        for number, inside in enumerate(members, start=1):
            peak = inside[total[inside].argmax()]
            kept = float((p[inside] < result.settings.cluster_p).mean())
            found.append(LeftOut(number, name, kept, float(z_of(p[peak : peak + 1])[0])))
    return tuple(sorted(found, key=lambda one: (one.cluster, one.kept, one.peak_z)))
