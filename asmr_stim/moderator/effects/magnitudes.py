"""Magnitudes that a catalogue holds: which outcomes become effects, which cannot, and what pools.

An outcome's statistics are converted by the rules of ``conversion``; an outcome that lacks what a
route needs is listed with what is missing, not guessed at. Effects are pooled only within one
measure, band, contrast type and metric, one effect for each independent sample.

Offers: ``magnitudes``, ``Magnitudes``, ``Magnitude``, ``PooledMagnitudes``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.conversion import convert
from asmr_stim.moderator.effects.converted import Converted
from asmr_stim.moderator.effects.direction import independent_samples
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.regression import Regression, pool
from asmr_stim.schema.effects import ReportedEffect
from asmr_stim.schema.knowledge import value_of
from asmr_stim.schema.outcome import Outcome
from asmr_stim.schema.study import Contrast, Study

RHO = 0.6  # assumed correlation of errors of several effects of one sample
TEST_STATISTICS = frozenset({"p", "t", "f", "d", "g", "r"})
RANK_TESTS = ("mann", "wilcoxon", "rank", "kruskal", "friedman")


@dataclass(frozen=True)
class Magnitude:
    """An outcome that gives statistics: the effect they amount to, or why there is none.

    ``band`` is the EEG band or, for other measures, the outcome in the source's words, so that
    different scales and tasks stay apart.
    """

    study: str
    contrast: str
    sample: str | None
    contrast_type: str | None
    measure: str
    band: str | None
    effect: Converted | None
    reason: str | None


@dataclass(frozen=True)
class PooledMagnitudes:
    """Effects of one measure, band, contrast type and metric, and their mean if there is one."""

    measure: str
    band: str | None
    contrast_type: str
    metric: str
    k: int
    n_samples: int
    model: Regression | None
    reason: str | None


@dataclass(frozen=True)
class Magnitudes:
    """Every outcome with statistics, and what could be pooled of them."""

    found: tuple[Magnitude, ...]
    pooled: tuple[PooledMagnitudes, ...]
    n_outcomes: int


def magnitudes(studies: Iterable[Study]) -> Magnitudes:
    """Return the effects of a catalogue and their means, where there is anything to pool."""
    studies = tuple(studies)
    people = independent_samples(studies)
    found: list[Magnitude] = []
    n_outcomes = 0
    for study in studies:
        for contrast in study.contrasts:
            for outcome in contrast.outcomes:
                n_outcomes += 1
                if value_of(outcome.statistics):
                    found += _outcome(study, contrast, outcome, people)
    return Magnitudes(tuple(found), tuple(_pooled(found)), n_outcomes)


def _outcome(
    study: Study, contrast: Contrast, outcome: Outcome, people: dict[str, str]
) -> Iterator[Magnitude]:
    effect, reason = _converted(study, contrast, outcome)
    sample = people.get(str(contrast.sample)) if contrast.sample else None
    for band in value_of(outcome.bands) or (value_of(outcome.words),):
        yield Magnitude(
            study.id, contrast.id, sample, value_of(contrast.type), outcome.measure, band, effect,
            reason,
        )  # fmt: skip


def _converted(
    study: Study, contrast: Contrast, outcome: Outcome
) -> tuple[Converted | None, str | None]:
    design = value_of(contrast.design)
    if design not in {"within", "between"}:
        told = "not known" if design is None else f"'{design}'"
        return None, f"the design is {told}; a standardised effect needs within or between"
    given = [s for s in value_of(outcome.statistics) or () if s.name in TEST_STATISTICS]
    if not given:
        names = ", ".join(sorted({s.name for s in value_of(outcome.statistics) or ()}))
        return None, f"only {names}: no test statistic, standardised effect or p of the contrast"
    if any(word in (s.test or "").lower() for s in given for word in RANK_TESTS):
        return None, "the p is of a test of ranks, which gives no standardised difference"
    people = _people(study, contrast, outcome, design)
    if people is None:
        where = "in each group " if design == "between" else ""
        return None, f"the number of people {where}is not known"
    return _tried(study, outcome, design, people)


def _people(
    study: Study, contrast: Contrast, outcome: Outcome, design: str
) -> dict[str, int] | None:
    sample = next((each for each in study.samples if each.id == contrast.sample), None)
    if design == "within":
        n = value_of(outcome.n) or value_of(contrast.n) or (value_of(sample.n) if sample else None)
        return None if n is None else {"n": n}
    groups = [g for g in sample.groups if g.id in contrast.groups] if sample else []
    sizes = [value_of(group.n) for group in groups]
    if len(sizes) != 2 or sizes[0] is None or sizes[1] is None:
        return None
    return {"n1": sizes[0], "n2": sizes[1]}


def _tried(
    study: Study, outcome: Outcome, design: str, people: dict[str, int]
) -> tuple[Converted | None, str | None]:
    direction = value_of(outcome.direction)
    values: dict[str, Any] = dict(people)
    for each in value_of(outcome.statistics) or ():
        if each.name not in TEST_STATISTICS or each.relation == "about":
            continue
        if each.name != "p" and each.relation != "equal":
            continue
        values[each.name] = each.value
        if each.name == "p":
            values["p_relation"] = each.relation
    if direction in {"increase", "decrease"}:
        values["direction"] = direction
    try:
        return convert(ReportedEffect(study=study.id, design=design, **values)), None  # type: ignore[arg-type]  # checked above
    except ValueError as error:
        return None, str(error).partition(": ")[2] or str(error)


def _pooled(found: list[Magnitude]) -> Iterator[PooledMagnitudes]:
    groups: dict[tuple[str, str | None, str, str], list[Magnitude]] = defaultdict(list)
    for each in found:
        if each.effect is not None and each.contrast_type is not None:
            key = (each.measure, each.band, each.contrast_type, each.effect.metric)
            groups[key].append(each)
    for key, members in groups.items():
        yield _mean(key, members)


def _mean(key: tuple[str, str | None, str, str], members: list[Magnitude]) -> PooledMagnitudes:
    sized = [(m.sample or m.study, m.effect) for m in members if m.effect]
    values = [
        (s, e.estimate, e.variance)
        for s, e in sized
        if e.estimate is not None and e.variance is not None
    ]
    n_samples = len({sample for sample, _, _ in values})
    if n_samples < 2:
        bounds = len(sized) - len(values)
        reason = f"not estimable: {n_samples} sample{'' if n_samples == 1 else 's'} with an effect"
        reason += f" ({bounds} known as bound{'' if bounds == 1 else 's'} only)" if bounds else ""
        return PooledMagnitudes(*key, len(sized), n_samples, None, reason)
    effects = Effects(
        np.array([y for _, y, _ in values]),
        np.array([v for _, _, v in values]),
        tuple(sample for sample, _, _ in values),
    )
    return PooledMagnitudes(*key, len(values), n_samples, pool(aggregate(effects, RHO)), None)
