"""A table on the screen: columns side by side, as TSV, or as rows for JSON."""

import csv
import io
from typing import Any

from asmr_stim.io.tables import MISSING
from asmr_stim.report.tables import ReportTable, shown

GAP = "  "
UNKNOWN = "-"


def aligned_text(table: ReportTable, width: int | None = 80) -> str:
    """Return a table with its columns side by side; what passes the width is cut in the last.

    Parameters
    ----------
    table : ReportTable
        Its last column is the one that may be cut.
    width : int or None
        Columns of the terminal; None leaves every line whole.
    """
    heads = [column.name.replace("_", " ") for column in table.columns]
    cells = [[UNKNOWN if cell is None else shown(cell) for cell in row] for row in table.rows]
    sizes = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    to_right = [table.is_number(position) for position in range(len(heads))]
    lines = []
    for row in (heads, *cells):
        padded = (
            f"{cell:>{size}}" if is_number else f"{cell:{size}}"
            for cell, size, is_number in zip(row, sizes, to_right, strict=True)
        )
        lines.append(cut(GAP.join(padded).rstrip(), width))
    return "\n".join(lines)


def tsv_text(table: ReportTable) -> str:
    """Return a table as TSV with ``n/a`` for what is missing, as its file would be."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([MISSING if cell is None else cell for cell in row] for row in table.rows)
    return out.getvalue().rstrip("\n")


def json_rows(table: ReportTable) -> list[dict[str, Any]]:
    """Return a table as a list of rows by column name; what is missing is None."""
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def cut(line: str, width: int | None) -> str:
    """Return a line that fits, cut between words with an ellipsis if it has to be."""
    if width is None or len(line) <= width:
        return line
    head, space, _ = line[: width - 1].rpartition(" ")
    kept = head if space and len(head) > width // 2 else line[: width - 1]
    return kept.rstrip(" ,;") + "…"
