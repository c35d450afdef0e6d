"""How raters found a clip: norms by which stimuli can be selected and compared.

A mean without the number of raters or without its scale cannot be compared with another, so it
cannot be built.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import model_validator

from asmr_stim.schema.base import Count, PositiveCount, Record, Share, Text
from asmr_stim.schema.knowledge import Provenance, inconsistent
from asmr_stim.schema.problems import Finding

Construct = Literal[
    "tingle_intensity", "relaxation", "calm", "arousal", "valence", "pleasantness", "comfort",
    "closeness", "annoyance", "familiarity", "sleepiness", "other",
]  # fmt: skip


class Scale(Record):
    """A rating scale, from its lowest to its highest answer."""

    low: float
    high: float
    labels: Text | None = None

    @model_validator(mode="after")
    def _low_is_below_high(self) -> "Scale":
        if self.low >= self.high:
            raise ValueError(f"the scale from {self.low:g} to {self.high:g} has no length")
        return self


class ClipNorm(Record):
    """What raters said of a clip on one construct."""

    construct_rated: Construct
    words: Text | None = None
    """The question as asked, where the construct rated is ``other`` or needs it."""
    scale: Scale
    n_raters: PositiveCount
    mean: float
    sd: float | None = None
    n_responders: Count | None = None
    responder_share: Share | None = None
    population: Text
    provenance: Provenance

    @model_validator(mode="after")
    def _numbers_agree(self) -> "ClipNorm":
        findings = list(self._findings())
        if findings:
            raise inconsistent(findings)
        return self

    def _findings(self) -> Iterator[Finding]:
        low, high = self.scale.low, self.scale.high
        if not low <= self.mean <= high:
            sentence = f"the mean {self.mean:g} lies outside its scale {low:g} to {high:g}"
            yield Finding("E036", ("mean",), sentence)
        if self.sd is not None and not 0 <= self.sd <= (high - low):
            sentence = f"the SD {self.sd:g} cannot come from a scale {low:g} to {high:g}"
            yield Finding("E036", ("sd",), sentence)
        if self.n_responders is not None and self.n_responders > self.n_raters:
            sentence = f"{self.n_responders} responders are more than {self.n_raters} raters"
            yield Finding("E036", ("n_responders",), sentence)
