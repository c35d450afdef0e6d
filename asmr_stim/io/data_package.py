"""The catalogue as CSV tables with a Frictionless Table Schema, in one data package.

Three tables: ``studies.csv``, ``stimuli.csv`` and ``coordinates.csv``; ``datapackage.json`` says
of every column what it is, its type and its unit, and how the tables hang together. A value that
is not known stands as ``not reported`` or ``not extracted``, which the schema declares as two
kinds of missing value: the three states stay apart, and tools that know the schema read them as
missing. Provenance stays in the YAML of the catalogue.

Offers: ``data_package``, which returns the files by name.
"""

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from asmr_stim.io.tables import MISSING, json_bytes
from asmr_stim.moderator.eligibility import participants, reasons_against
from asmr_stim.schema.coordinates import Coordinate, CoordinateTable
from asmr_stim.schema.knowledge import NOT_EXTRACTED, NOT_REPORTED, value_of
from asmr_stim.schema.stimulus import Stimulus, primary_source
from asmr_stim.schema.study import Study

MISSING_VALUES = ["", MISSING, NOT_REPORTED, NOT_EXTRACTED]
PACKAGE_FILE = "datapackage.json"
CSV_DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True}


class Field(NamedTuple):
    """A column: its name, its type in a Table Schema, what it is, and how a row gives it."""

    name: str
    type: str
    description: str
    of: Callable[[Any], Any]


@dataclass(frozen=True)
class OfStudy:
    """A stimulus or a table with the study it belongs to."""

    study: Study
    part: Any


@dataclass(frozen=True)
class _Point:
    """A coordinate with the table and the study that it stands in."""

    study: Study
    table: CoordinateTable
    point: Coordinate


def data_package(studies: Sequence[Study]) -> dict[str, bytes]:
    """Return the files of the data package by name.

    Parameters
    ----------
    studies : sequence of Study

    Returns
    -------
    dict of str to bytes
        Three CSV tables (UTF-8, LF, decimal point) and ``datapackage.json``.
    """
    stimuli = [OfStudy(study, part) for study in studies for part in study.stimuli]
    points = [
        _Point(study, table, point)
        for study in studies
        for table in study.coordinates
        for point in table.points
    ]
    to_study = _key("study", "studies", "study")
    tables: list[tuple[str, list[Field], Iterable[Any], dict[str, Any]]] = [
        ("studies", STUDY, studies, {"primaryKey": ["study"]}),
        (
            "stimuli",
            [*STIMULUS, *_facets(stimuli)],
            stimuli,
            {"primaryKey": ["study", "stimulus"], **to_study},
        ),
        ("coordinates", POINT, points, to_study),
    ]
    files = {f"{name}.csv": _csv(fields, rows) for name, fields, rows, _ in tables}
    resources = [_resource(name, fields, keys) for name, fields, _, keys in tables]
    package = {
        "profile": "tabular-data-package",
        "name": "asmr-stim-catalogue",
        "title": "Stimuli and coordinates of ASMR studies",
        "resources": resources,
    }
    return files | {PACKAGE_FILE: json_bytes(package)}


def _key(field: str, resource: str, target: str) -> dict[str, Any]:
    return {
        "foreignKeys": [
            {"fields": [field], "reference": {"resource": resource, "fields": [target]}}
        ]
    }


def _resource(name: str, fields: Sequence[Field], keys: dict[str, Any]) -> dict[str, Any]:
    described = [{"name": f.name, "type": f.type, "description": f.description} for f in fields]
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": CSV_DIALECT,
        "schema": {"fields": described, "missingValues": MISSING_VALUES, **keys},
    }


def _csv(fields: Sequence[Field], rows: Iterable[Any]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([field.name for field in fields])
    writer.writerows([cell_text(field.of(row)) for field in fields] for row in rows)
    return out.getvalue().encode()


def cell_text(value: Any) -> str:
    """Return a value as the text of a cell: lists joined by a semicolon, None as ``n/a``."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if math.isfinite(value) and value.is_integer() else repr(value)
    if isinstance(value, tuple | list):
        return "; ".join(cell_text(member) for member in value)
    return " ".join(str(value).split())


def _known(field: Any) -> Any:
    """Return the value, or the word for why there is none."""
    return field if isinstance(field, str) else value_of(field)


def _of_study(name: str) -> Callable[[Study], Any]:
    return lambda study: _known(getattr(study, name))


def _of_part(name: str) -> Callable[[OfStudy], Any]:
    return lambda row: _known(getattr(row.part, name))


def _of_table(name: str) -> Callable[[_Point], Any]:
    return lambda row: _known(getattr(row.table, name))


def _of_point(name: str) -> Callable[[_Point], Any]:
    return lambda row: getattr(row.point, name)


def _facets(stimuli: Sequence[OfStudy]) -> list[Field]:
    """Return a column for every facet that any stimulus has."""
    names = sorted({name for row in stimuli for name in row.part.facets})
    return [
        Field(name, "string", f"facet '{name}' of the taxonomy", _of_facet(name)) for name in names
    ]


def _of_facet(name: str) -> Callable[[OfStudy], Any]:
    return lambda row: _known(row.part.facets.get(name, NOT_EXTRACTED))


def _primary(row: OfStudy) -> str | None:
    stimulus: Stimulus = row.part
    return primary_source(stimulus).term


def _contrast(row: _Point) -> Any:
    return next((each for each in row.study.contrasts if each.id == row.table.contrast), None)


def _contrast_type(row: _Point) -> Any:
    contrast = _contrast(row)
    return None if contrast is None else _known(contrast.type)


def _n(row: _Point) -> int | None:
    contrast = _contrast(row)
    return None if contrast is None else participants(row.study, contrast)


STUDY = [
    Field("study", "string", "id of the study in the catalogue", lambda study: study.id),
    Field("title", "string", "title", _of_study("title")),
    Field("authors", "string", "authors, separated by '; '", _of_study("authors")),
    Field("year", "integer", "year of publication", _of_study("year")),
    Field("venue", "string", "journal or other place", _of_study("venue")),
    Field("doi", "string", "DOI", _of_study("doi")),
    Field("pmid", "string", "PubMed id", _of_study("pmid")),
    Field("pmcid", "string", "PubMed Central id", _of_study("pmcid")),
    Field("modalities", "string", "methods, separated by '; '", _of_study("modalities")),
    Field("review_status", "string", "status in the review", lambda s: s.review_status.status),
    Field("evidence_level", "string", "what of the study was read", lambda s: s.evidence_level),
]
STIMULUS = [
    Field("study", "string", "id of the study", lambda row: row.study.id),
    Field("stimulus", "string", "id of the stimulus within its study", lambda row: row.part.id),
    Field("label", "string", "what it is, in a few words", lambda row: row.part.label),
    Field("title", "string", "title of the clip", _of_part("title")),
    Field("creator", "string", "who made the clip", _of_part("creator")),
    Field("url", "string", "where the clip is or was", _of_part("url")),
    Field("platform", "string", "platform of the clip", _of_part("platform")),
    Field("n_clips", "integer", "number of clips", _of_part("n_clips")),
    Field("duration_s", "number", "duration, s", _of_part("duration_s")),
    Field("channel", "string", "channel term of the taxonomy", _of_part("channel")),
    Field("sources", "string", "source terms, separated by '; '", _of_part("sources")),
    Field("acts", "string", "act terms, separated by '; '", _of_part("acts")),
    Field("primary_source", "string", "the one source it counts as, or 'mixed'", _primary),
    Field("level_db", "number", "level, dB re level_reference", _of_part("level_db")),
    Field("level_reference", "string", "what the level refers to", _of_part("level_reference")),
]  # fmt: skip
POINT = [
    Field("study", "string", "id of the study", lambda row: row.study.id),
    Field("experiment", "string", "study and table, unique in the catalogue",
          lambda row: f"{row.study.id}.{row.table.id}"),
    Field("contrast", "string", "id of the contrast within its study",
          lambda row: row.table.contrast),
    Field("contrast_type", "string", "what was compared with what", _contrast_type),
    Field("n", "integer", "number of people", _n),
    Field("x", "number", "left to right, mm", _of_point("x")),
    Field("y", "number", "back to front, mm", _of_point("y")),
    Field("z", "number", "bottom to top, mm", _of_point("z")),
    Field("space", "string", "MNI or Talairach", _of_table("space")),
    Field("kind", "string", "what kind of point it is", _of_point("kind")),
    Field("coverage", "string", "what the analysis covered", _of_table("coverage")),
    Field("effect", "string", "activation or connectivity", _of_table("effect")),
    Field("direction", "string", "of the first side of the contrast", _of_table("direction")),
    Field("extraction", "string", "how the points came into the record",
          lambda row: row.table.extraction),
    Field("eligible", "boolean", "whether they may enter an ALE",
          lambda row: not reasons_against(row.study, row.table)),
    Field("reasons", "string", "why not",
          lambda row: reasons_against(row.study, row.table) or None),
    Field("label", "string", "name of the place", _of_point("label")),
    Field("statistic", "string", "t, z or f", _of_point("statistic")),
    Field("statistic_value", "number", "value of the statistic", _of_point("statistic_value")),
    Field("n_voxels", "integer", "size of the cluster, voxels", _of_point("n_voxels")),
]  # fmt: skip
