"""The null distribution of the ALE value if every experiment's foci had lain anywhere.

Each experiment's MA values over the mask form a histogram of step 1e-5. Two experiments that are
independent of each other combine as ``1 - (1 - a)(1 - b)``; combining all of them one by one gives
the distribution of the ALE value at a voxel under spatial independence (Eickhoff 2012). Every
value goes to the nearest bin centre. That rounding makes the result depend, by a few parts in a
thousand of p, on the order in which experiments are combined. Published analyses combine them in
the order of their names, so to renamed experiments belongs another p: what agrees with these
cannot be indifferent to names. The order is therefore stated: ``names``, or ``content``, the order
of the histograms themselves, which neither names nor a mirrored brain change.

References
----------
Eickhoff et al. 2012, NeuroImage 59:2349, "analytical" null distribution by histogram integration.

Offers: ``NullDistribution``, ``NullOrder``, ``activation_histograms``, ``convolved``,
``null_distribution``.
"""

from dataclasses import dataclass
from typing import Literal

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import special

from asmr_stim.compiling import njit
from asmr_stim.moderator.ale.activation import ActivationMaps

BINS_PER_ONE = 100_000  # step 1e-5, as published analyses use
SMALLEST_P = float(np.finfo(np.float32).tiny)  # 1.2e-38, the least a float32 map can hold
NullOrder = Literal["names", "content"]
"""In which order experiments are combined: that of their names, or that of their histograms."""

_NEGLIGIBLE = 1e-45  # probabilities below this cannot change a p of SMALLEST_P


@dataclass(frozen=True)
class NullDistribution:
    """How likely an ALE value of at least that of each bin is under the null.

    Attributes
    ----------
    tail : float array, shape (n_bins,)
        P(ALE rounds to bin b or higher); bin b has its centre at b * 1e-5.
    """

    tail: NDArray[np.float64]

    def p(self, ale: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the p of ALE values, any shape, within [1.2e-38, 1]."""
        bins = np.minimum(np.rint(ale * BINS_PER_ONE).astype(np.int64), len(self.tail) - 1)
        return np.clip(self.tail[bins], SMALLEST_P, 1.0)

    def lowest_ale_below(self, p: float) -> float:
        """Return the lower edge of the first bin whose p is smaller than the one given.

        An ALE value above it has a smaller p, one below it has not. If no bin is that improbable,
        the answer lies above the highest one.

        Parameters
        ----------
        p : float, within (0, 1)
        """
        first = int(np.searchsorted(-self.tail, -p, side="right"))
        return (first - 0.5) / BINS_PER_ONE


def z_of(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one-sided z for p; 0 where p is above one half, finite everywhere."""
    return np.asarray(np.maximum(-special.ndtri(p), 0.0), dtype=np.float64)


def activation_histograms(maps: ActivationMaps) -> list[NDArray[np.float64]]:
    """Return for each experiment the share of mask voxels in each bin of its MA values."""
    bins = np.rint(maps.probability(maps.levels) * BINS_PER_ONE).astype(np.int64)
    histograms = []
    for of_level in maps.counts:
        held = of_level > 0
        counts = np.bincount(bins[held], of_level[held], minlength=1)
        counts[0] += maps.n_voxels - of_level.sum()
        histograms.append(counts / maps.n_voxels)
    return histograms


def convolved(histograms: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the histogram of the ALE value of independent experiments, combined in this order.

    Parameters
    ----------
    histograms : list of float arrays, each summing to one
        At least one; bin b has its centre at b * 1e-5.
    """
    joint = histograms[0]
    for histogram in histograms[1:]:
        filled = np.flatnonzero(histogram)
        joint = _combined(joint, filled, histogram[filled])
    return joint


@njit(cache=True)
def _tie(a: int, b: int) -> int:
    """Return the bin of a value that lies on the edge of two: where double arithmetic puts it.

    Published analyses compute the value in doubles; following them in the few exact ties makes p
    agree to the last digit.
    """
    return int(np.rint((1.0 - (1.0 - b / BINS_PER_ONE) * (1.0 - a / BINS_PER_ONE)) * BINS_PER_ONE))


@njit(cache=True, nogil=True)
def _combined(
    joint: NDArray[np.float64], bins: NDArray[np.int64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the histogram of ``1 - (1 - a)(1 - b)``, each value in the nearest bin.

    It ends with the last bin that is not negligible.

    In whole bins the value is ``a + b - a b / 100000``. For one b the last term grows slowly with
    a, so that long runs of a move by the same number of bins: each run is one shifted addition.
    """
    out = np.zeros(joint.shape[0] + bins[-1] + 1)
    half = BINS_PER_ONE // 2
    for at in range(bins.shape[0]):
        b, share = bins[at], shares[at]
        start, n = 0, joint.shape[0]
        while start < n:
            less = (start * b + half) // BINS_PER_ONE
            end = n if b == 0 else min(n, ((less + 1) * BINS_PER_ONE - half + b - 1) // b)
            shift = b - less
            if b > 0 and (start * b + half) % BINS_PER_ONE == 0:
                out[_tie(start, b)] += share * joint[start]
                start += 1
            source, target = numba.uint64(start), numba.uint64(start + shift)
            for step in range(numba.uint64(end - start)):
                out[target + step] += share * joint[source + step]
            start = end
    last = out.shape[0]
    while out[last - 1] <= _NEGLIGIBLE:
        last -= 1
    return out[:last]


def null_distribution(maps: ActivationMaps, order: NullOrder = "names") -> NullDistribution:
    """Return the null distribution of the ALE value for these experiments.

    Parameters
    ----------
    maps : ActivationMaps
        At least one experiment.
    order : "names" or "content"
        For ``names`` they are combined as they stand, which ``estimate`` makes the order of names.
    """
    histograms = activation_histograms(maps)
    if order == "content":
        histograms.sort(key=lambda histogram: (len(histogram), histogram.tolist()))
    joint = convolved(histograms)
    return NullDistribution(np.minimum(np.cumsum(joint[::-1])[::-1], 1.0))
