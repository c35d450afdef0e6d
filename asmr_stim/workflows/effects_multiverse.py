"""A multiverse from a table: conversions, inclusions and models, crossed.

Offers: ``multiverse_of``, ``Multiverse``, ``MultiverseRequest``, ``run_multiverse``, ``lines_of``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.effects import is_effect_table
from asmr_stim.io.results import RESULT_FILE, check_result_folder, origin, result_folder
from asmr_stim.io.tables import Column, json_bytes, read_filled_table, write_atomically, write_table
from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.design import Moderator
from asmr_stim.moderator.effects.estimates import Effects, is_continuous
from asmr_stim.moderator.effects.multiverse import (
    MultiverseSummary,
    Recoding,
    Specification,
    every_choice,
    smallest_recoding,
    specified,
    summarised,
)
from asmr_stim.report.figures.sensitivity import specification_figure
from asmr_stim.report.figures.style import save
from asmr_stim.workflows.effects_data import EffectsRequest, Prepared, prepare

FORMATS = ("svg", "png")
COLUMNS = (
    Column("estimate", "Mean, or difference along the moderator"),
    Column("ci_low", "Lower confidence limit"),
    Column("ci_high", "Upper confidence limit"),
    Column("p", "Two-sided"),
    Column("df", "Degrees of freedom"),
    Column("k", "Effects in the model"),
    Column("problem", "Why it could not be computed"),
)


@dataclass(frozen=True)
class MultiverseRequest:
    """What is varied.

    Attributes
    ----------
    base : EffectsRequest
        At most one moderator; its settings are those of the recoding search.
    correlations : tuple of float
        Assumed between occasions, where a table of reported statistics needs one.
    measures : tuple of str
        Of within designs.
    rhos : tuple of float
    choose : tuple of str
        Columns (such as a band definition, or whether ASMR was elicited): each value alone, and
        all together, is a choice.
    """

    base: EffectsRequest
    correlations: tuple[float, ...] = (0.3, 0.5, 0.7, 0.9)
    measures: tuple[str, ...] = ("SMCC", "SMCR")
    rhos: tuple[float, ...] = (0.3, 0.6, 0.9)
    choose: tuple[str, ...] = ()


@dataclass(frozen=True)
class Multiverse:
    """All specifications, what they agree on, and the smallest recoding (of a two-level factor)."""

    request: MultiverseRequest
    specifications: tuple[Specification, ...]
    summary: MultiverseSummary
    recoding: Recoding | None


def multiverse_of(request: MultiverseRequest) -> Multiverse:
    """Return every specification of a request."""
    if len(request.base.by) > 1:
        raise InputError("a multiverse is of one number: name one moderator, or none for the mean")
    if prepare(request.base).effects.n_studies < 2:
        raise InputError(f"{request.base.data}: one sample; there is nothing to pool in any way")
    moderator = Moderator(request.base.by[0]) if request.base.by else None
    specifications: list[Specification] = []
    for words, effects in _data_sets(request):
        choices = every_choice(request.rhos, has_several=effects.n_studies < effects.k)
        specifications += [specified(effects, each, moderator, words) for each in choices]
    summary = summarised(specifications)
    return Multiverse(request, tuple(specifications), summary, _recoding(request))


Words = tuple[tuple[str, str], ...]


def _data_sets(request: MultiverseRequest) -> Iterator[tuple[Words, Effects]]:
    """Yield the effects under each conversion and inclusion."""
    for converted, base in _conversions(request):
        has_digitised = any(row.grade == "digitised" for row in prepare(base).rows)
        for digitised in (True, False) if has_digitised else (True,):
            taken = replace(base, takes_digitised=digitised)
            included = (("digitised", "in" if digitised else "out"),) if has_digitised else ()
            effects = prepare(taken).effects
            for chosen, rows in _chosen(effects, request.choose):
                yield (*converted, *included, *chosen), effects.taken(rows)


def _conversions(request: MultiverseRequest) -> Iterator[tuple[Words, EffectsRequest]]:
    """Yield the ways to turn statistics into effects; one for a table that has effects already."""
    base = request.base
    if is_effect_table(read_filled_table(base.data)):
        yield (), base
        return
    has_within = any(row.moderators.get("design") == "within" for row in _under(request, None).rows)
    for measure in request.measures if has_within else request.measures[:1]:
        needs_r = any(
            row.converted is not None and row.converted.correlation_source == "assumed"
            for row in _under(request, measure).rows
        )
        for r in request.correlations if needs_r else request.correlations[:1]:
            words = (("measure", measure), ("assumed r", f"{r:g}" if needs_r else "none"))
            yield words if has_within else (), _assuming(request, measure, r)


def _assuming(request: MultiverseRequest, measure: str | None, r: float) -> EffectsRequest:
    """Return the base with within designs as one measure (None: the base's) and an assumed r."""
    base = request.base
    within = base.assumptions.within if measure is None else measure
    assumptions = replace(base.assumptions, within=within, occasion_correlation=r)  # type: ignore[arg-type]  # Assumptions refuses other words
    return replace(base, assumptions=assumptions)


def _under(request: MultiverseRequest, measure: str | None) -> Prepared:
    return prepare(_assuming(request, measure, request.correlations[0]))


def _chosen(effects: Effects, columns: Sequence[str]) -> Iterator[tuple[Words, list[int]]]:
    options = []
    for name in columns:
        if name not in effects.columns:
            raise MissingInputError(f"there is no column '{name}' to choose by")
        options.append([(name, level) for level in (*effects.levels(name), "all")])
    for combination in product(*options):
        rows = [
            row
            for row in range(effects.k)
            if all(level == "all" or str(effects.columns[name][row]) == level
                   for name, level in combination)
        ]  # fmt: skip
        if len(rows) > 1:
            yield tuple(combination), rows


def _recoding(request: MultiverseRequest) -> Recoding | None:
    if not request.base.by:
        return None
    effects = prepare(request.base).effects
    units = aggregate(effects, request.base.rho) if effects.n_studies < effects.k else effects
    try:
        if len(units.levels(request.base.by[0])) != 2:
            return None
        return smallest_recoding(units, request.base.by[0], request.base.settings)
    except InputError:
        return None


def run_multiverse(request: MultiverseRequest, out: Path) -> Multiverse:
    """Compute every specification and write table, curve and ``result.json`` into a folder."""
    check_result_folder(out)
    found = multiverse_of(request)
    with result_folder(out) as folder:
        kinds = _kinds(found)
        columns = [*(Column(kind, "Choice") for kind in kinds), *COLUMNS]
        write_table(folder / "specifications.tsv", columns, _rows(found, kinds))
        figure = _figure(found, kinds)
        for suffix in FORMATS:
            save(figure, folder / f"specifications.{suffix}")
        write_atomically(folder / RESULT_FILE, json_bytes(_summary(found)))
    return found


def _kinds(found: Multiverse) -> list[str]:
    return list(dict.fromkeys(kind for s in found.specifications for kind, _ in s.choices))


def _rows(found: Multiverse, kinds: Sequence[str]) -> Iterator[list[Any]]:
    for each in found.specifications:
        words, result = dict(each.choices), each.result
        numbers = (
            [result.estimate, result.ci_low, result.ci_high, result.p, result.df]
            if result
            else [None] * 5
        )
        yield [*(words.get(kind) for kind in kinds), *numbers, each.k, each.problem]


def _figure(found: Multiverse, kinds: Sequence[str]) -> Any:
    done = [each for each in found.specifications if each.result is not None]
    results = [each.result for each in done if each.result is not None]
    varied = [
        (kind, options)
        for kind in kinds
        if len(set(options := [dict(each.choices).get(kind, "-") for each in done])) > 1
    ]
    return specification_figure(
        np.array([r.estimate for r in results]),
        np.array([r.ci_low for r in results]),
        np.array([r.ci_high for r in results]),
        varied,
        _axis(found.request),
    )


def _axis(request: MultiverseRequest) -> str:
    """Return what is estimated: the mean, which level less which, or a slope."""
    if not request.base.by:
        return "Mean effect"
    name = request.base.by[0]
    effects = prepare(request.base).effects
    if is_continuous(effects.column(name)):
        return f"Change by one unit of {name}"
    first, *others = effects.levels(name)
    return f"Difference by {name}:\n{' '.join(others)} less {first}"


def _summary(found: Multiverse) -> dict[str, Any]:
    request = found.request
    options = {
        "by": list(request.base.by),
        "correlations": list(request.correlations),
        "measures": list(request.measures),
        "rhos": list(request.rhos),
        "choose": list(request.choose),
    }
    head = origin("effects multiverse", {"data": request.base.data}, options)
    return head | {
        "summary": asdict(found.summary),
        "recoding": asdict(found.recoding) if found.recoding else None,
    }


def lines_of(found: Multiverse) -> Iterator[str]:
    """Yield what the specifications say."""
    s = found.summary
    failed = f" ({s.n_failed} could not be computed)" if s.n_failed else ""
    yield f"{s.n} specifications{failed}"
    yield f"median {s.median:.3f}, from {s.lowest:.3f} to {s.highest:.3f}"
    yield f"same sign: {100 * s.share_same_sign:.0f} %"
    yield f"interval excludes zero: {100 * s.share_excluding_zero:.0f} %"
    if found.recoding is not None:
        r = found.recoding
        if r.studies is None or r.p_after is None:
            before = f"{r.p_before:.3f}"
            yield f"No change of level of up to {r.most} studies turns p = {before} over .05."
        else:
            yield (
                f"Smallest recoding that turns p over .05: {', '.join(r.studies)} "
                f"(p {r.p_before:.3f} to {r.p_after:.3f})"
            )
