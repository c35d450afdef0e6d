"""What a sound device is to this program."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import AsmrStimError

Take = Callable[[int], NDArray[np.float32]]
"""Returns the next frames, shape (frames, channels); exactly as many as are asked for."""


class NoSoundError(AsmrStimError, OSError):
    """Nothing can be heard; the message says why, for after ``♪ no player:``."""


class Line(Protocol):
    """An open device that asks for frames, in a thread of its own, from ``start`` to ``stop``."""

    name: str
    rate_hz: int
    n_channels: int
    latency_s: float
    notice: str | None
    """What is not as in the file, in a sentence; None if nothing is."""

    def start(self, take: Take) -> None:
        """Begin to ask for frames, or raise a ``NoSoundError``."""

    def stop(self) -> None:
        """Ask for no more; what was asked for already may be dropped."""

    def close(self) -> None:
        """Let go of the device."""


OpenLine = Callable[[int, int], Line]
"""Opens a device for a rate in hertz and a number of channels, or raises a ``NoSoundError``."""
