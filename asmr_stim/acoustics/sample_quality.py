"""What single samples tell of a channel: clipping, DC offset and effective bits.

``SampleMeter`` takes a channel piece by piece.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

FLAT_SAMPLES = 3  # this many equal samples at the top of the wave are a flat top
FLAT_EDGE = 2.0**-12  # so large are the steps up to it and down, which rounding does not make
MOST_BITS = 32

# State of the pass: places in one array
_LAST, _RUN, _EDGE, _TOP, _N_TOP, _BOTTOM, _N_BOTTOM, _SUM, _N_STATE = range(9)


@dataclass(frozen=True, slots=True)
class SampleQuality:
    """What the samples of a channel tell.

    Parameters
    ----------
    clipped_share : float
        Share of samples in flat tops at the largest or smallest value, 0 to 1.
    dc_offset : float
        Mean of all samples, of full scale 1.
    effective_bits : int or None
        Bits that the samples need as integers; None if they are no integers of 32 bits.
    """

    clipped_share: float
    dc_offset: float
    effective_bits: int | None


@njit(cache=True, nogil=True)
def _end_of_run(state: NDArray[np.float64], step: float) -> None:
    """Count a run of equal samples that ends with a step, if it is a flat top or bottom."""
    value = state[_LAST]
    is_flat = state[_RUN] >= FLAT_SAMPLES and state[_EDGE] + step >= FLAT_EDGE
    counted = state[_RUN] if is_flat else 0.0
    if value > state[_TOP]:
        state[_TOP], state[_N_TOP] = value, counted
    elif value == state[_TOP]:
        state[_N_TOP] += counted
    if value < state[_BOTTOM]:
        state[_BOTTOM], state[_N_BOTTOM] = value, counted
    elif value == state[_BOTTOM]:
        state[_N_BOTTOM] += counted


@njit(cache=True, nogil=True)
def _pass(samples: NDArray[np.float64], state: NDArray[np.float64]) -> None:
    """Follow runs of equal samples and sum them up."""
    for value in samples:
        state[_SUM] += value
        if value == state[_LAST]:
            state[_RUN] += 1
        else:
            step = abs(value - state[_LAST])
            _end_of_run(state, step)
            state[_LAST], state[_RUN], state[_EDGE] = value, 1.0, step


class SampleMeter:
    """Clipping, DC offset and effective bits of one channel, piece by piece."""

    def __init__(self) -> None:
        self._state = np.zeros(_N_STATE)
        self._n_samples = 0
        self._bits = 0  # every bit that any sample has set
        self._is_integer = True

    def push(self, samples: NDArray[np.float64]) -> None:
        """Take the next samples, shape (frames,)."""
        _pass(samples, self._state)
        self._n_samples += len(samples)
        if self._is_integer:
            self._look_at_bits(samples)

    def _look_at_bits(self, samples: NDArray[np.float64]) -> None:
        """Gather the bits that samples have as integers of 32 bits."""
        scaled = samples * 2.0 ** (MOST_BITS - 1)
        integers = scaled.astype(np.int64)
        if not np.array_equal(integers, scaled):
            self._is_integer = False
            return
        self._bits |= int(np.bitwise_or.reduce(np.abs(integers)))

    def quality(self) -> SampleQuality:
        """Return what was found in everything taken so far, which must be at least one sample."""
        state = self._state.copy()
        _end_of_run(state, 0.0)
        n_clipped = state[_N_TOP] * (state[_TOP] > 0) + state[_N_BOTTOM] * (state[_BOTTOM] < 0)
        bits = None
        if self._is_integer and self._bits:
            n_unused = (self._bits & -self._bits).bit_length() - 1
            bits = MOST_BITS - n_unused
        return SampleQuality(
            float(n_clipped / self._n_samples), float(state[_SUM] / self._n_samples), bits
        )
