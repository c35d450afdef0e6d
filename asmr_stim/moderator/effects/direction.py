"""Direction of effect: who votes, how, and what a sign test of the votes can and cannot show.

Where studies give only directions, they are counted, not pooled (Cochrane Handbook, chapter 12;
SWiM guideline, item 4). Who votes is written down in ``VOTING_RULE``, which the
report prints; ``count_directions`` carries it out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from scipy.stats import binomtest

from asmr_stim.moderator.effects.sign_test import sign_test, smallest_reachable_p
from asmr_stim.schema.knowledge import value_of
from asmr_stim.schema.outcome import BANDS, Direction, Outcome
from asmr_stim.schema.study import NEEDS_ASMR_STIMULUS, Contrast, ContrastType, Study

Ballot = Literal["increase", "decrease", "no_change", "mixed", "direction_not_given"]

VOTING_TYPES: tuple[ContrastType, ...] = (
    "stimulus_vs_control",
    "tingle_vs_no_tingle",
    "responder_vs_non_responder",
    "before_after",
    "dose",
)
VOTING_RULE = (
    (
        "A vote is cast by an independent sample, once for each EEG band and contrast type; "
        "several outcomes of one sample, band and type are one vote: their common direction, or "
        "mixed. Papers that share a sample id, and samples known to overlap, are one sample."
    ),
    (
        "Only contrasts in which ASMR differs between the sides vote: the first side has a "
        "stimulus in the role asmr, or the type compares responders or tingle moments."
    ),
    (
        "No vote comes from a mental task alone, from traits or rest, from a contrast with a task "
        "on one side only, or from one in which an adjunct (such as a binaural beat) plays beside "
        "the ASMR stimulus."
    ),
    (
        "A contrast of after with before votes only if every clip in it is ASMR: where a control "
        "played as well, the change is not that of ASMR."
    ),
    (
        "A contrast of unknown type does not vote; one person is a case, not a sample; a blog, a "
        "newspaper, a reference entry or code without results is no study report."
    ),
    (
        "Where a contrast is given for groups apart, only groups that experience ASMR vote; a "
        "sample selected for not experiencing it does not vote."
    ),
    "Measured, direction not given, is listed as such: it is not the same as not measured.",
    (
        "Only power in a named band votes: evoked potentials, connectivity and the indices of "
        "devices are other measures."
    ),
    "Increases and decreases enter the exact two-sided sign test; no change and mixed do not.",
)
ONE_PERSON = "a single person is a case, not a sample"
NO_ASMR = "only people who do not experience ASMR"
NO_STUDY_REPORT = frozenset({"blog", "newspaper", "code_only", "readme", "reference_entry", "none"})


@dataclass(frozen=True)
class Vote:
    """One sample's vote in one band and contrast type, with the outcomes it rests on."""

    sample: str
    studies: tuple[str, ...]
    band: str
    contrast_type: str
    ballot: Ballot
    n_outcomes: int


@dataclass(frozen=True)
class NoVote:
    """An outcome that casts no vote, and why."""

    study: str
    contrast: str
    band: str
    direction: Direction | None
    reason: str


@dataclass(frozen=True)
class Count:
    """Votes in one band and contrast type, and the exact two-sided sign test of them.

    ``p`` is None where nobody voted for a change. ``smallest_p`` is what the test would give if
    all votes agreed: where it is above .05, the test cannot reach significance at all.
    """

    band: str
    contrast_type: str
    n_increase: int
    n_decrease: int
    n_no_change: int
    n_mixed: int
    n_direction_not_given: int
    share_increase: float | None
    share_low: float | None
    share_high: float | None
    p: float | None
    smallest_p: float | None


@dataclass(frozen=True)
class Ballots:
    """Every vote, every outcome without a vote, and the counts."""

    votes: tuple[Vote, ...]
    without_vote: tuple[NoVote, ...]
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class Cast:
    """One outcome that votes: of a study and an independent sample, in a band and type."""

    study: str
    sample: str
    band: str
    contrast_type: str
    direction: Direction | None


def ballots_of(casts: Iterable[Cast], without: Iterable[NoVote] = ()) -> Ballots:
    """Return the votes and counts of outcomes: one vote for each sample, band and contrast type.

    Parameters
    ----------
    casts : iterable of Cast
        Bands and contrast types by any name; known ones are counted in their usual order.
    without : iterable of NoVote
        Outcomes that cast no vote, handed through.
    """
    votes = tuple(_votes(casts))
    return Ballots(votes, tuple(without), tuple(_counts(votes)))


def count_directions(studies: Iterable[Study]) -> Ballots:
    """Return the votes on each EEG band by the rule of this module.

    Parameters
    ----------
    studies : iterable of Study

    Returns
    -------
    Ballots
        Votes, outcomes without a vote (with the reason), and one count for every band and
        contrast type in which anybody voted.

    References
    ----------
    McKenzie JE, Brennan SE. Synthesizing and presenting findings using other methods. Cochrane
    Handbook for Systematic Reviews of Interventions, chapter 12, section 12.2.1.3 (vote counting
    based on the direction of effect).
    """
    casts: list[Cast] = []
    without: list[NoVote] = []
    studies = tuple(studies)
    people = independent_samples(studies)
    for study in studies:
        for contrast in study.contrasts:
            for outcome in contrast.outcomes:
                if outcome.measure not in {"eeg_power", "eeg_other", "eeg_index"}:
                    continue
                reason = reason_for_no_vote(study, contrast, outcome)
                for band in _bands(outcome):
                    direction = value_of(outcome.direction)
                    if reason is None:
                        sample = people[str(contrast.sample)]
                        kind = value_of(contrast.type)
                        casts.append(Cast(study.id, sample, band, kind, direction))
                    else:
                        without.append(NoVote(study.id, contrast.id, band, direction, reason))
    return ballots_of(casts, without)


def reason_for_no_vote(study: Study, contrast: Contrast, outcome: Outcome) -> str | None:
    """Return why an outcome casts no vote, or None if it does."""
    if study.evidence_level in NO_STUDY_REPORT:
        return f"the evidence is no study report ({study.evidence_level.replace('_', ' ')})"
    if outcome.measure != "eeg_power":
        return f"not band power ({outcome.measure.replace('_', ' ')})"
    if not set(_bands(outcome)) <= set(BANDS):
        return "no single band is named"
    return (
        _reason_in_contrast(contrast)
        or _reason_in_sample(study, contrast)
        or _reason_in_clips(contrast)
        or (ONE_PERSON if value_of(outcome.n) == 1 else None)
    )


def _bands(outcome: Outcome) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value_of(outcome.bands) or ())) or ("not named",)


def independent_samples(studies: tuple[Study, ...]) -> dict[str, str]:
    """Return for each sample one name that it shares with every sample it overlaps with."""
    people: dict[str, set[str]] = {}
    for study in studies:
        for sample in study.samples:
            same = {sample.id, *(value_of(sample.overlaps_with) or ())}
            joined = same.union(*(people.get(each, ()) for each in same))
            people.update(dict.fromkeys(joined, joined))
    return {sample: min(same) for sample, same in people.items()}


def _reason_in_contrast(contrast: Contrast) -> str | None:
    kind = value_of(contrast.type)
    roles = {each.role for each in contrast.stimuli}
    if kind is None:
        return "the contrast type is not known"
    if kind not in VOTING_TYPES:
        return f"a contrast of type '{kind.replace('_', ' ')}' says nothing on ASMR stimuli"
    if "adjunct" in roles:
        return "an adjunct plays beside the ASMR stimulus"
    if value_of(contrast.task) == "one_side":
        return "a task runs on one side only"
    if kind in NEEDS_ASMR_STIMULUS and "asmr" not in roles:
        return "no stimulus has the role 'asmr'"
    return None


def _reason_in_clips(contrast: Contrast) -> str | None:
    """Refuse a change over time in which a control had its part: sides have no clips of theirs."""
    others = {each.role for each in contrast.stimuli} - {"asmr"}
    if value_of(contrast.type) == "before_after" and others:
        return "a clip that is no ASMR stimulus played between before and after as well"
    return None


def _reason_in_sample(study: Study, contrast: Contrast) -> str | None:
    if contrast.sample is None:
        return "the sample is not known"
    sample = next(each for each in study.samples if each.id == contrast.sample)
    if 1 in {value_of(sample.n), value_of(contrast.n)}:
        return ONE_PERSON
    if value_of(sample.selection) == "non_experiencers":
        return NO_ASMR
    groups = [group for group in sample.groups if group.id in contrast.groups]
    if groups and all(value_of(group.experiences_asmr) is False for group in groups):
        return NO_ASMR
    return None


def _votes(casts: Iterable[Cast]) -> Iterator[Vote]:
    grouped: dict[tuple[str, str, str], list[Cast]] = defaultdict(list)
    for cast in casts:
        grouped[(cast.sample, cast.band, cast.contrast_type)].append(cast)
    for (sample, band, kind), group in grouped.items():
        studies = tuple(sorted({cast.study for cast in group}))
        yield Vote(sample, studies, band, kind, _ballot(group), len(group))


def _ballot(casts: Iterable[Cast]) -> Ballot:
    given = {cast.direction for cast in casts} - {None}
    if not given:
        return "direction_not_given"
    if len(given) > 1:
        return "mixed"
    (only,) = given
    return only  # type: ignore[return-value]  # None was taken out above


def _counts(votes: tuple[Vote, ...]) -> Iterator[Count]:
    for kind in in_order((v.contrast_type for v in votes), get_args(ContrastType)):
        for band in in_order((v.band for v in votes), BANDS):
            ballots = [v.ballot for v in votes if v.band == band and v.contrast_type == kind]
            if ballots:
                yield _count(band, kind, ballots)


def in_order(found: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return the names that occur, known ones first and in their order, others as they come."""
    names = dict.fromkeys(found)
    first = [name for name in known if name in names]
    return first + [name for name in names if name not in first]


def _count(band: str, kind: str, ballots: list[Ballot]) -> Count:
    up, down = ballots.count("increase"), ballots.count("decrease")
    total = up + down
    interval = binomtest(up, total, 0.5).proportion_ci(method="exact") if total else None
    return Count(
        band=band,
        contrast_type=kind,
        n_increase=up,
        n_decrease=down,
        n_no_change=ballots.count("no_change"),
        n_mixed=ballots.count("mixed"),
        n_direction_not_given=ballots.count("direction_not_given"),
        share_increase=up / total if total else None,
        share_low=float(interval.low) if interval else None,
        share_high=float(interval.high) if interval else None,
        p=sign_test(up, down) if total else None,
        smallest_p=smallest_reachable_p(total) if total else None,
    )
