"""Which files of a folder are a catalogue's: every ``*.yaml`` in it, and what is left out and why.

Names that begin with a dot are passed over (editors and file systems keep their own notes there).
A link that leads out of the folder is not followed, so that nobody's other files end up in a
report; it is a problem, since a study would silently be missing. A file that is named itself is
read wherever it lies.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asmr_stim.errors import MissingInputError, UnreadableFileError
from asmr_stim.io.messages import one_line
from asmr_stim.schema.problems import Problem

SUFFIX = ".yaml"


@dataclass(frozen=True)
class FoundFiles:
    """The YAML files of a path in the order of their names, and a problem for each left out."""

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]


def catalogue_files(path: Path) -> list[Path]:
    """Return the files of ``files_of`` alone; it says what is raised."""
    return list(files_of(path).files)


def files_of(path: Path) -> FoundFiles:
    """Return a file as it is, or the YAML files of a folder.

    Raises
    ------
    MissingInputError
        If the path does not exist, or the folder holds no YAML file.
    UnreadableFileError
        If the path may not be looked at, or is neither a file nor a folder.
    """
    try:
        if not path.exists():
            raise MissingInputError(f"there is no file or folder {path}; check the path")
    except (OSError, ValueError) as error:
        if isinstance(error, MissingInputError):
            raise
        raise UnreadableFileError(f"{path} cannot be looked at ({error}); check the path") from None
    if path.is_file():
        return FoundFiles((path,), ())
    if not path.is_dir():
        raise UnreadableFileError(f"{path} is neither a file nor a folder; name a YAML file")
    found = sorted(_entries(path), key=lambda each: str(each[0]))
    files = tuple(entry for entry, problem in found if problem is None)
    problems = tuple(problem for _, problem in found if problem is not None)
    if not found:
        raise MissingInputError(f"the folder {path} holds no {SUFFIX} file")
    return FoundFiles(files, problems)


def _entries(top: Path) -> Iterator[tuple[Path, Problem | None]]:
    """Yield each file of a catalogue, or what is left out of it with the reason."""
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(top, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in (*names, *folders):
            entry = Path(folder, name)
            is_yaml = name.casefold().endswith((SUFFIX, ".yml"))
            if name.startswith(".") or not (name in folders or is_yaml):
                continue
            if _leads_out(entry, top):
                sentence = "a link that leads out of the catalogue; copy what it leads to"
                yield entry, _problem(entry, "E014", sentence)
            elif name in folders:
                continue
            elif not name.isprintable():
                sentence = "the name has signs that cannot be shown; rename it"
                yield entry, _problem(entry, "E015", sentence)
            elif name.endswith(SUFFIX):
                yield entry, None
            else:
                sentence = f"the name of a catalogue's file ends in {SUFFIX}; rename it"
                yield entry, _problem(entry, "E015", sentence)
    for error in unreadable:
        place = Path(error.filename)
        yield place, _problem(place, "E010", "the folder may not be read; check its permissions")


def _leads_out(link: Path, top: Path) -> bool:
    """Tell a link out of the folder; one that leads nowhere is told when it is read."""
    if not (link.is_symlink() and link.exists()):
        return False
    return not Path(os.path.realpath(link)).is_relative_to(os.path.realpath(top))


def _problem(place: Path, code: str, message: str) -> Problem:
    return Problem(code=code, file=one_line(str(place)), line=1, column=1, message=message)
