"""What a meta-analysis of effects is asked for, and the effects that may be analysed together.

Offers: ``EffectsRequest``, ``Prepared``, ``prepare``, ``convert_table``, ``DEFAULT_RHO``.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.effects import (
    EffectRow,
    converted_rows,
    is_effect_table,
    read_effects,
)
from asmr_stim.io.tables import read_filled_table
from asmr_stim.moderator.effects.allocations import Plan
from asmr_stim.moderator.effects.converted import Assumptions
from asmr_stim.moderator.effects.estimates import Effects, Value, is_continuous, level_name
from asmr_stim.moderator.effects.regression import Settings
from asmr_stim.workflows.effects_acoustics import AcousticLink, with_acoustics

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
    interactions : tuple of str
        ``a:b``, of moderators in ``by``; they enter the model of all moderators together.
    q_weights : str or None
        Column of weights for a generalised Q estimate beside the main one.
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
    interactions: tuple[str, ...] = ()
    q_weights: str | None = None

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


def convert_table(data: Path, assumptions: Assumptions) -> tuple[EffectRow, ...]:
    """Return the effects of a table of reported statistics.

    Raises
    ------
    InputError
        If a row cannot be converted (all problems of all rows are told), or the table has effects
        already.
    """
    table = read_filled_table(data)
    if is_effect_table(table):
        raise InputError(f"{data}:1:1: the table has effects already; there is nothing to convert")
    return converted_rows(table, assumptions)


def load(data: Path, assumptions: Assumptions) -> tuple[EffectRow, ...]:
    """Return the rows of a table of effects, or of reported statistics after conversion."""
    table = read_filled_table(data)
    if is_effect_table(table):
        return read_effects(table)
    return converted_rows(table, assumptions)


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
    extra = () if request.q_weights is None else (request.q_weights,)
    for name in (*request.by, *request.factors, *extra):
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
