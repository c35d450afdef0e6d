"""A forest: effects, means as diamonds, prediction intervals, subgroups under headings.

Offers: ``ForestRow``, ``forest_figure``.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from asmr_stim.report.figures.canvas import (
    LABEL_LETTERS,
    LETTER_SIZE,
    LINE_INCH,
    PLOT_INCH,
    SETTINGS,
    width_inch,
)
from asmr_stim.report.figures.style import BLUE, INK, ORANGE, PAPER

ROW_AIR_INCH = 0.09
MARGIN_INCH = 0.15
AXIS_INCH = 0.55


@dataclass(frozen=True)
class ForestRow:
    """One line of a forest: a heading, an effect with its interval, or a mean as a diamond.

    ``estimate`` None leaves a heading, or a mean that is not pooled; ``note`` then stands in the
    place of the numbers. ``pi`` is a prediction interval, drawn as a thin line through the diamond.
    """

    label: str
    kind: Literal["heading", "effect", "mean"]
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float | None = None
    pi: tuple[float, float] | None = None
    note: str = ""


def forest_figure(rows: Sequence[ForestRow], axis_label: str, favours: str = "") -> Figure:
    """Return a forest plot, as high as its rows and as wide as its words need.

    Parameters
    ----------
    rows : sequence of ForestRow, from top to bottom
    axis_label : str
        What the effect is and in which metric.
    favours : str
        A line under the axis, such as which side is which.
    """
    with mpl.rc_context(SETTINGS):
        labels = [textwrap.fill(row.label, LABEL_LETTERS) for row in rows]
        numbers = [_numbers(row) for row in rows]
        left = max(width_inch(label) for label in labels) + 2.6 * MARGIN_INCH
        right = max(width_inch(text) for text in numbers) + 2 * MARGIN_INCH
        heights = [LINE_INCH * (1 + text.count("\n")) + ROW_AIR_INCH for text in labels]
        bottom = AXIS_INCH + (LINE_INCH if favours else 0.0)
        width, height = left + PLOT_INCH + right, sum(heights) + bottom + MARGIN_INCH
        figure = Figure(figsize=(width, height), facecolor=PAPER)
        axes = figure.add_axes(
            (left / width, bottom / height, PLOT_INCH / width, sum(heights) / height)
        )
        tops = np.concatenate([[0.0], np.cumsum(heights)])
        middles = (tops[:-1] + tops[1:]) / 2.0
        _forest_axes(axes, rows, float(tops[-1]), axis_label)
        largest = max((row.weight or 0.0 for row in rows), default=0.0)
        for row, label, text, y in zip(rows, labels, numbers, middles, strict=True):
            _forest_row(axes, row, float(y), largest)
            _words(axes, row, label, text, float(y), (left, right))
        if favours:
            figure.text(
                (left + PLOT_INCH / 2) / width, 0.06 / height, favours, ha="center", va="bottom",
                fontsize=LETTER_SIZE - 1,
            )  # fmt: skip
    return figure


def _numbers(row: ForestRow) -> str:
    if row.estimate is None or row.low is None or row.high is None:
        return row.note
    interval = f"{row.estimate:.2f} [{row.low:.2f}, {row.high:.2f}]"
    return f"{interval}  {row.note}" if row.note else interval


def _limits(rows: Sequence[ForestRow]) -> tuple[float, float]:
    """Return the range of effects; means and predictions may reach beyond it by three quarters."""
    ends = [e for row in rows if row.kind == "effect" for e in (row.low, row.high) if e is not None]
    wide = [e for row in rows for e in (row.low, row.high, *(row.pi or ())) if e is not None]
    inner = [*(ends or wide), 0.0]
    reach = 0.75 * max(max(inner) - min(inner), 0.2)
    low = max(min([*inner, *wide]), min(inner) - reach)
    high = min(max([*inner, *wide]), max(inner) + reach)
    air = 0.04 * (high - low)
    return low - air, high + air


def _forest_axes(axes: Axes, rows: Sequence[ForestRow], height: float, label: str) -> None:
    axes.set_ylim(height, 0.0)
    axes.set_xlim(*_limits(rows))
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.axvline(0.0, color=INK, linewidth=0.8, zorder=1)
    axes.set_xlabel(label)
    axes.tick_params(axis="x", length=3)


def _forest_row(axes: Axes, row: ForestRow, y: float, largest: float) -> None:
    if row.estimate is None or row.low is None or row.high is None:
        return
    if row.kind == "mean":
        _diamond(axes, row.estimate, row.low, row.high, y)
        if row.pi is not None:
            _line(axes, row.pi[0], row.pi[1], y, ORANGE, 1.6)
        left, right = axes.get_xlim()
        if row.low < left or row.high > right:
            _line(axes, row.low, row.high, y, INK, 0.7)
        return
    _line(axes, row.low, row.high, y, INK, 1.0)
    share = (row.weight or 0.0) / largest if largest > 0 else 0.5
    axes.plot(
        row.estimate, y, marker="s", markersize=3.0 + 5.0 * share**0.5, color=BLUE,
        linestyle="none", zorder=3,
    )  # fmt: skip


def _diamond(axes: Axes, estimate: float, low: float, high: float, y: float) -> None:
    half = 0.085
    corners = [(low, y), (estimate, y - half), (high, y), (estimate, y + half)]
    axes.add_patch(
        Polygon(corners, closed=True, facecolor=BLUE, edgecolor=INK, linewidth=0.7, zorder=4)
    )


def _line(axes: Axes, low: float, high: float, y: float, colour: str, width: float) -> None:
    """Draw an interval; an end outside the axes becomes an arrow at its edge."""
    left, right = axes.get_xlim()
    start, end = max(low, left), min(high, right)
    axes.plot([start, end], [y, y], color=colour, linewidth=width, zorder=2, solid_capstyle="butt")
    for edge, is_cut, marker in ((start, low < left, "<"), (end, high > right, ">")):
        axes.plot(
            edge, y, marker=marker if is_cut else "|", markersize=5, color=colour, linestyle="none",
            clip_on=False, zorder=2,
        )  # fmt: skip


def _words(
    axes: Axes, row: ForestRow, label: str, text: str, y: float, sides: tuple[float, float]
) -> None:
    left, _ = sides
    weight = "normal" if row.kind == "effect" else "bold"
    inset = 0.0 if row.kind == "heading" else 0.1
    where = axes.get_yaxis_transform()
    axes.text(
        -(left - MARGIN_INCH - inset) / PLOT_INCH, y, label, transform=where, ha="left",
        va="center", weight=weight, linespacing=1.1,
    )  # fmt: skip
    axes.text(
        1.0 + MARGIN_INCH / PLOT_INCH, y, text, transform=where, ha="left", va="center",
        weight=weight if row.kind == "mean" else "normal",
    )  # fmt: skip
