"""Coordinates in a study file, each with what kind of point it is.

A point fixed before the analysis (a region of interest, a connectivity seed) is no result. Only
whole-brain activation peaks of one contrast type and direction enter an ALE together, so a
coordinate without its kind cannot be built.
"""

from typing import Annotated, Literal

from pydantic import Field

from asmr_stim.schema.base import Id, Many, PositiveCount, PositiveNumber, Record, Text
from asmr_stim.schema.foci import HEAD_BOX_MM, CoordinateSpace
from asmr_stim.schema.knowledge import NOT_EXTRACTED, Known, Provenance
from asmr_stim.schema.outcome import Direction

X, Y, Z = (Field(ge=low, le=high) for low, high in HEAD_BOX_MM)
Kind = Literal["activation_peak", "a_priori_roi", "connectivity_seed"]
Coverage = Literal["whole_brain", "roi", "svc"]
Extraction = Literal["by hand", "automatically extracted", "automatically extracted, checked"]
"""How points came into the record: copied by a person, or by a program from the paper's tables.

Points that a program extracted enter no analysis until a person has compared them with the paper
and says ``checked``.
"""


class Coordinate(Record):
    """A point in millimetres, and what kind of point it is."""

    x: Annotated[float, X]
    y: Annotated[float, Y]
    z: Annotated[float, Z]
    kind: Kind
    label: Text | None = None
    network: Text | None = None
    radius_mm: PositiveNumber | None = None
    statistic: Literal["t", "z", "f"] | None = None
    statistic_value: float | None = None
    n_voxels: PositiveCount | None = None
    note: Text | None = None


class CoordinateTable(Record):
    """The points of one table: their space, and what the analysis behind them covered.

    ``provenance`` is that of the points and of all that stands beside each of them.
    """

    id: Id
    label: Text
    contrast: Id | None = None
    """The contrast that the points result from; none for points fixed in advance."""
    space: Known[CoordinateSpace] = NOT_EXTRACTED
    coverage: Known[Coverage] = NOT_EXTRACTED
    effect: Known[Literal["activation", "connectivity"]] = NOT_EXTRACTED
    direction: Known[Direction] = NOT_EXTRACTED
    complete: Known[bool] = NOT_EXTRACTED
    extraction: Extraction = "by hand"
    provenance: Provenance
    points: Many[Coordinate]
