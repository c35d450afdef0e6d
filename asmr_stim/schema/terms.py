"""The entries that a taxonomy is made of: terms, facets, roles, groups and coding rules.

Each is one strict, frozen record with an id, a sentence that defines it, and where it comes from.
What holds between entries (parents, uniqueness, levels) is the business of ``taxonomy``.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Literal, Self

from pydantic import Field, model_validator

from asmr_stim.schema.base import Id, Many, Record, SemanticVersion, Text

Axis = Literal["source", "act", "channel"]
AXES: tuple[Axis, ...] = ("source", "act", "channel")

_SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015'\u2019]+")


def folded(word: str) -> str:
    """Return the word as look-ups compare it: no case, space, hyphen, underscore, apostrophe.

    Examples
    --------
    >>> folded("Page-Turning") == folded("page_turning") == folded("page turning")
    True
    """
    return _SEPARATORS.sub("", word.casefold())


class Source(Record):
    """Where a word or a definition comes from: a publication, a data set or the community."""

    id: Id
    citation: Text
    doi: Text | None = None
    pmid: Text | None = None
    url: Text | None = None

    def __str__(self) -> str:
        """Return the citation with its identifier, as one line."""
        identifiers = {"doi": self.doi, "PMID": self.pmid, "see": self.url}
        found = [f"{name} {value}" for name, value in identifiers.items() if value is not None]
        return ", ".join([self.citation, *found])


class Term(Record):
    """A word that a sound, an act or a channel is coded with."""

    id: Id
    label: Text
    parent: Id | None = None
    definition: Text
    scope_note: Text | None = None
    aliases: Many[Text] = ()
    sources: Many[Id] = Field(min_length=1)
    foil: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that means this term: its id, its label, its aliases."""
        return (self.id, self.label, *self.aliases)


class AxisEntry(Record):
    """One of the three questions that every stimulus answers."""

    id: Axis
    label: Text
    definition: Text


class FacetValue(Record):
    """One allowed value of a facet."""

    id: Id
    definition: Text
    aliases: Many[Text] = ()


class Facet(Record):
    """A property across the axes: a choice of values, a number with a unit, or words."""

    id: Id
    label: Text
    definition: Text
    values: Many[FacetValue] = ()
    unit: Text | None = None
    free_text: bool = False
    sources: Many[Id] = ()

    @model_validator(mode="after")
    def _has_an_answer(self) -> Self:
        if not (self.values or self.unit or self.free_text):
            raise ValueError(
                f"the facet '{self.id}' allows no answer: give values, unit or free_text"
            )
        return self


class Role(Record):
    """What a stimulus is for within one contrast."""

    id: Id
    label: Text
    definition: Text


class ContrastType(Record):
    """A kind of comparison; kinds are never pooled by default."""

    id: Id
    label: Text
    definition: Text
    example: Text


class ModeratorGroup(Record):
    """A way of sorting stimuli for a meta-analysis.

    ``levels`` names the terms of each level, each with everything below it. ``first_match`` says
    how a stimulus whose terms fall in several levels is sorted: into the first of them in the
    order of the file, or, without it, into none.
    """

    id: Id
    label: Text
    definition: Text
    rule: Text
    first_match: bool = False
    default: bool = False
    levels: dict[Id, Many[Id]] = Field(min_length=1)


class CodingRule(Record):
    """How two or more confusable terms are told apart."""

    terms: Many[Id] = Field(min_length=2)
    rule: Text


Relation = Literal["exact", "broad", "narrow", "related"]


class RelationEntry(Record):
    """What it means that a class of another scheme stands in a relation to a term."""

    id: Relation
    definition: Text


class Match(Record):
    """A class of another scheme, with its own id and name, and how it stands to a term."""

    id: Text
    name: Text
    relation: Relation


class CrosswalkScheme(Record):
    """Another scheme, and the classes of it that match terms, facets or values of facets.

    A key of ``facets`` is a facet or, after a dot, one of its values: ``material.glass``.
    """

    id: Id
    label: Text
    version: Text
    url: Text
    note: Text
    terms: dict[Id, Many[Match]]
    facets: dict[Text, Many[Match]] = Field(default_factory=dict)
    none: Many[Id]


class Terms(Record):
    """The terms of each axis, in the order in which the tree is shown."""

    source: Many[Term]
    act: Many[Term]
    channel: Many[Term]

    def __iter__(self) -> Iterator[Term]:  # type: ignore[override]
        """Go through the terms of all axes."""
        return chain(self.source, self.act, self.channel)


class WordList(Record):
    """Everything that a taxonomy file says, of one version."""

    taxonomy_version: SemanticVersion
    axes: Many[AxisEntry]
    terms: Terms
    facets: Many[Facet]
    roles: Many[Role]
    contrast_types: Many[ContrastType]
    moderator_groups: Many[ModeratorGroup]
    coding_rules: Many[CodingRule]
    crosswalk_relations: Many[RelationEntry]
    crosswalk: Many[CrosswalkScheme]
    sources: Many[Source]
