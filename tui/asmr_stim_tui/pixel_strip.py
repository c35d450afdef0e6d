"""A line of a picture in half blocks, turned into terminal codes without a Segment a cell.

A cell shows two pixels, one above the other: ``▀`` in the colour of the upper on the colour of the
lower. Textual draws lines from Segments; for a picture that means thousands of small objects a
frame. A ``PixelStrip`` keeps the two rows of colour numbers, writes the codes itself, and makes
Segments only for those who ask (screenshots, dialogs above the picture, terminals of 16 colours).
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

UPPER, LOWER, FULL, EMPTY = "▀▄█ "
_FAST = (ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT)


class Palette:
    """Colours by number, with their codes for terminals.

    Parameters
    ----------
    colours : tuple of str
        ``#rrggbb`` each.
    """

    def __init__(self, colours: tuple[str, ...]) -> None:
        self._colours = [Color.parse(colour) for colour in colours]
        self.size = len(colours)
        self._codes: dict[ColorSystem, tuple[list[str], list[str]]] = {}
        self._styles: dict[tuple[int, int], Style] = {}

    def codes(self, system: ColorSystem) -> tuple[list[str], list[str]]:
        """Return the codes that set each colour in front, and behind."""
        if system not in self._codes:
            shown = [colour.downgrade(system) for colour in self._colours]
            front = [f"\x1b[{';'.join(c.get_ansi_codes(foreground=True))}m" for c in shown]
            behind = [f"\x1b[{';'.join(c.get_ansi_codes(foreground=False))}m" for c in shown]
            self._codes[system] = front, behind
        return self._codes[system]

    def style(self, upper: int, lower: int) -> Style:
        """Return the style of a cell."""
        key = (upper, lower)
        if key not in self._styles:
            self._styles[key] = Style(color=self._colours[upper], bgcolor=self._colours[lower])
        return self._styles[key]


@cache
def palette_of(colours: tuple[str, ...]) -> Palette:
    """Return the palette of some colours, the same one each time."""
    return Palette(colours)


class PixelStrip(Strip):
    """A line of cells with two pixels each.

    Parameters
    ----------
    upper, lower : ndarray of uint8, shape (width,)
        Colour numbers.
    palette : Palette
    """

    __slots__ = ("_lower", "_made", "_palette", "_upper")

    def __init__(
        self, upper: NDArray[np.uint8], lower: NDArray[np.uint8], palette: Palette
    ) -> None:
        self._made: list[Segment] | None = None
        super().__init__([], len(upper))
        self._upper, self._lower, self._palette = upper, lower, palette

    def _get_segments(self) -> list[Segment]:
        if self._made is None:
            self._made = [
                Segment((EMPTY if a == b else UPPER) * n, self._palette.style(a, b))
                for n, a, b in self._runs()
            ]
        return self._made

    def _set_segments(self, segments: list[Segment]) -> None:
        """Ignore what the base class sets; it has no segments yet."""

    _segments: Any = property(_get_segments, _set_segments)

    def _runs(self) -> list[tuple[int, int, int]]:
        """Return stretches of equal cells: length, upper and lower colour."""
        if len(self._upper) == 0:
            return []
        both = self._upper.astype(np.uint16) << 8 | self._lower
        edges = np.flatnonzero(both[1:] != both[:-1]) + 1
        starts = np.concatenate([[0], edges])
        lengths = np.concatenate([edges, [len(both)]]) - starts
        return list(
            zip(
                lengths.tolist(),
                self._upper[starts].tolist(),
                self._lower[starts].tolist(),
                strict=True,
            )
        )

    def crop(self, start: int, end: int | None = None) -> Strip:
        """Return the cells from ``start`` up to ``end``."""
        last = len(self._upper) if end is None else min(end, len(self._upper))
        if start <= 0 and last == len(self._upper):
            return self
        return PixelStrip(self._upper[start:last], self._lower[start:last], self._palette)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Return the pieces that end at the cuts."""
        ends = [cut for cut in cuts if cut <= len(self._upper)]
        return [self.crop(a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True)]

    def render(self, console: Console) -> str:
        """Return the codes for a terminal; a colour is set only where it changes."""
        system = console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001 as the base class does
        if system not in _FAST:
            return super().render(console)
        if self._render_cache is None:
            self._render_cache = self._coded(*self._palette.codes(system))
        return self._render_cache

    def _coded(self, front: list[str], behind: list[str]) -> str:
        """Return the runs as text with codes, each with the block that needs the fewest.

        One loop over thousands of cells: a call for each costs as much again.
        """
        pieces: list[str] = []
        add = pieces.append
        in_front = at_back = -1
        for length, upper, lower in self._runs():
            if upper == lower:
                if at_back == upper:
                    add(EMPTY * length)
                elif in_front == upper:
                    add(FULL * length)
                else:
                    at_back = upper
                    add(behind[upper] + EMPTY * length)
                continue
            block = UPPER
            if in_front == lower or at_back == upper:
                block, upper, lower = LOWER, lower, upper  # noqa: PLW2901 now front and back
            if in_front != upper:
                in_front = upper
                add(front[upper])
            if at_back != lower:
                at_back = lower
                add(behind[lower])
            add(block * length)
        add("\x1b[0m")
        return "".join(pieces)
