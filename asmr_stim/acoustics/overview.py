"""A sound in as many columns as a picture has: its wave, and its spectrum over time.

For pictures only. The memory that it takes does not grow with the length of the sound.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.fft
import scipy.sparse
from numpy.typing import NDArray

from asmr_stim.acoustics.framing import Carry, Framing, bin_frequencies_hz

WAVE_COLUMNS = 1600
SPECTRUM_COLUMNS = 800
ROWS_PER_OCTAVE = 16
LOWEST_HZ = 50.0
HIGHEST_HZ = 20000.0
FRAMES_IN_SHORT = 24  # side by side; a sound under a second has shorter frames
SHORTEST_FRAME_S = 0.005
_BATCH = 64  # frames at a time


@dataclass(frozen=True, slots=True)
class Wave:
    """The smallest and largest sample of each stretch of a sound.

    Parameters
    ----------
    edges_s : ndarray, shape (columns + 1,)
        When the stretches begin, and when the last one ends.
    lowest, highest : ndarray, shape (channels, columns)
        Full scale is 1.
    """

    edges_s: NDArray[np.float64]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spectrogram:
    """Mean power of all channels over time and frequency.

    Parameters
    ----------
    edges_s : ndarray, shape (columns + 1,)
        When columns begin and end.
    edges_hz : ndarray, shape (rows + 1,)
        Where rows begin and end, at equal distances on a logarithmic scale.
    level_db : ndarray, shape (rows, columns)
        Level of a bin of the spectrum, dB re full scale; -inf for silence.
    """

    edges_s: NDArray[np.float64]
    edges_hz: NDArray[np.float64]
    level_db: NDArray[np.float64]


class WaveMeter:
    """Smallest and largest samples, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels, n_frames : int
        Channels, and samples in each: the whole length has to be known.
    """

    def __init__(self, rate_hz: float, n_channels: int, n_frames: int) -> None:
        self._rate_hz = rate_hz
        n_columns = min(WAVE_COLUMNS, n_frames)
        self._edges = np.arange(n_columns + 1) * n_frames // n_columns
        self._lowest = np.full((n_channels, n_columns), np.inf)
        self._highest = np.full((n_channels, n_columns), -np.inf)
        self._done = 0

    def push(self, samples: NDArray[np.float64]) -> None:
        """Take the next samples, shape (channels, frames)."""
        stop = self._done + samples.shape[1]
        first = int(np.searchsorted(self._edges, self._done, side="right")) - 1
        last = int(np.searchsorted(self._edges, stop, side="left"))
        starts = np.maximum(self._edges[first:last] - self._done, 0)
        here = slice(first, last)
        low = np.minimum.reduceat(samples, starts, axis=1)
        high = np.maximum.reduceat(samples, starts, axis=1)
        self._lowest[:, here] = np.minimum(self._lowest[:, here], low)
        self._highest[:, here] = np.maximum(self._highest[:, here], high)
        self._done = stop

    def wave(self) -> Wave:
        """Return the wave, once all samples were taken."""
        return Wave(self._edges / self._rate_hz, self._lowest, self._highest)


class SpectrogramMeter:
    """Power over time and frequency, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels, n_frames : int
        Channels, and samples in each.

    Notes
    -----
    Frames are as long as those of the features, and shorter for sounds under a second, so that
    their parts can be told apart. They are centred, with silence before and after the sound; they
    overlap the more the shorter the sound is, and are averaged where there are more than 800.
    """

    def __init__(self, rate_hz: float, n_channels: int, n_frames: int) -> None:
        length = _frame_length(rate_hz, n_frames)
        hop = min(length // 4, max(n_frames // SPECTRUM_COLUMNS, length // 64, 1))
        self._framing = Framing(length, hop)
        self._rate_hz = rate_hz
        self._duration_s = n_frames / rate_hz
        self._n_spectra = self._framing.n_frames(n_frames + 2 * (length // 2))
        n_columns = min(SPECTRUM_COLUMNS, self._n_spectra)
        self._edges_hz = _row_edges_hz(rate_hz)
        self._n_fft = Framing.for_rate(rate_hz).length  # short frames are filled up with zeros
        weights = _row_weights(self._edges_hz, bin_frequencies_hz(rate_hz, self._n_fft))
        self._rows = scipy.sparse.csr_array(weights)  # nearly all are 0
        self._window = np.hanning(length + 1)[:-1]
        self._silence = np.zeros((n_channels, length // 2))
        self._carry = Carry(n_channels, self._framing)
        self._carry.whole_frames(self._silence)
        self._power = np.zeros((len(weights), n_columns))
        self._counts = np.zeros(n_columns)
        self._done = 0

    def push(self, samples: NDArray[np.float64]) -> None:
        """Take the next samples, shape (channels, frames)."""
        together, n_spectra = self._carry.whole_frames(samples)
        for start in range(0, n_spectra, _BATCH):
            self._add(together[:, start * self._framing.hop :], min(_BATCH, n_spectra - start))

    def _add(self, samples: NDArray[np.float64], n_spectra: int) -> None:
        """Add some frames to their columns."""
        length, hop = self._framing.length, self._framing.hop
        frames = np.lib.stride_tricks.sliding_window_view(samples, length, axis=1)
        frames = frames[:, : n_spectra * hop : hop] * self._window
        power = (np.abs(scipy.fft.rfft(frames, self._n_fft, axis=2)) ** 2).mean(axis=0)
        column = (self._done + np.arange(n_spectra)) * len(self._counts) // self._n_spectra
        np.add.at(self._power.T, column, (self._rows @ power.T).T)
        np.add.at(self._counts, column, 1)
        self._done += n_spectra

    def spectrogram(self) -> Spectrogram | None:
        """Return the picture, once all samples were taken; None if they are too few for a frame."""
        self.push(self._silence)
        if self._n_spectra == 0:
            return None
        places = np.arange(len(self._counts) + 1) * self._n_spectra / len(self._counts)
        edges_s = np.clip((places - 0.5) * self._framing.hop / self._rate_hz, 0, self._duration_s)
        edges_s[-1] = self._duration_s
        full_scale = (self._window.sum() / 2) ** 2  # power of a sine of peak 1 in its bin
        with np.errstate(divide="ignore"):
            level_db = 10 * np.log10(self._power / self._counts / full_scale)
        return Spectrogram(edges_s, self._edges_hz, level_db)


def _frame_length(rate_hz: float, n_frames: int) -> int:
    """Return the samples of a frame: those of the features, or fewer for a short sound."""
    shortest = max(n_frames / FRAMES_IN_SHORT, SHORTEST_FRAME_S * rate_hz, 4)
    return int(min(Framing.for_rate(rate_hz).length, 2 ** round(np.log2(shortest))))


def _row_edges_hz(rate_hz: float) -> NDArray[np.float64]:
    highest_hz = min(HIGHEST_HZ, rate_hz / 2)
    n_rows = round(np.log2(highest_hz / LOWEST_HZ) * ROWS_PER_OCTAVE)
    return np.geomspace(LOWEST_HZ, highest_hz, n_rows + 1)


def _row_weights(
    edges_hz: NDArray[np.float64], bins_hz: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how rows are made of bins: the mean of those inside, or between two if none is."""
    weights = np.zeros((len(edges_hz) - 1, len(bins_hz)))
    for row, (low_hz, high_hz) in enumerate(pairwise(edges_hz)):
        inside = (bins_hz >= low_hz) & (bins_hz < high_hz)
        if inside.any():
            weights[row, inside] = 1 / np.count_nonzero(inside)
            continue
        place = min(np.sqrt(low_hz * high_hz) / bins_hz[1], len(bins_hz) - 1.001)
        below = int(place)
        weights[row, below : below + 2] = 1 - (place - below), place - below
    return weights
