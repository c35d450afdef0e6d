"""One session at a time on an annotation: a lock file that says who holds it.

The operating system holds the lock for as long as the process lives, so a crash leaves none behind.
The file names host and process, for people, and because such locks may not reach from one machine
to another on a shared disk: a file of another host counts until somebody removes it.
"""

import contextlib
import errno
import fcntl
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from asmr_stim.errors import OutputError

_UNSUPPORTED = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS}
_BUSY = {errno.EAGAIN, errno.EACCES}
_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock: the name of a machine and the number of a process on it."""

    host: str
    process: int

    def __str__(self) -> str:
        """Return who it is, for a sentence."""
        return f"process {self.process} on {self.host}"


class SessionLock:
    """A lock that this process holds until it gives it back or ends."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle: int | None = handle

    def release(self) -> None:
        """Give the lock back and remove its file; doing so again is harmless."""
        if self._handle is None:
            return
        with contextlib.suppress(OSError):
            if _is_file_of(self._handle, self.path):
                self.path.unlink()
        os.close(self._handle)
        self._handle = None


def acquire(path: Path) -> SessionLock | Holder:
    """Return a lock, or who holds it already.

    Parameters
    ----------
    path : Path
        The lock file.

    Raises
    ------
    OutputError
        If the file cannot be made.
    """
    try:
        for _ in range(_ATTEMPTS):
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            lock = _locked(path, handle)
            if lock is not None:
                return lock
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror})") from None
    raise OutputError(f"{path} comes and goes; close the other sessions and try again")


def _locked(path: Path, handle: int) -> SessionLock | Holder | None:
    """Lock an open file; None if it was removed by its former holder in between."""
    holder = _named_in(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            os.close(handle)
            return holder or Holder("this machine", 0)
        if error.errno not in _UNSUPPORTED:
            os.close(handle)
            raise
    if not _is_file_of(handle, path):
        os.close(handle)
        return None
    if holder is not None and holder.host != socket.gethostname():
        os.close(handle)
        return holder
    content = json.dumps({"host": socket.gethostname(), "process": os.getpid()})
    os.ftruncate(handle, 0)
    os.pwrite(handle, content.encode(), 0)
    return SessionLock(path, handle)


def _is_file_of(handle: int, path: Path) -> bool:
    """Return whether a path still leads to an open file."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _named_in(handle: int) -> Holder | None:
    """Return who a lock file names; None if it is new or says nothing that can be read."""
    try:
        content = json.loads(os.pread(handle, 4096, 0))
        return Holder(str(content["host"]), int(content["process"]))
    except (ValueError, KeyError, TypeError):
        return None
