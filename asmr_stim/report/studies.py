"""The studies of a catalogue in one table: who, when, where, how many, and what was read."""

from collections.abc import Iterable

from asmr_stim.io.tables import Column
from asmr_stim.report.tables import ReportTable, shown
from asmr_stim.schema.knowledge import value_of
from asmr_stim.schema.study import Study


def studies_table(studies: Iterable[Study]) -> ReportTable:
    """Return one row for each study."""
    rows = tuple(
        (
            study.id,
            _shown(study.title),
            _shown(study.year),
            _shown(study.doi),
            shown(value_of(study.countries) or ()) or None,
            _shown(study.modalities),
            _largest_n(study),
            study.review_status.status,
            study.evidence_level,
        )
        for study in studies
    )
    columns = (
        Column("study", "id of the study, the name of its file"),
        Column("title", "title as published"),
        Column("year", "year of publication"),
        Column("doi", "digital object identifier"),
        Column("countries", "countries, some by inference (see the study's file)"),
        Column("modalities", "what was recorded"),
        Column("n", "people in its largest sample, where known"),
        Column("review_status", "whether it may be one of the published review's studies"),
        Column("evidence_level", "what of the study has been read"),
    )
    return ReportTable("studies", "The studies of the catalogue.", columns, rows)


def studies_list(studies: Iterable[Study]) -> ReportTable:
    """Return the table for a terminal: one short line a study."""
    table = studies_table(studies).only(("study", "n", "evidence_level", "modalities"))
    rows = tuple(
        (study, n, read.replace("_", " "), (recorded or "").replace("_", " ") or None)
        for study, n, read, recorded in table.rows
    )
    names = {"evidence_level": "read", "modalities": "recorded"}
    columns = tuple(Column(names.get(c.name, c.name), c.description) for c in table.columns)
    return ReportTable("studies", table.note, columns, rows)


def _shown(field: object) -> str | None:
    value = value_of(field)
    return None if value is None else shown(value)


def _largest_n(study: Study) -> int | None:
    known = [n for sample in study.samples if (n := value_of(sample.n)) is not None]
    return max(known, default=None)
