"""The spectrum over time in half blocks, with its axis of frequency."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rich.color import ColorSystem
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from asmr_stim_tui.drawing import Canvas
from asmr_stim_tui.pixel_strip import Palette, PixelStrip, palette_of
from asmr_stim_tui.scene import GUTTER, Scene
from asmr_stim_tui.shown import Shown
from asmr_stim_tui.spectrum import FLOOR_DB, N_BANDS, STEP_DB, Spectrum, band_edges_hz
from asmr_stim_tui.term_colours import oklch
from asmr_stim_tui.time_picture import TimePicture

DARKEST, BRIGHTEST = 5.0, 99.5  # percentiles of the view that are drawn black and white
LEAST_SPAN_DB = 24.0
HANN_SPREAD_DB = 1.76  # a tone's power over all its bins is 1.5 times that in its own bin
CURSOR_REST_S = 0.12
"""The cursor's column is drawn when the cursor rests; every picture sent is some kilobytes."""

GREYS = ("#000000", "#555555", "#aaaaaa", "#ffffff")
"""The four of the sixteen colours that every terminal has which differ in lightness alone."""

RAMP = " .:-=+*#%@"
"""Shades for terminals that have only letters."""

_TICKS_HZ = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)


@dataclass(frozen=True, slots=True)
class Reading:
    """Frequency and level under the cursor.

    Parameters
    ----------
    frequency_hz : float
    level_db : float
        Of a full-scale sine, the largest in the column and in its band.
    """

    frequency_hz: float
    level_db: float

    def __str__(self) -> str:
        """Return it as people write it, as in ``1.2 kHz -38 dB``."""
        level = f"{self.level_db:.0f} dB" if self.level_db > FLOOR_DB else "silent"
        if self.frequency_hz >= 1000:
            return f"{self.frequency_hz / 1000:.1f} kHz {level}"
        return f"{self.frequency_hz:.0f} Hz {level}"


class Spectrogram(TimePicture):
    """Low sounds below, high ones above; the view's own levels from dark to bright."""

    left = 0
    DEFAULT_CSS = """
    Spectrogram { height: 1fr; background: $surface; }
    """

    class Tuned(Message):
        """Somebody clicked on a frequency."""

        def __init__(self, frequency_hz: float) -> None:
            super().__init__()
            self.frequency_hz = frequency_hz

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._spectrum: Spectrum | None = None
        self._drawn: tuple[object, ...] = ()
        self._levels = np.zeros((0, N_BANDS), np.uint8)
        self._shades = np.zeros((0, 0), np.uint8)
        self._range_db: tuple[float, float] | None = None
        self._is_locked = False
        self._cursor: int | None = None
        self._canvas = Canvas()
        self._rest: Timer | None = None

    def draw_on(self, canvas: Canvas) -> None:
        """Keep to what a terminal can show."""
        self._canvas = canvas
        self._drawn = ()
        self.refresh()

    @property
    def is_locked(self) -> bool:
        """Whether brightness stays as it is when the view changes."""
        return self._is_locked

    def show_sound(self, spectrum: Spectrum) -> None:
        """Draw this spectrum."""
        self._spectrum = spectrum
        self._drawn = ()
        self.refresh()

    def keep_brightness(self, *, is_locked: bool) -> None:
        """Keep brightness as it is, or fit it to each view."""
        self._is_locked = is_locked
        self._drawn = ()
        self.refresh()

    def reading(self, scene: Scene) -> Reading | None:
        """Return what the cursor is on; None if that is nothing, or out of view."""
        if self._spectrum is None:
            return None
        if not 0 <= scene.cursor_column < scene.viewport.n_columns:
            return None
        self._draw(scene, self._spectrum)
        levels = self._levels[scene.cursor_column]
        if scene.frequency_hz is None and not levels.any():
            return None
        edges = band_edges_hz(scene.clip.rate_hz)
        if scene.frequency_hz is None:
            band = int(np.argmax(levels))
            frequency_hz = float(np.sqrt(edges[band] * edges[band + 1]))
        else:
            frequency_hz = scene.frequency_hz
            band = min(max(int(np.searchsorted(edges, frequency_hz)) - 1, 0), N_BANDS - 1)
        level_db = float(levels[band]) * STEP_DB + FLOOR_DB
        return Reading(frequency_hz, max(level_db - HANN_SPREAD_DB, FLOOR_DB))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Tell which frequency was clicked on."""
        if self.scene is not None and event.button == 1 and self.size.height:
            edges = band_edges_hz(self.scene.clip.rate_hz)
            share = 1 - (event.y + 0.5) / self.size.height
            self.post_message(self.Tuned(float(edges[0] * (edges[-1] / edges[0]) ** share)))

    def show(self, scene: Scene) -> None:
        """Draw a scene: its view at once, its cursor when it rests."""
        before = self.scene
        self.scene = scene
        if before is None or before.viewport != scene.viewport:
            self._cursor = scene.cursor_column
            self.refresh()
        elif before.cursor != scene.cursor:
            if self._rest is not None:
                self._rest.stop()
            self._rest = self.set_timer(CURSOR_REST_S, self._draw_cursor)

    def _draw_cursor(self) -> None:
        if self.scene is not None and self._cursor != self.scene.cursor_column:
            self._cursor = self.scene.cursor_column
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw two rows of pixels, or one of letters."""
        if self.scene is None or self._spectrum is None:
            return self.blank()
        self._draw(self.scene, self._spectrum)
        if self._canvas.is_ascii:
            return self._letters(y)
        if 2 * y + 1 >= len(self._shades):
            return self.blank()
        upper, lower = self._shades[2 * y], self._shades[2 * y + 1]
        if self._cursor is not None and 0 <= self._cursor < len(upper):
            upper, lower = upper.copy(), lower.copy()
            upper[self._cursor] = lower[self._cursor] = self._canvas.n_shades
        return PixelStrip(upper, lower, self._palette())

    def _letters(self, y: int) -> Strip:
        """Draw a row in letters, denser where the sound is stronger; the cursor is a line."""
        if y >= len(self._shades):
            return self.blank()
        letters = [RAMP[shade] for shade in self._shades[y].tolist()]
        if self._cursor is not None and 0 <= self._cursor < len(letters):
            letters[self._cursor] = "|"
        return Strip([Segment("".join(letters), self.style_of("ground"))])

    def _palette(self) -> Palette:
        """Return the shades, and the colour of the cursor behind them."""
        theme, n_shades = self.app.current_theme, self._canvas.n_shades
        cursor = theme.accent or "#ffffff"
        if self._canvas.colours == ColorSystem.STANDARD:
            return palette_of((*GREYS, "#00ffff"))
        is_grey = theme.name == "asmr-grey"
        return palette_of((*shades(n_shades, is_grey=is_grey, is_light=not theme.dark), cursor))

    def _draw(self, scene: Scene, spectrum: Spectrum) -> None:
        """Make the pixels, if anything that they depend on has changed."""
        viewport, height = scene.viewport, self.size.height
        wanted = (viewport, height)
        if self._drawn == wanted:
            return
        levels = spectrum.levels(viewport.start, viewport.per_column, viewport.n_columns)
        self._levels = levels
        pixels = band_rows(levels, height if self._canvas.is_ascii else 2 * height)
        if not self._is_locked or self._range_db is None:
            self._range_db = _range_db(pixels)
        self._shades = _shaded(pixels, *self._range_db, self._canvas.n_shades)
        self._drawn = wanted


class FrequencyAxis(Shown):
    """The gutter of a spectrogram, with a mark where the cursor is."""

    DEFAULT_CSS = f"""
    FrequencyAxis {{ width: {GUTTER}; height: 1fr; color: $text-muted; background: $surface; }}
    """

    def show(self, rate_hz: int, frequency_hz: float | None) -> None:
        """Write the frequencies beside their rows."""
        if self.is_shown(rate_hz, frequency_hz, self.size.height):
            return
        labels = axis_labels(rate_hz, self.size.height)
        if frequency_hz is not None and labels:
            row = min(axis_row(frequency_hz, rate_hz, len(labels)), len(labels) - 1)
            labels[row] = f"{labels[row]:{GUTTER - 1}}▸"
        self.draw("\n".join(labels))


def axis_row(frequency_hz: float, rate_hz: int, height: int) -> int:
    """Return the row of a frequency from the top; negative or past the height outside the axis."""
    low, high = np.log(band_edges_hz(rate_hz)[[0, -1]])
    return int(np.floor((1 - (np.log(frequency_hz) - low) / (high - low)) * height))


def axis_labels(rate_hz: int, height: int) -> list[str]:
    """Return what stands beside each row: round frequencies, at least two rows apart."""
    labels = [""] * height
    last = -2
    for tick in reversed(_TICKS_HZ):
        row = axis_row(tick, rate_hz, height)
        if 0 <= row < height and row - last >= 2:
            labels[row] = f"{f'{tick // 1000}k' if tick >= 1000 else tick:>{GUTTER - 1}}"
            last = row
    return labels


@cache
def shades(n: int, *, is_grey: bool = False, is_light: bool = False) -> tuple[str, ...]:
    """Return colours of evenly rising lightness, from near black over violet and red to yellow.

    On a light ground lightness falls instead, from near white to dark violet.

    Lightness alone carries the level, so that eyes without colour see the same picture.
    """
    steps = np.linspace(0, 1, n)
    lightness = 0.98 - 0.80 * steps if is_light else 0.13 + 0.83 * steps
    chroma = np.zeros(n) if is_grey else 0.02 + 0.17 * np.sin(np.pi * steps**0.9) ** 0.8
    hues = 465 - 180 * steps if is_light else 285 + 180 * steps
    return tuple(
        oklch(float(a), float(b), float(hue) % 360)
        for a, b, hue in zip(lightness, chroma, hues, strict=True)
    )


def band_rows(levels: NDArray[np.uint8], n_rows: int) -> NDArray[np.uint8]:
    """Return levels as rows of pixels, the highest band on top; fewer rows keep the largest.

    Parameters
    ----------
    levels : ndarray, shape (n_columns, N_BANDS)
    n_rows : int

    Returns
    -------
    ndarray, shape (n_rows, n_columns)
    """
    if n_rows == 0:
        return np.zeros((0, len(levels)), np.uint8)
    starts = np.arange(n_rows) * N_BANDS // n_rows
    rows = levels[:, starts] if n_rows >= N_BANDS else np.maximum.reduceat(levels, starts, axis=1)
    return np.ascontiguousarray(rows.T[::-1])


def _range_db(pixels: NDArray[np.uint8]) -> tuple[float, float]:
    """Return the levels that are drawn darkest and brightest, in decibels."""
    seen = pixels[pixels > 0]
    if len(seen) == 0:
        return FLOOR_DB, FLOOR_DB + LEAST_SPAN_DB
    low, high = np.percentile(seen, [DARKEST, BRIGHTEST]) * STEP_DB + FLOOR_DB
    return float(min(low, high - LEAST_SPAN_DB)), float(high)


def _shaded(
    pixels: NDArray[np.uint8], low_db: float, high_db: float, n_shades: int
) -> NDArray[np.uint8]:
    """Return the number of the shade of each pixel."""
    codes_db = np.arange(256) * STEP_DB + FLOOR_DB
    shares = (codes_db - low_db) / (high_db - low_db)
    table = np.clip(shares * n_shades, 0, n_shades - 1).astype(np.uint8)
    shaded: NDArray[np.uint8] = table[pixels]
    return shaded
