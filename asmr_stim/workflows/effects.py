"""A meta-analysis of a table of effects.

Several effects of one sample are aggregated for the main analysis (one effect for each sample, an
assumed correlation between their errors); beside it stands the correlated-and-hierarchical model
of all effects with robust tests.

Offers: ``analyse``, ``EffectsRun``, ``ModeratorResult``, ``DependentResult``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects import bayes
from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.audit import Audit, audit
from asmr_stim.moderator.effects.correlated_effects import correlated_effects, hierarchical_effects
from asmr_stim.moderator.effects.design import (
    Design,
    Moderator,
    build_design,
    intercept_only,
    split_by_study,
)
from asmr_stim.moderator.effects.estimates import Effects, is_continuous, level_name
from asmr_stim.moderator.effects.heterogeneity import HeterogeneityInterval, q_profile
from asmr_stim.moderator.effects.multilevel import Multilevel, three_level
from asmr_stim.moderator.effects.permutation import PermutationTest, permutation_test
from asmr_stim.moderator.effects.prediction import Prediction, PredictionDf, predict_mean
from asmr_stim.moderator.effects.profile_interval import ComponentInterval, component_intervals
from asmr_stim.moderator.effects.regression import Regression, fit, pool
from asmr_stim.moderator.effects.robust import HonestTest, Robust, robust
from asmr_stim.moderator.effects.subgroups import Subgroups, subgroups_common, subgroups_separate
from asmr_stim.workflows.effects_data import EffectsRequest, Prepared, prepare

MOST_PROFILED = 60  # effects; the limits take time with the cube of their number
RULES: tuple[PredictionDf, ...] = ("model", "residual", "residual_minus_one")


@dataclass(frozen=True)
class DependentResult:
    """The correlated-and-hierarchical model of all effects, with robust tests.

    ``intervals`` are profile-likelihood limits of its components (without moderators, up to
    ``MOST_PROFILED`` effects); ``weighted`` the same means under the weights of Hedges, Tipton and
    Johnson, by name.
    """

    model: Multilevel
    honest: Robust
    joint: tuple[tuple[str, HonestTest], ...]
    intervals: tuple[ComponentInterval, ...] = ()
    weighted: tuple[tuple[str, Robust], ...] = ()


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
    generalised: Regression | None
    problems: tuple[str, ...]


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
    dependent = None
    if effects.n_studies < effects.k:
        try:
            dependent = _with_others(
                effects, _dependent(effects, intercept_only(effects.k), request), request
            )
        except InputError as error:
            problems.append(f"All effects: {error}.")
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
        dependent=dependent,
        audit=audit(effects, request.by, request.lab) if request.by else None,
        moderators=moderators,
        together=together,
        generalised=_generalised(units, request),
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
        names = (*request.by, *request.interactions)
        design = build_design(units, [Moderator(name) for name in names])
        return fit(units, design, request.settings), []
    except InputError as error:
        return None, [f"All moderators together: {error}."]


def _generalised(units: Effects, request: EffectsRequest) -> Regression | None:
    """Return the pooled mean with the weights of a column, in its Q and as weights."""
    if request.q_weights is None or units.k < 2:
        return None
    weights = [w for w in units.column(request.q_weights) if isinstance(w, (int, float))]
    if len(weights) < units.k:
        raise InputError(
            f"{request.data}: column '{request.q_weights}' has no number for every sample; weights "
            "of a generalised Q need one that all effects of a sample share"
        )
    settings = replace(request.settings, method="GENQ", weights=tuple(weights))
    return pool(units, settings)


def _with_others(
    effects: Effects, found: DependentResult, request: EffectsRequest
) -> DependentResult:
    """Add limits of the components, and the means under weights of robust variance estimation."""
    level, design = request.settings.level, found.model.design
    weighted = (
        ("correlated effects", correlated_effects(effects, design, request.rho, level).honest),
        ("hierarchical effects", hierarchical_effects(effects, design, level).honest),
    )
    if effects.k > MOST_PROFILED:
        return replace(found, weighted=weighted)
    intervals = component_intervals(effects, design, found.model.settings, request.rho)
    return replace(found, weighted=weighted, intervals=intervals)


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
