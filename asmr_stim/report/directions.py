"""Votes on the EEG bands as tables: who voted, who did not and why, and the sign tests."""

from asmr_stim.io.tables import Column
from asmr_stim.moderator.effects.direction import Ballots
from asmr_stim.report.tables import ReportTable

SELECTION = (
    "Directions read from abstracts are selected: an abstract tells what changed, seldom what did "
    "not. A count of them overstates agreement."
)


def votes_table(ballots: Ballots) -> ReportTable:
    """Return one row for each vote."""
    rows = tuple(
        (v.sample, ", ".join(v.studies), v.band, v.contrast_type, v.ballot, v.n_outcomes)
        for v in ballots.votes
    )
    columns = (
        Column("sample", "id of the independent sample that votes"),
        Column("studies", "the studies of that sample"),
        Column("band", "EEG band by name"),
        Column("contrast_type", "what was compared with what"),
        Column("ballot", "increase, decrease, no_change, mixed or direction_not_given"),
        Column("n_outcomes", "outcomes behind the vote"),
    )
    note = f"One vote an independent sample, band and contrast type. {SELECTION}"
    return ReportTable("direction_votes", note, columns, rows)


def without_vote_table(ballots: Ballots) -> ReportTable:
    """Return one row for each outcome that casts no vote, with the reason."""
    rows = tuple(
        (n.study, n.contrast, n.band, n.direction or "not given", n.reason)
        for n in ballots.without_vote
    )
    columns = (
        Column("study", "id of the study"),
        Column("contrast", "id of the contrast within the study"),
        Column("band", "EEG band by name"),
        Column("direction", "direction of the outcome, which is not counted"),
        Column("reason", "why it casts no vote"),
    )
    return ReportTable("direction_without_vote", "Outcomes that cast no vote.", columns, rows)


def counts_table(ballots: Ballots) -> ReportTable:
    """Return the count and the exact sign test of each band and contrast type."""
    rows = tuple(
        (c.band, c.contrast_type, c.n_increase, c.n_decrease, c.n_no_change, c.n_mixed,
         c.n_direction_not_given, c.share_increase, c.share_low, c.share_high, c.p, c.smallest_p)
        for c in ballots.counts
    )  # fmt: skip
    columns = (
        Column("band", "EEG band by name"),
        Column("contrast_type", "what was compared with what"),
        Column("n_increase", "votes for an increase"),
        Column("n_decrease", "votes for a decrease"),
        Column("n_no_change", "votes for no change; not in the sign test"),
        Column("n_mixed", "samples whose outcomes disagree; not in the sign test"),
        Column("n_direction_not_given", "measured, direction not given; not in the sign test"),
        Column("share_increase", "increases among increases and decreases"),
        Column("share_low", "lower limit of the exact (Clopper-Pearson) 95 % interval"),
        Column("share_high", "upper limit of the exact (Clopper-Pearson) 95 % interval"),
        Column("p", "exact two-sided sign test"),
        Column("smallest_p", "p if all these votes agreed: the smallest the test could reach"),
    )
    return ReportTable("direction_counts", SELECTION, columns, rows)
