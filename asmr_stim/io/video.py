"""Single pictures of a video, made by the ``ffmpeg`` program where there is one.

``may_have_picture`` looks at the first bytes of a file, ``has_picture`` asks ``ffprobe``, and
``picture_at`` returns what is shown at a time, counted as the sound is: from the first thing that
the container shows or plays.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asmr_stim.io import ffprobe
from asmr_stim.io.containers import Container, foreign_container

_HEAD_BYTES = 64
_REACHES_S = (0.5, 10.0)  # how far back the picture may have appeared: most have 24 a second
_A_MOMENT_S = 0.0005  # a picture that appears at the time itself is the one that is shown
_APART_S = 0.1
_ALL = 1_000_000
_LATEST_S = 20.0  # a picture that takes longer is not worth waiting for


def may_have_picture(path: Path) -> bool:
    """Return whether a file is a container that can hold a picture; this costs nothing."""
    return _container(path) is not None


def has_picture(path: Path) -> bool:
    """Return whether a file holds a moving picture that can be shown here.

    A cover image in a sound file is none, and without ``ffmpeg`` nothing is.
    """
    container = _container(path)
    if container is None or not ffprobe.is_installed():
        return False
    entries = "stream=codec_type:stream_disposition=attached_pic"
    command = ["ffprobe", "-v", "error", "-of", "json", "-select_streams", "v"]
    output = _output([*command, "-show_entries", entries, *ffprobe.input_words(path, container)])
    try:
        streams = json.loads(output or b"{}").get("streams", [])
    except ValueError:
        return False
    return any(not stream.get("disposition", {}).get("attached_pic") for stream in streams)


def picture_at(
    path: Path, time_s: float, most_columns: int, most_rows: int
) -> NDArray[np.uint8] | None:
    """Return the picture that is shown at a time, as large as fits, its sides in proportion.

    Parameters
    ----------
    path : Path
        A file that has a picture.
    time_s : float
        At least 0.
    most_columns, most_rows : int
        Pixels, at least 1.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 3), or None
        Red, green, blue. None where nothing is shown, or where it cannot be decoded.
    """
    container = _container(path)
    if container is None or not ffprobe.is_installed():
        return None
    size = f"{most_columns}:{most_rows}:force_original_aspect_ratio=decrease:flags=area"
    for begin_s, end_s, n_most in _windows(max(time_s, 0.0)):
        window = ["-ss", f"{begin_s:.6f}", "-t", f"{end_s - begin_s + 1:.6f}"]
        cut = f"trim=end={end_s - begin_s:.6f}"  # -t alone does not cut to the picture
        filters = f"{cut},scale=trunc(max(iw*sar\\,1)):ih,setsar=1,scale={size}"
        command = ["ffmpeg", "-nostdin", "-v", "error", "-threads", "1", *window]
        form = ["-map", "0:v:0", "-frames:v", f"{n_most}", "-vf", filters, "-c:v", "ppm"]
        output = _output(
            [*command, *ffprobe.input_words(path, container), *form, "-f", "image2pipe", "pipe:1"]
        )
        pixels = _last_pixels(output)
        if pixels is not None:
            return pixels
    return None


def _windows(time_s: float) -> Iterator[tuple[float, float, int]]:
    """Yield where to look for what is shown at a time: begin, end, and how many pictures to take.

    The last picture that has appeared by then is wanted; at the start the first one will do, since
    sound and picture of a file may begin some milliseconds apart.
    """
    for reach_s in _REACHES_S:
        yield max(time_s - reach_s, 0.0), time_s + _A_MOMENT_S, _ALL
        if time_s <= reach_s:
            break
    if time_s < _APART_S:
        yield 0.0, 2 * _APART_S, 1


def _container(path: Path) -> Container | None:
    try:
        with path.open("rb") as file:
            return foreign_container(file.read(_HEAD_BYTES))
    except OSError:
        return None


def _output(command: list[str]) -> bytes:
    """Return what a program writes; nothing if it fails or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603 our own words and a path, no shell
            command, capture_output=True, check=False, timeout=_LATEST_S, stdin=subprocess.DEVNULL
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return b""
    return done.stdout


def _last_pixels(ppm: bytes) -> NDArray[np.uint8] | None:
    """Return the last of some binary PPMs of one byte a value and one size; None without any."""
    head = ppm[:64].split(maxsplit=4)
    if len(head) < 4 or head[0] != b"P6" or head[3] != b"255":
        return None
    n_columns, n_rows = int(head[1]), int(head[2])
    begin = len(ppm) - 3 * n_columns * n_rows
    if begin <= 0:
        return None
    return np.frombuffer(ppm, np.uint8, offset=begin).reshape(n_rows, n_columns, 3)
