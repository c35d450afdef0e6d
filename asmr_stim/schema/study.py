"""A study: its samples, its stimuli, the contrasts between them, and what came of each.

One study is one file of ``stimuli_catalog/studies``; the file's name is the study's id.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from asmr_stim.schema.base import (
    Count,
    Id,
    Many,
    PositiveCount,
    PositiveNumber,
    Record,
    SemanticVersion,
    Share,
    Text,
)
from asmr_stim.schema.checks import study_findings
from asmr_stim.schema.coordinates import CoordinateTable
from asmr_stim.schema.knowledge import NOT_EXTRACTED, Known, KnownEach, inconsistent
from asmr_stim.schema.outcome import Direction, Outcome
from asmr_stim.schema.stimulus import Detail, Stimulus

STUDY_SCHEMA_VERSION = "1.0.0"

StudyId = Annotated[
    str, StringConstraints(pattern=r"^[a-z]+(_[a-z]+)*_(\d{4}|undated)(_[a-z0-9]+)*$")
]
Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")]
Pmid = Annotated[str, StringConstraints(pattern=r"^\d{1,8}$")]
Pmcid = Annotated[str, StringConstraints(pattern=r"^PMC\d+$")]
Year = Annotated[int, Field(ge=1900, le=2100)]

EvidenceLevel = Literal[
    "full_text",
    "abstract",
    "abstract_truncated",
    "abstract_and_code",
    "abstract_and_secondary",
    "code_only",
    "readme",
    "reference_entry",
    "newspaper",
    "blog",
    "none",
]
Modality = Literal[
    "fmri", "eeg", "meg", "fnirs", "heart_rate", "skin_conductance", "pupillometry",
    "photoplethysmography", "questionnaire", "behaviour",
]  # fmt: skip
ContrastType = Literal[
    "stimulus_vs_control",
    "tingle_vs_no_tingle",
    "responder_vs_non_responder",
    "before_after",
    "dose",
    "trait_or_rest",
    "task_only",
]
NEEDS_ASMR_STIMULUS = frozenset({"stimulus_vs_control", "before_after", "dose"})
"""Contrast types that speak of ASMR only if one of their stimuli has the role asmr."""
Role = Literal["asmr", "control", "adjunct", "foil"]


class Source(Record):
    """A place where something about the study was read."""

    id: Id
    reference: Text
    """A URL, a repository path or a citation."""
    kind: Literal[
        "publisher", "repository", "index", "mirror", "full_text", "code", "secondary", "news",
        "blog", "author",
    ]  # fmt: skip
    """``author``: the study's authors answered when they were asked."""
    note: Text | None = None


class ReviewStatus(Record):
    """Whether the study is thought to be one of the published review's 18.

    ``recorded``: as the evidence states it; ``by_criteria``: judged here by the review's stated
    scope (peer-reviewed, human, ASMR stimulus or group, fMRI or EEG, in print before late 2025).
    """

    status: Literal["included", "candidate", "less_likely", "not_candidate"]
    basis: Literal["recorded", "by_criteria"]
    reason: Text


class Group(Record):
    """Some of a sample's people, told apart by design or by response."""

    id: Id
    label: Text
    n: Known[PositiveCount] = NOT_EXTRACTED
    experiences_asmr: Known[bool] = NOT_EXTRACTED


class Sample(Record):
    """The people of a study. Papers on the same people share the sample's id."""

    id: Id
    label: Text
    n: Known[PositiveCount] = NOT_EXTRACTED
    n_female: Known[Count] = NOT_EXTRACTED
    n_male: Known[Count] = NOT_EXTRACTED
    age_mean_years: Known[PositiveNumber] = NOT_EXTRACTED
    age_sd_years: Known[PositiveNumber] = NOT_EXTRACTED
    selection: Known[Literal["asmr_experiencers", "not_selected", "both", "non_experiencers"]] = (
        NOT_EXTRACTED
    )
    overlaps_with: Known[Many[Id]] = NOT_EXTRACTED
    groups: Many[Group] = ()
    details: Many[Detail] = ()


class Elicitation(Record):
    """Whether the stimuli did elicit ASMR, and how that was asked."""

    elicited: Known[bool] = NOT_EXTRACTED
    share: Known[Share] = NOT_EXTRACTED
    mean_intensity: Known[float] = NOT_EXTRACTED
    scale: Known[Text] = NOT_EXTRACTED
    how_asked: Known[Text] = NOT_EXTRACTED


class ContrastStimulus(Record):
    """A stimulus in the role that it has in this contrast."""

    stimulus: Id
    role: Role


class Region(Record):
    """A brain region that is named without a coordinate."""

    name: Text
    direction: Direction | None = None
    note: Text | None = None


class Imaging(Record):
    """What an imaging analysis covered and found, apart from coordinates."""

    analysis: Known[
        Literal[
            "activation", "seed_connectivity", "ica_connectivity", "trait_covariate",
            "intersubject_correlation",
        ]
    ] = NOT_EXTRACTED  # fmt: skip
    coverage: Known[Literal["whole_brain", "roi", "svc"]] = NOT_EXTRACTED
    correction: Known[Text] = NOT_EXTRACTED
    n_clusters_positive: Known[Count] = NOT_EXTRACTED
    n_clusters_negative: Known[Count] = NOT_EXTRACTED
    regions: Known[Many[Region]] = NOT_EXTRACTED


class Contrast(Record):
    """A comparison: its first side against its second, in one sample.

    The first side is the one with more of ASMR: the ASMR stimulus, the people who experience it,
    the tingling moments, the time after. A finding "controls > ASMR group" is a decrease here.
    """

    id: Id
    label: Text
    first: Text
    second: Text | None = None
    type: Known[ContrastType] = NOT_EXTRACTED
    design: Known[Literal["within", "between", "mixed"]] = NOT_EXTRACTED
    sample: Id | None = None
    groups: Many[Id] = ()
    n: Known[PositiveCount] = NOT_EXTRACTED
    task: Known[Literal["none", "both_sides", "one_side"]] = NOT_EXTRACTED
    """Whether a mental or motor task ran beside the stimulus, and on which side."""
    stimuli: Many[ContrastStimulus] = ()
    elicitation: Elicitation = Elicitation()
    imaging: Imaging | None = None
    outcomes: Many[Outcome] = ()
    note: Text | None = None


class UpstreamRecord(Record):
    """A data base that is believed to hold what this file still lacks."""

    registry: Text
    record: Text
    source: Id
    note: Text


class Study(Record):
    """Everything the catalogue knows of one study."""

    schema_version: SemanticVersion
    id: StudyId
    title: Known[Text] = NOT_EXTRACTED
    authors: Known[Many[Text]] = NOT_EXTRACTED
    year: Known[Year] = NOT_EXTRACTED
    venue: Known[Text] = NOT_EXTRACTED
    doi: Known[Doi] = NOT_EXTRACTED
    pmid: Known[Pmid] = NOT_EXTRACTED
    pmcid: Known[Pmcid] = NOT_EXTRACTED
    countries: KnownEach[Text] = NOT_EXTRACTED
    review_status: ReviewStatus
    evidence_level: EvidenceLevel
    sources: Many[Source]
    modalities: Known[Many[Modality]] = NOT_EXTRACTED
    design: Known[Text] = NOT_EXTRACTED
    samples: Many[Sample] = ()
    stimuli: Many[Stimulus] = ()
    contrasts: Many[Contrast] = ()
    coordinates: Many[CoordinateTable] = ()
    upstream: Many[UpstreamRecord] = ()
    details: Many[Detail] = ()
    notes: Many[Text] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> "Study":
        findings = study_findings(self)
        if findings:
            raise inconsistent(findings)
        return self
