"""The flow of studies: the published review's, as far as it is known, and the catalogue's own.

The catalogue's numbers are counts of its records and of nothing else: none of them is the
published review's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asmr_stim.io.tables import Column
from asmr_stim.report.knowledge import roles_of
from asmr_stim.report.tables import ReportTable
from asmr_stim.schema.knowledge import Stated, value_of
from asmr_stim.schema.review import PublishedReview
from asmr_stim.schema.study import Study


@dataclass(frozen=True)
class Stage:
    """A box of the flow: what is counted, how many, and what left before the next box.

    A count is a number, or the state of not knowing it.
    """

    label: str
    count: int | str
    left: tuple[tuple[str, int | str], ...] = ()


def review_stages(review: PublishedReview) -> tuple[Stage, ...]:
    """Return the published review's flow; what is not known says so."""
    flow = review.flow
    reasons = tuple(
        (f"excluded: {each.reason}", each.n) for each in value_of(flow.exclusions) or ()
    ) or (("reports excluded, by reason", _count(flow.excluded_in_full_text)),)
    return (
        Stage("records identified", _count(flow.identified), (
            ("duplicates removed", _count(flow.duplicates_removed)),
            ("removed for other reasons", _count(flow.removed_otherwise)),
        )),
        Stage("records screened", _count(flow.screened), (
            ("records excluded", _count(flow.excluded_at_screening)),
        )),
        Stage("reports sought", _count(flow.sought), (
            ("reports not retrieved", _count(flow.not_retrieved)),
        )),
        Stage("reports assessed in full text", _count(flow.assessed), reasons),
        Stage("studies included", _count(review.n_studies)),
    )  # fmt: skip


def catalogue_stages(studies: Sequence[Study], n_experiments: int) -> tuple[Stage, ...]:
    """Return what the catalogue's own records say, from every study to what an ALE may use.

    Parameters
    ----------
    studies : sequence of Study
    n_experiments : int
        Experiments of all studies that may enter an ALE.
    """
    by_status = {
        status: [study for study in studies if study.review_status.status == status]
        for status in ("included", "candidate", "less_likely", "not_candidate")
    }
    likely = [*by_status["included"], *by_status["candidate"]]
    described = [study for study in likely if _plays_asmr(study)]
    read = [study for study in described if study.evidence_level == "full_text"]
    return (
        Stage("studies in the catalogue", len(studies), (
            ("less likely in the review", len(by_status["less_likely"])),
            ("no candidate for it", len(by_status["not_candidate"])),
        )),
        Stage("candidates", len(likely), (
            ("no ASMR stimulus described", len(likely) - len(described)),
        )),
        Stage("with an ASMR stimulus described", len(described), (
            ("full text not read", len(described) - len(read)),
        )),
        Stage("read in full", len(read)),
        Stage("experiments of any study for an ALE", n_experiments),
    )  # fmt: skip


def decisions_table(studies: Sequence[Study]) -> ReportTable:
    """Return one row for each study: what the catalogue's record decides on it, and why."""
    rows = tuple(
        (each.id, each.review_status.status, each.review_status.basis, each.evidence_level,
         each.review_status.reason)
        for each in studies
    )  # fmt: skip
    columns = (
        Column("study", "id of the study"),
        Column("status", "whether it may be one of the published review's studies"),
        Column("basis", "recorded by a source, or judged here by the review's criteria"),
        Column("evidence_level", "what of the study has been read"),
        Column("reason", "why"),
    )
    note = "The catalogue's own judgements; which studies the review included is not known."
    return ReportTable("review_decisions", note, columns, rows)


def stages_data(stages: Sequence[Stage]) -> list[dict[str, Any]]:
    """Return a flow as plain data."""
    return [
        {"label": stage.label, "count": stage.count, "left": dict(stage.left)} for stage in stages
    ]


def _count(field: Any) -> int | str:
    return field.value if isinstance(field, Stated) else str(field)


def _plays_asmr(study: Study) -> bool:
    return any("asmr" in roles_of(study, stimulus.id) for stimulus in study.stimuli)
