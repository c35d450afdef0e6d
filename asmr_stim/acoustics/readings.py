"""What a family of features says of a clip: numbers, or why there is none."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Undefined:
    """A feature that has no value in this sound; ``flag`` names the reason."""

    flag: str


Reading = float | Undefined


SILENT = Undefined("silent")
NO_ROWS = np.empty((0, 0, 0))  # what a family returns that describes no frames


def levels_or_silent(values: NDArray[np.float64]) -> list[Reading]:
    """Return levels as readings; those of silence, which are not finite, are undefined."""
    return [float(value) if np.isfinite(value) else SILENT for value in values]


@dataclass(frozen=True, slots=True)
class Readings:
    """Values of a whole clip by feature: one a channel, and one for all channels together."""

    channels: dict[str, list[Reading]] = field(default_factory=dict)
    pair: dict[str, Reading] = field(default_factory=dict)


class Family(Protocol):
    """A group of features that is measured together, piece by piece.

    Attributes
    ----------
    name : str
        A word that no other family of the same run has.
    columns : tuple of str
        The features it has of every frame; may be empty.
    """

    name: str
    columns: tuple[str, ...]

    def push(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Take the next samples (channels, frames); return rows (channels, frames, columns)."""
        ...

    def finish(self) -> NDArray[np.float64]:
        """Return the rows that waited for more samples; called once, before ``readings``."""
        ...

    def readings(self) -> Readings:
        """Return the values of the whole clip; called once, after the last samples."""
        ...
