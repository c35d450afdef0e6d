"""How far the regular spacing of harmonics stands out from a spectrum: cepstral peak prominence."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.frame_transform import back, filled
from asmr_stim.acoustics.peaks import parabola_top
from asmr_stim.compiling import njit

HIGHEST_HZ = 5000.0  # harmonics of a voice lie below
LINE_FROM_S, LINE_TO_S = 0.001, 0.020
FLOOR = 1e-10  # of the mean power: -100 dB, so that a logarithm is always there


@njit(cache=True, nogil=True)
def _levels_db(powers: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Fill levels of the bins of every frame; a frame without power is 0 throughout."""
    for t in range(powers.shape[0]):
        floor = powers[t, : out.shape[1]].mean() * FLOOR
        for k in range(out.shape[1]):
            out[t, k] = 10 * np.log10(powers[t, k] + floor) if floor > 0 else 0.0


@njit(cache=True, nogil=True)
def _prominence_db(
    cepstrum: NDArray[np.float64], line_from: int, line_to: int, peak_from: int, peak_to: int
) -> float:
    """Return how far the highest of a stretch stands above the straight line through another."""
    level_db = 20 * np.log10(np.abs(cepstrum[: max(line_to, peak_to + 1)]) + 1e-12)
    n = line_to - line_from
    middle = (line_from + line_to - 1) / 2
    mean, slope, spread = level_db[line_from:line_to].mean(), 0.0, 0.0
    for k in range(line_from, line_to):
        slope += (k - middle) * level_db[k]
        spread += (k - middle) ** 2
    slope /= max(spread, 1.0)
    top = peak_from + int(np.argmax(level_db[peak_from:peak_to]))
    place, height = parabola_top(level_db, top)
    return height - (mean + slope * (place - middle)) if n > 1 else np.nan


class CepstralProminence:
    """Cepstral peak prominence of frames.

    Parameters
    ----------
    bins_hz : ndarray, shape (bins,)
        Frequencies of the spectra.
    from_hz, to_hz : float
        Where a fundamental is looked for.

    Notes
    -----
    The cepstrum is the magnitude, in dB, of the inverse transform of the levels from 0 to 5 kHz.
    Its peak between the periods of the two frequencies stands above a straight line, fitted by
    least squares from 1 to 20 ms, by the prominence. Nothing is smoothed.

    References
    ----------
    Hillenbrand, Cleveland & Erickson (1994), J. Speech and Hearing Research 37, 769-778.
    """

    def __init__(self, bins_hz: NDArray[np.float64], from_hz: float, to_hz: float) -> None:
        self._n_bins = int(np.searchsorted(bins_hz, HIGHEST_HZ, side="right"))
        per_s = 2 * (self._n_bins - 1) * float(bins_hz[1])
        longest = self._n_bins - 2
        self._places = (
            round(LINE_FROM_S * per_s),
            min(round(LINE_TO_S * per_s), longest),
            round(per_s / to_hz),
            min(round(per_s / from_hz) + 1, longest),
        )

    def of(self, powers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the prominence in dB of frames of power, shape (frames, bins); nan for silence."""
        levels_db = np.zeros((filled(len(powers)), self._n_bins))
        _levels_db(powers, levels_db[: len(powers)])
        cepstra = back(levels_db, 2 * (self._n_bins - 1))
        out = np.empty(len(powers))
        for k, cepstrum in enumerate(cepstra[: len(powers)]):
            is_silent = not powers[k, : self._n_bins].any()
            out[k] = np.nan if is_silent else _prominence_db(cepstrum, *self._places)
        return out
