"""The review's tables: their columns, units and rows, before they become TSV or HTML."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asmr_stim.io.tables import Column, write_table
from asmr_stim.schema.base import Record

_BREAKS = re.compile(r"\s*[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


@dataclass(frozen=True)
class ReportTable:
    """A table with its name, what holds for all of it, its columns and its rows."""

    name: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    def write(self, folder: Path) -> Path:
        """Write ``<name>.tsv`` and its sidecar of units; return the TSV's path."""
        path = folder / f"{self.name}.tsv"
        rows = [[_on_one_line(cell) for cell in row] for row in self.rows]
        write_table(path, self.columns, rows, note=self.note)
        return path

    def only(self, names: Sequence[str]) -> "ReportTable":
        """Return the table with only the columns named, in the order named."""
        positions = [[column.name for column in self.columns].index(name) for name in names]
        columns = tuple(self.columns[position] for position in positions)
        rows = tuple(tuple(row[position] for position in positions) for row in self.rows)
        return ReportTable(self.name, self.note, columns, rows)

    def is_number(self, position: int) -> bool:
        """Whether a column holds numbers, so that it is set to the right."""
        cells = [row[position] for row in self.rows if row[position] is not None]
        return bool(cells) and all(isinstance(cell, int | float) for cell in cells)


def _on_one_line(cell: Any) -> Any:
    """Return a cell as one line of a TSV has it: a note of several lines is still one cell."""
    return _BREAKS.sub(" ", cell).strip() if isinstance(cell, str) else cell


def shown(value: Any) -> str:
    """Return a value of a record as a person reads it in a table.

    Examples
    --------
    >>> shown(("whisper", "tapping")), shown(True), shown(300.0)
    ('whisper; tapping', 'yes', '300')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return "; ".join(shown(member) for member in value)
    if isinstance(value, Record):
        return " ".join(shown(part) for part in value.model_dump().values() if part is not None)
    return str(value)
