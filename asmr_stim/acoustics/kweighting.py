"""The K-weighting filter of ITU-R BS.1770 at any sampling rate.

The standard prints two second-order sections for 48 kHz, and their response in Hz is what it means.
At other rates the sections are bilinear transforms of the same analogue ones; below 32 kHz, where
that transform bends the upper octaves, the shelf is matched to the printed response instead
(within 0.04 dB at 8 kHz, 0.01 dB from 11 kHz).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

REFERENCE_RATE_HZ = 48000.0
LOWEST_RATE_HZ = 8000.0  # below, the shelf has too little room to be matched within 0.1 dB
MATCHED_BELOW_HZ = 32000.0
SHELF_MATCHED_AT_HZ = 1682.0  # the corner of the printed shelf
# BS.1770-4, Annex 1, Tables 1 and 2: b0 b1 b2 and a1 a2 at 48 kHz
SHELF = (
    (1.53512485958697, -2.69169620938640, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))


@dataclass(frozen=True, slots=True)
class _Quadratic:
    """c2 s^2 + c1 s + c0 with s = (z - 1) / (z + 1)."""

    c2: float
    c1: float
    c0: float

    def stretched(self, ratio: float) -> "_Quadratic":
        """Return the polynomial whose every root is ``ratio`` times as large."""
        return _Quadratic(self.c2, self.c1 * ratio, self.c0 * ratio * ratio)

    def in_z(self) -> NDArray[np.float64]:
        """Return the coefficients of z^0, z^-1, z^-2."""
        return np.array(
            [
                self.c2 + self.c1 + self.c0,
                2 * (self.c0 - self.c2),
                self.c2 - self.c1 + self.c0,
            ]
        )


def _from_z(b0: float, b1: float, b2: float) -> _Quadratic:
    """Undo ``in_z``."""
    return _Quadratic((b0 - b1 + b2) / 4, (b0 - b2) / 2, (b0 + b1 + b2) / 4)


def k_weighting(rate_hz: float) -> NDArray[np.float64]:
    """Return the K-weighting filter as two second-order sections.

    Parameters
    ----------
    rate_hz : float
        Sampling rate, at least 8000 Hz.

    Returns
    -------
    ndarray of float64, shape (2, 6)
        Rows b0 b1 b2 1 a1 a2: the shelf of the head, then the high-pass.

    Raises
    ------
    ValueError
        If the rate is below 8000 Hz.

    Notes
    -----
    With s = (z - 1)/(z + 1) a section of corner f0 has the denominator s^2 + s K/Q + K^2,
    K = tan(pi f0 / rate). K at 48 kHz is the root of the printed constant term; K at the rate
    wanted follows from f0, and every root is scaled by the ratio of the two.

    The matched shelf has the exponentially mapped poles; its numerator follows from the squared
    response at 0 Hz, 1682 Hz and half the rate.

    References
    ----------
    ITU-R BS.1770-4, Annex 1, Tables 1 and 2. Vicanek, M. (2016), Matched second order digital
    filters, for the numerator from three squared magnitudes.
    """
    if rate_hz < LOWEST_RATE_HZ:
        raise ValueError(f"K-weighting needs at least {LOWEST_RATE_HZ:.0f} Hz, found {rate_hz:g}")
    shelf = _matched_shelf(rate_hz) if rate_hz < MATCHED_BELOW_HZ else _section(*SHELF, rate_hz)
    return np.array([shelf, _section(*HIGH_PASS, rate_hz)])


def _section(
    numerator: tuple[float, float, float], poles: tuple[float, float], rate_hz: float
) -> NDArray[np.float64]:
    """Return one printed section carried over to another rate."""
    if rate_hz == REFERENCE_RATE_HZ:
        return np.array([*numerator, 1.0, *poles])
    above, below = _from_z(*numerator), _from_z(1.0, *poles)
    corner = float(np.sqrt(below.c0 / below.c2))
    corner_hz = np.arctan(corner) * REFERENCE_RATE_HZ / np.pi
    ratio = float(np.tan(np.pi * corner_hz / rate_hz)) / corner
    b, a = above.stretched(ratio).in_z(), below.stretched(ratio).in_z()
    return np.concatenate([b / a[0], a / a[0]])


def _shelf_power(frequency_hz: float) -> float:
    """Return the squared magnitude of the printed shelf."""
    z = np.exp(-2j * np.pi * frequency_hz / REFERENCE_RATE_HZ)
    above, below = np.polyval(SHELF[0][::-1], z), np.polyval((*SHELF[1][::-1], 1.0), z)
    return float(abs(above / below) ** 2)


def _matched_shelf(rate_hz: float) -> NDArray[np.float64]:
    """Return the shelf for a low rate, equal to the printed one at three frequencies."""
    poles = np.roots((1.0, *SHELF[1]))
    analogue = 2 * REFERENCE_RATE_HZ * (poles - 1) / (poles + 1)
    a = np.poly(np.exp(analogue / rate_hz)).real
    half = np.sin(np.pi * SHELF_MATCHED_AT_HZ / rate_hz) ** 2
    basis = np.array([1 - half, half, 4 * half * (1 - half)])
    below = np.array([(1 + a[1] + a[2]) ** 2, (1 - a[1] + a[2]) ** 2, -4 * a[2]])
    at_zero = below[0] * _shelf_power(0.0)
    at_half = below[1] * _shelf_power(rate_hz / 2)
    at_corner = _shelf_power(SHELF_MATCHED_AT_HZ) * (below @ basis)
    cross = (at_corner - at_zero * basis[0] - at_half * basis[1]) / basis[2]
    mean = (np.sqrt(at_zero) + np.sqrt(at_half)) / 2
    b0 = (mean + np.sqrt(mean**2 + cross)) / 2
    return np.array([b0, (np.sqrt(at_zero) - np.sqrt(at_half)) / 2, -cross / (4 * b0), *a])


@njit(cache=True, nogil=True)
def weighted_energies(
    samples: NDArray[np.float64],
    filters: tuple[NDArray[np.float64], NDArray[np.float64]],
    energy: float,
    ends: NDArray[np.int64],
    out: NDArray[np.float64],
) -> float:
    """Fill the sums of squares of the filtered samples, stretch by stretch.

    One sample after the other in transposed direct form II: the result does not depend on how a
    sound is cut into pieces.

    Parameters
    ----------
    samples : ndarray, shape (frames,)
        The next samples of one channel.
    filters : tuple of ndarray, shapes (2, 6) and (2, 2)
        ``k_weighting`` and the state of its sections, which is carried on.
    energy : float
        Sum of the stretch that the samples continue.
    ends : ndarray, shape (stretches,)
        Where in the samples each stretch ends.
    out : ndarray, shape (stretches,)
        Filled.

    Returns
    -------
    float
        Sum of the stretch that is not over.
    """
    sections, state = filters
    b0, b1, b2, _, a1, a2 = sections[0]
    c0, c1, c2, _, d1, d2 = sections[1]
    (s0, s1), (t0, t1) = state[0], state[1]
    row = 0
    for k in range(samples.shape[0]):
        shelved = b0 * samples[k] + s0
        s0 = b1 * samples[k] - a1 * shelved + s1
        s1 = b2 * samples[k] - a2 * shelved
        value = c0 * shelved + t0
        t0 = c1 * shelved - d1 * value + t1
        t1 = c2 * shelved - d2 * value
        energy += value * value
        if row < ends.shape[0] and k + 1 == ends[row]:
            out[row], energy, row = energy, 0.0, row + 1
    state[0, 0], state[0, 1], state[1, 0], state[1, 1] = s0, s1, t0, t1
    return energy
