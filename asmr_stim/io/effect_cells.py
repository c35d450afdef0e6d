"""Cells of tables of effects and of reported statistics, and the problems of all rows at once.

Offers: ``number_in``, ``text_in``, ``moderator_in``, ``Moderators``, ``made_of_all``, ``place_in``.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from asmr_stim.errors import InputError
from asmr_stim.io.tables import Cell, Row, Table
from asmr_stim.moderator.effects.estimates import Value

Moderators = Mapping[str, Value]

T = TypeVar("T")
U = TypeVar("U")


def made_of_all(items: Iterable[T], make: Callable[[T], U]) -> tuple[U, ...]:
    """Return what is made of each item.

    Raises
    ------
    InputError
        With one line for every item of which nothing can be made.
    """
    made: list[U] = []
    problems: list[str] = []
    for item in items:
        try:
            made.append(make(item))
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError("\n".join(problems))
    return tuple(made)


def place_in(table: Table, row: Row, name: str) -> str:
    """Return ``FILE:LINE:COL`` of a row's cell in the named column, or of its first cell."""
    return table.place(row.get(name) or next(iter(row.values())))


def number_in(table: Table, cell: Cell, name: str) -> float:
    """Return the number in a cell of the named column.

    Raises
    ------
    InputError
        If it is no finite number; the message says what to write in its place.
    """
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


def text_in(row: Row, name: str) -> str | None:
    """Return the text in the named column; None if the cell is empty or there is no such column."""
    return row[name].text if name in row else None


def moderator_in(table: Table, cell: Cell, name: str) -> Value:
    """Return a moderator's value: a number if it is one, else the word; None if not known.

    Raises
    ------
    InputError
        If it is a number that is not finite.
    """
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
