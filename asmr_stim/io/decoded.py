"""Sound that can be read anywhere: the file itself, or a decoded copy in the user's cache.

A container that only ``ffmpeg`` reads can be streamed but not entered in the middle. It is decoded
once into ``$XDG_CACHE_HOME/asmr_stim/decoded`` (Wave64 in single precision: the very samples that
``read_blocks`` gives), found again as long as the file is the same, and removed when there is too
much of it.

Offers: ``decoded_audio``.
"""

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import soundfile

from asmr_stim.errors import AsmrStimError, OutputError
from asmr_stim.io.audio import read_blocks, track_of
from asmr_stim.io.audio_opening import sound_name
from asmr_stim.io.ffprobe import Track
from asmr_stim.io.picture_cache import FileIdentity, pictures_folder

MOST_BYTES = 8 * 2**30  # about six hours of stereo
ABANDONED_S = 86_400.0
_FORM = "1"  # of the copies; another one forgets those that are there


def decoded_audio(
    path: Path, folder: Path | None = None, tell: Callable[[float], None] | None = None
) -> Path:
    """Return a file with the same samples that libsndfile can read at any place.

    Parameters
    ----------
    path : Path
        Any sound file that ``audio_info`` accepts; one that libsndfile reads is returned itself.
    folder : Path, optional
        Where copies lie; by default in the user's cache, or a temporary folder without one.
    tell : callable, optional
        Told the share that is decoded, 0 to 1, again and again.

    Raises
    ------
    MissingInputError, UnreadableFileError, InputError
        As ``audio_info`` and ``read_blocks``.
    OutputError
        If the copy cannot be written.
    """
    track = track_of(path)
    if track is None:
        return path
    copy = (folder or _cache()) / f"{_digest(path)}.w64"
    if not copy.is_file():
        _decode(track, copy, tell or (lambda _share: None))
        _make_room(copy)
    with contextlib.suppress(OSError):
        os.utime(copy)  # used now: others are removed before it
    return copy


def _cache() -> Path:
    pictures = pictures_folder()
    shared = Path(tempfile.gettempdir()) / f"asmr_stim-{os.getuid()}"
    base = shared if pictures is None else pictures.parent
    return base / "decoded"


def _digest(path: Path) -> str:
    """Return what tells this content of this place from any other."""
    place = os.path.realpath(path).encode("utf-8", "surrogateescape")
    identity = repr((FileIdentity.of(path), _FORM)).encode()
    return hashlib.sha256(place + identity).hexdigest()[:40]


def _decode(track: Track, copy: Path, tell: Callable[[float], None]) -> None:
    """Write the copy under another name and give it its own when it is whole."""
    building = copy.with_suffix(f".{os.getpid()}.building")
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        with _created(building, track) as file:
            for block in read_blocks(track):
                file.write(block)
                tell(min(file.frames / (track.about_s * track.rate_hz or file.frames), 1.0))
        building.replace(copy)
    except AsmrStimError:
        raise
    except (soundfile.SoundFileError, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputError(
            f"{track.path} cannot be decoded into {copy.parent} ({reason}); make room there, or "
            "name another folder with the variable XDG_CACHE_HOME"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            building.unlink()


def _created(path: Path, track: Track) -> soundfile.SoundFile:
    """Open a copy for writing."""
    return soundfile.SoundFile(
        sound_name(path), "w", track.rate_hz, track.n_channels, subtype="FLOAT", format="W64"
    )


def _make_room(newest: Path) -> None:
    """Remove the copies that were used longest ago, and those that nobody goes on writing."""
    room = MOST_BYTES
    for path in sorted(newest.parent.glob("*.w64"), key=_age_s):
        room -= path.stat().st_size
        if room < 0 and path != newest:
            path.unlink(missing_ok=True)
    for path in newest.parent.glob("*.building"):
        if _age_s(path) > ABANDONED_S:
            path.unlink(missing_ok=True)


def _age_s(path: Path) -> float:
    return time.time() - path.stat().st_mtime
