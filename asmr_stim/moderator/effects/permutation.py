"""Permutation tests of moderators: whole studies exchange their moderator values.

All effects of a study move together. Where there are few distinct allocations all of them are
tried and the test is exact; beyond that random ones are drawn, and the observed one counts too
(+1). With few studies even the most extreme allocation is not rare: the smallest p that could have
come out is always part of the result.

Offers: ``permutation_test``, ``PermutationTest``.

References
----------
Higgins JPT, Thompson SG (2004). Stat Med 23:1663. Phipson B, Smyth GK (2010). Stat Appl Genet Mol
Biol 9:39 (the +1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.allocations import Plan, allocations
from asmr_stim.moderator.effects.design import Design, Moderator, build_design
from asmr_stim.moderator.effects.estimates import Effects, Matrix
from asmr_stim.moderator.effects.many_fits import many_fits, many_omnibus
from asmr_stim.moderator.effects.regression import Regression, Settings, fit

CHUNK = 4096  # fits at a time


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
    tried = allocations(hands, plan)
    statistics = np.concatenate(
        [
            _statistics(taken, tokens[chunk][:, of_effect], design, settings)
            for chunk in np.array_split(tried.orders, max(1, len(tried.orders) // CHUNK))
        ]
    )
    observed = _statistics(taken, design.matrix[None], design, settings)[0]
    p = [tried.p_value(statistics[:, c], observed[c]) for c in range(observed.size)]
    largest = statistics[:, -1].max() if tried.is_exact else np.inf
    return PermutationTest(
        model=model,
        p_coefficients=tuple(zip(design.names, p[:-1], strict=True)),
        p_omnibus=p[-1],
        smallest_p=tried.p_value(statistics[:, -1], largest),
        n_allocations=tried.total,
        n_used=len(tried.orders),
        is_exact=tried.is_exact,
        seed=tried.seed,
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


def _statistics(effects: Effects, designs: Matrix, design: Design, settings: Settings) -> Matrix:
    """Return |t| of each coefficient and, last, the omnibus statistic; shape (B, p + 1)."""
    beta, covariance = many_fits(
        effects.estimates, effects.variances, designs, settings.method, settings.test
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        alone = np.abs(beta) / np.sqrt(np.einsum("bpp->bp", covariance))
    together = many_omnibus(beta, covariance, list(design.tested))
    return np.column_stack([alone, together])
