"""Fourier transforms of several rows side by side, for loops that need many of one length.

The rows lie in the lanes of the processor's vectors, so that every step of the transform does the
same to all of them; a row's numbers do not depend on its neighbours. This is three times as fast as
one row after the other. The real and the imaginary parts stand in one buffer, value after value,
the lanes of a value together: that tells the compiler that they do not overlap.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from asmr_stim.acoustics.butterflies import BUTTERFLIES, separation

_PAD = 48  # keeps streams off each other's cache lines, as lengths are often powers of two, and
# leaves room for one value more: the spectrum of real rows has it
_Stage = tuple[Callable[..., None], NDArray[Any], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the numbers of a transform stand in its buffer.

    Parameters
    ----------
    length : int
        Complex values in a row.
    lanes : int
        Rows.
    """

    length: int
    lanes: int

    @property
    def imag(self) -> int:
        """From a real part to its imaginary part."""
        return self.length * self.lanes + _PAD

    @property
    def other(self) -> int:
        """From the first half of the buffer, where the input stands, to the second."""
        return 2 * self.imag


class LaneTransform:
    """A complex Fourier transform of rows side by side, without normalisation.

    Parameters
    ----------
    length : int
        Values in a row; no other primes than 2, 3 and 5 in it.
    lanes : int
        Rows; as many as fit a vector or two.
    dtype : dtype
        float32 or float64.

    Notes
    -----
    Stockham's method, which needs no reordering: each stage reads one half of the buffer and writes
    the other. With real and imaginary parts exchanged on the way in and out it is the inverse.

    References
    ----------
    Cochran et al. (1967), Proceedings of the IEEE 55(10), 1664-1674 (the method of T. Stockham).
    """

    def __init__(self, length: int, lanes: int, dtype: DTypeLike) -> None:
        self.layout = Layout(length, lanes)
        self.buffer: NDArray[Any] = np.zeros(2 * self.layout.other, dtype)
        self._stages: list[_Stage] = []
        left, done, source, target = length, 1, 0, self.layout.other
        for radix in _factors(length):
            left //= radix
            stage = (left, done * lanes, source, target, self.layout.imag)
            turns = np.exp(
                -2j * np.pi * np.outer(np.arange(left), range(1, radix)) / (left * radix)
            )
            self._stages.append(
                (
                    BUTTERFLIES[radix](*stage, np.dtype(dtype).name),
                    turns.real.ravel().astype(dtype),
                    turns.imag.ravel().astype(dtype),
                )
            )
            done, source, target = done * radix, target, source
        self.result = source

    def run(self) -> None:
        """Transform what stands at 0; it then stands at ``result``."""
        for butterfly, cosines, sines in self._stages:
            butterfly(self.buffer, cosines, sines)


class RealLaneTransform:
    """Spectra of real rows side by side, two values of a row in one complex value.

    Parameters
    ----------
    length : int
        Values in a row; even, and no other primes than 2, 3 and 5 in it.
    lanes : int
        Rows, 48 at most.
    dtype : dtype
        float32 or float64.

    Notes
    -----
    A caller puts half of each even value at ``buffer[k * lanes + lane]`` and half of the odd one
    that follows it at ``layout.imag`` further on. ``run`` leaves ``length // 2 + 1`` bins, laid out
    in the same way, at ``result``.
    """

    def __init__(self, length: int, lanes: int, dtype: DTypeLike) -> None:
        self._transform = LaneTransform(length // 2, lanes, dtype)
        self.layout, self.buffer = self._transform.layout, self._transform.buffer
        self.result = self._transform.result
        turns = np.exp(-2j * np.pi * np.arange(length // 4 + 1) / length)
        self._cosines = turns.real.astype(dtype)
        self._sines = turns.imag.astype(dtype)
        self._separate = separation(length // 2, lanes, self.result, self.layout.imag)

    def run(self) -> None:
        """Transform what stands at 0; its spectrum then stands at ``result``."""
        self._transform.run()
        self._separate(self.buffer, self._cosines, self._sines)


def _factors(length: int) -> list[int]:
    """Return the radices of a length."""
    factors = []
    for radix in (4, 5, 3, 2):
        while length % radix == 0:
            factors.append(radix)
            length //= radix
    if length != 1:
        raise ValueError("a transform's length must have no other primes than 2, 3 and 5")
    return factors
