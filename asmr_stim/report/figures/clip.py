"""The figure of one clip: wave, spectrogram, loudness, the two ears, modulation, and flags.

180 mm wide, two columns of a journal. What a clip has not is left out or said in its place.
"""

import textwrap
from collections.abc import Callable, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asmr_stim import __version__
from asmr_stim.report.clip_picture import ClipPicture, Course, file_words
from asmr_stim.report.figures.clip_panels import (
    MINUS,
    NORMAL,
    SMALL,
    draw_correlation,
    draw_level_difference,
    draw_loudness,
    draw_modulation,
    draw_spectrogram,
    draw_wave,
    time_scale,
    time_unit,
)
from asmr_stim.report.figures.lettering import drawable, families, in_lines
from asmr_stim.report.figures.style import INK, LETTERS, PAPER

Draw = Callable[[Axes, ClipPicture], None]

WIDTH_INCH = 7.09  # 180 mm
LARGE = 9.0  # points
TITLE_SHARE = 0.94  # of the width to the right: letters are wider where points are few
LEFT_INCH, RIGHT_INCH, GAP_INCH = 0.72, 0.72, 0.16
SPECTROGRAM_INCH, MODULATION_INCH, EMPTY_INCH = 1.6, 1.35, 0.5
MOST_FLAG_LINES = 13
_LOOK = {
    "font.size": NORMAL,
    "axes.linewidth": 0.6,
    "axes.labelsize": NORMAL,
    "axes.labelpad": 3.0,
    "xtick.labelsize": SMALL + 0.5,
    "ytick.labelsize": SMALL + 0.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.size": 1.5,
    "xtick.minor.width": 0.4,
    "lines.linewidth": 0.9,
}


def clip_figure(picture: ClipPicture) -> Figure:
    """Return the figure of a clip.

    Panels, each with a letter: the wave of every channel; the spectrogram of their mean power;
    loudness over time; level difference and correlation of two ears; modulation depth by octave;
    and the flags of the clip.
    """
    with mpl.rc_context(LETTERS | _LOOK | {"font.family": families()}):
        return _Page(picture).drawn()


class _Page:
    """Panels put below one another, from the top, in inches."""

    def __init__(self, picture: ClipPicture) -> None:
        self._picture = picture
        room_em = TITLE_SHARE * (WIDTH_INCH - LEFT_INCH) * 72 / LARGE
        self._title = in_lines(drawable(picture.name), room_em, 3)
        n_channels = len(picture.profile.channels)
        self._wave_inch = max(0.8, min(0.3 * n_channels, 1.9))
        self._has_ears = bool(picture.ild_db)
        self._loudness_inch = _height(picture.loudness_sone, 0.95)
        self._ears_inch = _height((*picture.ild_db, *picture.iacc), 0.75)
        self._notes = _notes(picture)
        heights = [self._wave_inch, SPECTROGRAM_INCH, self._loudness_inch]
        heights += [self._ears_inch] * (2 * self._has_ears)
        head = 0.42 + 0.15 * len(self._title)
        foot = 0.42 + MODULATION_INCH + 0.42 + 0.1 * len(self._notes) + 0.06
        self._height = head + sum(heights) + GAP_INCH * len(heights) + foot
        self._figure = Figure(figsize=(WIDTH_INCH, self._height), facecolor=PAPER)
        self._top = head
        self._letters = iter("abcdefgh")

    def drawn(self) -> Figure:
        """Return the page with everything on it."""
        self._head()
        picture = self._picture
        panels = [
            self._panel(self._wave_inch, draw_wave, picture),
            self._panel(SPECTROGRAM_INCH, draw_spectrogram, picture),
            self._panel(self._loudness_inch, draw_loudness, picture),
        ]
        if self._has_ears:
            panels.append(self._panel(self._ears_inch, draw_level_difference, picture))
            panels.append(self._panel(self._ears_inch, draw_correlation, picture))
        for axes in panels[:-1]:
            axes.tick_params(labelbottom=False)
        panels[-1].set_xlabel(time_unit(picture))
        self._bottom()
        self._figure.align_ylabels(panels)
        return self._figure

    def _head(self) -> None:
        for row, line in enumerate(self._title):
            self._text(LEFT_INCH, 0.2 + 0.15 * row, line, size=LARGE, weight="bold")
        words = file_words(self._picture.profile.file).replace(", ", " · ")
        facts = f"{words} · {_programme(self._picture)}"
        self._text(LEFT_INCH, 0.2 + 0.15 * len(self._title), facts, size=NORMAL)

    def _panel(self, height: float, draw: Draw, picture: ClipPicture) -> Axes:
        """Return the next panel below, drawn and with its letter."""
        axes = self._axes(LEFT_INCH, WIDTH_INCH - LEFT_INCH - RIGHT_INCH, height)
        self._letter()
        self._top += height + GAP_INCH
        draw(axes, picture)
        axes.set_xlim(0, picture.profile.file.duration_s / time_scale(picture))
        return axes

    def _bottom(self) -> None:
        self._top += 0.42
        width = 2.7
        axes = self._axes(LEFT_INCH, width, MODULATION_INCH)
        self._letter()
        draw_modulation(axes, self._picture)
        left = LEFT_INCH + width + 0.5
        self._letter(left - 0.12)
        lines = _flag_lines(self._picture)
        self._text(left + 0.1, self._top + 0.02, "Flags", size=NORMAL, weight="bold")
        for row, line in enumerate(lines):
            self._text(left + 0.1, self._top + 0.16 + 0.098 * row, line, size=SMALL)
        for row, line in enumerate(reversed(self._notes)):
            self._text(LEFT_INCH, self._height - 0.1 - 0.1 * row, line, size=SMALL - 0.5)

    def _axes(self, left: float, width: float, height: float) -> Axes:
        bottom = 1 - (self._top + height) / self._height
        axes = self._figure.add_axes(
            (left / WIDTH_INCH, bottom, width / WIDTH_INCH, height / self._height)
        )
        axes.spines[["top", "right"]].set_visible(False)
        return axes

    def _letter(self, left: float = 0.12) -> None:
        self._text(left, self._top + 0.02, next(self._letters), size=LARGE, weight="bold")

    def _text(
        self, left: float, top: float, text: str, *, size: float, weight: str = "normal"
    ) -> None:
        self._figure.text(
            left / WIDTH_INCH,
            1 - top / self._height,
            text,
            fontsize=size,
            fontweight=weight,
            color=INK,
            va="center",
        )


def _height(courses: Sequence[Course], inch: float) -> float:
    """Return the height of a panel: little if there is nothing to draw."""
    return inch if any(not course.is_empty for course in courses) else EMPTY_INCH


def _flag_lines(picture: ClipPicture) -> list[str]:
    """Return the flags in lines, and how many have no room."""
    lines: list[str] = []
    flags = picture.profile.flags
    for done, flag in enumerate(flags):
        wrapped = textwrap.wrap(
            drawable(f"{flag.name.replace('_', ' ')}: {flag.detail}"), 60, subsequent_indent="   "
        )
        if len(lines) + len(wrapped) > MOST_FLAG_LINES - 1 and done < len(flags) - 1:
            return [*lines, f"and {len(flags) - done} more in the profile"]
        lines += wrapped
    return lines[:MOST_FLAG_LINES] or ["none"]


def _notes(picture: ClipPicture) -> list[str]:
    """Return how the figure was made."""
    profile = picture.profile
    field = profile.playback[0].field
    statement = drawable(picture.level.statement)
    text = (
        f"Loudness: ISO 532-1 for a {field} field; {statement}. Spectrogram: mean power of all "
        f"channels. {_stretches(picture)}Modulation: octaves of the envelopes of auditory bands. "
        f"asmr_stim {__version__}; SHA-256 of the file {profile.file.sha256[:16]}…"
    )
    return textwrap.wrap(text, 150)


def _stretches(picture: ClipPicture) -> str:
    """Return what lines and bands are, where a point is more than a frame."""
    courses = (*picture.loudness_sone, *picture.ild_db)
    longest = max((c.stretch_s for c in courses if np.any(c.high > c.low)), default=None)
    if longest is None:
        return ""
    return f"Lines: medians of stretches of up to {longest:.2g} s, with 10th to 90th percentile. "


def _programme(picture: ClipPicture) -> str:
    loudness = picture.values("integrated_loudness_lufs")["pair"]
    peaks = [peak for peak in picture.values("true_peak_dbtp").values() if peak is not None]
    shown = "no integrated loudness" if loudness is None else f"{_signed(loudness)} LUFS"
    return f"{shown} · {_signed(max(peaks))} dBTP" if peaks else shown


def _signed(number: float) -> str:
    return f"{round(number, 1) + 0.0:.1f}".replace("-", MINUS)
