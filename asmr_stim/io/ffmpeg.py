"""Sound in video and AAC containers, decoded by the ``ffmpeg`` program where there is one.

``decoded_blocks`` streams what ``ffprobe.probe`` found through a pipe: native rate, every channel,
single precision. What an encoder put in front of the sound is taken away. A track that begins later
than its container has silence before it, and a hole in its time stamps is filled with silence, so
that sound and picture stay together.
"""

import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import numpy as np
from numpy.typing import NDArray

from asmr_stim.io.ffprobe import Track, failed, input_words, last_line

_AU_HEADER = struct.Struct(">4s5I")  # magic, offset of the data, size, encoding, rate, channels
_LARGEST_TAIL_FRAMES = 4096  # padding of the last frame of a codec; more than this is sound


def decoded_blocks(track: Track, block_frames: int) -> Iterator[NDArray[np.float32]]:
    """Yield the sound of a track block by block, placed in time.

    Parameters
    ----------
    track : Track
        As ``probe`` found it.
    block_frames : int
        Frames in each block but the last, at least 1.

    Yields
    ------
    ndarray of float32, shape (frames, channels)
        Full scale [-1, 1]; never empty.

    Raises
    ------
    UnreadableFileError
        If ffmpeg fails or complains; what was yielded before is not the whole.
    """
    parts = _without_tail(track, _from_pipe(track, block_frames))
    return _rebuffered(_placed(track, parts), block_frames)


def _placed(track: Track, parts: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """Yield silence, then the sound without what the encoder put before it."""
    left = track.n_silence
    while left > 0:
        n_frames = min(left, 65536)
        yield np.zeros((n_frames, track.n_channels), np.float32)
        left -= n_frames
    drop = track.n_dropped
    for part in parts:
        if drop < len(part):
            yield part[drop:]
        drop = max(drop - len(part), 0)


def _without_tail(
    track: Track, parts: Iterator[NDArray[np.float32]]
) -> Iterator[NDArray[np.float32]]:
    """Leave out the padding of the last frame, where the container says how long the sound is."""
    if track.n_stated is None:
        yield from parts
        return
    last, done = track.n_stated + track.n_dropped, 0
    beyond: list[NDArray[np.float32]] = []
    for part in parts:
        inside = max(last - done, 0)
        if inside:
            yield part[:inside]
        if inside < len(part):
            beyond.append(part[inside:])
        done += len(part)
        if done - last > _LARGEST_TAIL_FRAMES:  # more than padding: the stated length is wrong
            yield np.concatenate(beyond)
            yield from parts
            return


def _rebuffered(
    parts: Iterator[NDArray[np.float32]], block_frames: int
) -> Iterator[NDArray[np.float32]]:
    """Yield the same frames in blocks of one size, the last one shorter."""
    waiting: list[NDArray[np.float32]] = []
    n_waiting = 0
    for part in parts:
        if len(part) == 0:
            continue
        waiting.append(part)
        n_waiting += len(part)
        if n_waiting < block_frames:
            continue
        together = np.concatenate(waiting)
        n_whole = n_waiting - n_waiting % block_frames
        for start in range(0, n_whole, block_frames):
            yield together[start : start + block_frames]
        waiting, n_waiting = [together[n_whole:]], n_waiting - n_whole
    if n_waiting:
        yield np.concatenate(waiting)


def _from_pipe(track: Track, block_frames: int) -> Iterator[NDArray[np.float32]]:
    """Yield what ffmpeg decodes, from the first sample to the last."""
    with _decoding(track) as pipe:
        header = pipe.read(_AU_HEADER.size)
        if len(header) < _AU_HEADER.size:
            return
        _, offset, _, _, rate_hz, n_channels = _AU_HEADER.unpack(header)
        if (rate_hz, n_channels) != (track.rate_hz, track.n_channels):
            detail = f"it changes to {rate_hz} Hz and {n_channels} channels"
            raise failed(track.path, track.container, detail)
        pipe.read(offset - _AU_HEADER.size)
        n_bytes = 4 * n_channels
        while content := pipe.read(n_bytes * block_frames):
            whole = content[: len(content) - len(content) % n_bytes]
            yield np.frombuffer(whole, ">f4").astype(np.float32).reshape(-1, n_channels)


@contextmanager
def _decoding(track: Track) -> Iterator[IO[bytes]]:
    """Run ffmpeg and give its output; fail at the end if it failed or complained."""
    command = [
        "ffmpeg", "-nostdin", "-v", "error", "-xerror", "-threads", "1",
        *input_words(track.path, track.container), "-map", "0:a:0", "-af", "aresample=async=1",
        "-c:a", "pcm_f32be", "-f", "au", "-bitexact", "pipe:1",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as talk:
        process = subprocess.Popen(  # noqa: S603 our own words and a path, no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=talk
        )
        try:
            assert process.stdout is not None, "it was asked for"  # noqa: S101 for mypy
            yield process.stdout
            code = process.wait()
            talk.seek(0)
            complaint = last_line(talk.read())
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
    if code or complaint:
        raise failed(track.path, track.container, complaint or f"it ended with code {code}")
