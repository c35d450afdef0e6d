"""Two people's codings of the same studies, compared field by field.

Stimuli, samples, contrasts and the like are paired by their ids (outcomes by measure and band),
never by their place in the file. The three states stay apart: a value, *not reported* and *not
extracted* are three answers. Labels, notes and provenance are each coder's own words and are not
compared.

Offers: ``compare``, ``Comparison``, ``Difference``, ``FieldAgreement``, ``ABSENT``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from asmr_stim.schema.kappa import Kappa, cohen_kappa
from asmr_stim.schema.knowledge import NOT_EXTRACTED, NOT_REPORTED, Stated
from asmr_stim.schema.shape import Leaf, leaves, members
from asmr_stim.schema.study import Study

ABSENT = "no such record"
OWN_WORDS = {"sources", "upstream", "notes", "provenance"}
"""Parts that each coder writes for himself."""
TERMS = {"channel", "sources", "acts"}


@dataclass(frozen=True)
class Difference:
    """A field, or a whole record, that two coders gave differently.

    ``first`` and ``second`` are what the records hold; for a record that one coder does not have,
    ``present`` and ``ABSENT``.
    """

    study: str
    place: str
    field: str
    first: Any
    second: Any

    @property
    def is_of_record(self) -> bool:
        """Whether a whole record is on one side alone."""
        return ABSENT in (self.first, self.second)


@dataclass(frozen=True)
class FieldAgreement:
    """How often two coders gave a field alike; kappa where it is a choice among words.

    ``n_valued`` counts the codings in which at least one coder gave a value: that both left a field
    unread is agreement too, but a cheap one.
    """

    field: str
    n: int
    n_equal: int
    n_valued: int
    n_valued_equal: int
    kappa: Kappa | None


@dataclass(frozen=True)
class Comparison:
    """What two codings share.

    Attributes
    ----------
    fields : tuple of FieldAgreement
        In the order of the records.
    states : Kappa or None
        Agreement on which fields are known at all: value, not reported, not extracted.
    differences : tuple of Difference
    n_records : int
        Records (stimuli, contrasts, outcomes and the like) that both have.
    """

    fields: tuple[FieldAgreement, ...]
    states: Kappa | None
    differences: tuple[Difference, ...]
    n_records: int

    @property
    def n(self) -> int:
        """Number of fields compared."""
        return sum(each.n for each in self.fields)

    @property
    def n_equal(self) -> int:
        """Number of fields that both gave alike."""
        return sum(each.n_equal for each in self.fields)

    @property
    def n_valued(self) -> int:
        """Number of fields that at least one gave a value."""
        return sum(each.n_valued for each in self.fields)

    @property
    def n_valued_equal(self) -> int:
        """Number of these that both gave alike."""
        return sum(each.n_valued_equal for each in self.fields)


@dataclass(frozen=True)
class _Pair:
    """One field in both codings."""

    study: str
    place: str
    field: str
    first: Leaf
    second: Leaf

    @property
    def is_equal(self) -> bool:
        return category(self.first.content) == category(self.second.content)

    @property
    def is_valued(self) -> bool:
        unknown = (NOT_REPORTED, NOT_EXTRACTED)
        return self.first.content not in unknown or self.second.content not in unknown


def compare(studies: Iterable[tuple[Study, Study]]) -> Comparison:
    """Return how far two codings of the same studies agree.

    Parameters
    ----------
    studies : iterable of pairs of Study
        Both codings of each study; with one study, kappa rests on few records a field.

    Returns
    -------
    Comparison

    Notes
    -----
    A list of words (the sources of a stimulus, say) counts as one category: the set of its words.
    Text is compared without regard to case and spaces.
    """
    pairs: list[_Pair] = []
    lacking: list[Difference] = []
    n_records = 0
    for first, second in studies:
        pairs += _pairs(first, second)
        lacking += _lacking(first, second)
        n_records += len(_own_members(first) & _own_members(second))
    unequal = [
        Difference(p.study, p.place, p.field, p.first.content, p.second.content)
        for p in pairs
        if not p.is_equal
    ]
    return Comparison(
        fields=tuple(_agreements(pairs)),
        states=_state_kappa(pairs),
        differences=(*lacking, *unequal),
        n_records=n_records,
    )


def category(content: Any) -> str:
    """Return what a field holds as one word: its state, or its value in a form to compare.

    Examples
    --------
    >>> category("not reported")
    'not reported'
    """
    if isinstance(content, Stated):
        return _folded(content.value)
    if isinstance(content, tuple) and content and isinstance(content[0], Stated):
        return _folded(tuple(each.value for each in content))
    return _folded(content)


def _folded(value: Any) -> str:
    if isinstance(value, tuple | list):
        return " + ".join(sorted(_folded(member) for member in value)) or "none"
    if isinstance(value, BaseModel):
        return str(sorted(value.model_dump(exclude_defaults=True).items()))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.12g}"
    return " ".join(str(value).casefold().split())


def _compared(study: Study) -> dict[str, Leaf]:
    """Return the fields that are compared, by their place."""
    return {
        leaf.spot.place: leaf
        for leaf in leaves(study)
        if not OWN_WORDS & {leaf.spot.field[0], *leaf.spot.field[1:-1]}
        and (leaf.shape.known is not None or leaf.shape.name == "facets" or _is_coded(leaf))
    }


def _is_coded(leaf: Leaf) -> bool:
    """Tell a plain field that is a coding: a choice or a number, not a label or an id."""
    return leaf.shape.is_categorical or bool({int, float} & set(leaf.shape.types))


def _own_members(study: Study) -> set[tuple[str, ...]]:
    return {spot.path for spot in members(study) if not OWN_WORDS & set(spot.field)}


def _pairs(first: Study, second: Study) -> Iterator[_Pair]:
    """Yield each field of the records that both have; one that a coder left out is unread."""
    ours, theirs = _compared(first), _compared(second)
    shared = _own_members(first) & _own_members(second) | {()}
    for place in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(place), theirs.get(place)
        there = one or other
        if there is None or there.spot.member not in shared:
            continue
        if one is None or other is None:
            if there.shape.known is None and there.shape.name != "facets":
                continue
            unread = Leaf(there.spot, there.shape, NOT_EXTRACTED)
            one, other = one or unread, other or unread
        if one.content is None and other.content is None:
            continue
        yield _Pair(first.id, place, ".".join(there.spot.field), one, other)


def _lacking(first: Study, second: Study) -> Iterator[Difference]:
    """Yield each record that one coder alone has, without what lies inside it."""
    ours, theirs = _own_members(first), _own_members(second)
    fields = {s.path: ".".join(s.field) for study in (first, second) for s in members(study)}
    for path in sorted(ours ^ theirs):
        outer = {path[:end] for end in range(1, len(path))}
        if not outer & (ours ^ theirs):
            states = ("present", ABSENT) if path in ours else (ABSENT, "present")
            yield Difference(first.id, ".".join(path), fields[path], *states)


def _agreements(pairs: Sequence[_Pair]) -> Iterator[FieldAgreement]:
    by_field: dict[str, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        by_field[pair.field].append(pair)
    for field, members_of in by_field.items():
        kappa = _kappa(members_of) if _is_categorical(members_of[0].first) else None
        valued = [pair for pair in members_of if pair.is_valued]
        yield FieldAgreement(
            field=field,
            n=len(members_of),
            n_equal=sum(pair.is_equal for pair in members_of),
            n_valued=len(valued),
            n_valued_equal=sum(pair.is_equal for pair in valued),
            kappa=kappa,
        )


def _is_categorical(leaf: Leaf) -> bool:
    return leaf.shape.is_categorical or leaf.shape.name in TERMS | {"facets"}


def _kappa(pairs: Sequence[_Pair]) -> Kappa:
    return cohen_kappa(
        [category(pair.first.content) for pair in pairs],
        [category(pair.second.content) for pair in pairs],
    )


def _state_kappa(pairs: Sequence[_Pair]) -> Kappa | None:
    known = [pair for pair in pairs if pair.first.shape.known or pair.first.shape.name == "facets"]
    if not known:
        return None
    return cohen_kappa(
        [_state(pair.first) for pair in known], [_state(pair.second) for pair in known]
    )


def _state(leaf: Leaf) -> str:
    return leaf.content if isinstance(leaf.content, str) else "value"
