"""The published review that the catalogue is measured against, as far as it is known."""

from collections.abc import Iterator

from pydantic import model_validator

from asmr_stim.schema.base import Id, Many, PositiveCount, Record, SemanticVersion, Text
from asmr_stim.schema.checks import provenance_findings
from asmr_stim.schema.flow import Decision, PrismaFlow
from asmr_stim.schema.knowledge import NOT_EXTRACTED, Known, inconsistent, value_of
from asmr_stim.schema.outcome import Band, Direction
from asmr_stim.schema.problems import Finding
from asmr_stim.schema.study import Doi, EvidenceLevel, Source, StudyId


class ReviewedCluster(Record):
    """A cluster of the review's own ALE."""

    label: Text
    brodmann_areas: Many[PositiveCount]
    peak_mm: Known[Many[float]] = NOT_EXTRACTED
    ale_value: Known[float] = NOT_EXTRACTED
    volume_mm3: Known[float] = NOT_EXTRACTED


class ReviewedAle(Record):
    """The review's own coordinate-based meta-analysis."""

    software: Known[Text] = NOT_EXTRACTED
    space: Known[Text] = NOT_EXTRACTED
    n_experiments: Known[PositiveCount] = NOT_EXTRACTED
    n_foci: Known[PositiveCount] = NOT_EXTRACTED
    threshold: Known[Text] = NOT_EXTRACTED
    n_clusters: Known[PositiveCount] = NOT_EXTRACTED
    clusters: Known[Many[ReviewedCluster]] = NOT_EXTRACTED


class BandResult(Record):
    """What the review says of an EEG band."""

    band: Band
    direction: Direction


class PublishedReview(Record):
    """What is known of the published systematic review itself.

    ``included_studies`` lists catalogue ids once the review's own list is known; no study may
    claim inclusion before.
    """

    schema_version: SemanticVersion
    id: Id
    title: Known[Text] = NOT_EXTRACTED
    doi: Known[Doi] = NOT_EXTRACTED
    evidence_level: EvidenceLevel
    sources: Many[Source]
    databases: Known[Many[Text]] = NOT_EXTRACTED
    n_studies: Known[PositiveCount] = NOT_EXTRACTED
    n_countries: Known[PositiveCount] = NOT_EXTRACTED
    included_studies: Known[Many[StudyId]] = NOT_EXTRACTED
    flow: PrismaFlow = PrismaFlow()
    decisions: Many[Decision] = ()
    """What the review itself decided on each study, where it says so."""
    ale: ReviewedAle = ReviewedAle()
    eeg: Known[Many[BandResult]] = NOT_EXTRACTED
    notes: Many[Text] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> "PublishedReview":
        findings = [*provenance_findings(self), *self._contradicted_decisions()]
        if findings:
            raise inconsistent(findings)
        return self

    def _contradicted_decisions(self) -> Iterator[Finding]:
        """Find studies decided on twice at a stage, and inclusions that the list denies."""
        included = value_of(self.included_studies)
        seen: set[tuple[str, str]] = set()
        for place, each in enumerate(self.decisions):
            where = ("decisions", place, "study")
            if (each.study, each.stage) in seen:
                sentence = f"'{each.study}' is decided on twice at the stage {each.stage}"
                yield Finding("E028", where, sentence)
            seen.add((each.study, each.stage))
            is_last = each.stage == "full_text" or each.decision == "excluded"
            is_listed = included is not None and each.study in included
            if included is not None and is_last and is_listed != (each.decision == "included"):
                listed = "lists" if is_listed else "does not list"
                sentence = f"'{each.study}' is {each.decision} here; included_studies {listed} it"
                yield Finding("E028", where, sentence)
