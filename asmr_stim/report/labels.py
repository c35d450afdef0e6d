"""The columns of a table that name its peaks: the region of each atlas, and how far it is.

Offers: ``label_columns``, ``label_cells``, ``labels_told``, ``atlas_sources``.
"""

from collections.abc import Sequence
from typing import Any

from asmr_stim.io.atlases import Atlas, AtlasFiles
from asmr_stim.io.tables import Column
from asmr_stim.moderator.ale.labels import REACH_MM, nearest_label

_WITHOUT = (
    Column("label", "Region of an atlas nearest to the peak; no atlas was given"),
    Column("label_distance", "From the peak to the nearest voxel of that region", "mm"),
)


def label_columns(atlases: Sequence[Atlas]) -> tuple[Column, ...]:
    """Return two columns for each atlas; ``label`` and ``label_distance`` where there is none."""
    columns = [column for atlas in atlases for column in _columns(atlas.files)]
    return tuple(columns) or _WITHOUT


def label_cells(
    peak_mm: tuple[float, float, float], atlases: Sequence[Atlas]
) -> tuple[str | float | None, ...]:
    """Return what stands under ``label_columns`` for a peak in MNI space.

    None stands for a region that lies farther than 5 mm from the peak.
    """
    if not atlases:
        return (None, None)
    found = (nearest_label(peak_mm, atlas.labels) for atlas in atlases)
    return tuple(cell for label in found for cell in label or (None, None))


def labels_told(
    peak_mm: tuple[float, float, float], atlases: Sequence[Atlas]
) -> dict[str, str | float | None]:
    """Return the cells of a peak under the names of their columns, as ``result.json`` has them."""
    names = (column.name for column in label_columns(atlases))
    return dict(zip(names, label_cells(peak_mm, atlases), strict=True))


def atlas_sources(files: Sequence[AtlasFiles]) -> list[dict[str, Any]]:
    """Return where labels come from, as ``result.json`` says it."""
    return [
        {
            "column": each.column,
            "image": each.image.name,
            "labels": each.labels.name,
            "package": each.package,
            "space": each.space,
            "reach_mm": REACH_MM,
        }
        for each in files
    ]


def _columns(files: AtlasFiles) -> tuple[Column, Column]:
    name = f"Region nearest to the peak, within {REACH_MM:g} mm ({files.title})"
    distance = "From the peak to the nearest voxel of that region, 0 if it lies in it"
    return Column(files.column, name), Column(f"{files.column}_distance", distance, "mm")
