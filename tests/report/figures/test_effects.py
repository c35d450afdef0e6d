import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from asmr_stim.report.figures.forest import ForestRow, forest_figure
from asmr_stim.report.figures.sensitivity import baujat_figure, gosh_figure, specification_figure

LONG = "A study with a very long name: alpha power over occipital electrodes during whispering "


def rows(k):
    effects = [ForestRow(f"{LONG}{i}", "effect", 0.1 * i, 0.1 * i - 0.5, 0.1 * i + 0.5, 1.0 + i)
               for i in range(k)]  # fmt: skip
    return [ForestRow("group: voice and mouth", "heading"), *effects,
            ForestRow("Mean", "mean", 0.2, -0.1, 0.5, pi=(-0.9, 1.3)),
            ForestRow("Lonely", "mean", note="one sample, not pooled")]  # fmt: skip


@pytest.mark.parametrize("k", [2, 5, 20])
def test_no_words_of_a_forest_overlap_or_leave_the_figure(k):
    figure = forest_figure(rows(k), "Effect (SD of scores)", favours="less | more")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    axes = figure.axes[0]
    boxes = [text.get_window_extent(renderer) for text in axes.texts if text.get_text()]
    boxes.append(axes.get_window_extent(renderer))
    for i, one in enumerate(boxes):
        assert one.x0 >= 0
        assert one.x1 <= figure.bbox.width
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])


@pytest.mark.parametrize("k", [3, 20])
def test_numbers_of_a_baujat_plot_do_not_overlap(k):
    generator = np.random.default_rng(k)
    figure = baujat_figure([LONG] * k, generator.exponential(1, k), generator.exponential(0.2, k))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    texts = [t for t in figure.axes[0].texts if t.get_text().isdigit()]
    boxes = [text.get_window_extent(renderer) for text in texts]
    assert texts
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_a_specification_curve_is_sorted():
    y = np.array([0.3, 0.1, 0.2])
    figure = specification_figure(y, y - 0.15, y + 0.15, [("rho", ["0.3", "0.6", "0.9"])])
    drawn = figure.axes[0].collections[1].get_offsets()[:, 1]
    assert np.asarray(drawn).tolist() == [0.1, 0.2, 0.3]


def test_a_figure_of_subsets_shows_each_and_says_how_many():
    figure = gosh_figure(np.linspace(-1, 1, 57), np.linspace(0, 80, 57), "Effect")
    assert figure.axes[0].lines[0].get_xdata().size == 57
    assert figure.axes[1].get_title() == "57 subsets"
