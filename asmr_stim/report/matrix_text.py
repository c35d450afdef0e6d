"""Studies against terms, and studies against fields, as letters in a terminal.

The columns are lettered; what each letter stands for is told below the matrix, so that twenty
terms fit beside the names of the studies.
"""

from collections.abc import Iterable, Sequence
from itertools import islice, product
from string import ascii_letters
from textwrap import wrap

from asmr_stim.io.tables import Column
from asmr_stim.report.coverage import Coverage
from asmr_stim.report.knowledge import FIELDS, Grid, knowledge_grid
from asmr_stim.report.tables import ReportTable
from asmr_stim.schema.study import Study

ROLE_LETTERS = {"asmr": "A", "control": "c", "adjunct": "j", "foil": "f", "none": "n"}
SEVERAL = "*"
NOTHING = "."
STATE_MARKS = {
    "value": "✓", "not reported": "✗", "not extracted": "?", "no ASMR stimulus": "·",
}  # fmt: skip


def coverage_text(table: ReportTable, width: int = 80) -> str:
    """Return studies x terms, as ``roles_table`` gives them, with a letter for each role."""
    rows = {
        str(row[0]): [NOTHING if cell is None else _letter(str(cell)) for cell in row[1:]]
        for row in table.rows
    }
    headings = [
        f"{column.name} ({sum('asmr' in str(row[place]) for row in table.rows)})"
        for place, column in enumerate(table.columns[1:], start=1)
    ]
    key = (
        f"A ASMR stimulus, c control, j adjunct, f foil, n no role in a contrast, {SEVERAL} "
        f"several roles, {NOTHING} not coded so; "
        "in brackets: studies with an ASMR stimulus so coded"
    )
    return _matrix(rows, headings, key, width)


def roles_table(
    found: Iterable[Coverage], term_order: Sequence[str], studies: Sequence[str]
) -> ReportTable:
    """Return one row for each study and one column for each term that codes any stimulus."""
    found = tuple(found)
    used = {each.term for each in found}
    terms = [term for term in term_order if term in used]
    roles: dict[tuple[str, str], set[str]] = {}
    for each in found:
        roles.setdefault((each.study, each.term), set()).add(each.role)
    rows = tuple(
        (study, *("+".join(sorted(roles.get((study, term), ()))) or None for term in terms))
        for study in studies
    )
    columns = (
        Column("study", "id of the study"),
        *(Column(term, f"roles of the study's stimuli coded {term}") for term in terms),
    )
    note = "Roles (asmr, control, adjunct, foil; none: in no contrast) of stimuli by term."
    return ReportTable("studies_by_terms", note, columns, rows)


def grid_table(studies: Iterable[Study]) -> ReportTable:
    """Return one row for each study and one column for each field: the state of knowledge."""
    grid = knowledge_grid(studies)
    rows = tuple((study, *states) for study, states in zip(grid.studies, grid.states, strict=True))
    columns = (
        Column("study", "id of the study"),
        *(Column(name, f"state of the ASMR stimuli's field '{label}'") for name, label in FIELDS),
    )
    note = "Best state among a study's ASMR stimuli: value, not reported or not extracted."
    return ReportTable("studies_by_fields", note, columns, rows)


def fields_text(grid: Grid, width: int = 80) -> str:
    """Return studies x fields of the stimulus, each a value, not reported or not extracted."""
    rows = {
        study: [STATE_MARKS[state] for state in states]
        for study, states in zip(grid.studies, grid.states, strict=True)
    }
    names = dict(FIELDS)
    shares = grid.share_known()
    headings = [f"{names[f]} ({share:.0%})" for f, share in zip(grid.fields, shares, strict=True)]
    marks = ", ".join(f"{mark} {state}" for state, mark in STATE_MARKS.items())
    key = f"{marks}; in brackets: the share of studies with a value, of those with an ASMR stimulus"
    return _matrix(rows, headings, key, width)


def _letter(roles: str) -> str:
    return ROLE_LETTERS.get(roles, SEVERAL)


def _matrix(rows: dict[str, list[str]], headings: list[str], key: str, width: int) -> str:
    """Return rows of marks under lettered columns, the letters' meaning, and that of the marks."""
    labels = _labels(len(headings))
    size = max(map(len, labels), default=1)
    margin = max(map(len, rows), default=0) + 2
    lines = [" " * margin + " ".join(labels)]
    for name, marks in rows.items():
        lines.append(f"{name:{margin}}{' '.join(f'{mark:{size}}' for mark in marks)}".rstrip())
    legend = [f"{label} {heading}" for label, heading in zip(labels, headings, strict=True)]
    return "\n".join([*lines, "", *_in_columns(legend, width), "", *wrap(key, max(width, 1))])


def _labels(n: int) -> list[str]:
    """Return a letter for each column; two where there are more columns than letters."""
    if n <= len(ascii_letters):
        return list(ascii_letters[:n])
    return ["".join(pair) for pair in islice(product(ascii_letters, repeat=2), n)]


def _in_columns(entries: list[str], width: int) -> list[str]:
    """Return entries in as many columns as fit, read downwards."""
    if not entries:
        return []
    size = max(map(len, entries)) + 2
    n_columns = max(1, width // size)
    n_rows = -(-len(entries) // n_columns)
    return [
        "".join(f"{entry:{size}}" for entry in entries[row::n_rows]).rstrip()
        for row in range(n_rows)
    ]
