"""After which time a sound comes back, and how regularly: a tap, or a loop of many sounds.

The autocorrelation of the envelopes of a few bands, at lags up to half a minute.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.peaks import parabola_top
from asmr_stim.compiling import njit

SHORTEST_S, LONGEST_S = 0.1, 30.0
STANDS_OUT = 0.2  # above the lowest value before it, so that no ripple of a slow swell is a cycle
MAJOR_SHARE = 0.9  # of the largest peak: the first such peak is the period, not a multiple
LEAST_REGULARITY = 0.5  # below, nothing is called a loop


@dataclass(frozen=True, slots=True)
class Repetition:
    """How a pattern repeats.

    Parameters
    ----------
    regularity : float
        Height of the autocorrelation at its highest peak that stands out, 0 to 1; 0 without one.
    period_s : float or None
        Lag of the first peak that is nearly as large, as the sum of three lags; None if the
        regularity is below 0.5.
    """

    regularity: float
    period_s: float | None


@njit(cache=True, nogil=True)
def _add_products(
    values: NDArray[np.float64], history: NDArray[np.float64], products: NDArray[np.float64]
) -> None:
    """Add the products of new values with those before them.

    ``history`` holds as many values before the first new one as there are lags, then the new ones;
    a value that is not there is 0.
    """
    n_lags = products.shape[0]
    for t in range(values.shape[0]):
        for band in range(values.shape[1]):
            value = values[t, band]
            before = history[band, t : t + n_lags]
            for k in range(n_lags):
                products[n_lags - 1 - k] += value * before[k]


class RepetitionMeter:
    """Autocorrelation of envelopes at lags up to half a minute, piece by piece.

    Parameters
    ----------
    cells_per_s : float
        Values in a second.
    n_bands : int
        Number of envelopes.

    Notes
    -----
    r(k) = sum_b cov(a_b(t), a_b(t + k)) over the root of the product of the variances, each summed
    over bands, of the two stretches of the clip that a lag compares, so that loud bands count most.
    A lag is at most half the clip. Products are added one time after the other: memory is bounded
    and pieces make no difference.
    """

    def __init__(self, cells_per_s: float, n_bands: int) -> None:
        self._per_s = cells_per_s
        self._n_lags = round(LONGEST_S * cells_per_s) + 2
        self._products = np.zeros(self._n_lags)
        self._history = np.zeros((n_bands, self._n_lags - 1))
        self._head = np.empty((n_bands, 0))
        self._sums = np.zeros((2, n_bands))  # of values and of their squares
        self._n_cells = 0

    def push(self, amplitude: NDArray[np.float64]) -> None:
        """Take the next values of the envelopes, shape (cells, bands)."""
        together = np.concatenate([self._history, amplitude.T], axis=1)
        _add_products(amplitude, together, self._products)
        self._history = together[:, together.shape[1] - self._n_lags + 1 :].copy()
        missing = self._n_lags - self._head.shape[1]
        self._head = np.concatenate([self._head, amplitude[:missing].T], axis=1)
        _add(amplitude, self._sums)
        self._n_cells += len(amplitude)

    def autocorrelation(self) -> NDArray[np.float64]:
        """Return the autocorrelation at lags from 0 to half the clip, at most 30 s."""
        n_lags = min(self._n_lags, self._n_cells // 2)
        lags = np.arange(n_lags)
        head = self._head[:, :n_lags]
        tail = self._history[:, ::-1][:, :n_lags]
        early = self._stretch(tail, n_lags)
        late = self._stretch(head, n_lags)
        n_pairs = self._n_cells - lags
        common = self._products[:n_lags] - (early[0] * late[0]).sum(axis=0) / n_pairs
        spreads = [(part[1] - part[0] ** 2 / n_pairs).sum(axis=0) for part in (early, late)]
        product = np.maximum(spreads[0], 0) * np.maximum(spreads[1], 0)
        floor = (1e-9 * self._sums[1].sum()) ** 2  # what rounding leaves of a steady sound
        return np.asarray(
            np.where(product > floor, common / np.sqrt(np.maximum(product, 1e-300)), 0.0)
        )

    def _stretch(self, left_out: NDArray[np.float64], n_lags: int) -> NDArray[np.float64]:
        """Return sums and sums of squares without the first k values of ``left_out``."""
        out = np.empty((2, len(left_out), n_lags))
        for power in (1, 2):
            gone = np.cumsum(left_out[:, : n_lags - 1] ** power, axis=1)
            out[power - 1] = self._sums[power - 1][:, None]
            out[power - 1, :, 1:] -= gone
        return out

    def repetition(self) -> Repetition | None:
        """Return how the sound repeats; None if it is shorter than two of the shortest periods."""
        first = round(SHORTEST_S * self._per_s)
        if self._n_cells // 2 < first + 3:
            return None
        r = self.autocorrelation()
        lowest = np.minimum.accumulate(r)
        inner = np.arange(first, len(r) - 1)
        is_peak = (r[inner] >= r[inner - 1]) & (r[inner] > r[inner + 1])
        peaks = inner[is_peak & (r[inner] - lowest[inner] >= STANDS_OUT)]
        if len(peaks) == 0:
            return Repetition(0.0, None)
        tops = [parabola_top(r, int(peak)) for peak in peaks]
        heights = np.array([height for _, height in tops])
        regularity = float(min(max(heights.max(), 0.0), 1.0))
        if regularity < LEAST_REGULARITY:
            return Repetition(regularity, None)
        # A short tap whose period lies between two lags shares its peak among them; a multiple of
        # the period that falls on a lag does not, so that heights alone would prefer it
        shared = np.array([r[peak - 1 : peak + 2].sum() for peak in peaks])
        place, _ = tops[int(np.argmax(shared >= MAJOR_SHARE * shared.max()))]
        return Repetition(regularity, place / self._per_s)


@njit(cache=True, nogil=True)
def _add(amplitude: NDArray[np.float64], sums: NDArray[np.float64]) -> None:
    """Add values and their squares one after the other, so that pieces make no difference."""
    for t in range(amplitude.shape[0]):
        for band in range(amplitude.shape[1]):
            sums[0, band] += amplitude[t, band]
            sums[1, band] += amplitude[t, band] ** 2
