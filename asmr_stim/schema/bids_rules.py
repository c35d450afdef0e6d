"""The rules that a folder of stimuli must follow in BIDS, as data: the form of ``bep044.yaml``."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from asmr_stim.schema.base import Many, Record, SemanticVersion, Text
from asmr_stim.schema.problems import Severity

LABEL = "[0-9a-zA-Z]+"
Level = Literal["required", "recommended", "optional"]
Form = Literal["text", "number", "not_negative", "boolean", "address"]


def expression(pattern: str) -> re.Pattern[str]:
    """Return a pattern of the rules as a regular expression."""
    return re.compile(pattern.replace("LABEL", LABEL))


class Draft(Record):
    """Which text the rules restate."""

    url: Text
    revision: Text
    date: Text


class NameRule(Record):
    """A form that the name of a file may have."""

    id: Text
    pattern: Text


class FieldRule(Record):
    """A column of a table, or a key of a sidecar."""

    name: Text
    level: Level
    form: Form = "text"
    key: bool = False
    pattern: Text | None = None
    values: Many[Text] = ()

    @property
    def wanted(self) -> str:
        """What a value must be, in words."""
        words = {
            "text": "text",
            "number": "a number",
            "not_negative": "a number from 0",
            "boolean": "true or false",
            "address": "an address such as https://example.org/clip",
        }
        if self.values:
            return f"one of {', '.join(self.values)}"
        return f"of the form {self.pattern}" if self.pattern else words[self.form]


class TableRule(Record):
    """The columns of the tables whose names match."""

    id: Text
    pattern: Text
    columns: Many[FieldRule]


class SidecarRule(Record):
    """The keys of the sidecars whose names match."""

    id: Text
    pattern: Text
    keys: Many[FieldRule]


class RuleMessage(Record):
    """What a broken rule is called, how bad it is, and what is said."""

    code: Text
    level: Severity
    text: Text


class BidsRules(Record):
    """Everything that is checked of a folder ``stimuli/``."""

    schema_version: SemanticVersion
    draft: Draft
    hed_version: Text
    names: Many[NameRule]
    tables: Many[TableRule]
    sidecars: Many[SidecarRule]
    messages: dict[Text, RuleMessage] = Field(min_length=1)

    @cached_property
    def name_expressions(self) -> tuple[re.Pattern[str], ...]:
        """The forms that a name may have."""
        return tuple(expression(rule.pattern) for rule in self.names)

    def table(self, name: str) -> TableRule | None:
        """Return the rule for a table of this name, or None."""
        return next((r for r in self.tables if expression(r.pattern).fullmatch(name)), None)

    def sidecar(self, name: str) -> SidecarRule | None:
        """Return the rule for a sidecar of this name, or None."""
        return next((r for r in self.sidecars if expression(r.pattern).fullmatch(name)), None)


def is_of_form(rule: FieldRule, value: Any) -> bool:
    """Return whether a value, as text or from JSON, is what a rule wants."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if rule.values:
        return text in rule.values
    if rule.pattern is not None:
        return expression(rule.pattern).fullmatch(text) is not None
    return _FORMS[rule.form](text) and (rule.form != "text" or isinstance(value, str))


def _number(text: str) -> float | None:
    decimal = r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?"
    return float(text) if re.fullmatch(decimal, text) else None


def _is_not_negative(text: str) -> bool:
    number = _number(text)
    return number is not None and number >= 0


_FORMS: dict[Form, Callable[[str], bool]] = {
    "text": lambda text: bool(text.strip()),
    "number": lambda text: _number(text) is not None,
    "not_negative": _is_not_negative,
    "boolean": lambda text: text in {"true", "false"},
    "address": lambda text: re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", text) is not None,
}
