"""The report of a synthesis without meta-analysis, item by item of the SWiM guideline.

Offers: ``swim_report``, ``TABLE_RULE``.

References
----------
Campbell M et al. (2020). Synthesis without meta-analysis (SWiM) in systematic reviews: reporting
guideline. BMJ 368:l6890, table 1.
"""

from collections.abc import Iterable, Sequence

from asmr_stim.moderator.effects.direction import Ballots, Count
from asmr_stim.report.directions import SELECTION

TABLE_RULE = (
    (
        "A vote is cast by an independent sample (sample_id, else study), once for each band and "
        "contrast type; several outcomes of one sample, band and type are one vote: their common "
        "direction, or mixed."
    ),
    "Direction not given is listed as such: it is not the same as no change.",
    "Increases and decreases enter the exact two-sided sign test; no change and mixed do not.",
)
TO_ADD = "*To be added by the authors.*"


def swim_report(ballots: Ballots, rule: Sequence[str]) -> str:
    """Return the nine items of SWiM as Markdown, filled with what was done and found.

    Parameters
    ----------
    ballots : Ballots
    rule : sequence of str
        Who votes, and how.
    """
    parts = [
        f"## {n}. {title}\n\n{text}\n" for n, (title, text) in enumerate(_items(ballots, rule), 1)
    ]
    return "# Synthesis without meta-analysis (SWiM)\n\n" + "\n".join(parts)


_FIXED = (
    (
        "Standardised metric",
        (
            "The direction of effect: increase or decrease on the side with more of ASMR. "
            "Magnitudes are not used, and effects with magnitudes are not mixed in."
        ),
    ),
    (
        "Synthesis method",
        (
            "Vote counting by direction of effect (Cochrane Handbook, section 12.2.1.3): exact "
            "two-sided sign test, share of increases with its exact (Clopper-Pearson) 95 % "
            "interval. Statistical significance of single studies plays no part."
        ),
    ),
    (
        "Criteria used to prioritise results",
        (
            "None: every outcome that meets the rule counts, whatever its size or the quality of "
            f"its study. {TO_ADD}"
        ),
    ),
    (
        "Investigation of heterogeneity",
        "Contrast types and bands are shown apart; with so few votes none is compared further.",
    ),
    ("Certainty of evidence", TO_ADD),
)
"""Items two to six, which are the same for every count of votes."""


def _items(ballots: Ballots, rule: Sequence[str]) -> Iterable[tuple[str, str]]:
    yield (
        "Grouping studies for synthesis",
        "Samples are grouped by contrast type and band; groups are never joined. " + " ".join(rule),
    )
    yield from _FIXED
    yield (
        "Data presentation",
        (
            f"Effect-direction plot of {len({v.sample for v in ballots.votes})} samples; tables of "
            "votes, of counts and of outcomes without a vote, with the reason."
        ),
    )
    yield "Reporting results", _results(ballots)
    yield (
        "Limitations",
        (
            "A count says nothing on how large effects are, and gives each study one "
            f"vote, small or large. {SELECTION} {TO_ADD}"
        ),
    )


def _results(ballots: Ballots) -> str:
    if not ballots.counts:
        return "No outcome meets the rule; nothing is counted."
    return "\n".join(f"- {_told(each)}" for each in ballots.counts)


def _told(each: Count) -> str:
    head = f"{each.contrast_type.replace('_', ' ')}, {each.band}: "
    votes = (
        f"{each.n_increase} increase, {each.n_decrease} decrease, {each.n_no_change} no change, "
        f"{each.n_mixed} mixed, {each.n_direction_not_given} not given"
    )
    if each.p is None or each.smallest_p is None:
        return f"{head}{votes}; no vote for a change, so nothing to test."
    test = (
        f"; share of increases {each.share_increase:.2f} (95 % interval {each.share_low:.2f} to "
        f"{each.share_high:.2f}), p = {each.p:.3f}"
    )
    if each.smallest_p > 0.05:
        test += f". The smallest p that could have come out is {each.smallest_p:.3f}"
        test += ": with so few votes no agreement can be shown at .05"
    return f"{head}{votes}{test}."
