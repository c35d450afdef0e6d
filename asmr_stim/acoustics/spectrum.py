"""Features of the short-time spectrum, one row a frame, from a single Fourier transform.

Definitions are those of librosa 0.11 without centring (``center=False``), with a periodic Hann
window, in double precision (single precision widens the bandwidth of a pure tone by 1 %). Every
frame stands for itself: no value depends on another part of the sound but the onset strength, which
compares a frame with the one before. A frame of digital silence has no spectrum; its features
are nan.
"""

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

from asmr_stim.acoustics.framing import Carry, Framing
from asmr_stim.acoustics.mel import mel_bank

COLUMNS = (
    "spectral_centroid_hz",
    "spectral_bandwidth_hz",
    "spectral_rolloff_85_hz",
    "spectral_rolloff_95_hz",
    "spectral_flatness",
    "onset_strength_db",
)
FLOOR_POWER = 1e-10  # librosa's amin: keeps the logarithm of an empty bin finite
ROLLOFF_85, ROLLOFF_95 = 0.85, 0.95
_BATCH = 128  # frames at a time: a batch of spectra stays in the processor's cache
_LANES = 16  # batches are filled up to a multiple of this, so that every frame takes the same path
_REORDER = {"reassoc", "contract", "nsz", "arcp"}  # lets sums over bins use vector instructions

_Array = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _windowed(samples: _Array, hop: int, window: _Array, frames: _Array) -> None:
    """Fill one windowed frame a row."""
    n_frames, length = frames.shape
    for t in range(n_frames):
        piece = samples[t * hop : t * hop + length]
        for k in range(length):
            frames[t, k] = piece[k] * window[k]


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _magnitudes(spectrum: NDArray[np.complex128], power: _Array, magnitude: _Array) -> None:
    """Fill the power and the magnitude of every bin."""
    for k in range(spectrum.shape[0]):
        power[k] = spectrum[k].real * spectrum[k].real + spectrum[k].imag * spectrum[k].imag
        magnitude[k] = np.sqrt(power[k])


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _total(values: _Array) -> float:
    """Return the sum."""
    total = 0.0
    for k in range(values.shape[0]):
        total += values[k]
    return total


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _moments(magnitude: _Array, bins_hz: _Array, total: float, out: _Array) -> None:
    """Fill centroid and bandwidth."""
    first, second = 0.0, 0.0
    for k in range(magnitude.shape[0]):
        first += magnitude[k] * bins_hz[k]
    centroid = first / total
    for k in range(magnitude.shape[0]):
        away = bins_hz[k] - centroid
        second += magnitude[k] * away * away
    out[0], out[1] = centroid, np.sqrt(second / total)


@njit(cache=True, nogil=True)
def _rolloff(magnitude: _Array, bins_hz: _Array, target: float) -> float:
    """Return the frequency of the first bin at which the running sum reaches the target."""
    reached = 0.0
    for k in range(magnitude.shape[0]):
        reached += magnitude[k]
        if reached >= target:
            return float(bins_hz[k])
    return float(bins_hz[-1])


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _flatness(power: _Array) -> float:
    """Return geometric over arithmetic mean of the power; one logarithm for 16 bins."""
    n_bins, floor = power.shape[0], FLOOR_POWER
    total, log_sum, whole = 0.0, 0.0, n_bins - n_bins % 16
    for k in range(n_bins):
        total += max(power[k], floor)
    for start in range(0, whole, 16):
        product = 1.0
        for k in range(start, start + 16):
            product *= max(power[k], floor)
        log_sum += np.log(product)
    for k in range(whole, n_bins):
        log_sum += np.log(max(power[k], floor))
    geometric_mean = np.exp(log_sum / n_bins)
    return float(geometric_mean / (total / n_bins))


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _mel_levels(
    power: _Array,
    starts: NDArray[np.int64],
    first_bins: NDArray[np.int64],
    weights: _Array,
    out: _Array,
) -> None:
    """Fill the level of every mel band, dB re 1, frame by frame without any normalisation."""
    for band in range(first_bins.shape[0]):
        n_bins = starts[band + 1] - starts[band]
        part = power[first_bins[band] : first_bins[band] + n_bins]
        weight = weights[starts[band] : starts[band + 1]]
        total = 0.0
        for k in range(n_bins):
            total += part[k] * weight[k]
        out[band] = 10 * np.log10(max(total, FLOOR_POWER))


@njit(cache=True, nogil=True)
def _mean_rise(before: _Array, now: _Array) -> float:
    """Return the mean over bands of what has grown."""
    total = 0.0
    for band in range(now.shape[0]):
        total += max(now[band] - before[band], 0)
    return float(total / now.shape[0])


@njit(cache=True, nogil=True)
def _describe(
    spectra: NDArray[np.complex128],
    bins_hz: _Array,
    bank: tuple[NDArray[np.int64], NDArray[np.int64], _Array],
    before: _Array,
    out: _Array,
) -> None:
    """Fill one row of features a frame; carry on the mel levels of the last frame."""
    n_bins = bins_hz.shape[0]
    power, magnitude = np.empty(n_bins), np.empty(n_bins)
    levels = np.empty_like(before)
    for t in range(out.shape[0]):
        _magnitudes(spectra[t], power, magnitude)
        total = _total(magnitude)
        out[t, :5] = np.nan
        if total > 0:
            _moments(magnitude, bins_hz, total, out[t])
            out[t, 2] = _rolloff(magnitude, bins_hz, ROLLOFF_85 * total)
            out[t, 3] = _rolloff(magnitude, bins_hz, ROLLOFF_95 * total)
            out[t, 4] = _flatness(power)
        _mel_levels(power, bank[0], bank[1], bank[2], levels)
        out[t, 5] = _mean_rise(before, levels) if not np.isnan(before[0]) else np.nan
        before[:] = levels


class SpectrumAnalyser:
    """Spectral features of every frame of every channel, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    """

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self.framing = Framing.for_rate(rate_hz)
        length = self.framing.length
        self._carry = Carry(n_channels, self.framing)
        self._window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
        self._bins_hz = np.fft.rfftfreq(length, 1 / rate_hz)
        self._bank = mel_bank(rate_hz, length)
        n_bands = len(self._bank.first_bins)
        self._before = np.full((n_channels, n_bands), np.nan)
        self._frames = np.zeros((_BATCH, length))

    def push(self, samples: _Array) -> _Array:
        """Take the next samples and return the rows of the frames that they complete.

        Parameters
        ----------
        samples : ndarray, shape (channels, frames)
            The samples that follow those of the call before.

        Returns
        -------
        ndarray of float64, shape (channels, frames, columns)
            Columns as in ``COLUMNS``; nan where a feature is not defined.

        Notes
        -----
        With magnitudes S(k) at frequencies f(k): centroid sum f S / sum S; bandwidth
        sqrt(sum (f - centroid)^2 S / sum S); roll-off the lowest f below which 85 or 95 % of sum S
        lies; flatness the geometric over the arithmetic mean of max(S^2, 1e-10); onset strength
        the mean over mel bands of the rise of 10 log10 max(power, 1e-10) since the frame before
        (nan for the first frame).

        References
        ----------
        Klapuri & Davy (2007), Signal Processing Methods for Music Transcription, ch. 5 (centroid,
        bandwidth); Dubnov (2004), IEEE SPL 11(8) (flatness); Boeck & Widmer (2013), DAFx (onset
        strength); McFee et al., librosa 0.11, doi 10.5281/zenodo.15006942.
        """
        samples, n_frames = self._carry.whole_frames(samples)
        out = np.empty((len(samples), n_frames, len(COLUMNS)))
        for start in range(0, n_frames, _BATCH):
            stop = min(start + _BATCH, n_frames)
            for channel, row in enumerate(samples):
                self._fill(row[start * self.framing.hop :], channel, out[channel, start:stop])
        return out

    def _fill(self, samples: _Array, channel: int, out: _Array) -> None:
        """Fill the rows of one batch of one channel."""
        n_frames = len(out)
        _windowed(samples, self.framing.hop, self._window, self._frames[:n_frames])
        filled = -(-n_frames // _LANES) * _LANES
        self._frames[n_frames:filled] = 0
        spectra = scipy.fft.rfft(self._frames[:filled], axis=1)
        bank = (self._bank.starts, self._bank.first_bins, self._bank.weights)
        _describe(spectra, self._bins_hz, bank, self._before[channel], out)
