"""The folder of an annotation in words, and another one if it cannot be written."""

import os
import tempfile
from pathlib import Path

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.annotation_opening import OpenAnnotation, save_elsewhere
from asmr_stim.io.annotations import AnnotationPaths
from asmr_stim.io.session_lock import Holder, SessionLock, acquire


def folder_words(folder: Path) -> str:
    """Return a folder for a sentence: where one works is ``this folder``, any other its path."""
    resolved = folder.resolve()
    return "this folder" if resolved == Path.cwd().resolve() else str(resolved)


def suggested_folder(paths: AnnotationPaths) -> Path:
    """Return a folder in which files can be made: here, at home, or the temporary one."""
    refused = paths.document.parent.absolute()
    for folder in (Path.cwd(), Path.home()):
        if folder != refused and os.access(folder, os.W_OK | os.X_OK):
            return folder
    return Path(tempfile.gettempdir())


def moved_to(opened: OpenAnnotation, answer: str) -> tuple[OpenAnnotation, SessionLock]:
    """Write annotation and journal to a folder; return the session there, with its lock.

    Parameters
    ----------
    opened : OpenAnnotation
    answer : str
        A path as somebody types it; ``~`` is the home.

    Raises
    ------
    InputError
        If it is no folder.
    OutputError
        If it cannot be written there, or such an annotation is there already.
    """
    folder = Path(answer.strip()).expanduser().absolute()
    if not answer.strip() or not folder.is_dir():
        raise InputError(f"{answer.strip() or 'nothing'} is not a folder; name one that is there")
    lock = acquire(AnnotationPaths(folder / opened.paths.document.name).lock)
    if isinstance(lock, Holder):
        raise OutputError(f"{lock} is annotating this clip there; name another folder")
    try:
        return save_elsewhere(opened, folder), lock
    except OutputError:
        lock.release()
        raise
