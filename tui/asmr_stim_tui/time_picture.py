"""What every picture of time shares: the scene, the gutter, and the mouse."""

from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.filter import ANSIToTruecolor, DimFilter
from textual.geometry import Region as Area
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from asmr_stim_tui.scene import GUTTER, Scene

_IDLE_FILTERS = (ANSIToTruecolor, DimFilter)
"""Filters that leave a picture as it is: its colours are true ones, and none is dim."""


class TimePicture(Widget):
    """A widget whose columns, after the gutter, are the columns of the scene's viewport."""

    can_focus = False
    left = GUTTER
    """Columns before the first one that shows time."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"time-picture--gutter"}
    DEFAULT_CSS = """
    TimePicture { width: 1fr; }
    TimePicture .time-picture--gutter { color: $text-muted; }
    """

    class Pointed(Message):
        """Somebody clicked on a sample."""

        def __init__(self, sample: int) -> None:
            super().__init__()
            self.sample = sample

    class Dragged(Message):
        """Somebody drags from one sample to another."""

        def __init__(self, start: int, end: int, *, is_done: bool) -> None:
            super().__init__()
            self.start = start
            self.end = end
            self.is_done = is_done

    class Wheeled(Message):
        """Somebody turned the wheel over a sample: up (1) or down (-1)."""

        def __init__(self, sample: int, direction: int, *, with_shift: bool) -> None:
            super().__init__()
            self.sample = sample
            self.direction = direction
            self.with_shift = with_shift

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self.scene: Scene | None = None
        self._grabbed: int | None = None
        self._styles_of_parts: dict[str, Style] = {}

    def notify_style_update(self) -> None:
        """Forget styles that a new theme, or a new place, may have changed."""
        super().notify_style_update()
        self._styles_of_parts.clear()

    def style_of(self, part: str) -> Style:
        """Return the style of a component class, or of the empty ground (``ground``).

        Textual works it out anew for every frame; these change with the theme alone.
        """
        style = self._styles_of_parts.get(part)
        if style is None:
            style = self.rich_style if part == "ground" else self.get_component_rich_style(part)
            self._styles_of_parts[part] = style
        return style

    def show(self, scene: Scene) -> None:
        """Draw a scene."""
        if scene != self.scene:
            self.scene = scene
            self.refresh()

    def render_lines(self, crop: Area) -> list[Strip]:
        """Return the lines, past the caches that are made for text: a page draws them all anew."""
        width = self.size.width
        is_changed = not all(isinstance(each, _IDLE_FILTERS) for each in self.get_line_filters())
        if is_changed or width == 0:
            return super().render_lines(crop)
        ground = self.style_of("ground")
        lines = [
            self.render_line(y).adjust_cell_length(width, ground)
            for y in range(crop.y, crop.bottom)
        ]
        if crop.x == 0 and crop.right == width:
            return lines
        return [line.crop(crop.x, crop.right) for line in lines]

    def beside(self, text: str = "") -> Segment:
        """Return the columns left of the picture, with a few letters."""
        style = self.style_of("time-picture--gutter")
        return Segment(f"{text[: GUTTER - 1]:>{GUTTER - 1}} ", style)

    def blank(self) -> Strip:
        """Return an empty line."""
        return Strip.blank(self.size.width, self.style_of("ground"))

    def _sample_at(self, event: events.MouseEvent) -> int:
        if self.scene is None:
            return 0
        column = min(max(event.x - self.left, 0), self.scene.viewport.n_columns)
        return self.scene.viewport.sample(column)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the picture."""
        if event.button == 1 and event.x >= self.left:
            self._grabbed = self._sample_at(event)
            self.capture_mouse()
            self.post_message(self.Pointed(self._grabbed))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag, once the mouse has left its column."""
        if self._grabbed is not None and self._sample_at(event) != self._grabbed:
            self.post_message(self.Dragged(self._grabbed, self._sample_at(event), is_done=False))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        if self._grabbed is None:
            return
        self.release_mouse()
        if self._sample_at(event) != self._grabbed:
            self.post_message(self.Dragged(self._grabbed, self._sample_at(event), is_done=True))
        self._grabbed = None

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in, or go back with shift."""
        self._wheel(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out, or go on with shift."""
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, direction: int) -> None:
        event.stop()
        with_shift = event.shift or event.ctrl
        self.post_message(self.Wheeled(self._sample_at(event), direction, with_shift=with_shift))


def styled(text: str, styles: list[Style], chosen: NDArray[np.intp]) -> list[Segment]:
    """Return text as segments of equal style.

    Parameters
    ----------
    text : str
        One character a column.
    styles : list of Style
    chosen : ndarray of int, shape (len(text),)
        Which style each column has.
    """
    if not text:
        return []
    cuts = [0, *(np.flatnonzero(np.diff(chosen)) + 1).tolist(), len(text)]
    return [Segment(text[first:last], styles[chosen[first]]) for first, last in pairwise(cuts)]
