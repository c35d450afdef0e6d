"""YAML that a scientist edits: read as YAML 1.2, with a line and column for every problem.

Plain words stay words: ``no``, ``on``, ``12:30`` and ``1_000`` are text here, not false, true,
750 and 1000 as YAML 1.1 has it. Duplicate keys and aliases are refused. Positions cost time, so
they are looked up only for a file that has a problem.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from asmr_stim.errors import InputError, MissingInputError, UnreadableFileError
from asmr_stim.io.messages import findings_of
from asmr_stim.schema.base import Record
from asmr_stim.schema.problems import Finding, Problem, Where

R = TypeVar("R", bound=Record)

MAX_BYTES = 2**20  # a study has a few kilobytes; a megabyte is no hand-written record
MAX_DEPTH = 40  # levels of nesting; records need about ten

_C_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_C_LOADER):  # type: ignore[misc, valid-type]
    """The safe C loader with the scalars of YAML 1.2's core schema and unique keys."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 PyYAML's own form

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 PyYAML's signature
        """Build a mapping; a key that stands twice is an error at its second place."""
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) < len(node.value):
            seen = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key '{key.value}' stands twice here", key.start_mark
                    )
                seen.add(key.value)
        return mapping


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$"
    ),
    list("-+.0123456789"),
)


@dataclass(frozen=True)
class YamlDocument:
    """A YAML file as read: its path as given, its text and its content."""

    path: Path
    text: str
    content: Any

    def problem(self, finding: Finding, root: yaml.Node | None = None) -> Problem:
        """Return the finding with the line and column of what it speaks of."""
        root = root if root is not None else yaml.compose(self.text, Loader=_Loader)
        line, column = _position(root, finding.where)
        return Problem(
            code=finding.code,
            file=str(self.path),
            line=line,
            column=column,
            message=finding.message,
        )

    def problems(self, findings: Iterable[Finding]) -> list[Problem]:
        """Return every finding with its line and column, in the order of the file."""
        findings = list(findings)
        root = yaml.compose(self.text, Loader=_Loader) if findings else None
        located = [self.problem(finding, root) for finding in findings]
        return sorted(located, key=lambda problem: (problem.line, problem.column, problem.code))


def read_document(path: Path) -> YamlDocument:
    """Return a YAML file with its text.

    Parameters
    ----------
    path : Path
        A UTF-8 file of at most 1 MiB.

    Raises
    ------
    MissingInputError
        If there is no such file.
    UnreadableFileError
        If it cannot be read, is no UTF-8, or is too large.
    InputError
        If it is no YAML, is empty, has a key twice, uses an alias, or nests too deeply; the
        message begins with ``FILE:LINE:COL``.
    """
    text = _text(path)
    _refuse_tricks(path, text)
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        raise InputError(_yaml_sentence(path, error)) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{path}:1:1: E010 this is no YAML that can be read: {error}") from None
    if content is None:
        raise InputError(f"{path}:1:1: E010 the file is empty; write the record or delete the file")
    return YamlDocument(path, text, content)


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
    try:
        return record.model_validate(document.content, context=dict(context or {})), []
    except ValidationError as error:
        return None, document.problems(findings_of(error, record))


def read_record(path: Path, record: type[R], context: Mapping[str, Any] | None = None) -> R:
    """Return the record of a file, or raise an ``InputError`` that lists every problem."""
    found, problems = check_record(read_document(path), record, context)
    if found is None:
        raise InputError("\n".join(map(str, problems)))
    return found


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFileError(
                f"{path} is larger than {MAX_BYTES // 2**20} MiB, which no hand-written record is"
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissingInputError(f"there is no file {path}; check the path") from None
    except IsADirectoryError:
        raise UnreadableFileError(f"{path} is a folder; name a YAML file") from None
    except PermissionError:
        raise UnreadableFileError(f"{path} may not be read; check its permissions") from None
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"{path} is no UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from None


def _refuse_tricks(path: Path, text: str) -> None:
    """Refuse aliases and deep nesting, which turn a small file into a large one."""
    may_alias = "&" in text and "*" in text
    may_nest = text.count("[") + text.count("{") > MAX_DEPTH or "\n" + " " * 2 * MAX_DEPTH in text
    if not (may_alias or may_nest or "- - -" in text):
        return
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            mark = event.start_mark
            if mark and (isinstance(event, yaml.AliasEvent) or depth > MAX_DEPTH):
                what = "is nested too deeply" if depth > MAX_DEPTH else "uses an alias (*)"
                raise InputError(
                    f"{path}:{mark.line + 1}:{mark.column + 1}: E011 the file {what}; "
                    "write the values out, as records of this kind are plain"
                )
    except yaml.YAMLError:
        return  # reading it will say what is wrong


def _yaml_sentence(path: Path, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    what = error.problem or error.context or "it cannot be parsed"
    return (
        f"{path}:{line}:{column}: E010 this is no valid YAML: {what}; "
        "check quotes, colons and indentation"
    )


def _position(root: yaml.Node | None, where: Where) -> tuple[int, int]:
    """Return line and column (from 1) of the deepest part of ``where`` that the file has."""
    node, mark = root, None
    for part in where:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    node, mark = value, key.start_mark
                    break
        elif isinstance(node, yaml.SequenceNode) and part in range(len(node.value)):
            node = node.value[part]
            mark = node.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
