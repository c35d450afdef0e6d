"""What the docstrings of a record say of it and of each of its fields, as plain sentences.

A field is described by the string that follows it in the class, or by its entry under
``Attributes`` or ``Parameters`` in the docstring of the class.

Offers: ``record_description``, ``field_descriptions``.
"""

import ast
import inspect
import re
import textwrap
from itertools import pairwise

from pydantic import BaseModel

_SECTION = re.compile(r"^(?P<name>[A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)
_ENTRY = re.compile(r"^(?P<names>\w+(?:, \w+)*)(?: : .*)?$")


def record_description(record: type[BaseModel]) -> str:
    """Return what a record is: its docstring up to the first section, one line a paragraph."""
    text = inspect.cleandoc(_as_written(record).__doc__ or "")
    section = _SECTION.search(text)
    return _plain(text[: section.start()] if section else text)


def field_descriptions(record: type[BaseModel]) -> dict[str, str]:
    """Return what the docstrings say of the fields, by the name of the field."""
    record = _as_written(record)
    return {
        name: sentence
        for base in reversed(record.__mro__)
        if issubclass(base, BaseModel) and base is not BaseModel
        for name, sentence in {**_entries(base), **_strings_after_fields(base)}.items()
        if name in record.model_fields
    }


def _as_written(record: type[BaseModel]) -> type[BaseModel]:
    """Return ``Stated`` for ``Stated[int]``, which no source file holds."""
    origin: type[BaseModel] | None = record.__pydantic_generic_metadata__["origin"]
    return record if origin is None else origin


def _entries(record: type[BaseModel]) -> dict[str, str]:
    """Return the entries under Attributes and Parameters; names before a comma share one."""
    text = inspect.cleandoc(record.__doc__ or "")
    sections = list(_SECTION.finditer(text))
    ends = [section.start() for section in sections[1:]] + [len(text)] * bool(sections)
    described: dict[str, str] = {}
    for section, end in zip(sections, ends, strict=True):
        if section["name"] not in {"Attributes", "Parameters"}:
            continue
        names: list[str] = []
        for line in text[section.end() : end].strip("\n").split("\n"):
            entry = _ENTRY.match(line)
            if entry:
                names = entry["names"].split(", ")
            elif line.strip():
                for name in names:
                    described[name] = f"{described.get(name, '')} {line.strip()}".strip()
    return {name: _plain(sentence) for name, sentence in described.items()}


def _strings_after_fields(record: type[BaseModel]) -> dict[str, str]:
    (source,) = ast.parse(textwrap.dedent(inspect.getsource(record))).body
    body = source.body if isinstance(source, ast.ClassDef) else []
    return {
        field.target.id: _plain(inspect.cleandoc(string.value.value))
        for field, string in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(string, ast.Expr)
        and isinstance(string.value, ast.Constant)
        and isinstance(string.value.value, str)
    }


def _plain(text: str) -> str:
    """Return paragraphs on one line each, without reST's marks for code and emphasis."""
    paragraphs = re.split(r"\n\s*\n", text.replace("``", "`").strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
