"""How much a stretch of sound is like a whisper: a heuristic of four terms that can be measured.

A whisper is noise, lies in the band of the formants, comes in syllables, and is sustained. Other
sounds meet all four: brushing in the rhythm of syllables scores as high. The score sorts clips and
moments for a listener; it does not tell that somebody whispers.
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

WINDOW_FRAMES, STEP_FRAMES = 200, 50  # 2 s, each 0.5 s, of frames each 10 ms
SYLLABLES_HZ = (2.0, 8.0)
SUSTAINED_SHARE = 0.1  # of the amplitude that 5 % of frames exceed: 20 dB below
FULL_NOISE = 0.5  # aperiodicity of a whisper: its formants repeat for a few milliseconds
NOISE_BANDWIDTH = 1.5  # of a Hann window, bins
TERMS = ("whisper_noise", "whisper_band", "whisper_rhythm", "whisper_duty")
COLUMNS = ("whisper_score", *TERMS)

_TAPER = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW_FRAMES) / WINDOW_FRAMES)


def whisper_terms(frames: NDArray[np.float64], frames_per_s: float) -> NDArray[np.float64]:
    """Return the score and its four terms, 0 to 1; nan for silence.

    Parameters
    ----------
    frames : ndarray, shape (200, 3)
        Aperiodicity, power, and power from 0.5 to 8 kHz of each frame.
    frames_per_s : float
        Frames in a second.

    Returns
    -------
    ndarray, shape (5,)
        The smallest term, and the terms: noise, twice the aperiodicity of frames weighted with
        their power in the band, at most 1; band, the share of power in the band; rhythm, the
        modulation index of the amplitude in the band from 2 to 8 Hz, at most 1; duty, the share of
        frames whose amplitude is within 20 dB of the one that 5 % of frames exceed.
    """
    aperiodicity, power, of_band = frames.T
    if not of_band.any():
        return np.full(len(COLUMNS), np.nan)
    amplitude = np.sqrt(of_band)
    spectrum = np.abs(scipy.fft.rfft(_TAPER * amplitude))
    frequency_hz = np.arange(len(spectrum)) * (frames_per_s / WINDOW_FRAMES)
    inside = (frequency_hz >= SYLLABLES_HZ[0]) & (frequency_hz <= SYLLABLES_HZ[1])
    swing = 2 * np.sqrt((spectrum[inside] ** 2).sum() / NOISE_BANDWIDTH)
    index = swing / spectrum[0] if spectrum[0] > 0 else 0.0  # 0: all of it where the taper is 0
    terms = (
        min(np.nansum(aperiodicity * of_band) / of_band.sum() / FULL_NOISE, 1.0),
        of_band.sum() / power.sum(),
        min(index, 1.0),
        np.mean(amplitude >= SUSTAINED_SHARE * np.percentile(amplitude, 95)),
    )
    return np.array([min(terms), *terms])


class WhisperMeter:
    """Likeness to a whisper in windows of 2 s, each 0.5 s, frame by frame.

    Parameters
    ----------
    frames_per_s : float
        Frames in a second, about 100.
    """

    def __init__(self, frames_per_s: float) -> None:
        self._frames_per_s = frames_per_s
        self._waiting = np.empty((0, 3))

    def push(self, frames: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next frames, shape (frames, 3); return rows (windows, 5) of ``COLUMNS``."""
        together = np.concatenate([self._waiting, frames])
        n_windows = max((len(together) - WINDOW_FRAMES) // STEP_FRAMES + 1, 0)
        out = np.empty((n_windows, len(COLUMNS)))
        for k in range(n_windows):
            window = together[k * STEP_FRAMES : k * STEP_FRAMES + WINDOW_FRAMES]
            out[k] = whisper_terms(window, self._frames_per_s)
        self._waiting = together[n_windows * STEP_FRAMES :].copy()
        return out
