"""What is known, where from, and what is not: the three states of a study's field.

A field is a value with its provenance, ``not reported`` (the full text was read and does not
say) or ``not extracted`` (the full text was not read). The three are never merged, and an
absent key means ``not extracted``.

``Known[T]`` is the type of such a field, ``KnownEach[T]`` that of a list whose members differ in
how they are known.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Discriminator, Tag, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypeAliasType

from asmr_stim.schema.base import Id, Many, Record, Text
from asmr_stim.schema.problems import Finding

T = TypeVar("T")

Unknown = Literal["not reported", "not extracted"]
NOT_REPORTED: Unknown = "not reported"
NOT_EXTRACTED: Unknown = "not extracted"

Basis = Literal["stated", "coded", "derived", "inferred", "secondary"]
"""How a value follows from its source: ``stated`` in so many words; ``coded``, a word of our
taxonomy or coding scheme given to what is stated; ``derived`` by arithmetic from stated numbers;
``inferred``, beyond what is stated; ``secondary``, stated by a source about the study."""


class Provenance(Record):
    """Where a value comes from.

    ``scope: value`` names the sources that hold this very value; ``scope: study`` says only that
    it comes from the sources of the study as a whole, and is never shown as if a source stood
    beside the value.
    """

    scope: Literal["value", "study"]
    sources: Many[Id] = ()
    locator: Text | None = None

    @model_validator(mode="after")
    def _scope_and_sources_agree(self) -> "Provenance":
        if self.scope == "value" and not self.sources:
            raise ValueError("a provenance of scope 'value' names its sources")
        if self.scope == "study" and (self.sources or self.locator):
            raise ValueError("a provenance of scope 'study' names no single source")
        return self


class Stated(Record, Generic[T]):
    """A value, how it follows from its source, and the source."""

    value: T
    basis: Basis
    provenance: Provenance
    note: Text | None = None

    @model_validator(mode="after")
    def _is_a_value(self) -> "Stated[T]":
        if self.value in (NOT_REPORTED, NOT_EXTRACTED):
            raise ValueError(
                f"'{self.value}' is no value with a source; write it in place of the whole mapping"
            )
        return self


def _state(field: Any) -> str | None:
    """Tell a value with provenance from a state of not knowing."""
    if isinstance(field, dict | Stated):
        return "stated"
    if isinstance(field, str) and field in {NOT_REPORTED, NOT_EXTRACTED}:
        return "unstated"
    return None


_state_of_knowledge = Discriminator(
    _state,
    custom_error_type="unstated",
    custom_error_message="must be a value with provenance, 'not reported' or 'not extracted'",
)

Known = TypeAliasType(
    "Known",
    Annotated[
        Annotated[Stated[T], Tag("stated")] | Annotated[Unknown, Tag("unstated")],
        _state_of_knowledge,
    ],
    type_params=(T,),
)


def _state_of_each(field: Any) -> str | None:
    if isinstance(field, list | tuple):
        return "stated"
    return _state(field) if not isinstance(field, dict | Stated) else None


KnownEach = TypeAliasType(
    "KnownEach",
    Annotated[
        Annotated[Many[Stated[T]], Tag("stated")] | Annotated[Unknown, Tag("unstated")],
        Discriminator(
            _state_of_each,
            custom_error_type="unstated_list",
            custom_error_message="must be a list of values, 'not reported' or 'not extracted'",
        ),
    ],
    type_params=(T,),
)


def value_of(field: Any) -> Any:
    """Return the value of a known field, or None where it is not known."""
    if isinstance(field, Stated):
        return field.value
    if isinstance(field, tuple):
        return tuple(member.value for member in field)
    return None


def inconsistent(findings: Sequence[Finding]) -> PydanticCustomError:
    """Return the error by which a record reports several findings about itself at once.

    Its context holds ``findings`` (code, path and sentence of each) and, as long, ``renames``.
    """
    context = {
        "sentences": "; ".join(finding.message for finding in findings),
        "findings": [(each.code, each.where, each.message) for each in findings],
        "renames": [each.rename for each in findings],
    }
    return PydanticCustomError("inconsistent", "{sentences}", context)
