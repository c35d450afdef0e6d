"""What the figures of effects share: letters, an empty frame, and how wide words are.

Offers: ``SETTINGS``, ``LETTER_SIZE``, ``LINE_INCH``, ``LABEL_LETTERS``, ``PLOT_INCH``, ``Numbers``,
``plain_figure``, ``width_inch``.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

from asmr_stim.report.figures.style import INK, PAPER

Numbers = NDArray[np.float64]

LETTER_SIZE = 9.0
LINE_INCH = 0.17
PLOT_INCH = 3.2
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


def width_inch(text: str) -> float:
    """Return how wide the widest line of a text is in bold letters, in inches."""
    font = FontProperties(family="DejaVu Sans", size=LETTER_SIZE, weight="bold")
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return 0.0
    return max(float(TextPath((0, 0), line, prop=font).get_extents().width) for line in lines) / 72


def plain_figure(width: float = 5.2, height: float = 4.2) -> tuple[Figure, Axes]:
    """Return a figure with one frame that is open above and at the right; sizes in inches."""
    figure = Figure(figsize=(width, height), facecolor=PAPER, layout="constrained")
    axes = figure.add_subplot()
    for side in ("right", "top"):
        axes.spines[side].set_visible(False)
    return figure, axes
