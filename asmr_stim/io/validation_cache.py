"""What earlier checks found, so that a file is not checked again while its bytes are the same.

One JSON file for each set of paths that is checked, in the user's cache folder
(``$XDG_CACHE_HOME/asmr_stim``, by default ``~/.cache/asmr_stim``). It holds for each file the
SHA-256 of its bytes, the problems found in it and the facts that checks across files need. Anything
else that a result depends on (the program's own rules, taxonomy and messages, the libraries that it
reads with) is in one fingerprint; a new fingerprint forgets everything.

A cache that is damaged, of another form or not writable is no error: the files are simply checked.
It is written whole and renamed into place, so that two runs at once cost each other at most time.
"""

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Annotated

import pydantic
import yaml
from pydantic import Field, ValidationError

from asmr_stim import __version__
from asmr_stim.errors import OutputError
from asmr_stim.io.checked_file import CheckedFile
from asmr_stim.io.writing import write_atomically
from asmr_stim.resources import schemas_folder
from asmr_stim.schema.base import Many, Record
from asmr_stim.schema.facts import ReviewFacts, StudyFacts
from asmr_stim.schema.problems import Problem

MOST_FILES = 50  # results of this many sets of paths are kept
SETTLED_NS = 2 * 10**9  # a clip that changed less than 2 s ago may change within one tick again

_PACKAGE = Path(__file__).resolve().parent.parent


class _Entry(Record):
    """What was found in a file of this content; problems without the file's name."""

    sha256: str
    problems: Many[Problem]
    facts: Annotated[StudyFacts | ReviewFacts, Field(discriminator="kind")] | None


class _Clip(Record):
    """The SHA-256 of a clip of this size and time."""

    n_bytes: int
    mtime_ns: int
    sha256: str


class _Stored(Record):
    """What a cache file holds."""

    fingerprint: str
    entries: dict[str, _Entry]
    clips: dict[str, _Clip]


class ValidationCache:
    """The remembered findings of one set of paths; ``save`` keeps them for the next run."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._before = _read(place)
        self._entries: dict[str, _Entry] = {}
        self._clips: dict[str, _Clip] = {}

    def recall(self, file: Path, content: bytes) -> CheckedFile | None:
        """Return what was found in a file when it had these bytes, or None."""
        key = str(file.absolute())
        entry = self._before.entries.get(key)
        if entry is None or entry.sha256 != _digest(content):
            return None
        self._entries[key] = entry
        problems = (each.model_copy(update={"file": str(file)}) for each in entry.problems)
        return CheckedFile(file, tuple(problems), entry.facts)

    def remember(self, checked: CheckedFile, content: bytes) -> None:
        """Keep what was found in a file of these bytes."""
        entry = _Entry(sha256=_digest(content), problems=checked.problems, facts=checked.facts)
        self._entries[str(checked.path.absolute())] = entry

    def sha256_of(self, clip: Path) -> str:
        """Return the SHA-256 of a clip; one of the same size and time is not read again."""
        key, status = os.path.realpath(clip), clip.stat()
        known = self._before.clips.get(key)
        if known is None or (known.n_bytes, known.mtime_ns) != (status.st_size, status.st_mtime_ns):
            known = _Clip(
                n_bytes=status.st_size, mtime_ns=status.st_mtime_ns, sha256=file_sha256(clip)
            )
        self._clips[key] = known
        return known.sha256

    def save(self, now_ns: int) -> None:
        """Write what is remembered of the files that were asked for; forget the others.

        Parameters
        ----------
        now_ns : int
            The time, as ``time.time_ns`` gives it.
        """
        clips = {
            key: clip for key, clip in self._clips.items() if now_ns - clip.mtime_ns > SETTLED_NS
        }
        new = _Stored(fingerprint=_fingerprint(), entries=self._entries, clips=clips)
        if new == self._before:
            return
        try:
            self._place.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._place, new.model_dump_json().encode())
            _forget_the_oldest(self._place.parent)
        except (OSError, OutputError, ValueError):  # ValueError: a path that is no text
            return  # a cache that cannot be written saves no time, that is all


def cache_for(paths: list[Path]) -> ValidationCache | None:
    """Return the cache for a set of paths, or None if the user has no folder for it."""
    folder = os.environ.get("XDG_CACHE_HOME", "")
    try:
        base = Path(folder) if Path(folder).is_absolute() else Path.home() / ".cache"
    except RuntimeError:  # nobody knows where the user's home is
        return None
    names = "\0".join(sorted({os.path.realpath(path) for path in paths}))
    key = _digest(names.encode("utf-8", "surrogateescape"))[:20]
    return ValidationCache(base / "asmr_stim" / f"validate-{key}.json")


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file of any size, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(place: Path) -> _Stored:
    try:
        stored = _Stored.model_validate_json(place.read_bytes())
    except (OSError, ValidationError, ValueError):
        stored = None
    if stored is None or stored.fingerprint != _fingerprint():
        return _Stored(fingerprint="", entries={}, clips={})
    return stored


@cache
def _fingerprint() -> str:
    """Return a digest of everything, but for a file itself, that decides what is found in it."""
    digest = hashlib.sha256(f"{__version__} {pydantic.VERSION} {yaml.__version__}".encode())
    rules = [*(_PACKAGE / "schema").glob("*.py"), *(_PACKAGE / "io").glob("*.py")]
    knowledge = [schemas_folder() / "taxonomy.yaml", schemas_folder() / "messages.yaml"]
    for path in (*sorted(rules), *knowledge):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _forget_the_oldest(folder: Path) -> None:
    kept = sorted(folder.glob("validate-*.json"), key=lambda path: -path.stat().st_mtime_ns)
    for path in kept[MOST_FILES:]:
        path.unlink(missing_ok=True)
