"""What a check across files needs to know of each: the few facts that can clash with another's.

They are plain enough to be kept beside a file that has not changed since it was last checked.

Offers: ``StudyFacts``, ``ReviewFacts``, ``study_facts``, ``review_facts``.
"""

from typing import Literal

from asmr_stim.schema.base import Many, Record
from asmr_stim.schema.identity import Identity
from asmr_stim.schema.knowledge import value_of
from asmr_stim.schema.problems import Where
from asmr_stim.schema.review import PublishedReview
from asmr_stim.schema.study import Study


class SampleFacts(Record):
    """A sample's id, and its number of people where that is known."""

    id: str
    n: int | None


class ClipFacts(Record):
    """A clip that a stimulus names: its place in the catalogue's folder, and its SHA-256."""

    stimulus: int
    file: str
    sha256: str | None


class StudyFacts(Record):
    """A study's identifiers, its status in the review, its samples and clips."""

    kind: Literal["study"] = "study"
    id: str
    doi: str | None
    pmid: str | None
    pmcid: str | None
    status: str
    samples: Many[SampleFacts]
    clips: Many[ClipFacts]


class ReviewFacts(Record):
    """The studies that the published review is known to have included."""

    kind: Literal["review"] = "review"
    included_studies: Many[str]


def study_facts(study: Study) -> StudyFacts:
    """Return what a check across files needs to know of a study."""
    clips = [_clip(position, stimulus.identity) for position, stimulus in enumerate(study.stimuli)]
    return StudyFacts(
        id=study.id,
        doi=value_of(study.doi),
        pmid=value_of(study.pmid),
        pmcid=value_of(study.pmcid),
        status=study.review_status.status,
        samples=tuple(SampleFacts(id=each.id, n=value_of(each.n)) for each in study.samples),
        clips=tuple(clip for clip in clips if clip is not None),
    )


def _clip(position: int, identity: Identity) -> ClipFacts | None:
    file = value_of(identity.file)
    if file is None:
        return None
    return ClipFacts(stimulus=position, file=file, sha256=value_of(identity.file_sha256))


def review_facts(review: PublishedReview) -> ReviewFacts:
    """Return what a check across files needs to know of the review."""
    return ReviewFacts(included_studies=value_of(review.included_studies) or ())


def identity_path(clip: ClipFacts, field: str) -> Where:
    """Return the path to a field of the identity that a clip was named in."""
    return ("stimuli", clip.stimulus, "identity", field)
