"""The field guide: what every field of a record means, in a sentence.

The sentences stand in ``schemas/field_guide.yaml``; a guide that leaves out a field of a study, or
speaks of one that does not exist, cannot be built.
"""

from collections.abc import Iterator, Mapping
from typing import Self

from pydantic import model_validator

from asmr_stim.schema.base import Many, Record, SemanticVersion, Text
from asmr_stim.schema.knowledge import inconsistent
from asmr_stim.schema.problems import Finding
from asmr_stim.schema.shape import shapes
from asmr_stim.schema.study import Study


class FieldGuide(Record):
    """What each field of each record of a study means, and what a new file says in its place."""

    schema_version: SemanticVersion
    records: dict[str, dict[str, Text]]
    placeholders: dict[str, dict[str, Text | Many[Text]]]

    @model_validator(mode="after")
    def _knows_every_field(self) -> Self:
        known = {record.__name__: set(shapes(record)) for record in records_of_a_study()}
        findings = [*_gaps(known, self.records), *_strangers(known, self.records, "records")]
        findings += _strangers(known, self.placeholders, "placeholders")
        if findings:
            raise inconsistent(findings)
        return self

    def meaning(self, record: type[Record], field: str) -> str:
        """Return the sentence on a field."""
        return self.records[record.__name__][field]

    def placeholder(self, record: type[Record], field: str) -> str | tuple[str, ...] | None:
        """Return what a new file says in place of a field, or None where it says nothing."""
        return self.placeholders.get(record.__name__, {}).get(field)


def records_of_a_study() -> tuple[type[Record], ...]:
    """Return every kind of record that a study's file holds, from the outside in."""
    found: list[type[Record]] = []
    waiting: list[type[Record]] = [Study]
    while waiting:
        record = waiting.pop(0)
        if record not in found:
            found.append(record)
            waiting += [each.record for each in shapes(record).values() if each.record is not None]
    return tuple(found)


def _gaps(known: dict[str, set[str]], told: dict[str, dict[str, str]]) -> Iterator[Finding]:
    for name, fields in known.items():
        for field in sorted(fields - set(told.get(name, {}))):
            sentence = f"the field '{field}' of '{name}' is not explained; add a sentence"
            yield Finding("E073", ("records", name), sentence)


def _strangers(
    known: dict[str, set[str]], told: Mapping[str, Mapping[str, object]], where: str
) -> Iterator[Finding]:
    for name, fields in told.items():
        if name not in known:
            yield Finding("E074", (where, name), f"'{name}' is no record of a study")
            continue
        for field in fields:
            if field not in known[name]:
                yield Finding("E074", (where, name, field), f"'{name}' has no field '{field}'")
