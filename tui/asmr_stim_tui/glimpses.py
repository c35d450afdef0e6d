"""A look at a clip here and there: what is drawn of a sound that has not been read yet."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

AT_MOST_S = 0.3
"""Time that one picture may take; compressed files are slow to wind."""

N_LOOKS = 64
"""Places at which loudness is looked for before anything else is known."""


class Glimpses:
    """One window of samples in the middle of each column of a view.

    Parameters
    ----------
    read : function of (first, last) sample
        Returns samples, shape (frames, channels); fewer where the clip ends.
    n_window : int, samples
    n_channels : int
    now : function, optional
        The time in seconds.
    """

    def __init__(
        self,
        read: Callable[[int, int], NDArray[np.float32]],
        n_window: int,
        n_channels: int,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._now = now
        self._shape = (n_window, n_channels)
        self._view: tuple[float, float, int] | None = None
        self._seen = np.zeros((0, *self._shape), np.float32)
        self._largest: float | None = None

    def columns(self, start: float, per_column: float, n_columns: int) -> NDArray[np.float32]:
        """Return a window of each column; zeros where there was no time for a look.

        Parameters
        ----------
        start, per_column : float, samples
        n_columns : int

        Returns
        -------
        ndarray of float32, shape (n_columns, n_window, n_channels)
        """
        view = (start, per_column, n_columns)
        if self._view != view:
            self._view = view
            self._seen = np.zeros((n_columns, *self._shape), np.float32)
            late = self._now() + AT_MOST_S
            for column in _spread(n_columns):
                place = int(start + (column + 0.5) * per_column) - self._shape[0] // 2
                samples = self._read(max(place, 0), max(place, 0) + self._shape[0])
                self._seen[column, : len(samples)] = samples
                if self._now() > late:
                    break
        return self._seen

    def largest(self, n_samples: int) -> float:
        """Return the largest magnitude at some places of the clip, 0 to 1."""
        if self._largest is None:
            looks = self.columns(0.0, n_samples / N_LOOKS, N_LOOKS)
            self._largest = min(float(np.abs(looks).max()), 1.0)
        return self._largest


def columns_read(n_filled: int, start: float, per_column: float, n_columns: int) -> int:
    """Return how many columns of a view, from the left, lie in what has been read of a clip."""
    return min(max(int((n_filled - start) / per_column), 0), n_columns)


def _spread(n_columns: int) -> list[int]:
    """Return the columns in an order that is even over the view at any time: 0, 4, .. 2, 6, .."""
    return [*range(0, n_columns, 4), *range(2, n_columns, 4), *range(1, n_columns, 2)]
