"""One study as a card to read: each value with what it rests on, and what is not known of it."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from asmr_stim.report.tables import shown
from asmr_stim.schema.base import Record
from asmr_stim.schema.knowledge import NOT_EXTRACTED, NOT_REPORTED, Provenance, Stated, value_of
from asmr_stim.schema.shape import keyed, leaves, shapes
from asmr_stim.schema.study import Study

NAMES = 22  # columns of the names of fields
HEAD = frozenset({"title", "authors", "year", "venue", "doi", "pmid", "pmcid"})
PLAIN = {"id", "label", "schema_version", "review_status", "evidence_level"}


def card(study: Study, width: int = 80) -> str:
    """Return a study as text, every line within the width where words allow it.

    Behind each value stands its basis and its source in brackets; ``study`` there means the
    study's sources as a whole, with none named for this very value. Fields without a value are
    listed by their state at the end of the record they belong to.
    """
    lines = [*_head(study, width), "", *_section(study, width, indent=0)]
    for name, shape in shapes(Study).items():
        if shape.record is None or not shape.is_list or name == "details":
            continue
        for key, member in keyed(getattr(study, name)):
            title = f"{name.upper()} · {key}"
            label = getattr(member, "label", None)
            lines += ["", *_wrapped(f"{title}: {label}" if label else title, width, "", "  ")]
            lines += _section(member, width, indent=2)
    lines += [line for note in study.notes for line in ("", *_wrapped(note, width, "", ""))]
    lines += ["", *_wrapped(_counts(study), width, "", "")]
    return "\n".join(lines)


def _head(study: Study, width: int) -> Iterator[str]:
    title = value_of(study.title) or f"title {study.title}"
    yield from _wrapped(f"{study.id} · {title}", width, "", "  ")
    authors = value_of(study.authors) or (f"authors {study.authors}",)
    about = [", ".join(authors), *(_stated_or_state(study, name) for name in ("year", "venue"))]
    yield from _wrapped(" · ".join(about), width, "", "  ")
    numbers = [
        f"{name} {shown(value_of(field) or field)}"
        for name in ("doi", "pmid", "pmcid")
        for field in (getattr(study, name),)
    ]
    yield from _wrapped(" · ".join(numbers), width, "", "  ")
    status = study.review_status
    yield from _wrapped(
        f"read: {study.evidence_level.replace('_', ' ')} · in the published review: "
        f"{status.status} ({status.basis.replace('_', ' ')}: {status.reason})",
        width, "", "  ",
    )  # fmt: skip


def _stated_or_state(study: Study, name: str) -> str:
    field = getattr(study, name)
    return shown(field.value) if isinstance(field, Stated) else f"{name} {field}"


def _section(record: Record, width: int, indent: int) -> Iterator[str]:
    """Yield the lines of one record: its values, its inner records, then what is not known."""
    head = HEAD if isinstance(record, Study) else frozenset()
    unknown: dict[str, list[str]] = {NOT_REPORTED: [], NOT_EXTRACTED: []}
    for name, content in _fields(record):
        if name in PLAIN or (name in head and _is_all_said_above(content)):
            continue
        if content in (NOT_REPORTED, NOT_EXTRACTED):
            unknown[content].append(name)
        else:
            yield from _field(name, content, width, indent)
    for state, names in unknown.items():
        if names:
            yield from _line(state, ", ".join(names), width, indent)


def _fields(record: Record) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a record and of the single records inside it, by name."""
    for name, shape in shapes(type(record)).items():
        content = getattr(record, name)
        if isinstance(content, dict):
            yield from content.items()
        elif isinstance(content, Provenance):
            yield "source", _source(content)
        elif name == "details":
            yield from ((f"{each.name} {each.unit or ''}".strip(), each.value) for each in content)
        elif shape.record is not None and shape.known is None and name not in PLAIN:
            if isinstance(content, Record):
                yield from _fields(content)
            elif not isinstance(record, Study) and content:
                yield name, content
        elif name != "notes" and content not in (None, ()):
            yield name, content


def _field(name: str, content: Any, width: int, indent: int) -> Iterator[str]:
    if isinstance(content, Stated):
        yield from _line(name, _with_source(content), width, indent)
    elif isinstance(content, tuple) and content and isinstance(content[0], Stated):
        yield from _line(name, "; ".join(map(_with_source, content)), width, indent)
    elif isinstance(content, tuple) and content and isinstance(content[0], Record):
        for key, member in keyed(content):
            plain = _one_line(member)
            if plain is not None:
                yield from _line(name, plain, width, indent)
                continue
            yield " " * indent + f"{name} · {key}"
            yield from _section(member, width, indent + 2)
    else:
        yield from _line(name, shown(content), width, indent)


def _one_line(member: Record) -> str | None:
    """Return a record without fields of three states on one line, or None."""
    if any(shape.known is not None for shape in shapes(type(member)).values()):
        return None
    parts = [
        f"{name} {shown(content)}" if isinstance(content, int | float) else shown(content)
        for name in type(member).model_fields
        if (content := getattr(member, name)) not in (None, ())
    ]
    return ", ".join(parts)


def _with_source(field: Stated[Any]) -> str:
    note = f" ({field.note})" if field.note else ""
    return f"{shown(field.value)} [{field.basis}, {_source(field.provenance)}]{note}"


def _source(provenance: Provenance) -> str:
    where = ", ".join(provenance.sources) or "study"
    return f"{where}, {provenance.locator}" if provenance.locator else where


def _is_all_said_above(content: Any) -> bool:
    """Tell a field of the head that is plainly stated, so that nothing is left to say of it."""
    return not isinstance(content, Stated) or (
        content.basis == "stated" and content.provenance.scope == "study" and content.note is None
    )


def _counts(study: Study) -> str:
    known = [
        leaf.content for leaf in leaves(study) if leaf.shape.known or "facets" in leaf.spot.path
    ]
    states = [content if content in (NOT_REPORTED, NOT_EXTRACTED) else "value" for content in known]
    return (
        f"{len(known)} fields: {states.count('value')} with a value, {states.count(NOT_REPORTED)} "
        f"not reported (the full text was read and does not say), {states.count(NOT_EXTRACTED)} "
        "not extracted (nobody has read it yet). In brackets: what a value rests on, and its "
        "source; 'study' names the study's sources as a whole."
    )


def _line(name: str, text: str, width: int, indent: int) -> list[str]:
    lead = f"{' ' * indent}{name:{NAMES}} "
    return _wrapped(text, width, lead, " " * (indent + NAMES + 1))


def _wrapped(text: str, width: int, first: str, margin: str) -> list[str]:
    return wrap(
        text, width, initial_indent=first, subsequent_indent=margin, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
