"""What is known of each study's stimuli, field by field, and what is not.

The three states stay apart: a value with its provenance, ``not reported``, ``not extracted``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from asmr_stim.io.tables import Column
from asmr_stim.report.tables import ReportTable, shown
from asmr_stim.schema.knowledge import NOT_EXTRACTED, Stated
from asmr_stim.schema.stimulus import Stimulus
from asmr_stim.schema.study import Study

State = Literal["value", "not reported", "not extracted", "no ASMR stimulus"]

FIELDS = (
    ("title", "title"),
    ("creator", "creator"),
    ("url", "link"),
    ("platform", "platform"),
    ("n_clips", "clips"),
    ("duration_s", "duration (s)"),
    ("words", "in the source's words"),
    ("channel", "channel"),
    ("sources", "sound source"),
    ("acts", "act"),
    ("composition", "shares of time"),
    ("participant_dependent", "chosen by participants"),
    ("chosen_by", "how chosen"),
    ("speech_present", "speech"),
    ("language", "language"),
    ("pace", "pace"),
    ("spatial", "spatial"),
    ("background_music", "music"),
    ("level_db", "level (dB)"),
    ("transducer", "transducer"),
)


@dataclass(frozen=True)
class Knowledge:
    """One field of one stimulus: its state and, where known, the value and what it rests on."""

    study: str
    stimulus: str
    roles: str
    field: str
    state: State
    value: str
    basis: str
    scope: str
    sources: str
    note: str


@dataclass(frozen=True)
class Grid:
    """Studies x fields: the best state among a study's ASMR stimuli."""

    studies: tuple[str, ...]
    fields: tuple[str, ...]
    states: tuple[tuple[State, ...], ...]

    def share_known(self) -> tuple[float, ...]:
        """Return for each field the share of studies with a value, among those with a stimulus."""
        shares = []
        for column in zip(*self.states, strict=True):
            counts = Counter(column)
            with_stimulus = len(column) - counts["no ASMR stimulus"]
            shares.append(counts["value"] / with_stimulus if with_stimulus else 0.0)
        return tuple(shares)


def knowledge(studies: Iterable[Study]) -> Iterator[Knowledge]:
    """Yield every field of every stimulus of every study."""
    for study in studies:
        for stimulus in study.stimuli:
            roles = ", ".join(sorted(roles_of(study, stimulus.id)))
            for field, _ in FIELDS:
                yield _knowledge(study, stimulus, roles, field)


def field_of(stimulus: Stimulus, name: str) -> Any:
    """Return a field or a facet of a stimulus; a facet that is not there was not extracted."""
    if name in type(stimulus).model_fields:
        return getattr(stimulus, name)
    return stimulus.facets.get(name, NOT_EXTRACTED)


def roles_of(study: Study, stimulus: str) -> set[str]:
    """Return the roles that a stimulus has in the contrasts of its study."""
    return {
        each.role
        for contrast in study.contrasts
        for each in contrast.stimuli
        if each.stimulus == stimulus
    }


def knowledge_grid(studies: Iterable[Study]) -> Grid:
    """Return the best state of each field among the ASMR stimuli of each study."""
    studies = tuple(studies)
    names = tuple(field for field, _ in FIELDS)
    states = tuple(tuple(_best_state(study, field) for field in names) for study in studies)
    return Grid(tuple(study.id for study in studies), names, states)


def knowledge_table(studies: Iterable[Study]) -> ReportTable:
    """Return one row for each field of each stimulus."""
    rows = tuple(
        (k.study, k.stimulus, k.roles or None, k.field, k.state, k.value or None, k.basis or None,
         k.scope or None, k.sources or None, k.note or None)
        for k in knowledge(studies)
    )  # fmt: skip
    columns = (
        Column("study", "id of the study in the catalogue"),
        Column("stimulus", "id of the stimulus within the study"),
        Column("roles", "its roles in the study's contrasts"),
        Column("field", "the field; durations in seconds, levels in decibel"),
        Column("state", "value, not reported (full text read) or not extracted"),
        Column("value", "the value, where there is one"),
        Column("basis", "stated, coded, derived, inferred or secondary"),
        Column("scope", "whether the source stands behind this value or the study as a whole"),
        Column("sources", "ids of the sources of this very value"),
        Column("note", "what qualifies the value"),
    )
    return ReportTable("stimulus_fields", "What is known of each stimulus.", columns, rows)


def _knowledge(study: Study, stimulus: Stimulus, roles: str, field: str) -> Knowledge:
    content = field_of(stimulus, field)
    if not isinstance(content, Stated):
        return Knowledge(study.id, stimulus.id, roles, field, content, "", "", "", "", "")
    return Knowledge(
        study.id,
        stimulus.id,
        roles,
        field,
        "value",
        shown(content.value),
        content.basis,
        content.provenance.scope,
        ", ".join(content.provenance.sources),
        content.note or "",
    )


def _best_state(study: Study, field: str) -> State:
    asmr = [each for each in study.stimuli if "asmr" in roles_of(study, each.id)]
    if not asmr:
        return "no ASMR stimulus"
    states: set[State] = {
        "value" if isinstance(content := field_of(each, field), Stated) else content
        for each in asmr
    }
    if "value" in states:
        return "value"
    return NOT_EXTRACTED if NOT_EXTRACTED in states else "not reported"
