"""Reads a stretch of sound ahead of the device that plays it.

A device asks for frames in a thread that must never wait, so another thread reads the file and
leaves blocks ready. At the clip's own speed, on a device that runs at the clip's own rate, the
frames are those of the file, bit for bit; otherwise soxr resamples them on the way to the device.
"""

import threading
from collections import deque
from collections.abc import Callable

import numpy as np
import soxr
from numpy.typing import NDArray

from asmr_stim_tui.sound.player import Stretch

Read = Callable[[int, int], NDArray[np.float32]]
"""Returns samples from first up to last, shape (frames, channels); fewer where the clip ends."""

BLOCK_S = 0.05
AHEAD_S = 0.5


class Feed:
    """The frames of one stretch, in the order in which they are heard.

    Parameters
    ----------
    read : function of (first, last) sample
        Called in a thread of the feed.
    stretch : Stretch
    rate_hz : int
        Of the clip.
    line_rate_hz, n_channels : int
        Of the device; further channels of the clip are not heard, and never mixed into others.
    """

    def __init__(
        self, read: Read, stretch: Stretch, rate_hz: int, line_rate_hz: int, n_channels: int
    ) -> None:
        self._read = read
        self._stretch = stretch
        self._n_channels = n_channels
        self.samples_per_frame = stretch.speed * rate_hz / line_rate_hz
        self._block = max(1, round(BLOCK_S * rate_hz))
        self._most = max(1, round(AHEAD_S * line_rate_hz))
        self._place = stretch.start
        self._ready: deque[NDArray[np.float32]] = deque()
        self._n_ready = 0
        self._n_taken = 0
        self._n_after = 0
        self._is_read = False
        self._is_cancelled = False
        self._changed = threading.Condition()
        self._resampler = _resampler(stretch.speed * rate_hz, line_rate_hz, n_channels)
        self._read_block()
        threading.Thread(target=self._read_ahead, name="sound feed", daemon=True).start()

    @property
    def n_taken(self) -> int:
        """How many frames of the stretch the device has had; silence in between does not count."""
        return self._n_taken

    @property
    def n_after(self) -> int:
        """How many frames of silence the device has had since the end of the stretch."""
        return self._n_after

    def take(self, n_frames: int) -> NDArray[np.float32]:
        """Return the next frames, shape (n_frames, n_channels), with silence for what lacks."""
        frames = np.zeros((n_frames, self._n_channels), np.float32)
        done = 0
        with self._changed:
            while done < n_frames and self._ready and not self._is_cancelled:
                block = self._ready.popleft()
                n_used = min(len(block), n_frames - done)
                frames[done : done + n_used] = block[:n_used]
                if n_used < len(block):
                    self._ready.appendleft(block[n_used:])
                done += n_used
            self._n_ready -= done
            self._n_taken += done
            if self._is_read and self._n_ready == 0:
                self._n_after += n_frames - done
            self._changed.notify()
        return frames

    def cancel(self) -> None:
        """Give no more frames and read no further."""
        with self._changed:
            self._is_cancelled = True
            self._changed.notify()

    def _read_ahead(self) -> None:
        """Keep some blocks ready until everything has been read."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_cancelled or self._n_ready < self._most)
                if self._is_cancelled or self._is_read:
                    return
            self._read_block()

    def _read_block(self) -> None:
        """Read one block, and go back to the start of a loop at its end."""
        stretch = self._stretch
        samples = self._read(self._place, min(self._place + self._block, stretch.last))
        self._place += len(samples)
        is_end = self._place >= stretch.last or len(samples) == 0
        if is_end and stretch.is_loop and len(samples):
            self._place, is_end = stretch.first, False
        frames = self._heard(samples, is_last=is_end)
        with self._changed:
            if len(frames):
                self._ready.append(frames)
                self._n_ready += len(frames)
            self._is_read = is_end

    def _heard(self, samples: NDArray[np.float32], *, is_last: bool) -> NDArray[np.float32]:
        """Return what the device gets for some samples."""
        frames = np.zeros((len(samples), self._n_channels), np.float32)
        n_channels = min(self._n_channels, samples.shape[1])
        frames[:, :n_channels] = samples[:, :n_channels]
        if samples.shape[1] == 1:
            frames[:] = samples
        if self._resampler is None:
            return frames
        resampled: NDArray[np.float32] = self._resampler.resample_chunk(frames, last=is_last)
        return resampled


def _resampler(from_hz: float, to_hz: float, n_channels: int) -> soxr.ResampleStream | None:
    """Return what changes the rate; None where it is the same, so that nothing is touched."""
    if from_hz == to_hz:
        return None
    return soxr.ResampleStream(from_hz, to_hz, n_channels, dtype="float32")
