"""Which source, act and channel terms were studied by whom, and in which role."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asmr_stim.io.tables import Column
from asmr_stim.report.knowledge import roles_of
from asmr_stim.report.tables import ReportTable
from asmr_stim.schema.knowledge import Stated
from asmr_stim.schema.stimulus import Stimulus
from asmr_stim.schema.study import Study
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim.schema.terms import AXES, Axis, Term

NO_ROLE = "none"


@dataclass(frozen=True)
class Coverage:
    """A term that codes a stimulus of a study, in one of the stimulus's roles."""

    axis: Axis
    term: str
    study: str
    stimulus: str
    role: str
    basis: str


def coverage(studies: Iterable[Study]) -> Iterator[Coverage]:
    """Yield every term of every stimulus, once for each role the stimulus has."""
    for study in studies:
        for stimulus in study.stimuli:
            roles = sorted(roles_of(study, stimulus.id)) or [NO_ROLE]
            for axis, term, basis in _terms(stimulus):
                for role in roles:
                    yield Coverage(axis, term, study.id, stimulus.id, role, basis)


def _terms(stimulus: Stimulus) -> Iterator[tuple[Axis, str, str]]:
    if isinstance(stimulus.sources, Stated):
        for term in stimulus.sources.value:
            yield "source", term, stimulus.sources.basis
    if isinstance(stimulus.acts, Stated):
        for term in stimulus.acts.value:
            yield "act", term, stimulus.acts.basis
    if isinstance(stimulus.channel, Stated):
        yield "channel", stimulus.channel.value, stimulus.channel.basis


def coverage_table(studies: Iterable[Study], taxonomy: Taxonomy) -> ReportTable:
    """Return one row for each term, study, stimulus and role, in the order of the taxonomy."""
    order = {term.id: i for i, term in enumerate(_all_terms(taxonomy))}
    found = sorted(coverage(studies), key=lambda c: (order[c.term], c.study, c.stimulus, c.role))
    rows = tuple(
        (c.axis, c.term, taxonomy.path(c.term), c.study, c.stimulus, c.role, c.basis) for c in found
    )
    columns = (
        Column("axis", "source, act or channel"),
        Column("term", "id of the term"),
        Column("path", "the classes above it"),
        Column("study", "id of the study"),
        Column("stimulus", "id of the stimulus within the study"),
        Column("role", "asmr, control, adjunct or foil, as the study's contrasts have it"),
        Column("basis", "how the term follows from the source"),
    )
    return ReportTable("terms_by_study", "Terms that code a study's stimuli.", columns, rows)


def unstudied_terms(studies: Iterable[Study], taxonomy: Taxonomy) -> dict[Axis, tuple[str, ...]]:
    """Return for each axis the terms that no ASMR stimulus of any study is coded with."""
    studied = {each.term for each in coverage(studies) if each.role == "asmr"}
    with_classes = {above for term in studied for above in (term, *_ancestor_ids(taxonomy, term))}
    return {
        axis: tuple(t.id for t in taxonomy.terms_of(axis) if t.id not in with_classes)
        for axis in AXES
    }


def _all_terms(taxonomy: Taxonomy) -> Iterator[Term]:
    for axis in AXES:
        yield from taxonomy.terms_of(axis)


def _ancestor_ids(taxonomy: Taxonomy, term: str) -> tuple[str, ...]:
    return tuple(each.id for each in taxonomy.ancestors(term))
