"""Features of the samples of one frame: level and zero crossings."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

COLUMNS = ("frame_level_dbfs", "zero_crossing_share")
NEAR_ZERO = 1e-10  # librosa: nearer to zero than this counts as zero, which is positive


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _hops(samples: NDArray[np.float64], hop: int, energy: NDArray[np.float64]) -> None:
    """Fill the sum of squares of each hop."""
    for h in range(energy.shape[0]):
        part = samples[h * hop : (h + 1) * hop]
        total = 0.0
        for k in range(part.shape[0]):
            total += part[k] * part[k]
        energy[h] = total


@njit(cache=True, nogil=True)
def _crossings(samples: NDArray[np.float64], hop: int, counts: NDArray[np.int64]) -> None:
    """Fill how often each hop changes its sign, from its first sample to that of the next hop."""
    for h in range(counts.shape[0]):
        part = samples[h * hop : (h + 1) * hop + 1]
        count = 0
        for k in range(1, part.shape[0]):
            count += (part[k] < -NEAR_ZERO) != (part[k - 1] < -NEAR_ZERO)
        counts[h] = count


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
        Samples in a frame, a multiple of the hop, and from one to the next.
    out : ndarray, shape (frames, 2)
        Level, dB re the RMS of a full-scale sine; crossings over samples, as
        ``librosa.feature.zero_crossing_rate`` with ``center=False``.
    """
    per_frame = length // hop
    energies = np.empty(out.shape[0] + per_frame - 1)
    counts = np.empty(out.shape[0] + per_frame - 1, np.int64)
    sound = samples[: energies.shape[0] * hop]
    _hops(sound, hop, energies)
    _crossings(sound, hop, counts)
    for t in range(out.shape[0]):
        energy, last = 0.0, (t + per_frame) * hop
        for h in range(t, t + per_frame):
            energy += energies[h]
        crossings = counts[t : t + per_frame].sum()
        if last < sound.shape[0]:  # the step to the sample after the frame is not in it
            crossings -= (sound[last] < -NEAR_ZERO) != (sound[last - 1] < -NEAR_ZERO)
        out[t, 0] = 10 * np.log10(2 * energy / length) if energy > 0 else np.nan
        out[t, 1] = crossings / length if energy > 0 else np.nan
