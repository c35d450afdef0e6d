"""What the page plays, by the byte: a video as it is, any other sound as a WAV made on the fly."""

import mimetypes
import struct
import threading
from pathlib import Path
from typing import Protocol

import numpy as np

from asmr_stim.io.audio_spans import AudioSpans
from asmr_stim.schema.annotation import Clip

HEADER_BYTES = 44
MOST_BYTES = 0xFFFFFFFF - HEADER_BYTES  # a WAV states its size in 32 bits
MOST_CHANNELS = 2  # a browser would mix more of them down
_PCM, _FLOAT = 1, 3


class Media(Protocol):
    """Something of known size that can be read anywhere."""

    content_type: str
    n_bytes: int

    def read(self, first: int, last: int) -> bytes:
        """Return the bytes from ``first`` up to ``last``; fewer if they cannot be had."""


class FileMedia:
    """A file as it is.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.n_bytes = path.stat().st_size

    def read(self, first: int, last: int) -> bytes:
        """Return some bytes of the file."""
        try:
            with self._path.open("rb") as file:
                file.seek(first)
                return file.read(last - first)
        except OSError:
            return b""


class WavMedia:
    """The samples of a clip as a WAV file that stands nowhere.

    A browser finds places in WAV to the sample; in MP3 of varying bit rate it does not.

    Parameters
    ----------
    spans : AudioSpans
        Used by this alone.
    clip : Clip
    """

    content_type = "audio/wav"

    def __init__(self, spans: AudioSpans, clip: Clip) -> None:
        self._spans = spans
        self._clip = clip
        self._reading = threading.Lock()
        self._n_channels = min(clip.n_channels, MOST_CHANNELS)
        wide = 4 * self._n_channels
        self._frame_bytes = wide if clip.n_samples * wide <= MOST_BYTES else wide // 2
        self._n_data = min(clip.n_samples * self._frame_bytes, MOST_BYTES)
        self._n_data -= self._n_data % self._frame_bytes
        self.n_bytes = HEADER_BYTES + self._n_data

    @property
    def notice(self) -> str | None:
        """What cannot be heard, in a sentence; None if everything can."""
        said = []
        if self._n_channels < self._clip.n_channels:
            said.append(
                f"A browser would mix the {self._clip.n_channels} channels; "
                "you hear channels 1 and 2 as they are."
            )
        n_heard = self._n_data // self._frame_bytes
        if n_heard < self._clip.n_samples:
            hours = n_heard / self._clip.rate_hz / 3600
            said.append(f"The page can play the first {hours:.1f} hours of this clip only.")
        return " ".join(said) or None

    def read(self, first: int, last: int) -> bytes:
        """Return some bytes of the WAV, made from its samples."""
        last = min(last, self.n_bytes)
        head = self._header()[first:last] if first < HEADER_BYTES else b""
        begin, end = max(first - HEADER_BYTES, 0), max(last - HEADER_BYTES, 0)
        if end <= begin:
            return head
        first_frame = begin // self._frame_bytes
        data = self._frames(first_frame, -(-end // self._frame_bytes))
        skipped = begin - first_frame * self._frame_bytes
        return head + data[skipped : skipped + end - begin]

    def _frames(self, first: int, last: int) -> bytes:
        with self._reading:
            samples = self._spans.read_only(first, last)[:, : self._n_channels]
        if self._frame_bytes == 4 * self._n_channels:
            return samples.astype("<f4").tobytes()
        return np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes()

    def _header(self) -> bytes:
        width = self._frame_bytes // self._n_channels
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF",
            HEADER_BYTES - 8 + self._n_data,
            b"WAVE",
            b"fmt ",
            16,
            _FLOAT if width == 4 else _PCM,
            self._n_channels,
            self._clip.rate_hz,
            self._clip.rate_hz * self._frame_bytes,
            self._frame_bytes,
            8 * width,
            b"data",
            self._n_data,
        )


def byte_range(header: str | None, n_bytes: int) -> tuple[int, int] | None:
    """Return first and one-after-last byte that a ``Range`` header asks for.

    Parameters
    ----------
    header : str or None
        Such as ``bytes=0-99``, ``bytes=100-`` or ``bytes=-100``.
    n_bytes : int
        How many there are.

    Returns
    -------
    tuple of int or None
        None if nothing that is there is asked for. What is no single range asks for everything,
        as RFC 9110 (section 14.2) allows.
    """
    unit, _, wanted = (header or "").partition("=")
    begin, dash, end = wanted.strip().partition("-")
    is_range = unit.strip() == "bytes" and dash and all(p.isdigit() for p in (begin, end) if p)
    if not is_range or not (begin or end):
        return 0, n_bytes
    if not begin:
        first, last = max(n_bytes - int(end), 0), n_bytes
    else:
        first, last = int(begin), min(int(end) + 1, n_bytes) if end else n_bytes
    return (first, last) if first < last else None
