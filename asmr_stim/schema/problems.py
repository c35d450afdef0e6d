"""What a check found: values that are gathered, never raised one at a time.

A ``Finding`` says where in a record something is wrong (a path of keys and positions); a
``Problem`` says where in a file. Turning one into the other needs the file's text and is done in
``asmr_stim.io.yaml_files``.
"""

from typing import Literal, NamedTuple

from asmr_stim.schema.base import PositiveCount, Record, Text

Where = tuple[str | int, ...]
Severity = Literal["error", "warning"]


class Finding(NamedTuple):
    """Something wrong inside a record: its code, the path to it, and a sentence."""

    code: str
    where: Where
    message: str


class Problem(Record):
    """Something wrong in a file, as ``FILE:LINE:COL: CODE message``."""

    code: Text
    file: str
    line: PositiveCount
    column: PositiveCount
    message: Text
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}"
