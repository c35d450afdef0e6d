"""Figures of a meta-analysis: forest, funnel, bubble, orchard, Baujat.

Offers: ``ForestRow``, ``forest_figure``, ``funnel_figure``, ``bubble_figure``, ``orchard_figure``,
``baujat_figure``, ``specification_figure``.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Polygon, Rectangle
from matplotlib.textpath import TextPath
from numpy.typing import NDArray
from scipy.stats import norm

from asmr_stim.report.figures.style import BLUE, INK, ORANGE, PALE, PAPER, SKY, VERMILION

Numbers = NDArray[np.float64]

LETTER_SIZE = 9.0
LINE_INCH = 0.17
ROW_AIR_INCH = 0.09
PLOT_INCH = 3.2
MARGIN_INCH = 0.15
AXIS_INCH = 0.55
LABEL_LETTERS = 46  # longer labels go on in a second line
SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": LETTER_SIZE,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
FUNNEL_LEVELS = (0.05, 0.01)  # two-sided p of a single effect
FUNNEL_WORDS = ("p > 0.05", "p 0.01 to 0.05", "p < 0.01")
FUNNEL_SHADES = (PAPER, "#eceff4", PALE)


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
        left = max(_width_inch(label) for label in labels) + 2.6 * MARGIN_INCH
        right = max(_width_inch(text) for text in numbers) + 2 * MARGIN_INCH
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


def _width_inch(text: str) -> float:
    font = FontProperties(family="DejaVu Sans", size=LETTER_SIZE, weight="bold")
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return 0.0
    return max(float(TextPath((0, 0), line, prop=font).get_extents().width) for line in lines) / 72


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


def _plain_figure(width: float = 5.2, height: float = 4.2) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), facecolor=PAPER, layout="constrained")
    axes = figure.add_subplot()
    for side in ("right", "top"):
        axes.spines[side].set_visible(False)
    return figure, axes


def funnel_figure(estimates: Numbers, errors: Numbers, mean: float, axis_label: str) -> Figure:
    """Return effects against their standard errors, with contours of significance around zero."""
    with mpl.rc_context(SETTINGS):
        figure, axes = _plain_figure()
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
        figure, axes = _plain_figure()
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
        figure, axes = _plain_figure(2.2 + PLOT_INCH + max(map(_width_inch, names)), height)
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


def baujat_figure(labels: Sequence[str], heterogeneity: Numbers, pull: Numbers) -> Figure:
    """Return each effect's part of the heterogeneity against its pull on the mean, numbered.

    The names stand in a list beside the axes; where points crowd, only the outermost is numbered.
    """
    with mpl.rc_context(SETTINGS):
        listed = [f"{n}  {textwrap.shorten(label, 40)}" for n, label in enumerate(labels, start=1)]
        height = max(3.8, 0.9 + LINE_INCH * len(listed))
        figure, axes = _plain_figure(4.4 + max(map(_width_inch, listed)), height)
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
        is_covered = (np.abs(ahead[:, 0] - 0.03) < 0.045) & (np.abs(ahead[:, 1] - 0.03) < 0.045)
        if not np.any((gaps[:, 0] < 0.07) & (gaps[:, 1] < 0.06)) and not is_covered.any():
            kept.append(point)
    return kept


def specification_figure(
    estimates: Numbers, lows: Numbers, highs: Numbers, choices: Sequence[tuple[str, Sequence[str]]]
) -> Figure:
    """Return a specification curve: sorted estimates above, the choices of each below.

    Parameters
    ----------
    estimates, lows, highs : arrays, shape (n,)
    choices : sequence of (str, sequence of str of length n)
        Each kind of choice with what was chosen in each specification.
    """
    with mpl.rc_context(SETTINGS):
        order = np.argsort(estimates, kind="stable")
        lines = [(kind, option) for kind, each in choices for option in dict.fromkeys(each)]
        names = [f"{kind}: {option}" for kind, option in lines]
        lower = 0.2 * len(lines) + 0.2
        figure = Figure(figsize=(4.6 + max(map(_width_inch, names)), 2.6 + lower), facecolor=PAPER,
                        layout="constrained")  # fmt: skip
        top, below = figure.subplots(2, 1, sharex=True, height_ratios=[2.2, lower])
        places = np.arange(len(order))
        excludes = (lows[order] > 0) | (highs[order] < 0)
        colours = [BLUE if out else ORANGE for out in excludes]
        top.vlines(places, lows[order], highs[order], color=PALE, linewidth=1.2)
        top.scatter(places, estimates[order], c=colours, s=9, zorder=3)
        top.axhline(0.0, color=INK, linewidth=0.8)
        top.set_ylabel("Effect")
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
