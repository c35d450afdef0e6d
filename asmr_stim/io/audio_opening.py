"""Open sound files for decoding, or say in one sentence why one cannot be used.

libsndfile opens what it knows; containers that it does not know are left to the ``ffmpeg`` program
where there is one. What can be told before decoding is refused here: a file that is none, is empty,
is shorter than its header says, or is of a form that nothing here decodes.

Offers: ``open_sound``, ``open_bytes``, ``sound_name``, ``cut_short``.
"""

import os
import stat
from io import BufferedReader
from pathlib import Path

import soundfile

from asmr_stim.errors import MissingInputError, UnreadableFileError
from asmr_stim.io import ffprobe
from asmr_stim.io.containers import Container, codec_words, foreign_container, missing_bytes
from asmr_stim.io.ffprobe import Track
from asmr_stim.io.mpeg import after_tag, unstated_frames

_HEAD_BYTES = 64
LONGEST_GUESS_ERROR = 1.02  # an MP3 whose end is lost is longer than the decoder says by more


def open_sound(path: Path) -> soundfile.SoundFile | Track:
    """Open a file for decoding, or say why it is none.

    Returns
    -------
    SoundFile or Track
        An open file that libsndfile reads, or how ffmpeg decodes it.

    Raises
    ------
    MissingInputError
        If there is no such file.
    UnreadableFileError
        If it is a folder, empty, cut short, forbidden, or in a form that cannot be decoded.
    """
    with open_bytes(path) as file:
        head = file.read(_HEAD_BYTES)
        n_bytes = path.stat().st_size
        container = foreign_container(_without_tag(file, head))
        lost = missing_bytes(file, head, n_bytes)
        if lost:
            raise cut_short(path, f"{lost} bytes that its header promises are missing")
        if container is not None and not container.demuxer:
            raise _unread(path, container)
        if container is not None and not ffprobe.is_installed():
            raise _needs_ffmpeg(path, container, codec_words(file, container, n_bytes))
    if container is not None:
        return ffprobe.probe(path, container)
    try:
        sound = soundfile.SoundFile(sound_name(path))
    except (soundfile.SoundFileError, TypeError, OSError) as error:
        raise _undecodable(path, error) from None
    if sound.format == "MP3":
        _check_length(path, sound)
    return sound


def open_bytes(path: Path) -> BufferedReader:
    """Open a regular, non-empty file, or say why that cannot be done; errors as ``open_sound``."""
    try:
        status = path.stat()
        _check_kind(path, status)
        return path.open("rb")
    except FileNotFoundError:
        raise MissingInputError(f"{path}: there is no such file; check the name") from None
    except PermissionError:
        raise UnreadableFileError(
            f"{path} may not be read by you; ask for permission to read it"
        ) from None
    except UnreadableFileError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFileError(f"{path} cannot be opened ({reason}); check it") from None


def _check_kind(path: Path, status: os.stat_result) -> None:
    """Refuse folders, devices and files without content."""
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableFileError(f"{path} is a folder; name the sound files in it")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFileError(f"{path} is not a regular file; save the sound in a file")
    if status.st_size == 0:
        raise UnreadableFileError(f"{path} is empty (0 bytes); export or download it again")


def _without_tag(file: BufferedReader, head: bytes) -> bytes:
    """Return the first bytes behind an ID3 tag."""
    place = after_tag(head)
    if place == 0:
        return head
    file.seek(place)
    return file.read(_HEAD_BYTES)


def sound_name(path: Path) -> str | bytes:
    """Return a path as libsndfile takes it: folders may have names that are no UTF-8."""
    return str(path) if os.name == "nt" else os.fsencode(path)


def _check_length(path: Path, sound: soundfile.SoundFile) -> None:
    """Refuse an MP3 whose length the decoder guesses too short."""
    counted = unstated_frames(path)
    if counted is not None and counted > sound.frames * LONGEST_GUESS_ERROR:
        sound.close()
        raise UnreadableFileError(
            f"{path} is an MP3 of varying bit rate that does not state its length "
            f"({counted / sound.samplerate:.1f} s), so that its end would be lost; convert it "
            f"first, for example with: ffmpeg -i {path.name} {path.stem}.wav"
        )


def _unread(path: Path, container: Container) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path} is {container.words}, which is not read directly; convert it first, for example "
        f"with: ffmpeg -i {path.name} {path.stem}.wav"
    )


def _needs_ffmpeg(path: Path, container: Container, codec: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path} is {container.words}{codec}, which needs the ffmpeg program, and there is none; "
        f"install it (apt install ffmpeg, brew install ffmpeg), or convert the file elsewhere "
        f"with: ffmpeg -i {path.name} {path.stem}.wav"
    )


def _undecodable(path: Path, error: Exception) -> UnreadableFileError:
    """Say that a file is damaged, or no sound at all."""
    detail = str(error).rsplit(": ", 1)[-1].strip().rstrip(".") or type(error).__name__
    return UnreadableFileError(
        f"{path} is not a sound file that can be decoded ({detail}); give WAV, FLAC, OGG, MP3, "
        "mp4, m4a, mov, mkv, webm or aac"
    )


def cut_short(path: Path, detail: str) -> UnreadableFileError:
    """Return the error that says of a file that it does not go on to its end."""
    return UnreadableFileError(
        f"{path} is damaged or cut short ({detail}); copy or download it again"
    )
