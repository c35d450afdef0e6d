"""Single analyses of a table of effects: audit, joint permutation tests, posteriors, power.

Offers: ``audit_of``, ``max_test_of``, ``posteriors_of``, ``power_of``.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.audit import Audit, audit
from asmr_stim.moderator.effects.bayes import Posterior, difference, posterior
from asmr_stim.moderator.effects.design import Moderator
from asmr_stim.moderator.effects.estimates import Effects, level_name
from asmr_stim.moderator.effects.max_statistic import MaxTest, max_statistic_test
from asmr_stim.moderator.effects.power import power_of_mean, power_of_subgroups
from asmr_stim.moderator.effects.regression import pool
from asmr_stim.workflows.effects_data import EffectsRequest, prepare


def audit_of(request: EffectsRequest) -> Audit:
    """Return the audit of the request's moderators."""
    return audit(prepare(request).effects, request.by, request.lab)


def max_test_of(request: EffectsRequest, outcome: str | None) -> MaxTest:
    """Return the permutation tests of all moderators on all outcomes, adjusted jointly.

    Parameters
    ----------
    request : EffectsRequest
    outcome : str or None
        Column whose values are analysed apart; None for one analysis.
    """
    effects = prepare(request).effects
    groups = [("all", effects)] if outcome is None else list(_apart(effects, outcome))
    units = [(name, _units(members, request.rho)) for name, members in groups]
    moderators = [Moderator(name) for name in request.by]
    return max_statistic_test(units, moderators, request.settings, request.plan)


def _units(effects: Effects, rho: float) -> Effects:
    return aggregate(effects, rho) if effects.n_studies < effects.k else effects


def _apart(effects: Effects, column: str) -> Iterator[tuple[str, Effects]]:
    values = effects.column(column)
    for level in effects.levels(column):
        rows = [r for r, v in enumerate(values) if v is not None and level_name(v) == level]
        yield level, effects.taken(rows)


def posteriors_of(request: EffectsRequest, scales: Sequence[float]) -> Iterator[str]:
    """Yield lines with the posteriors of the mean, of subgroups and of their differences."""
    units = _units(prepare(request).effects, request.rho)
    for scale in scales:
        yield _line("all", units, posterior(units, scale))
    for factor in request.by:
        yield from _by_factor(units, factor, scales)


def _by_factor(units: Effects, factor: str, scales: Sequence[float]) -> Iterator[str]:
    groups = dict(_apart(units, factor))
    if len(groups) > 10:
        raise InputError(
            f"'{factor}' has {len(groups)} different values; posteriors are of groups, so take a "
            "factor"
        )
    found: dict[tuple[str, float], Posterior] = {}
    for name, members in groups.items():
        if members.k == 1:
            yield f"{factor} {name}: one sample, not pooled"
            continue
        for scale in scales:
            found[name, scale] = posterior(members, scale)
            yield _line(f"{factor} {name}", members, found[name, scale])
    pooled = [name for name, members in groups.items() if members.k > 1]
    for first, second in combinations(pooled, 2):
        for scale in scales:
            apart = difference(found[first, scale], found[second, scale])
            s = apart.summary
            yield (
                f"{first} less {second}, half-normal({scale:g}): {s.median:.3f} "
                f"[{s.low:.3f}, {s.high:.3f}], above zero with probability "
                f"{apart.probability_positive:.3f}"
            )


def _line(name: str, members: Effects, found: Posterior) -> str:
    return (
        f"{name} (k = {members.k}), half-normal({found.scale:g}): mean {found.mu.median:.3f} "
        f"[{found.mu.low:.3f}, {found.mu.high:.3f}], above zero with probability "
        f"{found.probability_positive:.3f}; tau {found.tau.median:.3f} "
        f"[{found.tau.low:.3f}, {found.tau.high:.3f}]; a new study {found.predictive.median:.3f} "
        f"[{found.predictive.low:.3f}, {found.predictive.high:.3f}]"
    )


def power_of(request: EffectsRequest, effect: float, tau2: float | None) -> Iterator[str]:
    """Yield lines: what these studies could find, at this heterogeneity.

    Parameters
    ----------
    request : EffectsRequest
    effect : float
        A true mean, and a true difference between two levels.
    tau2 : float or None
        Variance of true effects; the estimate of these effects if None.
    """
    units = _units(prepare(request).effects, request.rho)
    if tau2 is None:
        if units.k < 2:
            raise InputError(
                f"{request.data}: one sample tells nothing of how true effects differ; give tau2"
            )
        tau2 = pool(units, request.settings).tau2
        yield f"tau2 = {tau2:.3f}, estimated from these {units.k} samples"
    found = power_of_mean(effect, units.variances, tau2)
    yield f"Power to find a mean of {effect:g} with {units.k} samples: {found:.2f}"
    for factor in request.by:
        groups = list(_apart(units, factor))
        for (first, a), (second, b) in combinations(groups, 2):
            power = power_of_subgroups([0.0, effect], [a.variances, b.variances], tau2)
            yield (
                f"Power to find a difference of {effect:g} between {first} and {second} "
                f"({a.k} and {b.k} samples, Q_between): {power:.2f}"
            )
