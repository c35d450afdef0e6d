"""Arrays in one file that several processes look at while one fills it.

The file begins with a line of JSON that says what it holds, then come the arrays one after the
other. Its room on the disk is reserved when it is made: a disk that is full is found then, and not
while a mapped page is written, which would end the process.

Offers: ``ArrayForm``, ``create_arrays``, ``open_arrays``, ``n_bytes_of``.
"""

import json
import mmap
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HEADER_BYTES = 4096
_ALIGNMENT = 64  # bytes

About = Mapping[str, int | str]
"""What a file says of itself; a file that says anything else is another file."""


@dataclass(frozen=True, slots=True)
class ArrayForm:
    """Shape and type of an array.

    Parameters
    ----------
    shape : tuple of int
    dtype : str
        In numpy's words, such as ``u1`` or ``<i2``.
    """

    shape: tuple[int, ...]
    dtype: str

    @property
    def n_bytes(self) -> int:
        """Room that it takes, a multiple of 64 bytes."""
        size = int(np.prod(self.shape, dtype=np.int64)) * np.dtype(self.dtype).itemsize
        return -(-size // _ALIGNMENT) * _ALIGNMENT


def n_bytes_of(forms: Sequence[ArrayForm]) -> int:
    """Return the size of a file of such arrays."""
    return HEADER_BYTES + sum(form.n_bytes for form in forms)


def create_arrays(
    path: Path, about: About, forms: Sequence[ArrayForm]
) -> list[NDArray[np.generic]]:
    """Make a file of zeros and return its arrays, to be written.

    Raises
    ------
    OSError
        If the file is there already, cannot be made, or there is no room for it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        _reserve(handle, n_bytes_of(forms))
        os.pwrite(handle, _header(about), 0)
        return _mapped(handle, forms, mmap.PROT_READ | mmap.PROT_WRITE)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def open_arrays(
    path: Path, about: About, forms: Sequence[ArrayForm]
) -> list[NDArray[np.generic]] | None:
    """Return the arrays of a file, read only; None if it is not there or holds something else."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        is_whole = os.fstat(handle).st_size == n_bytes_of(forms)
        if not is_whole or os.pread(handle, HEADER_BYTES, 0) != _header(about):
            return None
        return _mapped(handle, forms, mmap.PROT_READ)
    except OSError:
        return None
    finally:
        os.close(handle)


def _reserve(handle: int, n_bytes: int) -> None:
    """Give a file its size, with room on the disk for all of it where the system can do that."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, n_bytes)
        return
    zeros = bytes(1 << 20)
    for place in range(0, n_bytes, len(zeros)):
        os.pwrite(handle, zeros[: n_bytes - place], place)


def _header(about: About) -> bytes:
    return json.dumps(dict(about), sort_keys=True).encode().ljust(HEADER_BYTES - 1) + b"\n"


def _mapped(handle: int, forms: Sequence[ArrayForm], access: int) -> list[NDArray[np.generic]]:
    memory = mmap.mmap(handle, n_bytes_of(forms), mmap.MAP_SHARED, access)
    arrays, place = [], HEADER_BYTES
    for form in forms:
        size = int(np.prod(form.shape, dtype=np.int64))
        flat = np.frombuffer(memory, form.dtype, size, place)
        arrays.append(flat.reshape(form.shape))
        place += form.n_bytes
    return arrays
