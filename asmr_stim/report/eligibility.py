"""What each study brings to an ALE of ASMR, as a table with reasons."""

from collections.abc import Iterable

from asmr_stim.io.tables import Column
from asmr_stim.moderator.eligibility import Eligibility
from asmr_stim.report.tables import ReportTable


def eligibility_table(eligibilities: Iterable[Eligibility]) -> ReportTable:
    """Return one row for each study: how many experiments and foci, or why there are none."""
    rows = tuple(
        (
            each.study,
            len(each.experiments),
            sum(len(eligible.experiment.foci) for eligible in each.experiments),
            "; ".join(each.reasons) or None,
        )
        for each in eligibilities
    )
    columns = (
        Column("study", "id of the study"),
        Column("n_experiments", "experiments that may enter an ALE"),
        Column("n_foci", "their whole-brain activation peaks"),
        Column("reason", "why there are none, or why some of its points are left out"),
    )
    return ReportTable("ale_eligibility", "What each study brings to an ALE.", columns, rows)
