"""The line of times above the pictures, with the cursor, the marks and the playhead."""

import math
from typing import ClassVar

import numpy as np
from textual.strip import Strip

from asmr_stim_tui.clock import clock
from asmr_stim_tui.scene import Scene
from asmr_stim_tui.time_picture import TimePicture, styled

CURSOR = "▼"
HOLDING = "◆"
PLAYHEAD = "▷"
_LABEL_ROOM = 13  # columns from one label to the next, at least
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)


class Ruler(TimePicture):
    """Times, the cursor (▼, or ◆ while it holds an edge), marks ([ or ]), the playhead (▷)."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "ruler--time",
        "ruler--cursor",
        "ruler--mark",
        "ruler--playhead",
    }
    DEFAULT_CSS = """
    Ruler { height: 1; background: $panel; }
    Ruler .ruler--time { color: $text-muted; }
    Ruler .ruler--cursor { color: $accent; text-style: bold; }
    Ruler .ruler--mark { color: $warning; text-style: bold; }
    Ruler .ruler--playhead { color: $success; text-style: bold; }
    """
    _playhead: int | None = None

    def show_playhead(self, sample: int | None) -> None:
        """Draw what is heard now, if it has come to another column."""
        before, self._playhead = self._playhead, sample
        if self._column_of(before) != self._column_of(sample):
            self.refresh()

    def _column_of(self, sample: int | None) -> int | None:
        if sample is None or self.scene is None:
            return None
        return self.scene.viewport.column(sample)

    def render_line(self, y: int) -> Strip:
        """Draw the ruler."""
        scene = self.scene
        if scene is None or y > 0:
            return self.blank()
        signs = self._signs(scene)
        letters = list(_labels(scene, {column for column, _, _ in signs}))
        chosen = np.zeros(len(letters), np.intp)
        for column, letter, style in signs:
            if 0 <= column < len(letters):
                letters[column], chosen[column] = letter, style
        names = ("time", "cursor", "mark", "playhead")
        styles = [self.style_of(f"ruler--{name}") for name in names]
        return Strip([self.beside(), *styled("".join(letters), styles, chosen)])

    def _signs(self, scene: Scene) -> list[tuple[int, str, int]]:
        """Return column, letter and style of each sign, the most wanted last."""
        cursor = CURSOR if scene.grabbed is None else HOLDING
        signs = [
            (self._column_of(scene.mark_in), "[", 2),
            (self._column_of(scene.mark_out), "]", 2),
            (scene.cursor_column, cursor, 1),
            (self._column_of(self._playhead), PLAYHEAD, 3),
        ]
        return [(column, letter, style) for column, letter, style in signs if column is not None]


def tick_step_s(per_column_s: float) -> float:
    """Return the time between labels: 1, 2 or 5 of a decimal unit, or a round part of an hour.

    Examples
    --------
    >>> tick_step_s(0.1), tick_step_s(1.0)
    (2, 15)
    """
    least = per_column_s * _LABEL_ROOM
    for step in _STEPS_S:
        if step >= least > 0.5:
            return step
    if least > 0.5:
        return 3600.0 * math.ceil(least / 3600)
    exponent = np.floor(np.log10(least))
    for factor in (1, 2, 5, 10):
        if factor * 10**exponent >= least * (1 - 1e-9):
            return float(factor * 10**exponent)
    return 1


def _labels(scene: Scene, taken: set[int]) -> str:
    """Return one line of tick labels, each beginning in the column of its time.

    A time that a sign would stand in is left out whole; what remains of it could be misread.
    """
    viewport = scene.viewport
    step_s = tick_step_s(scene.seconds(viewport.per_column))
    decimals = max(0, min(6, int(np.ceil(-np.log10(step_s) - 1e-9))))
    letters = [" "] * viewport.n_columns
    number = int(np.ceil(scene.seconds(viewport.start) / step_s - 1e-9))
    last = scene.seconds(min(viewport.stop, scene.clip.n_samples))
    while number * step_s <= last + 1e-12:
        column = viewport.column(number * step_s * scene.clip.rate_hz + 1e-6)
        text = "╷" + clock(number * step_s, decimals)
        if not taken.isdisjoint(range(column + 1, column + len(text))):
            text = text[0]
        if column >= 0 and column + len(text) <= len(letters):
            letters[column : column + len(text)] = text
        number += 1
    return "".join(letters)
