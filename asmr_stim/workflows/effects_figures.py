"""The figures of a run: which rows, which groups, which points.

Offers: ``figures_of``, ``axis_label``.
"""

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import norm

from asmr_stim.moderator.effects.estimates import Effects, level_name
from asmr_stim.moderator.effects.influence import baujat
from asmr_stim.moderator.effects.prediction import Prediction, predict
from asmr_stim.moderator.effects.regression import Coefficient
from asmr_stim.moderator.effects.subgroups import Subgroup, Subgroups
from asmr_stim.report.figures.effects import bubble_figure, funnel_figure, orchard_figure
from asmr_stim.report.figures.forest import ForestRow, forest_figure
from asmr_stim.report.figures.sensitivity import baujat_figure
from asmr_stim.workflows.effects import EffectsRun, ModeratorResult

LEAST_POINTS = 3
LINE_POINTS = 60


def figures_of(run: EffectsRun) -> Iterator[tuple[str, Figure]]:
    """Yield every figure of a run with the name of its file."""
    label = axis_label(run)
    yield "forest", forest_figure([*_effect_rows(run.units, run), *_overall_row(run)], label)
    if run.overall is not None and run.units.k >= LEAST_POINTS:
        mean = run.overall.coefficients[0].estimate
        yield (
            "funnel",
            funnel_figure(
                np.asarray(run.units.estimates), np.asarray(run.units.standard_errors), mean, label
            ),
        )
        points = baujat(run.units, run.request.settings)
        yield (
            "baujat",
            baujat_figure(
                [point.label for point in points],
                np.array([point.heterogeneity for point in points]),
                np.array([point.influence for point in points]),
            ),
        )
    for moderator in run.moderators:
        yield from _moderator_figures(run, moderator, label)


def axis_label(run: EffectsRun) -> str:
    """Return what the effect axis says: the metric, where all effects have one."""
    metrics = {row.metric for row in run.prepared.rows}
    metric = next(iter(metrics)) if len(metrics) == 1 else None
    return f"Effect ({metric})" if metric else "Effect"


def _moderator_figures(
    run: EffectsRun, moderator: ModeratorResult, label: str
) -> Iterator[tuple[str, Figure]]:
    name = "".join(letter if letter.isalnum() else "_" for letter in moderator.name)
    groups = moderator.common or moderator.separate
    if groups is not None:
        rows = [row for group in groups.levels for row in _group_rows(run, groups, group)]
        yield f"forest_by_{name}", forest_figure([*rows, *_overall_row(run)], label)
        yield f"orchard_by_{name}", orchard_figure(_orchard_groups(run, groups), label)
    elif moderator.regression is not None:
        yield f"bubble_{name}", _bubble(run, moderator, label)


def _effect_rows(effects: Effects, run: EffectsRun) -> list[ForestRow]:
    width = float(norm.isf((1.0 - run.request.settings.level) / 2.0))
    weights = 1.0 / (effects.variances + (run.overall.tau2 if run.overall else 0.0))
    rows = []
    for row in range(effects.k):
        y, half = float(effects.estimates[row]), width * float(effects.standard_errors[row])
        label = effects.labels[row]
        rows.append(ForestRow(label, "effect", y, y - half, y + half, float(weights[row])))
    return rows


def _mean_row(label: str, mean: Coefficient, prediction: Prediction | None) -> ForestRow:
    pi = None
    if prediction and prediction.pi_low is not None and prediction.pi_high is not None:
        pi = (prediction.pi_low, prediction.pi_high)
    if not np.isfinite(mean.ci_low):
        return ForestRow(label, "mean", note=f"{mean.estimate:.2f}, no interval")
    return ForestRow(label, "mean", mean.estimate, mean.ci_low, mean.ci_high, pi=pi)


def _overall_row(run: EffectsRun) -> list[ForestRow]:
    if run.overall is None:
        return []
    label = f"All (k = {run.units.k}; orange: prediction interval)"
    return [_mean_row(label, run.overall.coefficients[0], run.predictions[0])]


def _members(effects: Effects, factor: str, level: str) -> Effects:
    values = effects.column(factor)
    return effects.taken(
        [r for r, value in enumerate(values) if value is not None and level_name(value) == level]
    )


def _group_rows(run: EffectsRun, groups: Subgroups, group: Subgroup) -> Iterator[ForestRow]:
    yield ForestRow(f"{groups.factor}: {group.level}", "heading")
    yield from _effect_rows(_members(run.units, groups.factor, group.level), run)
    if group.mean is None:
        yield ForestRow(f"Mean (k = {group.k})", "mean", note="one sample, not pooled")
    else:
        yield _mean_row(f"Mean (k = {group.k})", group.mean, group.prediction)


def _orchard_groups(
    run: EffectsRun, groups: Subgroups
) -> list[tuple[str, np.ndarray, np.ndarray, ForestRow]]:
    found = []
    for group in groups.levels:
        members = _members(run.units, groups.factor, group.level)
        weights = 1.0 / np.asarray(members.variances)
        row = (
            _mean_row(group.level, group.mean, group.prediction)
            if group.mean is not None
            else ForestRow(group.level, "mean")
        )
        found.append((group.level, np.asarray(members.estimates), weights, row))
    return found


def _bubble(run: EffectsRun, moderator: ModeratorResult, label: str) -> Figure:
    model = moderator.regression
    assert model is not None  # noqa: S101 the caller asked
    taken = run.units.taken(model.design.rows)
    x = np.asarray(model.design.matrix[:, 1], dtype=np.float64)
    grid = np.linspace(x.min(), x.max(), LINE_POINTS)
    found = [predict(model, np.array([1.0, value])) for value in grid]
    line = (
        grid,
        np.array([each.estimate for each in found]),
        np.array([each.ci_low for each in found]),
        np.array([each.ci_high for each in found]),
    )
    return bubble_figure(
        x, np.asarray(taken.estimates), np.asarray(model.weights), line, (moderator.name, label)
    )
