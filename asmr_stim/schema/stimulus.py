"""A stimulus of a study: what it is, what is heard and done in it, how it was presented.

The *role* of a stimulus (asmr, control, adjunct, foil) is no property of it: it belongs to a
contrast (``asmr_stim.schema.study``), since the same nature sound is one study's stimulus and
another's control.
"""

from typing import Any, Literal, NamedTuple

from pydantic import Field, ValidationInfo, field_validator

from asmr_stim.schema.base import Id, Many, PositiveCount, PositiveNumber, Record, Share, Text
from asmr_stim.schema.facets import FACETS_MARK, facet_finding
from asmr_stim.schema.identity import Identity
from asmr_stim.schema.knowledge import NOT_EXTRACTED, Known, Stated, inconsistent, value_of
from asmr_stim.schema.norms import ClipNorm
from asmr_stim.schema.taxonomy import ActTerm, ChannelTerm, SourceTerm, taxonomy_of

OWN_FIELDS = {
    "level": "level_db",
    "duration": "duration_s",
    "self_selected": "participant_dependent",
}
"""Facets that a stimulus has a field for, and its name."""
TIE_SHARE = 0.10  # two shares of time closer than this are a tie (design: "a tie within 10 %")


class TermShare(Record):
    """The share of a clip's time in which a source is heard; shares may overlap."""

    term: SourceTerm
    share: Share


class Detail(Record):
    """A fact for which the records have no field of its own, with its unit."""

    name: Id
    value: Known[int | float | bool | Text | Many[int | float | Text]]
    unit: Text | None = None


class Stimulus(Record):
    """One clip, or one set of clips that a study treats alike."""

    id: Id
    label: Text
    title: Known[Text] = NOT_EXTRACTED
    creator: Known[Text] = NOT_EXTRACTED
    url: Known[Text] = NOT_EXTRACTED
    platform: Known[Text] = NOT_EXTRACTED
    n_clips: Known[PositiveCount] = NOT_EXTRACTED
    duration_s: Known[PositiveNumber] = NOT_EXTRACTED
    words: Known[Many[Text]] = NOT_EXTRACTED
    """What the source calls it, in the source's own words: at most a few each."""
    channel: Known[ChannelTerm] = NOT_EXTRACTED
    sources: Known[Many[SourceTerm]] = NOT_EXTRACTED
    acts: Known[Many[ActTerm]] = NOT_EXTRACTED
    composition: Known[Many[TermShare]] = NOT_EXTRACTED
    composition_basis: Known[Literal["annotation", "statement"]] = NOT_EXTRACTED
    participant_dependent: Known[bool] = NOT_EXTRACTED
    chosen_by: Known[Text] = NOT_EXTRACTED
    level_db: Known[float] = NOT_EXTRACTED
    level_reference: Known[Text] = NOT_EXTRACTED
    facets: dict[Id, Known[Text | float]] = Field(
        default_factory=dict, json_schema_extra={FACETS_MARK: [*OWN_FIELDS]}
    )
    """Facets of the taxonomy by id; one that is absent is ``not extracted``."""
    identity: Identity = Identity()
    norms: Many[ClipNorm] = ()
    details: Many[Detail] = ()

    @field_validator("facets")
    @classmethod
    def _facets_are_those_of_the_taxonomy(
        cls, facets: dict[str, Any], info: ValidationInfo
    ) -> dict[str, Any]:
        taxonomy = taxonomy_of(info)
        findings = [
            finding
            for name, field in facets.items()
            if (finding := facet_finding(taxonomy, name, value_of(field), OWN_FIELDS)) is not None
        ]
        if findings:
            raise inconsistent(findings)
        return facets


class PrimarySource(NamedTuple):
    """The one source a stimulus counts as, and what that rests on."""

    term: str | None
    """A source term; ``mixed``; or None where no term may be given."""
    reason: Literal["composition", "stated", "participant dependent", "not known"]


def primary_source(stimulus: Stimulus) -> PrimarySource:
    """Return the source term with the longest share of time, by the rule of the design.

    Notes
    -----
    The longest share wins; if the runner-up is within 10 % of the clip's time, the clip is
    ``mixed``. Without a composition it is what the study states, ``mixed`` where it states
    several. Stimuli that each participant chose never get one term.
    """
    if isinstance(stimulus.participant_dependent, Stated) and stimulus.participant_dependent.value:
        return PrimarySource(None, "participant dependent")
    if isinstance(stimulus.composition, Stated):
        shares = sorted(stimulus.composition.value, key=lambda each: -each.share)
        if not shares:
            return PrimarySource(None, "not known")
        tie = len(shares) > 1 and shares[0].share - shares[1].share <= TIE_SHARE
        return PrimarySource("mixed" if tie else shares[0].term, "composition")
    if isinstance(stimulus.sources, Stated) and stimulus.sources.value:
        terms = stimulus.sources.value
        return PrimarySource(terms[0] if len(terms) == 1 else "mixed", "stated")
    return PrimarySource(None, "not known")
