"""Which device plays: the first that can be opened."""

import os
from typing import Literal, get_args

from asmr_stim_tui.sound.devices import open_miniaudio, open_silent, open_sounddevice
from asmr_stim_tui.sound.line import Line, NoSoundError, OpenLine

SoundChoice = Literal["auto", "sounddevice", "miniaudio", "browser", "silent", "none"]
SOUND_CHOICES: tuple[SoundChoice, ...] = get_args(SoundChoice)

_OPENERS: dict[str, OpenLine] = {
    "sounddevice": open_sounddevice,
    "miniaudio": open_miniaudio,
    "silent": open_silent,
}
_ORDER = ("sounddevice", "miniaudio")


def is_far_away() -> bool:
    """Return whether this runs at the other end of an SSH line that carries no sound.

    A device would then sound in a room where nobody listens.
    """
    return "SSH_CONNECTION" in os.environ and "PULSE_SERVER" not in os.environ


def open_line(choice: SoundChoice, rate_hz: int, n_channels: int) -> Line:
    """Return the device of a choice, opened for a clip; ``auto`` takes the first there is.

    It can take a second, and the libraries write to the error output meanwhile.

    Raises
    ------
    NoSoundError
        If there is none, with every reason.
    """
    if choice == "auto" and is_far_away():
        raise NoSoundError("SSH carries none")
    reasons = []
    for name in _ORDER if choice == "auto" else (choice,):
        try:
            return _OPENERS[name](rate_hz, n_channels)
        except NoSoundError as error:
            reasons.append(str(error))
    raise NoSoundError("; ".join(reasons))
