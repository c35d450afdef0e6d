"""A PyYAML loader of YAML 1.2's plain words, for texts whose places are looked up or compared.

What a file says is read by ``yaml_content``, which refuses what a record never needs: aliases (a
small file that unfolds into a large one), tags (Python objects, dates), nesting beyond
``MAX_DEPTH`` (which can exhaust the stack of the C library), keys that are no words, and a key that
stands twice. Only a text that it has read may be composed into nodes.
"""

import re
from typing import Any

import yaml

MAX_DEPTH = 40  # levels of nesting; records need about ten
MAX_DIGITS = 400  # of a whole number; a float ends at 309

_BASES = {"0o": 8, "0x": 16}
FLOAT = re.compile(
    r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$"
)

_C_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class PlainLoader(_C_LOADER):  # type: ignore[misc, valid-type]
    """The safe C loader with the scalars of YAML 1.2's core schema and unique keys of text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 PyYAML's own form

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 PyYAML's signature
        """Build a mapping; a key that is no text or stands twice is an error at its place."""
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value) or not all(type(key) is str for key in mapping):
            _refuse_keys(node)
        return mapping


def _refuse_keys(node: yaml.MappingNode) -> None:
    seen = set()
    for key, _ in node.value:
        if key.tag != "tag:yaml.org,2002:str":
            what = f"the key '{key.value}' is no word; put it in quotes if it is meant"
            raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
        if key.value in seen:
            what = f"the key '{key.value}' stands twice here"
            raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
        seen.add(key.value)


def _whole_number(loader: PlainLoader, node: yaml.ScalarNode) -> int:
    """Return a whole number as YAML 1.2 has it: 010 is ten, 0o10 eight, 0x10 sixteen."""
    text = str(loader.construct_scalar(node))
    if len(text) > MAX_DIGITS:
        what = f"a number of {len(text)} digits is no measurement"
        raise yaml.constructor.ConstructorError(None, None, what, node.start_mark)
    return whole_number(text)


def whole_number(text: str) -> int:
    """Return a whole number as YAML 1.2 writes it."""
    return int(text, _BASES.get(text[:2], 10))


PlainLoader.add_constructor("tag:yaml.org,2002:int", _whole_number)
PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)
PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int",
    re.compile(r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$"),
    list("-+0123456789"),
)
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:float", FLOAT, list("-+.0123456789"))
