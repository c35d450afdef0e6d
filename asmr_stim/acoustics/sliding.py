"""Windows that slide over a sound."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """Length of a window and the step from one to the next, seconds.

    Parameters
    ----------
    steps : int
        Steps in a window, at least 1.
    step_s : float
        Seconds from the start of one window to the start of the next.
    """

    steps: int
    step_s: float

    @property
    def length_s(self) -> float:
        """Seconds in a window."""
        return self.steps * self.step_s


RUNNING = Window(steps=5, step_s=0.1)  # half a second each 0.1 s
