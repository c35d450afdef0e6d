"""Folders of results that appear whole or not at all, and what every result says of itself."""

import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from asmr_stim import __version__
from asmr_stim.errors import MissingInputError, OutputError, UnreadableFileError

PROGRAM = "asmr_stim"
RESULT_FILE = "result.json"
_RECORDED_PACKAGES = ("numpy", "scipy", "pydantic", "nibabel")


@contextmanager
def result_folder(out: Path) -> Iterator[Path]:
    """Yield a new folder that takes the place of ``out`` once everything in it is written.

    Parameters
    ----------
    out : Path
        Where the result shall stand: nothing, an empty folder, or an earlier result of this
        program, which is replaced.

    Raises
    ------
    OutputError
        If ``out`` holds something else, or cannot be written. What stood there stands there
        still.
    """
    _refuse_what_is_not_ours(out)
    new = _neighbour(out)
    try:
        yield new
        _put_in_place(new, out)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def origin(analysis: str, inputs: dict[str, Path], options: dict[str, Any]) -> dict[str, Any]:
    """Return what heads every ``result.json``: program, versions, inputs with hashes, options."""
    return {
        "program": PROGRAM,
        "version": __version__,
        "analysis": analysis,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _RECORDED_PACKAGES},
        "inputs": {
            name: {"file": path.name, "sha256": file_sha256(path)}
            for name, path in sorted(inputs.items())
        },
        "options": options,
    }


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise MissingInputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise UnreadableFileError(f"{path}: cannot be read ({error.strerror})") from error


def _refuse_what_is_not_ours(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError(f"{out} is a file; name a folder for the result")
    if any(out.iterdir()) and not _is_ours(out):
        raise OutputError(
            f"{out} holds files that are no earlier result of asmr-stim; "
            "name another folder, or empty this one"
        )


def _is_ours(folder: Path) -> bool:
    try:
        result = json.loads((folder / RESULT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(result, dict) and result.get("program") == PROGRAM


def _neighbour(out: Path) -> Path:
    parent = out.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=parent))
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error


def _put_in_place(new: Path, out: Path) -> None:
    """Move the finished folder to its place; an earlier result goes only when the new one stands."""
    old = new.with_name(new.name + ".old")
    try:
        new.chmod(0o755)
        if out.exists():
            os.replace(out, old)  # noqa: PTH105 the two read alike, replace says what it does
        os.replace(new, out)  # noqa: PTH105 same
    except OSError as error:
        if old.exists() and not out.exists():
            os.replace(old, out)  # noqa: PTH105 same
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error
    shutil.rmtree(old, ignore_errors=True)
