"""The cosine transform that turns mel levels into cepstral coefficients."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

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


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def cosine_transform(
    levels: NDArray[np.float64], basis: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Fill the coefficients of one frame.

    Parameters
    ----------
    levels : ndarray, shape (n_bands,)
        Levels of the mel bands, dB.
    basis : ndarray, shape (13, n_bands)
        ``cosine_basis``.
    out : ndarray, shape (13,)
        Filled.
    """
    for coefficient in range(basis.shape[0]):
        total = 0.0
        for band in range(levels.shape[0]):
            total += basis[coefficient, band] * levels[band]
        out[coefficient] = total
