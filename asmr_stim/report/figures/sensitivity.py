"""Figures of how much a result rests on: Baujat, subsets (GOSH), the specification curve.

Offers: ``baujat_figure``, ``gosh_figure``, ``specification_figure``.
"""

import textwrap
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from asmr_stim.report.figures.canvas import (
    LETTER_SIZE,
    LINE_INCH,
    SETTINGS,
    Numbers,
    plain_figure,
    width_inch,
)
from asmr_stim.report.figures.style import BLUE, INK, ORANGE, PALE, PAPER


def gosh_figure(means: Numbers, i2: Numbers, axis_label: str) -> Figure:
    """Return the mean and I2 of subsets of the effects, with the distribution of each.

    Two clouds, or a tail, show that a few effects make the heterogeneity.

    Parameters
    ----------
    means, i2 : arrays, shape (number of subsets,); I2 in percent
    axis_label : str
    """
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(5.4, 4.6), facecolor=PAPER, layout="constrained")
        grid = figure.add_gridspec(2, 2, width_ratios=[4, 1], height_ratios=[1, 4])
        axes = figure.add_subplot(grid[1, 0])
        above = figure.add_subplot(grid[0, 0], sharex=axes)
        beside = figure.add_subplot(grid[1, 1], sharey=axes)
        # many thousand points are drawn as pixels also in a vector file
        size = 2 if means.size > 2000 else 4
        axes.plot(means, i2, ".", color=BLUE, markersize=size, alpha=0.45, rasterized=True)
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.set_xlabel(axis_label)
        axes.set_ylabel("I² of the subset (%)")
        bins = min(40, max(5, int(np.sqrt(means.size))))
        above.hist(means, bins=bins, color=PALE, edgecolor=INK, linewidth=0.4)
        beside.hist(i2, bins=bins, color=PALE, edgecolor=INK, linewidth=0.4,
                    orientation="horizontal")  # fmt: skip
        above.set_title(f"{means.size:,} subsets", fontsize=LETTER_SIZE)
        for each in (above, beside):
            each.tick_params(labelbottom=False, labelleft=False, length=0)
            each.spines[["right", "top"]].set_visible(False)
        axes.spines[["right", "top"]].set_visible(False)
    return figure


def baujat_figure(labels: Sequence[str], heterogeneity: Numbers, pull: Numbers) -> Figure:
    """Return each effect's part of the heterogeneity against its pull on the mean, numbered.

    The names stand in a list beside the axes; where points crowd, only the outermost is numbered.
    """
    with mpl.rc_context(SETTINGS):
        listed = [f"{n}  {textwrap.shorten(label, 40)}" for n, label in enumerate(labels, start=1)]
        height = max(3.8, 0.9 + LINE_INCH * len(listed))
        figure, axes = plain_figure(4.4 + max(map(width_inch, listed)), height)
        axes.plot(heterogeneity, pull, "o", color=BLUE, markersize=5, markeredgecolor=PAPER)
        axes.margins(0.1)
        for n in _apart(heterogeneity, pull):
            axes.annotate(
                str(n + 1), (heterogeneity[n], pull[n]), xytext=(4, 4), textcoords="offset points"
            )
        axes.set_xlabel("Contribution to heterogeneity")
        axes.set_ylabel("Pull on the mean (squared, standardised)")
        axes.text(
            1.04, 1.0, "\n".join(listed), transform=axes.transAxes, va="top", ha="left",
            fontsize=LETTER_SIZE - 1, linespacing=1.25,
        )  # fmt: skip
    return figure


def _apart(x: Numbers, y: Numbers) -> list[int]:
    """Return points, the farthest out first, whose numbers cover neither number nor point."""
    scaled = np.column_stack([x / max(float(np.ptp(x)), 1e-12), y / max(float(np.ptp(y)), 1e-12)])
    kept: list[int] = []
    for point in np.argsort(-scaled.sum(axis=1), kind="stable").tolist():
        gaps = np.abs(scaled[kept] - scaled[point]) if kept else np.ones((1, 2))
        ahead = np.delete(scaled - scaled[point], point, axis=0)
        width = 0.045 + 0.015 * len(str(point + 1))
        is_beside = (ahead[:, 0] > -0.015) & (ahead[:, 0] < width)
        is_covered = is_beside & (np.abs(ahead[:, 1] - 0.03) < 0.045)
        if not np.any((gaps[:, 0] < 0.07) & (gaps[:, 1] < 0.06)) and not is_covered.any():
            kept.append(point)
    return kept


def specification_figure(
    estimates: Numbers,
    lows: Numbers,
    highs: Numbers,
    choices: Sequence[tuple[str, Sequence[str]]],
    axis: str = "Effect",
) -> Figure:
    """Return a specification curve: sorted estimates above, the choices of each below.

    Parameters
    ----------
    estimates, lows, highs : arrays, shape (n,)
    choices : sequence of (str, sequence of str of length n)
        Each kind of choice with what was chosen in each specification.
    axis : str
        What the estimates are.
    """
    with mpl.rc_context(SETTINGS):
        order = np.argsort(estimates, kind="stable")
        lines = [(kind, option) for kind, each in choices for option in dict.fromkeys(each)]
        names = [f"{kind}: {option}" for kind, option in lines]
        lower = 0.2 * len(lines) + 0.2
        figure = Figure(figsize=(4.6 + max(map(width_inch, names)), 2.6 + lower), facecolor=PAPER,
                        layout="constrained")  # fmt: skip
        top, below = figure.subplots(2, 1, sharex=True, height_ratios=[2.2, lower])
        places = np.arange(len(order))
        excludes = (lows[order] > 0) | (highs[order] < 0)
        colours = [BLUE if out else ORANGE for out in excludes]
        top.vlines(places, lows[order], highs[order], color=PALE, linewidth=1.2)
        top.scatter(places, estimates[order], c=colours, s=9, zorder=3)
        top.axhline(0.0, color=INK, linewidth=0.8)
        top.set_ylabel(axis)
        _choice_marks(below, lines, choices, order)
        below.set_yticks(range(len(names)), names)
        below.set_ylim(len(names) - 0.4, -0.6)
        below.set_xlabel("Specification, sorted (blue: interval excludes zero)")
        for axes in (top, below):
            axes.spines[["right", "top"]].set_visible(False)
    return figure


def _choice_marks(
    axes: Axes,
    lines: Sequence[tuple[str, str]],
    choices: Sequence[tuple[str, Sequence[str]]],
    order: NDArray[np.intp],
) -> None:
    by_kind = dict(choices)
    for row, (kind, option) in enumerate(lines):
        chosen = np.array([by_kind[kind][spec] == option for spec in order])
        places = np.flatnonzero(chosen)
        axes.plot(places, np.full(places.size, row), "|", color=INK, markersize=6)
