"""Tables as text: TSV with a JSON sidecar of units, and files that are never half written.

A table is UTF-8 with LF and a decimal point; a missing value is ``n/a``; CSV is read, TSV is
written. Beside ``name.tsv`` stands ``name.json``, which says for each column what it is and in
which unit, as BIDS does. A file is written beside its place and then renamed over it.

Offers: ``read_table``, ``read_filled_table``, ``write_table``, ``write_sidecar``,
``check_sidecar``, ``check_no_sidecar``, ``write_atomically``, ``decoded_text``, ``Cell``, ``Row``,
``Table``, ``Column``.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from asmr_stim.errors import InputError, MissingInputError, OutputError, UnreadableFileError
from asmr_stim.io.writing import write_atomically

__all__ = [
    "MISSING",
    "Cell",
    "Column",
    "Row",
    "Table",
    "check_no_sidecar",
    "check_sidecar",
    "decoded_text",
    "json_bytes",
    "read_filled_table",
    "read_table",
    "write_atomically",
    "write_sidecar",
    "write_table",
]

MISSING = "n/a"
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


@dataclass(frozen=True)
class Cell:
    """One field: its text (None for ``n/a`` or nothing) and where it stands, from 1."""

    text: str | None
    line: int
    column: int


Row = dict[str, Cell]


@dataclass(frozen=True)
class Table:
    """A table that was read: the file, its column names and its rows."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def place(self, cell: Cell) -> str:
        """Return ``FILE:LINE:COL`` of a cell."""
        return f"{self.path}:{cell.line}:{cell.column}"

    def require(self, *names: str) -> None:
        """Raise InputError if a column is missing."""
        absent = [name for name in names if name not in self.columns]
        if absent:
            raise InputError(
                f"{self.path}:1:1: the column '{absent[0]}' is missing; "
                f"found {', '.join(self.columns)}"
            )


@dataclass(frozen=True)
class Column:
    """What a written column holds; ``unit`` is None for words and counts.

    ``kind`` matters where a column has a type, as in Parquet; ``single`` is a number of single
    precision.
    """

    name: str
    description: str
    unit: str | None = None
    kind: Literal["text", "whole", "number", "single"] = "number"


def decoded_text(path: Path) -> str:
    """Return the text of a UTF-8 file, without a byte order mark.

    Raises
    ------
    MissingInputError
        If the file is not there.
    UnreadableFileError
        If it cannot be read or is no UTF-8 text.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise MissingInputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise UnreadableFileError(f"{path}: cannot be read ({error.strerror})") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        raise UnreadableFileError(
            f"{path}:{line}:{column}: this is no UTF-8 text "
            f"(byte 0x{content[error.start]:02x}); save the file as plain UTF-8 text"
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableFileError(f"{path}:{line}:1: this is no text file; it has a zero byte")
    return text


def _fields(line: str, delimiter: str) -> list[tuple[str, int]]:
    """Return the fields of a line with the column each starts at."""
    texts = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    fields, at = [], 0
    for text in texts:
        fields.append((text.strip(), at + 1))
        raw = line.find(text, at)
        end = line.find(delimiter, max(raw, at) + len(text))
        at = len(line) if end < 0 else end + 1
    return fields


def read_table(path: Path) -> Table:
    """Return the rows of a TSV (or, if the name ends in .csv, CSV) file; there may be none.

    Raises
    ------
    MissingInputError, UnreadableFileError
        As ``decoded_text``.
    InputError
        If the file has no names of columns, one twice or empty, or a row with too few or too many
        fields.
    """
    delimiter = "," if path.suffix.lower() == ".csv" else "\t"
    lines = decoded_text(path).splitlines()
    if not lines or not lines[0].strip():
        raise InputError(f"{path}:1:1: the table is empty; its first line must name the columns")
    _refuse_other_delimiter(path, lines[0], delimiter)
    columns = tuple(name for name, _ in _split(path, 1, lines[0], delimiter))
    for name in columns:
        if not name or columns.count(name) > 1:
            raise InputError(f"{path}:1:1: the column name '{name}' is empty or occurs twice")
    rows = tuple(
        _row(path, number, _split(path, number, line, delimiter), columns)
        for number, line in enumerate(lines[1:], start=2)
        if line.strip()
    )
    return Table(path, columns, rows)


def read_filled_table(path: Path) -> Table:
    """Return the rows of a table that must have some.

    Raises
    ------
    MissingInputError, UnreadableFileError
        As ``decoded_text``.
    InputError
        As ``read_table``, and if the file has no rows.
    """
    table = read_table(path)
    if not table.rows:
        raise InputError(f"{path}:1:1: the table has column names and no rows")
    return table


def _refuse_other_delimiter(path: Path, first: str, delimiter: str) -> None:
    """Refuse a table in which another character stands between the names of the columns."""
    other = max(DELIMITERS, key=first.count)
    if delimiter not in first and other in first:
        raise InputError(
            f"{path}:1:1: between the names of the columns stand {DELIMITERS[other]}, where a "
            f"{path.suffix.lower() or 'table'} has {DELIMITERS[delimiter]}; save it with "
            "commas and decimal points as .csv, or with tabs as .tsv"
        )


def _split(path: Path, number: int, line: str, delimiter: str) -> list[tuple[str, int]]:
    try:
        return _fields(line, delimiter)
    except csv.Error as error:
        raise InputError(f"{path}:{number}:1: the line cannot be split ({error})") from None


def _row(path: Path, number: int, fields: list[tuple[str, int]], columns: tuple[str, ...]) -> Row:
    if len(fields) != len(columns):
        raise InputError(
            f"{path}:{number}:1: found {len(fields)} fields where the first line names "
            f"{len(columns)} columns"
        )
    return {
        name: Cell(None if text in {"", MISSING} else text, number, column)
        for name, (text, column) in zip(columns, fields, strict=True)
    }


def _text(value: Any) -> str:
    if value is None:
        return MISSING
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return repr(float(value)) if math.isfinite(value) else MISSING
    text = str(value)
    if "\t" in text or len(text.splitlines()) > 1:
        raise InputError(f"a tab or line break cannot stand in a table: {text!r}")
    return text


def write_table(
    path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Any]], note: str | None = None
) -> None:
    """Write a TSV and, beside it, the JSON that says what its columns are.

    Parameters
    ----------
    path : Path ending in .tsv
    columns : sequence of Column
    rows : iterable of sequences, one value a column
        None and NaN become ``n/a``; a float keeps every digit it needs to be read back.
    note : str, optional
        What holds for the whole table; stands under ``Description`` in the sidecar.

    Raises
    ------
    OutputError
        If one of the two cannot be written, or an unrelated JSON file has the name of the sidecar.
    """
    check_sidecar(path)
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow([column.name for column in columns])
    writer.writerows([_text(value) for value in row] for row in rows)
    write_atomically(path, out.getvalue().encode())
    write_sidecar(path, columns, note)


def write_sidecar(path: Path, columns: Sequence[Column], note: str | None = None) -> None:
    """Write the JSON that says what the columns of a table are."""
    sidecar: dict[str, Any] = {} if note is None else {"Description": note}
    for column in columns:
        entry = {"Description": column.description}
        sidecar[column.name] = entry if column.unit is None else entry | {"Units": column.unit}
    write_atomically(path.with_suffix(".json"), json_bytes(sidecar))


def check_sidecar(path: Path) -> None:
    """Refuse a table whose sidecar would replace a JSON file that is none.

    Raises
    ------
    OutputError
        With the name of that file.
    """
    sidecar = path.with_suffix(".json")
    if sidecar.exists() and not _is_sidecar(sidecar):
        raise OutputError(
            f"{path}: its units would replace {sidecar}, which is something else; choose another "
            f"name for the table, such as {path.stem}_table{path.suffix}"
        )


def check_no_sidecar(path: Path) -> None:
    """Refuse a JSON file where the sidecar of a table stands.

    Raises
    ------
    OutputError
        With the name of that table.
    """
    tables = [path.with_suffix(ending) for ending in (".tsv", ".TSV")]
    there = next((table for table in tables if table.exists()), None)
    if there is not None and path.exists() and _is_sidecar(path):
        raise OutputError(
            f"{path} holds the units of {there} and is not replaced; choose another name, such as "
            f"{path.stem}_profiles{path.suffix}"
        )


def _is_sidecar(path: Path) -> bool:
    """Say whether a file says of columns what they are, and nothing else."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and all(
        "Description" in entry if isinstance(entry, dict) else name == "Description"
        for name, entry in content.items()
    )


def json_bytes(value: Any) -> bytes:
    """Return JSON as the program writes it: UTF-8, two spaces, a line feed at the end."""
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
