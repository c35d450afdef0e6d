"""A player upon a sound device."""

import threading
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from asmr_stim_tui.sound.feed import Feed, Read
from asmr_stim_tui.sound.line import Line, NoSoundError
from asmr_stim_tui.sound.player import Stretch


class LinePlayer:
    """Plays stretches of a clip on an open line.

    Parameters
    ----------
    line : Line
    read : function of (first, last) sample
        Returns samples, shape (frames, channels).
    rate_hz : int
        Of the clip.
    """

    def __init__(self, line: Line, read: Read, rate_hz: int) -> None:
        self._line = line
        self._read_one = read
        self._reading = threading.Lock()
        self._rate_hz = rate_hz
        self._feed: Feed | None = None
        self._stretch = Stretch(0, 0)

    @property
    def name(self) -> str:
        """What makes the sound."""
        return self._line.name

    def play(self, stretch: Stretch) -> None:
        """Play a stretch in place of what is playing."""
        self.stop()
        line = self._line
        self._stretch = stretch
        self._feed = Feed(self._read, stretch, self._rate_hz, line.rate_hz, line.n_channels)
        try:
            line.start(self._feed.take)
        except NoSoundError:
            self.stop()
            raise

    def stop(self) -> None:
        """Be silent."""
        if self._feed is None:
            return
        self._feed.cancel()
        self._feed = None
        with suppress(NoSoundError):
            self._line.stop()

    @property
    def position(self) -> float | None:
        """The sample that is heard now: what the device has had, less what it still holds back."""
        feed = self._feed
        if feed is None:
            return None
        n_held_back = self._line.latency_s * self._line.rate_hz
        if feed.n_after > n_held_back:
            self.stop()
            return None
        n_heard = max(feed.n_taken + feed.n_after - n_held_back, 0.0)
        sample = self._stretch.sample_after(n_heard * feed.samples_per_frame)
        return self._stretch.last - 1.0 if sample is None else sample

    def close(self) -> None:
        """Let go of the device."""
        self.stop()
        with suppress(NoSoundError):
            self._line.close()

    def _read(self, first: int, last: int) -> NDArray[np.float32]:
        """Read for one feed at a time: the one before may not have noticed yet that it is over."""
        with self._reading:
            return self._read_one(first, last)
