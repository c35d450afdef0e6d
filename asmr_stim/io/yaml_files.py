"""YAML that a scientist edits: read as YAML 1.2, with a line and column for every problem.

Plain words stay words: ``no``, ``on``, ``12:30`` and ``1_000`` are text here, not false, true,
750 and 1000 as YAML 1.1 has it. Duplicate keys, aliases and tags are refused (``yaml_loader``).
Positions cost time, so they are looked up only for a file that has a problem.
"""

import re
import stat
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from asmr_stim.errors import InputError, MissingInputError, UnreadableFileError
from asmr_stim.io.messages import findings_of, one_line
from asmr_stim.io.second_look import further_findings
from asmr_stim.io.yaml_content import YamlTrickError, plain_content
from asmr_stim.io.yaml_loader import PlainLoader
from asmr_stim.io.yaml_places import place_of
from asmr_stim.schema.base import Record
from asmr_stim.schema.problems import Finding, Problem

R = TypeVar("R", bound=Record)

MAX_BYTES = 2**20  # a study has a few kilobytes; a megabyte is no hand-written record
_TAB_IN_INDENTATION = re.compile(r"^ *\t")
_ANCHOR = re.compile(r"(?<![^\s\[{,:])&\S")  # where a value may begin; not "this & that"


class BrokenYamlError(InputError):
    """A file is no YAML of the plain kind that records are written in; ``problem`` says where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class YamlDocument:
    """A YAML file as read: its path as given, its text and its content."""

    path: Path
    text: str
    content: Any

    def problem(self, finding: Finding, root: yaml.Node | None = None) -> Problem:
        """Return the finding with the line and column of what it speaks of."""
        root = root if root is not None else yaml.compose(self.text, Loader=PlainLoader)
        place = place_of(root, finding.where)
        return Problem(
            code=finding.code,
            file=str(self.path),
            line=place.line,
            column=place.column,
            message=finding.message,
            correction=place.correction(finding.rename) if finding.rename else None,
        )

    def problems(self, findings: Iterable[Finding]) -> list[Problem]:
        """Return every finding with its line and column, in the order of the file."""
        findings = list(findings)
        root = yaml.compose(self.text, Loader=PlainLoader) if findings else None
        located = [self.problem(finding, root) for finding in findings]
        return sorted(located, key=lambda problem: (problem.line, problem.column, problem.code))


def read_document(path: Path, max_bytes: int = MAX_BYTES) -> YamlDocument:
    """Return a YAML file with its text.

    Parameters
    ----------
    path : Path
        A UTF-8 file.
    max_bytes : int
        A larger file is refused; 1 MiB by default.

    Raises
    ------
    MissingInputError
        If there is no such file.
    UnreadableFileError
        If it cannot be read, is no regular file, or is too large.
    BrokenYamlError
        If it is no UTF-8 or no YAML, is empty, has a key twice, uses an alias or a tag, or nests
        too deeply; the message begins with ``FILE:LINE:COL``.
    """
    return document_of(path, read_content(path, max_bytes))


def document_of(path: Path, content: bytes) -> YamlDocument:
    """Return the YAML document that the bytes of a file are; errors as ``read_document``."""
    text = _decoded(path, content).replace("\r\n", "\n").replace("\r", "\n")
    try:
        found = plain_content(text)
        if _ANCHOR.search(text):  # one that stands twice is found by composing the text alone
            yaml.compose(text, Loader=PlainLoader)
    except YamlTrickError as trick:
        what = f"the file {trick}; write the values out, as records of this kind are plain"
        raise _broken(path, what, trick.mark.line + 1, trick.mark.column + 1, "E011") from None
    except yaml.MarkedYAMLError as error:
        raise _invalid_yaml(path, text, error) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _broken(path, f"this is no YAML that can be read: {error}") from None
    if found is None:
        raise _broken(path, "the file is empty; write the record or delete the file")
    return YamlDocument(path, text, found)


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file; errors as ``read_document``."""
    return read_document(path).content


def check_record(
    document: YamlDocument, record: type[R], context: Mapping[str, Any] | None = None
) -> tuple[R | None, list[Problem]]:
    """Return the record, or None and every problem with its line and column.

    Parameters
    ----------
    document : YamlDocument
    record : type[Record]
        What the file should hold.
    context : mapping, optional
        What the record checks itself against, such as ``{"taxonomy": taxonomy}``.
    """
    handed_in = dict(context or {})
    try:
        return record.model_validate(document.content, context=handed_in), []
    except ValidationError as error:
        found = findings_of(error, record, document.content)
        further = further_findings(error, record, document.content, handed_in)
        return None, document.problems([*found, *(each for each in further if each not in found)])


def read_record(path: Path, record: type[R], context: Mapping[str, Any] | None = None) -> R:
    """Return the record of a file, or raise an ``InputError`` that lists every problem."""
    found, problems = check_record(read_document(path), record, context)
    if found is None:
        raise InputError("\n".join(map(str, problems)))
    return found


def check_kind(document: YamlDocument, keys: AbstractSet[str], expected: str) -> None:
    """Refuse a file that is of another kind altogether, before it is checked key by key.

    Parameters
    ----------
    document : YamlDocument
    keys : set of str
        A file of the kind has one of them at least.
    expected : str
        What should be there and what to give, as the sentence ends.

    Raises
    ------
    InputError
        If it is no mapping or has none of the keys.
    """
    content = document.content
    if not isinstance(content, dict) or not keys & content.keys():
        raise InputError(f"{document.path} is {expected}")


def read_content(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file that may be a record.

    Raises
    ------
    MissingInputError, UnreadableFileError
        As ``read_document``.
    """
    try:
        refusal = _refusal(path, max_bytes)
        content = path.read_bytes() if refusal is None else b""
    except FileNotFoundError:
        raise MissingInputError(f"there is no file {path}; check the path") from None
    except PermissionError:
        raise UnreadableFileError(f"{path} may not be read; check its permissions") from None
    except (OSError, ValueError) as error:  # a loop of links, a name with a zero byte
        raise UnreadableFileError(f"{path} cannot be read ({error}); check the path") from None
    if refusal is not None:
        raise UnreadableFileError(f"{path} {refusal}")
    return content


def _refusal(path: Path, max_bytes: int) -> str | None:
    """Return why a path is not even opened: a pipe, say, would be waited for without end."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        return "is a folder; name a YAML file"
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file; name a YAML file"
    if status.st_size > max_bytes:
        return f"is larger than {max_bytes // 2**20} MiB, which no record of its kind is"
    return None


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        what = f"this is no UTF-8 text (byte 0x{content[error.start]:02x}); save the file as UTF-8"
        raise _broken(path, what, line, column) from None


def _broken(
    path: Path, message: str, line: int = 1, column: int = 1, code: str = "E010"
) -> BrokenYamlError:
    problem = Problem(
        code=code, file=str(path), line=line, column=column, message=one_line(message)
    )
    return BrokenYamlError(problem)


def _invalid_yaml(path: Path, text: str, error: yaml.MarkedYAMLError) -> BrokenYamlError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    if line > len(lines):  # the parser speaks of the line after a last one without its end
        line, column = len(lines), len(lines[-1]) + 1
    tab = _TAB_IN_INDENTATION.search(lines[line - 1])
    if tab is not None:
        what = "a tab stands in the indentation, where YAML allows only spaces; write spaces"
        return _broken(path, what, line, tab.end())
    what = error.problem or error.context or "it cannot be parsed"
    if what == "second occurrence":  # of an anchor, as PyYAML has it
        return _broken(path, "an anchor (&) stands twice; take it out", line, column)
    if "stands twice" in what:
        return _broken(path, f"{what}; keep one of the two", line, column)
    opened = error.context_mark
    if opened is not None and "expected ',' or" in what:
        what = f"the bracket opened at {opened.line + 1}:{opened.column + 1} is not closed"
        return _broken(path, f"this is no valid YAML: {what} before this; close it", line, column)
    advice = "check quotes, colons and indentation"
    return _broken(path, f"this is no valid YAML: {what}; {advice}", line, column)
