"""Regions that studies name without a coordinate: who names what, and no more.

A name is shown as the study gives it, with its contrast. Names are not mapped to an atlas and
not counted across studies: two papers' "insula" may be two places.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asmr_stim.io.tables import Column
from asmr_stim.report.tables import ReportTable
from asmr_stim.schema.knowledge import Stated
from asmr_stim.schema.study import Study


@dataclass(frozen=True)
class NamedRegion:
    """A region as one study names it in one contrast."""

    study: str
    contrast: str
    contrast_type: str
    analysis: str
    region: str
    direction: str
    note: str


def named_regions(studies: Iterable[Study]) -> Iterator[NamedRegion]:
    """Yield every region that a study names without a coordinate."""
    for study in studies:
        for contrast in study.contrasts:
            imaging = contrast.imaging
            if imaging is None or not isinstance(imaging.regions, Stated):
                continue
            for region in imaging.regions.value:
                yield NamedRegion(
                    study.id,
                    contrast.label,
                    _or_state(contrast.type),
                    _or_state(imaging.analysis),
                    region.name,
                    region.direction or "not given",
                    region.note or "",
                )


def regions_table(studies: Iterable[Study]) -> ReportTable:
    """Return one row for each study, contrast and region named."""
    rows = tuple(
        (r.study, r.contrast, r.contrast_type, r.analysis, r.region, r.direction, r.note or None)
        for r in named_regions(studies)
    )
    columns = (
        Column("study", "id of the study"),
        Column("contrast", "the contrast, in the catalogue's words"),
        Column("contrast_type", "what was compared with what"),
        Column("analysis", "kind of imaging analysis"),
        Column("region", "the region as the study names it"),
        Column("direction", "increase or decrease of the first side, if given"),
        Column("note", "what qualifies it"),
    )
    note = "Regions named without coordinates; no inference is drawn from them."
    return ReportTable("regions_without_coordinates", note, columns, rows)


def _or_state(field: object) -> str:
    return str(field.value if isinstance(field, Stated) else field)
