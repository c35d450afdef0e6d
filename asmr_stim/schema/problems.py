"""What a check found: values that are gathered, never raised one at a time.

A ``Finding`` says where in a record something is wrong (a path of keys and positions); a
``Problem`` says where in a file. Turning one into the other needs the file's text and is done in
``asmr_stim.io.yaml_files``.
"""

from typing import Literal, NamedTuple

from asmr_stim.schema.base import PositiveCount, Record, Text

Where = tuple[str | int, ...]
Severity = Literal["error", "warning"]


class Rename(NamedTuple):
    """What would mend a finding: another word for the key, or for the value, that stands there."""

    what: Literal["key", "value"]
    old: str
    new: str


class Finding(NamedTuple):
    """Something wrong inside a record: its code, the path to it, and a sentence.

    ``rename`` is given only where there is no doubt what was meant.
    """

    code: str
    where: Where
    message: str
    rename: Rename | None = None


class Correction(Record):
    """A word in a file, and the word that was meant."""

    line: PositiveCount
    column: PositiveCount
    old: Text
    new: Text


class Problem(Record):
    """Something wrong in a file, as ``FILE:LINE:COL: CODE message``.

    ``correction`` is what ``asmr-stim validate --fix`` would write, where that is safe.
    """

    code: Text
    file: str
    line: PositiveCount
    column: PositiveCount
    message: Text
    severity: Severity = "error"
    correction: Correction | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}"
