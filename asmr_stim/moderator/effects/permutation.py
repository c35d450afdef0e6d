"""Permutation tests of moderators: whole studies exchange their moderator values.

All effects of a study move together. Where there are few distinct allocations all of them are
tried and the test is exact; beyond that random ones are drawn, and the observed one counts too
(+1). With few studies even the most extreme allocation is not rare: the smallest p that could have
come out is always part of the result.

Offers: ``permutation_test``, ``max_statistic_test``, ``Plan``, ``PermutationTest``, ``MaxTest``.

References
----------
Higgins JPT, Thompson SG (2004). Stat Med 23:1663. Phipson B, Smyth GK (2010). Stat Appl Genet Mol
Biol 9:39 (the +1). Westfall PH, Young SS (1993). Resampling-Based Multiple Testing (single step).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2
from scipy.stats import f as f_distribution

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.allocations import (
    Codes,
    count_allocations,
    drawn_allocations,
    every_allocation,
)
from asmr_stim.moderator.effects.design import Design, Moderator, build_design
from asmr_stim.moderator.effects.estimates import Effects, Matrix, Vector
from asmr_stim.moderator.effects.many_fits import many_fits
from asmr_stim.moderator.effects.regression import NO_SPREAD, Regression, Settings, fit

TIE = 1e-8  # statistics closer than this (relative) are equal: metafor's comptol
CHUNK = 4096
LEAST_EFFECTS = 3  # one more than the coefficients of the smallest model


@dataclass(frozen=True)
class Plan:
    """How far to go: all allocations up to ``max_exact``, else ``n_draws`` random ones."""

    max_exact: int = 20_000
    n_draws: int = 10_000
    seed: int = 0

    def __post_init__(self) -> None:
        if self.max_exact < 1 or self.n_draws < 1:
            raise InputError("a permutation test needs at least one allocation")


@dataclass(frozen=True)
class PermutationTest:
    """What a permutation test found.

    Attributes
    ----------
    model : Regression
    p_coefficients : tuple of (str, float)
        Two-sided: share of allocations with |statistic| at least the observed one.
    p_omnibus : float
        Of all moderators together.
    smallest_p : float
        The omnibus p if the most extreme allocation had been observed.
    n_allocations : int
        Number of distinct allocations there are.
    n_used : int
        How many were tried; equal to ``n_allocations`` where the test is exact.
    is_exact : bool
    seed : int or None
    """

    model: Regression
    p_coefficients: tuple[tuple[str, float], ...]
    p_omnibus: float
    smallest_p: float
    n_allocations: int
    n_used: int
    is_exact: bool
    seed: int | None

    def can_reach(self, alpha: float) -> bool:
        """Return whether any allocation would have had p at or below ``alpha``."""
        return self.smallest_p <= alpha


@dataclass(frozen=True)
class MaxTest:
    """Tests of many moderators and outcomes at once, adjusted for their number.

    ``rows`` hold outcome, moderator, the parametric p, the permutation p of that test alone, and
    the adjusted p; ``untested`` says in a sentence each what could not be tested.
    """

    rows: tuple[tuple[str, str, float, float, float], ...]
    smallest_p: float
    n_allocations: int
    n_used: int
    is_exact: bool
    seed: int | None
    untested: tuple[str, ...] = ()


def permutation_test(
    effects: Effects,
    moderators: Sequence[Moderator],
    settings: Settings | None = None,
    plan: Plan | None = None,
) -> PermutationTest:
    """Return the permutation test of one or more moderators.

    Parameters
    ----------
    effects : Effects
    moderators : sequence of Moderator, at least one
        Each the same in all effects of a study.
    settings : Settings, optional
        The statistic: |coefficient / standard error| under these settings.
    plan : Plan, optional

    Raises
    ------
    InputError
        If a moderator differs within a study: then studies cannot exchange it.
    """
    settings, plan = settings or Settings(), plan or Plan()
    design = build_design(effects, moderators)
    model = fit(effects, design, settings)
    if np.isnan(model.omnibus.statistic):
        raise InputError(
            "the effects lie exactly on the model, so the statistic has no standard error; "
            "take the test knapp_hartung_adhoc or wald"
        )
    taken = effects.taken(design.rows)
    hands, tokens, of_effect = _by_study(taken, design)
    orders, total = _orders(hands, plan)
    statistics = np.concatenate(
        [
            _statistics(taken, tokens[chunk][:, of_effect], design, settings)
            for chunk in np.array_split(orders, max(1, len(orders) // CHUNK))
        ]
    )
    observed = _statistics(taken, design.matrix[None], design, settings)[0]
    is_exact = total <= plan.max_exact
    p = [_share(statistics[:, c], observed[c], is_exact=is_exact) for c in range(observed.size)]
    largest = statistics[:, -1].max() if is_exact else np.inf
    return PermutationTest(
        model=model,
        p_coefficients=tuple(zip(design.names, p[:-1], strict=True)),
        p_omnibus=p[-1],
        smallest_p=_share(statistics[:, -1], largest, is_exact=is_exact),
        n_allocations=total,
        n_used=len(orders),
        is_exact=is_exact,
        seed=None if is_exact else plan.seed,
    )


def _by_study(effects: Effects, design: Design) -> tuple[list[int], Matrix, NDArray[np.intp]]:
    """Return each study's token, the design rows of the tokens, and each effect's study."""
    studies = list(dict.fromkeys(effects.studies))
    of_effect = np.array([studies.index(name) for name in effects.studies])
    rows = np.empty((len(studies), design.matrix.shape[1]))
    for position, name in enumerate(studies):
        own = design.matrix[of_effect == position]
        if np.any(own != own[0]):
            column = int(np.flatnonzero(np.any(own != own[0], axis=0))[0])
            raise InputError(
                f"'{design.names[column]}' differs between the effects of '{name}': studies cannot "
                "exchange it; compare within studies (three-level model) instead"
            )
        rows[position] = own[0]
    tokens, hands = np.unique(rows, axis=0, return_inverse=True)
    return hands.ravel().tolist(), tokens, of_effect


def _orders(hands: Sequence[int], plan: Plan) -> tuple[Codes, int]:
    total = count_allocations(hands)
    if total <= plan.max_exact:
        return every_allocation(hands), total
    return drawn_allocations(hands, plan.n_draws, plan.seed), total


def _statistics(effects: Effects, designs: Matrix, design: Design, settings: Settings) -> Matrix:
    """Return |t| of each coefficient and, last, the omnibus statistic; shape (B, p + 1)."""
    beta, covariance = many_fits(
        effects.estimates, effects.variances, designs, settings.method, settings.test
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        alone = np.abs(beta) / np.sqrt(np.einsum("bpp->bp", covariance))
    together = _wald(beta, covariance, list(design.tested))
    return np.column_stack([alone, together])


def _wald(beta: Matrix, covariance: Matrix, positions: list[int]) -> Vector:
    if len(positions) == 1:
        place = positions[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(beta[:, place] ** 2 / covariance[:, place, place])
    chosen = beta[:, positions]
    block = covariance[np.ix_(range(len(beta)), positions, positions)]
    is_exact_fit = np.einsum("bpp->b", block) < NO_SPREAD
    block[is_exact_fit] = np.eye(len(positions))
    solved = np.linalg.solve(block, chosen[:, :, None])[:, :, 0]
    statistic = np.sum(chosen * solved, axis=1) / len(positions)
    return np.where(is_exact_fit, np.inf, statistic)


def _share(statistics: Vector, observed: float, *, is_exact: bool) -> float:
    edge = observed * (1.0 - TIE) if observed > 1 else observed - TIE
    count = int(np.sum(statistics >= edge))
    if is_exact:
        return count / statistics.size
    return (count + 1) / (statistics.size + 1)


def max_statistic_test(
    outcomes: Sequence[tuple[str, Effects]],
    moderators: Sequence[Moderator],
    settings: Settings | None = None,
    plan: Plan | None = None,
) -> MaxTest:
    """Return the tests of every moderator on every outcome, adjusted for looking at all of them.

    Parameters
    ----------
    outcomes : sequence of (str, Effects)
        Such as EEG bands; each effect with all moderators. Studies of one name are one study in
        every outcome and exchange all their moderator values at once.
    moderators : sequence of Moderator
        Each tested alone.
    settings : Settings, optional
    plan : Plan, optional

    Notes
    -----
    The statistic is the smallest parametric p over all tests, so that factors with different
    numbers of levels count alike; the adjusted p is the share of allocations in which it is at or
    below the observed p (single-step max-statistic). An allocation that leaves a level without
    effects in an outcome shows nothing there: its p is 1.

    Raises
    ------
    InputError
        If no outcome has more effects than coefficients and values that differ.
    """
    settings, plan = settings or Settings(), plan or Plan()
    untested = [_too_few(name, each.k) for name, each in outcomes if each.k < LEAST_EFFECTS]
    outcomes = [(name, each) for name, each in outcomes if each.k >= LEAST_EFFECTS]
    if not outcomes:
        raise InputError("nothing can be tested: " + "; ".join(untested))
    studies = list(dict.fromkeys(s for _, effects in outcomes for s in effects.studies))
    hands, columns = _joint_hands(outcomes, moderators, studies)
    orders, total = _orders(hands, plan)
    is_exact = total <= plan.max_exact
    identity = np.array([hands], dtype=np.intp)
    found: list[tuple[str, str, Vector, float]] = []
    for name, effects in outcomes:
        of_effect = np.array([studies.index(study) for study in effects.studies])
        for moderator, tokens in zip(moderators, columns, strict=True):
            why = _why_untested(name, moderator.name, tokens[hands][of_effect])
            if why is not None:
                untested.append(why)
                continue
            spread = [
                _p_values(effects, tokens, each, of_effect, settings) for each in (orders, identity)
            ]
            found.append((name, moderator.name, spread[0], float(spread[1][0])))
    if not found:
        raise InputError("nothing can be tested: " + "; ".join(untested))
    least = np.min([spread for _, _, spread, _ in found], axis=0)
    rows = tuple(
        (
            name,
            moderator,
            p,
            _share(-spread, -p, is_exact=is_exact),
            _share(-least, -p, is_exact=is_exact),
        )
        for name, moderator, spread, p in found
    )
    floor = float(least.min()) if is_exact else -np.inf
    return MaxTest(
        rows, _share(-least, -floor, is_exact=is_exact), total, len(orders), is_exact,
        None if is_exact else plan.seed, tuple(untested),
    )  # fmt: skip


def _too_few(name: str, k: int) -> str:
    return f"{name}: {k} effect{'' if k == 1 else 's'}, not testable"


def _why_untested(name: str, moderator: str, observed: Matrix) -> str | None:
    """Return why an outcome tells nothing of a moderator; None if it does."""
    k, p = observed.shape
    if k <= p:
        return f"{_too_few(name, k)} ('{moderator}' needs at least {p + 1})"
    if np.linalg.matrix_rank(observed) < p:
        return f"{name}: '{moderator}' does not take all its values here, not testable"
    return None


def _joint_hands(
    outcomes: Sequence[tuple[str, Effects]],
    moderators: Sequence[Moderator],
    studies: Sequence[str],
) -> tuple[list[int], list[Matrix]]:
    """Return each study's token (all its moderator values) and each moderator's rows by token."""
    merged = Effects(
        np.zeros(len(studies)),
        np.ones(len(studies)),
        tuple(studies),
        columns={m.name: _study_values(outcomes, m.name, studies) for m in moderators},
    )
    designs = [build_design(merged, [moderator]) for moderator in moderators]
    for design, moderator in zip(designs, moderators, strict=True):
        if len(design.rows) < len(studies):
            raise InputError(
                f"the moderator '{moderator.name}' is unknown in a study; a joint permutation "
                "needs every moderator in every study"
            )
    joint = np.hstack([design.matrix for design in designs])
    _, first, hands = np.unique(joint, axis=0, return_index=True, return_inverse=True)
    return hands.ravel().tolist(), [design.matrix[first] for design in designs]


def _study_values(
    outcomes: Sequence[tuple[str, Effects]], name: str, studies: Sequence[str]
) -> tuple[str | float | None, ...]:
    values: dict[str, str | float | None] = {}
    for _, effects in outcomes:
        for study, value in zip(effects.studies, effects.column(name), strict=True):
            if values.setdefault(study, value) != value:
                raise InputError(
                    f"'{name}' differs between the effects of '{study}': studies cannot exchange it"
                )
    return tuple(values[study] for study in studies)


def _p_values(
    effects: Effects,
    tokens: Matrix,
    orders: Codes,
    of_effect: NDArray[np.intp],
    settings: Settings,
) -> Vector:
    """Return the parametric p of the moderator in each allocation, shape (B,)."""
    positions = list(range(1, tokens.shape[1]))
    designs = tokens[orders][:, of_effect]
    is_full = np.linalg.matrix_rank(designs) == tokens.shape[1]
    p = np.ones(len(designs))
    if not is_full.any():
        return p
    beta, covariance = many_fits(
        effects.estimates, effects.variances, designs[is_full], settings.method, settings.test
    )
    statistic = _wald(beta, covariance, positions)
    m, residual = len(positions), effects.k - tokens.shape[1]
    is_normal = settings.test == "wald"
    tail = chi2.sf(statistic * m, m) if is_normal else f_distribution.sf(statistic, m, residual)
    p[is_full] = tail
    return p
