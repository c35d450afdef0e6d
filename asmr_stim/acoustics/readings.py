"""What a family of features says of a clip: numbers, or why there is none."""

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Undefined:
    """A feature that has no value in this sound; ``flag`` names the reason."""

    flag: str


Reading = float | Undefined


SILENT = Undefined("silent")


def levels_or_silent(values: NDArray[np.float64]) -> list[Reading]:
    """Return levels as readings; those of silence, which are not finite, are undefined."""
    return [float(value) if np.isfinite(value) else SILENT for value in values]


Rows = dict[str, NDArray[np.float64]]
"""Rows of series by their name, shape (channels, frames, columns); one channel for a pair."""


@dataclass(frozen=True, slots=True)
class Clock:
    """When the frames of a series are.

    Parameters
    ----------
    first_s : float
        Middle of the first frame, seconds after the first sample.
    step_s : float
        Seconds from the middle of one frame to that of the next.
    """

    first_s: float
    step_s: float


@dataclass(frozen=True, slots=True)
class Series:
    """Features that are measured frame after frame, together.

    Parameters
    ----------
    name : str
        A word that no other series of the same run has.
    columns : tuple of str
        The features.
    is_of_pair : bool
        Whether they are of all channels together rather than of each.
    clock : Clock or None
        When its frames are, for the rate of the clip; None in a definition that has no rate yet.
    """

    name: str
    columns: tuple[str, ...]
    is_of_pair: bool = False
    clock: Clock | None = None

    def at(self, clock: Clock) -> "Series":
        """Return the same series with its clock."""
        return replace(self, clock=clock)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a clip that a reader of its numbers should know.

    Parameters
    ----------
    flag : str
        Its name.
    detail : str
        The evidence.
    channel : int or None
        The channel it was found in; None for the clip as a whole.
    """

    flag: str
    detail: str
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Readings:
    """Values of a whole clip by feature: one a channel, and one for all channels together.

    ``onsets_s`` are the times at which events begin in each channel, from a family that finds them.
    """

    channels: dict[str, list[Reading]] = field(default_factory=dict)
    pair: dict[str, Reading] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    onsets_s: tuple[tuple[float, ...], ...] = ()


class Family(Protocol):
    """A group of features that is measured together, piece by piece.

    Attributes
    ----------
    series : tuple of Series
        What it measures frame after frame; may be empty.
    """

    series: tuple[Series, ...]

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples (channels, frames); return the rows that they complete."""
        ...

    def finish(self) -> Rows:
        """Return the rows that waited for more samples; called once, before ``readings``."""
        ...

    def readings(self) -> Readings:
        """Return the values of the whole clip; called once, after the last samples."""
        ...
