"""Features of every frame of each channel, of the two ears together, and onsets."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics import interaural_spectrum, spectrum, waveform
from asmr_stim.acoustics.interaural_spectrum import InterauralSpectrum
from asmr_stim.acoustics.long_term import LongTermSpectrum
from asmr_stim.acoustics.onsets import OnsetDetector, rhythm
from asmr_stim.acoustics.readings import (
    SILENT,
    Clock,
    Reading,
    Readings,
    Remark,
    Rows,
    Series,
    Undefined,
)
from asmr_stim.acoustics.sliding import RUNNING, Window
from asmr_stim.acoustics.spectrum import FrameDescriber
from asmr_stim.acoustics.stft import Batch, ShortTimeTransform
from asmr_stim.acoustics.waveform import frame_waveform

FRAMES = Series("frames", (*spectrum.COLUMNS, *waveform.COLUMNS))
TIME_DECIMALS = 6  # of an onset in seconds; it is known to a millisecond
_STRENGTH = FRAMES.columns.index("onset_strength_db")
# Koumura et al. (2021): the mean of the two ears and their difference, left less right
_OF_EARS = ("frame_level_dbfs", "spectral_centroid_hz", "spectral_bandwidth_hz")
EARS = Series(
    "ears",
    (
        "ear_mean_level_dbfs",
        "ear_mean_centroid_hz",
        "ear_mean_bandwidth_hz",
        "ear_difference_level_db",
        "ear_difference_centroid_hz",
        "ear_difference_bandwidth_hz",
    ),
    is_of_pair=True,
)
BANDS = Series("ears by band", interaural_spectrum.COLUMNS, is_of_pair=True)


class SpectrumFamily:
    """Features of every frame, and the onsets that follow from them.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    running : Window
        Length and step in which the spectra of the ears are compared.
    """

    def __init__(self, rate_hz: float, n_channels: int, running: Window = RUNNING) -> None:
        has_two = n_channels == 2
        self._rate_hz = rate_hz
        self._transform = ShortTimeTransform(rate_hz, n_channels)
        self._framing = self._transform.framing
        self._describers = [
            FrameDescriber(rate_hz, self._framing.length) for _ in range(n_channels)
        ]
        self._detectors = [OnsetDetector(rate_hz, self._framing) for _ in range(n_channels)]
        self._long_terms = [LongTermSpectrum(self._transform.bins_hz) for _ in range(n_channels)]
        self._interaural = InterauralSpectrum(rate_hz, self._framing, running) if has_two else None
        self.series: tuple[Series, ...] = self._series()
        self._is_silent = np.ones(n_channels, dtype=bool)
        self._n_samples = 0

    def _series(self) -> tuple[Series, ...]:
        """Return what is measured frame after frame, with its times."""
        framing = self._framing
        clock = Clock(framing.length / 2 / self._rate_hz, framing.hop / self._rate_hz)
        if self._interaural is None:
            return (FRAMES.at(clock),)
        return FRAMES.at(clock), EARS.at(clock), BANDS.at(self._interaural.clock)

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples; return the features of the frames that they complete."""
        parts, bands = [np.empty((len(samples), 0, len(FRAMES.columns)))], []
        for batch in self._transform.batches(samples):
            parts.append(self._described(batch))
            if self._interaural is not None:
                bands.append(self._interaural.push(batch.spectra)[None])
        rows = np.concatenate(parts, axis=1)
        for detector, row, frames in zip(self._detectors, samples, rows, strict=True):
            detector.push(row, frames[:, _STRENGTH])
        for channel in np.flatnonzero(self._is_silent):
            self._is_silent[channel] = not samples[channel].any()
        self._n_samples += samples.shape[1]
        of_pair = {BANDS.name: np.concatenate(bands, axis=1)} if bands else {}
        if self._interaural is not None:
            of_pair[EARS.name] = _of_ears(rows)
        return {FRAMES.name: rows} | of_pair

    def _described(self, batch: Batch) -> NDArray[np.float64]:
        """Return the rows of one batch of frames."""
        length, hop = self._framing.length, self._framing.hop
        channels = []
        for describer, long_term, samples, spectra in zip(
            self._describers, self._long_terms, batch.samples, batch.spectra, strict=True
        ):
            long_term.push(spectra)
            of_samples = np.empty((len(spectra), len(waveform.COLUMNS)))
            frame_waveform(samples, length, hop, of_samples)
            channels.append(np.concatenate([describer.describe(spectra), of_samples], axis=1))
        return np.array(channels)

    def finish(self) -> Rows:
        """Return nothing: a last incomplete frame is left out."""
        return {}

    def readings(self) -> Readings:
        """Return the onsets of each channel, their rhythm, and where its band ends."""
        cutoffs: list[Reading] = [
            SILENT if is_silent else self._cutoff(long_term)
            for long_term, is_silent in zip(self._long_terms, self._is_silent, strict=True)
        ]
        remarks = tuple(
            Remark("band_limited", f"the band ends at {cutoff / 1000:.1f} kHz", channel)
            for channel, cutoff in enumerate(cutoffs)
            if isinstance(cutoff, float)
        )
        times = [detector.times_s() for detector in self._detectors]
        onsets_s = tuple(tuple(np.round(row, TIME_DECIMALS).tolist()) for row in times)
        channels = self._events(times) | {"cutoff_hz": cutoffs}
        return Readings(channels, remarks=remarks, onsets_s=onsets_s)

    def _events(self, times: list[NDArray[np.float64]]) -> dict[str, list[Reading]]:
        """Return rate and rhythm of the onsets of each channel."""
        names = ("onset_rate_per_s", "onset_interval_s", "onset_interval_cv")
        rows = [
            [SILENT] * len(names) if is_silent else self._of_onsets(of_channel)
            for of_channel, is_silent in zip(times, self._is_silent, strict=True)
        ]
        return {name: [row[k] for row in rows] for k, name in enumerate(names)}

    def _cutoff(self, long_term: LongTermSpectrum) -> Reading:
        if self._n_samples < self._framing.length:
            return Undefined("shorter_than_window")
        cutoff_hz = long_term.cutoff_hz()
        return Undefined("no_cutoff") if cutoff_hz is None else cutoff_hz

    def _of_onsets(self, times_s: NDArray[np.float64]) -> list[Reading]:
        """Return rate, interval and its variation."""
        if self._n_samples < self._framing.length:
            return [Undefined("shorter_than_window")] * 3
        rate = len(times_s) * self._rate_hz / self._n_samples
        found = rhythm(times_s)
        if found is None:
            return [rate, Undefined("too_few_events"), Undefined("too_few_events")]
        return [rate, found.interval_s, found.interval_cv]


def _of_ears(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mean and difference of the ears, shape (1, frames, 6)."""
    left, right = rows[:, :, [FRAMES.columns.index(name) for name in _OF_EARS]]
    return np.concatenate([(left + right) / 2, left - right], axis=1)[None]
