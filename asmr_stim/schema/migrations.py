"""How the content of a file of an older form becomes that of the next: pure steps, N to N + 1.

Only a major version changes the form of a file; files of an older minor version are valid as they
are. A step takes the plain content of a file and returns that of the next major version; it never
sees a file, a comment or a line.

Offers: ``Step``, ``STEPS``, ``carried_over``, ``CarriedOver``.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from asmr_stim.errors import InputError
from asmr_stim.schema.annotation import SCHEMA_VERSION as ANNOTATION_VERSION
from asmr_stim.schema.study import STUDY_SCHEMA_VERSION

Kind = Literal["study", "review", "annotation"]
Content = dict[str, Any]

CURRENT: Mapping[Kind, int] = {
    "study": int(STUDY_SCHEMA_VERSION.split(".", maxsplit=1)[0]),
    "review": int(STUDY_SCHEMA_VERSION.split(".", maxsplit=1)[0]),
    "annotation": int(ANNOTATION_VERSION.split(".", maxsplit=1)[0]),
}
"""The major version of each kind of file that this program reads."""


@dataclass(frozen=True)
class Step:
    """One step from a major version to the next.

    Parameters
    ----------
    kind : Kind
        The files that it is for.
    major : int
        The major version that it starts from.
    says : str
        What changes, in the words of a user.
    change : callable
        Takes the content of version ``major`` and returns that of ``major + 1``; it may change
        what it is given. ``schema_version`` is set for it.
    """

    kind: Kind
    major: int
    says: str
    change: Callable[[Content], Content]


STEPS: tuple[Step, ...] = ()
"""Every step there is; none yet, since 1.0.0 is the first form."""


@dataclass(frozen=True)
class CarriedOver:
    """The content of a file in the current form, and the steps that led there."""

    content: Content
    steps: tuple[Step, ...]


def carried_over(
    content: Content, kind: Kind, steps: Sequence[Step] = STEPS, current: int | None = None
) -> CarriedOver:
    """Return content in the current form; the content that was given stays as it is.

    Parameters
    ----------
    content : dict
        What stands in the file.
    kind : {"study", "review", "annotation"}
    steps : sequence of Step, optional
    current : int, optional
        The major version to reach, by default the program's own.

    Raises
    ------
    InputError
        If the content names no version, or one that is newer than the program.
    """
    newest = CURRENT[kind] if current is None else current
    version = str(content.get("schema_version"))
    numbers = version.split(".")
    if len(numbers) != 3 or not all(number.isdecimal() for number in numbers):
        raise InputError(f"schema_version is '{version}'; it must be a version such as 1.0.0")
    major = int(numbers[0])
    if major > newest:
        raise InputError(
            f"the file has schema_version {version}, this program knows {newest}.x.x; "
            "upgrade asmr-stim"
        )
    found, taken = deepcopy(content), []
    for number in range(major, newest):
        step = _step(kind, number, steps)
        found = step.change(found)
        found["schema_version"] = f"{number + 1}.0.0"
        taken.append(step)
    return CarriedOver(found, tuple(taken))


def _step(kind: Kind, major: int, steps: Sequence[Step]) -> Step:
    for step in steps:
        if (step.kind, step.major) == (kind, major):
            return step
    raise InputError(f"there is no step that carries a {kind} of version {major} over")
