"""The spread of one focus: a Gaussian whose width follows from the number of people.

The full width at half maximum joins the uncertainty of the template (5.7 mm) and that between
people (11.6 mm, over the root of n). Both are mean Euclidean distances in the source; a distance
times ``sqrt(8 ln 2) / (2 sqrt(2 / pi))`` is the FWHM of the three-dimensional Gaussian with that
mean distance. Voxel sizes enter per axis, so the width in mm is the same on any grid.

References
----------
Eickhoff et al. 2009, Human Brain Mapping 30:2907, equation of the empirical FWHM.
Eickhoff et al. 2012, NeuroImage 59:2349.

Offers: ``fwhm_mm``, ``gaussian_kernel``.
"""

import math

import numpy as np
from numpy.typing import NDArray

TEMPLATE_DISTANCE_MM = 5.7  # Eickhoff 2009: mean distance between normalisations of one brain
SUBJECT_DISTANCE_MM = 11.6  # Eickhoff 2009: mean distance between the foci of two people
FWHM_PER_SIGMA = math.sqrt(8.0 * math.log(2.0))
FWHM_PER_DISTANCE = FWHM_PER_SIGMA / (2.0 * math.sqrt(2.0 / math.pi))
TRUNCATION_SIGMAS = 4.0  # what lies beyond is zero; the rest sums to one


def fwhm_mm(n: int) -> float:
    """Return the full width at half maximum for an experiment of n people, mm.

    Parameters
    ----------
    n : int, at least 1

    Notes
    -----
    ``FWHM = c sqrt(5.7^2 + 11.6^2 / n)`` with ``c = FWHM_PER_DISTANCE``.

    Examples
    --------
    >>> round(fwhm_mm(20), 2)
    9.24
    """
    return FWHM_PER_DISTANCE * math.hypot(TEMPLATE_DISTANCE_MM, SUBJECT_DISTANCE_MM / math.sqrt(n))


def _axis_weights(sigma_voxels: float) -> NDArray[np.float64]:
    """Return a Gaussian at whole voxels out to four sigma (rounded), summing to one."""
    radius = int(TRUNCATION_SIGMAS * sigma_voxels + 0.5)
    steps = np.arange(-radius, radius + 1)
    weights = np.exp(-0.5 * (steps / sigma_voxels) ** 2)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def gaussian_kernel(n: int, voxel_sizes_mm: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return the activation probability around a focus, summing to one.

    Parameters
    ----------
    n : int, people, at least 1
    voxel_sizes_mm : three floats, mm

    Returns
    -------
    float array, odd number of voxels along each axis, the focus in the middle
        Probability that the true location lies in that voxel.

    Notes
    -----
    The Gaussian is sampled at voxel centres, not integrated over voxels; that is how published
    ALE analyses on the 2 mm grid were made.
    """
    sigma_mm = fwhm_mm(n) / FWHM_PER_SIGMA
    x, y, z = (_axis_weights(sigma_mm / size) for size in voxel_sizes_mm)
    return x[:, None, None] * y[None, :, None] * z[None, None, :]
