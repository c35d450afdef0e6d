"""The sound of each channel as an outline of braille dots."""

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from asmr_stim_tui.braille import DOTS_ACROSS, braille_rows, waveform_dots
from asmr_stim_tui.peaks import Outline
from asmr_stim_tui.scene import Scene
from asmr_stim_tui.term_colours import TermColours
from asmr_stim_tui.time_picture import TimePicture, styled

_REGION_TINT = 0.22
_PENDING_TINT = 0.30
_CURSOR_TINT = 0.45


class Waveform(TimePicture):
    """Smallest and largest sample of every dot column, one band a channel.

    Parameters
    ----------
    colours : TermColours
        The selected region is tinted in the colour of its source.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"waveform--sound", "waveform--mark"}
    DEFAULT_CSS = """
    Waveform { height: 1fr; background: $surface; }
    Waveform .waveform--sound { color: $success; }
    Waveform .waveform--mark { color: $warning; }
    """

    def __init__(self, colours: TermColours, *, id: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._colours = colours
        self._outline: Outline | None = None
        self._scale = 1.0
        self._drawn: tuple[object, ...] = ()
        self._tinted_for: Scene | None = None
        self._tinted: tuple[list[Style], NDArray[np.intp]] = ([], np.zeros(0, np.intp))
        self._rows: list[str] = []
        self._names: list[str] = []

    def show_sound(self, outline: Outline, scale: float) -> None:
        """Draw this outline; a magnitude of ``scale`` reaches the edge of its band."""
        self._outline, self._scale = outline, scale
        self._drawn = ()
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget tints that a new theme has changed."""
        super().notify_style_update()
        self._tinted_for = None

    def render_line(self, y: int) -> Strip:
        """Draw one row of one channel."""
        scene = self.scene
        if scene is None or self._outline is None:
            return self.blank()
        self._draw(scene, self._outline)
        if y >= len(self._rows):
            return self.blank()
        styles, chosen = self._tinted
        return Strip([self.beside(self._names[y]), *styled(self._rows[y], styles, chosen)])

    def _draw(self, scene: Scene, outline: Outline) -> None:
        """Make tints and rows of dots, if anything that they depend on has changed."""
        if self._tinted_for is not scene:
            self._tinted_for, self._tinted = scene, self._tints(scene)
        viewport = scene.viewport
        wanted = (viewport, self.size.height)
        if self._drawn == wanted:
            return
        extremes = outline.extremes(
            viewport.start, viewport.per_column / DOTS_ACROSS, viewport.n_columns * DOTS_ACROSS
        )
        self._rows, self._names = [], []
        names = channel_names(scene.clip.n_channels)
        for channel, n_rows in enumerate(band_heights(len(names), self.size.height)):
            dots = waveform_dots(extremes[:, channel], n_rows, self._scale)
            self._rows += braille_rows(dots)
            self._names += _band_names(names[channel], n_rows, self._scale)
        self._drawn = wanted

    def _tints(self, scene: Scene) -> tuple[list[Style], NDArray[np.intp]]:
        """Return the styles of a row, and which column has which."""
        sound = self.style_of("waveform--sound")
        ground = self.background_colors[1]
        region = scene.region
        tints = [
            (Color.parse(self._colours[region.source if region else None]), _REGION_TINT),
            (self.get_component_styles("waveform--mark").color, _PENDING_TINT),
            (Color.parse("white" if self.app.current_theme.dark else "black"), _CURSOR_TINT),
        ]
        styles = [sound] + [
            sound + Style(bgcolor=ground.blend(colour, share).rich_color) for colour, share in tints
        ]
        spans = [
            (region.onset_sample, region.offset_sample) if region else None,
            scene.pending,
        ]
        chosen = np.zeros(scene.viewport.n_columns, np.intp)
        for number, span in enumerate(spans, start=1):
            if span is not None:
                first, last = scene.viewport.columns(*span)
                chosen[first:last] = number
        if 0 <= scene.cursor_column < len(chosen):
            chosen[scene.cursor_column] = len(styles) - 1
        return styles, chosen


def channel_names(n_channels: int) -> list[str]:
    """Return what channels are called: mono, L and R, or their numbers."""
    named = {1: ["mono"], 2: ["L", "R"]}
    return named.get(n_channels, [f"ch {number + 1}" for number in range(n_channels)])


def band_heights(n_channels: int, height: int) -> list[int]:
    """Return the rows of each channel, of as many channels as there are rows for."""
    n_drawn = min(n_channels, height)
    if n_drawn == 0:
        return []
    return [height // n_drawn + (channel < height % n_drawn) for channel in range(n_drawn)]


def _band_names(name: str, n_rows: int, scale: float) -> list[str]:
    """Return the gutter of one channel: its name in the middle, what the edge means on top."""
    names = [""] * n_rows
    if n_rows > 1:
        names[0] = f"{20 * math.log10(scale):.0f}dB"
    names[n_rows // 2] = name
    return names
