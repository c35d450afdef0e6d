"""The taxonomy as text for a terminal: the tree of an axis, one word, a crosswalk."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import fill
from typing import Any

from asmr_stim.schema.taxonomy import AXES, Axis, Taxonomy
from asmr_stim.schema.terms import Term, folded

INDENT = 12  # columns of the names at the left of an entry
NAMES = {
    "scope_note": "note",
    "aliases": "also",
    "children": "below",
    "rules": "told apart",
    "first_match": "first match",
    "free_text": "free text",
}


def tree_text(taxonomy: Taxonomy, axes: Sequence[Axis] = AXES, width: int | None = 80) -> str:
    """Return the terms of the axes as a tree, one line each, and their number.

    Parameters
    ----------
    taxonomy : Taxonomy
    axes : sequence of {'source', 'act', 'channel'}
    width : int or None
        Columns; a longer line ends in an ellipsis. None leaves every line whole.
    """
    definitions = {entry.id: entry.definition for entry in taxonomy.axes}
    lines: list[str] = []
    for axis in axes:
        lines.append(_cut(f"{axis.upper()}  {definitions[axis]}", width))
        lines += [_cut(line, width) for line in _tree_lines(taxonomy, axis)]
        lines.append("")
    counts = {axis: len(taxonomy.terms_of(axis)) for axis in axes}
    numbers = ", ".join(f"{count} {axis}" for axis, count in counts.items())
    lines.append(f"{sum(counts.values())} terms: {numbers}; taxonomy {taxonomy.taxonomy_version}")
    return "\n".join(lines)


def _tree_lines(taxonomy: Taxonomy, axis: Axis) -> Iterator[str]:
    """Yield one line a term, the definitions in one column."""
    rows = list(_rows(taxonomy, taxonomy.roots(axis), ""))
    column = max(len(stem) for stem, _ in rows) + 2
    for stem, term in rows:
        yield f"{stem:{column}}{_gloss(term)}"


def _rows(taxonomy: Taxonomy, terms: Sequence[Term], margin: str) -> Iterator[tuple[str, Term]]:
    for place, term in enumerate(terms, start=1):
        is_last = place == len(terms)
        yield f"{margin}{'└── ' if is_last else '├── '}{term.id}", term
        below = margin + ("    " if is_last else "│   ")
        yield from _rows(taxonomy, taxonomy.children(term.id), below)


def _gloss(term: Term) -> str:
    """Return the definition, after the label where it says more than the id."""
    text = term.definition
    if folded(term.label) != folded(term.id):
        text = f"{term.label}: {text}"
    return f"{text} (foil)" if term.foil else text


def _cut(line: str, width: int | None) -> str:
    if width is None or len(line) <= width:
        return line
    return line[: width - 1].rsplit(" ", 1)[0].rstrip(" ,") + " …"


def entry_text(entry: Mapping[str, Any], width: int = 80) -> str:
    """Return an entry, as ``taxonomy_entries.entry`` gives it, in paragraphs with names."""
    is_plain = folded(entry["label"]) == folded(entry["id"])
    title = entry["id"] if is_plain else f"{entry['id']} · {entry['label']}"
    place = f"{entry['axis']} · {entry['path']}" if "path" in entry else entry["kind"]
    lines = [title, place, "", fill(entry["definition"], width), ""]
    for key, value in entry.items():
        if key not in {"kind", "id", "label", "axis", "path", "definition"} and value:
            lines.append(_paragraph(NAMES.get(key, key), value, width))
    return "\n".join(lines).rstrip()


def _paragraph(name: str, value: Any, width: int) -> str:
    margin = " " * INDENT
    lead = f"{name:{INDENT}}"
    lines = []
    for text in _texts(name, value):
        lines.append(_wrapped(text, width, lead, margin))
        lead = margin
    return "\n".join(lines)


def _wrapped(text: str, width: int, first: str, margin: str) -> str:
    return fill(
        text,
        width,
        initial_indent=first,
        subsequent_indent=margin,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _texts(name: str, value: Any) -> Iterator[str]:
    """Yield the value as paragraphs: one for a list of words, one each for sentences."""
    if value is True:
        yield "yes"
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            parts = part if isinstance(part, list) else [part]
            yield f"{key}: {', '.join(map(_word, parts))}"
    elif name in {"also", "below"}:
        yield ", ".join(value)
    else:
        for part in value:
            yield part if isinstance(part, str) else _value_line(part)


def _word(part: Any) -> str:
    """Return a word as it is, or a match of a crosswalk as its relation, id and name."""
    if isinstance(part, str):
        return part
    name = "" if part["name"] == part["id"] else f" {part['name']}"
    return f"{part['relation']} {part['id']}{name}"


def _value_line(value: Mapping[str, Any]) -> str:
    aliases = f" (also: {', '.join(value['aliases'])})" if value.get("aliases") else ""
    return f"{value['id']}: {value['definition']}{aliases}"


def crosswalk_text(crosswalk: Mapping[str, Any], width: int | None = 80) -> str:
    """Return a crosswalk, as ``taxonomy_entries.crosswalk`` gives it, one match a line."""
    pairs = {**crosswalk["terms"], **crosswalk["facets"]}
    rows = [
        (word if place == 0 else "", match["relation"], match["id"], match["name"])
        for word, matches in pairs.items()
        for place, match in enumerate(matches)
    ]
    widths = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
    head = [f"{crosswalk['label']} ({crosswalk['version']})", crosswalk["url"], crosswalk["note"]]
    lines = [*(fill(line, width or 80, break_long_words=False) for line in head), ""]
    for relation, meaning in crosswalk["relations"].items():
        lines.append(_wrapped(meaning, width or 80, f"{relation:{INDENT}}", " " * INDENT))
    lines.append("")
    for row in rows:
        padded = (f"{cell:{size}}" for cell, size in zip(row, widths, strict=True))
        lines.append(_cut("".join(padded).rstrip(), width))
    none = crosswalk["none"]
    counts = (
        f"{len(crosswalk['terms'])} terms and {len(crosswalk['facets'])} facets or values match"
    )
    lines += ["", f"{counts}; {len(none)} terms have none:"]
    lines.append(fill(", ".join(none), width or 80))
    return "\n".join(lines)
