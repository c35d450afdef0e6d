"""Files of an older form carried over to the current one, shown as a diff before they are written.

Nothing is written if any file of a run is refused.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from asmr_stim.errors import AsmrStimError, InputError
from asmr_stim.io.catalogue_files import files_of
from asmr_stim.io.checked_file import ANNOTATION_SUFFIX, REVIEW_FILE
from asmr_stim.io.round_trip import rewritten
from asmr_stim.io.writing import write_atomically
from asmr_stim.io.yaml_files import document_of, read_document
from asmr_stim.schema.migrations import STEPS, Kind, Step, carried_over


@dataclass(frozen=True)
class Migration:
    """A file, its text now, its text in the current form, and what the steps in between say."""

    path: Path
    before: str
    after: str
    says: tuple[str, ...]

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty if there is none."""
        before, after = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        name = str(self.path)
        return "".join(unified_diff(before, after, fromfile=name, tofile=name))


@dataclass(frozen=True)
class Migrations:
    """The files that need a change, and how many were looked at."""

    changes: tuple[Migration, ...]
    n_files: int


def migrations(
    paths: Iterable[Path], steps: Sequence[Step] = STEPS, current: int | None = None
) -> Migrations:
    """Return what would change in the files of an older form.

    Parameters
    ----------
    paths : iterable of Path
        Files, or folders that are searched for ``*.yaml``.
    steps : sequence of Step, optional
        The program's own by default.
    current : int, optional
        The major version to reach, by default the program's own.

    Raises
    ------
    InputError
        If a file is of a newer major version than the program, names no version or is no YAML;
        the message lists every such file.
    MissingInputError
        If a path does not exist, or a change needs ruamel.yaml and that is not installed.
    """
    found = [file for path in paths for file in files_of(path).files]
    files = dict.fromkeys(Path(os.path.realpath(file)) for file in found)
    changes, refused = [], []
    for file in files:
        try:
            change = _migration(file, steps, current)
        except InputError as error:
            sentence = str(error)
            refused.append(sentence if sentence.startswith(str(file)) else f"{file}: {sentence}")
        else:
            changes += [change] if change.before != change.after else []
    if refused:
        raise InputError("\n".join(["nothing was carried over:", *refused]))
    return Migrations(tuple(changes), len(files))


def write(changes: Iterable[Migration]) -> None:
    """Write files in their new form.

    Raises
    ------
    OutputError
        If one cannot be written; it is as it was.
    """
    for change in changes:
        mode = change.path.stat().st_mode
        write_atomically(change.path, change.after.encode())
        change.path.chmod(mode)


def _migration(file: Path, steps: Sequence[Step], current: int | None) -> Migration:
    document = read_document(file)
    if not isinstance(document.content, dict):
        raise InputError("the file holds no record")
    new = carried_over(document.content, _kind(file), steps, current)
    if not new.steps:
        return Migration(file, document.text, document.text, ())
    text = rewritten(document.text, document.content, new.content)
    _hold_to(file, text, new.content)
    return Migration(file, document.text, text, tuple(step.says for step in new.steps))


def _kind(file: Path) -> Kind:
    if file.name == REVIEW_FILE:
        return "review"
    return "annotation" if file.name.endswith(ANNOTATION_SUFFIX) else "study"


def _hold_to(file: Path, text: str, content: object) -> None:
    """Refuse a text that does not say exactly what it should; better no change than a wrong one."""
    try:
        is_right = document_of(file, text.encode()).content == content
    except AsmrStimError:
        is_right = False
    if not is_right:
        raise InputError("the file cannot be carried over without a loss; change it by hand")
