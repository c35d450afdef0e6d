"""Pictures of dots: a braille character has two columns of four."""

import numpy as np
from numpy.typing import NDArray

DOTS_ACROSS = 2
DOTS_DOWN = 4

_BLANK = 0x2800
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint16)
"""Unicode, block Braille Patterns: the bit of each dot, row by row."""


def braille_rows(dots: NDArray[np.bool_]) -> list[str]:
    """Return a picture as lines of braille characters.

    Parameters
    ----------
    dots : ndarray of bool, shape (4 * rows, 2 * columns)

    Returns
    -------
    list of str, one a row
    """
    height, width = dots.shape
    cells = dots.reshape(height // DOTS_DOWN, DOTS_DOWN, width // DOTS_ACROSS, DOTS_ACROSS)
    codes = np.einsum("rdcx,dx->rc", cells.astype(np.uint16), _BITS) + _BLANK
    return ["".join(map(chr, row)) for row in codes.tolist()]


def waveform_dots(extremes: NDArray[np.float32], n_rows: int, scale: float) -> NDArray[np.bool_]:
    """Return the outline of one channel as dots.

    Parameters
    ----------
    extremes : ndarray, shape (2 * columns, 2)
        Lowest and highest sample of each dot column.
    n_rows : int
        Height in characters.
    scale : float
        The magnitude that reaches the edge; what is larger is cut off there.

    Returns
    -------
    ndarray of bool, shape (4 * n_rows, 2 * columns), top row first
    """
    height = DOTS_DOWN * n_rows
    middle = (height - 1) / 2
    places = middle - np.clip(extremes / scale, -1, 1) * middle
    row = np.arange(height)[:, None]
    top, bottom = np.rint(places[:, 1] - 0.01), np.rint(places[:, 0] + 0.01)
    dots: NDArray[np.bool_] = (row >= top) & (row <= bottom)
    return dots
