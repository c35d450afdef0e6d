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
from asmr_stim.io.tables import json_bytes, write_atomically

PROGRAM = "asmr_stim"
RESULT_FILE = "result.json"
_RECORDED_PACKAGES = ("numpy", "scipy", "pydantic", "nibabel")


def check_result_folder(out: Path) -> None:
    """Raise OutputError if a result cannot take the place of what stands there.

    To be asked before a computation; ``result_folder`` asks again.

    Raises
    ------
    OutputError
        If ``out`` is a file, may not be read, or holds files that are no earlier result.
    """
    try:
        if not out.exists():
            return
        if not out.is_dir():
            raise OutputError(f"{out} is a file; name a folder for the result")
        foreign = _foreign_files(out)
    except PermissionError:
        raise OutputError(f"{out} may not be read; name another folder") from None
    if foreign:
        raise OutputError(
            f"{out} holds files that are no earlier result of asmr-stim, such as {foreign[0]}; "
            "name another folder, or empty this one"
        )


def refuse_earlier_result(out: Path) -> None:
    """Raise OutputError if a folder holds an earlier result, or something else.

    To be asked before a long computation, by whoever will not replace a result.

    Raises
    ------
    OutputError
        If there is anything in ``out``.
    """
    check_result_folder(out)
    if out.is_dir() and any(out.iterdir()):
        raise OutputError(
            f"{out} holds an earlier result; name another folder, or give --overwrite to replace it"
        )


@contextmanager
def result_folder(out: Path) -> Iterator[Path]:
    """Yield a new folder that takes the place of ``out`` once everything in it is written.

    Parameters
    ----------
    out : Path
        Where the result shall stand: nothing, an empty folder, or an earlier result of this
        program, which is replaced unless somebody has put files of their own into it. A link
        stays a link: what it leads to is replaced.

    Raises
    ------
    OutputError
        If ``out`` holds something else, or cannot be written. What stood there stands there
        still.
    """
    out = Path(os.path.realpath(out))
    check_result_folder(out)
    new = _neighbour(out)
    try:
        yield new
        _list_files(new)
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


def _foreign_files(folder: Path) -> list[str]:
    """Return the files that ``result.json`` does not name as written by this program."""
    result = _result_in(folder)
    present = _files_in(folder)
    ours = result.get("files", present) if result.get("program") == PROGRAM else []
    return [name for name in present if name not in ours]


def _result_in(folder: Path) -> dict[str, Any]:
    """Return what ``result.json`` says, or nothing where there is none."""
    try:
        content = json.loads((folder / RESULT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _files_in(folder: Path) -> list[str]:
    """Return every file of a result but ``result.json`` itself."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = (path.relative_to(folder).as_posix() for path in paths)
    return sorted(name for name in names if name != RESULT_FILE)


def _list_files(new: Path) -> None:
    """Let ``result.json`` name every file beside it: a later run replaces these and no others."""
    result = _result_in(new)
    if result:
        content = result | {"files": _files_in(new)}
        write_atomically(new / RESULT_FILE, json_bytes(content))


def _neighbour(out: Path) -> Path:
    parent = out.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=parent))
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror})") from error


def _put_in_place(new: Path, out: Path) -> None:
    """Move the finished folder to its place; an earlier result goes last."""
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
