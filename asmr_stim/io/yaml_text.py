"""Records as YAML text in the form of the catalogue, such that reading gives the record back.

What fits on a line stands on one line, in braces; the rest stands in blocks. A value equal to its
default is left out. Text that YAML 1.1 or 1.2 would take for something else (``no``, ``12:30``,
``1e3``) is put in quotes, whichever of the two a reader follows.
"""

from typing import Any

import yaml

from asmr_stim.io.yaml_loader import PlainLoader
from asmr_stim.schema.base import Record

LINE_WIDTH = 160  # columns; a value with its provenance and a short note is about 120
NO_LIMIT = 2**20

Lines = list[str]


class _Dumper(yaml.SafeDumper):
    """Quotes what either YAML would resolve to anything but text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 PyYAML's own form
        first: [
            *yaml.SafeDumper.yaml_implicit_resolvers.get(first, []),
            *PlainLoader.yaml_implicit_resolvers.get(first, []),
        ]
        for first in {
            *yaml.SafeDumper.yaml_implicit_resolvers,
            *PlainLoader.yaml_implicit_resolvers,
        }
    }


def plain_data(record: Record) -> dict[str, Any]:
    """Return a record as plain data without the values that equal their defaults."""
    data: dict[str, Any] = _plain(record.model_dump(exclude_defaults=True))
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(member) for member in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 38 and 38.0 are one number to the records
    return value


def block_text(data: dict[str, Any]) -> str:
    """Return a mapping as YAML text that ends with a line feed."""
    return "\n".join(_mapping(data, 0)) + "\n"


def item_lines(data: dict[str, Any], indent: int) -> Lines:
    """Return a mapping as the lines of a list item that begins with ``- `` at a column."""
    return _item(data, indent)


def flow_text(value: Any) -> str:
    """Return a value on one line, in braces or brackets if it has members."""
    text: str = yaml.dump(
        [value],
        Dumper=_Dumper,
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=NO_LIMIT,
    )
    return text.strip()[1:-1]


def _mapping(data: dict[str, Any], indent: int) -> Lines:
    lines: Lines = []
    for key, value in data.items():
        lines += _entry(f"{' ' * indent}{flow_text(key)}:", value, indent)
    return lines


def _entry(head: str, value: Any, indent: int) -> Lines:
    """Return what stands after a key: on its line if it fits or has no members."""
    flow = flow_text(value)
    is_list_of_records = isinstance(value, list) and any(isinstance(each, dict) for each in value)
    fits = len(head) + 1 + len(flow) <= LINE_WIDTH and not is_list_of_records
    if fits or not value or not isinstance(value, dict | list):
        return [f"{head} {flow}"]
    if isinstance(value, dict):
        return [head, *_mapping(value, indent + 2)]
    return [head, *(line for each in value for line in _item(each, indent))]


def _item(value: Any, indent: int) -> Lines:
    flow = flow_text(value)
    fits = indent + 2 + len(flow) <= LINE_WIDTH
    if fits or not isinstance(value, dict):
        return [f"{' ' * indent}- {flow}"]
    first, *rest = _mapping(value, indent + 2)
    return [f"{' ' * indent}- {first.strip()}", *rest]
