"""Studies against fields, terms, regions and bands: one mark for each thing that is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from asmr_stim.moderator.effects.direction import Vote
from asmr_stim.report.coverage import Coverage
from asmr_stim.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PALE,
    PAPER,
    PURPLE,
    VERMILION,
    legend_below,
    matrix_figure,
)
from asmr_stim.report.knowledge import FIELDS, Grid
from asmr_stim.report.regions import NamedRegion

STATE_COLOURS = {
    "value": GREEN,
    "not reported": ORANGE,
    "not extracted": "#eef1f5",
    "no ASMR stimulus": PAPER,
}


@dataclass(frozen=True)
class Mark:
    """How one kind of mark is drawn, and what it means in the legend."""

    label: str
    marker: str
    colour: str
    filled: bool = True


ROLE_MARKS = {
    "asmr": Mark("ASMR stimulus", "o", BLUE),
    "control": Mark("control", "s", ORANGE, filled=False),
    "adjunct": Mark("adjunct", "^", PURPLE),
    "foil": Mark("foil", "X", VERMILION),
    "none": Mark("no role in a contrast", ".", INK),
}
REGION_MARKS = {
    "increase": Mark("increase", "^", BLUE),
    "decrease": Mark("decrease", "v", VERMILION),
    "no_change": Mark("no change", "s", INK),
    "mixed": Mark("mixed", "D", PURPLE),
    "not given": Mark("named, direction not given", "o", INK, filled=False),
}
BALLOT_MARKS = {
    "increase": Mark("increase", "^", BLUE),
    "decrease": Mark("decrease", "v", VERMILION),
    "no_change": Mark("no change", "s", INK),
    "mixed": Mark("outcomes disagree", "D", PURPLE),
    "direction_not_given": Mark("measured, direction not given", "o", INK, filled=False),
}


def knowledge_figure(grid: Grid) -> Figure:
    """Return studies x fields, coloured by what is known of the ASMR stimuli."""
    headings = dict(FIELDS)
    shares = grid.share_known()
    columns = [
        f"{headings[field]}  {share:.0%}" for field, share in zip(grid.fields, shares, strict=True)
    ]
    figure = matrix_figure(list(grid.studies), columns)
    axes = figure.axes[0]
    for row, states in enumerate(grid.states):
        for column, state in enumerate(states):
            hatch = "////" if state == "no ASMR stimulus" else None
            axes.add_patch(
                Rectangle(
                    (column - 0.5, row - 0.5), 1, 1, facecolor=STATE_COLOURS[state], hatch=hatch,
                    edgecolor=PALE, linewidth=0.5,
                )
            )  # fmt: skip
    for name, colour in STATE_COLOURS.items():
        hatch = "////" if name == "no ASMR stimulus" else None
        axes.add_patch(
            Rectangle((-9, -9), 1, 1, facecolor=colour, hatch=hatch, edgecolor=PALE, label=name)
        )
    legend_below(axes, len(STATE_COLOURS))
    return figure


def coverage_figure(found: Iterable[Coverage], term_order: Sequence[str]) -> Figure:
    """Return terms x studies, with a mark for each role in which the term was studied."""
    found = tuple(found)
    used = {each.term for each in found}
    terms = [term for term in term_order if term in used]
    studies = sorted({each.study for each in found})
    figure = matrix_figure(terms, studies)
    points = [(each.role, studies.index(each.study), terms.index(each.term)) for each in found]
    _draw(figure.axes[0], points, ROLE_MARKS)
    return figure


def regions_figure(found: Iterable[NamedRegion]) -> Figure:
    """Return regions x studies, with the direction where the study gives one."""
    found = tuple(found)
    regions = sorted({each.region for each in found}, key=str.casefold)
    studies = sorted({each.study for each in found})
    figure = matrix_figure(regions, studies)
    points = [
        (each.direction, studies.index(each.study), regions.index(each.region)) for each in found
    ]
    _draw(figure.axes[0], points, REGION_MARKS)
    return figure


def direction_figure(votes: Iterable[Vote], band_order: Sequence[str]) -> Figure:
    """Return the effect-direction plot: samples by contrast type x EEG bands.

    References
    ----------
    Boon MH, Thomson H. The effect direction plot revisited. Research Synthesis Methods 2021;
    12(1):29-33, doi 10.1002/jrsm.1458.
    """
    votes = sorted(votes, key=lambda vote: (vote.contrast_type, vote.sample))
    rows = list(dict.fromkeys((vote.contrast_type, vote.sample) for vote in votes))
    bands = [band for band in band_order if any(vote.band == band for vote in votes)]
    labels = [f"{kind.replace('_', ' ')}:  {sample}" for kind, sample in rows]
    figure = matrix_figure(labels, [band.replace("_", " ") for band in bands], extra_inch=2.0)
    points = [
        (vote.ballot, bands.index(vote.band), rows.index((vote.contrast_type, vote.sample)))
        for vote in votes
    ]
    _draw(figure.axes[0], points, BALLOT_MARKS, n_columns=2)
    return figure


def _draw(
    axes: Axes, points: Iterable[tuple[str, int, int]], marks: dict[str, Mark], n_columns: int = 5
) -> None:
    """Draw each distinct point; marks that share a cell stand side by side."""
    points = sorted(set(points))
    cells: dict[tuple[int, int], list[str]] = {}
    for kind, column, row in points:
        cells.setdefault((column, row), []).append(kind)
    for kind, mark in marks.items():
        xs, ys = [], []
        for (column, row), kinds in cells.items():
            if kind in kinds:
                spread = (kinds.index(kind) - (len(kinds) - 1) / 2) * 0.36
                xs.append(column + spread)
                ys.append(row)
        if xs:
            axes.scatter(
                xs, ys, marker=mark.marker, s=26, label=mark.label, linewidths=1.0, zorder=3,
                facecolors=mark.colour if mark.filled else "none", edgecolors=mark.colour,
            )  # fmt: skip
    if cells:
        legend_below(axes, n_columns)
