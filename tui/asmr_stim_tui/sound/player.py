"""What plays a clip, whatever makes the sound."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is to be heard.

    Parameters
    ----------
    first, last : int, samples
        From the start of the clip; ``last`` itself is not heard.
    is_loop : bool
        Begin again at ``first`` whenever ``last`` is reached.
    speed : float
        1 is the clip's own. Other speeds play it as a tape would, at another pitch: nothing is cut
        out or doubled, so that a click stays one click.
    begin : int or None, samples
        Where in the stretch to begin; at ``first`` if None.
    """

    first: int
    last: int
    is_loop: bool = False
    speed: float = 1.0
    begin: int | None = None

    @property
    def start(self) -> int:
        """The sample that is heard first."""
        return self.first if self.begin is None else self.begin

    def sample_after(self, n_samples: float) -> float | None:
        """Return which sample is heard once some have been; None when the stretch is over."""
        place = self.start + n_samples
        if place < self.last:
            return place
        if not self.is_loop:
            return None
        return self.first + (place - self.last) % (self.last - self.first)


class Player(Protocol):
    """Plays one stretch at a time."""

    @property
    def name(self) -> str:
        """In a word or two, for the status line."""

    def play(self, stretch: Stretch) -> None:
        """Play a stretch in place of what is playing.

        Raises
        ------
        NoSoundError
            If that has become impossible.
        """

    def stop(self) -> None:
        """Be silent."""

    @property
    def position(self) -> float | None:
        """The sample that is heard now; None if nothing is playing."""

    def close(self) -> None:
        """Let go of the device; doing so again is harmless."""
