"""The picture of a video at the cursor, in half blocks."""

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

UPPER = "▀"
RAMP = " .:-=+*#%@"
"""From dark to bright, where a terminal has no colours."""


class FramePicture(Widget):
    """One picture, or a word about why there is none."""

    can_focus = False
    DEFAULT_CSS = """
    FramePicture {
        width: 34; height: 7; display: none; color: $text-muted;
        padding: 0 1; border-left: vkey $panel;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._pixels: NDArray[np.uint8] | None = None

    @property
    def room(self) -> tuple[int, int]:
        """How many pixels there is room for: columns and rows, two rows a line."""
        return self.size.width, 2 * self.size.height

    def show(self, pixels: NDArray[np.uint8] | None) -> None:
        """Draw a picture, shape (rows, columns, 3); None says that there is none."""
        self._pixels = pixels
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw two rows of pixels, in the middle of the line."""
        pixels, width = self._pixels, self.size.width
        if pixels is None:
            text = "no picture at the cursor" if y == self.size.height // 2 else ""
            return Strip([Segment(text.center(width)[:width], self.rich_style)])
        if 2 * y >= len(pixels):
            return Strip.blank(width, self.rich_style)
        left = max(width - pixels.shape[1], 0) // 2
        row = pixels[2 * y : 2 * y + 2, :width].astype(int)
        cells = [Segment(_letters(row), self.rich_style)] if self.app.no_color else _blocks(row)
        line = Strip([Segment(" " * left, self.rich_style), *cells])
        return line.adjust_cell_length(width, self.rich_style)


def _blocks(row: NDArray[np.int_]) -> list[Segment]:
    """Return a cell for each column: the upper pixel on the lower one."""
    upper, lower = row[0], row[-1] if len(row) > 1 else np.zeros_like(row[0])
    return [
        Segment(UPPER, Style(color=_colour(front), bgcolor=_colour(behind)))
        for front, behind in zip(upper.tolist(), lower.tolist(), strict=True)
    ]


def _letters(row: NDArray[np.int_]) -> str:
    """Return a letter for each column, the denser the brighter."""
    brightness = row.mean(axis=(0, 2)) / 256
    return "".join(RAMP[int(share * len(RAMP))] for share in brightness)


def _colour(pixel: list[int]) -> Color:
    return Color.from_rgb(*pixel)
