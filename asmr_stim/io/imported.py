"""Tables of coordinates from files of other programs, before they belong to a study.

Three forms: Sleuth text, a table (TSV or CSV), a NIMADS studyset. Points of another kind, a
decrease or another space never share a table with the others: seeds and deactivations are kept
apart. A point outside the head is left out and said; in Sleuth text and tables, which a person
has made, it is an error.

Offers: ``ImportedTable``, ``read_imported``, ``tables_of_analysis``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from asmr_stim.errors import InputError
from asmr_stim.io.data_package import MISSING_VALUES
from asmr_stim.io.nimads import ForeignAnalysis, ForeignPoint, ForeignValue, read_studyset
from asmr_stim.io.sleuth import count_of, focus_of, read_sleuth, space_named
from asmr_stim.io.tables import Cell, Row, Table, read_filled_table
from asmr_stim.schema.coordinates import Coordinate, Coverage, Extraction, Kind
from asmr_stim.schema.foci import CoordinateSpace
from asmr_stim.schema.outcome import Direction

WORDS: dict[str, tuple[str, ...]] = {
    "kind": get_args(Kind),
    "coverage": get_args(Coverage),
    "effect": ("activation", "connectivity"),
    "direction": get_args(Direction),
    "extraction": get_args(Extraction),
}
"""Columns of a table with a fixed choice of words."""
STATISTIC = re.compile(r"([tzf])(?:[-_ ]?(?:stat|statistic|value|score))?")
AUTOMATIC: Extraction = "automatically extracted"
KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}


@dataclass(frozen=True)
class ImportedTable:
    """Points of one kind, space and direction, with what their file says of them.

    Attributes
    ----------
    name : str
        Of the experiment or analysis; several tables may share it.
    locator : str
        Where in the file they stand.
    points : tuple of Coordinate
        Empty where all were left out.
    space, n, coverage, effect, direction, extraction
        None where the file does not say.
    left_out : tuple of str
        What was not taken over, and why.
    """

    name: str
    locator: str
    points: tuple[Coordinate, ...]
    space: CoordinateSpace | None = None
    n: int | None = None
    coverage: Coverage | None = None
    effect: str | None = None
    direction: Direction | None = None
    extraction: Extraction | None = None
    left_out: tuple[str, ...] = ()


class _Sort(NamedTuple):
    """What points of one table have in common."""

    kind: Kind
    is_decrease: bool
    space: CoordinateSpace | None


def read_imported(path: Path, kind: Kind) -> tuple[ImportedTable, ...]:
    """Return the tables of a file by its name: .json, .tsv, .csv, or else Sleuth text.

    Parameters
    ----------
    path : Path
    kind : Kind
        What the points are where the file does not say.

    Raises
    ------
    MissingInputError, UnreadableFileError
        If the file is not there or no text.
    InputError
        At the first thing that cannot be used, with its place.
    """
    suffix = path.suffix.lower()
    if suffix == ".json":
        tables = tuple(_of_studyset(path, kind))
        if not tables:
            raise InputError(f"{path}: the studyset has no points; there is nothing to take")
        return tables
    if suffix in {".tsv", ".csv"}:
        return tuple(_of_table(read_filled_table(path), kind))
    return tuple(_of_sleuth(path, kind))


def _of_sleuth(path: Path, kind: Kind) -> Iterator[ImportedTable]:
    listing = read_sleuth(path)
    for draft in listing.drafts:
        points = tuple(Coordinate(x=x, y=y, z=z, kind=kind) for x, y, z in draft.foci)
        yield ImportedTable(draft.name, f"line {draft.line}", points, listing.space, draft.n)


def _of_table(table: Table, kind: Kind) -> Iterator[ImportedTable]:
    table.require("experiment", "x", "y", "z")
    groups: dict[str, list[Row]] = {}
    for row in table.rows:
        name = row["experiment"].text
        if name is None:
            raise InputError(f"{table.place(row['experiment'])}: the focus has no experiment")
        groups.setdefault(name, []).append(row)
    for name, rows in groups.items():
        yield _of_rows(table, name, rows, kind)


def _of_rows(table: Table, name: str, rows: list[Row], kind: Kind) -> ImportedTable:
    said = {column: _shared(table, rows, column) for column in ("space", "n", *WORDS)}
    space, n = said["space"], said["n"]
    points = tuple(
        _row_point(table, row, KINDS.get(_text(row, "kind") or "", kind)) for row in rows
    )
    return ImportedTable(
        name=name,
        locator=f"line {rows[0]['experiment'].line}",
        points=points,
        space=None if space is None else space_named(space.text or "", table.place(space)),
        n=None if n is None else count_of(n.text or "", table.place(n)),
        coverage=_word(said["coverage"]),
        effect=_word(said["effect"]),
        direction=_word(said["direction"]),
        extraction=_word(said["extraction"]),
    )


def _word(cell: Cell | None) -> Any:
    return None if cell is None else cell.text


def _text(row: Row, column: str) -> str | None:
    """Return what a row says in a column, or None where it says nothing."""
    cell = row.get(column)
    return None if cell is None or cell.text in MISSING_VALUES else cell.text


def _shared(table: Table, rows: list[Row], column: str) -> Cell | None:
    """Return the one value that all rows of an experiment have in a column."""
    texts = [_text(row, column) for row in rows]
    cell = rows[0].get(column)
    if cell is None or texts == [None] * len(texts):
        return None
    for row, text in zip(rows, texts, strict=True):
        if text not in {*WORDS.get(column, (text,))}:
            words = ", ".join(WORDS[column])
            raise InputError(f"{table.place(row[column])}: {column} is '{text}', none of {words}")
        if text != texts[0]:
            raise InputError(
                f"{table.place(row[column])}: {column} changes from '{texts[0]}' to '{text}' "
                "within an experiment; make two of it"
            )
    return cell


def _row_point(table: Table, row: Row, kind: Kind) -> Coordinate:
    x, y, z = focus_of([(row[axis].text or "", table.place(row[axis])) for axis in "xyz"])
    value, size = _text(row, "statistic_value"), _text(row, "n_voxels")
    try:
        return Coordinate.model_validate(
            {
                "x": x,
                "y": y,
                "z": z,
                "kind": kind,
                "label": _text(row, "label"),
                "statistic": _text(row, "statistic"),
                "statistic_value": None if value is None else float(value),
                "n_voxels": None if size is None else int(size),
            }
        )
    except (ValidationError, ValueError):
        raise InputError(
            f"{table.path}:{row['x'].line}:1: statistic (t, z, f), statistic_value (a number) or "
            "n_voxels (a whole number from 1) cannot be read"
        ) from None


def _of_studyset(path: Path, kind: Kind) -> Iterator[ImportedTable]:
    for s, study in enumerate(read_studyset(path)):
        for a, analysis in enumerate(study.analyses or ()):
            place = f"studies[{s}].analyses[{a}]"
            said = [(name or "").strip() for name in (study.name, analysis.name)]
            names = dict.fromkeys(name for name in said if name)
            extraction = _extraction(analysis)
            for table in tables_of_analysis(analysis, "; ".join(names) or place, place, kind):
                yield replace(table, extraction=extraction)


def _extraction(analysis: ForeignAnalysis) -> Extraction:
    """Return what a studyset says of an analysis; most are made by programs."""
    said = (analysis.metadata or {}).get("extraction")
    known: dict[Any, Extraction] = {word: word for word in get_args(Extraction)}
    return known.get(said, AUTOMATIC) if isinstance(said, str) else AUTOMATIC


def tables_of_analysis(
    analysis: ForeignAnalysis, name: str, locator: str, kind: Kind
) -> Iterator[ImportedTable]:
    """Yield the tables of an analysis: one for each kind, direction and space of its points.

    Parameters
    ----------
    analysis : ForeignAnalysis
    name, locator : str
        Of the tables.
    kind : Kind
        Of points that say neither their kind nor that they are seeds.

    Notes
    -----
    ``deactivation: true`` is a decrease. ``false`` and null say nothing here, since they are what
    a data base writes where nobody said anything: the direction stays unknown.
    """
    groups: dict[_Sort, list[Coordinate]] = {}
    left_out = []
    for position, point in enumerate(_in_order(analysis.points or []), start=1):
        sort = _sort(point, kind)
        try:
            groups.setdefault(sort, []).append(_coordinate(point, sort.kind))
        except ValidationError:
            shown = ", ".join(f"{value:g}" for value in point.coordinates)
            left_out.append(f"point {position} of '{name}' ({shown}) lies outside the head")
    n = _sample_size(analysis)
    filled = {sort: points for sort, points in groups.items() if points}
    if left_out and not filled:
        yield ImportedTable(name, locator, (), left_out=tuple(left_out))
    for sort, points in filled.items():
        direction: Direction | None = "decrease" if sort.is_decrease else None
        yield ImportedTable(
                name, locator, tuple(points), sort.space, n, direction=direction,
                left_out=tuple(left_out),
            )  # fmt: skip
        left_out = []


def _in_order(points: list[ForeignPoint]) -> Iterable[ForeignPoint]:
    if all(point.order is not None for point in points):
        return sorted(points, key=lambda point: point.order or 0)
    return points


def _sort(point: ForeignPoint, kind: Kind) -> _Sort:
    said = KINDS.get(point.kind or "", kind)
    space = (point.space or "").lower()
    known: CoordinateSpace | None = None
    if "mni" in space:
        known = "MNI"
    elif space.startswith("tal"):
        known = "Talairach"
    return _Sort("connectivity_seed" if point.is_seed else said, bool(point.deactivation), known)


def _coordinate(point: ForeignPoint, kind: Kind) -> Coordinate:
    x, y, z = point.coordinates
    known = [(_statistic(each), each.value) for each in point.values or () if _statistic(each)]
    statistic, value = known[0] if known else (None, None)
    size, unit = point.cluster_size or 0, (point.cluster_measurement_unit or "").lower()
    return Coordinate.model_validate(
        {
            "x": x,
            "y": y,
            "z": z,
            "kind": kind,
            "label": (point.label or "").strip() or None,
            "statistic": statistic,
            "statistic_value": value,
            "n_voxels": int(size) if unit == "voxels" and size >= 1 else None,
            "note": _note(point),
        }
    )


def _statistic(value: ForeignValue) -> str | None:
    """Return t, z or f if that is what a value is called, as in ``Z`` or ``t-statistic``."""
    named = STATISTIC.fullmatch((value.kind or "").strip().lower())
    return named[1] if named is not None and value.value is not None else None


def _note(point: ForeignPoint) -> str | None:
    """Return what the record has no field for: subpeaks, volumes, other statistics."""
    notes = ["subpeak"] if point.subpeak else []
    if point.cluster_size is not None and point.cluster_measurement_unit not in {"voxels", None}:
        notes.append(f"cluster of {point.cluster_size:g} {point.cluster_measurement_unit}")
    notes += [
        f"{each.kind or 'value of no named kind'} {each.value:g}"
        for each in point.values or ()
        if each.value is not None and _statistic(each) is None
    ]
    return "; ".join(notes) or None


def _sample_size(analysis: ForeignAnalysis) -> int | None:
    sizes = (analysis.metadata or {}).get("sample_sizes")
    if isinstance(sizes, list) and len(sizes) == 1 and type(sizes[0]) is int:
        return sizes[0] if sizes[0] > 1 else None
    return None
