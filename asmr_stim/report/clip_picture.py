"""What the card and the figure of one clip are drawn from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.overview import Spectrogram, Wave
from asmr_stim.acoustics.readings import Clock
from asmr_stim.schema.profile import ClipFile, ClipProfile, Distribution, LevelWords, Measurement

MOST_POINTS = 4000  # of a line in a figure; a longer series is shown by its percentiles
SPREAD_PERCENT = (10, 90)


@dataclass(frozen=True, slots=True)
class Course:
    """How a feature of one channel goes over time.

    Parameters
    ----------
    channel : str
        ``left``, ``mono``, ``pair`` and so on.
    time_s : ndarray, shape (points,)
        Middle of each stretch.
    middle, low, high : ndarray, shape (points,)
        Median of the frames in each stretch, and their 10th and 90th percentile; nan where the
        feature is not defined. All three are the same where a stretch is one frame.
    stretch_s : float
        Length of a stretch.
    """

    channel: str
    time_s: NDArray[np.float64]
    middle: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    stretch_s: float

    @classmethod
    def of(
        cls, channel: str, clock: Clock, values: NDArray[np.float32], duration_s: float
    ) -> "Course":
        """Return a series of frames as a course of at most 4000 points.

        Frames whose middle is past the end of the sound, as a meter adds them while it rings out,
        are left out.
        """
        n_inside = int(np.floor((duration_s - clock.first_s) / clock.step_s + 1e-9)) + 1
        found = values[: max(n_inside, 0)].astype(np.float64)
        size = max(1, -(-len(found) // MOST_POINTS))
        n_points = -(-len(found) // size)
        filled = np.full(n_points * size, np.nan)
        filled[: len(found)] = found
        low, middle, high = _percentiles(filled.reshape(n_points, size))
        middles = np.arange(n_points) * size + (size - 1) / 2
        times_s = np.array(clock.first_s + middles * clock.step_s, dtype=np.float64)
        return cls(channel, times_s, middle, low, high, size * clock.step_s)

    @property
    def is_empty(self) -> bool:
        """Whether the feature is defined at no time."""
        return not np.isfinite(self.middle).any()


def _percentiles(stretches: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return low, middle and high of each row; nan for a row without a number."""
    found = np.full((3, len(stretches)), np.nan)
    is_there = np.isfinite(stretches).any(axis=1)
    if is_there.any():
        low, high = SPREAD_PERCENT
        found[:, is_there] = np.nanpercentile(stretches[is_there], [low, 50, high], axis=1)
    return found


@dataclass(frozen=True, slots=True)
class ClipPicture:
    """A clip's profile with what changes over time.

    Parameters
    ----------
    name : str
        The file.
    profile : ClipProfile
        What was measured.
    level : LevelWords
        The playback level at which loudness is shown.
    wave : Wave
        Smallest and largest samples.
    spectrogram : Spectrogram or None
        None if the clip is shorter than a frame.
    loudness_sone, ild_db, iacc : tuple of Course
        One for each channel, or for the pair; empty if it was not measured.
    """

    name: str
    profile: ClipProfile
    level: LevelWords
    wave: Wave
    spectrogram: Spectrogram | None
    loudness_sone: tuple[Course, ...]
    ild_db: tuple[Course, ...]
    iacc: tuple[Course, ...]

    def values(self, feature: str) -> dict[str, float | None]:
        """Return a feature of the whole clip by channel, or of the ``pair``: mean or value."""
        profile = self.profile
        if feature in profile.pair:
            return {"pair": _number(profile.pair[feature])}
        return {
            name: _number(measured[feature])
            for name, measured in profile.channels.items()
            if feature in measured
        }


def _number(measurement: Measurement) -> float | None:
    return measurement.mean if isinstance(measurement, Distribution) else measurement.value


def file_words(file: ClipFile) -> str:
    """Return length, rate, channels and form of a file as a person says them."""
    channels = "1 channel" if file.n_channels == 1 else f"{file.n_channels} channels"
    return f"{_duration(file)}, {file.rate_hz} Hz, {channels}, {file.container} {file.encoding}"


def _duration(file: ClipFile) -> str:
    if file.duration_s < 0.001:
        return f"{file.n_frames} sample" + ("" if file.n_frames == 1 else "s")
    if file.duration_s < 180:
        return f"{file.duration_s:.3f} s"
    minutes, seconds = divmod(round(file.duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours} h " if hours else ""
    return f"{head}{minutes} min {seconds:02d} s"
