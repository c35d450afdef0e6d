"""The cosine transform that turns mel levels into cepstral coefficients."""

import numpy as np
from numpy.typing import NDArray

N_COEFFICIENTS = 13


def cosine_basis(n_bands: int) -> NDArray[np.float64]:
    """Return the first rows of the orthonormal cosine transform, type II.

    Parameters
    ----------
    n_bands : int
        Number of mel bands, at least 13.

    Returns
    -------
    ndarray, shape (13, n_bands)
        Multiplied with the levels of the bands, dB, it gives the coefficients 0 to 12.

    References
    ----------
    Davis & Mermelstein (1980), IEEE Transactions on ASSP 28(4), 357-366; the same as ``librosa``'s
    with its defaults.
    """
    rows = np.arange(N_COEFFICIENTS)[:, None]
    basis = np.cos(np.pi * rows * (2 * np.arange(n_bands) + 1) / (2 * n_bands))
    basis *= np.sqrt(2 / n_bands)
    basis[0] /= np.sqrt(2)
    return basis
