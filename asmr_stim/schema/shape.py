"""The shape of a record: which fields it has, how each is known, and what each allows.

Templates, answer forms and comparisons of codings are written from this, so that they cannot
speak of a field that the records lack. ``leaves`` walks a record down to the fields that a person
codes, each with a path of keys and ids (``stimuli``, ``asmr_video``, ``duration_s``).

Offers: ``FieldShape``, ``shapes``, ``Spot``, ``Leaf``, ``leaves``, ``members``, ``keyed``.
"""

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal

from pydantic import BaseModel
from typing_extensions import TypeAliasType

from asmr_stim.schema.base import Record
from asmr_stim.schema.knowledge import Known, KnownEach
from asmr_stim.schema.problems import Where

Path = tuple[str, ...]


@dataclass(frozen=True)
class FieldShape:
    """One field of a record.

    Attributes
    ----------
    name : str
    known : {"value", "each"} or None
        Whether it is a ``Known``, a ``KnownEach``, or a plain field without the three states.
    is_list : bool
        Whether its value is a list.
    is_required : bool
        Whether a record cannot be built without it.
    words : tuple of str
        The words it allows, where it allows only some.
    types : tuple of type
        Plain types that its value, or a member of its list, may have.
    record : type of Record or None
        The record that its value, or a member of its list, is.
    """

    name: str
    known: Literal["value", "each"] | None
    is_list: bool
    is_required: bool
    words: tuple[str, ...]
    types: tuple[type, ...]
    record: type[Record] | None

    @property
    def is_categorical(self) -> bool:
        """Whether it is a choice among words, or yes or no."""
        return bool(self.words) or self.types == (bool,)


@cache
def shapes(record: type[Record]) -> dict[str, FieldShape]:
    """Return the fields of a record by name, in the order in which they are declared."""
    return {
        name: _shape(name, field.annotation, is_required=field.is_required())
        for name, field in record.model_fields.items()
    }


def _shape(name: str, annotation: Any, *, is_required: bool) -> FieldShape:
    known: Literal["value", "each"] | None = None
    origin = typing.get_origin(annotation)
    if origin in {Known, KnownEach}:
        known = "value" if origin is Known else "each"
        (annotation,) = typing.get_args(annotation)
    inner = _bare(annotation)
    is_list = known == "each"
    if typing.get_origin(inner) is tuple:
        is_list, inner = True, _bare(typing.get_args(inner)[0])
    branches = [_bare(branch) for branch in _branches(inner)]
    words = tuple(word for b in branches if _is_literal(b) for word in typing.get_args(b))
    found = [b for b in branches if isinstance(b, type) and b is not NoneType]
    records = [each for each in found if issubclass(each, Record)]
    return FieldShape(
        name=name,
        known=known,
        is_list=is_list,
        is_required=is_required,
        words=words,
        types=tuple(each for each in found if not issubclass(each, BaseModel)),
        record=records[0] if records else None,
    )


def _bare(annotation: Any) -> Any:
    """Return a type without its constraints and without the alias that names it."""
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        else:
            return annotation


def _branches(annotation: Any) -> Iterator[Any]:
    if typing.get_origin(annotation) in {UnionType, typing.Union}:
        for branch in typing.get_args(annotation):
            yield from _branches(_bare(branch))
    else:
        yield annotation


def _is_literal(annotation: Any) -> bool:
    return typing.get_origin(annotation) is Literal


@dataclass(frozen=True)
class Spot:
    """Where something stands in a record.

    Attributes
    ----------
    path : tuple of str
        Keys and the ids of members of lists: ``stimuli``, ``asmr_video``, ``duration_s``.
    field : tuple of str
        Keys alone, the same for every member: ``stimuli``, ``duration_s``.
    where : tuple of str and int
        Keys and positions, as in the file.
    member : tuple of str
        The path of the innermost member of a list that it belongs to; empty for the record itself.
    """

    path: Path = ()
    field: Path = ()
    where: Where = ()
    member: Path = ()

    def at(self, name: str) -> "Spot":
        """Return the spot of a field of what stands here."""
        return Spot((*self.path, name), (*self.field, name), (*self.where, name), self.member)

    def of_member(self, key: str, position: int) -> "Spot":
        """Return the spot of a member of the list that stands here."""
        path = (*self.path, key)
        return Spot(path, self.field, (*self.where, position), path)

    @property
    def place(self) -> str:
        """The path as one word."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Leaf:
    """A field of a record with what it holds; the shape of a facet is that of ``facets``."""

    spot: Spot
    shape: FieldShape
    content: Any


def leaves(record: Record, spot: Spot | None = None) -> Iterator[Leaf]:
    """Yield every field of a record that holds no further record, in the order of the records.

    A list of records is entered by the key of each member; a known list of records is a leaf. A
    record that is absent has no leaves.
    """
    spot = spot or Spot()
    for name, shape in shapes(type(record)).items():
        content, here = getattr(record, name), spot.at(name)
        if shape.known is not None:
            yield Leaf(here, shape, content)
        elif isinstance(content, dict):
            yield from (Leaf(here.at(key), shape, each) for key, each in content.items())
        elif isinstance(content, Record):
            yield from leaves(content, here)
        elif shape.record is not None and shape.is_list:
            for position, (key, each) in enumerate(keyed(content)):
                yield from leaves(each, here.of_member(key, position))
        elif shape.record is None:
            yield Leaf(here, shape, content)


def members(record: Record, spot: Spot | None = None) -> Iterator[Spot]:
    """Yield the spot of every member of every plain list of records, outer ones first."""
    spot = spot or Spot()
    for name, shape in shapes(type(record)).items():
        content, here = getattr(record, name), spot.at(name)
        if shape.known is not None or shape.record is None:
            continue
        if isinstance(content, Record):
            yield from members(content, here)
        elif shape.is_list:
            for position, (key, each) in enumerate(keyed(content)):
                inner = here.of_member(key, position)
                yield inner
                yield from members(each, inner)


def keyed(members: tuple[Record, ...]) -> Iterator[tuple[str, Record]]:
    """Yield each member of a list with a key of its own, whatever its place in the list."""
    seen: dict[str, int] = {}
    for member in members:
        key = member_key(member)
        seen[key] = seen.get(key, 0) + 1
        yield (key if seen[key] == 1 else f"{key}#{seen[key]}"), member


def member_key(member: Record) -> str:
    """Return what tells a member of a list from the others: its id, name, or what it measures."""
    for name in ("id", "name", "stimulus", "construct_rated", "study", "record"):
        if isinstance(found := getattr(member, name, None), str):
            return found
    parts = [getattr(member, name, None) for name in ("x", "y", "z")]
    if None not in parts:
        return ",".join(f"{part:g}" for part in parts)
    if (measure := getattr(member, "measure", None)) is not None:
        bands = getattr(getattr(member, "bands", None), "value", ())
        return f"{measure}({'+'.join(bands)})" if bands else str(measure)
    return "member"
