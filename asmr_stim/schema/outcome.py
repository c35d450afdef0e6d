"""What was measured in a contrast and which way it went.

An outcome whose direction is not given is still an outcome: *measured, direction not given* is
not the same as *not measured*.
"""

from typing import Literal

from pydantic import model_validator

from asmr_stim.schema.base import Id, Many, PositiveCount, PositiveNumber, Record, Text
from asmr_stim.schema.knowledge import NOT_EXTRACTED, Known

Measure = Literal[
    "eeg_power",
    "eeg_connectivity",
    "eeg_index",
    "eeg_other",
    "evoked_potential",
    "heart_rate",
    "heart_rate_variability",
    "skin_conductance",
    "pupil_diameter",
    "haemoglobin",
    "questionnaire",
    "performance",
]
Band = Literal[
    "delta", "theta", "alpha", "smr", "beta", "high_beta", "gamma", "high_gamma", "broadband"
]
"""Named bands as the field uses them; ``broadband`` is an outcome over all of them."""
BANDS: tuple[Band, ...] = (
    "delta", "theta", "alpha", "smr", "beta", "high_beta", "gamma", "high_gamma",
)  # fmt: skip
Direction = Literal["increase", "decrease", "no_change", "mixed"]
Grade = Literal["exact", "converted", "bound", "digitised", "direction_only", "not_given"]
"""How well the size of the effect is known; ``not_given``: not even its direction."""


class BandEdges(Record):
    """The limits of a frequency band, in Hz."""

    low_hz: PositiveNumber
    high_hz: PositiveNumber

    @model_validator(mode="after")
    def _low_is_below_high(self) -> "BandEdges":
        if self.low_hz >= self.high_hz:
            raise ValueError(f"the band from {self.low_hz} to {self.high_hz} Hz is empty")
        return self


_RANGES: dict[str, tuple[float, float]] = {
    "p": (0, 1),
    "r": (-1, 1),
    "sd": (0, float("inf")),
    "f": (0, float("inf")),
}


class Statistic(Record):
    """A number that a source gives for an outcome; ``p < .05`` is a bound, never ``p = .05``."""

    name: Literal["p", "t", "f", "d", "g", "r", "mean", "sd", "mean_change", "median", "ratio"]
    relation: Literal["equal", "below", "above", "about"] = "equal"
    value: float
    unit: Text | None = None
    group: Id | None = None
    test: Text | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> "Statistic":
        low, high = _RANGES.get(self.name, (float("-inf"), float("inf")))
        if not low <= self.value <= high:
            raise ValueError(f"{self.name} cannot be {self.value:g}")
        return self


class Outcome(Record):
    """One measure in one contrast.

    ``direction`` is that of the first side of the contrast relative to the second.
    """

    measure: Measure
    words: Known[Text] = NOT_EXTRACTED
    bands: Known[Many[Band]] = NOT_EXTRACTED
    edges: Known[BandEdges] = NOT_EXTRACTED
    power: Known[Literal["absolute", "relative", "log", "unspecified"]] = NOT_EXTRACTED
    reference: Known[Text] = NOT_EXTRACTED
    region: Known[Text] = NOT_EXTRACTED
    eyes: Known[Literal["open", "closed", "both"]] = NOT_EXTRACTED
    timing: Known[Literal["during", "after"]] = NOT_EXTRACTED
    artefact_handling: Known[Text] = NOT_EXTRACTED
    n: Known[PositiveCount] = NOT_EXTRACTED
    direction: Known[Direction] = NOT_EXTRACTED
    grade: Grade
    statistics: Known[Many[Statistic]] = NOT_EXTRACTED
    note: Text | None = None
