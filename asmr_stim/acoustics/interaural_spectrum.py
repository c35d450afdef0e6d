"""Level difference, coherence and phase between the ears, by frequency band.

Bands are those in which the ear uses different cues: phase below 1.5 kHz, level above. Positive
phases mean that the left ear leads, positive levels that it is louder.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.framing import Framing, bin_frequencies_hz
from asmr_stim.acoustics.interaural import ILD_LIMIT_DB
from asmr_stim.acoustics.readings import Clock
from asmr_stim.acoustics.sliding import RUNNING, Window
from asmr_stim.compiling import njit

BANDS_HZ = ((100, 500), (500, 1500), (1500, 4000), (4000, 10000))
N_BANDS = len(BANDS_HZ)
N_PHASE_BANDS = 2  # above 1.5 kHz the phase turns too often to be followed
_NAMES = [f"{low}_{high}_hz" for low, high in BANDS_HZ]
COLUMNS = (
    *(f"ild_{name}_db" for name in _NAMES),
    *(f"interaural_coherence_{name}" for name in _NAMES),
    *(f"interaural_phase_{name}_deg" for name in _NAMES[:N_PHASE_BANDS]),
)


@njit(cache=True, nogil=True)
def _describe(
    left: NDArray[np.complex128],
    right: NDArray[np.complex128],
    edges: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Fill the features of one window of frames."""
    out[:] = np.nan
    for band in range(edges.shape[0]):
        start, stop = edges[band]
        power_left, power_right, common, product, mean = 0.0, 0.0, 0.0, 0.0, 0.0 + 0.0j
        for k in range(start, stop):
            a, b, cross = 0.0, 0.0, 0.0 + 0.0j
            for t in range(left.shape[0]):
                x, y = left[t, k], right[t, k]
                a += x.real * x.real + x.imag * x.imag
                b += y.real * y.real + y.imag * y.imag
                cross += x * np.conj(y)
            power_left, power_right, mean = power_left + a, power_right + b, mean + cross
            common += cross.real * cross.real + cross.imag * cross.imag
            product += a * b
        if product > 0:
            level = 10 * np.log10(power_left / power_right)
            out[band] = min(max(level, -ILD_LIMIT_DB), ILD_LIMIT_DB)
            out[N_BANDS + band] = common / product
            if band < N_PHASE_BANDS:
                out[2 * N_BANDS + band] = np.degrees(np.arctan2(mean.imag, mean.real))


class InterauralSpectrum:
    """Interaural features of bands in windows of half a second, each 0.1 s.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    framing : Framing
        The frames that the spectra were made with.
    running : Window
        Length and step in seconds, to the nearest number of frames.

    Notes
    -----
    With spectra L and R of the frames of a window: coherence sum_k |sum_t L R*|^2 over
    sum_k (sum_t |L|^2) (sum_t |R|^2). Independent noise has about 0.08, as a window holds only a
    dozen independent frames.
    """

    def __init__(self, rate_hz: float, framing: Framing, running: Window = RUNNING) -> None:
        bins_hz = bin_frequencies_hz(rate_hz, framing.length)
        edges = [[np.searchsorted(bins_hz, hz) for hz in band] for band in BANDS_HZ]
        exists = [[high <= bins_hz[-1]] for _, high in BANDS_HZ]
        self._edges = np.where(exists, edges, 0).astype(np.int64)
        self._step = max(round(running.step_s * rate_hz / framing.hop), 1)
        self._length = max(round(running.length_s * rate_hz / framing.hop), 1)
        n_samples = (self._length - 1) * framing.hop + framing.length
        self.clock = Clock(n_samples / 2 / rate_hz, self._step * framing.hop / rate_hz)
        self._spectra = np.empty((2, 0, len(bins_hz)), dtype=np.complex128)

    def push(self, spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Take the next spectra, shape (2, frames, bins); return rows (windows, columns)."""
        spectra = np.concatenate([self._spectra, spectra], axis=1)
        n_windows = max((spectra.shape[1] - self._length) // self._step + 1, 0)
        out = np.empty((n_windows, len(COLUMNS)))
        for k in range(n_windows):
            part = slice(k * self._step, k * self._step + self._length)
            _describe(spectra[0, part], spectra[1, part], self._edges, out[k])
        self._spectra = spectra[:, n_windows * self._step :].copy()
        return out
