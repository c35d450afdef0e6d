"""Files that are never half written: made beside their place, then renamed over it.

Offers: ``write_atomically``.
"""

import os
import tempfile
from pathlib import Path

from asmr_stim.errors import OutputError


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: beside its place first, then renamed over it.

    Raises
    ------
    OutputError
        If it cannot be written; what stood there before stands there still.
    """
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())  # noqa: PTH101 - mkstemp gives a bare name
        os.replace(temporary, path)  # noqa: PTH105 - same
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
