"""The content of a YAML text, built in one pass over the parser's events.

PyYAML's own way, a tree of nodes and then a constructor, takes three times as long, and recurses as
deep as the text nests. Here a text is refused at its first alias, tag or level too many, before
anything below it is built. ``PlainLoader`` says what a plain word means; the two agree.
"""

import re
from typing import Any, NoReturn

import yaml

from asmr_stim.io.yaml_loader import FLOAT, MAX_DEPTH, MAX_DIGITS, PlainLoader, whole_number

_FALSE = frozenset({"false", "False", "FALSE"})
_TRUE = frozenset({"true", "True", "TRUE"})
_NULL = frozenset({"~", "null", "Null", "NULL", ""})
_FIRST_OF_NUMBERS = frozenset("-+.0123456789")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_INFINITE = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}

_NO_KEY = object()
_ODD_KEY = object()


class YamlTrickError(Exception):
    """Something that YAML allows and a record does not; ``mark`` is where."""

    def __init__(self, what: str, mark: Any) -> None:
        super().__init__(what)
        self.mark = mark


def plain_content(text: str) -> Any:
    """Return what a YAML text says: mappings, lists, text, numbers, truth values and None.

    Raises
    ------
    YamlTrickError
        If it uses an alias or a tag, or nests deeper than ``MAX_DEPTH``.
    yaml.MarkedYAMLError
        If it is no YAML, has a key twice or a key that is no word, or holds two documents.
    yaml.YAMLError
        If it has a character that YAML forbids.
    """
    parser = PlainLoader(text)
    try:
        return _built(parser.get_event)
    finally:
        parser.dispose()


def _built(next_event: Any) -> Any:
    """Go through the events; open containers, and the key that waits in each, are on a stack.

    It is one loop: a call for each event would cost a third more.
    """
    root: list[Any] = []
    odd_keys: list[Any] = []  # told of at the end: nesting too deeply is told of first
    container: Any = root
    key: Any = _NO_KEY
    outer: list[tuple[Any, Any]] = []
    while True:
        event = next_event()
        kind = type(event)
        if kind is yaml.ScalarEvent:
            value = _scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            _check_start(event, len(outer))
            value = {} if kind is yaml.MappingStartEvent else []
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            container, key = outer.pop()
            continue
        elif kind is yaml.StreamEndEvent or event is None:
            if odd_keys:
                _fail("a key here is a list or a mapping; a key is a word", odd_keys[0])
            return root[0] if root else None
        else:
            _check_other(event, is_first=not root)
            continue
        if type(container) is list:
            container.append(value)
        elif key is _NO_KEY:
            key = _key(event, value, container, odd_keys)
        else:
            container[key] = value
            key = _NO_KEY
        if kind is not yaml.ScalarEvent:
            outer.append((container, key))
            container, key = value, _NO_KEY


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = event.value
    if event.tag is not None:
        _refuse_tag(event)
    if not event.implicit[0]:
        return text
    if text in _NULL:
        return None
    if text[0] in _FIRST_OF_NUMBERS:
        return _number(event)
    if text in _TRUE:
        return True
    return False if text in _FALSE else text


def _number(event: yaml.ScalarEvent) -> Any:
    text = event.value
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS:
            _fail(f"a number of {len(text)} digits is no measurement", event)
        return whole_number(text)
    if FLOAT.match(text):
        return float(_INFINITE.get(text.lower(), text))
    return text


def _check_start(event: Any, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise YamlTrickError("is nested too deeply", event.start_mark)
    if event.tag is not None:
        _refuse_tag(event)


def _check_other(event: Any, *, is_first: bool) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise YamlTrickError("uses an alias (*)", event.start_mark)
    if isinstance(event, yaml.DocumentStartEvent) and not is_first:
        _fail("a second document begins here, where a file holds one record", event)


def _key(event: Any, key: Any, mapping: dict[str, Any], odd_keys: list[Any]) -> Any:
    """Return a key, or what stands for one that is a list or a mapping, which is noted."""
    if type(event) is not yaml.ScalarEvent:
        odd_keys.append(event)
        return _ODD_KEY
    if type(key) is not str:
        _fail(f"the key '{event.value}' is no word; put it in quotes if it is meant", event)
    if key in mapping:
        _fail(f"the key '{key}' stands twice here", event)
    return key


def _refuse_tag(event: Any) -> NoReturn:
    raise YamlTrickError(f"uses a tag ({event.tag})", event.start_mark)


def _fail(what: str, event: Any) -> NoReturn:
    raise yaml.constructor.ConstructorError(None, None, what, event.start_mark)
