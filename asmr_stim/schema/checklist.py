"""The reporting checklist: what a paper should say of its stimuli, and how far a study says it.

Answers are combined in three-valued logic, so that what nobody has read never counts as missing:
of several fields that could hold an answer, one value suffices; of several records that an item
asks about (two ASMR clips, say), each must have its answer.

Offers: ``Checklist``, ``Item``, ``ItemState``, ``ItemResult``, ``ChecklistResult``, ``checked``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from asmr_stim.schema.base import Id, Many, Record, SemanticVersion, Text
from asmr_stim.schema.knowledge import NOT_EXTRACTED, NOT_REPORTED, Stated, inconsistent, value_of
from asmr_stim.schema.problems import Finding
from asmr_stim.schema.stimulus import Stimulus
from asmr_stim.schema.study import NEEDS_ASMR_STIMULUS, Contrast, Sample, Study
from asmr_stim.schema.terms import Source

Scope = Literal["asmr_stimuli", "control_stimuli", "samples", "contrasts"]
ItemState = Literal["reported", "not reported", "not extracted", "does not apply"]
STATES: tuple[ItemState, ...] = ("reported", "not reported", "not extracted", "does not apply")

_RECORDS: dict[Scope, type[Record]] = {
    "asmr_stimuli": Stimulus,
    "control_stimuli": Stimulus,
    "samples": Sample,
    "contrasts": Contrast,
}


class Section(Record):
    """A heading of the checklist."""

    id: Id
    label: Text


class Item(Record):
    """One thing that a paper should say, why, and what the reason rests on."""

    id: Id
    section: Id
    label: Text
    of: Scope
    fields: Many[Text] = Field(min_length=1)
    """Where the answer stands in the record; of several one suffices."""
    ask: Text
    why: Text
    sources: Many[Id] = ()
    design_choice: bool = False

    @model_validator(mode="after")
    def _rests_on_something(self) -> Self:
        if bool(self.sources) == self.design_choice:
            raise ValueError(
                f"the item '{self.id}' must name its sources or say design_choice: true, not both"
            )
        return self


class Checklist(Record):
    """The items in their order, under their headings."""

    schema_version: SemanticVersion
    checklist_version: SemanticVersion
    sections: Many[Section]
    items: Many[Item]
    sources: Many[Source]

    @model_validator(mode="after")
    def _names_what_exists(self) -> Self:
        findings = [*_unknown_names(self), *_unknown_fields(self)]
        if findings:
            raise inconsistent(findings)
        return self

    def of_section(self, section: str) -> tuple[Item, ...]:
        """Return the items under a heading."""
        return tuple(item for item in self.items if item.section == section)

    def reason(self, item: Item) -> str:
        """Return why an item is asked, with its sources or as our own choice."""
        cited = {source.id: str(source) for source in self.sources}
        rest = "; ".join(cited[name] for name in item.sources) or "our own choice"
        return f"{item.why} [{rest}]"


def _unknown_names(checklist: Checklist) -> Iterable[Finding]:
    sections = {section.id for section in checklist.sections}
    sources = {source.id for source in checklist.sources}
    seen: set[str] = set()
    for place, item in enumerate(checklist.items):
        if item.id in seen:
            yield Finding("E070", ("items", place, "id"), f"the item '{item.id}' stands twice")
        seen.add(item.id)
        if item.section not in sections:
            sentence = f"'{item.section}' is no section of the checklist"
            yield Finding("E071", ("items", place, "section"), sentence)
        for name in item.sources:
            if name not in sources:
                sentence = f"'{name}' is no source of the checklist"
                yield Finding("E071", ("items", place, "sources"), sentence)


def _unknown_fields(checklist: Checklist) -> Iterable[Finding]:
    for place, item in enumerate(checklist.items):
        record = _RECORDS[item.of]
        for name in item.fields:
            first = name.partition(".")[0]
            if first not in record.model_fields:
                sentence = f"'{name}' is no field of a {record.__name__.lower()}"
                yield Finding("E072", ("items", place, "fields"), sentence)


class Gap(NamedTuple):
    """An item without an answer for one record of a study; the path leads to that record."""

    item: Item
    path: tuple[str, ...]
    label: str
    state: ItemState


@dataclass(frozen=True)
class ItemResult:
    """How far a study answers an item, and for which of its records it does not."""

    item: Item
    state: ItemState
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class ChecklistResult:
    """How far a study answers the checklist.

    ``lowest`` and ``highest`` are the share of items that are reported if none, or all, of what
    nobody has read yet should turn out to be. *Not reported* lowers both; *not extracted* widens
    the gap between them. None where no item applies.
    """

    study: str
    items: tuple[ItemResult, ...]

    def count(self, state: ItemState) -> int:
        """Return how many items have a state."""
        return sum(result.state == state for result in self.items)

    @property
    def n_applicable(self) -> int:
        """Number of items that apply to the study."""
        return len(self.items) - self.count("does not apply")

    @property
    def lowest(self) -> float | None:
        """Share reported if nothing else is."""
        return self.count("reported") / self.n_applicable if self.n_applicable else None

    @property
    def highest(self) -> float | None:
        """Share reported if everything that nobody has read is."""
        if not self.n_applicable:
            return None
        return (self.count("reported") + self.count("not extracted")) / self.n_applicable

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Every missing answer, in the order of the checklist."""
        return tuple(gap for result in self.items for gap in result.gaps)


def checked(study: Study, checklist: Checklist) -> ChecklistResult:
    """Return how far a study answers the checklist.

    Parameters
    ----------
    study : Study
    checklist : Checklist

    Returns
    -------
    ChecklistResult
        Its items in the order of the checklist. An item about ASMR stimuli does not apply to a
        study of traits or rest, one about controls not to a study that compared with none.
    """
    return ChecklistResult(study.id, tuple(_result(study, item) for item in checklist.items))


def field_at(record: Record, place: str) -> Any:
    """Return what a field of a record holds, by a path with dots; absent is ``not extracted``."""
    content: Any = record
    for name in place.split("."):
        if isinstance(content, dict):
            content = content.get(name, NOT_EXTRACTED)
        else:
            content = getattr(content, name, NOT_EXTRACTED)
    return content


def _result(study: Study, item: Item) -> ItemResult:
    if not _applies(study, item.of):
        return ItemResult(item, "does not apply", ())
    records = records_of(study, item.of)
    if not records:
        label = "no such record in the catalogue yet"
        return ItemResult(item, "not extracted", (Gap(item, (), label, "not extracted"),))
    states = {path: _any_of(record, item) for path, record in records.items()}
    labels = {path: getattr(record, "label", "") for path, record in records.items()}
    gaps = tuple(
        Gap(item, path, labels[path], state)
        for path, state in states.items()
        if state != "reported"
    )
    return ItemResult(item, _all_of(states.values()), gaps)


def _any_of(record: Record, item: Item) -> ItemState:
    """One value suffices; without one, a field that nobody looked at may still hold it."""
    contents = [field_at(record, name) for name in item.fields]
    if any(isinstance(content, Stated | tuple) for content in contents):
        return "reported"
    return NOT_REPORTED if all(each == NOT_REPORTED for each in contents) else NOT_EXTRACTED


def _all_of(states: Iterable[ItemState]) -> ItemState:
    """One record of which it is not reported decides; else one that nobody looked at does."""
    found = set(states)
    return next((s for s in (NOT_REPORTED, NOT_EXTRACTED) if s in found), "reported")


def _applies(study: Study, scope: Scope) -> bool:
    """Tell whether an item about these records concerns a study.

    It does unless the contrasts, whose types are all known, rule it out.
    """
    if scope not in {"asmr_stimuli", "control_stimuli"} or records_of(study, scope):
        return True
    types = [value_of(contrast.type) for contrast in study.contrasts]
    if not types or None in types:
        return True
    needed = NEEDS_ASMR_STIMULUS if scope == "asmr_stimuli" else {"stimulus_vs_control"}
    return any(kind in needed for kind in types)


def records_of(study: Study, scope: Scope) -> dict[tuple[str, ...], Record]:
    """Return the records that an item asks about, by the path that leads to each."""
    if scope in {"samples", "contrasts"}:
        return {(scope, each.id): each for each in getattr(study, scope)}
    role = scope.removesuffix("_stimuli")
    wanted = {
        each.stimulus
        for contrast in study.contrasts
        for each in contrast.stimuli
        if each.role == role
    }
    return {("stimuli", each.id): each for each in study.stimuli if each.id in wanted}
