"""Any stretch of a sound file, without reading what lies before it.

A container that cannot be entered in the middle is decoded once, as ``decoded_audio`` tells.
"""

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from asmr_stim.errors import UnreadableFileError
from asmr_stim.io.audio_opening import sound_name
from asmr_stim.io.decoded import decoded_audio

LEAST_ROOM = 8192
"""Samples that are read on either side of a stretch, since the next one is mostly near."""


class AudioSpans:
    """An open sound file that is read here and there, with the last stretch kept.

    Parameters
    ----------
    path : Path
        A file that ``audio_info`` accepts.

    Raises
    ------
    UnreadableFileError
        If it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._file = soundfile.SoundFile(sound_name(decoded_audio(path)))
        except (soundfile.SoundFileError, OSError) as error:
            raise UnreadableFileError(f"{path} cannot be opened ({error}); check it") from None
        self._first = 0
        self._kept: NDArray[np.float32] = np.empty((0, self._file.channels), np.float32)

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """Return samples ``first`` up to, not including, ``last``.

        Returns
        -------
        ndarray of float32, shape (frames, channels), full scale [-1, 1]
            Fewer frames where the file ends or cannot be read any more.
        """
        first, last = max(first, 0), min(last, self._file.frames)
        if not (self._first <= first and last <= self._first + len(self._kept)):
            room = max(LEAST_ROOM, (last - first) // 2)
            self._first = max(first - room, 0)
            self._kept = self._decoded(self._first, min(last + room, self._file.frames))
        return self._kept[first - self._first : max(last - self._first, 0)]

    def read_only(self, first: int, last: int) -> NDArray[np.float32]:
        """Return the same as ``read`` without anything around it, and keep nothing."""
        return self._decoded(max(first, 0), min(last, self._file.frames))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _decoded(self, first: int, last: int) -> NDArray[np.float32]:
        try:
            self._file.seek(first)
            samples: NDArray[np.float32] = self._file.read(
                max(last - first, 0), dtype="float32", always_2d=True
            )
        except (soundfile.SoundFileError, OSError):
            return np.empty((0, self._file.channels), np.float32)
        return np.nan_to_num(samples)
