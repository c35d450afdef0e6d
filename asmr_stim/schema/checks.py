"""Whether the parts of a study agree with one another.

Each check takes a study and returns findings with the path to what they speak of. The study
itself refuses to be built while any is left; so does the record of the published review.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from asmr_stim.schema.knowledge import NOT_REPORTED, Provenance, Stated, value_of
from asmr_stim.schema.problems import Finding, Where
from asmr_stim.schema.spelling import close_word

if TYPE_CHECKING:
    from asmr_stim.schema.review import PublishedReview
    from asmr_stim.schema.study import Contrast, Sample, Study


MOST_WORDS = 50  # more ids than this are not listed in a sentence, nor searched for a near one
Parts = Iterable[tuple[Where, Any]]
"""Every value inside a record with the path to it, as ``walk`` yields them."""


def study_findings(study: Study) -> list[Finding]:
    """Return everything in which the parts of a study contradict one another."""
    parts = _parts(study)
    return [
        *_not_reported_without_full_text(study, parts),
        *_unknown_sources(study, parts),
        *_unknown_upstream_sources(study),
        *_repeated_ids(study),
        *_repeated_stimuli(study),
        *_unknown_references(study),
        *_groups_beyond_their_sample(study),
        *_contrasts_beyond_their_sample(study),
        *_grades_without_direction(study),
        *_placeholders(parts),
    ]


def provenance_findings(record: Study | PublishedReview) -> list[Finding]:
    """Return where a record claims more than its sources and its evidence level allow."""
    parts = _parts(record)
    return [*_not_reported_without_full_text(record, parts), *_unknown_sources(record, parts)]


def walk(value: Any, where: Where = ()) -> Iterator[tuple[Where, Any]]:
    """Yield every value inside a record with the path of keys and positions to it."""
    waiting = [(where, value)]
    while waiting:
        where, value = waiting.pop()
        yield where, value
        if isinstance(value, BaseModel):
            members: Iterable[tuple[str | int, Any]] = value.__dict__.items()
        elif isinstance(value, tuple):
            members = enumerate(value)
        elif isinstance(value, dict):
            members = value.items()
        else:
            continue
        inner = [((*where, part), member) for part, member in members]
        waiting += reversed(inner)


def _parts(record: Study | PublishedReview) -> list[tuple[Where, Any]]:
    """Return every value with the path to it, or nothing if none of them can be a finding.

    Paths cost ten times as much as the values, and hardly any file needs them.
    """
    declared = {source.id for source in record.sources}
    may_be_not_reported = record.evidence_level == "full_text"
    waiting: list[Any] = [record]
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind is str:
            if value[:1] == "<" or (value == NOT_REPORTED and not may_be_not_reported):
                return list(walk(record))
        elif kind is tuple:
            waiting += value
        elif kind is dict:
            waiting += value.values()
        elif kind is Provenance:
            if not (declared and declared.issuperset(value.sources)):
                return list(walk(record))
        elif isinstance(value, BaseModel):
            waiting += value.__dict__.values()
    return []


def _not_reported_without_full_text(
    record: Study | PublishedReview, parts: Parts
) -> Iterator[Finding]:
    if record.evidence_level == "full_text":
        return
    for where, value in parts:
        if isinstance(value, str) and value == NOT_REPORTED:
            yield Finding(
                "E020",
                where,
                f"'{where[-1]}' is 'not reported', which only someone who read the full text can "
                f"say, but evidence_level is '{record.evidence_level}'; write 'not extracted'",
            )


def _unknown_sources(record: Study | PublishedReview, parts: Parts) -> Iterator[Finding]:
    declared = {source.id for source in record.sources}
    for where, value in parts:
        if isinstance(value, Provenance):
            yield from _missing(value.sources, declared, (*where, "sources"), "source")
            if value.scope == "study" and not declared:
                yield Finding("E021", where, "the study names no source that this could come from")


def _unknown_upstream_sources(study: Study) -> Iterator[Finding]:
    declared = {source.id for source in study.sources}
    for position, upstream in enumerate(study.upstream):
        yield from _missing((upstream.source,), declared, ("upstream", position), "source")


def _repeated_ids(study: Study) -> Iterator[Finding]:
    for name in ("sources", "samples", "stimuli", "contrasts", "coordinates"):
        yield from _repeated([member.id for member in getattr(study, name)], (name,))
    for position, sample in enumerate(study.samples):
        where = ("samples", position, "groups")
        yield from _repeated([group.id for group in sample.groups], where)


def _repeated(ids: list[str], where: Where) -> Iterator[Finding]:
    if len(set(ids)) == len(ids):
        return
    counts = Counter(ids)
    seen: set[str] = set()
    for position, identifier in enumerate(ids):
        if identifier in seen:
            yield Finding(
                "E022",
                (*where, position, "id"),
                f"the id '{identifier}' stands {counts[identifier]} times in '{where[-1]}'; "
                "give each its own",
            )
        seen.add(identifier)


def _repeated_stimuli(study: Study) -> Iterator[Finding]:
    for position, contrast in enumerate(study.contrasts):
        seen: dict[str, str] = {}
        for index, each in enumerate(contrast.stimuli):
            role = seen.get(each.stimulus)
            seen.setdefault(each.stimulus, each.role)
            if role is not None:
                yield Finding(
                    "E026",
                    ("contrasts", position, "stimuli", index, "stimulus"),
                    f"'{each.stimulus}' stands in this contrast already, in the role '{role}'; "
                    "a stimulus has one role in a contrast",
                )


def _unknown_references(study: Study) -> Iterator[Finding]:
    stimuli = {stimulus.id for stimulus in study.stimuli}
    samples = {sample.id: sample for sample in study.samples}
    contrasts = {contrast.id for contrast in study.contrasts}
    for position, contrast in enumerate(study.contrasts):
        where: Where = ("contrasts", position)
        for index, each in enumerate(contrast.stimuli):
            here = (*where, "stimuli", index, "stimulus")
            yield from _missing((each.stimulus,), stimuli, here, "stimulus")
        if contrast.sample is not None:
            yield from _missing((contrast.sample,), set(samples), (*where, "sample"), "sample")
        groups = _group_ids(samples.get(contrast.sample or ""))
        yield from _missing(contrast.groups, groups, (*where, "groups"), "group of its sample")
    for position, table in enumerate(study.coordinates):
        named = (table.contrast,) if table.contrast is not None else ()
        yield from _missing(named, contrasts, ("coordinates", position, "contrast"), "contrast")


def _missing(named: tuple[str, ...], known: set[str], where: Where, what: str) -> Iterator[Finding]:
    for identifier in named:
        if identifier not in known:
            yield Finding(
                "E023",
                where,
                f"'{identifier}' is no {what} of this study; {_there(known)}"
                f"{_hint(identifier, known)}",
            )


def _there(known: set[str]) -> str:
    if not known:
        return "there is none"
    return f"there are: {', '.join(sorted(known))}" if len(known) <= MOST_WORDS else "see their ids"


def _hint(identifier: str, known: set[str]) -> str:
    near = close_word(identifier, known) if len(known) <= MOST_WORDS else None
    return f"; did you mean '{near}'?" if near else ""


def _group_ids(sample: Sample | None) -> set[str]:
    return {group.id for group in sample.groups} if sample is not None else set()


def _groups_beyond_their_sample(study: Study) -> Iterator[Finding]:
    for position, sample in enumerate(study.samples):
        if not isinstance(sample.n, Stated):
            continue
        total = sample.n.value
        where: Where = ("samples", position)
        for index, group in enumerate(sample.groups):
            if isinstance(group.n, Stated) and group.n.value > total:
                yield Finding(
                    "E024",
                    (*where, "groups", index, "n"),
                    f"group '{group.id}' has {group.n.value} people, its sample only {total}",
                )
        sexes = [n.value for n in (sample.n_female, sample.n_male) if isinstance(n, Stated)]
        if sum(sexes) > total:
            yield Finding(
                "E024",
                (*where, "n"),
                f"the sample has {total} people, but its women and men are {sum(sexes)}",
            )


def _contrasts_beyond_their_sample(study: Study) -> Iterator[Finding]:
    totals = {sample.id: value_of(sample.n) for sample in study.samples}
    for position, contrast in enumerate(study.contrasts):
        total = totals.get(contrast.sample or "")
        if total is None:
            continue
        for where, n in _people(contrast):
            if n is not None and n > total:
                yield Finding(
                    "E024",
                    ("contrasts", position, *where),
                    f"{n} people in the contrast '{contrast.id}', its sample has only {total}",
                )


def _people(contrast: Contrast) -> Iterator[tuple[Where, int | None]]:
    yield ("n",), value_of(contrast.n)
    for index, outcome in enumerate(contrast.outcomes):
        yield ("outcomes", index, "n"), value_of(outcome.n)


def _grades_without_direction(study: Study) -> Iterator[Finding]:
    for position, contrast in enumerate(study.contrasts):
        for index, outcome in enumerate(contrast.outcomes):
            known = isinstance(outcome.direction, Stated)
            if known == (outcome.grade == "not_given"):
                yield Finding(
                    "E025",
                    ("contrasts", position, "outcomes", index, "grade"),
                    f"the grade is '{outcome.grade}' although the direction is "
                    f"{'given' if known else 'not given'}; "
                    f"{'grade it by what is known of its size' if known else 'write not_given'}",
                )


def _placeholders(parts: Parts) -> Iterator[Finding]:
    """Find what a template left to be written: words in angle brackets."""
    for where, value in parts:
        if isinstance(value, str) and value.startswith("<") and value.endswith(">"):
            sentence = f"'{value}' is still the template's placeholder; write it, or leave it out"
            yield Finding("E029", where, sentence)
