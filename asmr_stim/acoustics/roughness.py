"""Roughness of sounds, by the model of Daniel and Weber (1997).

A window of 0.2 s is split into 47 bands of one bark by the slopes of masking; the envelope of each
is weighted by its modulation frequency, and bands whose envelopes go together add up.
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from asmr_stim.acoustics.lane_transform import LaneTransform, Layout
from asmr_stim.acoustics.roughness_bands import (
    EAR_TRANSMISSION,
    LENGTH,
    N_BINS,
    RATE_HZ,
    WINDOW_S,
    band_shares,
)
from asmr_stim.acoustics.roughness_tables import (
    DEPTH_WEIGHTS,
    MIDDLES_BARK,
    MODULATION_WEIGHTS,
    N_BANDS,
)
from asmr_stim.compiling import njit

STEP_S = 0.1
CALIBRATION = 0.25  # Daniel & Weber: 1 asper for 1 kHz, 60 dB, fully modulated at 70 Hz
_STEP = round(STEP_S * RATE_HZ)
_HIGHEST_MODULATION_HZ = 645
_N_MODULATION = round(_HIGHEST_MODULATION_HZ * WINDOW_S) + 1
_WINDOW = np.blackman(LENGTH + 1)[:-1]
_SCALE = np.sqrt(2) / _WINDOW.sum()  # from a transform to the RMS of a sine
_DEPTH_WEIGHTS = np.interp(MIDDLES_BARK, np.arange(len(DEPTH_WEIGHTS)), DEPTH_WEIGHTS)

_LANES = 16  # bands side by side
_RUN = 8 * _LANES  # numbers taken together; eight sums of a band are more exact than one
_WIDTH = -(-N_BANDS // _LANES) * _LANES
_HALF = LENGTH // 2  # two samples make one value of a transform of half the length; it has an even
# number of stages, so that its output stands where its input stood
_IMAG = Layout(_HALF, _LANES).imag
_TURNS = np.exp(2j * np.pi * np.arange(_HALF) / LENGTH)
_FAST = {"contract", "nsz", "reassoc"}


def _modulation_weights() -> NDArray[np.float64]:
    """Return the weights of modulation frequencies, shape (bins, lanes); the lowest two are 0."""
    frequency_hz = np.arange(_N_MODULATION) / WINDOW_S
    weights = np.zeros((_N_MODULATION, _WIDTH))
    for band in range(1, N_BANDS + 1):
        curve = MODULATION_WEIGHTS[max(key for key in MODULATION_WEIGHTS if key <= band)]
        weights[:, band - 1] = np.interp(frequency_hz, *curve)
    weights[:2] = 0
    return weights


_WEIGHTS = _modulation_weights()


@njit(cache=True, nogil=True, fastmath=_FAST)
def _pack(
    shares: NDArray[np.float32],
    first: int,
    own: NDArray[np.complex64],
    mirrored: NDArray[np.complex64],
    w: NDArray[np.float32],
) -> None:
    """Fill the spectra of 16 bands, parts exchanged, so that a transform gives their samples."""
    flat = shares.ravel()  # the compiler then knows that lanes are neighbours
    for k in range(_HALF):
        a, b, c, d = own[k].real, own[k].imag, mirrored[k].real, mirrored[k].imag
        place, other = k * _WIDTH + first, (_HALF - k) * _WIDTH + first
        here, there = flat[place : place + _LANES], flat[other : other + _LANES]
        imag = w[_IMAG + k * _LANES : _IMAG + (k + 1) * _LANES]
        real = w[k * _LANES : (k + 1) * _LANES]
        for lane in range(_LANES):
            imag[lane] = here[lane] * a + there[lane] * c
        for lane in range(_LANES):
            real[lane] = here[lane] * b + there[lane] * d


@njit(cache=True, nogil=True, fastmath=_FAST)
def _rectify(w: NDArray[np.float32], steady: NDArray[np.float32]) -> None:
    """Replace the samples of every band by their absolute values, and fill the sums of these."""
    sums = np.zeros(_RUN, np.float32)
    for start in range(0, _HALF * _LANES, _RUN):
        real, imag = w[start : start + _RUN], w[_IMAG + start : _IMAG + start + _RUN]
        for k in range(_RUN):
            even, odd = abs(imag[k]), abs(real[k])
            real[k], imag[k] = even, odd
            sums[k] += even + odd
    steady[:] = 0.0
    for start in range(0, _RUN, _LANES):
        for lane in range(_LANES):
            steady[lane] += sums[start + lane]


@njit(cache=True, nogil=True, fastmath=_FAST)
def _unpack(
    w: NDArray[np.float32],
    first: int,
    turns: NDArray[np.complex128],
    weights: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Fill the weighted spectra of envelopes, shape (2, bins, bands), real and imaginary parts."""
    for k in range(1, weights.shape[0]):
        c, s = turns[k].real, -turns[k].imag
        here, there = k * _LANES, (_HALF - k) * _LANES
        for lane in range(_LANES):
            a, b = np.float64(w[here + lane]), np.float64(w[_IMAG + here + lane])
            x, y = np.float64(w[there + lane]), np.float64(w[_IMAG + there + lane])
            weight = weights[k, first + lane] / 2
            out[0, k, first + lane] = weight * (a + x + c * (b + y) + s * (a - x))
            out[1, k, first + lane] = weight * (b - y + s * (b + y) - c * (a - x))


@njit(cache=True, nogil=True, fastmath=_FAST)
def _sums(
    envelopes: NDArray[np.float64], energy: NDArray[np.float64], products: NDArray[np.float64]
) -> None:
    """Fill the energy of each band's envelope, and its product with that of the band two above."""
    energy[:] = 0.0
    products[:] = 0.0
    for k in range(envelopes.shape[1]):
        re, im = envelopes[0, k], envelopes[1, k]
        for band in range(energy.shape[0]):
            energy[band] += re[band] * re[band] + im[band] * im[band]
        for band in range(energy.shape[0] - 2):
            products[band] += re[band] * re[band + 2] + im[band] * im[band + 2]


@njit(cache=True, nogil=True)
def _gathered(
    energy: NDArray[np.float64],
    products: NDArray[np.float64],
    steady: NDArray[np.float32],
    weights: NDArray[np.float64],
) -> float:
    """Return the sum over bands of weight times squared depth times correlations."""
    n_bands, total = weights.shape[0], 0.0
    together = np.zeros(n_bands)
    for band in range(n_bands - 2):
        if energy[band] > 0 and energy[band + 2] > 0:
            together[band] = products[band] / np.sqrt(energy[band] * energy[band + 2])
    for band in range(n_bands):
        if steady[band] <= 0:
            continue
        depth = min(np.sqrt(2 * energy[band]) / steady[band], 1.0)
        upper = together[band] if band < n_bands - 2 else 1.0
        lower = together[band - 2] if band >= 2 else 1.0
        total += weights[band] * (depth * upper * lower) ** 2
    return total


class _Model:
    """The model with its working memory; what one window leaves in it, the next overwrites."""

    def __init__(self) -> None:
        self._transform = LaneTransform(_HALF, _LANES, np.float32)  # seven digits are plenty here
        self._shares = np.zeros((N_BINS, _WIDTH), dtype=np.float32)
        self._is_excited = np.zeros(_WIDTH, dtype=np.bool_)
        self._envelopes = np.zeros((2, _N_MODULATION, _WIDTH))
        self._steady = np.zeros(_WIDTH, dtype=np.float32)
        self._energy, self._products = np.zeros(_WIDTH), np.zeros(_WIDTH)

    def roughness_asper(self, spectrum: NDArray[np.complex128]) -> float:
        """Return the roughness of a window from its spectrum, in Pa RMS, shape (2401,)."""
        band_shares(np.abs(spectrum), self._shares, self._is_excited)
        mirrored = spectrum[:0:-1].conj()
        own = (spectrum[:-1] * (1 + 1j * _TURNS)).astype(np.complex64)
        mirrored = (mirrored * (1 - 1j * _TURNS)).astype(np.complex64)
        for first in range(0, len(self._is_excited), _LANES):
            self._follow(own, mirrored, first)
        _sums(self._envelopes, self._energy, self._products)
        return CALIBRATION * float(
            _gathered(self._energy, self._products, self._steady, _DEPTH_WEIGHTS)
        )

    def _follow(
        self, own: NDArray[np.complex64], mirrored: NDArray[np.complex64], first: int
    ) -> None:
        """Fill the spectra of the envelopes of 16 bands."""
        lanes = slice(first, first + _LANES)
        if not self._is_excited[lanes].any():
            self._steady[lanes] = 0.0
            self._envelopes[:, :, lanes] = 0.0
            return
        w = self._transform.buffer
        _pack(self._shares, first, own, mirrored, w)
        self._transform.run()
        _rectify(w, self._steady[lanes])
        self._transform.run()
        _unpack(w, first, _TURNS, _WEIGHTS, self._envelopes)


class RoughnessMeter:
    """Roughness of one channel in windows of 0.2 s, each 0.1 s, piece by piece.

    Parameters
    ----------
    pascals_per_unit : tuple of float
        Sound pressure of a sample of 1, Pa; one for each playback level.

    Notes
    -----
    The window's spectrum, the ear's transmission, threshold and slopes of masking give the spectrum
    of every band; its samples are rectified, and the spectrum of these is weighted.

    References
    ----------
    Daniel & Weber (1997), Acustica united with acta acustica 83, 113-123.
    """

    def __init__(self, pascals_per_unit: tuple[float, ...]) -> None:
        self._pascals = pascals_per_unit
        self._waiting = np.empty(0)
        self._model = _Model()

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples at 24 kHz; return roughness in asper, shape (windows, levels)."""
        together = np.concatenate([self._waiting, samples])
        n_windows = max((len(together) - LENGTH) // _STEP + 1, 0)
        out = np.empty((n_windows, len(self._pascals)))
        for k in range(n_windows):
            window = together[k * _STEP : k * _STEP + LENGTH]
            spectrum = scipy.fft.rfft(window * _WINDOW) * (_SCALE * EAR_TRANSMISSION)
            for level, pascals in enumerate(self._pascals):
                out[k, level] = self._model.roughness_asper(spectrum * pascals)
        self._waiting = together[n_windows * _STEP :].copy()
        return out
