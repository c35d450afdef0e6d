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


_POWER_LEFT, _POWER_RIGHT, _REAL, _IMAG, _N_SUMS = range(5)


@njit(cache=True, nogil=True)
def _add(
    left: NDArray[np.complex128], right: NDArray[np.complex128], sums: NDArray[np.float64]
) -> None:
    """Add the powers of the ears and their product, bin by bin, of some frames."""
    for t in range(left.shape[0]):
        for k in range(sums.shape[1]):
            x, y = left[t, k], right[t, k]
            sums[_POWER_LEFT, k] += x.real * x.real + x.imag * x.imag
            sums[_POWER_RIGHT, k] += y.real * y.real + y.imag * y.imag
            sums[_REAL, k] += x.real * y.real + x.imag * y.imag
            sums[_IMAG, k] += x.imag * y.real - x.real * y.imag


@njit(cache=True, nogil=True)
def _describe(
    sums: NDArray[np.float64], edges: NDArray[np.int64], out: NDArray[np.float64]
) -> None:
    """Fill the features of one window of frames from its sums."""
    out[:] = np.nan
    for band in range(edges.shape[0]):
        power_left, power_right, common, product, mean = 0.0, 0.0, 0.0, 0.0, 0.0 + 0.0j
        for k in range(edges[band, 0], edges[band, 1]):
            a, b, re, im = sums[:, k]
            power_left, power_right, mean = power_left + a, power_right + b, mean + complex(re, im)
            common += re * re + im * im
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
    dozen independent frames. Frames are added up once for each part between the places where
    windows begin or end.
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
        self._n_bins = int(self._edges.max())
        self._first = 0  # the next window begins at this frame
        self._n_frames = 0
        self._parts: list[NDArray[np.float64]] = []  # sums from that frame on, part by part

    def push(self, spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Take the next spectra, shape (2, frames, bins); return rows (windows, columns)."""
        rows, done = [], 0
        while done < spectra.shape[1]:
            behind = self._n_frames % self._step
            if behind in (0, self._length % self._step):
                self._parts.append(np.zeros((_N_SUMS, self._n_bins)))
            run = slice(done, done + self._to_next_part(behind))
            left, right = spectra[:, run]
            _add(left, right, self._parts[-1])
            done, self._n_frames = done + len(left), self._n_frames + len(left)
            if self._n_frames == self._first + self._length:
                rows.append(self._window())
        return np.array(rows).reshape(-1, len(COLUMNS))

    def _to_next_part(self, behind: int) -> int:
        """Return how many frames there are until some window begins or ends."""
        over = self._length % self._step
        return over - behind if behind < over else self._step - behind

    def _window(self) -> NDArray[np.float64]:
        """Return the features of the window that is complete; drop what no other one needs."""
        out = np.empty(len(COLUMNS))
        _describe(np.sum(self._parts, axis=0), self._edges, out)
        self._first += self._step
        n_dropped = 1 if self._length % self._step == 0 else 2
        self._parts = self._parts[n_dropped:]
        return out
