"""The journal beside an annotation: every step, on disk before anybody is told that it is saved.

One JSON object a line. The first (``begin``) holds the annotation that the steps start from, then
come the steps (``edit``, ``undo``, ``redo``) in order, and ``saved`` with the SHA-256 of each
document that is about to be written. Replaying a journal gives the annotation *and* its history,
so undo reaches back over restarts and crashes.
"""

import contextlib
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from asmr_stim.annotation.edits import Step
from asmr_stim.errors import OutputError, UnreadableFileError
from asmr_stim.schema.annotation import Annotation

STEPS = ("edit", "undo", "redo")


@dataclass(frozen=True)
class JournalContent:
    """What a journal file holds, as far as it can be read.

    Parameters
    ----------
    base : Annotation or None
        What the steps start from; None if not even the first line can be read.
    steps : tuple of Step
    saved : frozenset of str
        SHA-256 of every document that was written, or about to be.
    lines : tuple of bytes
        The good lines, with their line ends.
    n_steps_saved : dict from str to int
        How many steps each such document contains.
    is_torn : bool
        The last line was cut off while it was written.
    bad_line : int or None
        Number of the first other line that cannot be read, from 1.
    """

    base: Annotation | None
    steps: tuple[Step, ...]
    lines: tuple[bytes, ...]
    n_steps_saved: dict[str, int]
    is_torn: bool = False
    bad_line: int | None = None


def read_journal(path: Path, taxonomy: object) -> JournalContent:
    """Return the content of a journal up to the first line that cannot be read.

    Raises
    ------
    UnreadableFileError
        If the file itself cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(
            f"{path} cannot be read ({error.strerror}); check its permissions"
        ) from None
    lines = raw.splitlines(keepends=True)
    reader = _Reader({"taxonomy": taxonomy})
    for number, line in enumerate(lines, start=1):
        if not reader.took(line):
            is_torn = number == len(lines) and not line.endswith(b"\n")
            return reader.content(is_torn=is_torn, bad_line=None if is_torn else number)
    return reader.content(is_torn=False, bad_line=None)


@dataclass
class _Reader:
    """Gathers the lines of a journal one by one."""

    context: dict[str, object]
    base: Annotation | None = None
    steps: list[Step] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    n_steps_saved: dict[str, int] = field(default_factory=dict)

    def took(self, line: bytes) -> bool:
        """Take a line in, or return False if it is not whole and valid."""
        try:
            entry = json.loads(line)
            taken = line.endswith(b"\n") and self._took(entry)
        except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
            return False
        if taken:
            self.lines.append(line)
        return taken

    def _took(self, entry: dict[str, Any]) -> bool:
        op = entry["op"]
        if (op == "begin") is not (self.base is None):
            return False
        if op == "begin":
            self.base = Annotation.model_validate(entry["annotation"], context=self.context)
        elif op == "saved":
            self.n_steps_saved[str(entry["sha256"])] = len(self.steps)
            return True
        elif op in STEPS:
            content = {key: entry[key] for key in ("op", "edit") if key in entry}
            self.steps.append(Step.model_validate(content, context=self.context))
        if op == "begin" and entry["sha256"] is not None:
            self.n_steps_saved[str(entry["sha256"])] = 0
        return op == "begin" or op in STEPS

    def content(self, *, is_torn: bool, bad_line: int | None) -> JournalContent:
        """Return what has been gathered."""
        return JournalContent(
            self.base,
            tuple(self.steps),
            tuple(self.lines),
            dict(self.n_steps_saved),
            is_torn,
            bad_line,
        )


class JournalFile:
    """A journal that is being written; it holds every line, so a lost file can be made again.

    Parameters
    ----------
    path : Path
        The file; it appears with the first step.
    lines : tuple of bytes
        What it should hold before that.
    n_bytes : int
        How many bytes of these lines the file holds already.
    aside : Path, optional
        Where a file that stands in the way is moved before the first line is written.
    """

    def __init__(
        self,
        path: Path,
        lines: tuple[bytes, ...] = (),
        n_bytes: int = 0,
        aside: Path | None = None,
    ) -> None:
        self.path = path
        self.is_held = False
        self._aside = aside
        self._lines = list(lines)
        self._n_bytes = n_bytes
        self._n_written = len(lines) if n_bytes else 0

    @classmethod
    def begun(
        cls, path: Path, base: Annotation, sha256: str | None, aside: Path | None = None
    ) -> "JournalFile":
        """Return a journal that starts from an annotation, of which nothing is on disk yet."""
        begin = {"op": "begin", "journal": 1, "sha256": sha256}
        lines = (_line(begin | {"annotation": base.model_dump(mode="json")}),)
        return cls(path, lines, aside=aside)

    def hold(self) -> None:
        """Keep every line in memory until ``release``."""
        self.is_held = True

    def name_sound(self, sha256: str) -> None:
        """Say which sound the annotation that the steps start from is of."""
        begin = json.loads(self._lines[0])
        begin["annotation"]["clip"]["sha256"] = sha256
        self._lines[0] = _line(begin)

    def release(self) -> None:
        """Write what was held, if anything was; errors as ``append``."""
        self.is_held = False
        if self.n_steps_unwritten:
            self.flush()

    def moved_to(self, path: Path) -> "JournalFile":
        """Return the same journal at another place, where nothing of it is yet."""
        return JournalFile(path, tuple(self._lines))

    @property
    def n_unwritten(self) -> int:
        """How many lines are in memory only."""
        return len(self._lines) - self._n_written

    @property
    def n_steps_unwritten(self) -> int:
        """How many of these are steps rather than the annotation that they start from."""
        return self.n_unwritten - (self._n_written == 0)

    def append(self, step: Step) -> None:
        """Put a step on disk, with any that could not be written before.

        Raises
        ------
        OutputError
            If it cannot be written; it is kept in memory and tried again with the next one.
        """
        self._lines.append(_line(step.model_dump(mode="json", exclude_none=True)))
        self.flush()

    def mark_saved(self, sha256: str) -> None:
        """Note the hash of a document that is about to be written."""
        self._lines.append(_line({"op": "saved", "sha256": sha256}))
        self.flush()

    def flush(self) -> None:
        """Put every line on disk that is not there, unless they are held; errors as ``append``."""
        if self.is_held:
            return
        try:
            self._move_aside()
            if self._size_on_disk() != self._n_bytes:
                self._n_bytes = self._n_written = 0
            _write_at(self.path, self._n_bytes, b"".join(self._lines[self._n_written :]))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise OutputError(
                f"{self.path} cannot be written ({reason}); your edits are kept in memory only"
            ) from None
        self._n_bytes = sum(map(len, self._lines))
        self._n_written = len(self._lines)

    def _move_aside(self) -> None:
        """Make way for the first line."""
        if self._aside is not None:
            with contextlib.suppress(FileNotFoundError):
                self.path.rename(self._aside)
            self._aside = None

    def _size_on_disk(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0


def _write_at(path: Path, n_bytes: int, content: bytes) -> None:
    """Make the file its first ``n_bytes`` and the content, and wait until the disk has it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        os.ftruncate(handle, n_bytes)
        os.lseek(handle, n_bytes, os.SEEK_SET)
        try:
            while content:
                content = content[os.write(handle, content) :]
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, n_bytes)
            raise
    finally:
        os.close(handle)
    if n_bytes == 0:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Wait until the disk knows the names in a folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _line(entry: dict[str, Any]) -> bytes:
    """Return an entry with the time at which it was made, as one line of JSON."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"at": now} | entry, ensure_ascii=True).encode() + b"\n"
