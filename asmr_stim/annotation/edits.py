"""One edit of an annotation as a value: what each touched region was, and what it became.

Adding, deleting, labelling, moving an edge, splitting and merging are all the same kind of value,
so undoing one is swapping its two sides, and a journal of them replays to the same document.

Offers: ``Change``, ``Edit``, ``edited``, ``inverse``, and ``Step`` with the ``Journal`` it goes to.
"""

from collections.abc import Iterable
from typing import Annotated, Literal, Protocol, Self

from pydantic import Field, Strict, model_validator

from asmr_stim.errors import InputError
from asmr_stim.schema.annotation import Region
from asmr_stim.schema.base import Record

EditKind = Literal["add", "delete", "label", "edges", "field", "duplicate", "split", "merge"]


class Change(Record):
    """One region before and after; ``None`` where it was not there.

    Attributes
    ----------
    before, after : Region or None
        Not both None; with the same id where both are there.
    """

    before: Region | None = None
    after: Region | None = None

    @property
    def region_id(self) -> str:
        """The id of the region that changes."""
        region = self.after or self.before
        assert region is not None, "the validator below holds this"  # noqa: S101 for mypy
        return region.id

    @model_validator(mode="after")
    def _is_about_one_region(self) -> Self:
        if self.before is None and self.after is None:
            raise ValueError("a change needs a region before or after it")
        if self.before is not None and self.after is not None and self.before.id != self.after.id:
            raise ValueError(
                f"a change is about one region, found {self.before.id}, {self.after.id}"
            )
        return self


class Edit(Record):
    """Changes that happen, and are undone, together.

    Attributes
    ----------
    kind : str
        What the rater did, as in ``add`` or ``split``.
    changes : tuple of Change
        At least one, each about another region.
    """

    kind: EditKind
    changes: Annotated[tuple[Change, ...], Strict(strict=False), Field(min_length=1)]

    @property
    def region_id(self) -> str:
        """The region that a screen should show after this edit."""
        for change in self.changes:
            if change.after is not None:
                return change.region_id
        return self.changes[0].region_id

    @model_validator(mode="after")
    def _touches_each_region_once(self) -> Self:
        ids = [change.region_id for change in self.changes]
        if len(set(ids)) < len(ids):
            raise ValueError(f"an edit touches each region once, found {', '.join(ids)}")
        return self


class Step(Record):
    """What a journal keeps: an edit, or that the last one was undone or done again.

    Attributes
    ----------
    op : {'edit', 'undo', 'redo'}
    edit : Edit or None
        Present for 'edit' only.
    """

    op: Literal["edit", "undo", "redo"]
    edit: Edit | None = None

    @model_validator(mode="after")
    def _edit_comes_with_its_content(self) -> Self:
        if (self.op == "edit") is (self.edit is None):
            raise ValueError(
                f"a step '{self.op}' {'needs' if self.edit is None else 'has no'} edit"
            )
        return self


class Journal(Protocol):
    """Where steps go before anybody is told that they are saved."""

    def append(self, step: Step) -> None:
        """Keep the step for good, or raise an ``OutputError``."""


def inverse(edit: Edit) -> Edit:
    """Return the edit that takes this one back."""
    swapped = tuple(Change(before=c.after, after=c.before) for c in reversed(edit.changes))
    return Edit(kind=edit.kind, changes=swapped)


def edited(regions: tuple[Region, ...], edit: Edit) -> tuple[Region, ...]:
    """Return the regions after an edit, in order of time.

    Parameters
    ----------
    regions : tuple of Region
        Ids unique.
    edit : Edit

    Raises
    ------
    InputError
        If a region is not as the edit expects to find it.
    """
    by_id = {region.id: region for region in regions}
    for change in edit.changes:
        if by_id.get(change.region_id) != change.before:
            raise InputError(
                f"the edit '{edit.kind}' of region {change.region_id} does not fit the annotation "
                "that it is applied to; it was made on another state of it"
            )
    for change in edit.changes:
        if change.after is None:
            del by_id[change.region_id]
        else:
            by_id[change.region_id] = change.after
    return in_time_order(by_id.values())


def in_time_order(regions: Iterable[Region]) -> tuple[Region, ...]:
    """Return regions by onset, then offset, then id."""
    return tuple(sorted(regions, key=lambda r: (r.onset_sample, r.offset_sample, r.id)))
