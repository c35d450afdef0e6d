"""Figures of a meta-analysis beside the forest: funnel, bubble and orchard.

Offers: ``funnel_figure``, ``bubble_figure``, ``orchard_figure``.
"""

import textwrap
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from scipy.stats import norm

from asmr_stim.report.figures.canvas import (
    LABEL_LETTERS,
    PLOT_INCH,
    SETTINGS,
    Numbers,
    plain_figure,
    width_inch,
)
from asmr_stim.report.figures.forest import ForestRow
from asmr_stim.report.figures.style import BLUE, INK, ORANGE, PALE, PAPER, SKY, VERMILION

FUNNEL_LEVELS = (0.05, 0.01)  # two-sided p of a single effect
FUNNEL_WORDS = ("p > 0.05", "p 0.01 to 0.05", "p < 0.01")
FUNNEL_SHADES = (PAPER, "#eceff4", PALE)


def funnel_figure(estimates: Numbers, errors: Numbers, mean: float, axis_label: str) -> Figure:
    """Return effects against their standard errors, with contours of significance around zero."""
    with mpl.rc_context(SETTINGS):
        figure, axes = plain_figure()
        top = float(errors.max()) * 1.12
        reach = float(norm.isf(FUNNEL_LEVELS[-1] / 2)) * top * 1.05
        air = 0.04 * (reach + float(np.abs(estimates).max()))
        axes.set_xlim(
            min(-reach, float(estimates.min()) - air), max(reach, float(estimates.max()) + air)
        )
        axes.set_ylim(top, 0.0)
        axes.set_facecolor(FUNNEL_SHADES[-1])
        depth = np.array([0.0, top])
        for level, shade in zip(reversed(FUNNEL_LEVELS), FUNNEL_SHADES[-2::-1], strict=True):
            edge = float(norm.isf(level / 2)) * depth
            axes.fill_betweenx(depth, -edge, edge, color=shade, linewidth=0, zorder=0)
        for text, shade in zip(FUNNEL_WORDS, FUNNEL_SHADES, strict=True):
            axes.add_patch(
                Rectangle((0, -1), 0, 0, facecolor=shade, edgecolor=INK, linewidth=0.5, label=text)
            )
        axes.axvline(mean, color=VERMILION, linewidth=1.2, label="mean", zorder=1)
        axes.plot(
            estimates, errors, "o", color=BLUE, markersize=6, markeredgecolor=PAPER, zorder=3,
            clip_on=False,
        )  # fmt: skip
        axes.set_xlabel(axis_label)
        axes.set_ylabel("Standard error")
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    return figure


def bubble_figure(
    values: Numbers,
    estimates: Numbers,
    weights: Numbers,
    line: tuple[Numbers, Numbers, Numbers, Numbers],
    labels: tuple[str, str],
) -> Figure:
    """Return effects against a continuous moderator with the regression line and its band.

    Parameters
    ----------
    values, estimates, weights : arrays, shape (k,)
    line : four arrays of one length
        Moderator, predicted mean, and the interval's limits.
    labels : (str, str)
        Of the moderator and of the effect.
    """
    with mpl.rc_context(SETTINGS):
        figure, axes = plain_figure()
        x, mean, low, high = line
        axes.fill_between(x, low, high, color=SKY, alpha=0.25, linewidth=0)
        axes.plot(x, mean, color=BLUE, linewidth=1.5)
        axes.axhline(0.0, color=INK, linewidth=0.8)
        sizes = 20.0 + 180.0 * weights / weights.max()
        axes.scatter(
            values, estimates, s=sizes, color=BLUE, alpha=0.55, edgecolor=INK, linewidth=0.6
        )
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        axes.margins(x=0.08, y=0.12)
    return figure


def orchard_figure(
    groups: Sequence[tuple[str, Numbers, Numbers, ForestRow]], axis_label: str
) -> Figure:
    """Return for each group its effects, its mean with interval, and its prediction interval.

    Parameters
    ----------
    groups : sequence of (name, estimates, weights, ForestRow)
        The row is the group's mean; without estimate only the effects are drawn.
    axis_label : str
    """
    with mpl.rc_context(SETTINGS):
        names = [
            f"{textwrap.fill(name, LABEL_LETTERS)}\nk = {effects.size}"
            for name, effects, _, _ in groups
        ]
        height = 0.9 + 0.75 * len(groups)
        figure, axes = plain_figure(2.2 + PLOT_INCH + max(map(width_inch, names)), height)
        largest = max(float(weights.max()) for _, _, weights, _ in groups)
        for place, (_, effects, weights, row) in enumerate(groups):
            offsets = _spread(effects) * 0.28
            axes.scatter(
                effects, place + offsets, s=12 + 90 * weights / largest, color=SKY, alpha=0.7,
                edgecolor=INK, linewidth=0.4, zorder=2,
            )  # fmt: skip
            _orchard_mean(axes, row, float(place))
        axes.axvline(0.0, color=INK, linewidth=0.8, zorder=1)
        axes.set_ylim(len(groups) - 0.4, -0.6)
        axes.set_yticks(range(len(groups)), names)
        axes.set_xlabel(axis_label)
    return figure


def _spread(effects: Numbers) -> Numbers:
    """Return offsets in -1 to 1 that keep neighbours apart, the same each time."""
    ranks = np.argsort(np.argsort(effects))
    turns = np.array([0.0, 0.7, -0.7, 0.35, -0.35, 1.0, -1.0])
    return turns[ranks % turns.size]


def _orchard_mean(axes: Axes, row: ForestRow, y: float) -> None:
    if row.estimate is None or row.low is None or row.high is None:
        return
    if row.pi is not None:
        axes.plot(row.pi, [y, y], color=ORANGE, linewidth=1.6, zorder=3)
    axes.plot([row.low, row.high], [y, y], color=INK, linewidth=4, zorder=4, solid_capstyle="butt")
    axes.plot(row.estimate, y, "o", color=PAPER, markeredgecolor=INK, markersize=8, zorder=5)
