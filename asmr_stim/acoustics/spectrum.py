"""Features of the spectrum of one frame, one row a frame.

Where librosa 0.11 has a feature of the name, the definition is that of librosa without centring
(``center=False``) and without ``top_db``. Every frame stands for itself: no value depends on
another part of the sound but flux and onset strength, which compare a frame with the one before. A
frame of digital silence has no spectrum; its features are nan.
"""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.cepstrum import N_COEFFICIENTS, cosine_basis, cosine_transform
from asmr_stim.acoustics.contrast import N_CONTRAST_BANDS, band_contrast, contrast_bands
from asmr_stim.acoustics.decibels import FLOOR_POWER
from asmr_stim.acoustics.framing import bin_frequencies_hz
from asmr_stim.acoustics.mel import mean_rise, mel_bank, mel_powers
from asmr_stim.acoustics.octaves import (
    N_OCTAVES,
    OCTAVES_HZ,
    high_band_start,
    octave_edges,
    slope_db_per_octave,
    slope_weights,
)
from asmr_stim.compiling import njit

CONTRAST_COLUMNS = tuple(f"spectral_contrast_{k}_db" for k in range(N_CONTRAST_BANDS))
OCTAVE_COLUMNS = tuple(f"band_level_{hz:.0f}_hz_db" for hz in OCTAVES_HZ)
CEPSTRUM_COLUMNS = tuple(f"mfcc_{k}_db" for k in range(N_COEFFICIENTS))
COLUMNS = (
    "spectral_centroid_hz",
    "spectral_bandwidth_hz",
    "spectral_rolloff_85_hz",
    "spectral_rolloff_95_hz",
    "spectral_flatness",
    "onset_strength_db",
    "spectral_flux",
    "high_frequency_ratio_db",
    "spectral_slope_db_per_octave",
    *OCTAVE_COLUMNS,
    *CONTRAST_COLUMNS,
    *CEPSTRUM_COLUMNS,
)
ROLLOFF_85, ROLLOFF_95 = 0.85, 0.95
_GROUP = 32  # bins summed together, for the roll-off
_ROW = 16  # bins side by side, for the flatness
_BLOCK = 16 * _ROW  # of which 16 are multiplied: 1e-10 to the 16th is still a number
_CENTROID, _BANDWIDTH, _ROLLOFF_85, _ROLLOFF_95, _FLATNESS, _RISE, _FLUX, _HIGH, _SLOPE = range(9)
_OCTAVES = _SLOPE + 1
_CONTRAST = _OCTAVES + N_OCTAVES
_CEPSTRUM = _CONTRAST + N_CONTRAST_BANDS
_REORDER = {"reassoc", "contract", "nsz", "arcp"}  # lets sums over bins use vector instructions

_Array = NDArray[np.float64]
_Index = NDArray[np.int64]


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _magnitudes(spectrum: NDArray[np.complex128], power: _Array, magnitude: _Array) -> float:
    """Fill the power and the magnitude of every bin; return the sum of the power."""
    energy = 0.0
    for k in range(spectrum.shape[0]):
        square = spectrum[k].real * spectrum[k].real + spectrum[k].imag * spectrum[k].imag
        power[k] = square
        energy += square
        magnitude[k] = np.sqrt(square)
    return energy


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _sum(values: _Array) -> float:
    """Return the sum."""
    total = 0.0
    for k in range(values.shape[0]):
        total += values[k]
    return total


@njit(cache=True, nogil=True)
def _group_sums(magnitude: _Array, groups: _Array) -> float:
    """Fill the sum of each group of bins; return the sum of all."""
    for g in range(groups.shape[0]):
        groups[g] = _sum(magnitude[g * _GROUP : (g + 1) * _GROUP])
    return float(_sum(groups))


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
    out[_CENTROID], out[_BANDWIDTH] = centroid, np.sqrt(second / total)


@njit(cache=True, nogil=True)
def _rolloff(magnitude: _Array, groups: _Array, bins_hz: _Array, target: float) -> float:
    """Return the frequency of the first bin at which the running sum reaches the target.

    Whole groups of bins are passed over first.
    """
    reached, group = 0.0, 0
    while group < groups.shape[0] - 1 and reached + groups[group] < target:
        reached, group = reached + groups[group], group + 1
    for k in range(group * _GROUP, magnitude.shape[0]):
        reached += magnitude[k]
        if reached >= target:
            return float(bins_hz[k])
    return float(bins_hz[-1])


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _products(power: _Array, out: _Array) -> float:
    """Fill products of 16 bins each, whose logarithms the flatness needs; return the mean power."""
    n_bins, floor = power.shape[0], FLOOR_POWER
    total, whole, n_done = 0.0, n_bins - n_bins % _BLOCK, 0
    for k in range(n_bins):
        total += max(power[k], floor)
    for start in range(0, whole, _BLOCK):
        products = out[n_done : n_done + _ROW]
        products[:] = 1.0
        for row in range(start, start + _BLOCK, _ROW):
            part = power[row : row + _ROW]
            for k in range(_ROW):
                products[k] *= max(part[k], floor)
        n_done += _ROW
    for start in range(whole, n_bins, _ROW):
        product = 1.0
        for k in range(start, min(start + _ROW, n_bins)):
            product *= max(power[k], floor)
        out[n_done] = product
        n_done += 1
    return float(total / n_bins)


@njit(cache=True, nogil=True, fastmath=_REORDER)
def _flux(magnitude: _Array, energy: float, before: _Array) -> float:
    """Return the distance from the frame before, both of length 1; remember this frame."""
    scale = 1 / np.sqrt(energy)
    total = 0.0
    for k in range(magnitude.shape[0]):
        change = magnitude[k] * scale - before[k]
        total += change * change
        before[k] = magnitude[k] * scale
    return float(np.sqrt(total))


@njit(cache=True, nogil=True)
def _share(power: float, energy: float) -> float:
    """Return a share of the energy; nan for nothing."""
    share = power / energy
    return share if share > 0 else np.nan


@njit(cache=True, nogil=True)
def _band_shares(power: _Array, energy: float, edges: _Index, high: int, out: _Array) -> None:
    """Fill the share of the energy above 4 kHz and in each octave band."""
    out[_HIGH] = _share(_sum(power[high:]), energy)
    for band in range(edges.shape[0]):
        start, stop = edges[band]
        out[_OCTAVES + band] = _share(_sum(power[start:stop]), energy)


@njit(cache=True, nogil=True)
def _measure(
    spectra: NDArray[np.complex128],
    tables: tuple[_Array, _Index, _Index, _Array, _Index, int, _Index],
    before: _Array,
    out: _Array,
    of_bands: _Array,
    products: _Array,
) -> None:
    """Fill what needs no logarithm, and what logarithms are taken of; row by row.

    Columns in dB are filled with that of which they are the level, the slope's with the energy of
    the frame, and that of the flatness with the mean power.
    """
    bins_hz, starts, first_bins, weights, edges, high, contrast = tables
    power, magnitude = np.empty(bins_hz.shape[0]), np.empty(bins_hz.shape[0])
    groups = np.empty(-(-bins_hz.shape[0] // _GROUP))
    for t in range(out.shape[0]):
        row = out[t]
        energy = _magnitudes(spectra[t], power, magnitude)
        mel_powers(power, starts, first_bins, weights, of_bands[t])
        if energy > 0:
            total = _group_sums(magnitude, groups)
            _moments(magnitude, bins_hz, total, row)
            row[_ROLLOFF_85] = _rolloff(magnitude, groups, bins_hz, ROLLOFF_85 * total)
            row[_ROLLOFF_95] = _rolloff(magnitude, groups, bins_hz, ROLLOFF_95 * total)
            row[_FLATNESS] = _products(power, products[t])
            row[_FLUX] = _flux(magnitude, energy, before)
            row[_SLOPE] = energy
            _band_shares(power, energy, edges, high, row)
            band_contrast(magnitude, contrast, row[_CONTRAST:_CEPSTRUM])
        else:
            row[:] = np.nan
            products[t] = 1.0
            before[:] = np.nan


@njit(cache=True, nogil=True)
def _conclude(
    levels: _Array,
    log_products: _Array,
    tables: tuple[int, _Array, _Array, _Array],
    before: _Array,
    out: _Array,
) -> None:
    """Fill what follows from logarithms."""
    n_bins, widths_db, slope_weights, basis = tables
    for t in range(out.shape[0]):
        row = out[t]
        row[_RISE] = mean_rise(before, levels[t])
        before[:] = levels[t]
        if row[_FLATNESS] > 0:  # not nan: there is a spectrum
            geometric_mean = np.exp(_sum(log_products[t]) / n_bins)
            row[_FLATNESS] = min(geometric_mean / row[_FLATNESS], 1.0)  # but for rounding, it is
            bands_db = row[_OCTAVES:_CONTRAST]
            row[_SLOPE] = slope_db_per_octave(bands_db, row[_SLOPE], widths_db, slope_weights)
            cosine_transform(levels[t], basis, row[_CEPSTRUM:])


def _to_decibels(powers: _Array) -> None:
    """Replace powers by their levels; numpy takes many logarithms faster than a loop does."""
    np.log10(powers, out=powers)
    powers *= 10


class FrameDescriber:
    """Features of the spectra of one channel, frame after frame.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    frame_length : int
        Samples in a frame.

    Notes
    -----
    With magnitudes S(k) at frequencies f(k): centroid sum f S / sum S; bandwidth
    sqrt(sum (f - centroid)^2 S / sum S); roll-off the lowest f below which 85 or 95 % of sum S
    lies; flatness the geometric over the arithmetic mean of max(S^2, 1e-10); onset strength the
    mean over mel bands of the rise of 10 log10 max(power, 1e-10); flux the Euclidean distance of
    spectra of length 1 (both nan for the first frame). The others are defined in their modules.

    References
    ----------
    Klapuri & Davy (2007), Signal Processing Methods for Music Transcription, ch. 5 (centroid,
    bandwidth); Dubnov (2004), IEEE SPL 11(8) (flatness); Boeck & Widmer (2013), DAFx (onset
    strength); McFee et al., librosa 0.11, doi 10.5281/zenodo.15006942.
    """

    def __init__(self, rate_hz: float, frame_length: int) -> None:
        bins_hz = bin_frequencies_hz(rate_hz, frame_length)
        bank = mel_bank(rate_hz, frame_length)
        n_bins, n_bands = len(bins_hz), len(bank.first_bins)
        edges = octave_edges(bins_hz)
        self._tables = (
            bins_hz,
            bank.starts,
            bank.first_bins,
            bank.weights,
            edges,
            high_band_start(bins_hz),
            contrast_bands(bins_hz),
        )
        widths_db = 10 * np.log10(np.maximum(edges[:, 1] - edges[:, 0], 1))
        self._level_tables = (n_bins, widths_db, slope_weights(edges), cosine_basis(n_bands))
        self._n_products = n_bins // _BLOCK * _ROW - (-(n_bins % _BLOCK) // _ROW)
        self._levels_before = np.full(n_bands, np.nan)
        self._spectrum_before = np.full(n_bins, np.nan)

    def describe(self, spectra: NDArray[np.complex128]) -> _Array:
        """Return the features of the next frames.

        Parameters
        ----------
        spectra : ndarray of complex128, shape (frames, bins)
            The spectra that follow those of the call before.

        Returns
        -------
        ndarray of float64, shape (frames, columns)
            Columns as in ``COLUMNS``; nan where a feature is not defined.
        """
        out = np.empty((len(spectra), len(COLUMNS)))
        levels = np.empty((len(spectra), len(self._levels_before)))
        products = np.empty((len(spectra), self._n_products))
        _measure(spectra, self._tables, self._spectrum_before, out, levels, products)
        _to_decibels(levels)
        _to_decibels(out[:, _HIGH:_CEPSTRUM])
        np.log(products, out=products)
        _conclude(levels, products, self._level_tables, self._levels_before, out)
        return out
