"""The power of a clip in bands of frequency over time, at every coarseness.

Bands are equally wide on a logarithmic axis. Levels are stored as bytes, half a decibel each.
Coarser levels keep the largest of what they cover, so that a single tap stays visible in an hour.
Views that are finer than the stored frames are computed from the samples themselves.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from asmr_stim_tui.glimpses import Glimpses, columns_read

N_BANDS = 96
LOWEST_HZ = 50.0
HIGHEST_HZ = 20_000.0
FLOOR_DB = -120.0  # of a full-scale sine; byte 0
STEP_DB = 0.5
WINDOW_S = 0.04  # rounded up to a power of two: 2048 samples at 48 kHz
FINEST_S = 0.01
MOST_CELLS = 40_000_000  # bytes of the finest level: a frame every 10 ms up to 69 minutes
LARGEST_HOP = 0.55  # of the window; a click between two windows is drawn 8 dB lower at most
BATCH_FRAMES = 32  # fits the cache of the processor


class Spectrum(Protocol):
    """What a spectrogram is drawn from."""

    def levels(self, start: float, per_column: float, n_columns: int) -> NDArray[np.uint8]:
        """Return levels in half decibels above -120 dB, shape (n_columns, N_BANDS)."""


def band_edges_hz(rate_hz: int) -> NDArray[np.float64]:
    """Return the edges of the bands between 50 Hz and 20 kHz, or half the rate, in hertz."""
    highest = max(min(HIGHEST_HZ, rate_hz / 2), 2 * LOWEST_HZ)
    return np.geomspace(LOWEST_HZ, highest, N_BANDS + 1)


class LevelAnalysis:
    """Levels of frames of samples.

    Parameters
    ----------
    rate_hz : int
    n_window : int, samples
        A power of two.
    """

    def __init__(self, rate_hz: int, n_window: int) -> None:
        self.n_window = n_window
        window = np.hanning(n_window + 1)[:-1]
        self._window = window * 2 / window.sum()  # a full-scale sine has power 1
        bin_hz = rate_hz / n_window
        edges = band_edges_hz(rate_hz)
        low, high = edges[:-1], edges[1:]
        is_narrow = high - low < bin_hz  # such a band gets its share of the nearest bin
        self._nearest = np.rint(np.sqrt(low * high) / bin_hz).astype(np.intp)[is_narrow]
        self._share = ((high - low) / bin_hz)[is_narrow]
        self._first_bins = np.ceil(low / bin_hz).astype(np.intp)[~is_narrow]
        self._last_bin = int(np.ceil(high[-1] / bin_hz))

    def _in_bands(self, power: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the power in each band, shape (frames, N_BANDS).

        Bins are summed by place: a product with a matrix would wake the threads of the linear
        algebra, which costs more than it saves.
        """
        wide = np.add.reduceat(power[:, : self._last_bin], self._first_bins, axis=1)
        return np.concatenate([power[:, self._nearest] * self._share, wide], axis=1)

    def __call__(
        self, samples: NDArray[np.floating], starts: NDArray[np.intp]
    ) -> NDArray[np.uint8]:
        """Return the levels of the frames that begin at ``starts``, shape (frames, N_BANDS).

        Parameters
        ----------
        samples : ndarray, shape (frames, channels)
            Long enough for the last frame. Powers of channels are averaged.
        starts : ndarray of int
        """
        power = np.zeros((len(starts), self.n_window // 2 + 1))
        for channel in range(samples.shape[1]):
            frames = sliding_window_view(samples[:, channel], self.n_window)[starts]
            # numpy's transform is four times slower on single precision than on double
            spectrum = np.fft.rfft(frames * self._window, axis=1)
            power += np.square(spectrum.real) + np.square(spectrum.imag)
        level_db = 10 * np.log10(self._in_bands(power / samples.shape[1]) + 1e-13)
        codes: NDArray[np.uint8] = np.clip((level_db - FLOOR_DB) / STEP_DB, 0, 255).astype(np.uint8)
        return codes


class SpectrumPyramid:
    """Levels of a clip, filled from its start to its end.

    Parameters
    ----------
    n_samples : int
        Length of the clip in samples of one channel.
    n_channels : int
    rate_hz : int
    levels : sequence of ndarray of uint8, optional
        Where they are kept, of the shapes that ``level_shapes`` tells; in memory if not given.
    """

    def __init__(
        self,
        n_samples: int,
        n_channels: int,
        rate_hz: int,
        levels: Sequence[NDArray[np.uint8]] | None = None,
    ) -> None:
        self.n_samples = n_samples
        self.n_filled = 0
        self._analysis = LevelAnalysis(rate_hz, window_samples(rate_hz))
        self.hop, self._n_pooled = _hop(n_samples, rate_hz, self._analysis.n_window)
        self.frame_samples = self.hop * self._n_pooled
        shapes = level_shapes(n_samples, rate_hz)
        self._levels = levels or [np.zeros(shape, np.uint8) for shape in shapes]
        half = self._analysis.n_window // 2
        self._rest = np.zeros((half, n_channels), np.float32)  # frames are centred on their hop
        self._n_hops = 0

    def add(self, block: NDArray[np.float64]) -> None:
        """Take in the next samples, shape (frames, channels), full scale [-1, 1]."""
        self.n_filled += len(block)
        pieces = [self._rest, block.astype(np.float32)]
        if self.n_filled >= self.n_samples:
            pieces.append(np.zeros((self._analysis.n_window, block.shape[1]), np.float32))
        samples = np.concatenate(pieces)
        n_possible = max(0, (len(samples) - self._analysis.n_window) // self.hop + 1)
        n_hops = n_possible // self._n_pooled * self._n_pooled
        if self.n_filled >= self.n_samples:
            n_hops = len(self._levels[0]) * self._n_pooled - self._n_hops
            n_needed = max(n_hops - 1, 0) * self.hop + self._analysis.n_window
            samples = np.pad(samples, ((0, max(0, n_needed - len(samples))), (0, 0)))
        step = max(1, BATCH_FRAMES // self._n_pooled) * self._n_pooled
        for first in range(0, n_hops, step):
            count = min(step, n_hops - first)
            starts = (first + np.arange(count)) * self.hop
            levels = self._analysis(
                samples[starts[0] : starts[-1] + self._analysis.n_window], starts - starts[0]
            )
            self._fill(levels.reshape(-1, self._n_pooled, N_BANDS).max(axis=1))
        self._rest = samples[n_hops * self.hop :].copy()

    def _fill(self, levels: NDArray[np.uint8]) -> None:
        """Write frames of the finest level and carry them up through the others."""
        first = self._n_hops // self._n_pooled
        last = first + len(levels)
        self._n_hops += len(levels) * self._n_pooled
        self._levels[0][first:last] = levels
        for below, level in zip(self._levels, self._levels[1:], strict=False):
            first, last = first // 2, (last + 1) // 2
            early, late = below[2 * first : 2 * last : 2], below[2 * first + 1 : 2 * last : 2]
            level[first:last] = early
            np.maximum(level[first : first + len(late)], late, out=level[first : first + len(late)])

    def levels(self, start: float, per_column: float, n_columns: int) -> NDArray[np.uint8]:
        """Return the largest level of each band in each column; 0 where nothing has been read.

        Parameters
        ----------
        start, per_column : float, samples
        n_columns : int

        Returns
        -------
        ndarray of uint8, shape (n_columns, N_BANDS)
        """
        ratio = max(per_column / self.frame_samples, 1.0)
        number = min(int(np.log2(ratio)), len(self._levels) - 1)
        level = self._levels[number]
        edges = (start + np.arange(n_columns + 1) * per_column) / (self.frame_samples * 2**number)
        first = np.floor(edges[:-1] + 1e-9).astype(np.intp).clip(0, len(level) - 1)
        end = min(max(int(np.ceil(edges[-1])), int(first[-1]) + 1), len(level))
        pooled: NDArray[np.uint8] = np.maximum.reduceat(level[first[0] : end], first - first[0])
        return pooled


class DetailedSpectrum:
    """The pyramid for wide views; for closer ones than its frames, the samples themselves.

    Parameters
    ----------
    pyramid : SpectrumPyramid
    rate_hz : int
    read : function of (first, last) sample
        Returns samples, shape (frames, channels); fewer where the clip begins or ends.
    glimpses : Glimpses, optional
        Show what the pyramid does not hold yet.
    """

    def __init__(
        self,
        pyramid: SpectrumPyramid,
        rate_hz: int,
        read: Callable[[int, int], NDArray[np.float32]],
        glimpses: Glimpses | None = None,
    ) -> None:
        self._pyramid = pyramid
        self._rate_hz = rate_hz
        self._read = read
        self._glimpses = glimpses

    def levels(self, start: float, per_column: float, n_columns: int) -> NDArray[np.uint8]:
        """Return the level of each band in each column, as ``SpectrumPyramid.levels``."""
        if per_column >= self._pyramid.frame_samples:
            return self._wide(start, per_column, n_columns)
        analysis = LevelAnalysis(self._rate_hz, _close_window(per_column, self._rate_hz))
        half = analysis.n_window // 2
        # every sample lies well inside a window, so that no click falls between two of them
        n_pooled = max(1, int(np.ceil(per_column / (analysis.n_window * LARGEST_HOP))))
        step = per_column / n_pooled
        middles = (start + (np.arange(n_columns * n_pooled) + 0.5) * step).astype(np.intp)
        first, last = int(middles[0]) - half, int(middles[-1]) + half
        samples = self._read(max(first, 0), last)
        if len(samples) == 0:
            return self._pyramid.levels(start, per_column, n_columns)
        missing = last - first - len(samples)
        before = max(-first, 0)
        padded = np.pad(samples, ((before, max(missing - before, 0)), (0, 0)))
        levels = analysis(padded, middles - half - first)
        pooled: NDArray[np.uint8] = levels.reshape(n_columns, n_pooled, N_BANDS).max(axis=1)
        return pooled

    def _wide(self, start: float, per_column: float, n_columns: int) -> NDArray[np.uint8]:
        """Return what the pyramid holds, and glimpses of what has not been read."""
        known = self._pyramid.levels(start, per_column, n_columns)
        n_known = columns_read(self._pyramid.n_filled, start, per_column, n_columns)
        is_whole = self._pyramid.n_filled >= self._pyramid.n_samples
        if self._glimpses is None or n_known == n_columns or is_whole:
            return known
        seen = self._glimpses.columns(start, per_column, n_columns)[n_known:]
        analysis = LevelAnalysis(self._rate_hz, seen.shape[1])
        starts = np.arange(len(seen)) * seen.shape[1]
        known[n_known:] = analysis(seen.reshape(-1, seen.shape[2]), starts)
        return known


def level_shapes(n_samples: int, rate_hz: int) -> list[tuple[int, int]]:
    """Return the shape of each level of a pyramid, the finest first."""
    hop, n_pooled = _hop(n_samples, rate_hz, window_samples(rate_hz))
    n_frames = -(-n_samples // (hop * n_pooled))
    shapes = [(n_frames, N_BANDS)]
    while n_frames > 256:
        n_frames = -(-n_frames // 2)
        shapes.append((n_frames, N_BANDS))
    return shapes


def window_samples(rate_hz: int) -> int:
    """Return the window of 40 ms, rounded up to a power of two."""
    return 1 << max(6, int(np.ceil(np.log2(rate_hz * WINDOW_S))))


def _close_window(per_column: float, rate_hz: int) -> int:
    """Return a window that does not smear close views: eight columns, from 10 to 40 ms."""
    longest = window_samples(rate_hz)
    wanted = 1 << int(np.ceil(np.log2(max(8 * per_column, 1))))
    return min(max(wanted, longest // 4), longest)


def _hop(n_samples: int, rate_hz: int, n_window: int) -> tuple[int, int]:
    """Return the samples from one spectrum to the next, and how many are pooled to a frame."""
    stored = max(FINEST_S * rate_hz, n_samples * N_BANDS / MOST_CELLS, 1)
    n_pooled = int(np.ceil(stored / (n_window * LARGEST_HOP)))
    return int(np.ceil(stored / n_pooled)), n_pooled
