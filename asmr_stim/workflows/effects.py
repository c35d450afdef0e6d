"""A meta-analysis of a table of effects: read, guard, analyse.

Several effects of one sample are aggregated for the main analysis (one effect for each sample, an
assumed correlation between their errors); beside it stands the correlated-and-hierarchical model
of all effects with robust tests.

Offers: ``EffectsRequest``, ``EffectsRun``, ``ModeratorResult``, ``prepare``, ``analyse``.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.effects import (
    EffectRow,
    converted_rows,
    is_effect_table,
    read_effects,
    read_reported,
)
from asmr_stim.io.tables import read_table
from asmr_stim.moderator.effects import bayes
from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.audit import Audit, audit
from asmr_stim.moderator.effects.conversion import Assumptions
from asmr_stim.moderator.effects.design import (
    Design,
    Moderator,
    build_design,
    intercept_only,
    split_by_study,
)
from asmr_stim.moderator.effects.estimates import Effects, Value, is_continuous, level_name
from asmr_stim.moderator.effects.heterogeneity import HeterogeneityInterval, q_profile
from asmr_stim.moderator.effects.multilevel import Multilevel, three_level
from asmr_stim.moderator.effects.permutation import PermutationTest, Plan, permutation_test
from asmr_stim.moderator.effects.prediction import Prediction, PredictionDf, predict_mean
from asmr_stim.moderator.effects.regression import Regression, Settings, fit, pool
from asmr_stim.moderator.effects.robust import HonestTest, Robust, robust
from asmr_stim.moderator.effects.subgroups import Subgroups, subgroups_common, subgroups_separate
from asmr_stim.workflows.effects_acoustics import AcousticLink, with_acoustics

RULES: tuple[PredictionDf, ...] = ("model", "residual", "residual_minus_one")
DEFAULT_RHO = 0.6


@dataclass(frozen=True)
class EffectsRequest:
    """What to analyse.

    Attributes
    ----------
    data : Path
        Table of effects, or of reported statistics.
    by : tuple of str
        Moderators, each analysed alone; more than one also together.
    settings : Settings
    rho : float, 0 to below 1
        Assumed correlation of the errors of several effects of one sample.
    contrast_type : str or None
        Take only effects of this type.
    pools_contrast_types, pools_metrics : bool
        Let several types, or several metrics, into one analysis.
    takes_digitised : bool
        Whether effects read from figures enter.
    lab : str or None
        Column that names the laboratory, for the audit.
    permutes : bool
    plan : Plan
    assumptions : Assumptions
        For a table of reported statistics.
    acoustics : AcousticLink or None
        Features of clips that are joined as moderators.
    at : tuple of (str, float)
        Values of continuous moderators at which means are predicted.
    factors : tuple of str
        Columns whose numbers are levels, not amounts.
    """

    data: Path
    by: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)
    rho: float = DEFAULT_RHO
    contrast_type: str | None = None
    pools_contrast_types: bool = False
    pools_metrics: bool = False
    takes_digitised: bool = True
    lab: str | None = None
    permutes: bool = True
    plan: Plan = field(default_factory=Plan)
    assumptions: Assumptions = field(default_factory=Assumptions)
    acoustics: AcousticLink | None = None
    at: tuple[tuple[str, float], ...] = ()
    factors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.rho < 1:
            raise InputError(
                f"rho is {self.rho:g}; an assumed correlation of errors lies from 0 to below 1"
            )

    @property
    def inputs(self) -> dict[str, Path]:
        """The files that the result depends on."""
        joined = {} if self.acoustics is None else {"profiles": self.acoustics.profiles}
        return {"data": self.data} | joined


@dataclass(frozen=True)
class Prepared:
    """Effects that may be analysed together.

    Attributes
    ----------
    effects : Effects
        ``studies`` are the samples.
    rows : tuple of EffectRow
        Where they come from, in the same order.
    left_out : tuple of (EffectRow, str)
        With the reason.
    notes : tuple of str
        What was allowed that is not by default.
    """

    effects: Effects
    rows: tuple[EffectRow, ...]
    left_out: tuple[tuple[EffectRow, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class DependentResult:
    """The correlated-and-hierarchical model of all effects, with robust tests."""

    model: Multilevel
    honest: Robust
    joint: tuple[tuple[str, HonestTest], ...]


@dataclass(frozen=True)
class ModeratorResult:
    """One moderator.

    Attributes
    ----------
    name : str
    is_factor : bool
    regression : Regression or None
        Of one effect a sample; None where the moderator differs within samples.
    common, separate : Subgroups or None
        Of a factor.
    permutation : PermutationTest or None
    posteriors : tuple of (str, tuple of Posterior)
        Of each level with at least two samples, one for each prior.
    differences : tuple of (str, str, tuple of Difference)
    dependent : DependentResult or None
        Between and within samples apart.
    problems : tuple of str
        What could not be done, and why.
    """

    name: str
    is_factor: bool
    regression: Regression | None = None
    common: Subgroups | None = None
    separate: Subgroups | None = None
    permutation: PermutationTest | None = None
    posteriors: tuple[tuple[str, tuple[bayes.Posterior, ...]], ...] = ()
    differences: tuple[tuple[str, str, tuple[bayes.Difference, ...]], ...] = ()
    dependent: DependentResult | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class EffectsRun:
    """What a run found.

    ``units`` are the effects of the main analysis, one for each sample; ``overall`` is None where
    there is only one sample.
    """

    request: EffectsRequest
    prepared: Prepared
    units: Effects
    overall: Regression | None
    predictions: tuple[Prediction, ...]
    interval: HeterogeneityInterval | None
    posteriors: tuple[bayes.Posterior, ...]
    dependent: DependentResult | None
    audit: Audit | None
    moderators: tuple[ModeratorResult, ...]
    together: Regression | None
    problems: tuple[str, ...]


def convert_table(data: Path, assumptions: Assumptions) -> tuple[EffectRow, ...]:
    """Return the effects of a table of reported statistics.

    Raises
    ------
    InputError
        If a row cannot be converted, or the table has effects already.
    """
    table = read_table(data)
    if is_effect_table(table):
        raise InputError(f"{data}:1:1: the table has effects already; there is nothing to convert")
    return converted_rows(table, read_reported(table), assumptions)


def load(data: Path, assumptions: Assumptions) -> tuple[EffectRow, ...]:
    """Return the rows of a table of effects, or of reported statistics after conversion."""
    table = read_table(data)
    if is_effect_table(table):
        return read_effects(table)
    return converted_rows(table, read_reported(table), assumptions)


def prepare(request: EffectsRequest) -> Prepared:
    """Return the effects that may be analysed together, and why others may not.

    Raises
    ------
    InputError
        If contrast types or metrics would be pooled without being told to, a moderator is not
        there, or no effect is left.
    """
    rows = load(request.data, request.assumptions)
    if request.acoustics is not None:
        rows = with_acoustics(rows, request.acoustics)
    kept, left_out = _selected(rows, request)
    if not kept:
        raise InputError(f"{request.data}: no effect is left to analyse")
    _refuse_mixed(kept, request)
    for name in (*request.by, *request.factors):
        if not any(name in row.moderators for row in kept):
            there = sorted({n for row in kept for n in row.moderators})
            raise MissingInputError(
                f"{request.data}:1:1: there is no column '{name}' to compare by; there are: "
                f"{', '.join(there) or 'none'}"
            )
    return Prepared(
        _effects(kept, request.factors), tuple(kept), tuple(left_out), tuple(_notes(kept, request))
    )


def _selected(
    rows: Sequence[EffectRow], request: EffectsRequest
) -> tuple[list[EffectRow], list[tuple[EffectRow, str]]]:
    kept: list[EffectRow] = []
    left_out: list[tuple[EffectRow, str]] = []
    for row in rows:
        reason = _reason(row, request)
        if reason is None:
            kept.append(row)
        else:
            left_out.append((row, reason))
    return kept, left_out


def _reason(row: EffectRow, request: EffectsRequest) -> str | None:
    if row.estimate is None or row.variance is None:
        return "a bound has no estimate to pool"
    if row.grade == "digitised" and not request.takes_digitised:
        return "read from a figure"
    if request.contrast_type is not None and row.contrast_type != request.contrast_type:
        return f"not of the contrast type '{request.contrast_type}'"
    return None


def _refuse_mixed(rows: Sequence[EffectRow], request: EffectsRequest) -> None:
    types = Counter(row.contrast_type or "not given" for row in rows)
    if len(types) > 1 and not request.pools_contrast_types:
        raise InputError(
            f"{request.data}: the effects are of several contrast types ({_counted(types)}), which "
            "answer different questions; choose one, or allow pooling them"
        )
    metrics = Counter(row.metric or "not given" for row in rows)
    if len(metrics) > 1 and not request.pools_metrics:
        raise InputError(
            f"{request.data}: the effects are in several metrics ({_counted(metrics)}); convert "
            "them to one (a within design can become SMCR), or allow pooling them"
        )


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name}: {n}" for name, n in counts.most_common())


def _notes(rows: Sequence[EffectRow], request: EffectsRequest) -> list[str]:
    found = []
    if request.pools_contrast_types and len({row.contrast_type for row in rows}) > 1:
        found.append("Effects of several contrast types were pooled because that was asked for.")
    if request.pools_metrics and len({row.metric for row in rows}) > 1:
        found.append("Effects in several metrics were pooled because that was asked for.")
    if all(row.sample_id == row.study for row in rows):
        found.append("No sample ids: whether studies share people was not checked.")
    return found


def _effects(rows: Sequence[EffectRow], factors: Sequence[str]) -> Effects:
    names = dict.fromkeys(name for row in rows for name in row.moderators)
    return Effects(
        np.array([row.estimate for row in rows], dtype=np.float64),
        np.array([row.variance for row in rows], dtype=np.float64),
        tuple(row.sample_id for row in rows),
        tuple(row.label for row in rows),
        {
            name: _column([row.moderators.get(name) for row in rows], is_factor=name in factors)
            for name in names
        },
    )


def _column(values: Sequence[Value], *, is_factor: bool) -> tuple[Value, ...]:
    """Return numbers if all are and they are amounts, else words: a column never mixes both."""
    if is_continuous(values) and not is_factor:
        return tuple(values)
    return tuple(None if value is None else level_name(value) for value in values)


def analyse(request: EffectsRequest) -> EffectsRun:
    """Return what ``run_effects`` writes, without writing it."""
    prepared = prepare(request)
    effects = prepared.effects
    units = aggregate(effects, request.rho) if effects.n_studies < effects.k else effects
    problems: list[str] = []
    overall = None
    if units.k < 2:
        problems.append("One sample: there is nothing to pool.")
    else:
        overall = pool(units, request.settings)
    has_several = effects.n_studies < effects.k and effects.n_studies > 1
    moderators = tuple(_moderator(effects, units, name, request) for name in request.by)
    together, trouble = _together(units, request)
    return EffectsRun(
        request=request,
        prepared=prepared,
        units=units,
        overall=overall,
        predictions=tuple(predict_mean(overall, rule) for rule in RULES) if overall else (),
        interval=_interval(units, request),
        posteriors=tuple(bayes.posterior(units, scale) for scale in bayes.DEFAULT_SCALES),
        dependent=_dependent(effects, intercept_only(effects.k), request) if has_several else None,
        audit=audit(effects, request.by, request.lab) if request.by else None,
        moderators=moderators,
        together=together,
        problems=(*problems, *trouble),
    )


def _interval(units: Effects, request: EffectsRequest) -> HeterogeneityInterval | None:
    if units.k < 2 or request.settings.method == "FE":
        return None
    ones = np.ones((units.k, 1))
    return q_profile(units.estimates, units.variances, ones, request.settings.level)


def _together(units: Effects, request: EffectsRequest) -> tuple[Regression | None, list[str]]:
    """Return the model with all moderators, or why there is none."""
    if len(request.by) < 2:
        return None, []
    try:
        design = build_design(units, [Moderator(name) for name in request.by])
        return fit(units, design, request.settings), []
    except InputError as error:
        return None, [f"All moderators together: {error}."]


def _dependent(effects: Effects, design: Design, request: EffectsRequest) -> DependentResult:
    taken = effects.taken(design.rows)
    method = request.settings.method if request.settings.method in {"REML", "ML"} else "REML"
    settings = replace(request.settings, method=method, test="wald", tau2=None)
    model = three_level(effects, design, settings, request.rho)
    honest = robust(taken.estimates, design, model.marginal, taken.studies, settings.level)
    joint = tuple((name, honest.joint_test(positions)) for name, positions in design.terms)
    return DependentResult(model, honest, joint)


def _moderator(
    effects: Effects, units: Effects, name: str, request: EffectsRequest
) -> ModeratorResult:
    is_factor = not is_continuous(effects.column(name))
    found = ModeratorResult(name, is_factor)
    problems: list[str] = []
    if effects.n_studies < effects.k:
        try:
            design = build_design(effects, [Moderator(name)])
            studies = effects.taken(design.rows).studies
            dependent = _dependent(effects, split_by_study(design, studies), request)
            found = replace(found, dependent=dependent)
        except InputError as error:
            problems.append(f"All effects: {error}.")
    try:
        found = _between_samples(units, found, request)
    except InputError as error:
        problems.append(f"One effect a sample: {error}.")
    return replace(found, problems=(*found.problems, *problems))


def _between_samples(
    units: Effects, found: ModeratorResult, request: EffectsRequest
) -> ModeratorResult:
    moderator = Moderator(found.name)
    settings = request.settings
    if found.is_factor:
        separate = subgroups_separate(units, found.name, settings)
        posteriors = _posteriors(units, found.name)
        found = replace(
            found,
            separate=separate,
            posteriors=posteriors,
            differences=tuple(_differences(posteriors)),
        )
    regression = fit(units, build_design(units, [moderator]), settings)
    found = replace(found, regression=regression)
    if found.is_factor:
        found = replace(found, common=subgroups_common(units, found.name, settings))
    if request.permutes:
        found = replace(
            found, permutation=permutation_test(units, [moderator], settings, request.plan)
        )
    return found


def _posteriors(units: Effects, factor: str) -> tuple[tuple[str, tuple[bayes.Posterior, ...]], ...]:
    column = units.column(factor)
    found = []
    for level in units.levels(factor):
        rows = [r for r, v in enumerate(column) if v is not None and level_name(v) == level]
        if len(rows) > 1:
            members = units.taken(rows)
            found.append(
                (level, tuple(bayes.posterior(members, scale) for scale in bayes.DEFAULT_SCALES))
            )
    return tuple(found)


def _differences(
    posteriors: Sequence[tuple[str, tuple[bayes.Posterior, ...]]],
) -> list[tuple[str, str, tuple[bayes.Difference, ...]]]:
    return [
        (a, b, tuple(bayes.difference(x, y) for x, y in zip(first, second, strict=True)))
        for (a, first), (b, second) in combinations(posteriors, 2)
    ]
