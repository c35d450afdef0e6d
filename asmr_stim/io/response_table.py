"""A frequency response as measuring programs export it: two columns, frequency and level.

Offers: ``read_response``.
"""

import re
from itertools import pairwise
from pathlib import Path

from asmr_stim.errors import InputError
from asmr_stim.io.tables import decoded_text
from asmr_stim.schema.calibration import ResponsePoint

MOST_POINTS = 1000  # third octaves are about 30; a calibration file should stay readable
_COMMENT = ("#", "*", "%", ";")
_GAP = re.compile(r"[,;\s]+")


def read_response(path: Path) -> list[ResponsePoint]:
    """Return the points of a frequency response.

    Parameters
    ----------
    path : Path
        Text with a frequency in Hz and a level in dB in each line, apart by tabs, commas,
        semicolons or spaces; further columns are not looked at. Lines that begin with #, *, % or ;
        and one line of headings are passed over.

    Raises
    ------
    MissingInputError, UnreadableFileError
        If it is not there or cannot be read.
    InputError
        If a line is anything else, the frequencies do not rise, or there are fewer than 2 or more
        than 1000 points.
    """
    points: list[ResponsePoint] = []
    n_headings = 0
    for number, line in enumerate(decoded_text(path).splitlines(), start=1):
        words = _GAP.split(line.strip())
        if words == [""] or line.lstrip().startswith(_COMMENT):
            continue
        point = _point(words)
        if point is not None:
            points.append(point)
        elif points or n_headings or _is_number(words[0]):
            raise InputError(
                f"{path}:{number}: '{line.strip()[:40]}' is no frequency in Hz and level in dB; "
                "write two numbers with decimal points, the first of them above 0"
            )
        else:
            n_headings = 1
    _check(path, points)
    return points


def _point(words: list[str]) -> ResponsePoint | None:
    """Return the point of a line; None if it does not begin with two numbers."""
    try:
        return ResponsePoint(frequency_hz=float(words[0]), level_db=float(words[1]))
    except (ValueError, IndexError):  # pydantic's error is a ValueError
        return None


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _check(path: Path, points: list[ResponsePoint]) -> None:
    if not 2 <= len(points) <= MOST_POINTS:
        raise InputError(
            f"{path} holds {len(points)} points of a response; give 2 to {MOST_POINTS}, such as "
            "third octaves"
        )
    for low, high in pairwise(points):
        if high.frequency_hz <= low.frequency_hz:
            raise InputError(
                f"{path}: {high.frequency_hz:g} Hz stands after {low.frequency_hz:g} Hz; sort the "
                "lines by frequency, each once"
            )
