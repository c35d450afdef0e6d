"""Read sound files as they are: native rate, every channel, a block at a time.

WAV, FLAC, OGG (Vorbis and Opus) and MP3 are decoded by libsndfile; mp4, m4a, mov, mkv, webm and raw
AAC by the ``ffmpeg`` program where there is one. ``audio_info`` tells what a file holds,
``read_blocks`` streams it in bounded memory, ``audio_sha256`` names its content. A file that cannot
be used is refused in one sentence that tells what to do: before it is decoded in ``audio_opening``,
for what it holds here.

Offers: ``AudioInfo``, ``audio_info``, ``read_blocks``, ``audio_sha256``, ``track_of``,
``check_name``.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from asmr_stim.errors import InputError
from asmr_stim.io import ffmpeg
from asmr_stim.io.audio_opening import cut_short, open_bytes, open_sound
from asmr_stim.io.ffprobe import Track

BLOCK_FRAMES = 65536
LARGEST_SAMPLE = 1e6  # of full scale 1: whole numbers of 16 bits pass, no feature overflows
LOWEST_RATE_HZ = 1000  # slower series are no sound; windows of some ms would hold no sample
_UNWRITTEN = ("Cc", "Cs", "Zl", "Zp")  # Unicode: control, surrogate, separators of lines


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What a sound file says of itself.

    Parameters
    ----------
    path : Path
        The file.
    n_frames : int
        Samples in each channel.
    rate_hz : int
        Native frames per second.
    n_channels : int
        Number of channels.
    duration_s : float
        ``n_frames / rate_hz``, seconds.
    container : str
        ``WAV``, ``FLAC``, ``OGG``, ``MP3`` or another that libsndfile reads; ``MP4``, ``M4A``,
        ``MOV``, ``WEBM``, ``MATROSKA`` or ``AAC``.
    encoding : str
        How a sample is stored, such as ``PCM_16``, ``VORBIS`` or ``AAC``.
    track : Track or None
        How ffmpeg decodes it and where it lies in time; None where libsndfile reads the file.
    """

    path: Path
    n_frames: int
    rate_hz: int
    n_channels: int
    duration_s: float
    container: str
    encoding: str
    track: Track | None = None


def audio_info(path: Path | str) -> AudioInfo:
    """Return rate, channels and length of a sound file.

    A container that ffmpeg decodes is decoded once to count its samples: what its header says of
    its length is only about right.

    Parameters
    ----------
    path : Path or str
        The sound file.

    Returns
    -------
    AudioInfo
        At least one frame and one channel.

    Raises
    ------
    MissingInputError
        If there is no such file.
    UnreadableFileError
        If it is a folder, empty, cut short, forbidden, or in a form that cannot be decoded.
    InputError
        If it holds no sample at all.
    """
    source = open_sound(Path(path))
    if isinstance(source, Track):
        return _counted(source)
    with source as sound:
        return _described(Path(path), sound)


def check_name(name: str) -> None:
    """Refuse a name under which neither JSON nor a table can list a clip.

    Raises
    ------
    InputError
        If it holds a tab, a line break or another control character, or bytes that are no UTF-8,
        as names have that were made long ago on another system.
    """
    if any(unicodedata.category(letter) in _UNWRITTEN for letter in name):
        raise InputError(
            f"{name!r}: this name holds a control character or letters that are no UTF-8, and "
            "no table could list it; rename the file"
        )


def track_of(path: Path) -> Track | None:
    """Return how ffmpeg decodes a file, None if libsndfile reads it; errors as ``audio_info``."""
    source = open_sound(path)
    if isinstance(source, Track):
        return source
    source.close()
    return None


def read_blocks(
    path: Path | str | AudioInfo | Track, block_frames: int = BLOCK_FRAMES
) -> Iterator[NDArray[np.float64]]:
    """Yield a sound file block by block, at its native rate and channels.

    Parameters
    ----------
    path : Path, str, AudioInfo or Track
        The sound file; what is known of it already saves asking ffmpeg again.
    block_frames : int
        Frames in each block but the last, at least 1.

    Yields
    ------
    ndarray of float64, shape (frames, channels)
        Samples at full scale [-1, 1]; never empty. Each block is an array of its own.

    Raises
    ------
    MissingInputError, UnreadableFileError
        As `audio_info`; also if the file ends before the length that it states.
    InputError
        If a sample is not a finite number or a million times full scale, or there is no sample.
    """
    if block_frames < 1:
        raise InputError(f"a block must hold at least 1 frame, found {block_frames}")
    known = path.track if isinstance(path, AudioInfo) else path
    place = path.path if isinstance(path, AudioInfo | Track) else Path(path)
    source = known if isinstance(known, Track) else open_sound(place)
    done, rate_hz = 0, source.rate_hz if isinstance(source, Track) else source.samplerate
    for block in _blocks(place, source, block_frames):
        _check_samples(place, block, done, rate_hz)
        done += len(block)
        yield block
    if done == 0:
        raise _no_sample(place)


def _blocks(
    path: Path, source: soundfile.SoundFile | Track, block_frames: int
) -> Iterator[NDArray[np.float64]]:
    """Yield blocks from either decoder."""
    if isinstance(source, Track):
        for single in ffmpeg.decoded_blocks(source, block_frames):
            yield single.astype(np.float64)
        return
    with source as sound:
        info = _described(path, sound)
        done = 0
        while done < info.n_frames:
            block = _decoded(path, sound, min(block_frames, info.n_frames - done))
            if len(block) == 0:
                raise cut_short(path, f"it ends after {done} of {info.n_frames} frames")
            done += len(block)
            yield block


def audio_sha256(path: Path | str) -> str:
    """Return the SHA-256 of the file's bytes, 64 hexadecimal digits."""
    with open_bytes(Path(path)) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _counted(track: Track) -> AudioInfo:
    """Return what a track holds, counted by decoding it."""
    n_frames = sum(len(block) for block in ffmpeg.decoded_blocks(track, BLOCK_FRAMES))
    if n_frames == 0:
        raise _no_sample(track.path)
    _check_rate(track.path, track.rate_hz)
    return AudioInfo(
        path=track.path,
        n_frames=n_frames,
        rate_hz=track.rate_hz,
        n_channels=track.n_channels,
        duration_s=n_frames / track.rate_hz,
        container=track.container.name,
        encoding=track.codec.upper(),
        track=track,
    )


def _no_sample(path: Path) -> InputError:
    return InputError(f"{path} holds no sample (0 frames); record or export it again")


def _check_rate(path: Path, rate_hz: int) -> None:
    if rate_hz < LOWEST_RATE_HZ:
        raise InputError(
            f"{path} has {rate_hz} samples a second, too few for sound; give a recording of "
            f"{LOWEST_RATE_HZ} Hz or more"
        )


def _described(path: Path, sound: soundfile.SoundFile) -> AudioInfo:
    """Return the header of an open file, which must hold at least one frame."""
    if sound.frames < 1:
        raise _no_sample(path)
    _check_rate(path, int(sound.samplerate))
    return AudioInfo(
        path=path,
        n_frames=int(sound.frames),
        rate_hz=int(sound.samplerate),
        n_channels=int(sound.channels),
        duration_s=sound.frames / sound.samplerate,
        container=str(sound.format),
        encoding=str(sound.subtype),
    )


def _decoded(path: Path, sound: soundfile.SoundFile, n_frames: int) -> NDArray[np.float64]:
    """Return the next frames, or say that the decoder stumbled."""
    try:
        block: NDArray[np.float64] = sound.read(n_frames, dtype="float64", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        detail = str(error).rsplit(": ", 1)[-1].strip().rstrip(".")
        raise cut_short(path, f"decoding stopped: {detail}") from None
    return block


def _check_samples(path: Path, block: NDArray[np.float64], done: int, rate_hz: int) -> None:
    """Refuse samples that are not numbers, or beyond any sound, with the time of the first."""
    if block.min() >= -LARGEST_SAMPLE and block.max() <= LARGEST_SAMPLE:  # False for nan
        return
    is_sound = np.abs(block) <= LARGEST_SAMPLE
    row = int(np.argmin(is_sound.all(axis=1)))
    value = block[row][~is_sound[row]][0]
    where = f"at {(done + row) / rate_hz:.3f} s (frame {done + row})"
    if not np.isfinite(value):
        raise InputError(
            f"{path} holds a sample that is NaN or infinite {where}; export it again from its "
            "source"
        )
    raise InputError(
        f"{path} holds a sample of {value:.3g} {where}, where full scale is 1; divide the samples "
        "by the full scale of their recording and export it again"
    )
