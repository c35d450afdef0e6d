"""Tables of converted effects: each effect with its history, and the moderators as given.

Offers: ``write_converted``, ``check_converted``, ``CONVERTED_COLUMNS``.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asmr_stim.errors import OutputError
from asmr_stim.io.effects import EffectRow
from asmr_stim.io.tables import Column, check_sidecar, write_table
from asmr_stim.io.writing import check_folder
from asmr_stim.moderator.effects.estimates import Value

CONVERTED_COLUMNS = (
    Column("study", "As in the input"),
    Column("sample_id", "Equal for effects on the same people"),
    Column("label", "As in the input"),
    Column("contrast_type", "What was compared with what"),
    Column("design", "between, within or correlation"),
    Column("measure", "Effect size measure, named as in R's metafor"),
    Column("metric", "What the effect is expressed in; metrics are not pooled"),
    Column("estimate", "Effect, side 1 minus side 2; n/a for a bound"),
    Column("variance", "Sampling variance"),
    Column("se", "Standard error"),
    Column("grade", "exact, converted, bound or digitised"),
    Column("route", "Which statistic the effect was had from"),
    Column("sign_source", "Where the sign comes from"),
    Column("correlation", "Between the occasions of a within design"),
    Column("correlation_source", "stated, recovered or assumed"),
    Column("low", "Lower limit of a bound"),
    Column("high", "Upper limit of a bound"),
)


def check_converted(path: Path, source: Path | None = None) -> None:
    """Refuse a place for converted effects, before anything is converted.

    Parameters
    ----------
    path : Path
        The place.
    source : Path or None
        The table of reported statistics, which must not be replaced.

    Raises
    ------
    OutputError
        If the name does not end in ``.tsv`` or is that of a folder, its folder is not there or
        may not be written into, it is the source, or an unrelated JSON file has the name of the
        sidecar.
    """
    if path.suffix != ".tsv":
        raise OutputError(f"{path}: tables are written as TSV; give a name that ends in .tsv")
    check_folder(path.parent, path)
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file in it")
    if source is not None and path.exists() and path.samefile(source):
        raise OutputError(f"{path} is the table of reported statistics itself; give another name")
    check_sidecar(path)


def write_converted(path: Path, rows: Sequence[EffectRow]) -> None:
    """Write converted effects as TSV with a JSON sidecar.

    Parameters
    ----------
    path : Path
        Ends in ``.tsv``.
    rows : sequence of EffectRow
        Their moderators become columns behind those of the effects.

    Raises
    ------
    OutputError
        As ``check_converted``, or if the file cannot be written.
    """
    check_converted(path)
    names = dict.fromkeys(name for row in rows for name in row.moderators)
    extra = [name for name in names if name != "design"]
    columns = [*CONVERTED_COLUMNS, *(Column(name, "As in the input") for name in extra)]
    write_table(path, columns, (_fields(row, extra) for row in rows))


def _fields(row: EffectRow, extra: Sequence[str]) -> list[Any]:
    """Return an effect in the order of ``CONVERTED_COLUMNS``, then its other moderators."""
    found = row.converted
    error = math.sqrt(row.variance) if row.variance is not None else None
    return [
        row.study, row.sample_id, row.label, row.contrast_type, row.moderators.get("design"),
        found.measure if found else None, row.metric, row.estimate, row.variance, error,
        row.grade, found.route if found else None, found.sign_source if found else None,
        found.correlation if found else None, found.correlation_source if found else None,
        found.low if found else None, found.high if found else None,
        *(_as_given(row.moderators.get(name)) for name in extra),
    ]  # fmt: skip


def _as_given(value: Value) -> Value:
    """Return whole numbers, such as years, without a decimal point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
