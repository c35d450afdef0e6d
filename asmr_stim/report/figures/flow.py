"""The flow of studies through a review as boxes and arrows."""

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from asmr_stim.report.figures.style import GREEN, INK, LETTERS, PALE, PAPER
from asmr_stim.report.flow import Stage

BOX_HEIGHT = 0.62  # of the distance from one stage to the next
MAIN = (0.0, 2.6)  # left edge and width of the boxes of a flow, in inches
SIDE = (3.0, 2.4)  # of what left it
KNOWN, UNKNOWN = "#e3f3ee", "#f4f5f7"  # fills of a box with a number and of one without


def flow_figure(panels: Sequence[tuple[str, Sequence[Stage]]]) -> Figure:
    """Return flows side by side, each with its title; a box without a number says why.

    Parameters
    ----------
    panels : sequence of (title, stages)
    """
    n_rows = max(len(stages) for _, stages in panels)
    width = 5.9 * len(panels)
    with mpl.rc_context(LETTERS):
        figure = Figure(figsize=(width, 0.95 * n_rows + 0.5), facecolor=PAPER)
        for place, (title, stages) in enumerate(panels):
            axes = figure.add_axes((place / len(panels), 0, 1 / len(panels), 0.92))
            axes.set_xlim(-0.2, 5.7)
            axes.set_ylim(n_rows - 0.4, -0.6)
            axes.axis("off")
            axes.set_title(title, loc="left", fontsize=10, fontweight="bold", color=INK, x=0.034)
            for row, stage in enumerate(stages):
                _stage(axes, row, stage, is_last=row == len(stages) - 1)
    return figure


def _stage(axes: Axes, row: int, stage: Stage, *, is_last: bool) -> None:
    _box(axes, MAIN, row, stage.label, stage.count)
    middle = MAIN[0] + MAIN[1] / 2
    if not is_last:
        _arrow(axes, (middle, row + BOX_HEIGHT / 2), (middle, row + 1 - BOX_HEIGHT / 2))
    if stage.left:
        _arrow(axes, (MAIN[0] + MAIN[1], row), (SIDE[0], row))
    share = BOX_HEIGHT / max(1, len(stage.left))
    for number, (label, count) in enumerate(stage.left):
        at = row - BOX_HEIGHT / 2 + share * (number + 0.5)
        _box(axes, SIDE, at, label, count, height=share * 0.92)


def _box(
    axes: Axes, columns: tuple[float, float], row: float, label: str, count: int | str,
    height: float = BOX_HEIGHT,
) -> None:  # fmt: skip
    left, width = columns
    is_known = isinstance(count, int)
    axes.add_patch(
        FancyBboxPatch(
            (left, row - height / 2), width, height, boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=KNOWN if is_known else UNKNOWN, edgecolor=GREEN if is_known else PALE,
            linewidth=1.0,
        )
    )  # fmt: skip
    said = f"n = {count}" if is_known else str(count)
    joint = ": " if height < BOX_HEIGHT * 0.7 else "\n"
    axes.text(
        left + width / 2, row, f"{label}{joint}{said}", ha="center", va="center", fontsize=8,
        color=INK, style="normal" if is_known else "italic",
    )  # fmt: skip


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": INK, "linewidth": 0.9})
