"""The false discovery rate of voxels: on request, and advised against.

A map of ALE is smooth, so that a share of voxels found by chance says nothing about the share of
*places* found by chance: small clusters arise that no one would call a finding. In the simulations
of Eickhoff et al. 2016 this correction did not suit ALE, and cluster-level family-wise error is
advised in its stead.

References
----------
Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57:289.
Eickhoff et al. 2016, NeuroImage 137:70, doi 10.1016/j.neuroimage.2016.04.072.

Offers: ``false_discovery_rate``, ``FDR_ADVICE``.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.moderator.ale.adequacy import SOURCE

FDR_ADVICE = (
    "The false discovery rate was asked for. It is advised against: it counts voxels, not places, "
    "and lets small chance clusters pass in a smooth map; use the family-wise p of cluster sizes "
    f"({SOURCE})."
)


def false_discovery_rate(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each p the smallest false discovery rate at which it would be found.

    Parameters
    ----------
    p : float array, shape (n,), within [0, 1]

    Notes
    -----
    q of the k-th smallest of n p is the least of p_j n / j over j from k on, at most 1.

    Examples
    --------
    >>> false_discovery_rate(np.array([0.01, 0.02, 0.9])).round(3).tolist()
    [0.03, 0.03, 0.9]
    """
    order = np.argsort(p, kind="stable")
    scaled = p[order] * (len(p) / np.arange(1, len(p) + 1))
    found = np.empty(len(p))
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found
