"""Tables of effects, read row by row, and effects of what was reported.

A table of effects has ``estimate`` (or ``yi``) and ``variance`` (``vi``) or ``se`` (``sei``).
Problems of all rows are told at once, each by file, line and column.

Offers: ``read_effects``, ``is_effect_table``, ``converted_rows``, ``EffectRow``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from asmr_stim.errors import InputError
from asmr_stim.io.effect_cells import (
    Moderators,
    made_of_all,
    moderator_in,
    number_in,
    place_in,
    text_in,
)
from asmr_stim.io.reported_effects import ReportedRow, check_reported, reported_row
from asmr_stim.io.tables import Row, Table
from asmr_stim.moderator.effects.conversion import conversion_problems, convert
from asmr_stim.moderator.effects.converted import Assumptions, Converted

ESTIMATE = ("estimate", "yi")
VARIANCE = ("variance", "vi")
ERROR = ("se", "sei")
_KNOWN = (
    *ESTIMATE, *VARIANCE, *ERROR, "study", "sample_id", "label", "contrast_type", "design",
    "measure", "metric", "grade", "route", "sign_source", "correlation", "correlation_source",
    "low", "high",
)  # fmt: skip
"""Columns of a table of effects that are no moderators."""


@dataclass(frozen=True)
class EffectRow:
    """A row with an effect, or a bound that has none.

    Attributes
    ----------
    study, sample_id, label : str
        ``sample_id`` is the study where the table has none.
    estimate, variance : float or None
        None for a bound.
    contrast_type, metric, grade : str or None
    moderators : mapping
    line : int
    converted : Converted or None
        The history, where the effect was converted here.
    """

    study: str
    sample_id: str
    label: str
    estimate: float | None
    variance: float | None
    contrast_type: str | None = None
    metric: str | None = None
    grade: str | None = None
    moderators: Moderators = field(default_factory=dict)
    line: int = 0
    converted: Converted | None = None


def is_effect_table(table: Table) -> bool:
    """Return whether the table has estimates, not statistics to convert."""
    return any(name in table.columns for name in ESTIMATE)


def converted_rows(table: Table, assumptions: Assumptions) -> tuple[EffectRow, ...]:
    """Return the effects of a table of reported statistics.

    Raises
    ------
    InputError
        With one line for every problem of every row: what cannot be read, what cannot belong
        together, and what leads to no effect.
    """
    check_reported(table)
    return made_of_all(table.rows, lambda cells: _converted(table, cells, assumptions))


def _converted(table: Table, cells: Row, assumptions: Assumptions) -> EffectRow:
    row = reported_row(table, cells)
    try:
        return _effect_row(row, convert(row.record, assumptions))
    except InputError:
        told = (each.partition(": ") for each in conversion_problems(row.record, assumptions))
        lines = [f"{place_in(table, cells, c)}: column '{c}': {what}" for c, _, what in told]
        raise InputError("\n".join(lines)) from None


def _effect_row(row: ReportedRow, converted: Converted) -> EffectRow:
    record = row.record
    return EffectRow(
        study=record.study,
        sample_id=record.sample_id or record.study,
        label=record.label or record.study,
        estimate=converted.estimate,
        variance=converted.variance,
        contrast_type=record.contrast_type,
        metric=converted.metric,
        grade=converted.grade,
        moderators=row.moderators | {"design": record.design},  # type: ignore[operator]  # a dict
        line=row.line,
        converted=converted,
    )


def read_effects(table: Table) -> tuple[EffectRow, ...]:
    """Return the rows of a table of effects.

    Raises
    ------
    InputError
        With one line for every row that cannot be used; a row without estimate needs the grade
        ``bound``.
    """
    if not any(name in table.columns for name in (*VARIANCE, *ERROR)):
        raise InputError(
            f"{table.path}:1:1: the table has estimates and neither 'variance' nor 'se'; "
            f"found {', '.join(table.columns)}"
        )
    numbered = enumerate(table.rows, start=1)
    return made_of_all(numbered, lambda pair: _read_effect(table, pair[1], pair[0]))


def _read_effect(table: Table, row: Row, number: int) -> EffectRow:
    estimate = _first_number(table, row, ESTIMATE)
    variance = _first_number(table, row, VARIANCE)
    error = _first_number(table, row, ERROR)
    line = next(iter(row.values())).line
    grade = text_in(row, "grade")
    if variance is None and error is not None:
        variance = error**2
    if grade != "bound":
        _refuse_no_variance(table, row, estimate, variance)
    study = text_in(row, "study") or str(number)
    return EffectRow(
        study=study,
        sample_id=text_in(row, "sample_id") or study,
        label=text_in(row, "label") or study,
        estimate=estimate,
        variance=variance,
        contrast_type=text_in(row, "contrast_type"),
        metric=text_in(row, "metric") or text_in(row, "measure"),
        grade=grade,
        moderators={
            name: moderator_in(table, cell, name)
            for name, cell in row.items()
            if name not in _KNOWN
        } | ({"design": text_in(row, "design")} if "design" in row else {}),
        line=line,
    )  # fmt: skip


def _refuse_no_variance(
    table: Table, row: Row, estimate: float | None, variance: float | None
) -> None:
    if estimate is None:
        cell = next(row[name] for name in ESTIMATE if name in row)
        raise InputError(
            f"{table.place(cell)}: there is no estimate; give one, or the grade 'bound'"
        )
    if variance is None or variance <= 0:
        cell = next(row[name] for name in (*VARIANCE, *ERROR) if name in row)
        raise InputError(
            f"{table.place(cell)}: the variance is {'missing' if variance is None else variance}; "
            "every effect needs one above zero"
        )


def _first_number(table: Table, row: Row, names: Iterable[str]) -> float | None:
    for name in names:
        if name in row and row[name].text is not None:
            return number_in(table, row[name], name)
    return None
