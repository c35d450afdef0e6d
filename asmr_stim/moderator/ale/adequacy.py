"""Whether there are experiments enough, in words for the head of a result.

References
----------
Eickhoff et al. 2016, NeuroImage 137:70, doi 10.1016/j.neuroimage.2016.04.072: simulations of how
many experiments an ALE needs. Two numbers come from it: 20 are advised for power enough, and from
17 on a single experiment no longer made up most of a cluster.

Offers: ``small_number_warnings``, ``not_estimable_reason``,
``ADVISED_EXPERIMENTS``, ``FLOOR_EXPERIMENTS``.
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
    if n_experiments < SUBGROUP_EXPERIMENTS:
        few = (
            f"Only {n_experiments} experiments, fewer than {SUBGROUP_EXPERIMENTS}: single "
            "experiments can make or carry a cluster at this number; read the contributions as a "
            f"description and do not compare this group with another ({SOURCE})."
        )
        return (few,)
    if n_experiments < ADVISED_EXPERIMENTS:
        some = (
            f"Only {n_experiments} experiments: at least {ADVISED_EXPERIMENTS} are advised for an "
            f"ALE; below that power is low and single experiments weigh much ({SOURCE})."
        )
        return (some,)
    return ()


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
