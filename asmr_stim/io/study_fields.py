"""Single fields of a study file filled in, with every other character as it stands.

A field that says *not extracted* or *not reported* gets a value, and one that is absent is added
behind the last one of its record. The new text is read again: it must hold what it held before
and the new values, nothing else.

Offers: ``with_fields``.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import yaml

from asmr_stim.errors import InputError
from asmr_stim.io.yaml_loader import PlainLoader
from asmr_stim.io.yaml_text import flow_text

Place = str
"""Keys and ids joined by dots, such as ``stimuli.asmr_video.identity.licence``."""


def with_fields(text: str, fields: Mapping[Place, Any], *, replace: bool = False) -> str:
    """Return the text of a study with fields set that had no value.

    Parameters
    ----------
    text : str
        A study file without problems, with line feeds.
    fields : mapping of place to plain data
        What each field shall hold.
    replace : bool
        Whether a list or mapping that stands in a field may be replaced.

    Raises
    ------
    InputError
        If there is no such record, a field has a value already, or the file is written in a form
        in which this cannot be done without touching something else.
    """
    meant = yaml.load(text, Loader=PlainLoader)  # noqa: S506 a subclass of the safe loader
    for place, value in fields.items():
        _set(meant, place, value, replace=replace)
        text = _with_field(text, place.split("."), value)
    if yaml.load(text, Loader=PlainLoader) != meant:  # noqa: S506 same
        raise InputError(
            "the study file is written in an unusual form, in which its fields cannot be set "
            "without touching something else; write the values by hand"
        )
    return text


def _set(content: Any, place: Place, value: Any, *, replace: bool) -> None:
    """Set a field in the file's content, as what the new text is compared with."""
    *way, last = place.split(".")
    for part in way:
        if isinstance(content, list):
            content = next((each for each in content if each.get("id") == part), None)
        else:
            content = content.setdefault(part, {})
        if content is None:
            raise InputError(f"there is no '{part}' for the field {place}")
    if isinstance(content.get(last), dict | list) and not replace:
        raise InputError(f"the field {place} has a value already")
    content[last] = deepcopy(value)


def _with_field(text: str, parts: list[str], value: Any) -> str:
    node: Any = yaml.compose(text, Loader=PlainLoader)
    for place, part in enumerate(parts):
        inner = _inside(node, part)
        if inner is None:
            for missing in reversed(parts[place + 1 :]):
                value = {missing: value}
            return _inserted(text, node, part, value)
        node = inner
    start, end = _at(text, node.start_mark), _at(text, node.end_mark)
    gap = " " if text[:start].endswith(":") else ""  # nothing stands after the key
    return f"{text[:start]}{gap}{flow_text(value)}{text[end:]}"


def _inside(node: Any, part: str) -> Any:
    """Return the value of a key, or the member of a list with an id; None if there is none."""
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode):
        return next((each for each in node.value if part in _ids(each)), None)
    raise InputError(f"there is no place for '{part}' in the study file")


def _ids(member: Any) -> Iterator[str]:
    for key, value in getattr(member, "value", ()):
        if key.value == "id":
            yield value.value


def _inserted(text: str, node: Any, key: str, value: Any) -> str:
    """Return the text with a key behind the last one of a mapping."""
    if not isinstance(node, yaml.MappingNode):
        raise InputError(f"there is no place for '{key}' in the study file")
    entry = f"{key}: {flow_text(value)}"
    if node.flow_style:
        end = _at(text, node.end_mark) - 1
        return text[:end] + (", " if node.value else "") + entry + text[end:]
    first = node.value[0][0]
    at = _end_of_line(text, _at(text, _last(node).end_mark))
    return f"{text[:at]}\n{' ' * first.start_mark.column}{entry}{text[at:]}"


def _last(node: Any) -> Any:
    """Return the last node inside a block, whose end mark stands before what follows it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last(last[1] if isinstance(last, tuple) else last)
    return node


def _at(text: str, mark: Any) -> int:
    """Return the place in the text of a line and column."""
    start = 0
    for _ in range(mark.line):
        start = text.index("\n", start) + 1
    return start + int(mark.column)


def _end_of_line(text: str, at: int) -> int:
    """Return the end of the line of a value; a block of text ends at the start of the next one."""
    if at and text[at - 1] == "\n":
        return at - 1
    end = text.find("\n", at)
    return len(text) if end < 0 else end
