"""A stimulus of a study: what it is, what is heard and done in it, how it was presented.

The *role* of a stimulus (asmr, control, adjunct, foil) is no property of it: it belongs to a
contrast (``asmr_stim.schema.study``), since the same nature sound is one study's stimulus and
another's control.
"""

from typing import Literal, NamedTuple

from asmr_stim.schema.base import Id, Many, PositiveCount, PositiveNumber, Record, Share, Text
from asmr_stim.schema.knowledge import NOT_EXTRACTED, Known, Stated
from asmr_stim.schema.taxonomy import ActTerm, ChannelTerm, SourceTerm

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
    participant_dependent: Known[bool] = NOT_EXTRACTED
    chosen_by: Known[Text] = NOT_EXTRACTED
    speech_present: Known[bool] = NOT_EXTRACTED
    language: Known[Text] = NOT_EXTRACTED
    pace: Known[Literal["slow", "medium", "fast"]] = NOT_EXTRACTED
    spatial: Known[Literal["mono", "stereo", "dichotic", "binaural"]] = NOT_EXTRACTED
    level_db: Known[float] = NOT_EXTRACTED
    level_reference: Known[Text] = NOT_EXTRACTED
    transducer: Known[Text] = NOT_EXTRACTED
    details: Many[Detail] = ()


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
