"""Files that are never half written: made beside their place, then renamed over it.

Offers: ``write_atomically``; ``new_file`` for what is too long to be held in memory;
``check_folder`` for what takes long to compute.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from asmr_stim.errors import AsmrStimError, OutputError


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


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a place beside a file; what was written there gets the file's name at the end.

    Raises
    ------
    OutputError
        If it cannot be written; what stood there before stands there still.
    """
    place = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield place
        place.replace(path)
    except AsmrStimError:
        raise
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        with suppress(OSError):
            place.unlink()


def check_folder(folder: Path, path: Path) -> None:
    """Refuse a folder in which a file or folder cannot be made, before anything is computed.

    Parameters
    ----------
    folder : Path
        Where it is to be made.
    path : Path
        What the sentence names.

    Raises
    ------
    OutputError
        If the folder is not there, or nothing may be written into it.
    """
    if not folder.is_dir():
        raise OutputError(f"{path}: there is no folder {folder}; make it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{path}: you may not write into the folder {folder}; choose another")


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
