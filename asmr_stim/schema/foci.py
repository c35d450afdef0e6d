"""Records of what enters an ALE: experiments with their foci, and the space these are given in.

Coordinates are millimetres, x from left to right, y from back to front, z from bottom to top.
An experiment is one contrast of one group of people; its foci are the reported peaks.

Offers: ``CoordinateSpace``, ``Focus``, ``Experiment``, ``FociSet``.
"""

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

CoordinateSpace = Literal["MNI", "Talairach"]

SMALLEST_N = 2
"""An experiment of one person has no between-subject spread."""

HEAD_BOX_MM = ((-110.0, 110.0), (-150.0, 120.0), (-110.0, 130.0))
"""Limits of x, y, z: about 20 mm more than the 2 mm MNI grid (-90..90, -126..90, -72..108)."""


def _inside_head_box(focus: tuple[float, float, float]) -> tuple[float, float, float]:
    for axis, value, (low, high) in zip("xyz", focus, HEAD_BOX_MM, strict=True):
        if not math.isfinite(value):
            raise ValueError(f"{axis} is {value}, which is no coordinate")
        if not low <= value <= high:
            raise ValueError(f"{axis} = {value:g} mm lies outside the head ({low:g} to {high:g})")
    return focus


Focus = Annotated[tuple[float, float, float], AfterValidator(_inside_head_box)]
"""One peak: x, y, z in mm, finite and inside the head box."""


class Experiment(BaseModel):
    """One contrast of one group: its name, number of people and foci.

    Attributes
    ----------
    name : str
        Unique within a set.
    n : int, people, at least 2
    foci : tuple of (x, y, z), mm
        At least one.
    sample_id : str or None
        Equal in experiments on the same people; None if nobody said.
    contrast_type : str or None
        What was compared with what; types are never pooled by default.
    columns : dict
        Any other group columns of the table that the experiment came with.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    n: int = Field(ge=SMALLEST_N)
    foci: tuple[Focus, ...] = Field(min_length=1)
    sample_id: str | None = Field(default=None, min_length=1)
    contrast_type: str | None = Field(default=None, min_length=1)
    columns: dict[str, str] = Field(default_factory=dict)

    def group(self, column: str) -> str | None:
        """Return the value of a group column, or None where the experiment has none.

        Parameters
        ----------
        column : str
            ``contrast_type``, ``sample_id`` or a name in ``columns``.
        """
        if column == "contrast_type":
            return self.contrast_type
        if column == "sample_id":
            return self.sample_id
        return self.columns.get(column)


class FociSet(BaseModel):
    """Experiments whose foci are given in one space, each name once.

    Attributes
    ----------
    space : "MNI" or "Talairach"
    experiments : tuple of Experiment
        At least one.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    space: CoordinateSpace
    experiments: tuple[Experiment, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [experiment.name for experiment in self.experiments]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"these experiment names occur more than once: {', '.join(twice)}")
        return self

    @property
    def n_foci(self) -> int:
        """Number of foci of all experiments together."""
        return sum(len(experiment.foci) for experiment in self.experiments)
