"""Tables of reported statistics: what papers print, row by row.

The columns are those of ``ReportedEffect``; any other column is a moderator. All problems of a row
are told at once, each by file, line and column.

Offers: ``check_reported``, ``reported_row``, ``ReportedRow``.
"""

from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from asmr_stim.errors import InputError
from asmr_stim.io.effect_cells import Moderators, moderator_in, number_in, place_in
from asmr_stim.io.effect_columns import refuse_misnamed
from asmr_stim.io.tables import Cell, Row, Table
from asmr_stim.moderator.effects.estimates import Value
from asmr_stim.schema.effects import ReportedEffect

_RELATIONS = {"<": "below", ">": "above", "=": "equal", "≤": "below", "≥": "above"}
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


@dataclass(frozen=True)
class ReportedRow:
    """A row of reported statistics: the record, its moderators, and where it stands."""

    record: ReportedEffect
    moderators: Moderators
    line: int


def check_reported(table: Table) -> None:
    """Refuse a table that lacks a column, or has one not known that looks like a statistic.

    Raises
    ------
    InputError
        With one line for every such column.
    """
    refuse_misnamed(table)
    table.require("study", "design")


def reported_row(table: Table, row: Row) -> ReportedRow:
    """Return the record of a row of reported statistics.

    Raises
    ------
    InputError
        With one line for every cell that cannot be used, and for what the design lacks.
    """
    fields = ReportedEffect.model_fields
    values: dict[str, Any] = {}
    moderators: dict[str, Value] = {}
    problems: list[str] = []
    for name in sorted(row, key=lambda each: each == "p"):  # last: it may say its relation itself
        try:
            if name not in fields:
                moderators[name] = moderator_in(table, row[name], name)
            elif row[name].text is not None:
                values |= _given(table, name, row[name])
        except InputError as error:
            problems.append(str(error))
    problems += _record_problems(table, row, values)
    if problems:
        raise InputError("\n".join(problems))
    return ReportedRow(ReportedEffect(**values), moderators, next(iter(row.values())).line)


def _record_problems(table: Table, row: Row, values: dict[str, Any]) -> list[str]:
    """Return what is wrong with a record, also what shows only without the wrong values."""
    try:
        ReportedEffect(**values)
    except ValidationError as error:
        wrong = {_column_of(each): each for each in error.errors()}
    else:
        return []
    read = {name for name, cell in row.items() if cell.text is None or name in values}
    told = [
        _sentence(table, row, each)
        for name, each in wrong.items()
        if name in read or name not in row  # of any other it is known that it cannot be read
    ]
    left = {"study": "?"} | {name: value for name, value in values.items() if name not in wrong}
    if "design" in left and left.keys() != values.keys():
        return told + _record_problems(table, row, left)
    return told


def _given(table: Table, name: str, cell: Cell) -> dict[str, Any]:
    if name == "p":
        return _split_p(table, cell)
    return {name: _typed(table, name, cell, ReportedEffect.model_fields[name].annotation)}


def _typed(table: Table, name: str, cell: Cell, annotation: Any) -> Any:
    kinds = _plain_types(annotation)
    text = str(cell.text)
    if bool in kinds:
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise InputError(f"{table.place(cell)}: column '{name}': write true or false, not '{text}'")
    if int in kinds:
        value = number_in(table, cell, name)
        if value != int(value):
            raise InputError(f"{table.place(cell)}: column '{name}': {text} is no whole number")
        return int(value)
    return number_in(table, cell, name) if float in kinds else text


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
    given["p"] = number_in(table, Cell(text, cell.line, cell.column), "p")
    return given


def _column_of(error: ErrorDetails) -> str:
    """Return the column that is wrong: where it is, or the word before the colon."""
    return str(error["loc"][0]) if error["loc"] else _message(error).partition(":")[0]


def _message(error: ErrorDetails) -> str:
    return str(error["msg"]).removeprefix("Value error, ")


def _sentence(table: Table, row: Row, error: ErrorDetails) -> str:
    """Return what is wrong with a record, at the column it is wrong in."""
    column, message = _column_of(error), _message(error)
    message = message if error["loc"] else message.partition(": ")[2]
    is_there = column in row and row[column].text is not None
    hint = _percent_hint(column, error.get("input"))
    found = f" (found {error['input']})" if error["loc"] and is_there else ""
    place = place_in(table, row, column)
    return f"{place}: column '{column}': {message[:1].lower()}{message[1:]}{found}{hint}"


def _percent_hint(column: str, value: Any) -> str:
    shares = {"p", "partial_eta2", "r", "correlation", "ci_level"}
    if column in shares and isinstance(value, (int, float)) and 1 < abs(value) <= 100:
        return f"; if it is percent, write {value / 100:g}"
    return ""
