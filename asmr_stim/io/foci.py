"""Foci and experiments from files: Sleuth text, or tables in TSV or CSV.

A table of foci has the columns ``experiment``, ``x``, ``y``, ``z`` and, unless the space is handed
in, ``space``. A table of experiments has ``experiment`` and may have ``n``, ``sample_id``,
``contrast_type`` and any group columns; it is joined by name, and a name that is in only one of
the two is an error. ``n`` may stand in either place; where it stands in both, both must agree.

Offers: ``read_foci``, ``load_example``, ``example_names``.
"""

from collections.abc import Iterable
from pathlib import Path

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.sleuth import (
    Draft,
    Listing,
    count_of,
    focus_of,
    read_sleuth,
    refuse_all,
    space_named,
)
from asmr_stim.io.tables import Cell, Row, Table, read_filled_table
from asmr_stim.resources import examples_folder
from asmr_stim.schema.foci import CoordinateSpace, Experiment, FociSet

_OWN_COLUMNS = ("experiment", "n", "sample_id", "contrast_type")


def read_foci(
    path: Path, experiments: Path | None = None, space: CoordinateSpace | None = None
) -> FociSet:
    """Return the experiments of a file of foci, joined to a table of experiments if one is given.

    Parameters
    ----------
    path : Path
        Sleuth text, or a table if the name ends in .tsv or .csv.
    experiments : Path, optional
        Table of experiments.
    space : "MNI" or "Talairach", optional
        Only for a table of foci without a ``space`` column; a Sleuth file says it itself.

    Raises
    ------
    MissingInputError, UnreadableFileError
        If a file is not there or no text.
    InputError
        ``FILE:LINE:COL`` and a sentence for everything that cannot be used, file by file.
    """
    if path.suffix.lower() in {".tsv", ".csv"}:
        listing = _listing(read_filled_table(path), space)
    else:
        listing = read_sleuth(path)
        _check_space(listing.space, space, f"{path}:1:1")
    rows = None if experiments is None else _rows_by_name(read_filled_table(experiments))
    return _joined(listing, rows)


def _check_space(found: CoordinateSpace, said: CoordinateSpace | None, place: str) -> None:
    if said not in {None, found}:
        raise InputError(f"{place}: the file says {found}, the option says {said}; one is wrong")


def _listing(table: Table, space: CoordinateSpace | None) -> Listing:
    """Return the experiments of a table of foci, in the order they first occur."""
    table.require("experiment", "x", "y", "z")
    found = _space_of(table, space)
    drafts: dict[str, Draft] = {}
    problems: list[str] = []
    for row in table.rows:
        name = row["experiment"]
        if name.text is None:
            problems.append(f"{table.place(name)}: the focus belongs to no experiment")
            continue
        draft = drafts.setdefault(name.text, Draft([name.text], name.line))
        try:
            draft.foci.append(focus_of([(row[a].text or "", table.place(row[a])) for a in "xyz"]))
        except InputError as error:
            problems.append(str(error))
    refuse_all(table.path, problems)
    return Listing(table.path, found, tuple(drafts.values()))


def _space_of(table: Table, said: CoordinateSpace | None) -> CoordinateSpace:
    if "space" not in table.columns:
        if said is None:
            raise InputError(
                f"{table.path}:1:1: the coordinate space is not said; add a column 'space' "
                "(MNI or Talairach), or give --space MNI (or Talairach)"
            )
        return said
    first = table.rows[0]["space"]
    found = space_named(first.text or "", table.place(first))
    for row in table.rows:
        cell = row["space"]
        if space_named(cell.text or "", table.place(cell)) != found:
            raise InputError(
                f"{table.place(cell)}: the table changes from {found} to {cell.text}; "
                "one file holds one space, so split it"
            )
    _check_space(found, said, table.place(first))
    return found


def _rows_by_name(table: Table) -> tuple[Table, dict[str, Row]]:
    table.require("experiment")
    rows: dict[str, Row] = {}
    for row in table.rows:
        name = row["experiment"]
        if name.text is None:
            raise InputError(f"{table.place(name)}: the experiment has no name")
        if name.text in rows:
            raise InputError(
                f"{table.place(name)}: the experiment '{name.text}' stands at line "
                f"{rows[name.text]['experiment'].line} already"
            )
        rows[name.text] = row
    return table, rows


def _joined(listing: Listing, joined: tuple[Table, dict[str, Row]] | None) -> FociSet:
    """Return the records; without a table every number of subjects must stand with the foci."""
    table, rows = joined if joined is not None else (None, {})
    if table is not None:
        _refuse_unmatched(listing, table, rows)
    made, problems = [], []
    for draft in listing.drafts:
        try:
            made.append(_experiment(listing, draft, table, rows.get(draft.name, {})))
        except InputError as error:
            problems.append(str(error))
    refuse_all(listing.path, problems)
    return FociSet(space=listing.space, experiments=tuple(made))


def _refuse_unmatched(listing: Listing, table: Table, rows: dict[str, Row]) -> None:
    names = {draft.name for draft in listing.drafts}
    if only_foci := [draft for draft in listing.drafts if draft.name not in rows]:
        raise InputError(
            f"{listing.path}:{only_foci[0].line}:1: these experiments are not in {table.path}: "
            f"{_listed(draft.name for draft in only_foci)}"
        )
    if only_rows := [name for name in rows if name not in names]:
        raise InputError(
            f"{table.place(rows[only_rows[0]]['experiment'])}: these experiments have no foci in "
            f"{listing.path}: {_listed(only_rows)}"
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _experiment(listing: Listing, draft: Draft, table: Table | None, row: Row) -> Experiment:
    nothing = Cell(None, 0, 0)
    return Experiment(
        name=draft.name,
        n=_agreed_n(listing, draft, table, row.get("n", nothing)),
        foci=tuple(draft.foci),
        sample_id=row.get("sample_id", nothing).text,
        contrast_type=row.get("contrast_type", nothing).text,
        columns={
            name: cell.text
            for name, cell in row.items()
            if name not in _OWN_COLUMNS and cell.text is not None
        },
    )


def _agreed_n(listing: Listing, draft: Draft, table: Table | None, cell: Cell) -> int:
    if table is None or cell.text is None:
        if draft.n is None:
            raise InputError(
                f"{listing.path}:{draft.line}:1: the number of subjects of '{draft.name}' is "
                "missing; write '// Subjects = 20' below its name or give a table of experiments "
                "with a column 'n'"
            )
        return draft.n
    n = count_of(cell.text, table.place(cell))
    if draft.n not in {None, n}:
        raise InputError(
            f"{table.place(cell)}: '{draft.name}' has n = {n} here and {draft.n} subjects in "
            f"{listing.path} (line {draft.line}); one is wrong"
        )
    return n


def example_names() -> tuple[str, ...]:
    """Return the names of the example data sets that come with the program."""
    return tuple(sorted(place.parent.name for place in examples_folder().glob("*/foci.tsv")))


def load_example(name: str) -> FociSet:
    """Return one of the example data sets that come with the program.

    Parameters
    ----------
    name : str
        One of ``example_names()``.

    Raises
    ------
    MissingInputError
        If there is no such example.

    Examples
    --------
    >>> load_example("semantic_cognition_children").n_foci
    463
    """
    if name not in example_names():
        raise MissingInputError(
            f"there is no example '{name}'; there are: {', '.join(example_names())}"
        )
    folder = examples_folder() / name
    return read_foci(folder / "foci.tsv", folder / "experiments.tsv")
