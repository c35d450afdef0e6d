"""The mean spectrum of a whole channel, and where its band ends.

Lossy coding and resampling leave a steep edge, above which there is next to nothing.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

SHOULDER_HZ = (200.0, 1500.0)  # how far below and above an edge the levels are compared
EDGE_DB = 15.0  # an edge is at least so high
SECOND_EDGE_DB = 20.0  # a lower edge that is less high by at most this is the one meant
LEFT_DB = 10.0  # and whatever lies above it stays so far below the shoulder
FILLED_DB = 30.0  # and nothing below it stands out so far: the skirt of a tone is no band
LOWEST_EDGE_HZ = 2000.0
HIGHEST_SHARE = 0.92  # of half the rate: nearer to it, every recording ends
_NOTHING_DB = -300.0


@njit(cache=True, nogil=True)
def _add(spectra: NDArray[np.complex128], power: NDArray[np.float64]) -> None:
    """Add the power of every frame."""
    for t in range(spectra.shape[0]):
        for k in range(spectra.shape[1]):
            value = spectra[t, k]
            power[k] += value.real * value.real + value.imag * value.imag


class LongTermSpectrum:
    """Mean power spectrum of one channel, frame by frame.

    Parameters
    ----------
    bins_hz : ndarray, shape (bins,)
        Frequencies of the bins.
    """

    def __init__(self, bins_hz: NDArray[np.float64]) -> None:
        self._bins_hz = bins_hz
        self._power = np.zeros(len(bins_hz))

    def push(self, spectra: NDArray[np.complex128]) -> None:
        """Take the next spectra, shape (frames, bins)."""
        _add(spectra, self._power)

    def levels_db(self) -> NDArray[np.float64]:
        """Return the level of every bin, dB re 1, at least -300."""
        floor = 10 ** (_NOTHING_DB / 10)
        return np.asarray(10 * np.log10(np.maximum(self._power, floor)))

    def cutoff_hz(self) -> float | None:
        """Return the frequency of the edge at which the band of the channel ends.

        None if there is no edge of at least 15 dB below 0.92 of half the rate.

        Notes
        -----
        At each frequency the median level from 1.5 to 0.2 kHz below is compared with the largest
        smoothed level from 0.2 kHz above on, up to half the rate. The edge is where the median
        levels on the two sides differ most, or the lowest of several that differ as much. Where a
        level below stands out by more than 30 dB from the median, there is a tone and no edge.
        """
        width_hz = self._bins_hz[1]
        near, far = (max(round(hz / width_hz), 2) for hz in SHOULDER_HZ)
        levels = _smoothed(self.levels_db(), max(round(100 / width_hz), 1))
        highest = min(int(HIGHEST_SHARE * len(levels)), len(levels) - near - 2)
        lowest = max(round(LOWEST_EDGE_HZ / width_hz), far)
        if highest <= lowest:
            return None
        loudest_from = np.maximum.accumulate(levels[::-1])[::-1]
        steps = np.full(len(levels), -np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(levels, far - near)
        below = np.median(windows[lowest - far : highest - far], axis=1)
        drops = below - loudest_from[lowest + near : lowest + near + len(below)]
        is_filled = windows[lowest - far : highest - far].max(axis=1) - below <= FILLED_DB
        for k in np.flatnonzero((drops >= LEFT_DB) & is_filled):
            above = np.median(levels[lowest + k + near : lowest + k + far])
            steps[lowest + k] = below[k] - above
        high_enough = np.flatnonzero(steps >= max(EDGE_DB, steps.max() - SECOND_EDGE_DB))
        if len(high_enough) == 0:
            return None
        first = int(high_enough[0])
        place = first + int(np.argmax(steps[first : first + far]))
        edge = self._edge(levels, place, (near, far))
        is_steep = levels[edge - near] - levels[edge + near] >= EDGE_DB
        return float(self._bins_hz[edge]) if is_steep else None

    def _edge(self, levels: NDArray[np.float64], place: int, shoulder: tuple[int, int]) -> int:
        """Return where the level falls for good through the middle between its two sides."""
        near, far = shoulder
        below = np.median(levels[place - far : place - near])
        above = np.median(levels[place + near : place + far])
        around = levels[place - far : place + far]
        last = np.flatnonzero(around >= (below + above) / 2)[-1]
        return int(min(place - far + last, len(levels) - near - 1))


def _smoothed(levels: NDArray[np.float64], half_width: int) -> NDArray[np.float64]:
    """Return the running mean, with the ends repeated."""
    padded = np.pad(levels, half_width, mode="edge")
    kernel = np.full(2 * half_width + 1, 1 / (2 * half_width + 1))
    return np.convolve(padded, kernel, mode="valid")
