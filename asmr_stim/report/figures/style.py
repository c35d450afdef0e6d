"""Colours, letters and the way a figure is written to a file."""

import io
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asmr_stim.io.tables import write_atomically

INK = "#1d2733"
PALE = "#d9dee5"
PAPER = "#ffffff"
BLUE = "#0072b2"
SKY = "#56b4e9"
GREEN = "#009e73"
ORANGE = "#e69f00"
VERMILION = "#d55e00"
PURPLE = "#cc79a7"

CELL_INCH = 0.26  # a row of a matrix: a line of 9-point letters with air
LONGEST_NAME = 70  # letters of a row's or column's name
LETTERS = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.parse_math": False,  # a region may be called "$1"
    "svg.hashsalt": "asmr_stim",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,  # TrueType, as journals ask for: letters stay letters
}
_UNDATED: dict[str, dict[str, None]] = {
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
    "png": {"Software": None},
}


def matrix_figure(rows: list[str], columns: list[str], extra_inch: float = 0.0) -> Figure:
    """Return an empty figure whose single axes has one cell for each row and column."""
    rows, columns = [_short(name) for name in rows], [_short(name) for name in columns]
    with mpl.rc_context(LETTERS):
        left = 0.085 * max(map(len, rows), default=1) + 0.2
        top = 0.072 * max(map(len, columns), default=1) + 0.3
        width = left + CELL_INCH * len(columns) + 0.4 + extra_inch
        height = top + CELL_INCH * len(rows) + 0.55
        figure = Figure(figsize=(width, height), facecolor=PAPER)
        axes = figure.add_axes(
            (
                left / width,
                0.5 / height,
                CELL_INCH * len(columns) / width,
                CELL_INCH * len(rows) / height,
            )
        )
        _frame(axes, rows, columns)
    return figure


def _short(name: str) -> str:
    """Return a name that leaves room for the figure; the table has all of it."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _frame(axes: Axes, rows: list[str], columns: list[str]) -> None:
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(columns)), columns, rotation=60, ha="left", rotation_mode="anchor")
    axes.set_yticks(range(len(rows)), rows)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=9, colors=INK)
    axes.spines[:].set_visible(False)
    axes.set_xticks([x - 0.5 for x in range(len(columns) + 1)], minor=True)
    axes.set_yticks([y - 0.5 for y in range(len(rows) + 1)], minor=True)
    axes.tick_params(which="minor", length=0)
    axes.grid(which="minor", color=PALE, linewidth=0.5)
    axes.set_axisbelow(True)


def legend_below(axes: Axes, n_columns: int) -> None:
    """Put the legend under the axes, on the left."""
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(0, 0),
        ncols=n_columns,
        frameon=False,
        fontsize=9,
        handletextpad=0.4,
        columnspacing=1.4,
        borderaxespad=0.4,
    )


def save(figure: Figure, path: Path, dpi: int = 200, *, is_trimmed: bool = True) -> Path:
    """Write a figure as SVG, PDF or PNG, the same bytes each time; return its path.

    Parameters
    ----------
    figure : Figure
    path : Path
        Its ending says the form.
    dpi : int
        Points in an inch of a PNG, and of what is a picture inside the other forms.
    is_trimmed : bool
        Whether empty margins are cut off; without it the figure keeps its size.
    """
    content = io.BytesIO()
    suffix = path.suffix.lstrip(".").lower()
    with mpl.rc_context(LETTERS):
        figure.savefig(
            content,
            format=suffix,
            dpi=dpi,
            metadata=_UNDATED[suffix],
            bbox_inches="tight" if is_trimmed else None,
            pad_inches=0.08,
        )
    write_atomically(path, content.getvalue())
    return path
