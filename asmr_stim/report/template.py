"""A new study's file, written from the records: every field, explained, with what it allows.

Three kinds of line: ``# `` explains; ``#: `` holds a part that not every study has, which is used
by taking the mark away; the rest is the study. What a person has to write stands in angle
brackets; everything else begins as *not extracted*.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from asmr_stim.schema.base import Record
from asmr_stim.schema.field_guide import FieldGuide
from asmr_stim.schema.knowledge import NOT_EXTRACTED
from asmr_stim.schema.shape import FieldShape, shapes
from asmr_stim.schema.stimulus import OWN_FIELDS
from asmr_stim.schema.study import STUDY_SCHEMA_VERSION, Study
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim.schema.terms import Facet

WIDTH = 100
OPTIONAL = "#: "
ALWAYS_THERE = {"sources", "samples", "stimuli", "contrasts"}
"""Lists of records that every study has; the others are optional parts."""
FURTHER_MEMBERS = {
    "Stimulus": ("- id: control_clip", "  label: <what the control is>"),
    "ContrastStimulus": ("- stimulus: control_clip", "  role: control"),
}
"""What stands behind the first member of a list, whose fields are explained."""

HEADER = """\
A study: one file, named {identifier}.yaml, in the folder studies of a catalogue.

1. Write what stands in <angle brackets>.
2. Take the mark '#: ' away from the parts that this study has.
3. Every field is one of three: 'not extracted' (nobody has looked yet), 'not reported' (the full
   text was read and does not say), or a value with what it rests on and where it was read:
     duration_s: {{value: 300, basis: stated, provenance: {{scope: value, sources: [paper]}}}}
   basis: stated in so many words; coded, a word of the taxonomy; derived by arithmetic; inferred;
   secondary, from a source about the study.
4. Run: asmr-stim validate {identifier}.yaml
Lines that are 'not extracted' may be deleted; an absent field means the same."""


@dataclass(frozen=True)
class _Writer:
    """What the lines are written from."""

    identifier: str
    guide: FieldGuide
    taxonomy: Taxonomy


def study_template(identifier: str, guide: FieldGuide, taxonomy: Taxonomy) -> str:
    """Return the text of a new study's file.

    Parameters
    ----------
    identifier : str
        Id of the study, such as ``doe_2026``.
    guide : FieldGuide
        What each field means.
    taxonomy : Taxonomy
        Where the facets and their values come from.
    """
    writer = _Writer(identifier, guide, taxonomy)
    header = HEADER.format(identifier=identifier).splitlines()
    lines = [f"# {line}".rstrip() for line in header]
    return "\n".join([*lines, "", *_record(writer, Study, 0)]) + "\n"


def _record(writer: _Writer, record: type[Record], indent: int) -> Iterator[str]:
    """Yield the lines of one record, each field behind its explanation."""
    for name, shape in shapes(record).items():
        lines = [*_explanation(writer, record, shape), *_field(writer, record, shape)]
        if _is_optional(writer, record, shape):
            lines = [f"{OPTIONAL}{line}" for line in lines]
        yield from (" " * indent + line for line in lines)
        if record is Study and name in {"evidence_level", "design"} | ALWAYS_THERE:
            yield ""


def _is_optional(writer: _Writer, record: type[Record], shape: FieldShape) -> bool:
    """Tell the parts that not every study has: records that may be absent, and plain notes."""
    if shape.known is not None or shape.is_required or shape.name == "facets":
        return False
    if shape.record is not None:
        is_one = not shape.is_list and record.model_fields[shape.name].default is not None
        return not (is_one or shape.name in ALWAYS_THERE)
    return _written(writer, record, shape) is None


def _explanation(writer: _Writer, record: type[Record], shape: FieldShape) -> Iterator[str]:
    text = writer.guide.meaning(record, shape.name)
    if shape.words:
        text += f"; {'any' if shape.is_list else 'one'} of: {', '.join(shape.words)}"
    elif shape.known is not None and shape.types == (bool,):
        text += "; true or false"
    yield from _comment(text)
    if shape.known is not None and shape.record is not None:
        parts = "; ".join(_member(writer, shape.record))
        yield from _comment(f"{'each member' if shape.is_list else 'its value'}: {parts}", "  ")


def _member(writer: _Writer, record: type[Record]) -> Iterator[str]:
    for name, shape in shapes(record).items():
        words = f" ({', '.join(shape.words)})" if shape.words else ""
        yield f"{name}, {writer.guide.meaning(record, name)}{words}"


def _comment(text: str, margin: str = "") -> list[str]:
    return wrap(
        text, WIDTH - 12, initial_indent=f"# {margin}", subsequent_indent=f"# {margin}",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _field(writer: _Writer, record: type[Record], shape: FieldShape) -> Iterator[str]:
    """Yield a field's own lines: what stands in a new file."""
    if shape.name == "facets":
        yield "facets:"
        for facet in writer.taxonomy.facets:
            if facet.id not in OWN_FIELDS:
                yield from (f"  {line}" for line in _facet(facet))
    elif shape.known is not None:
        yield f"{shape.name}: {NOT_EXTRACTED}"
    elif shape.record is None:
        yield f"{shape.name}: {_plain(writer, record, shape)}"
    elif shape.is_list:
        yield f"{shape.name}:"
        yield from _first_member(writer, shape.record)
        yield from FURTHER_MEMBERS.get(shape.record.__name__, ())
    else:
        yield f"{shape.name}:"
        yield from _record(writer, shape.record, 2)


def _first_member(writer: _Writer, record: type[Record]) -> Iterator[str]:
    """Yield a list's first member; its dash stands before its first field, below the comment."""
    is_before = True
    for line in _record(writer, record, 2):
        if is_before and not line.strip().startswith("#"):
            yield f"- {line.strip()}"
            is_before = False
        elif line:
            yield line


def _facet(facet: Facet) -> Iterator[str]:
    allowed = [value.id for value in facet.values]
    allowed += [f"a number in {facet.unit}"] if facet.unit else []
    allowed += ["other words"] if facet.free_text else []
    yield from _comment(f"{facet.definition.rstrip('.')}; one of: {', '.join(allowed)}")
    yield f"{facet.id}: {NOT_EXTRACTED}"


def _plain(writer: _Writer, record: type[Record], shape: FieldShape) -> str:
    """Return what a plain field says in a new file."""
    written = _written(writer, record, shape) or f"<{shape.name}>"
    if shape.is_list:
        return f"[{', '.join((written,) if isinstance(written, str) else written)}]"
    return str(written)


def _written(
    writer: _Writer, record: type[Record], shape: FieldShape
) -> str | tuple[str, ...] | None:
    """Return what is known of a plain field beforehand, or the words that hold its place."""
    people = f"{writer.identifier}_people"
    known = {
        ("Study", "schema_version"): STUDY_SCHEMA_VERSION,
        ("Study", "id"): writer.identifier,
        ("Sample", "id"): people,
        ("Contrast", "sample"): people,
    }.get((record.__name__, shape.name))
    return known or writer.guide.placeholder(record, shape.name)
