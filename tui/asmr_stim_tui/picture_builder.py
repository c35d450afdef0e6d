"""The process that reads a whole sound file, so that the program on the screen need not.

    python -m asmr_stim_tui.picture_builder AUDIO

takes the SHA-256 of a file, finds its picture in the cache or makes it, and says on its output how
far it is, a JSON object a line:

``{"sha256": ...}``
    Of the file's bytes.
``{"picture": path, "is_whole": ..., "is_kept": ...}``
    Where the arrays are, to be mapped at once; one that is not kept is to be unlinked then.
``{"n_read": ...}``
    Up to which sample they are filled.
``{"refused": sentence}`` or ``{"no_room": sentence}``
    The file cannot be used; there is no room for a picture.

It ends when its input is closed: that of a program that was killed closes by itself.
"""

import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from asmr_stim.errors import AsmrStimError
from asmr_stim.io.audio import audio_info, audio_sha256, read_blocks
from asmr_stim.io.picture_cache import (
    FileIdentity,
    building_path,
    keep_picture,
    remember_sha256,
    seen_sha256,
)
from asmr_stim_tui.sound_picture import (
    PictureSize,
    SoundPicture,
    created_picture,
    kept_path,
    kept_picture,
)

SAY_EVERY_S = 0.25
POLITENESS = 5  # the screen comes first
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 the last place where there may be room


def main(audio: Path) -> None:
    """Read a file and say what comes of it."""
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_end_with_the_program, daemon=True).start()
    with contextlib.suppress(OSError):
        os.nice(POLITENESS)
    try:
        _read(audio)
    except AsmrStimError as error:
        _say(refused=str(error))
    except OSError as error:
        _say(refused=f"{audio} can no longer be read ({error.strerror})")


def _read(audio: Path) -> None:
    """Take the hash, then make the picture unless there is one."""
    identity = FileIdentity.of(audio)
    sha256 = audio_sha256(audio)
    if FileIdentity.of(audio) == identity and seen_sha256(audio) != sha256:
        remember_sha256(audio, identity, sha256)
    _say(sha256=sha256)
    info = audio_info(audio)
    size = PictureSize(info.n_frames, info.n_channels, info.rate_hz)
    whole = kept_path(sha256, size)
    if whole is not None and kept_picture(sha256, size) is not None:
        _say(picture=str(whole), is_whole=True, is_kept=True)
        return
    reasons = []
    for place in _places(whole):
        try:
            path = building_path(place)
            picture = created_picture(path, size)
        except OSError as error:
            reasons.append(f"{place.parent}: {error.strerror}")
            continue
        _fill(audio, picture, path, whole if place == whole else None)
        return
    _say(no_room=f"There is no room for a picture of the whole sound ({'; '.join(reasons)})")


def _places(whole: Path | None) -> Iterator[Path]:
    """Return where a picture might be made: in the cache, else where it is not kept."""
    if whole is not None:
        yield whole
    for folder in (Path(tempfile.gettempdir()), SHARED_MEMORY):
        yield folder / f"asmr-stim-{os.getuid()}.picture"


def _fill(audio: Path, picture: SoundPicture, path: Path, whole: Path | None) -> None:
    """Fill a picture block by block and keep it if it is one for the cache."""
    due = 0.0
    try:
        _say(picture=str(path), is_whole=False, is_kept=whole is not None)
        for block in read_blocks(audio):
            picture.add(block)
            if time.monotonic() >= due or picture.share >= 1:
                _say(n_read=picture.peaks.n_filled)
                due = time.monotonic() + SAY_EVERY_S
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if whole is not None:
        keep_picture(path, whole)


def _end_with_the_program() -> None:
    """End when nobody listens any more."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _end(number: int, _frame: object) -> None:
    """End by way of every ``finally``, so that no half picture stays behind."""
    sys.exit(128 + number)


def _say(**words: object) -> None:
    """Write a line; a program that has gone wants none."""
    try:
        sys.stdout.write(json.dumps(words) + "\n")
        sys.stdout.flush()
    except OSError:
        sys.exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
