"""Samples of a clip as the sound pressure that a measured playback chain gives at each ear.

A gain for each ear, and where the frequency response of its transducer is known, a filter that has
this response. ``EarPressure`` does both, piece by piece.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

REFERENCE_HZ = 1000.0  # where a response is 0 dB: the tone of the calibration
FILTER_S = 0.085  # length of the filter: steps of 12 Hz, finer than a third octave at 60 Hz
_OVERSAMPLING = 8  # of the spectrum from which the phase is found, against aliasing in time
_BLOCK_FACTOR = 7  # new samples taken at a time, in lengths of the filter


@dataclass(frozen=True, slots=True)
class Response:
    """Frequency response of a transducer.

    Parameters
    ----------
    frequency_hz : ndarray, shape (points,)
        Frequencies that rise, at least two.
    level_db : ndarray, shape (points,)
        Levels; only the differences from the one at 1 kHz count.
    """

    frequency_hz: NDArray[np.float64]
    level_db: NDArray[np.float64]

    def gain_db(self, frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the gain relative to 1 kHz, dB.

        Between points it is a straight line over the logarithm of frequency; beyond the first and
        the last point it stays as it is there.
        """
        places = np.log(np.maximum(frequency_hz, 1e-3))
        known = np.log(self.frequency_hz)
        at_reference = np.interp(np.log(REFERENCE_HZ), known, self.level_db)
        return np.asarray(np.interp(places, known, self.level_db) - at_reference)


def response_filter(response: Response, rate_hz: float) -> NDArray[np.float64]:
    """Return the impulse response of a minimum-phase filter with a frequency response.

    Parameters
    ----------
    response : Response
    rate_hz : float
        Sampling rate.

    Returns
    -------
    ndarray of float64, shape (taps,)
        A power of two of samples, about 85 ms. Without delay, as transducers nearly are.

    References
    ----------
    Oppenheim & Schafer, Discrete-Time Signal Processing: minimum phase from the real cepstrum.
    """
    n_taps = 2 ** round(np.log2(FILTER_S * rate_hz))
    length = n_taps * _OVERSAMPLING
    frequency_hz = np.arange(length // 2 + 1) * (rate_hz / length)
    log_gain = response.gain_db(frequency_hz) * (np.log(10) / 20)
    cepstrum = scipy.fft.irfft(log_gain, length)
    folding = np.zeros(length)
    folding[[0, length // 2]] = 1.0
    folding[1 : length // 2] = 2.0
    impulse = scipy.fft.irfft(np.exp(scipy.fft.rfft(cepstrum * folding)), length)
    return np.asarray(impulse[:n_taps])


class _Filter:
    """One channel through one filter, in blocks of its own, whatever the pieces."""

    def __init__(self, impulse: NDArray[np.float64]) -> None:
        self._overlap = len(impulse) - 1
        self._step = _BLOCK_FACTOR * len(impulse)
        self._length = scipy.fft.next_fast_len(self._step + self._overlap, real=True)
        self._spectrum = scipy.fft.rfft(impulse, self._length)
        self._waiting = np.zeros(self._overlap)  # silence before the first sample

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        self._waiting = np.concatenate([self._waiting, samples])
        done = []
        while len(self._waiting) >= self._overlap + self._step:
            done.append(self._filtered(self._waiting[: self._overlap + self._step]))
            self._waiting = self._waiting[self._step :]
        return np.concatenate([np.empty(0), *done])

    def finish(self) -> NDArray[np.float64]:
        return self._filtered(self._waiting)

    def _filtered(self, block: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the samples after the overlap; circular wrapping stays inside it."""
        spectrum = scipy.fft.rfft(block, self._length) * self._spectrum
        out = scipy.fft.irfft(spectrum, self._length)
        return np.asarray(out[self._overlap : len(block)])


class EarPressure:
    """Sound pressure at each ear, piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    pascals : sequence of float
        Sound pressure of a sample of 1 in each channel, at 1 kHz where there is a response, Pa.
    responses : sequence of Response or None
        The response in each channel; None for a flat one.

    Notes
    -----
    As many samples come out as go in, at the same places. The output does not depend on the pieces.
    """

    def __init__(
        self, rate_hz: float, pascals: Sequence[float], responses: Sequence[Response | None]
    ) -> None:
        self._pascals = np.array(pascals)[:, None]
        flat = Response(np.array([1.0, rate_hz]), np.zeros(2))
        is_flat = all(response is None for response in responses)
        self._filters = (
            None
            if is_flat
            else [_Filter(response_filter(each or flat, rate_hz)) for each in responses]
        )

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples (channels, frames); return the pressures that they complete, Pa."""
        if self._filters is None:
            return np.asarray(samples * self._pascals)
        rows = zip(self._filters, samples * self._pascals, strict=True)
        return np.array([each.push(row) for each, row in rows])

    def finish(self) -> NDArray[np.float64]:
        """Return the rest, shape (channels, frames), Pa."""
        if self._filters is None:
            return np.empty((len(self._pascals), 0))
        return np.asarray([each.finish() for each in self._filters])
