"""The inner steps of a Fourier transform of rows side by side, as compiled code.

Each of ``two`` to ``five`` returns one stage of Stockham's method for its radix r. All stages are
called alike, ``stage(w, cosines, sines)``, on the buffer ``w``, in which an imaginary part stands
``imag`` behind its real part. For each group p < ``left`` and each of the ``width`` neighbours in
it, a stage reads r complex values x_j from ``source`` on, each ``left`` groups behind the one
before, and writes

    y_m = exp(-2 pi i p m / (left r)) sum_j x_j exp(-2 pi i j m / r),  m = 0 ... r - 1,

one behind the other from ``target`` on. The factors before the sums, without m = 0, stand in
``cosines`` and ``sines``, shape (left (r - 1),), group after group.

Places and counts are constants for the compiler, which can then use vector instructions
throughout; ``precision``, float32 or float64, is that of the factors inside the sums.

Offers: ``BUTTERFLIES`` (a function for each radix), ``separation``.

References
----------
Cochran et al. (1967), Proceedings of the IEEE 55(10), 1664-1674 (the method of T. Stockham).
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asmr_stim.compiling import njit

_FAST = {"contract", "nsz"}  # no change of order, so that every lane gets the same
_Butterfly = Callable[[NDArray[Any], NDArray[Any], NDArray[Any]], None]


@cache
def two(left: int, width: int, source: int, target: int, imag: int, precision: str) -> _Butterfly:  # noqa: ARG001 all radices are called alike
    """Return a stage of radix 2, as the module says."""
    apart = left * width

    @njit(cache=True, nogil=True, fastmath=_FAST)
    def stage(w: NDArray[Any], cosines: NDArray[Any], sines: NDArray[Any]) -> None:
        """Combine two values of each group."""
        for p in range(left):
            c, s = cosines[p], sines[p]
            for q in range(width):
                a, d = source + p * width + q, target + 2 * p * width + q
                x, xi, y, yi = w[a], w[a + imag], w[a + apart], w[a + apart + imag]
                w[d], w[d + imag] = x + y, xi + yi
                u, ui = x - y, xi - yi
                w[d + width], w[d + width + imag] = u * c - ui * s, u * s + ui * c

    return stage  # type: ignore[no-any-return]


@cache
def three(left: int, width: int, source: int, target: int, imag: int, precision: str) -> _Butterfly:
    """Return a stage of radix 3, as the module says."""
    kind = np.dtype(precision).type
    apart, half, sine = left * width, kind(0.5), kind(np.sqrt(3) / 2)

    @njit(cache=True, nogil=True, fastmath=_FAST)
    def stage(w: NDArray[Any], cosines: NDArray[Any], sines: NDArray[Any]) -> None:
        """Combine three values of each group."""
        for p in range(left):
            c1, c2, s1, s2 = cosines[2 * p], cosines[2 * p + 1], sines[2 * p], sines[2 * p + 1]
            for q in range(width):
                a, d = source + p * width + q, target + 3 * p * width + q
                x, xi, y, yi = w[a], w[a + imag], w[a + apart], w[a + apart + imag]
                z, zi = w[a + 2 * apart], w[a + 2 * apart + imag]
                t, ti, u, ui = y + z, yi + zi, (yi - zi) * sine, (z - y) * sine
                w[d], w[d + imag] = x + t, xi + ti
                v, vi = x - half * t, xi - half * ti
                e, ei, f, fi = v + u, vi + ui, v - u, vi - ui
                w[d + width], w[d + width + imag] = e * c1 - ei * s1, e * s1 + ei * c1
                d += 2 * width
                w[d], w[d + imag] = f * c2 - fi * s2, f * s2 + fi * c2

    return stage  # type: ignore[no-any-return]


@cache
def four(left: int, width: int, source: int, target: int, imag: int, precision: str) -> _Butterfly:  # noqa: ARG001 all radices are called alike
    """Return a stage of radix 4, as the module says."""
    apart = left * width

    @njit(cache=True, nogil=True, fastmath=_FAST)
    def stage(w: NDArray[Any], cosines: NDArray[Any], sines: NDArray[Any]) -> None:
        """Combine four values of each group."""
        for p in range(left):
            c1, c2, c3 = cosines[3 * p], cosines[3 * p + 1], cosines[3 * p + 2]
            s1, s2, s3 = sines[3 * p], sines[3 * p + 1], sines[3 * p + 2]
            for q in range(width):
                a, d = source + p * width + q, target + 4 * p * width + q
                x, xi, y, yi = w[a], w[a + imag], w[a + apart], w[a + apart + imag]
                z, zi = w[a + 2 * apart], w[a + 2 * apart + imag]
                v, vi = w[a + 3 * apart], w[a + 3 * apart + imag]
                e, ei, f, fi = x + z, xi + zi, x - z, xi - zi
                g, gi, h, hi = y + v, yi + vi, yi - vi, v - y
                w[d], w[d + imag] = e + g, ei + gi
                k, ki = f + h, fi + hi
                w[d + width], w[d + width + imag] = k * c1 - ki * s1, k * s1 + ki * c1
                k, ki, d = e - g, ei - gi, d + 2 * width
                w[d], w[d + imag] = k * c2 - ki * s2, k * s2 + ki * c2
                k, ki, d = f - h, fi - hi, d + width
                w[d], w[d + imag] = k * c3 - ki * s3, k * s3 + ki * c3

    return stage  # type: ignore[no-any-return]


@cache
def five(left: int, width: int, source: int, target: int, imag: int, precision: str) -> _Butterfly:
    """Return a stage of radix 5, as the module says."""
    apart = left * width
    kind = np.dtype(precision).type
    near, far = kind(np.cos(2 * np.pi / 5)), kind(np.cos(4 * np.pi / 5))
    sine, small = kind(np.sin(2 * np.pi / 5)), kind(np.sin(4 * np.pi / 5))

    @njit(cache=True, nogil=True, fastmath=_FAST)
    def stage(w: NDArray[Any], cosines: NDArray[Any], sines: NDArray[Any]) -> None:
        """Combine five values of each group."""
        for p in range(left):
            c1, c2, c3, c4 = cosines[4 * p : 4 * p + 4]
            s1, s2, s3, s4 = sines[4 * p : 4 * p + 4]
            for q in range(width):
                a, d = source + p * width + q, target + 5 * p * width + q
                x, xi = w[a], w[a + imag]
                y, yi = w[a + apart], w[a + apart + imag]
                z, zi = w[a + 4 * apart], w[a + 4 * apart + imag]
                t, ti, u, ui = y + z, yi + zi, yi - zi, z - y
                y, yi = w[a + 2 * apart], w[a + 2 * apart + imag]
                z, zi = w[a + 3 * apart], w[a + 3 * apart + imag]
                r, ri, v, vi = y + z, yi + zi, yi - zi, z - y
                w[d], w[d + imag] = x + t + r, xi + ti + ri
                g, gi = x + near * t + far * r, xi + near * ti + far * ri
                h, hi = sine * u + small * v, sine * ui + small * vi
                k, ki, m, mi = g + h, gi + hi, g - h, gi - hi
                w[d + width], w[d + width + imag] = k * c1 - ki * s1, k * s1 + ki * c1
                w[d + 4 * width], w[d + 4 * width + imag] = m * c4 - mi * s4, m * s4 + mi * c4
                g, gi = x + far * t + near * r, xi + far * ti + near * ri
                h, hi = small * u - sine * v, small * ui - sine * vi
                k, ki, m, mi = g + h, gi + hi, g - h, gi - hi
                d += 2 * width
                w[d], w[d + imag] = k * c2 - ki * s2, k * s2 + ki * c2
                w[d + width], w[d + width + imag] = m * c3 - mi * s3, m * s3 + mi * c3

    return stage  # type: ignore[no-any-return]


@cache
def separation(length: int, lanes: int, source: int, imag: int) -> _Butterfly:
    """Return what makes the spectra of real rows of those of even values plus i times odd ones.

    It works in place, on the bins k and ``length`` - k at a time, and adds the bin ``length``.
    """

    @njit(cache=True, nogil=True, fastmath=_FAST)
    def stage(w: NDArray[Any], cosines: NDArray[Any], sines: NDArray[Any]) -> None:
        """Part the spectra of even and odd values; the turns have the shape (length // 2 + 1,)."""
        for q in range(lanes):
            w[source + length * lanes + q] = w[source + q]
            w[source + imag + length * lanes + q] = w[source + imag + q]
        for k in range(length // 2 + 1):
            c, s = cosines[k], sines[k]
            a, b = source + k * lanes, source + (length - k) * lanes
            for q in range(lanes):
                x, xi, y, yi = w[a + q], w[a + imag + q], w[b + q], w[b + imag + q]
                e, ei, o, oi = x + y, xi - yi, x - y, xi + yi
                r, ri = -(o * s + oi * c), o * c - oi * s
                w[a + q], w[a + imag + q] = e - r, ei - ri
                w[b + q], w[b + imag + q] = e + r, -(ei + ri)

    return stage  # type: ignore[no-any-return]


BUTTERFLIES = {2: two, 3: three, 4: four, 5: five}
