"""Tables of reported statistics: what papers print, row by row.

The columns are those of ``ReportedEffect``; any other column is a moderator. Problems of all rows
are told at once, each by file, line and column.

Offers: ``read_reported``, ``ReportedRow``.
"""

from dataclasses import dataclass
from functools import partial
from types import NoneType
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from asmr_stim.errors import InputError
from asmr_stim.io.effect_cells import Moderators, made_of_all, moderator_in, number_in
from asmr_stim.io.effect_columns import refuse_misnamed
from asmr_stim.io.tables import Cell, Row, Table
from asmr_stim.schema.effects import ReportedEffect

_RELATIONS = {"<": "below", ">": "above", "=": "equal", "≤": "below", "≥": "above"}
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


@dataclass(frozen=True)
class ReportedRow:
    """A row of reported statistics: the record, its moderators, and where it stands."""

    record: ReportedEffect
    moderators: Moderators
    line: int


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
    return made_of_all(table.rows, partial(_reported, table))


def _reported(table: Table, row: Row) -> ReportedRow:
    fields = ReportedEffect.model_fields
    values: dict[str, Any] = {}
    for name, cell in row.items():
        if name in fields and cell.text is not None:
            values[name] = _typed(table, name, cell, fields[name].annotation)
    if "p" in row and row["p"].text is not None:
        values |= _split_p(table, row["p"])
    moderators = {
        name: moderator_in(table, cell, name) for name, cell in row.items() if name not in fields
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
