"""Windows that slide over a sound."""

from dataclasses import dataclass

from asmr_stim.acoustics.readings import Clock
from asmr_stim.errors import InputError

_ROUNDING = 1e-6


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

    @classmethod
    def of(cls, length_s: float, step_s: float) -> "Window":
        """Return a window of a length and step.

        Raises
        ------
        InputError
            If either is not within 0.01 to 60 s, or the length is no whole number of steps.
        """
        for name, value in (("window", length_s), ("step", step_s)):
            if not SHORTEST_S <= value <= LONGEST_S:
                raise InputError(
                    f"a {name} of {value:g} s cannot be used; give {SHORTEST_S:g} to {LONGEST_S:g}"
                )
        steps = round(length_s / step_s)
        if steps < 1 or abs(steps * step_s - length_s) > _ROUNDING:
            raise InputError(
                f"a window of {length_s:g} s is no whole number of steps of {step_s:g} s; choose "
                "the one as a multiple of the other"
            )
        return cls(steps, step_s)

    def step_samples(self, rate_hz: float) -> int:
        """Return the samples from the start of one window to the start of the next."""
        return max(round(self.step_s * rate_hz), 1)

    def clock(self, rate_hz: float) -> Clock:
        """Return when the windows of a sound are."""
        step_s = self.step_samples(rate_hz) / rate_hz
        return Clock(self.steps * step_s / 2, step_s)


SHORTEST_S, LONGEST_S = 0.01, 60.0
RUNNING = Window(steps=5, step_s=0.1)  # half a second each 0.1 s
