"""What a voice is recognised by, frame by frame: its period, its noise, its harmonics.

``VoiceMeter`` takes one channel piece by piece. Frames hold three periods of 65 Hz, 46 ms, each
10 ms; each is described by itself, so that a segment has the values of the whole.
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from asmr_stim.acoustics.cepstral_prominence import CepstralProminence
from asmr_stim.acoustics.frame_transform import FrameTransform, back, filled
from asmr_stim.acoustics.framing import Framing
from asmr_stim.acoustics.periodicity import HIGHEST_HZ, LOWEST_HZ, PERIODS, describe_periodicity
from asmr_stim.compiling import njit

HOP_S = 0.010
LOWEST_RATE_HZ = 4000.0  # below, a period of 500 Hz has less than 8 samples
RUMBLE_HZ = 45.0  # what lies below, such as an offset or steps, is no voice and is left out
ROUNDING = 1e-24  # of the power of an offset: what is weaker is left over from taking it away
BAND_HZ = (500.0, 8000.0)  # where a whisper has its formants and its hiss
# aperiodicity at most, and prominence in dB at least, of a clear voice and of one in noise; at most
# 2 % of the frames of noise, of whatever band, get there
CLEAR, FAINT = (0.2, 10.0), (0.55, 14.0)
COLUMNS = ("f0_hz", "harmonics_to_noise_db", "cepstral_peak_prominence_db")
INNER_COLUMNS = ("aperiodicity", "power", "power_of_band")


@njit(cache=True, nogil=True)
def _powers(
    spectra: NDArray[np.complex128],
    offset: NDArray[np.complex128],
    first: int,
    out: NDArray[np.float64],
) -> None:
    """Fill the squared magnitudes from a bin on, without a constant offset; 0 below.

    ``offset`` is the spectrum of a constant, 1 at 0 Hz. What is no more than the rounding of the
    offset is 0 too: a constant has no period.
    """
    for t in range(spectra.shape[0]):
        out[t, :first] = 0.0
        constant = spectra[t, 0]
        floor = ROUNDING * (constant.real * constant.real + constant.imag * constant.imag)
        for k in range(first, spectra.shape[1]):
            x = spectra[t, k] - constant * offset[k]
            power = x.real * x.real + x.imag * x.imag
            out[t, k] = power if power > floor else 0.0


def _is_voiced(
    aperiodicity: NDArray[np.float64], prominence_db: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Say of each frame whether it is voiced: clearly periodic, or less so with clear harmonics."""
    is_clear = (aperiodicity <= CLEAR[0]) & (prominence_db >= CLEAR[1])
    return is_clear | ((aperiodicity <= FAINT[0]) & (prominence_db >= FAINT[1]))


class VoiceMeter:
    """Period, harmonics-to-noise ratio and cepstral peak prominence of one channel.

    Parameters
    ----------
    rate_hz : float
        Sampling rate, at least 4 kHz.

    Notes
    -----
    A frame is voiced if its aperiodicity, the depth of YIN's dip, is at most 0.2 and its cepstral
    peak stands out by 10 dB, or at most 0.55 and 14 dB: then at least half of the power repeats
    itself between 65 and 500 times a second, as it does in a hum or a purr too.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        length = round(PERIODS / LOWEST_HZ * rate_hz)
        framing = Framing(length, round(HOP_S * rate_hz))
        self.frames_per_s = rate_hz / framing.hop
        self.frame_s = length / rate_hz
        self._n_lags = int(rate_hz / LOWEST_HZ) + 32  # more than the longest, to look between
        size = scipy.fft.next_fast_len(length + self._n_lags, real=True)
        self._size = size + size % 2
        self._transform = FrameTransform(rate_hz, framing, self._size)
        bins_hz = self._transform.bins_hz
        self._first = int(np.searchsorted(bins_hz, RUMBLE_HZ))
        self._band = slice(*np.searchsorted(bins_hz, BAND_HZ))
        self._prominence = CepstralProminence(bins_hz, LOWEST_HZ, HIGHEST_HZ)
        constant = scipy.fft.rfft(self._transform.window, self._size)
        self._offset = constant / constant[0]
        window = scipy.fft.irfft(np.abs(constant) ** 2, self._size)[: self._n_lags]
        self._window = np.ascontiguousarray(window / window[0])

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples; return rows (frames, 6) of ``COLUMNS`` and ``INNER_COLUMNS``."""
        rows = [np.empty((0, len(COLUMNS) + len(INNER_COLUMNS)))]
        rows += [self._described(spectra) for spectra in self._transform.batches(samples)]
        return np.concatenate(rows)

    def _described(self, spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Return the rows of one batch of frames."""
        powers = np.zeros((filled(len(spectra)), spectra.shape[1]))
        _powers(spectra, self._offset, self._first, powers[: len(spectra)])
        functions = back(powers, self._size)[:, : self._n_lags]
        powers = powers[: len(spectra)]
        found = np.empty((len(spectra), 3))
        describe_periodicity(functions, self._window, self._rate_hz, found)
        f0_hz, hnr_db, aperiodicity = found.T
        prominence_db = self._prominence.of(powers)
        is_voiced = _is_voiced(aperiodicity, prominence_db)
        columns = [
            np.where(is_voiced, f0_hz, np.nan),
            np.where(is_voiced, hnr_db, np.nan),
            prominence_db,
            aperiodicity,
            powers.sum(axis=1),
            powers[:, self._band].sum(axis=1),
        ]
        return np.stack(columns, axis=1)
