"""Keys of one's own: a file that binds actions to other keys.

One line an action, its id and one key or several::

    mark_in: A
    mark_out: [s, ctrl+o]
    undo: ","

What the file does not name keeps its keys. A key that two actions would share is refused.
"""

from pathlib import Path
from typing import Any

from textual.keys import _character_to_key  # Textual has no public name for it

from asmr_stim.errors import InputError
from asmr_stim.io.yaml_files import YamlDocument, read_document
from asmr_stim.schema.problems import Finding
from asmr_stim_tui.actions import BY_ID, DEFAULT_KEYS, Keymap, shown_key


def read_keymap(path: Path) -> Keymap:
    """Return the keys of every action, with those of a file in place of the usual ones.

    Parameters
    ----------
    path : Path
        A YAML file as above.

    Raises
    ------
    MissingInputError, UnreadableFileError
        If it cannot be read.
    InputError
        If it names an action that there is not, a value that is no key, or a key for two actions;
        each problem with ``FILE:LINE:COL``.
    """
    document = read_document(path)
    if not isinstance(document.content, dict):
        raise InputError(f"{path}:1:1: E004 the file must map actions to keys, as in 'mark_in: A'")
    findings = [f for name, value in document.content.items() for f in _wrong(name, value)]
    if not findings:
        keymap = DEFAULT_KEYS | {n: _keys(v) for n, v in document.content.items()}
        findings = _collisions(keymap, document)
    if findings:
        raise InputError("\n".join(map(str, document.problems(findings))))
    return keymap


def textual_key(key: str) -> str:
    """Return a key in Textual's words: ``ctrl+[`` is ``ctrl+left_square_bracket``."""
    parts = [*key[:-1].split("+"), "+"] if key.endswith("+") else key.split("+")
    *modifiers, last = parts
    modifiers = [word for word in modifiers if word]
    return "+".join([*modifiers, _character_to_key(last) if len(last) == 1 else last])


def _keys(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(textual_key(str(each)) for each in values)


def _wrong(name: object, value: Any) -> list[Finding]:
    """Return what is wrong with one line by itself."""
    if name not in BY_ID:
        known = ", ".join(BY_ID)
        return [Finding("E002", (str(name),), f"'{name}' is no action; there are: {known}")]
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(each, str | int) and str(each).strip() for each in values):
        words = f"'{name}' must be a key such as a, ctrl+a or '[' (in quotes), or a list of keys"
        return [Finding("E004", (str(name),), words)]
    return []


def _collisions(keymap: Keymap, document: YamlDocument) -> list[Finding]:
    """Return the keys that two actions would share, at the line that binds them anew."""
    findings, owners = [], dict[str, str]()
    changed = [name for name in keymap if name in document.content]
    for name in [*(n for n in keymap if n not in changed), *changed]:
        for key in keymap[name]:
            if key in owners:
                words = f"the key {shown_key(key)} is that of '{owners[key]}' already; take another"
                findings.append(Finding("E008", (name,), words))
            owners[key] = name
    return findings
