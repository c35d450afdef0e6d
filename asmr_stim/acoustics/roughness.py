"""Roughness of sounds, by the model of Daniel and Weber (1997).

A window of 0.2 s is split into 47 bands of one bark by the slopes of masking; the envelope of each
is weighted by its modulation frequency, and bands whose envelopes go together add up.
"""

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

from asmr_stim.acoustics.core_loudness import REFERENCE_PA
from asmr_stim.acoustics.roughness_tables import (
    DEPTH_WEIGHTS,
    EAR_BARK,
    EAR_DB,
    MIDDLES_BARK,
    MODULATION_WEIGHTS,
    N_BANDS,
)

RATE_HZ = 24000  # sound above 12 kHz adds nothing that is heard as roughness
WINDOW_S, STEP_S = 0.2, 0.1
CALIBRATION = 0.25  # Daniel & Weber: 1 asper for 1 kHz, 60 dB, fully modulated at 70 Hz
LOWER_SLOPE_DB = -27.0  # Terhardt (1979), dB per bark
HALF_BARK = 0.5
_LENGTH, _STEP = round(WINDOW_S * RATE_HZ), round(STEP_S * RATE_HZ)
_N_BINS = _LENGTH // 2 + 1
_HIGHEST_MODULATION_HZ = 645
_N_MODULATION = round(_HIGHEST_MODULATION_HZ * WINDOW_S) + 1


def bark_of_hz(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return critical-band rates (Zwicker & Terhardt 1980, JASA 68, 1523-1525)."""
    return np.asarray(
        13 * np.arctan(0.00076 * frequency_hz) + 3.5 * np.arctan((frequency_hz / 7500) ** 2)
    )


def _threshold_pa(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the threshold in quiet as RMS pressure (Terhardt 1979, equation 1)."""
    khz = np.maximum(frequency_hz, 20.0) / 1000
    level_db = 3.64 * khz**-0.8 - 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) + 0.001 * khz**4
    return np.asarray(REFERENCE_PA * 10 ** (level_db / 20))


_BINS_HZ = np.arange(_N_BINS) / WINDOW_S
_BINS_BARK = bark_of_hz(_BINS_HZ)
_EAR = 10 ** (np.interp(_BINS_BARK, EAR_BARK, EAR_DB) / 20)
_AUDIBLE = _threshold_pa(_BINS_HZ)
_BAND_FLOOR = np.interp(MIDDLES_BARK, _BINS_BARK, _AUDIBLE)
_WINDOW = np.blackman(_LENGTH + 1)[:-1]
_SCALE = np.sqrt(2) / _WINDOW.sum()  # from a transform to the RMS of a sine
_DEPTH_WEIGHTS = np.interp(MIDDLES_BARK, np.arange(len(DEPTH_WEIGHTS)), DEPTH_WEIGHTS)


def _modulation_weights() -> NDArray[np.float64]:
    """Return the weights of modulation frequencies, shape (47, bins); the lowest two bins are 0."""
    frequency_hz = np.arange(_N_MODULATION) / WINDOW_S
    weights = np.zeros((N_BANDS, _N_MODULATION))
    for band in range(1, N_BANDS + 1):
        curve = MODULATION_WEIGHTS[max(key for key in MODULATION_WEIGHTS if key <= band)]
        weights[band - 1] = np.interp(frequency_hz, *curve)
    weights[:, :2] = 0
    return weights


_WEIGHTS = _modulation_weights()


@njit(cache=True, nogil=True)
def _excitation(
    spectrum: NDArray[np.complex128],
    barks: NDArray[np.float64],
    audible: NDArray[np.float64],
    floor: NDArray[np.float64],
    out: NDArray[np.complex64],
) -> None:
    """Fill the spectrum of every band: what lies in it, and what masks into it from outside."""
    out[:] = 0.0
    n_bands = out.shape[0]
    lower = 10 ** (LOWER_SLOPE_DB * HALF_BARK / 20)
    for k in range(1, spectrum.shape[0]):
        pressure = abs(spectrum[k])
        if pressure <= audible[k]:
            continue
        level_db = 20 * np.log10(pressure / REFERENCE_PA)
        slope_db = min(-24 - 230 / (k / WINDOW_S) + 0.2 * level_db, 0.0)
        upper = 10 ** (slope_db * HALF_BARK / 20)
        place = 2 * barks[k] - 1
        below, above = int(np.floor(place)), int(np.ceil(place))
        for band in (below, above):
            if 0 <= band < n_bands:
                out[band, k] = spectrum[k]
        share = 10 ** (LOWER_SLOPE_DB * HALF_BARK * (place - below) / 20)
        for band in range(min(below, n_bands) - 1, -1, -1):
            if band + 1 < n_bands and share * pressure > floor[band + 1]:
                out[band, k] = share * spectrum[k]
            share *= lower
        share = 10 ** (slope_db * HALF_BARK * (above - place) / 20)
        for band in range(above + 1, n_bands):
            if share * pressure > floor[band - 1]:
                out[band, k] = share * spectrum[k]
            share *= upper


@njit(cache=True, nogil=True)
def _gathered(
    envelopes: NDArray[np.complex128], steady: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    """Return the sum over bands of weight times squared depth times correlations."""
    n_bands, total = envelopes.shape[0], 0.0
    energy = np.empty(n_bands)
    for band in range(n_bands):
        energy[band] = (envelopes[band].real ** 2 + envelopes[band].imag ** 2).sum()
    together = np.zeros(n_bands)
    for band in range(n_bands - 2):
        one, other = envelopes[band], envelopes[band + 2]
        product = (one.real * other.real + one.imag * other.imag).sum()
        if energy[band] > 0 and energy[band + 2] > 0:
            together[band] = product / np.sqrt(energy[band] * energy[band + 2])
    for band in range(n_bands):
        if steady[band] <= 0:
            continue
        depth = min(np.sqrt(2 * energy[band]) / steady[band], 1.0)
        upper = together[band] if band < n_bands - 2 else 1.0
        lower = together[band - 2] if band >= 2 else 1.0
        total += weights[band] * (depth * upper * lower) ** 2
    return total


def roughness_asper(samples: NDArray[np.float64]) -> float:
    """Return the roughness of one window.

    Parameters
    ----------
    samples : ndarray, shape (4800,)
        Sound pressure at 24 kHz, Pa.

    Returns
    -------
    float
        Roughness, asper.

    References
    ----------
    Daniel & Weber (1997), Acustica united with acta acustica 83, 113-123.
    """
    spectrum = scipy.fft.rfft(samples * _WINDOW) * _SCALE * _EAR
    bands = np.empty((N_BANDS, _N_BINS), dtype=np.complex64)  # seven digits are plenty here
    _excitation(spectrum, _BINS_BARK, _AUDIBLE, _BAND_FLOOR, bands)
    rectified = np.abs(scipy.fft.irfft(bands, _LENGTH, axis=1))
    steady = rectified.sum(axis=1, dtype=np.float64)
    envelopes = scipy.fft.rfft(rectified, axis=1)[:, :_N_MODULATION] * _WEIGHTS
    return CALIBRATION * float(_gathered(envelopes, steady, _DEPTH_WEIGHTS))


class RoughnessMeter:
    """Roughness of one channel in windows of 0.2 s, each 0.1 s, piece by piece.

    Parameters
    ----------
    pascals_per_unit : tuple of float
        Sound pressure of a sample of 1, Pa; one for each playback level.
    """

    def __init__(self, pascals_per_unit: tuple[float, ...]) -> None:
        self._pascals = pascals_per_unit
        self._waiting = np.empty(0)

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples at 24 kHz; return roughness, shape (windows, levels)."""
        together = np.concatenate([self._waiting, samples])
        n_windows = max((len(together) - _LENGTH) // _STEP + 1, 0)
        out = np.empty((n_windows, len(self._pascals)))
        for k in range(n_windows):
            window = together[k * _STEP : k * _STEP + _LENGTH]
            for level, pascals in enumerate(self._pascals):
                out[k, level] = roughness_asper(window * pascals)
        self._waiting = together[n_windows * _STEP :].copy()
        return out
