"""Content that changed, written back into a YAML text with its comments, quotes and layout.

The text is parsed with ruamel.yaml (extra ``[edit]``), which keeps comments; only what differs
between the old and the new content is touched there. Lines that ruamel.yaml would merely wrap anew
are then put back as they were.
"""

import io
import json
import re
from difflib import SequenceMatcher
from typing import Any

from asmr_stim.errors import MissingInputError

_LIST = re.compile(
    r"^(?P<key> *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?: *#[^\n]*\n)*(?P<dash> *)- ", re.MULTILINE
)
NO_WRAPPING = 2**20  # columns


def rewritten(text: str, before: Any, after: Any) -> str:
    """Return a YAML text with other content.

    Parameters
    ----------
    text : str
        YAML whose content is ``before``.
    before, after : plain data
        What the text says, and what it is to say.

    Raises
    ------
    MissingInputError
        If ruamel.yaml is not installed.
    """
    try:
        from ruamel.yaml import YAML  # noqa: PLC0415 an extra that few need
    except ImportError:
        raise MissingInputError(
            "to carry files over with their comments, ruamel.yaml is needed; "
            "install it with: pip install 'asmr-stim[edit]'"
        ) from None
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = NO_WRAPPING
    offset = _offset_of_lists(text)
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    tree = yaml.load(text)
    base = _dumped(yaml, tree)
    _merge(tree, before, after)
    return _with_layout_of(text, base, _dumped(yaml, tree))


def _offset_of_lists(text: str) -> int:
    """Return how many columns a list is set in below its key, as in the first list of a text."""
    first = _LIST.search(text)
    return max(0, len(first["dash"]) - len(first["key"])) if first else 0


def _dumped(yaml: Any, tree: Any) -> str:
    out = io.StringIO()
    yaml.dump(tree, out)
    return out.getvalue()


def _merge(tree: Any, before: Any, after: Any) -> Any:
    """Change a tree from one content to another; return it, or what is to stand in its place."""
    if before == after:
        return tree
    if isinstance(before, dict) and isinstance(after, dict):
        _merge_mapping(tree, before, after)
        return tree
    if isinstance(before, list) and isinstance(after, list):
        _merge_list(tree, before, after)
        return tree
    return after


def _merge_mapping(tree: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    for old, new in _renamed(before, after).items():
        _rename(tree, old, new)
        before = {(new if key == old else key): value for key, value in before.items()}
    for key in [key for key in before if key not in after]:
        del tree[key]
    for position, (key, value) in enumerate(after.items()):
        if key not in before:
            tree.insert(min(position, len(tree)), key, value)
        elif before[key] != value:
            tree[key] = _merge(tree[key], before[key], value)


def _renamed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, str]:
    """Pair each key that went with a key that came and holds the very same."""
    came = [key for key in after if key not in before]
    pairs: dict[str, str] = {}
    for old in [key for key in before if key not in after]:
        for new in came:
            if before[old] == after[new] and new not in pairs.values():
                pairs[old] = new
                break
    return pairs


def _rename(tree: Any, old: str, new: str) -> None:
    """Give a key another name at its place, with the comments that stand beside it."""
    position = list(tree).index(old)
    comment = tree.ca.items.pop(old, None)
    value = tree.pop(old)
    tree.insert(position, new, value)
    if comment is not None:
        tree.ca.items[new] = comment


def _merge_list(tree: Any, before: list[Any], after: list[Any]) -> None:
    """Change the members that differ; those in between keep their place and comments."""
    ours, theirs = (
        [json.dumps(member, sort_keys=True) for member in members] for members in (before, after)
    )
    changes = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    for tag, start, end, new_start, new_end in reversed(changes):
        if tag == "equal":
            continue
        shared = min(end - start, new_end - new_start)
        for index in reversed(range(start + shared, end)):
            del tree[index]
        for index in range(shared):
            here, there = start + index, new_start + index
            tree[here] = _merge(tree[here], before[here], after[there])
        for index in range(new_start + shared, new_end):
            tree.insert(start + index - new_start, after[index])


def _with_layout_of(text: str, base: str, changed: str) -> str:
    """Return ``changed`` with the lines of ``text`` wherever these differ from ``base`` alone."""
    lines = base.splitlines(keepends=True)
    content = _edits(lines, changed.splitlines(keepends=True))
    layout = [
        (start, end, new)
        for start, end, new in _edits(lines, text.splitlines(keepends=True))
        if not any(
            (start < other_end and other < end) or (start, end) == (other, other_end)
            for other, other_end, _ in content
        )
    ]
    for start, end, new in sorted(content + layout, reverse=True):
        lines[start:end] = new
    return "".join(lines)


def _edits(old: list[str], new: list[str]) -> list[tuple[int, int, list[str]]]:
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(i, j, new[k:m]) for tag, i, j, k, m in opcodes if tag != "equal"]
