"""The outline of a clip: smallest and largest sample of each stretch, at every coarseness.

Built while the file streams by, in a few bytes a bin, so that an hour is drawn as fast as a second
and the sound itself is never in memory as a whole. Each level halves the one below by taking
extremes, so a single click stays visible at any zoom.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from asmr_stim_tui.glimpses import Glimpses, columns_read

FULL_SCALE = 32767
SMALLEST_BIN = 256  # samples
MOST_VALUES = 8_000_000  # int16 values of the finest level: 16 MB, 32 MB with all levels


class Outline(Protocol):
    """What a waveform is drawn from."""

    def extremes(self, start: float, per_column: float, n_columns: int) -> NDArray[np.float32]:
        """Return lowest and highest sample, shape (n_columns, n_channels, 2)."""


class PeakPyramid:
    """Extremes of stretches of a clip, filled from its start to its end.

    Parameters
    ----------
    n_samples : int
        Length of the clip in samples, at least 1.
    n_channels : int
    levels : sequence of ndarray of int16, optional
        Where they are kept, of the shapes that ``peak_shapes`` tells; in memory if not given.
    """

    def __init__(
        self,
        n_samples: int,
        n_channels: int,
        levels: Sequence[NDArray[np.int16]] | None = None,
    ) -> None:
        self.n_samples = n_samples
        self.n_channels = n_channels
        self.bin_samples = _bin_samples(n_samples, n_channels)
        shapes = peak_shapes(n_samples, n_channels)
        self._levels = levels or [np.zeros(shape, np.int16) for shape in shapes]
        self._rest = np.empty((0, n_channels))
        self.n_filled = 0

    @property
    def share(self) -> float:
        """How much of the clip has been seen, 0 to 1."""
        return self.n_filled / self.n_samples

    @property
    def largest(self) -> float:
        """Largest magnitude seen so far, 0 to 1."""
        return float(np.abs(self._levels[-1].astype(np.int32)).max()) / FULL_SCALE

    def add(self, block: NDArray[np.float64]) -> None:
        """Take in the next samples, shape (frames, channels), full scale [-1, 1]."""
        samples = np.concatenate([self._rest, block]) if len(self._rest) else block
        done = self.n_filled - len(self._rest)
        self.n_filled += len(block)
        n_whole = len(samples) // self.bin_samples
        is_last = self.n_filled >= self.n_samples
        n_used = len(samples) if is_last else n_whole * self.bin_samples
        if n_used:
            starts = np.arange(0, n_used, self.bin_samples)
            self._fill(done // self.bin_samples, _extremes(samples[:n_used], starts))
        self._rest = samples[n_used:].copy()

    def _fill(self, first: int, extremes: NDArray[np.float64]) -> None:
        """Write bins of the finest level and carry them up through the others."""
        last = min(first + len(extremes), len(self._levels[0]))
        scaled = np.clip(extremes[: last - first] * FULL_SCALE, -FULL_SCALE, FULL_SCALE)
        self._levels[0][first:last] = np.rint(scaled)
        for below, level in zip(self._levels, self._levels[1:], strict=False):
            first, last = first // 2, (last + 1) // 2
            early, late = below[2 * first : 2 * last : 2], below[2 * first + 1 : 2 * last : 2]
            level[first:last] = early
            pairs = level[first : first + len(late)]
            np.minimum(pairs[..., 0], late[..., 0], out=pairs[..., 0])
            np.maximum(pairs[..., 1], late[..., 1], out=pairs[..., 1])

    def extremes(self, start: float, per_column: float, n_columns: int) -> NDArray[np.float32]:
        """Return lowest and highest sample of each column; zero where nothing has been seen.

        Parameters
        ----------
        start : float, samples
        per_column : float, samples
            At least the size of a bin; finer columns repeat bins.
        n_columns : int

        Returns
        -------
        ndarray of float32, shape (n_columns, n_channels, 2), full scale [-1, 1]
        """
        ratio = max(per_column / self.bin_samples, 1.0)
        number = min(int(np.log2(ratio)), len(self._levels) - 1)
        level = self._levels[number]
        edges = (start + np.arange(n_columns + 1) * per_column) / (self.bin_samples * 2**number)
        return _columns(level, edges) / np.float32(FULL_SCALE)


class DetailedOutline:
    """The pyramid for wide views; for closer ones than its bins, the samples themselves.

    Parameters
    ----------
    pyramid : PeakPyramid
    read : function of (first, last) sample
        Returns samples, shape (frames, channels); fewer where the clip ends.
    glimpses : Glimpses, optional
        Show what the pyramid does not hold yet.
    """

    def __init__(
        self,
        pyramid: PeakPyramid,
        read: Callable[[int, int], NDArray[np.float32]],
        glimpses: Glimpses | None = None,
    ) -> None:
        self._pyramid = pyramid
        self._read = read
        self._glimpses = glimpses

    @property
    def largest(self) -> float:
        """Largest magnitude seen so far, 0 to 1."""
        if self._glimpses is None or self._pyramid.share >= 1:
            return self._pyramid.largest
        return max(self._pyramid.largest, self._glimpses.largest(self._pyramid.n_samples))

    def extremes(self, start: float, per_column: float, n_columns: int) -> NDArray[np.float32]:
        """Return lowest and highest sample of each column, as ``PeakPyramid.extremes``."""
        if per_column >= self._pyramid.bin_samples:
            return self._wide(start, per_column, n_columns)
        first = int(start)
        samples = self._read(first, int(start + per_column * n_columns) + 2)
        if len(samples) == 0:
            return self._pyramid.extremes(start, per_column, n_columns)
        edges = start - first + np.arange(n_columns + 1) * per_column
        return _columns(np.repeat(samples[:, :, None], 2, axis=2), edges)

    def _wide(self, start: float, per_column: float, n_columns: int) -> NDArray[np.float32]:
        """Return what the pyramid holds, and glimpses of what has not been read."""
        known = self._pyramid.extremes(start, per_column, n_columns)
        n_known = columns_read(self._pyramid.n_filled, start, per_column, n_columns)
        if self._glimpses is None or n_known == n_columns or self._pyramid.share >= 1:
            return known
        seen = self._glimpses.columns(start, per_column, n_columns)[n_known:]
        known[n_known:, :, 0] = np.minimum(seen.min(axis=1), 0)
        known[n_known:, :, 1] = np.maximum(seen.max(axis=1), 0)
        return known


def peak_shapes(n_samples: int, n_channels: int) -> list[tuple[int, int, int]]:
    """Return the shape of each level, the finest first."""
    n_bins = -(-n_samples // _bin_samples(n_samples, n_channels))
    shapes = [(n_bins, n_channels, 2)]
    while n_bins > 256:
        n_bins = -(-n_bins // 2)
        shapes.append((n_bins, n_channels, 2))
    return shapes


def _bin_samples(n_samples: int, n_channels: int) -> int:
    """Return the smallest bin, a power of two, that keeps the finest level within bounds."""
    size = SMALLEST_BIN
    while 2 * n_channels * n_samples / size > MOST_VALUES:
        size *= 2
    return size


def _extremes(samples: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return extremes of stretches that begin at ``starts``, shape (stretches, channels, 2)."""
    low = np.minimum.reduceat(samples, starts, axis=0)
    high = np.maximum.reduceat(samples, starts, axis=0)
    return np.stack([low, high], axis=2)


def _columns(values: NDArray[Any], edges: NDArray[Any]) -> NDArray[np.float32]:
    """Return extremes between the edges, given in positions of ``values``; zero outside."""
    first = np.floor(edges[:-1] + 1e-9).astype(np.intp)
    inside = (first >= 0) & (first < len(values))
    result = np.zeros((len(first), *values.shape[1:]), np.float32)
    if not inside.any():
        return result
    starts = first[inside]
    end = min(max(int(np.ceil(edges[1:][inside][-1])), int(starts[-1]) + 1), len(values))
    window = values[starts[0] : end]
    starts = starts - starts[0]
    result[inside, :, 0] = np.minimum.reduceat(window[..., 0], starts, axis=0)
    result[inside, :, 1] = np.maximum.reduceat(window[..., 1], starts, axis=0)
    return result
