"""Triangular filters that are equally wide on the mel scale of Slaney's Auditory Toolbox."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.decibels import FLOOR_POWER
from asmr_stim.compiling import njit

LINEAR_HZ_PER_MEL = 200 / 3  # Slaney 1998: linear below 1 kHz
BREAK_HZ = 1000.0
BREAK_MEL = BREAK_HZ / LINEAR_HZ_PER_MEL
LOG_STEP = np.log(6.4) / 27  # Slaney 1998: 27 steps from 1 to 6.4 kHz
MOST_BANDS = 128
BINS_PER_BAND = 16  # fewer bands for short frames, so that none is empty


@dataclass(frozen=True, slots=True)
class MelBank:
    """Filters stored without their zeros.

    Parameters
    ----------
    starts : ndarray of int64, shape (bands + 1,)
        Where each band's weights begin in ``weights``.
    first_bins : ndarray of int64, shape (bands,)
        The spectral bin of the first weight of each band.
    weights : ndarray of float64
        The weights of all bands, one band after the other.
    """

    starts: NDArray[np.int64]
    first_bins: NDArray[np.int64]
    weights: NDArray[np.float64]


def mel_of_hz(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mel values of frequencies."""
    above = BREAK_MEL + np.log(np.maximum(frequency_hz, BREAK_HZ) / BREAK_HZ) / LOG_STEP
    return np.where(frequency_hz < BREAK_HZ, frequency_hz / LINEAR_HZ_PER_MEL, above)


def hz_of_mel(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return frequencies of mel values, Hz."""
    above = BREAK_HZ * np.exp(LOG_STEP * (np.maximum(mel, BREAK_MEL) - BREAK_MEL))
    return np.where(mel < BREAK_MEL, mel * LINEAR_HZ_PER_MEL, above)


def n_mel_bands(frame_length: int) -> int:
    """Return the number of bands for frames of a length: 128 for 2048 samples and more."""
    return min(MOST_BANDS, max(frame_length // BINS_PER_BAND, 1))


@cache
def mel_bank(rate_hz: float, frame_length: int) -> MelBank:
    """Return filters from 0 Hz to half the rate whose areas are equal.

    References
    ----------
    Slaney, M. (1998), Auditory Toolbox, Interval Research TR 1998-010; the same filters as
    ``librosa.filters.mel`` with its defaults.
    """
    n_bands = n_mel_bands(frame_length)
    bins_hz = np.fft.rfftfreq(frame_length, 1 / rate_hz)
    top = mel_of_hz(np.array([rate_hz / 2]))[0]
    edges_hz = hz_of_mel(np.linspace(0.0, top, n_bands + 2))
    low, peak, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising, falling = (bins_hz - low) / (peak - low), (high - bins_hz) / (high - peak)
    weights = np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
    return _without_zeros(weights)


def _without_zeros(weights: NDArray[np.float64]) -> MelBank:
    """Keep the non-zero run of every row."""
    first = [int(np.argmax(row > 0)) for row in weights]
    runs = [row[row > 0] for row in weights]
    starts = np.concatenate([[0], np.cumsum([len(run) for run in runs])]).astype(np.int64)
    return MelBank(starts, np.array(first, dtype=np.int64), np.concatenate(runs))


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def mel_powers(
    power: NDArray[np.float64],
    starts: NDArray[np.int64],
    first_bins: NDArray[np.int64],
    weights: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Fill the power of every mel band of one frame, without any normalisation.

    Parameters
    ----------
    power : ndarray, shape (bins,)
        Squared magnitudes.
    starts, first_bins, weights : ndarray
        Of a ``MelBank``.
    out : ndarray, shape (bands,)
        Filled; at least 1e-10.
    """
    for band in range(first_bins.shape[0]):
        n_bins = starts[band + 1] - starts[band]
        part = power[first_bins[band] : first_bins[band] + n_bins]
        weight = weights[starts[band] : starts[band + 1]]
        total = 0.0
        for k in range(n_bins):
            total += part[k] * weight[k]
        out[band] = max(total, FLOOR_POWER)


@njit(cache=True, nogil=True)
def mean_rise(before: NDArray[np.float64], now: NDArray[np.float64]) -> float:
    """Return the onset strength of one frame: the mean over bands of what has grown.

    Parameters
    ----------
    before, now : ndarray, shape (bands,)
        Levels of the mel bands of the frame before and of this one, dB; nan gives nan.

    References
    ----------
    Boeck & Widmer (2013), DAFx; as ``librosa.onset.onset_strength`` without smoothing.
    """
    total = 0.0
    for band in range(now.shape[0]):
        change = now[band] - before[band]
        total += max(change, 0.0) if change == change else np.nan  # noqa: PLR0124 nan is not itself
    return float(total / now.shape[0])
