"""Foci in Sleuth text, as GingerALE reads it, with a line and column for every problem.

A file opens with ``// Reference = MNI`` (or Talairach). Each experiment is one or more ``//``
lines that name it, ``// Subjects = 20``, then one line of three numbers for each focus. Several
naming lines are joined with ``; ``. A header that begins before the last experiment had a focus
is an error, as is a header that occurs twice: nothing is silently overwritten. All problems of a
file are told together.

Offers: ``read_sleuth``, ``sleuth_text``, ``refuse_all``, ``Listing``, ``Draft``.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from asmr_stim.errors import InputError
from asmr_stim.io.tables import decoded_text
from asmr_stim.schema.foci import HEAD_BOX_MM, SMALLEST_N, CoordinateSpace, FociSet, Focus

_REFERENCE = re.compile(r"reference\s*=\s*(?P<value>.*)", re.IGNORECASE)
_SUBJECTS = re.compile(r"subjects\s*=\s*(?P<value>.*)", re.IGNORECASE)
_SPACES: dict[str, CoordinateSpace] = {
    "mni": "MNI",
    "talairach": "Talairach",
    "tal": "Talairach",
}


@dataclass
class Draft:
    """An experiment while it is being read; ``line`` is that of its first naming line.

    ``has_subjects`` and ``has_foci`` say that it has such lines, be they right or wrong.
    """

    names: list[str]
    line: int
    n: int | None = None
    foci: list[Focus] = field(default_factory=list)
    has_subjects: bool = False
    has_foci: bool = False

    @property
    def name(self) -> str:
        """The naming lines in one."""
        return "; ".join(self.names)


@dataclass(frozen=True)
class Listing:
    """What a file of foci says before it is joined to a table of experiments."""

    path: Path
    space: CoordinateSpace
    drafts: tuple[Draft, ...]


def space_named(text: str, place: str) -> CoordinateSpace:
    """Return the coordinate space a text names.

    Raises
    ------
    InputError
        If it is none of them.
    """
    space = _SPACES.get(text.strip().lower())
    if space is None:
        raise InputError(
            f"{place}: the coordinate space '{text.strip()}' is unknown; "
            f"say one of {', '.join(get_args(CoordinateSpace))}"
        )
    return space


def focus_of(texts: list[tuple[str, str]]) -> Focus:
    """Return a focus from the texts of x, y, z, each with its place for the error message.

    Raises
    ------
    InputError
        If one is no finite number or lies outside the head.
    """
    values = []
    for axis, (text, place), (low, high) in zip("xyz", texts, HEAD_BOX_MM, strict=True):
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise InputError(f"{place}: {axis} is '{text}', which is no coordinate in mm")
        if not low <= value <= high:
            raise InputError(
                f"{place}: {axis} = {text} mm lies outside the head ({low:g} to {high:g})"
            )
        values.append(value)
    return (values[0], values[1], values[2])


def count_of(text: str, place: str) -> int:
    """Return a number of people.

    Raises
    ------
    InputError
        If it is no whole number or below 2.
    """
    if not re.fullmatch(r"\d{1,9}", text.strip()):
        raise InputError(f"{place}: the number of subjects is '{text.strip()}', no whole number")
    if int(text) < SMALLEST_N:
        raise InputError(
            f"{place}: the number of subjects is {int(text)}; an experiment needs at least "
            f"{SMALLEST_N}"
        )
    return int(text)


SHOWN_PROBLEMS = 50


def refuse_all(path: Path, problems: list[str]) -> None:
    """Raise InputError with every problem of a file; do nothing if there is none."""
    if not problems:
        return
    if len(problems) == 1:
        raise InputError(problems[0])
    more = len(problems) - SHOWN_PROBLEMS
    shown = [*problems[:SHOWN_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
    listing = "\n".join(shown)
    raise InputError(f"{path} has {len(problems)} problems, mend them first:\n{listing}")


class _Reader:
    """Walks over the lines of one file and keeps what was found so far, and every problem."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.space: CoordinateSpace | None = None
        self.drafts: list[Draft] = []
        self.in_header = False
        self.blank_before = False
        self.has_reference = False
        self.problems: list[str] = []

    def place(self, line: int, column: int = 1) -> str:
        return f"{self.path}:{line}:{column}"

    def read_line(self, number: int, line: str) -> None:
        """Take in one line."""
        text = line.strip()
        if not text:
            self.blank_before = True
            return
        try:
            if text.startswith("//"):
                self._header(number, line.index("//") + 1, text[2:].strip())
            else:
                self._focus(number, line)
        except InputError as error:
            self.problems.append(str(error))
        self.blank_before = False

    def _header(self, number: int, column: int, text: str) -> None:
        if reference := _REFERENCE.fullmatch(text):
            self._reference(reference["value"], self.place(number, column))
        elif subjects := _SUBJECTS.fullmatch(text):
            self._subjects(subjects["value"], self.place(number, column))
        elif text:
            self._name(number, text)

    def _reference(self, value: str, place: str) -> None:
        self.has_reference = True
        space = space_named(value, place)
        if self.space not in {None, space}:
            raise InputError(
                f"{place}: the file changes from {self.space} to {space}; "
                "one file holds one space, so split it"
            )
        self.space = space

    def _name(self, number: int, text: str) -> None:
        if self.in_header and not self.blank_before and not self.drafts[-1].has_subjects:
            self.drafts[-1].names.append(text)
            return
        self.check_last()
        self.drafts.append(Draft([text], number))
        self.in_header = True

    def _subjects(self, value: str, place: str) -> None:
        if not self.in_header:
            raise InputError(f"{place}: 'Subjects' stands without the name of its experiment")
        draft = self.drafts[-1]
        if draft.has_subjects:
            raise InputError(
                f"{place}: the experiment '{draft.name}' (line {draft.line}) has 'Subjects' twice"
            )
        draft.has_subjects = True
        draft.n = count_of(value, place)

    def _focus(self, number: int, line: str) -> None:
        self.in_header = False
        if not self.drafts:
            raise InputError(f"{self.place(number)}: a focus stands before any experiment")
        self.drafts[-1].has_foci = True
        fields = [(match[0], match.start() + 1) for match in re.finditer(r"\S+", line)]
        if len(fields) != len(HEAD_BOX_MM):
            raise InputError(
                f"{self.place(number, fields[0][1])}: a focus is three numbers with blanks "
                f"between; found {len(fields)} in '{line.strip()}'"
            )
        focus = focus_of([(text, self.place(number, column)) for text, column in fields])
        self.drafts[-1].foci.append(focus)

    def check_last(self) -> None:
        """Note it if the experiment read last has no foci."""
        if self.drafts and not self.drafts[-1].has_foci:
            draft = self.drafts[-1]
            self.problems.append(
                f"{self.place(draft.line)}: the experiment '{draft.name}' has no foci; "
                "list them below it or take it out"
            )


def read_sleuth(path: Path) -> Listing:
    """Return what a Sleuth file lists; ``n`` may be missing and come from a table.

    Parameters
    ----------
    path : Path

    Raises
    ------
    MissingInputError, UnreadableFileError
        If the file is not there or no text.
    InputError
        With ``FILE:LINE:COL`` for every line that breaks the form above.
    """
    reader = _Reader(path)
    for number, line in enumerate(decoded_text(path).splitlines(), start=1):
        reader.read_line(number, line)
    reader.check_last()
    problems = reader.problems + list(_repeats(path, reader.drafts))
    if not reader.drafts and not problems:
        raise InputError(f"{path}:1:1: the file lists no experiments")
    if reader.space is None and not reader.has_reference:
        problems.insert(
            0,
            f"{path}:1:1: the coordinate space is missing; "
            "the first line must be '// Reference = MNI' or '// Reference = Talairach'",
        )
    refuse_all(path, problems)
    if reader.space is None:
        raise InputError(f"{path}:1:1: the coordinate space is missing")
    return Listing(path, reader.space, tuple(reader.drafts))


def _repeats(path: Path, drafts: list[Draft]) -> Iterator[str]:
    """Yield a problem for every header that stood before."""
    first: dict[str, int] = {}
    for draft in drafts:
        if draft.name in first:
            yield (
                f"{path}:{draft.line}:1: the header '{draft.name}' stands at line "
                f"{first[draft.name]} already; give each experiment a name of its own"
            )
        first.setdefault(draft.name, draft.line)


def sleuth_text(foci: FociSet) -> str:
    """Return experiments as Sleuth text that ``read_sleuth`` reads back number for number.

    Parameters
    ----------
    foci : FociSet

    Raises
    ------
    InputError
        If an experiment's name would be read as something else: an empty line, a second line,
        ``Reference = ...`` or ``Subjects = ...``.

    Notes
    -----
    Sleuth text holds a name, a number of subjects and foci; ``sample_id``, ``contrast_type`` and
    group columns go into a table of experiments.
    """
    lines = [f"// Reference = {foci.space}"]
    for experiment in foci.experiments:
        _refuse_header(experiment.name)
        lines += [f"// {experiment.name}", f"// Subjects = {experiment.n}"]
        lines += ["\t".join(_number(value) for value in focus) for focus in experiment.foci]
        lines.append("")
    return "\n".join(lines)


def _refuse_header(name: str) -> None:
    is_one_line = len(name.splitlines()) == 1 and name.strip() == name and "\0" not in name
    if not is_one_line or _REFERENCE.fullmatch(name) or _SUBJECTS.fullmatch(name):
        raise InputError(
            f"the experiment name {name!r} cannot be a header of Sleuth text; rename it"
        )


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)
