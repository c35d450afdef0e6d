"""The user's cache of what was worked out from sound files before: pictures, and SHA-256.

In ``$XDG_CACHE_HOME/asmr_stim/pictures`` (``~/.cache/...``; ``~/Library/Caches/...`` on a Mac):

``<sha256 and parameters>.picture``
    Arrays of a sound of that content, as ``mapped_arrays`` writes them; renamed into place when it
    is whole. While it is filled it is called ``.building``.
``<file>.seen``
    The SHA-256 of a file of this place, size, time and inode.

What was used longest ago is removed when there is too much. A cache that cannot be written saves no
time, that is all.

Offers: ``pictures_folder``, ``picture_path``, ``building_path``, ``keep_picture``,
``mark_used``, ``seen_sha256``, ``remember_sha256``, ``FileIdentity``.
"""

import contextlib
import hashlib
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from asmr_stim.errors import OutputError
from asmr_stim.io.mapped_arrays import About
from asmr_stim.io.writing import write_atomically

MOST_BYTES = 2 * 2**30  # about 25 hours of sound
MOST_SEEN = 2000  # files
SETTLED_NS = 2 * 10**9  # a file that changed less than 2 s ago may change within one tick again
ABANDONED_S = 86_400.0  # what was begun a day ago and is not done is done by nobody


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """What tells, without reading it, that a file is the one that it was.

    Parameters
    ----------
    n_bytes, mtime_ns, inode, device : int
    """

    n_bytes: int
    mtime_ns: int
    inode: int
    device: int

    @classmethod
    def of(cls, path: Path) -> "FileIdentity":
        """Return the identity of a file as it is now; raises ``OSError`` if it is out of reach."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev)


def pictures_folder() -> Path | None:
    """Return the folder of the cache, which need not be there; None if the user has no home."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        usual = "Library/Caches" if sys.platform == "darwin" else ".cache"
        base = named if named.is_absolute() else Path.home() / usual
    except RuntimeError:  # nobody knows where the user's home is
        return None
    return base / "asmr_stim" / "pictures"


def picture_path(folder: Path, sha256: str, about: About) -> Path:
    """Return where the whole picture of a sound lies."""
    parameters = json.dumps(dict(about), sort_keys=True).encode()
    digest = hashlib.sha256(sha256.encode() + parameters).hexdigest()
    return folder / f"{digest[:40]}.picture"


def building_path(whole: Path) -> Path:
    """Return where this process fills a picture until it is whole; makes the folder.

    Raises
    ------
    OSError
        If the folder cannot be made.
    """
    whole.parent.mkdir(parents=True, exist_ok=True)
    path = whole.with_suffix(f".{os.getpid()}.building")
    path.unlink(missing_ok=True)
    return path


def keep_picture(building: Path, whole: Path) -> None:
    """Give a picture that is whole its name, and remove what is too much."""
    with contextlib.suppress(OSError):
        building.replace(whole)
        _make_room(whole)


def seen_sha256(audio: Path) -> str | None:
    """Return the SHA-256 that a file had when it was read, if it is still the same file."""
    folder = pictures_folder()
    if folder is None:
        return None
    try:
        path = _seen_path(folder, audio, FileIdentity.of(audio))
        sha256 = str(json.loads(path.read_bytes())["sha256"])
        os.utime(path)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return sha256 if len(sha256) == hashlib.sha256().digest_size * 2 else None


def remember_sha256(audio: Path, identity: FileIdentity, sha256: str) -> None:
    """Keep the SHA-256 of a file that had this identity before and after it was read."""
    folder = pictures_folder()
    is_settled = time.time_ns() - identity.mtime_ns > SETTLED_NS
    if folder is None or not is_settled:
        return
    with contextlib.suppress(OSError, OutputError):
        folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"sha256": sha256, "file": audio.name}).encode()
        write_atomically(_seen_path(folder, audio, identity), content)
        for path in _oldest_last(folder, "*.seen")[MOST_SEEN:]:
            path.unlink(missing_ok=True)


def mark_used(path: Path) -> None:
    """Note that a picture was used now, so that others are removed before it."""
    with contextlib.suppress(OSError):
        os.utime(path)


def _seen_path(folder: Path, audio: Path, identity: FileIdentity) -> Path:
    place = os.path.realpath(audio).encode("utf-8", "surrogateescape")
    facts = (identity.n_bytes, identity.mtime_ns, identity.inode, identity.device)
    digest = hashlib.sha256(place + repr(facts).encode()).hexdigest()
    return folder / f"{digest[:40]}.seen"


def _make_room(newest: Path) -> None:
    """Remove pictures that were used longest ago, and those that nobody goes on filling."""
    room = MOST_BYTES
    for path in _oldest_last(newest.parent, "*.picture"):
        room -= path.stat().st_size
        if room < 0 and path != newest:
            path.unlink(missing_ok=True)
    for path in _oldest_last(newest.parent, "*.building"):
        if time.time() - path.stat().st_mtime > ABANDONED_S:
            path.unlink(missing_ok=True)


def _oldest_last(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern), key=lambda path: -path.stat().st_mtime_ns)
