"""Study files written: a new one whole, a person's one added to without touching the rest.

Adding keeps every character that stands in the file, comments and line breaks included: new list
items are put behind the last one of their list. (Reading and writing the whole file would keep
comments at best, and change quotes, widths and indents.) The new text is read again before it
takes the old one's place, and must give exactly the record that was meant.

Offers: ``study_text``, ``add_to_study``, ``Addition``, ``write_files``.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import yaml

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.tables import write_atomically
from asmr_stim.io.yaml_files import check_record, read_document
from asmr_stim.io.yaml_loader import PlainLoader
from asmr_stim.io.yaml_text import block_text, flow_text, item_lines, plain_data
from asmr_stim.schema.base import Record
from asmr_stim.schema.study import Study
from asmr_stim.schema.taxonomy import Taxonomy

Addition = Mapping[str, Sequence[Record]]
"""New members for lists at the top of a study file, by the name of the list."""


class _Splice(NamedTuple):
    """Text that replaces ``start`` to ``end`` (line and column, from 0)."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def study_text(study: Study) -> str:
    """Return a study as the YAML text of a new file."""
    return block_text(plain_data(study))


def add_to_study(path: Path, addition: Addition, taxonomy: Taxonomy) -> str:
    """Return the text of a study file with new members of its lists, all else as it was.

    Parameters
    ----------
    path : Path
        A study file without problems.
    addition : mapping of str to sequence of Record
        Such as ``{"sources": [...], "coordinates": [...]}``.
    taxonomy : Taxonomy
        What the study's terms are checked against.

    Raises
    ------
    MissingInputError, UnreadableFileError
        If the file cannot be read.
    InputError
        If it has a problem, or would have one with the addition, or is not written in blocks.
    """
    document = read_document(path)
    context = {"taxonomy": taxonomy}
    before, problems = check_record(document, Study, context)
    if before is None:
        raise InputError("\n".join(map(str, problems)))
    news = {name: tuple(members) for name, members in addition.items() if members}
    text = _added(path, document.text, news)
    meant = before.model_copy(
        update={name: (*getattr(before, name), *members) for name, members in news.items()}
    )
    _refuse_another_record(path, text, meant, context)
    return text


def write_files(texts: Mapping[Path, str]) -> None:
    """Write several files; a file keeps its line ends.

    Raises
    ------
    OutputError
        If one cannot be written; those before it are put back as they were.
    """
    before = {path: path.read_bytes() for path in texts if path.exists()}
    done: list[Path] = []
    try:
        for path, text in texts.items():
            write_atomically(path, _with_line_ends_of(before.get(path, b""), text))
            done.append(path)
    except OutputError:
        for path in done:
            _put_back(path, before.get(path))
        raise


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        write_atomically(path, content)


def _with_line_ends_of(old: bytes, text: str) -> bytes:
    n_lines = old.count(b"\n")
    if n_lines and old.count(b"\r\n") == n_lines:
        text = text.replace("\n", "\r\n")
    mark = b"\xef\xbb\xbf" if old.startswith(b"\xef\xbb\xbf") else b""
    return mark + text.encode()


def _refuse_another_record(path: Path, text: str, meant: Study, context: Mapping[str, Any]) -> None:
    """Read the new text as it would be read from its place; it must be what was meant."""
    with TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_text(text, encoding="utf-8")
        found, problems = check_record(read_document(trial), Study, context)
    if found is None:
        sentences = "; ".join(problem.message for problem in problems)
        raise InputError(f"{path}: with the addition the study would have problems: {sentences}")
    if found != meant:
        raise InputError(
            f"{path}: the addition would change something else in this file, which is written in "
            "an unusual form; add it by hand"
        )


def _added(path: Path, text: str, news: Mapping[str, Sequence[Record]]) -> str:
    root = yaml.compose(text, Loader=PlainLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise InputError(f"{path}: the file is not written in blocks; add to it by hand")
    splices = [
        _splice(root, name, [plain_data(member) for member in members])
        for name, members in news.items()
    ]
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    for splice in sorted(splices, reverse=True):
        lines = _spliced(lines, splice)
    return "".join(lines)


def _splice(root: yaml.MappingNode, name: str, members: list[dict[str, Any]]) -> _Splice:
    """Return where the members go, and as what text."""
    nodes = {key.value: value for key, value in root.value}
    if name not in nodes:
        place = _line_after(_last_before(root, name))
        return _Splice(place, place, f"{name}:\n" + _items(members, 0))
    sequence = nodes[name]
    if not sequence.value:
        start = (sequence.start_mark.line, sequence.start_mark.column)
        end = (sequence.end_mark.line, sequence.end_mark.column)
        return _Splice(start, end, f"[{_flow(members)}]")
    last = _end(sequence.value[-1])
    if sequence.flow_style:
        return _Splice(last, last, f", {_flow(members)}")
    place = _line_after(last)
    return _Splice(place, place, _items(members, sequence.start_mark.column))


def _items(members: list[dict[str, Any]], indent: int) -> str:
    return "".join(f"{line}\n" for member in members for line in item_lines(member, indent))


def _flow(members: list[dict[str, Any]]) -> str:
    return ", ".join(flow_text(member) for member in members)


def _last_before(root: yaml.MappingNode, name: str) -> tuple[int, int]:
    """Return the end of the last value whose key comes before ``name`` in the record."""
    order = list(Study.model_fields)
    before = set(order[: order.index(name)])
    ends = [_end(value) for key, value in root.value if key.value in before]
    return max(ends)


def _end(node: yaml.Node) -> tuple[int, int]:
    """Return the line and column behind the last character of a value.

    A block's own end mark stands behind the comments that follow it, so its last member is asked.
    """
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return (node.end_mark.line, node.end_mark.column)


def _line_after(end: tuple[int, int]) -> tuple[int, int]:
    """Return the start of the line behind a value; a block of text ends there already."""
    line, column = end
    return (line, 0) if column == 0 else (line + 1, 0)


def _spliced(lines: list[str], splice: _Splice) -> list[str]:
    (line, column), (end_line, end_column) = splice.start, splice.end
    if line >= len(lines):
        return [*lines, splice.text]
    head, tail = lines[line][:column], lines[end_line][end_column:]
    return [*lines[:line], head + splice.text + tail, *lines[end_line + 1 :]]
