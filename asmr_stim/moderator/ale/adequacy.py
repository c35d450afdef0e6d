"""Whether there are experiments enough, in words for the head of a result.

References
----------
Eickhoff et al. 2016, NeuroImage 137:70, doi 10.1016/j.neuroimage.2016.04.072: simulations of how
many experiments an ALE needs. Two numbers come from it: 20 are advised for power enough, and from
17 on a single experiment no longer made up most of a cluster.

Offers: ``small_number_warnings``, ``small_group_warning``, ``not_estimable_reason``,
``ADVISED_EXPERIMENTS``, ``SUBGROUP_EXPERIMENTS``, ``FLOOR_EXPERIMENTS``.
"""

ADVISED_EXPERIMENTS = 20  # Eickhoff 2016: the least that is advised for an ALE
SUBGROUP_EXPERIMENTS = 17  # Eickhoff 2016: below, one experiment can dominate a cluster
FLOOR_EXPERIMENTS = 2  # one experiment cannot converge with anything
SOURCE = "Eickhoff et al. 2016, NeuroImage 137:70, doi 10.1016/j.neuroimage.2016.04.072"


def small_number_warnings(n_experiments: int) -> tuple[str, ...]:
    """Return what must be said at the head of a result from so few experiments; often nothing.

    Parameters
    ----------
    n_experiments : int
        Independent experiments that entered, after merging.
    """
    if n_experiments >= ADVISED_EXPERIMENTS:
        return ()
    compared = (
        f"below {SUBGROUP_EXPERIMENTS}, as here, one experiment can make up most of a cluster: "
        "read the contributions as a description and do not compare this group with another"
        if n_experiments < SUBGROUP_EXPERIMENTS
        else f"from {SUBGROUP_EXPERIMENTS} on, as here, a group may be compared with another"
    )
    told = (
        f"Only {n_experiments} experiments: at least {ADVISED_EXPERIMENTS} are advised for an ALE, "
        f"with fewer power is low and single experiments weigh much; {compared} ({SOURCE})."
    )
    return (told,)


def small_group_warning(n_experiments: int) -> str | None:
    """Return what must be said of a comparison whose smaller group is this small, if anything."""
    if n_experiments >= SUBGROUP_EXPERIMENTS:
        return None
    return (
        f"One of the groups has {n_experiments} experiments, fewer than {SUBGROUP_EXPERIMENTS}; "
        f"single experiments can make such a difference ({SOURCE})."
    )


def not_estimable_reason(n_experiments: int) -> str | None:
    """Return why nothing can be estimated from so few experiments, or None if it can."""
    if n_experiments >= FLOOR_EXPERIMENTS:
        return None
    noun = "experiment" if n_experiments == 1 else "experiments"
    return (
        f"not estimable: {n_experiments} independent {noun} with foci, and convergence takes at "
        f"least {FLOOR_EXPERIMENTS} ({FLOOR_EXPERIMENTS - n_experiments} more needed to compute "
        f"it, {ADVISED_EXPERIMENTS - n_experiments} more to follow the advice of {SOURCE})"
    )
