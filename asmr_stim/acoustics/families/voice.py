"""Voice in each channel: how often, how high, how clear, and how much it is like a whisper."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics import voice, whisper
from asmr_stim.acoustics.readings import (
    SILENT,
    Clock,
    Reading,
    Readings,
    Rows,
    Series,
    Undefined,
)
from asmr_stim.acoustics.resampling import Resampler
from asmr_stim.acoustics.voice import LOWEST_RATE_HZ, VoiceMeter
from asmr_stim.acoustics.whisper import WhisperMeter

VOICE = Series("voice", voice.COLUMNS)
WHISPER = Series("whisper", whisper.COLUMNS)
HIGHEST_RATE_HZ = 50000  # faster recordings are brought to 48 kHz: there is no voice above 24 kHz
COPY_HZ = 48000


class VoiceFamily:
    """Voice in each channel, at the native rate up to 50 kHz and on a copy at 48 kHz above.

    Parameters
    ----------
    rate_hz : float
        Sampling rate; below 4 kHz nothing is measured.
    n_channels : int
        Number of channels.
    """

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        wanted_hz = rate_hz if rate_hz <= HIGHEST_RATE_HZ else COPY_HZ
        has_room = rate_hz >= LOWEST_RATE_HZ
        self._n_channels = n_channels
        self._resampler = Resampler(rate_hz, wanted_hz, n_channels)
        self._meters = [VoiceMeter(wanted_hz) for _ in range(n_channels)] if has_room else []
        self.series: tuple[Series, ...] = _series(self._meters[0]) if has_room else ()
        self._whispers = [WhisperMeter(meter.frames_per_s) for meter in self._meters]
        self._n_voiced = np.zeros(n_channels, dtype=np.int64)
        self._n_sounding = np.zeros(n_channels, dtype=np.int64)
        self._n_frames = 0

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples; return the frames and windows that they complete."""
        return self._rows(self._resampler.push(samples)) if self._meters else {}

    def finish(self) -> Rows:
        """Return the frames that waited for the resampler; an incomplete one is left out."""
        return self._rows(self._resampler.finish()) if self._meters else {}

    def readings(self) -> Readings:
        """Return the share of frames that are voiced."""
        return Readings({"voiced_share": [self._share(k) for k in range(self._n_channels)]})

    def _share(self, channel: int) -> Reading:
        if not self._meters:
            return Undefined("rate_too_low")
        if self._n_frames == 0:
            return Undefined("shorter_than_window")
        n_sounding = int(self._n_sounding[channel])
        return int(self._n_voiced[channel]) / n_sounding if n_sounding else SILENT

    def _rows(self, samples: NDArray[np.float64]) -> Rows:
        shown, windows = [], []
        n_shown = len(voice.COLUMNS)
        for k, (meter, row) in enumerate(zip(self._meters, samples, strict=True)):
            frames = meter.push(row)
            self._n_voiced[k] += np.isfinite(frames[:, 0]).sum()
            self._n_sounding[k] += np.isfinite(frames[:, n_shown]).sum()
            shown.append(frames[:, :n_shown])
            windows.append(self._whispers[k].push(frames[:, n_shown:]))
        self._n_frames += len(shown[0])
        return {VOICE.name: np.array(shown), WHISPER.name: np.array(windows)}


def _series(meter: VoiceMeter) -> tuple[Series, ...]:
    """Return the series with their clocks."""
    step_s, frame_s = 1 / meter.frames_per_s, meter.frame_s
    middle_s = ((whisper.WINDOW_FRAMES - 1) * step_s + frame_s) / 2
    windows = Clock(middle_s, whisper.STEP_FRAMES * step_s)
    return VOICE.at(Clock(frame_s / 2, step_s)), WHISPER.at(windows)
