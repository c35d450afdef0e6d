"""Pydantic's findings in words that a tired researcher can act on.

The words stand in ``schemas/messages.yaml``; this module fills in the key, what was found, what
is allowed and the nearest word that would have been right.
"""

import typing
from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from typing_extensions import TypeAliasType

from asmr_stim.io.meant_values import meant_value
from asmr_stim.resources import schemas_folder
from asmr_stim.schema.base import Record
from asmr_stim.schema.problems import Finding, Rename, Where
from asmr_stim.schema.spelling import certain_word, close_word

MOST_TOLD = 200  # problems of one file; a file with more is something else, or an attack


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(
        (schemas_folder() / "messages.yaml").read_text(encoding="utf-8")
    )
    return table


def findings_of(error: ValidationError, record: type[Record], content: Any = None) -> list[Finding]:
    """Return every finding of a failed validation, a misspelt key and its gap merged into one.

    Parameters
    ----------
    error : ValidationError
        What pydantic raised.
    record : type[Record]
        The record that was to be built: its keys are what a hint may offer.
    content : optional
        What it was to be built from: a key that stands there already is not offered.
    """
    every = _one_for_each_choice([dict(each) for each in error.errors(include_url=False)])
    n_found = sum(len(each.get("ctx", {}).get("findings", "1")) for each in every)
    details = every[:MOST_TOLD]
    renames = _renames(details)
    findings = []
    for detail in details:
        where: Where = tuple(detail["loc"])
        if detail["type"] == "missing" and where in renames.values():
            continue
        if "findings" in detail.get("ctx", {}):
            found = zip(detail["ctx"]["findings"], detail["ctx"]["renames"], strict=True)
            findings += [
                Finding(code, (*where, *inner), sentence, rename)
                for (code, inner, sentence), rename in found
            ]
            continue
        gap = renames.get(where)
        words = [str(gap[-1])] if gap else _words(detail, record, content)
        keys = sorted(_keys_at(record, where[:-1])) if detail["type"] == "extra_forbidden" else []
        findings.append(_finding(detail, words, keys))
    if n_found > MOST_TOLD:
        sentence = f"there are {n_found} problems here; after {MOST_TOLD} no more are told"
        return [*findings[:MOST_TOLD], Finding("E016", findings[:MOST_TOLD][-1].where, sentence)]
    return findings


def one_line(text: str) -> str:
    """Return a text with line breaks and control characters written out, as in a message."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def _one_for_each_choice(details: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Merge what pydantic says of every branch of a choice of types into one detail."""
    merged: dict[Where, dict[str, Any]] = {}
    for number, detail in enumerate(details):
        loc: Where = tuple(detail["loc"])
        branch = next((i for i, part in enumerate(loc) if _branch(part) is not None), None)
        if branch is None:
            merged[(number, *loc)] = detail
            continue
        place = ("choice", *loc[:branch])
        choice = merged.setdefault(
            place, {"type": "no_branch", "loc": loc[:branch], "msg": "", "ctx": {"branches": []}}
        )
        word = _branch(loc[branch])
        if word not in choice["ctx"]["branches"]:
            choice["ctx"]["branches"].append(word)
        if len(loc) == branch + 1:
            choice["input"] = detail["input"]
        choice.setdefault("input", [])
    return list(merged.values())


def _branch(part: object) -> str | None:
    """Return in words the branch of a choice of types that pydantic names in a path."""
    return _table()["branches"].get(part.partition("[")[0]) if isinstance(part, str) else None


def _renames(details: list[dict[str, Any]]) -> dict[Where, Where]:
    """Pair each unknown key with the missing key of the same mapping that it looks like."""
    missing = [tuple(d["loc"]) for d in details if d["type"] == "missing"]
    pairs: dict[Where, Where] = {}
    for detail in details:
        if detail["type"] != "extra_forbidden":
            continue
        loc = tuple(detail["loc"])
        gaps = {str(m[-1]): m for m in missing if m[:-1] == loc[:-1] and m not in pairs.values()}
        match = close_word(loc[-1], gaps)
        if match:
            pairs[loc] = gaps[match]
    return pairs


def _words(detail: Mapping[str, Any], record: type[Record], content: Any) -> list[str]:
    """Return the words one of which should stand in place of the one that does."""
    kind = detail["type"]
    if kind == "extra_forbidden":
        where = tuple(detail["loc"][:-1])
        return sorted(_keys_at(record, where) - _keys_there(content, where))
    if kind == "literal_error":
        return _expected(detail)
    return ["not reported", "not extracted"] if kind in {"unstated", "unstated_list"} else []


def _hint(detail: Mapping[str, Any], words: list[str], keys: list[str]) -> str:
    is_key = detail["type"] == "extra_forbidden"
    word = detail["loc"][-1] if is_key else detail["input"]
    match = close_word(word, words) if isinstance(word, str) else None
    if match:
        return f"; did you mean '{match}'?"
    return f"; the keys here are: {', '.join(keys)}" if keys else ""


def _write(detail: Mapping[str, Any]) -> str:
    meant = meant_value(detail["type"], detail.get("input"))
    return f"; write {meant}" if meant is not None else ""


def _rename(detail: Mapping[str, Any], words: list[str]) -> Rename | None:
    """Return the word that was certainly meant, if one was."""
    context = detail.get("ctx", {})
    if "rename" in context:
        found: Rename | None = context["rename"]
        return found
    is_key = detail["type"] == "extra_forbidden"
    word = detail["loc"][-1] if is_key else detail["input"]
    meant = certain_word(word, {each: each for each in words}) if isinstance(word, str) else None
    return Rename("key" if is_key else "value", word, meant) if meant is not None else None


def _finding(detail: Mapping[str, Any], words: list[str], keys: list[str]) -> Finding:
    where: Where = tuple(detail["loc"])
    messages = _table()["messages"]
    entry = messages.get(detail["type"], messages["value_error"])
    context = dict(detail.get("ctx", {}))
    pattern = context.get("pattern", "")
    names = [part for part in where if isinstance(part, str) and not _is_tag(part)]
    outer = ".".join(str(part) for part in where[:-1] if not _is_tag(part))
    sentence = entry["text"].format_map(
        {
            **context,
            "key": _name(names, detail["type"]),
            "in_where": f" in '{outer}'" if outer else "",
            "found": _shown(detail["input"]),
            "allowed": ", ".join(context.get("branches") or _expected(detail)),
            "form": _table()["patterns"].get(pattern, pattern),
            "hint": _hint(detail, words, keys),
            "write": _write(detail),
            "reason": detail["msg"].removeprefix("Value error, "),
        }
    )
    return Finding(entry["code"], where, sentence, _rename(detail, words))


def _name(names: list[str], kind: str) -> str:
    """Return the key that a sentence speaks of; a 'value' is named with the field it is of."""
    if not names:
        return "the file"
    of_field = (
        names[-1] == "value" and len(names) > 1 and kind not in {"missing", "extra_forbidden"}
    )
    return ".".join(names[-2:]) if of_field else names[-1]


def _expected(detail: Mapping[str, Any]) -> list[str]:
    expected = str(detail.get("ctx", {}).get("expected", ""))
    return [word.strip(" '") for word in expected.replace(" or ", ", ").split(",") if word.strip()]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    text = one_line(str(value))
    text = text if len(text) <= 60 else text[:57] + "..."
    return f"'{text}'" if isinstance(value, str) else text


def _is_tag(part: object) -> bool:
    """Tell the names that pydantic adds for the branch of a union from keys of the file."""
    return part in {"stated", "unstated"}


def _keys_there(content: Any, where: Where) -> set[str]:
    """Return the keys of the mapping that stands at a path."""
    for part in where:
        if isinstance(content, dict) and part in content:
            content = content[part]
        elif isinstance(content, list) and part in range(len(content)):
            content = content[int(part)]
    return set(content) if isinstance(content, dict) else set()


def _keys_at(record: type[BaseModel], where: Where) -> set[str]:
    """Return the keys that the mapping at a path may have."""
    models = {record}
    for part in where:
        if isinstance(part, int) or _is_tag(part):
            continue
        models = {
            inner
            for model in models
            if part in model.model_fields
            for inner in _models_in(model.model_fields[str(part)].annotation)
        } or models
    return {key for model in models for key in model.model_fields}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the records that an annotation speaks of, through unions, lists and aliases."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    alias = typing.get_origin(annotation)
    if isinstance(alias, TypeAliasType):
        meant = typing.get_args(annotation)
        for model in _models_in(alias.__value__):
            is_generic = model.__pydantic_generic_metadata__["parameters"]
            yield model[meant] if is_generic else model  # type: ignore[index]
    elif isinstance(annotation, UnionType) or alias is not None:
        for inner in typing.get_args(annotation):
            yield from _models_in(inner)
