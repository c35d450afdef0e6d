"""Coordinates from elsewhere into a study file: marked with their source, beside what is there.

Nothing that stands in a study is changed. A table that came from the same place before is left as
it is, whether or not the two still agree; points that the study holds already are not entered
twice.

Offers: ``Said``, ``Origin``, ``Intake``, ``intake``, ``import_coordinates``,
``writable_catalogue``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asmr_stim.errors import InputError
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.catalogue_files import catalogue_files
from asmr_stim.io.imported import ImportedTable, read_imported
from asmr_stim.io.results import file_sha256
from asmr_stim.io.study_yaml import add_to_study, write_files
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.moderator.eligibility import participants
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.coordinates import CoordinateTable, Coverage, Extraction, Kind
from asmr_stim.schema.foci import CoordinateSpace
from asmr_stim.schema.knowledge import Basis
from asmr_stim.schema.outcome import Direction
from asmr_stim.schema.study import Source, Study


@dataclass(frozen=True)
class Said:
    """What the person who takes the points in says of them; None for what is left open."""

    contrast: str | None = None
    kind: Kind = "activation_peak"
    space: CoordinateSpace | None = None
    coverage: Coverage | None = None
    effect: str | None = None
    direction: Direction | None = None
    is_checked: bool = False
    """Whether that person has compared the points with the paper."""


@dataclass(frozen=True)
class Origin:
    """Where the points come from, and how their values follow from it.

    ``extraction`` is that of tables whose file does not say it.
    """

    source: Source
    basis: Basis
    extraction: Extraction


@dataclass(frozen=True)
class Intake:
    """A study with what is new for it.

    Attributes
    ----------
    study : Study
        As it was.
    source : Source or None
        None where nothing is new, or the study names the source already.
    tables : tuple of CoordinateTable
        The new ones.
    notes : tuple of str
        What was not taken over, and what is left to do.
    """

    study: Study
    source: Source | None
    tables: tuple[CoordinateTable, ...]
    notes: tuple[str, ...]

    @property
    def addition(self) -> dict[str, Sequence[Any]]:
        """The new members of the study's lists."""
        sources = () if self.source is None else (self.source,)
        return {"sources": sources, "coordinates": self.tables}


def intake(study: Study, tables: Iterable[ImportedTable], origin: Origin, said: Said) -> Intake:
    """Return what tables bring to a study that it does not hold already.

    Parameters
    ----------
    study : Study
    tables : iterable of ImportedTable
    origin : Origin
        Its source's id is changed where the study uses it for something else.
    said : Said

    Raises
    ------
    InputError
        If what is said contradicts the file, or the file the study.
    """
    _refuse_unknown_contrast(study, said.contrast)
    source, is_new = _source_of(study, origin.source)
    origin = Origin(source, origin.basis, origin.extraction)
    taken, notes = list[CoordinateTable](), list[str]()
    for table in tables:
        notes += table.left_out
        if not table.points:
            continue
        record = _record(study, table, origin, said, {each.id for each in taken})
        known = _held_already(study, record)
        if known is None:
            notes += [*_about_n(study, table, said), *_namesakes(study, record)]
            taken.append(record)
        else:
            notes.append(known)
    return Intake(study, source if is_new and taken else None, tuple(taken), tuple(notes))


def import_coordinates(
    path: Path,
    catalogue: Path,
    study_id: str,
    said: Said,
    names: Sequence[str],
    reference: str | None,
) -> tuple[Intake, dict[Path, str]]:
    """Return what a file brings to a study, and the new text of the study's file.

    Parameters
    ----------
    path : Path
        Sleuth text, TSV, CSV, or a NIMADS studyset in JSON.
    catalogue : Path
        A catalogue without problems.
    study_id : str
    said : Said
    names : sequence of str
        The experiments to take; empty for all.
    reference : str, optional
        Where the file is from; by default its name and hash.

    Raises
    ------
    MissingInputError, UnreadableFileError, InputError
        If a file, a study or an experiment is not there, or cannot be used.
    """
    study = load_catalogue(catalogue).study(study_id)
    tables = _named(path, read_imported(path, said.kind), names)
    digest = f"{path.name}, SHA-256 {file_sha256(path)}"
    reference = (reference or "").strip()
    source = Source(
        id=slug(path.stem),
        reference=reference or digest,
        kind="secondary",
        note=f"imported from {digest}" if reference else "imported from a file",
    )
    found = intake(study, tables, Origin(source, "secondary", "by hand"), said)
    return found, new_texts(catalogue, [found])


def new_texts(catalogue: Path, intakes: Iterable[Intake]) -> dict[Path, str]:
    """Return the new text of every study file that something is added to."""
    files = {path.stem: path for path in catalogue_files(catalogue)}
    return {
        files[each.study.id]: add_to_study(files[each.study.id], each.addition, load_taxonomy())
        for each in intakes
        if each.tables
    }


def save(texts: dict[Path, str]) -> None:
    """Write the new texts of study files, all or none."""
    write_files(texts)


def writable_catalogue(folder: Path | None) -> Path:
    """Return the folder of the catalogue to write into.

    Raises
    ------
    InputError
        If none is named and the program's own is part of an installed package.
    """
    if folder is not None:
        return folder
    own = catalogue_folder()
    if own.parent.name == "_data":
        raise InputError(
            "the catalogue that comes with an installed program is not written to; "
            "copy it and name the copy with --catalog"
        )
    return own


def slug(text: str) -> str:
    """Return an id made of the letters and digits of a text."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    joined = "_".join(words)[:60].strip("_")
    return joined if joined[:1].isalpha() else f"table_{joined}".rstrip("_")


def _named(
    path: Path, tables: Sequence[ImportedTable], names: Sequence[str]
) -> list[ImportedTable]:
    found = list(dict.fromkeys(table.name for table in tables))
    if unknown := [name for name in names if name not in found]:
        listed = ", ".join(f"'{name}'" for name in found)
        raise InputError(f"{path}: there is no experiment '{unknown[0]}'; there are: {listed}")
    return [table for table in tables if not names or table.name in names]


def _refuse_unknown_contrast(study: Study, contrast: str | None) -> None:
    known = [each.id for each in study.contrasts]
    if contrast is not None and contrast not in known:
        there = f"there are: {', '.join(known)}" if known else "there is none"
        raise InputError(f"'{contrast}' is no contrast of {study.id}; {there}")


def _source_of(study: Study, source: Source) -> tuple[Source, bool]:
    """Return the study's own source with this reference, or the new one under a free id."""
    for known in study.sources:
        if (known.reference, known.kind) == (source.reference, source.kind):
            return known, False
    taken = {known.id for known in study.sources}
    return source.model_copy(update={"id": _free(source.id, taken)}), True


def _free(wanted: str, taken: set[str]) -> str:
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}_{number}"
    return free


def _record(
    study: Study, table: ImportedTable, origin: Origin, said: Said, taken: set[str]
) -> CoordinateTable:
    here = {"scope": "value", "sources": [origin.source.id], "locator": _locator(table)}
    content: dict[str, Any] = {
        "id": _free(
            slug(_label(table).removeprefix(f"{study.id}.")),
            {each.id for each in study.coordinates} | taken,
        ),
        "label": _label(table),
        "contrast": said.contrast,
        "extraction": _extraction(table, origin, said),
        "provenance": here,
        "points": table.points,
    }
    for name in ("space", "coverage", "effect", "direction"):
        in_file, by_person = getattr(table, name), getattr(said, name)
        if None not in {in_file, by_person} and in_file != by_person:
            raise InputError(
                f"'{table.name}': the file says {name} = {in_file}, the option says {by_person}; "
                "one is wrong"
            )
        if in_file is not None:
            content[name] = {"value": in_file, "basis": origin.basis, "provenance": here}
        elif by_person is not None:
            study_wide = {"scope": "study"}
            content[name] = {"value": by_person, "basis": "coded", "provenance": study_wide}
    return CoordinateTable.model_validate(content)


def _extraction(table: ImportedTable, origin: Origin, said: Said) -> Extraction:
    """Return how the points were extracted: as their file says, else as where they come from."""
    extraction = table.extraction or origin.extraction
    if said.is_checked and extraction == "automatically extracted":
        return "automatically extracted, checked"
    return extraction


def _label(table: ImportedTable) -> str:
    """Return the name of a table, with what tells it apart from others of its analysis."""
    marks = []
    if table.points[0].kind == "connectivity_seed":
        marks.append("seeds")
    elif table.points[0].kind == "a_priori_roi":
        marks.append("regions of interest")
    if table.direction == "decrease":
        marks.append("decrease")
    return f"{table.name} ({', '.join(marks)})" if marks else table.name


def _locator(table: ImportedTable) -> str:
    return f"{table.locator}: {_label(table)}"


def _held_already(study: Study, table: CoordinateTable) -> str | None:
    """Return why a table is not entered: it came from there before, or its points are there."""
    places = _places(table)
    for known in study.coordinates:
        if _places(known) == places:
            return f"'{table.label}': its points stand in the table '{known.id}' already"
        if known.provenance == table.provenance:
            return (
                f"'{table.label}' came from the same place before, as the table '{known.id}', and "
                "its points differ now; what stands in the study is left as it is"
            )
    return None


def _namesakes(study: Study, table: CoordinateTable) -> list[str]:
    """Return a warning for each table of the same name, which would count twice."""
    return [
        f"'{known.id}' has the same name as the new table '{table.id}' and other points; "
        "compare the two and keep one"
        for known in study.coordinates
        if known.label == table.label
    ]


def _places(table: CoordinateTable) -> list[tuple[float, float, float]]:
    return sorted((point.x, point.y, point.z) for point in table.points)


def _about_n(study: Study, table: ImportedTable, said: Said) -> list[str]:
    """Return what to do about the number of people that the file gives."""
    if table.n is None:
        return []
    contrast = next((each for each in study.contrasts if each.id == said.contrast), None)
    known = None if contrast is None else participants(study, contrast)
    if known is None:
        return [f"'{table.name}': the file says n = {table.n}; enter it at the contrast"]
    if known != table.n:
        raise InputError(
            f"'{table.name}': the file says n = {table.n}, the contrast '{said.contrast}' of "
            f"{study.id} has {known}; one is wrong"
        )
    return []
