"""NIMADS studysets: the JSON in which NiMARE and NeuroStore hold studies, analyses and points.

A studyset holds studies, a study analyses, an analysis points; an annotation beside them says
something of each analysis. What is written here marks every analysis as one that may enter an ALE
or not, with the reasons, since a reader of the file would otherwise pool seeds with peaks.

Offers: ``studyset_of_studies``, ``studyset_of_foci``, ``read_studyset``, ``ForeignAnalysis``,
``ForeignPoint``, ``ForeignStudy``, ``parsed_json``, ``first_fault``.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from asmr_stim.errors import InputError
from asmr_stim.io.tables import decoded_text
from asmr_stim.moderator.eligibility import participants, reasons_against
from asmr_stim.schema.coordinates import Coordinate, CoordinateTable
from asmr_stim.schema.foci import Experiment, FociSet
from asmr_stim.schema.knowledge import value_of
from asmr_stim.schema.study import Contrast, Study

Document = dict[str, Any]

SPACES = {"MNI": "MNI", "Talairach": "TAL"}
"""Our word for a space and that of NiMARE."""
ANNOTATION = "asmr_stim"
NOTE_KEYS = {
    "eligible": "boolean",
    "reasons": "string",
    "contrast_type": "string",
    "direction": "string",
    "coverage": "string",
    "effect": "string",
    "extraction": "string",
}


class ForeignRecord(BaseModel):
    """A record of another program: unknown keys are passed over, types are not guessed."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class ForeignValue(ForeignRecord):
    """A statistic of a point."""

    kind: str | None = None
    value: float | None = None


class ForeignPoint(ForeignRecord):
    """A point of another program; anything but the coordinates may be null."""

    coordinates: list[float] = Field(min_length=3, max_length=3)
    space: str | None = None
    kind: str | None = None
    label: str | None = None
    values: list[ForeignValue] | None = None
    cluster_size: float | None = None
    cluster_measurement_unit: str | None = None
    subpeak: bool | None = None
    deactivation: bool | None = None
    is_seed: bool | None = None
    order: int | None = None


class ForeignAnalysis(ForeignRecord):
    """An analysis of another program with its points."""

    id: str | None = None
    name: str | None = None
    description: str | None = None
    points: list[ForeignPoint] | None = None
    metadata: dict[str, Any] | None = None


class ForeignStudy(ForeignRecord):
    """A study of another program with its analyses."""

    id: str | None = None
    name: str | None = None
    analyses: list[ForeignAnalysis] | None = None


class _ForeignStudyset(ForeignRecord):
    """A studyset that somebody else wrote."""

    studies: list[ForeignStudy]


def studyset_of_studies(studies: Iterable[Study]) -> Document:
    """Return the studies whose tables have points as a NIMADS studyset.

    Parameters
    ----------
    studies : iterable of Study

    Returns
    -------
    dict
        ``studies`` and one annotation, ``asmr_stim``, that says of each analysis whether it may
        enter an ALE. A table without points and a study without tables are left out.
    """
    members, notes = [], []
    for study in studies:
        tables = [table for table in study.coordinates if table.points]
        if tables:
            members.append(_study(study, tables))
            notes += [_note(study, table) for table in tables]
    return _document("asmr_stim", "Studies of ASMR with their coordinates", members, notes)


def studyset_of_foci(foci: FociSet, name: str) -> Document:
    """Return experiments as a NIMADS studyset: one study with one analysis for each."""
    members = [_experiment(each, SPACES[foci.space]) for each in foci.experiments]
    notes = [
        {
            "study": each.name,
            "analysis": "1",
            "note": {"contrast_type": each.contrast_type, **each.columns},
        }
        for each in foci.experiments
    ]
    return _document(name, name, members, notes)


def read_studyset(path: Path) -> tuple[ForeignStudy, ...]:
    """Return the studies of a NIMADS studyset in JSON.

    Raises
    ------
    MissingInputError, UnreadableFileError
        If the file is not there or no text.
    InputError
        If it is no JSON or no studyset; the message says where.
    """
    try:
        content = parsed_json(decoded_text(path))
    except UnicodeError:
        raise InputError(f"{path}: the JSON holds half a character (a lone surrogate)") from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}:{error.lineno}:{error.colno}: this is no JSON ({error.msg})"
        ) from None
    except RecursionError:
        raise InputError(f"{path}: the JSON is nested too deeply") from None
    try:
        studyset = _ForeignStudyset.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{path}: this is no NIMADS studyset: {first_fault(error)}") from None
    return tuple(studyset.studies)


def parsed_json(text: str | bytes) -> Any:
    """Return the content of JSON, all of whose text can be written as UTF-8.

    Raises
    ------
    json.JSONDecodeError, UnicodeError, RecursionError
    """
    content = json.loads(text)
    if "\\u" in (text if isinstance(text, str) else text.decode("utf-8", "replace")):
        json.dumps(content, ensure_ascii=False).encode()
    return content


def first_fault(error: ValidationError) -> str:
    """Return the first thing wrong with a foreign record: its path, and what stands there."""
    fault = error.errors(include_url=False)[0]
    where = ".".join(map(str, fault["loc"])) or "the top"
    if fault["type"] == "missing":
        return f"'{where}' is missing"
    found = json.dumps(fault["input"], default=str, ensure_ascii=False)
    shown = found if len(found) <= 60 else found[:57] + "..."  # enough to find it by
    return f"'{where}' is {shown}: {fault['msg'][0].lower()}{fault['msg'][1:]}"


def _document(identifier: str, name: str, studies: list[Document], notes: list[Any]) -> Document:
    keys = NOTE_KEYS | {
        key: "string" for note in notes for key in note["note"] if key not in NOTE_KEYS
    }
    annotation = {
        "id": ANNOTATION,
        "name": ANNOTATION,
        "note_keys": {
            key: kind for key, kind in keys.items() if any(key in n["note"] for n in notes)
        },
        "notes": notes,
    }
    return {"id": identifier, "name": name, "studies": studies, "annotations": [annotation]}


def _study(study: Study, tables: list[CoordinateTable]) -> Document:
    authors = value_of(study.authors)
    known = {name: value_of(getattr(study, name)) for name in ("year", "doi", "pmid", "pmcid")}
    return {
        "id": study.id,
        "name": value_of(study.title) or study.id,
        "authors": ", ".join(authors) if authors else None,
        "publication": value_of(study.venue),
        **known,
        "metadata": {"evidence_level": study.evidence_level},
        "analyses": [_analysis(study, table) for table in tables],
    }


def _analysis(study: Study, table: CoordinateTable) -> Document:
    contrast = next((each for each in study.contrasts if each.id == table.contrast), None)
    identifier = f"{study.id}.{table.id}"
    n = None if contrast is None else participants(study, contrast)
    metadata: Document = {} if n is None else {"sample_sizes": [n]}
    if contrast is not None and contrast.sample is not None:
        metadata["sample_id"] = contrast.sample
    metadata["extraction"] = table.extraction
    sides = _sides(contrast)
    return {
        "id": identifier,
        "name": table.label,
        "description": None if contrast is None else contrast.label,
        "conditions": [{"name": name, "description": None} for name in sides],
        "weights": [1.0, -1.0][: len(sides)],
        "images": [],
        "metadata": metadata,
        "points": [
            _point(f"{identifier}.{position}", point, table)
            for position, point in enumerate(table.points, start=1)
        ],
    }


def _sides(contrast: Contrast | None) -> list[str]:
    if contrast is None:
        return []
    return [contrast.first] if contrast.second is None else [contrast.first, contrast.second]


def _point(identifier: str, point: Coordinate, table: CoordinateTable) -> Document:
    space = value_of(table.space)
    statistic = {"kind": point.statistic, "value": point.statistic_value}
    return {
        "id": identifier,
        "coordinates": [point.x, point.y, point.z],
        "space": SPACES.get(space) if space is not None else None,
        "kind": point.kind,
        "label": point.label,
        "values": [statistic] if point.statistic_value is not None else [],
        "cluster_size": point.n_voxels,
        "cluster_measurement_unit": None if point.n_voxels is None else "voxels",
        "is_seed": point.kind == "connectivity_seed",
        "deactivation": value_of(table.direction) == "decrease",
    }


def _note(study: Study, table: CoordinateTable) -> Document:
    contrast = next((each for each in study.contrasts if each.id == table.contrast), None)
    reasons = reasons_against(study, table)
    return {
        "study": study.id,
        "analysis": f"{study.id}.{table.id}",
        "note": {
            "eligible": not reasons,
            "reasons": "; ".join(reasons),
            "contrast_type": None if contrast is None else value_of(contrast.type),
            "direction": value_of(table.direction),
            "coverage": value_of(table.coverage),
            "effect": value_of(table.effect),
            "extraction": table.extraction,
        },
    }


def _experiment(experiment: Experiment, space: str) -> Document:
    metadata: Document = {"sample_sizes": [experiment.n]}
    if experiment.sample_id is not None:
        metadata["sample_id"] = experiment.sample_id
    points = [
        {
            "id": f"{experiment.name}.{position}",
            "coordinates": list(focus),
            "space": space,
            "kind": "activation_peak",
            "values": [],
        }
        for position, focus in enumerate(experiment.foci, start=1)
    ]
    analysis = {
        "id": "1",
        "name": experiment.name,
        "conditions": [],
        "weights": [],
        "images": [],
        "metadata": metadata,
        "points": points,
    }
    return {"id": experiment.name, "name": experiment.name, "metadata": {}, "analyses": [analysis]}
