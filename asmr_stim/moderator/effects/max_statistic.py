"""Permutation tests of many moderators on many outcomes at once, adjusted for their number.

The statistic is the smallest parametric p over all tests, so that factors with different numbers of
levels count alike. Whole studies exchange all their moderator values, in every outcome at once.

Offers: ``max_statistic_test``, ``MaxTest``.

References
----------
Westfall PH, Young SS (1993). Resampling-Based Multiple Testing (single step).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2
from scipy.stats import f as f_distribution

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.allocations import Allocations, Codes, Plan, allocations
from asmr_stim.moderator.effects.design import Moderator, build_design
from asmr_stim.moderator.effects.estimates import Effects, Matrix, Value, Vector
from asmr_stim.moderator.effects.many_fits import many_fits, many_omnibus
from asmr_stim.moderator.effects.regression import Settings

LEAST_EFFECTS = 3  # one more than the coefficients of the smallest model

Outcomes = Sequence[tuple[str, Effects]]


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


def max_statistic_test(
    outcomes: Outcomes,
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
    The adjusted p is the share of allocations in which the smallest p of all tests is at or below
    the observed p (single-step max-statistic). An allocation that leaves a level without effects in
    an outcome shows nothing there: its p is 1.

    Raises
    ------
    InputError
        If no outcome has more effects than coefficients and values that differ.
    """
    settings, plan = settings or Settings(), plan or Plan()
    untested = [_too_few(name, each.k) for name, each in outcomes if each.k < LEAST_EFFECTS]
    outcomes = [(name, each) for name, each in outcomes if each.k >= LEAST_EFFECTS]
    _refuse_none(outcomes, untested)
    exchange = _exchange(outcomes, moderators, plan)
    found: list[_Test] = []
    for name, effects in outcomes:
        of_effect = np.array([exchange.studies.index(study) for study in effects.studies])
        for moderator, tokens in exchange.tokens:
            why = _why_untested(name, moderator, tokens[exchange.hands][of_effect])
            if why is not None:
                untested.append(why)
                continue
            drawn, observed = (
                _p_values(effects, tokens, orders, of_effect, settings)
                for orders in (exchange.tried.orders, exchange.hands[None])
            )
            found.append(_Test(name, moderator, float(observed[0]), drawn))
    _refuse_none(found, untested)
    return _adjusted(found, exchange.tried, untested)


@dataclass(frozen=True)
class _Exchange:
    """How studies exchange their moderator values.

    Attributes
    ----------
    studies : list of str
        Of all outcomes.
    hands : int array, shape (n_studies,)
        Each study's token: all its moderator values.
    tokens : list of (str, array)
        Each moderator with its design rows by token.
    tried : Allocations
        Of the tokens.
    """

    studies: list[str]
    hands: Codes
    tokens: list[tuple[str, Matrix]]
    tried: Allocations


class _Test(NamedTuple):
    """The parametric p of a moderator on an outcome, as observed and in each allocation."""

    outcome: str
    moderator: str
    p: float
    in_allocations: Vector


def _refuse_none(left: Sequence[object], untested: Sequence[str]) -> None:
    if not left:
        raise InputError("nothing can be tested: " + "; ".join(untested))


def _adjusted(found: Sequence[_Test], tried: Allocations, untested: Sequence[str]) -> MaxTest:
    """Return the tests with the p of each alone and among all; a small p is extreme."""
    least = np.min([test.in_allocations for test in found], axis=0)
    rows = tuple(
        (
            test.outcome,
            test.moderator,
            test.p,
            tried.p_value(-test.in_allocations, -test.p),
            tried.p_value(-least, -test.p),
        )
        for test in found
    )
    floor = float(least.min()) if tried.is_exact else -np.inf
    return MaxTest(
        rows, tried.p_value(-least, -floor), tried.total, len(tried.orders), tried.is_exact,
        tried.seed, tuple(untested),
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


def _exchange(outcomes: Outcomes, moderators: Sequence[Moderator], plan: Plan) -> _Exchange:
    studies = list(dict.fromkeys(s for _, effects in outcomes for s in effects.studies))
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
    hands = hands.ravel()
    tokens = [
        (moderator.name, design.matrix[first])
        for moderator, design in zip(moderators, designs, strict=True)
    ]
    return _Exchange(studies, hands, tokens, allocations(hands.tolist(), plan))


def _study_values(outcomes: Outcomes, name: str, studies: Sequence[str]) -> tuple[Value, ...]:
    values: dict[str, Value] = {}
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
    statistic = many_omnibus(beta, covariance, positions)
    m, residual = len(positions), effects.k - tokens.shape[1]
    is_normal = settings.test == "wald"
    tail = chi2.sf(statistic * m, m) if is_normal else f_distribution.sf(statistic, m, residual)
    p[is_full] = tail
    return p
