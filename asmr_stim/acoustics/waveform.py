"""Features of the samples of one frame: level and zero crossings."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

COLUMNS = ("frame_level_dbfs", "zero_crossing_share")
NEAR_ZERO = 1e-10  # librosa: nearer to zero than this counts as zero, which is positive


@njit(cache=True, nogil=True)
def frame_waveform(
    samples: NDArray[np.float64], length: int, hop: int, out: NDArray[np.float64]
) -> None:
    """Fill level and share of zero crossings of each frame; nan for digital silence.

    Parameters
    ----------
    samples : ndarray, shape (samples,)
        From the start of the first frame to the end of the last one, or further.
    length, hop : int
        Samples in a frame, and from one to the next.
    out : ndarray, shape (frames, 2)
        Level, dB re the RMS of a full-scale sine; crossings over samples, as
        ``librosa.feature.zero_crossing_rate`` with ``center=False``.
    """
    for t in range(out.shape[0]):
        frame = samples[t * hop : t * hop + length]
        energy, crossings = 0.0, 0
        for k in range(length):
            energy += frame[k] * frame[k]
        for k in range(1, length):
            crossings += (frame[k] < -NEAR_ZERO) != (frame[k - 1] < -NEAR_ZERO)
        out[t, 0] = 10 * np.log10(2 * energy / length) if energy > 0 else np.nan
        out[t, 1] = crossings / length if energy > 0 else np.nan
