"""Records of what one rater heard in one clip: which trigger, from when to when, in which ear.

Times are whole samples of the clip's own rate, so that nothing is rounded. A region covers
``onset_sample`` up to, not including, ``offset_sample``. What a rater has not said yet is ``None``.

Offers: ``Clip``, ``Region``, ``Annotation``, and the words that a region may use.
"""

from typing import Annotated, Literal, Self, get_args

from pydantic import (
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from asmr_stim.schema.base import (
    Count,
    Id,
    Many,
    PositiveCount,
    Record,
    SemanticVersion,
    Sha256,
    Share,
    Text,
)
from asmr_stim.schema.facets import FACETS_MARK, facet_finding
from asmr_stim.schema.knowledge import inconsistent
from asmr_stim.schema.taxonomy import ActTerm, ChannelTerm, SourceTerm, taxonomy_of

SCHEMA_VERSION = "1.0.0"

Ear = Literal["left", "right", "both"]
Pace = Literal["slow", "medium", "fast"]
Intensity = Annotated[int, Field(ge=1, le=5)]
RegionId = Annotated[str, StringConstraints(pattern=r"^r\d{3,9}$")]
Rater = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,40}$")]
"""Letters and digits, as BIDS wants of a label; it is part of the file name."""

EARS: tuple[Ear, ...] = get_args(Ear)
PACES: tuple[Pace, ...] = get_args(Pace)

OWN_FIELDS = {"pace": "pace"}
"""Facets that a region has a field for, and its name."""


class Clip(Record):
    """The sound file that an annotation belongs to, known by its content.

    Attributes
    ----------
    file : str
        Name without folder.
    sha256 : str
        Of the file's bytes, 64 hexadecimal digits.
    rate_hz : int
        Samples per second of one channel.
    n_samples : int
        Length in samples of one channel, at least 1.
    n_channels : int
    """

    file: Text
    sha256: Sha256
    rate_hz: PositiveCount
    n_samples: PositiveCount
    n_channels: PositiveCount

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.n_samples / self.rate_hz


class Region(Record):
    """A stretch of time with what is heard in it.

    Attributes
    ----------
    id : str
        ``r001`` and so on; unique in its annotation.
    onset_sample, offset_sample : int, samples
        First sample, and the one after the last; the offset is after the onset.
    source, act, channel : str or None
        Terms of the three axes of the taxonomy; None while unlabelled.
    secondary_sources : tuple of str
        Further sources heard at the same time, each once, without the main one.
    ear : {'left', 'right', 'both'}
    intensity : int or None
        1 (faint) to 5 (strong).
    pace : {'slow', 'medium', 'fast'} or None
    confidence : float or None
        The rater's own, 0 to 1.
    facets : dict of str to str
        Values of facets of the taxonomy, such as ``speech_present: absent``; what a rater has not
        said is not there.
    notes : str
        Free text; empty if there is none.
    """

    id: RegionId
    onset_sample: Count
    offset_sample: PositiveCount
    source: SourceTerm | None = None
    act: ActTerm | None = None
    channel: ChannelTerm | None = None
    secondary_sources: Many[SourceTerm] = ()
    ear: Ear = "both"
    intensity: Intensity | None = None
    pace: Pace | None = None
    confidence: Share | None = None
    facets: dict[Id, Text] = Field(
        default_factory=dict, json_schema_extra={FACETS_MARK: [*OWN_FIELDS]}
    )
    notes: str = ""

    @property
    def n_samples(self) -> int:
        """Length in samples."""
        return self.offset_sample - self.onset_sample

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source that is heard: the main one first."""
        main = () if self.source is None else (self.source,)
        return main + self.secondary_sources

    @field_validator("facets")
    @classmethod
    def _facets_are_those_of_the_taxonomy(
        cls, facets: dict[str, str], info: ValidationInfo
    ) -> dict[str, str]:
        taxonomy = taxonomy_of(info)
        found = (facet_finding(taxonomy, *item, OWN_FIELDS) for item in facets.items())
        findings = [finding for finding in found if finding is not None]
        if findings:
            raise inconsistent(findings)
        return facets

    @model_validator(mode="after")
    def _offset_is_after_onset(self) -> Self:
        if self.offset_sample <= self.onset_sample:
            raise ValueError(
                f"region {self.id} must end after it begins, found onset_sample "
                f"{self.onset_sample} and offset_sample {self.offset_sample}"
            )
        return self

    @model_validator(mode="after")
    def _each_source_once(self) -> Self:
        named = self.sources
        if len(set(named)) < len(named):
            raise ValueError(f"region {self.id} names a source twice ({', '.join(named)})")
        return self


class Annotation(Record):
    """Everything that one rater said about one clip.

    Attributes
    ----------
    schema_version : str
        Version of this record's form.
    clip : Clip
    rater : str
        Letters and digits.
    taxonomy_version : str
        Version of the word list that the terms come from.
    seen_raters : tuple of str
        Raters whose annotations were on the screen while this one was open for editing; empty if
        it was made blind.
    regions : tuple of Region
        Inside the clip, ids unique; they may overlap.
    """

    schema_version: SemanticVersion = SCHEMA_VERSION
    clip: Clip
    rater: Rater
    taxonomy_version: SemanticVersion
    seen_raters: Many[Rater] = ()
    regions: Many[Region] = ()

    @model_validator(mode="after")
    def _regions_lie_inside_the_clip(self) -> Self:
        for region in self.regions:
            if region.offset_sample > self.clip.n_samples:
                raise ValueError(
                    f"region {region.id} ends at sample {region.offset_sample}, after the clip's "
                    f"{self.clip.n_samples} samples"
                )
        return self

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        seen: set[str] = set()
        for region in self.regions:
            if region.id in seen:
                raise ValueError(f"the region id {region.id} stands twice")
            seen.add(region.id)
        return self
