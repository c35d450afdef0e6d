"""Tables of reported statistics and of effects, read row by row and written with their history.

A table of reported statistics has the columns of ``ReportedEffect``; any other column is a
moderator. A table of effects has ``estimate`` (or ``yi``) and ``variance`` (``vi``) or ``se``
(``sei``). Problems of all rows are told at once, each by file, line and column.

Offers: ``read_reported``, ``converted_rows``, ``read_effects``, ``is_effect_table``,
``write_converted``, ``EffectRow``, ``ReportedRow``.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from asmr_stim.errors import InputError
from asmr_stim.io.effect_columns import refuse_misnamed
from asmr_stim.io.tables import Cell, Column, Row, Table, write_table
from asmr_stim.moderator.effects.conversion import convert
from asmr_stim.moderator.effects.converted import Assumptions, Converted
from asmr_stim.schema.effects import ReportedEffect

ESTIMATE = ("estimate", "yi")
VARIANCE = ("variance", "vi")
ERROR = ("se", "sei")
_RELATIONS = {"<": "below", ">": "above", "=": "equal", "≤": "below", "≥": "above"}
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}
_KNOWN = (
    *ESTIMATE, *VARIANCE, *ERROR, "study", "sample_id", "label", "contrast_type", "design",
    "measure", "metric", "grade", "route", "sign_source", "correlation", "correlation_source",
    "low", "high",
)  # fmt: skip
"""Columns of a table of effects that are no moderators."""

Moderators = Mapping[str, str | float | None]


@dataclass(frozen=True)
class ReportedRow:
    """A row of reported statistics: the record, its moderators, and where it stands."""

    record: ReportedEffect
    moderators: Moderators
    line: int


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


def read_reported(table: Table) -> tuple[ReportedRow, ...]:
    """Return the records of a table of reported statistics.

    Raises
    ------
    InputError
        With one line for every row that cannot be used, or for every column that is not known
        and looks like a statistic.
    """
    refuse_misnamed(table)
    table.require("study", "design")
    rows: list[ReportedRow] = []
    problems: list[str] = []
    for row in table.rows:
        try:
            rows.append(_reported(table, row))
        except InputError as error:
            problems.append(str(error))
    _raise_all(problems)
    return tuple(rows)


def converted_rows(
    table: Table, rows: Iterable[ReportedRow], assumptions: Assumptions
) -> tuple[EffectRow, ...]:
    """Return the effects of reported rows; every row that has none is told, by line and column."""
    done: list[EffectRow] = []
    problems: list[str] = []
    for row in rows:
        try:
            done.append(_effect_row(row, convert(row.record, assumptions)))
        except InputError as error:
            column, _, message = str(error).partition(": ")
            problems.append(f"{table.path}:{row.line}: column '{column}': {message}")
    _raise_all(problems)
    return tuple(done)


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
    rows: list[EffectRow] = []
    problems: list[str] = []
    for number, row in enumerate(table.rows, start=1):
        try:
            rows.append(_read_effect(table, row, number))
        except InputError as error:
            problems.append(str(error))
    _raise_all(problems)
    return tuple(rows)


def _read_effect(table: Table, row: Row, number: int) -> EffectRow:
    estimate = _first_number(table, row, ESTIMATE)
    variance = _first_number(table, row, VARIANCE)
    error = _first_number(table, row, ERROR)
    line = next(iter(row.values())).line
    grade = _text(row, "grade")
    if variance is None and error is not None:
        variance = error**2
    if grade != "bound":
        _refuse_no_variance(table, row, estimate, variance)
    study = _text(row, "study") or str(number)
    return EffectRow(
        study=study,
        sample_id=_text(row, "sample_id") or study,
        label=_text(row, "label") or study,
        estimate=estimate,
        variance=variance,
        contrast_type=_text(row, "contrast_type"),
        metric=_text(row, "metric") or _text(row, "measure"),
        grade=grade,
        moderators={
            name: _moderator(table, name, cell)
            for name, cell in row.items()
            if name not in _KNOWN
        } | ({"design": _text(row, "design")} if "design" in row else {}),
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
            return _number(table, row[name], name)
    return None


def _number(table: Table, cell: Cell, name: str) -> float:
    text = str(cell.text)
    try:
        value = float(text)
    except ValueError:
        hint = "; write a point, not a comma" if "," in text else ""
        hint = "; write a share between 0 and 1, not percent" if "%" in text else hint
        raise InputError(
            f"{table.place(cell)}: column '{name}': '{text}' is no number{hint}"
        ) from None
    if not math.isfinite(value):
        raise InputError(f"{table.place(cell)}: column '{name}': '{text}' is no finite number")
    return value


def _text(row: Row, name: str) -> str | None:
    return row[name].text if name in row else None


def _moderator(table: Table, name: str, cell: Cell) -> str | float | None:
    if cell.text is None:
        return None
    try:
        value = float(cell.text)
    except ValueError:
        return cell.text
    if not math.isfinite(value):
        raise InputError(
            f"{table.place(cell)}: column '{name}': '{cell.text}' is no finite number; leave the "
            "cell empty where the value is not known"
        )
    return value


def _reported(table: Table, row: Row) -> ReportedRow:
    fields = ReportedEffect.model_fields
    values: dict[str, Any] = {}
    for name, cell in row.items():
        if name in fields and cell.text is not None:
            values[name] = _typed(table, name, cell, fields[name].annotation)
    if "p" in row and row["p"].text is not None:
        values |= _split_p(table, row["p"])
    moderators = {
        name: _moderator(table, name, cell) for name, cell in row.items() if name not in fields
    }
    line = next(iter(row.values())).line
    try:
        return ReportedRow(ReportedEffect(**values), moderators, line)
    except ValidationError as error:
        raise InputError(_sentence(table, row, error)) from None


def _typed(table: Table, name: str, cell: Cell, annotation: Any) -> Any:
    kinds = _plain_types(annotation)
    text = str(cell.text)
    if name == "p":
        return text
    if bool in kinds:
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise InputError(f"{table.place(cell)}: column '{name}': write true or false, not '{text}'")
    if int in kinds:
        value = _number(table, cell, name)
        if value != int(value):
            raise InputError(f"{table.place(cell)}: column '{name}': {text} is no whole number")
        return int(value)
    return _number(table, cell, name) if float in kinds else text


def _plain_types(annotation: Any) -> set[Any]:
    """Return the plain types inside a union of annotated ones."""
    if get_origin(annotation) is None:
        return {annotation} - {NoneType}
    return set().union(*(_plain_types(each) for each in get_args(annotation)))


def _split_p(table: Table, cell: Cell) -> dict[str, Any]:
    """Return p and its relation from text such as ``.03``, ``<.05`` or ``> 0.1``."""
    text = str(cell.text).replace(" ", "")
    given: dict[str, Any] = {}
    if text[:1] in _RELATIONS:
        given["p_relation"] = _RELATIONS[text[:1]]
        text = text[1:].lstrip("=")
    given["p"] = _number(table, Cell(text, cell.line, cell.column), "p")
    return given


def _sentence(table: Table, row: Row, error: ValidationError) -> str:
    """Return what is wrong with a record, at the column it is wrong in."""
    first = error.errors()[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    column = str(first["loc"][0]) if first["loc"] else message.partition(":")[0]
    message = message.partition(": ")[2] if not first["loc"] else message
    cell = row.get(column)
    place = table.place(cell) if cell else f"{table.path}:{next(iter(row.values())).line}:1"
    hint = _percent_hint(column, first.get("input"))
    found = f" (found {first['input']})" if first["loc"] and cell else ""
    return f"{place}: column '{column}': {message[:1].lower()}{message[1:]}{found}{hint}"


def _percent_hint(column: str, value: Any) -> str:
    shares = {"p", "partial_eta2", "r", "correlation", "ci_level"}
    if column in shares and isinstance(value, (int, float)) and 1 < abs(value) <= 100:
        return f"; if it is percent, write {value / 100:g}"
    return ""


def _raise_all(problems: list[str]) -> None:
    if problems:
        raise InputError("\n".join(problems))


CONVERTED_COLUMNS = (
    Column("study", "As in the input"),
    Column("sample_id", "Equal for effects on the same people"),
    Column("label", "As in the input"),
    Column("contrast_type", "What was compared with what"),
    Column("design", "between, within or correlation"),
    Column("measure", "Effect size measure, named as in R's metafor"),
    Column("metric", "What the effect is expressed in; metrics are not pooled"),
    Column("estimate", "Effect, side 1 minus side 2; n/a for a bound"),
    Column("variance", "Sampling variance"),
    Column("se", "Standard error"),
    Column("grade", "exact, converted, bound or digitised"),
    Column("route", "Which statistic the effect was had from"),
    Column("sign_source", "Where the sign comes from"),
    Column("correlation", "Between the occasions of a within design"),
    Column("correlation_source", "stated, recovered or assumed"),
    Column("low", "Lower limit of a bound"),
    Column("high", "Upper limit of a bound"),
)


def write_converted(path: Path, rows: Iterable[EffectRow]) -> None:
    """Write converted effects as TSV with a JSON sidecar."""
    rows = tuple(rows)
    extra = _extra_columns(rows)
    columns = [*CONVERTED_COLUMNS, *(Column(name, "As in the input") for name in extra)]
    write_table(path, columns, converted_values(rows))


def converted_values(rows: Iterable[EffectRow]) -> Iterator[list[Any]]:
    """Yield the fields of converted effects, in the order of ``CONVERTED_COLUMNS``, then others."""
    rows = tuple(rows)
    extra = _extra_columns(rows)
    for row in rows:
        found = row.converted
        error = math.sqrt(row.variance) if row.variance is not None else None
        yield [
            row.study, row.sample_id, row.label, row.contrast_type, row.moderators.get("design"),
            found.measure if found else None, row.metric, row.estimate, row.variance, error,
            row.grade, found.route if found else None, found.sign_source if found else None,
            found.correlation if found else None, found.correlation_source if found else None,
            found.low if found else None, found.high if found else None,
            *(_as_given(row.moderators.get(name)) for name in extra),
        ]  # fmt: skip


def _as_given(value: str | float | None) -> str | float | None:
    """Return whole numbers, such as years, without a decimal point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def extra_names(rows: Iterable[EffectRow]) -> list[str]:
    """Return the names of the moderators that the rows have, in their order."""
    return _extra_columns(tuple(rows))


def _extra_columns(rows: tuple[EffectRow, ...]) -> list[str]:
    names = dict.fromkeys(name for row in rows for name in row.moderators)
    return [name for name in names if name != "design"]
