"""Fluctuation strength of sounds, by the model of Osses, García and Kohlrausch (2016).

The model of roughness of Daniel and Weber, with the slow modulations around 4 Hz instead of the
fast ones: the excitation of 47 bands of one bark is followed over time; how deeply each band is
modulated counts, and bands whose envelopes go together add up.

What differs from the paper: the excitation is that of frames of 40 ms, not of one spectrum of 2 s,
so that levels, slopes and threshold are those of the moment; and the slope of the band-pass towards
fast modulations is gentler, as the frames take a part of it, so that the strongest is at 4 Hz.
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from asmr_stim.acoustics.core_loudness import REFERENCE_PA
from asmr_stim.acoustics.frame_transform import FrameTransform
from asmr_stim.acoustics.framing import Framing
from asmr_stim.acoustics.masking import (
    LOWER_SLOPE_DB,
    LOWEST_HZ,
    UPPER_GROWTH,
    UPPER_SLOPE_DB,
    UPPER_SLOPE_DB_HZ,
    bark_of_hz,
    threshold_pa,
)
from asmr_stim.compiling import njit

FRAME_S, HOP_S = 0.040, 0.010
WINDOW_FRAMES, STEP_FRAMES = 200, 50  # 2 s, as in the paper, each 0.5 s
CALIBRATION = 0.1202  # 1 vacil for a tone of 1 kHz and 60 dB, fully modulated at 4 Hz
N_BANDS = 47
N_CELLS = N_BANDS + 1  # of half a bark, from 0 bark; a cell lies between two middles of bands
FULL_DEPTH, REST_SHARE = 0.7, 0.3  # Osses et al.: of what exceeds a depth of 0.7, 0.3 counts
EXPONENT = 1.7  # Osses et al.: p_m and p_k
# Osses et al.: weights g_z of the bands
WEIGHT_BARK = (0.0, 13.0, 15.0, 17.5, 24.0)
WEIGHTS = (1.0, 1.0, 0.9, 0.7, 0.5)
# Butterworth, order 2: -17.5 dB at 0.5 Hz as in the paper; with the frames, -13 dB at 20 Hz
FROM_HZ, TO_HZ = 1.363, 10.5

_MIDDLES_BARK = np.arange(1, N_BANDS + 1) / 2
_FINE_HZ = np.arange(1.0, 24000.0)


def _hz_of_bark(bark: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.interp(bark, bark_of_hz(_FINE_HZ), _FINE_HZ))


_THRESHOLDS = threshold_pa(_hz_of_bark(_MIDDLES_BARK)) ** 2
_CELLS_HZ = _hz_of_bark((np.arange(N_CELLS) + 0.5) / 2)
_BAND_WEIGHTS = np.interp(_MIDDLES_BARK, WEIGHT_BARK, WEIGHTS)
_TAPER = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW_FRAMES) / WINDOW_FRAMES)


@njit(cache=True, nogil=True)
def _cell_powers(
    spectra: NDArray[np.complex128], edges: NDArray[np.int64], out: NDArray[np.float64]
) -> None:
    """Fill the sum of squared magnitudes of each cell of each frame."""
    out[:] = 0.0
    for t in range(spectra.shape[0]):
        for c in range(out.shape[1]):
            for k in range(edges[c], edges[c + 1]):
                x = spectra[t, k]
                out[t, c] += x.real * x.real + x.imag * x.imag


@njit(cache=True, nogil=True)
def _envelopes(
    powers: NDArray[np.float64],
    cells_hz: NDArray[np.float64],
    thresholds: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Fill the envelope of each band: what lies in it and what masks into it, above threshold.

    A cell excites the two bands beside it in full, and the next ones along the slopes of masking:
    -27 dB/bark down, -24 - 230/f + 0.2 L up.
    """
    n_bands = out.shape[1]
    lower = 10 ** (LOWER_SLOPE_DB / 40)
    for t in range(powers.shape[0]):
        out[t] = 0.0
        for c in range(powers.shape[1]):
            power = powers[t, c]
            if power <= 0:
                continue
            level_db = 10 * np.log10(power / REFERENCE_PA**2)
            steepest = UPPER_SLOPE_DB + UPPER_SLOPE_DB_HZ / cells_hz[c]
            upper = 10 ** (min(steepest + UPPER_GROWTH * level_db, 0.0) / 40)
            share = power
            for band in range(c, n_bands):
                out[t, band] += share
                share *= upper if band == c else upper * upper
            share = power
            for band in range(min(c, n_bands) - 1, -1, -1):
                out[t, band] += share
                share *= lower if band == c - 1 else lower * lower
        for band in range(n_bands):
            out[t, band] = np.sqrt(max(out[t, band] - thresholds[band], 0.0))


@njit(cache=True, nogil=True)
def _gathered(
    filtered: NDArray[np.complex128], steady: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    """Return the sum over bands of weight times depth times correlation with its neighbours."""
    n_bands, total = filtered.shape[0], 0.0
    energy, together = np.zeros(n_bands), np.zeros(n_bands - 2)
    for band in range(n_bands):
        energy[band] = (filtered[band].real ** 2 + filtered[band].imag ** 2).sum()
    for band in range(n_bands - 2):
        one, other = filtered[band], filtered[band + 2]
        if energy[band] > 0 and energy[band + 2] > 0:
            product = (one.real * other.real + one.imag * other.imag).sum()
            together[band] = product / np.sqrt(energy[band] * energy[band + 2])
    for band in range(n_bands):
        if steady[band] <= 0:
            continue
        depth = np.sqrt(energy[band]) / steady[band]
        if depth > FULL_DEPTH:
            depth = min(FULL_DEPTH + REST_SHARE * (depth - FULL_DEPTH), 1.0)
        both = together[min(band, n_bands - 3)] * together[max(band - 2, 0)]
        total += weights[band] * depth**EXPONENT * np.sign(both) * abs(both) ** EXPONENT
    return total


class FluctuationMeter:
    """Fluctuation strength of one channel in windows of 2 s, each 0.5 s, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    pascals_per_unit : tuple of float
        Sound pressure of a sample of 1, Pa; one for each playback level.

    Notes
    -----
    F = C sum_i g_i m_i^1.7 |k_i k_(i-2)|^1.7 sgn(k_i k_(i-2)), with the depth m_i, the RMS of the
    band-passed envelope of band i over its mean, and the correlation k_i of the band-passed
    envelopes of bands i and i + 2, one bark apart. The band-pass acts on the spectrum of each
    window under a Hann taper, so that a window has the same value wherever it stands. A negative
    sum counts as 0.

    References
    ----------
    Osses Vecchi, García León & Kohlrausch (2016), Proc. Meetings on Acoustics 28, 050005,
    doi 10.1121/2.0000410; Terhardt (1979), Hearing Research 1, 155-182 (slopes of masking).
    """

    def __init__(self, rate_hz: float, pascals_per_unit: tuple[float, ...]) -> None:
        hop = max(round(HOP_S * rate_hz), 1)
        framing = Framing(max(round(FRAME_S * rate_hz), 4), hop)
        self._transform = FrameTransform(rate_hz, framing, framing.length)
        bins_hz = self._transform.bins_hz
        self._edges = np.searchsorted(bark_of_hz(bins_hz), np.arange(N_CELLS + 1) / 2)
        self._edges[0] = np.searchsorted(bins_hz, LOWEST_HZ)
        # one-sided spectrum under a Hann window, whose mean square is 3/8: to the mean square
        to_mean_square = 2 / (framing.length**2 * 0.375)
        self._scales = [pascals**2 * to_mean_square for pascals in pascals_per_unit]
        modulation_hz = np.fft.rfftfreq(WINDOW_FRAMES, hop / rate_hz)[1:, None]
        below, above = (FROM_HZ / modulation_hz) ** 4, (modulation_hz / TO_HZ) ** 4
        taper_energy = WINDOW_FRAMES * float((_TAPER**2).sum())
        self._filter = np.sqrt(2 / taper_energy / ((1 + below) * (1 + above)))
        self._waiting = np.empty((0, len(self._scales), N_BANDS))

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples; return fluctuation strength in vacil, shape (windows, levels)."""
        frames = [self._excited(spectra) for spectra in self._transform.batches(samples)]
        together = np.concatenate([self._waiting, *frames])
        n_windows = max((len(together) - WINDOW_FRAMES) // STEP_FRAMES + 1, 0)
        out = np.empty((n_windows, len(self._scales)))
        for k in range(n_windows):
            window = together[k * STEP_FRAMES : k * STEP_FRAMES + WINDOW_FRAMES]
            for level in range(len(self._scales)):
                out[k, level] = self._fluctuation(window[:, level])
        self._waiting = together[n_windows * STEP_FRAMES :].copy()
        return out

    def _excited(self, spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Return the envelopes of the bands, shape (frames, levels, 47)."""
        powers = np.empty((len(spectra), N_CELLS))
        _cell_powers(spectra, self._edges, powers)
        out = np.empty((len(spectra), len(self._scales), N_BANDS))
        for level, scale in enumerate(self._scales):
            _envelopes(powers * scale, _CELLS_HZ, _THRESHOLDS, out[:, level])
        return out

    def _fluctuation(self, envelopes: NDArray[np.float64]) -> float:
        """Return the fluctuation strength of one window, shape (200, 47)."""
        steady = (_TAPER[:, None] * envelopes).sum(axis=0) / _TAPER.sum()
        spectrum = scipy.fft.rfft(_TAPER[:, None] * (envelopes - steady), axis=0)[1:]
        filtered = np.ascontiguousarray((spectrum * self._filter).T)
        return CALIBRATION * max(float(_gathered(filtered, steady, _BAND_WEIGHTS)), 0.0)
