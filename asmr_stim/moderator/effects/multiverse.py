"""Every defensible analysis of the same effects, and how much the conclusion depends on the choice.

A specification is one way of choosing the dependence model, rho, the estimator of tau2 and the
test; which effects enter (and from which assumed correlation they were computed) is handed in.

Offers: ``Choice``, ``every_choice``, ``specified``, ``Specification``, ``summarised``,
``MultiverseSummary``, ``smallest_recoding``, ``Recoding``.

References
----------
Steegen S et al. (2016). Perspect Psychol Sci 11:702. Simonsohn U, Simmons JP, Nelson LD (2020). Nat
Hum Behav 4:1208.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal

import numpy as np
from scipy.stats import norm
from scipy.stats import t as t_distribution

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.design import Design, Moderator, build_design, intercept_only
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.heterogeneity import TauMethod
from asmr_stim.moderator.effects.many_fits import many_fits
from asmr_stim.moderator.effects.multilevel import three_level
from asmr_stim.moderator.effects.regression import Coefficient, Settings, TestName, fit
from asmr_stim.moderator.effects.robust import robust

DependenceModel = Literal["aggregated", "three levels"]
MOST_RECODED = 3
MOST_TRIED = 50_000


@dataclass(frozen=True)
class Choice:
    """How effects are analysed; three levels are always fitted by REML and tested with CR2."""

    dependence: DependenceModel = "aggregated"
    rho: float = 0.6
    method: TauMethod = "REML"
    test: TestName = "knapp_hartung"

    def told(self) -> tuple[tuple[str, str], ...]:
        """Return the choices as words."""
        is_aggregated = self.dependence == "aggregated"
        return (
            ("dependence", self.dependence),
            ("rho", f"{self.rho:g}"),
            ("estimator", self.method if is_aggregated else "REML"),
            ("test", self.test.replace("_", " ") if is_aggregated else "CR2"),
        )


@dataclass(frozen=True)
class Specification:
    """One analysis: its choices in words and the number of interest, or why there is none."""

    choices: tuple[tuple[str, str], ...]
    k: int
    result: Coefficient | None
    problem: str | None = None


@dataclass(frozen=True)
class MultiverseSummary:
    """What the specifications agree on.

    ``share_same_sign`` is that of the more frequent sign, ``share_excluding_zero`` that of
    intervals without zero, both among the ``n`` that could be computed; ``n_failed`` could not.
    """

    n: int
    n_failed: int
    median: float
    lowest: float
    highest: float
    share_same_sign: float
    share_excluding_zero: float


def every_choice(
    rhos: Sequence[float] = (0.3, 0.6, 0.9),
    methods: Sequence[TauMethod] = ("REML", "DL", "PM"),
    tests: Sequence[TestName] = ("knapp_hartung", "knapp_hartung_adhoc"),
    *,
    has_several: bool = True,
) -> tuple[Choice, ...]:
    """Return all combinations.

    Parameters
    ----------
    rhos, methods, tests : sequences
    has_several : bool
        Whether any study has several effects; without, rho and three levels make no difference and
        are not varied.
    """
    if not has_several:
        return tuple(Choice("aggregated", rhos[0], m, t) for m, t in product(methods, tests))
    aggregated = [Choice("aggregated", r, m, t) for r, m, t in product(rhos, methods, tests)]
    return (*aggregated, *(Choice("three levels", r) for r in rhos))


def specified(
    effects: Effects,
    choice: Choice,
    moderator: Moderator | None = None,
    also: Sequence[tuple[str, str]] = (),
) -> Specification:
    """Return one specification: the mean, or the first coefficient of a moderator.

    Parameters
    ----------
    effects : Effects
    choice : Choice
    moderator : Moderator, optional
        Of at most two levels, or continuous.
    also : sequence of (str, str)
        Choices that were made before, such as the assumed correlation.
    """
    words = (*also, *choice.told())
    try:
        if choice.dependence == "aggregated":
            units = aggregate(effects, choice.rho) if effects.n_studies < effects.k else effects
            model = fit(units, _design(units, moderator), Settings(choice.method, choice.test))
            result, k = _of_interest(model.coefficients, moderator), model.k
        else:
            design = _design(effects, moderator)
            fitted = three_level(effects, design, Settings("REML", "wald"), choice.rho)
            studies = effects.taken(design.rows).studies
            honest = robust(fitted.estimates, design, fitted.marginal, studies)
            result, k = _of_interest(honest.coefficients, moderator), fitted.k
    except InputError as error:
        return Specification(words, effects.k, None, str(error))
    if not np.isfinite(result.ci_low):
        return Specification(words, k, None, "no standard error")
    return Specification(words, k, result)


def _design(effects: Effects, moderator: Moderator | None) -> Design:
    if moderator is None:
        return intercept_only(effects.k)
    design = build_design(effects, [moderator])
    if len(design.names) > 2:
        raise InputError(
            f"'{moderator.name}' has more than two levels, so no one number tells its effect"
        )
    return design


def _of_interest(coefficients: Sequence[Coefficient], moderator: Moderator | None) -> Coefficient:
    return coefficients[0 if moderator is None else 1]


def summarised(specifications: Sequence[Specification]) -> MultiverseSummary:
    """Return what the specifications agree on.

    Raises
    ------
    InputError
        If none could be computed; the message is the first one's.
    """
    found = [each.result for each in specifications if each.result is not None]
    if not found:
        why = next((each.problem for each in specifications if each.problem), "there is none")
        raise InputError(f"no specification could be computed: {why}")
    estimates = np.array([each.estimate for each in found])
    positive = float(np.mean(estimates > 0))
    excluding = [each.ci_low > 0 or each.ci_high < 0 for each in found]
    return MultiverseSummary(
        n=len(found),
        n_failed=len(specifications) - len(found),
        median=float(np.median(estimates)),
        lowest=float(estimates.min()),
        highest=float(estimates.max()),
        share_same_sign=max(positive, 1.0 - positive),
        share_excluding_zero=float(np.mean(excluding)),
    )


@dataclass(frozen=True)
class Recoding:
    """The fewest studies whose change of level turns a conclusion over.

    ``studies`` is None where no change of up to ``most`` studies does. ``p_before`` and
    ``p_after`` are those of the difference of the two levels.
    """

    studies: tuple[str, ...] | None
    most: int
    p_before: float
    p_after: float | None


def smallest_recoding(
    effects: Effects,
    factor: str,
    settings: Settings | None = None,
    alpha: float = 0.05,
    most: int = MOST_RECODED,
) -> Recoding:
    """Return the fewest studies that would have to change their level to turn p over ``alpha``.

    Parameters
    ----------
    effects : Effects
        One for each study.
    factor : str
        With two levels.
    settings : Settings, optional
    alpha : float
    most : int
        Number of studies up to which changes are tried.
    """
    settings = settings or Settings()
    design = _design(effects, Moderator(factor))
    taken = effects.taken(design.rows)
    before = fit(effects, design, settings).coefficients[1].p
    for size in range(1, min(most, taken.k) + 1):
        changes = list(combinations(range(taken.k), size))[:MOST_TRIED]
        p = _p_after(taken, design, changes, settings)
        turned = np.flatnonzero((p <= alpha) != (before <= alpha))
        turned = turned[np.isfinite(p[turned])]
        if turned.size:
            best = turned[np.argmin(p[turned]) if before > alpha else np.argmax(p[turned])]
            names = tuple(taken.studies[row] for row in changes[int(best)])
            return Recoding(names, most, before, float(p[best]))
    return Recoding(None, most, before, None)


def _p_after(
    taken: Effects, design: Design, changes: Sequence[tuple[int, ...]], settings: Settings
) -> np.ndarray:
    """Return p of the difference after each change; NaN where a level would be empty."""
    levels = np.tile(np.asarray(design.matrix[:, 1]), (len(changes), 1))
    for position, rows in enumerate(changes):
        levels[position, list(rows)] = 1.0 - levels[position, list(rows)]
    has_both = (levels.sum(axis=1) > 0) & (levels.sum(axis=1) < taken.k)
    p = np.full(len(changes), np.nan)
    if not has_both.any():
        return p
    designs = np.stack([np.ones_like(levels[has_both]), levels[has_both]], axis=2)
    beta, covariance = many_fits(
        taken.estimates, taken.variances, designs, settings.method, settings.test
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.abs(beta[:, 1]) / np.sqrt(covariance[:, 1, 1])
    tail = (
        norm.sf(statistic) if settings.test == "wald" else t_distribution.sf(statistic, taken.k - 2)
    )
    p[has_both] = 2.0 * tail
    return p
