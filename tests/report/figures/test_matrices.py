import warnings

import pytest

from asmr_stim.moderator.effects.direction import Vote
from asmr_stim.report.coverage import Coverage
from asmr_stim.report.figures.matrices import (
    BALLOT_MARKS,
    REGION_MARKS,
    ROLE_MARKS,
    STATE_COLOURS,
    coverage_figure,
    direction_figure,
    knowledge_figure,
    regions_figure,
)
from asmr_stim.report.figures.style import LONGEST_NAME, save
from asmr_stim.report.knowledge import FIELDS, Grid
from asmr_stim.report.regions import NamedRegion
from asmr_stim.schema.outcome import BANDS

NAMES = ["$\\frac{", "$a$", "x_1^2", "%", "a\nb", "島", "<b>", "n" * 500, ""]


def named(n):
    return [NAMES[i] if i < len(NAMES) and n > 1 else f"study_{i}" for i in range(n)]


def a_knowledge_figure(n):
    states = list(STATE_COLOURS)
    rows = tuple(tuple(states[(i + j) % 4] for j in range(len(FIELDS))) for i in range(n))
    return knowledge_figure(Grid(tuple(named(n)), tuple(name for name, _ in FIELDS), rows))


def a_coverage_figure(n):
    roles = list(ROLE_MARKS)
    found = [
        Coverage("source", f"term_{i % 7}", name, "clip", roles[i % 5], "coded")
        for i, name in enumerate(named(n))
    ]
    return coverage_figure(found, [f"term_{i}" for i in range(9)])


def a_regions_figure(n):
    directions = list(REGION_MARKS)
    found = [
        NamedRegion(f"study_{i}", "c", "t", "a", name, directions[i % 5], "")
        for i, name in enumerate(named(n))
    ]
    return regions_figure(found)


def a_direction_figure(n):
    ballots = list(BALLOT_MARKS)
    votes = [
        Vote(name, ("s",), BANDS[i % 8], "stimulus_vs_control", ballots[i % 5], 1)
        for i, name in enumerate(named(n))
    ]
    return direction_figure(votes, BANDS)


FIGURES = [a_knowledge_figure, a_coverage_figure, a_regions_figure, a_direction_figure]


@pytest.mark.parametrize("n", [1, 60])
@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_drawn_for_one_study_and_for_sixty_whatever_they_are_called(
    tmp_path, figure, n
):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the letters of one alphabet
        path = save(figure(n), tmp_path / "figure.svg")
    assert path.read_text(encoding="utf-8").rstrip().endswith("</svg>")


def test_a_name_is_cut_before_it_leaves_no_room(tmp_path):
    figure = a_regions_figure(60)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert max(map(len, labels)) == LONGEST_NAME
    assert figure.get_size_inches()[0] < 40


@pytest.mark.parametrize("figure", FIGURES)
def test_the_same_figure_has_the_same_bytes(tmp_path, figure):
    first = save(figure(3), tmp_path / "one.svg").read_bytes()
    assert save(figure(3), tmp_path / "two.svg").read_bytes() == first
    assert b"<dc:date>" not in first


def test_every_mark_differs_in_shape_not_only_in_colour():
    for marks in (ROLE_MARKS, REGION_MARKS, BALLOT_MARKS):
        shapes = [mark.marker for mark in marks.values()]
        assert len(set(shapes)) == len(shapes)


def test_a_mark_stands_in_the_cell_of_its_study_and_band():
    votes = [
        Vote("b", ("s",), "theta", "before_after", "increase", 1),
        Vote("a", ("s",), "alpha", "before_after", "decrease", 1),
    ]
    axes = direction_figure(votes, BANDS).axes[0]
    places = {tuple(map(float, c.get_offsets()[0])) for c in axes.collections}
    rows = [label.get_text() for label in axes.get_yticklabels()]
    columns = [label.get_text() for label in axes.get_xticklabels()]
    assert [row.split()[-1] for row in rows] == ["a", "b"]
    where = {band: columns.index(band) for band in ("alpha", "theta")}
    assert places == {(where["theta"], 1.0), (where["alpha"], 0.0)}
