"""The process that reads the sound, as the program on the screen sees it."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

COMMAND = (sys.executable, "-m", "asmr_stim_tui.picture_builder")


@dataclass(frozen=True, slots=True)
class Hashed:
    """The SHA-256 of the file is known."""

    sha256: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture lies in a file; one that is not kept has no further use for its name."""

    path: Path
    is_whole: bool
    is_kept: bool


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """The picture is filled up to a sample."""

    n_samples: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The sound cannot be used."""

    words: str


@dataclass(frozen=True, slots=True)
class NoRoom:
    """There is no place for a picture of the whole sound."""

    words: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The process ended before its time, or could not be started."""

    why: str


Event = Hashed | Placed | ReadUpTo | Refused | NoRoom | Lost


class SoundReader:
    """Reads a sound file in a process of its own.

    Parameters
    ----------
    audio : Path
    """

    def __init__(self, audio: Path) -> None:
        self._audio = audio
        self._process: Popen[bytes] | None = None
        self._is_closed = False

    def events(self) -> Iterator[Event]:
        """Start the process and yield what it says, as it comes; the last may be ``Lost``."""
        command = (*COMMAND, str(self._audio.absolute()))
        try:
            self._process = Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)  # noqa: S603 itself
        except OSError as error:
            yield Lost(f"could not be started: {error.strerror}")
            return
        with self._process as process:
            if self._is_closed:
                process.terminate()
            for line in process.stdout or ():
                event = _event(line)
                if event is not None:
                    yield event
            code = process.wait()
        if code != 0:
            yield Lost(f"ended with signal {-code}" if code < 0 else f"ended with code {code}")

    def close(self) -> None:
        """End the process if it is still at work; doing so again is harmless."""
        self._is_closed = True
        if self._process is not None:
            self._process.terminate()


def _event(line: bytes) -> Event | None:
    """Return what a line says; None if it was cut off."""
    try:
        words = json.loads(line)
    except ValueError:
        return None
    event: Event | None = None
    match words:
        case {"sha256": str(sha256)}:
            event = Hashed(sha256)
        case {"picture": str(path), "is_whole": bool(is_whole), "is_kept": bool(is_kept)}:
            event = Placed(Path(path), is_whole, is_kept)
        case {"n_read": int(n_samples)}:
            event = ReadUpTo(n_samples)
        case {"refused": str(sentence)}:
            event = Refused(sentence)
        case {"no_room": str(sentence)}:
            event = NoRoom(sentence)
    return event
