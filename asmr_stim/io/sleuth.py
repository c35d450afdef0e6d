"""Foci in Sleuth text, as GingerALE reads it, with a line and column for every problem.

A file opens with ``// Reference = MNI`` (or Talairach). Each experiment is one or more ``//``
lines that name it, ``// Subjects = 20``, then one line of three numbers for each focus. Several
naming lines are joined with ``; ``. A header that begins before the last experiment had a focus
is an error, as is a header that occurs twice: nothing is silently overwritten.

Offers: ``read_sleuth``, ``sleuth_text``, ``Listing``, ``Draft``.
"""

import math
import re
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
    """An experiment while it is being read; ``line`` is that of its first naming line."""

    names: list[str]
    line: int
    n: int | None = None
    foci: list[Focus] = field(default_factory=list)

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


class _Reader:
    """Walks over the lines of one file and keeps what was found so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.space: CoordinateSpace | None = None
        self.drafts: list[Draft] = []
        self.in_header = False
        self.blank_before = False

    def place(self, line: int, column: int = 1) -> str:
        return f"{self.path}:{line}:{column}"

    def read_line(self, number: int, line: str) -> None:
        """Take in one line."""
        text = line.strip()
        if not text:
            self.blank_before = True
        elif text.startswith("//"):
            self._header(number, line.index("//") + 1, text[2:].strip())
            self.blank_before = False
        else:
            self._focus(number, line)
            self.blank_before = False

    def _header(self, number: int, column: int, text: str) -> None:
        if reference := _REFERENCE.fullmatch(text):
            self._reference(reference["value"], self.place(number, column))
        elif subjects := _SUBJECTS.fullmatch(text):
            self._subjects(subjects["value"], self.place(number, column))
        elif text:
            self._name(number, text)

    def _reference(self, value: str, place: str) -> None:
        space = space_named(value, place)
        if self.space not in {None, space}:
            raise InputError(
                f"{place}: the file changes from {self.space} to {space}; "
                "one file holds one space, so split it"
            )
        self.space = space

    def _name(self, number: int, text: str) -> None:
        if self.in_header and not self.blank_before and self.drafts[-1].n is None:
            self.drafts[-1].names.append(text)
            return
        self.check_last()
        self.drafts.append(Draft([text], number))
        self.in_header = True

    def _subjects(self, value: str, place: str) -> None:
        if not self.in_header:
            raise InputError(f"{place}: 'Subjects' stands without the name of its experiment")
        draft = self.drafts[-1]
        if draft.n is not None:
            raise InputError(
                f"{place}: the experiment '{draft.name}' (line {draft.line}) has 'Subjects' twice"
            )
        draft.n = count_of(value, place)

    def _focus(self, number: int, line: str) -> None:
        fields = [(match[0], match.start() + 1) for match in re.finditer(r"\S+", line)]
        if len(fields) != len(HEAD_BOX_MM):
            raise InputError(
                f"{self.place(number, fields[0][1])}: a focus is three numbers with blanks "
                f"between; found {len(fields)} in '{line.strip()}'"
            )
        focus = focus_of([(text, self.place(number, column)) for text, column in fields])
        if not self.drafts:
            raise InputError(f"{self.place(number)}: a focus stands before any experiment")
        self.drafts[-1].foci.append(focus)
        self.in_header = False

    def check_last(self) -> None:
        """Raise InputError if the experiment read last has no foci."""
        if self.drafts and not self.drafts[-1].foci:
            draft = self.drafts[-1]
            raise InputError(
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
        With ``FILE:LINE:COL`` at the first line that breaks the form above.
    """
    reader = _Reader(path)
    for number, line in enumerate(decoded_text(path).splitlines(), start=1):
        reader.read_line(number, line)
    reader.check_last()
    if not reader.drafts:
        raise InputError(f"{path}:1:1: the file lists no experiments")
    if reader.space is None:
        raise InputError(
            f"{path}:1:1: the coordinate space is missing; "
            "the first line must be '// Reference = MNI' or '// Reference = Talairach'"
        )
    _refuse_repeats(path, reader.drafts)
    return Listing(path, reader.space, tuple(reader.drafts))


def _refuse_repeats(path: Path, drafts: list[Draft]) -> None:
    first: dict[str, int] = {}
    for draft in drafts:
        if draft.name in first:
            raise InputError(
                f"{path}:{draft.line}:1: the header '{draft.name}' stands at line "
                f"{first[draft.name]} already; give each experiment a name of its own"
            )
        first[draft.name] = draft.line


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
