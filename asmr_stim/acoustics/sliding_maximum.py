"""The largest mean of a window that slides over values which arrive piece by piece."""

import numpy as np
from numpy.typing import NDArray


class SlidingMaximum:
    """Largest mean of so many values in a row.

    Parameters
    ----------
    length : int
        Values in the window.

    Attributes
    ----------
    largest : float or None
        The largest mean so far; None before the first whole window.

    Examples
    --------
    >>> maximum = SlidingMaximum(2)
    >>> maximum.push(np.array([1.0, 2.0, 4.0]))
    >>> maximum.largest
    3.0
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._waiting = np.empty(0)
        self.largest: float | None = None

    def push(self, values: NDArray[np.float64]) -> None:
        """Take the next values, shape (n,)."""
        together = np.concatenate([self._waiting, values])
        if len(together) >= self._length:
            windows = np.lib.stride_tricks.sliding_window_view(together, self._length)
            found = float(windows.mean(axis=1).max())
            self.largest = found if self.largest is None else max(self.largest, found)
        self._waiting = together[max(len(together) - self._length + 1, 0) :].copy()
