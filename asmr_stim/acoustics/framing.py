"""Cutting a sound that arrives piece by piece into overlapping frames.

Frames last about 43 ms at every rate, so that clips of different rates are described on the same
time scale: 2048 samples each 512 at 32 to 67 kHz, half of that at half the rate, and so on. A frame
lies wholly inside the sound: nothing is padded, and a last incomplete frame is left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REFERENCE_RATE_HZ = 48000.0
REFERENCE_LENGTH = 2048  # samples at 48 kHz, with which most published audio features are computed
OVERLAP = 4
SHORTEST_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Framing:
    """How a sound is cut into frames.

    Parameters
    ----------
    length : int
        Samples in a frame, a power of two.
    hop : int
        Samples from the start of one frame to the next.
    """

    length: int
    hop: int

    @classmethod
    def for_rate(cls, rate_hz: float) -> "Framing":
        """Return frames of about 43 ms with 75 % overlap.

        Examples
        --------
        >>> Framing.for_rate(44100), Framing.for_rate(96000)
        (Framing(length=2048, hop=512), Framing(length=4096, hop=1024))
        """
        octaves = round(float(np.log2(rate_hz / REFERENCE_RATE_HZ)))
        length = max(int(REFERENCE_LENGTH * 2.0**octaves), SHORTEST_LENGTH)
        return cls(length, length // OVERLAP)

    def n_frames(self, n_samples: int) -> int:
        """Return how many whole frames fit into a sound."""
        return max(0, 1 + (n_samples - self.length) // self.hop)

    def centre_s(self, frame: NDArray[np.int64], rate_hz: float) -> NDArray[np.float64]:
        """Return the time of the middle of frames, seconds."""
        first = frame.astype(np.float64) * self.hop
        return (first + self.length / 2) / rate_hz


def bin_frequencies_hz(rate_hz: float, frame_length: int) -> NDArray[np.float64]:
    """Return the frequencies of the bins of a spectrum, 0 Hz to half the rate."""
    bins = np.arange(frame_length // 2 + 1, dtype=np.float64)
    return bins * np.float64(rate_hz / frame_length)


class Carry:
    """Samples that wait for the rest of their frame.

    Parameters
    ----------
    n_channels : int
        Number of channels.
    framing : Framing
        The frames to be completed.
    """

    def __init__(self, n_channels: int, framing: Framing) -> None:
        self._framing = framing
        self._room = np.empty((n_channels, 0))
        self._done, self._filled = 0, 0  # what waits stands between them

    def whole_frames(self, samples: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
        """Return the samples that complete frames need, and the number of these frames.

        The first frame starts at the first sample returned. What later frames need is kept. The
        next call overwrites what is returned: large arrays that come and go cost more than frames.
        """
        waiting = self._room[:, self._done : self._filled]
        n_waiting, n_samples = waiting.shape[1], waiting.shape[1] + samples.shape[1]
        if n_samples > self._room.shape[1]:
            self._room = np.empty((len(samples), n_samples + self._framing.length))
        self._room[:, :n_waiting] = waiting
        self._room[:, n_waiting:n_samples] = samples
        n_frames = self._framing.n_frames(n_samples)
        self._done, self._filled = n_frames * self._framing.hop, n_samples
        return self._room[:, :n_samples], n_frames
