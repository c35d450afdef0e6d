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
    """Add the powers of the ears and their product, bin by bin, of one frame."""
    for k in range(sums.shape[1]):
        x, y = left[k], right[k]
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
            level = 10 * (np.log10(power_left) - np.log10(power_right))
            out[band] = min(max(level, -ILD_LIMIT_DB), ILD_LIMIT_DB)
            out[N_BANDS + band] = common / product
            if band < N_PHASE_BANDS:
                out[2 * N_BANDS + band] = np.degrees(np.arctan2(mean.imag, mean.real))


@njit(cache=True, nogil=True)
def _take(
    spectra: NDArray[np.complex128],
    n_before: int,
    window: tuple[int, int],
    edges: NDArray[np.int64],
    parts: NDArray[np.float64],
    out: NDArray[np.float64],
) -> int:
    """Add the frames to the parts that they belong to; fill a row for each window they complete.

    ``parts`` is a ring. Each step of frames has one part of its own, or two if windows do not last
    a whole number of steps: the frames that some window ends with, and the others.
    """
    length, step = window
    n_first = length % step
    each = 2 if n_first else 1
    sums = np.empty_like(parts[0])
    n_windows = 0
    for t in range(spectra.shape[1]):
        n_steps, behind = divmod(n_before + t, step)
        part = parts[(each * n_steps + (0 < n_first <= behind)) % parts.shape[0]]
        if behind in (0, n_first):
            part[:] = 0
        _add(spectra[0, t], spectra[1, t], part)
        past = n_before + t + 1 - length
        if past >= 0 and past % step == 0:
            sums[:] = 0
            for k in range(parts.shape[0]):
                sums += parts[(each * (past // step) + k) % parts.shape[0]]
            _describe(sums, edges, out[n_windows])
            n_windows += 1
    return n_windows


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
        self._n_frames = 0
        n_parts = 2 * (self._length // self._step) + 1 if self._length % self._step else 0
        shape = (n_parts or self._length // self._step, _N_SUMS, int(self._edges.max()))
        self._parts = np.zeros(shape)  # of the window that is not yet complete

    def push(self, spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Take the next spectra, shape (2, frames, bins); return rows (windows, columns)."""
        rows = np.empty((spectra.shape[1] // self._step + 1, len(COLUMNS)))
        window = (self._length, self._step)
        n_rows = _take(spectra, self._n_frames, window, self._edges, self._parts, rows)
        self._n_frames += spectra.shape[1]
        return rows[:n_rows]
