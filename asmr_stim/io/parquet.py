"""Tables as Parquet, with what each column is and its unit in the metadata of the file.

This needs pyarrow, which the extra ``corpus`` installs: it is loaded only when it is used.

Offers: ``write_parquet``, ``require_pyarrow``.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from asmr_stim.errors import MissingInputError, OutputError
from asmr_stim.io.tables import Column
from asmr_stim.io.writing import new_file


def require_pyarrow() -> None:
    """Raise MissingInputError, with the cure, if pyarrow is not installed."""
    _library("pyarrow")


def write_parquet(
    path: Path,
    columns: Sequence[Column],
    batches: Iterable[Mapping[str, Sequence[Any]]],
    note: str | None = None,
) -> None:
    """Write a table whole or not at all.

    Parameters
    ----------
    path : Path
        Ending in .parquet.
    columns : sequence of Column
        Their kind is the type; a missing value is null, and so is NaN.
    batches : iterable of mappings
        Rows, column by column; any number at a time.
    note : str, optional
        What holds for the whole table; ``Description`` in the metadata.

    Raises
    ------
    MissingInputError
        If pyarrow is not installed.
    OutputError
        If the file cannot be written.
    """
    arrow, parquet = _library("pyarrow"), _library("pyarrow.parquet")
    schema = _schema(arrow, columns, note)
    try:
        with new_file(path) as place, parquet.ParquetWriter(place, schema) as writer:
            for batch in batches:
                arrays = [
                    arrow.array(batch[field.name], type=field.type, from_pandas=True)
                    for field in schema
                ]
                writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
    except arrow.ArrowException as error:
        raise OutputError(f"{path}: cannot be written ({error})") from None


def _schema(arrow: Any, columns: Sequence[Column], note: str | None) -> Any:
    """Return the types of the columns, with their meaning."""
    types = {
        "text": arrow.string(),
        "whole": arrow.int64(),
        "number": arrow.float64(),
        "single": arrow.float32(),
    }
    fields = []
    for column in columns:
        about = {"Description": column.description}
        if column.unit is not None:
            about["Units"] = column.unit
        fields.append(arrow.field(column.name, types[column.kind], metadata=about))
    return arrow.schema(fields, metadata=None if note is None else {"Description": note})


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise MissingInputError(
            "Parquet needs the package pyarrow, which is not installed; run "
            "pip install 'asmr-stim[corpus]', or choose .tsv"
        ) from None
