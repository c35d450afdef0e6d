"""Signals that a playback chain is calibrated with: a tone of 1 kHz, and noise with a spectrum.

One channel each, at full scale [-1, 1], the same samples each time.
"""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from asmr_stim.acoustics.aweighting import AWeightedMeter

TONE_HZ = 1000.0
TONE_DBFS = -20.0
NOISE_A_WEIGHTED_DBFS = -26.0  # 6 dB below the tone: its peaks are four times its RMS and more
LARGEST_SAMPLE = 0.9
FADE_S = 0.05
PINK_FROM_HZ, PINK_TO_HZ = 100.0, 5000.0  # the default spectrum: as much in each third of an octave
DEEPEST_DB = 60.0  # a spectrum is not followed further down from its largest third octave
_LOWEST_HZ = 20.0
_SEED = 532


@dataclass(frozen=True, slots=True)
class NoiseShape:
    """Spectrum of a noise.

    Parameters
    ----------
    frequency_hz : ndarray, shape (points,)
        Frequencies that rise, above 0.
    level_db : ndarray, shape (points,)
        Level of the power in 1 Hz, relative to anything.
    """

    frequency_hz: NDArray[np.float64]
    level_db: NDArray[np.float64]


def default_shape(rate_hz: float) -> NoiseShape:
    """Return pink noise from 100 Hz to 5 kHz that falls by 6 dB an octave more beyond."""
    frequency_hz = np.geomspace(_LOWEST_HZ, rate_hz / 2, 200)
    below = 10 * np.log10(1 + (PINK_FROM_HZ / frequency_hz) ** 2)
    above = 10 * np.log10(1 + (frequency_hz / PINK_TO_HZ) ** 2)
    return NoiseShape(frequency_hz, -10 * np.log10(frequency_hz) - below - above)


def shape_of_spectrum(
    bins_hz: NDArray[np.float64], power: NDArray[np.float64], n_per_octave: int = 3
) -> NoiseShape | None:
    """Return the shape of a long-term power spectrum in third octaves; None for silence.

    Parameters
    ----------
    bins_hz, power : ndarray, shape (bins,)
        Frequencies and power of equally wide bins.
    n_per_octave : int
        Bands in an octave.

    Notes
    -----
    Bands more than 60 dB below the largest are lifted to that.
    """
    n_bands = int(np.log2(bins_hz[-1] / _LOWEST_HZ) * n_per_octave)
    middles = _LOWEST_HZ * 2 ** (np.arange(n_bands + 1) / n_per_octave)
    half = 2 ** (0.5 / n_per_octave)
    means, kept = [], []
    for middle in middles:
        inside = (bins_hz >= middle / half) & (bins_hz < middle * half)
        if inside.any():
            means.append(power[inside].mean())
            kept.append(middle)
    mean_power, frequency_hz = np.array(means), np.array(kept)
    largest = float((mean_power * frequency_hz).max(initial=0.0))
    if largest == 0:
        return None
    floor = largest * 10 ** (-DEEPEST_DB / 10) / frequency_hz
    return NoiseShape(frequency_hz, 10 * np.log10(np.maximum(mean_power, floor)))


def calibration_tone(duration_s: float, rate_hz: float) -> NDArray[np.float64]:
    """Return a sine of 1 kHz, -20 dBFS by its RMS, that fades in and out.

    Parameters
    ----------
    duration_s : float
        Length, at least 0.1 s.
    rate_hz : float
        Sampling rate.

    Returns
    -------
    ndarray of float64, shape (frames,)
    """
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    tone = 10 ** (TONE_DBFS / 20) * np.sin(2 * np.pi * TONE_HZ * time_s)
    return np.asarray(tone * _fade(len(tone), rate_hz))


@dataclass(frozen=True, slots=True)
class CalibrationNoise:
    """Noise of a known level.

    Parameters
    ----------
    samples : ndarray, shape (frames,)
        One channel.
    a_weighted_dbfs : float, dBFS
        A-weighted RMS level, fades included.
    """

    samples: NDArray[np.float64]
    a_weighted_dbfs: float


def calibration_noise(duration_s: float, rate_hz: float, shape: NoiseShape) -> CalibrationNoise:
    """Return Gaussian noise with a spectrum, at most -26 dBFS by its A-weighted level.

    Parameters
    ----------
    duration_s : float
        Length, at least 0.1 s.
    rate_hz : float
        Sampling rate, at least 8000 Hz.
    shape : NoiseShape
        Its spectrum; nothing below 20 Hz.

    Notes
    -----
    The level is -26 dBFS, or so much lower in steps of 0.1 dB that no sample exceeds 0.9.
    """
    n_frames = round(duration_s * rate_hz)
    bins_hz = scipy.fft.rfftfreq(n_frames, 1 / rate_hz)
    heights = np.interp(
        np.log(np.maximum(bins_hz, 1e-3)), np.log(shape.frequency_hz), shape.level_db
    )
    gains = np.where(bins_hz >= _LOWEST_HZ, 10 ** ((heights - heights.max()) / 20), 0.0)
    rng = np.random.Generator(np.random.PCG64(_SEED))
    white = scipy.fft.rfft(rng.standard_normal(n_frames))
    noise = scipy.fft.irfft(white * gains, n_frames) * _fade(n_frames, rate_hz)
    meter = AWeightedMeter(rate_hz, 1)
    meter.push(noise[None])
    noise *= 10 ** ((NOISE_A_WEIGHTED_DBFS - meter.levels().equivalent_dbfs[0]) / 20)
    excess_db = max(0.0, 20 * float(np.log10(np.abs(noise).max() / LARGEST_SAMPLE)))
    down_db = np.ceil(excess_db * 10) / 10
    return CalibrationNoise(
        np.asarray(noise * 10 ** (-down_db / 20)), round(NOISE_A_WEIGHTED_DBFS - down_db, 1)
    )


def _fade(n_frames: int, rate_hz: float) -> NDArray[np.float64]:
    """Return a window that rises and falls in 50 ms."""
    rise = np.sin(np.pi / 2 * np.minimum(np.arange(n_frames) / (FADE_S * rate_hz), 1.0)) ** 2
    return np.asarray(rise * rise[::-1])
