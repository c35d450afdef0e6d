"""An annotation being edited: commands, unlimited undo and redo, every step to a journal.

The session holds the whole truth in memory. Each command builds a new annotation (so an impossible
one cannot arise), keeps it, and hands the step to the journal. If the journal fails, the edit
stays in memory and the journal's error travels on to whoever called.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from asmr_stim.annotation.edits import (
    Change,
    Edit,
    EditKind,
    Journal,
    Step,
    edited,
    in_time_order,
    inverse,
)
from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.schema.annotation import Annotation, Region

R = TypeVar("R", Region, Annotation)

LABEL_FIELDS = ("source", "act", "channel", "secondary_sources")
OTHER_FIELDS = ("ear", "intensity", "pace", "confidence", "notes", "facets")


class AnnotationSession:
    """The annotation of one clip by one rater, with its history.

    Parameters
    ----------
    annotation : Annotation
        What stands at the beginning.
    taxonomy : object
        What the terms of regions are checked against.
    journal : Journal, optional
        Receives every step; None while a journal is replayed.
    """

    def __init__(
        self, annotation: Annotation, taxonomy: object, journal: Journal | None = None
    ) -> None:
        self._context = {"taxonomy": taxonomy}
        self._annotation = _with_regions(annotation, in_time_order(annotation.regions))
        self._done: list[Edit] = []
        self._undone: list[Edit] = []
        self._highest = max((_number(r.id) for r in annotation.regions), default=0)
        self.journal = journal

    @property
    def annotation(self) -> Annotation:
        """The annotation as it stands, regions in order of time."""
        return self._annotation

    @property
    def regions(self) -> tuple[Region, ...]:
        """The regions in order of time."""
        return self._annotation.regions

    @property
    def undoable(self) -> Edit | None:
        """The edit that ``undo`` would take back."""
        return self._done[-1] if self._done else None

    @property
    def redoable(self) -> Edit | None:
        """The edit that ``redo`` would do again."""
        return self._undone[-1] if self._undone else None

    def name_sound(self, sha256: str) -> None:
        """Say which sound this is an annotation of, where that was not known at the beginning."""
        clip = self._annotation.clip.model_copy(update={"sha256": sha256})
        self._annotation = self._annotation.model_copy(update={"clip": clip})

    def note_seen(self, raters: Iterable[str]) -> None:
        """Note that these raters' annotations are shown, so that this one is not blind to them."""
        seen = sorted({*self._annotation.seen_raters, *raters})
        self._annotation = self._annotation.model_copy(update={"seen_raters": tuple(seen)})

    def region(self, region_id: str) -> Region:
        """Return a region by its id, or raise a ``MissingInputError``."""
        for region in self.regions:
            if region.id == region_id:
                return region
        raise MissingInputError(f"there is no region {region_id} in this annotation")

    def add(self, onset_sample: int, offset_sample: int, **fields: Any) -> Region:
        """Make a region and return it; fields as in ``Region``.

        Raises
        ------
        InputError
            If it is empty, reaches outside the clip, or a field cannot be.
        """
        edges = {"onset_sample": onset_sample, "offset_sample": offset_sample}
        region = self._built(edges | fields | {"id": self._next_id()})
        self._do("add", Change(after=region))
        return region

    def delete(self, region_id: str) -> None:
        """Take a region out."""
        self._do("delete", Change(before=self.region(region_id)))

    def relabel(self, region_id: str, **terms: Any) -> Region:
        """Set any of source, act, channel and secondary_sources; None takes a term away."""
        return self._change("label", region_id, LABEL_FIELDS, terms)

    def set_edges(self, region_id: str, onset_sample: int, offset_sample: int) -> Region:
        """Move one or both edges, in samples."""
        edges = {"onset_sample": onset_sample, "offset_sample": offset_sample}
        return self._change("edges", region_id, tuple(edges), edges)

    def set_field(self, region_id: str, field: str, value: object) -> Region:
        """Set ear, intensity, pace, confidence, notes or facets."""
        return self._change("field", region_id, OTHER_FIELDS, {field: value})

    def duplicate(self, region_id: str) -> Region:
        """Make a region of the same length and labels right after this one, inside the clip."""
        region = self.region(region_id)
        onset = min(region.offset_sample, self._annotation.clip.n_samples - region.n_samples)
        copy = self._built(
            region.model_dump()
            | {
                "id": self._next_id(),
                "onset_sample": onset,
                "offset_sample": onset + region.n_samples,
            }
        )
        self._do("duplicate", Change(after=copy))
        return copy

    def split(self, region_id: str, at_sample: int) -> Region:
        """Cut a region in two at a sample inside it; return the later part, a new region."""
        region = self.region(region_id)
        if not region.onset_sample < at_sample < region.offset_sample:
            raise InputError(
                f"{region_id} can only be cut inside it; move the cursor between its edges"
            )
        early = self._built(region.model_dump() | {"offset_sample": at_sample})
        late = self._built(region.model_dump() | {"id": self._next_id(), "onset_sample": at_sample})
        self._do("split", Change(before=region, after=early), Change(after=late))
        return late

    def merge(self, region_id: str, other_id: str) -> Region:
        """Join two regions into one that covers both; it keeps the first one's labels.

        The other's main source becomes a secondary one where it differs; notes are joined.
        """
        if region_id == other_id:
            raise InputError(f"{region_id} cannot be merged with itself; name another region")
        region, other = self.region(region_id), self.region(other_id)
        merged = self._built(region.model_dump() | _joined(region, other))
        self._do("merge", Change(before=region, after=merged), Change(before=other))
        return merged

    def undo(self) -> Edit | None:
        """Take the last edit back and return it; None if there is none."""
        return self._travel("undo")

    def redo(self) -> Edit | None:
        """Do the last undone edit again and return it; None if there is none."""
        return self._travel("redo")

    def replay(self, steps: Iterable[Step]) -> None:
        """Do again what a journal kept, without writing it to the journal again.

        Raises
        ------
        InputError
            If a step does not fit; those before it have been done.
        """
        for step in steps:
            self._take(step)

    def _take(self, step: Step) -> None:
        """Move document and history by one step, or leave both as they are."""
        if step.edit is not None:
            self._settle(step.edit)
            self._done.append(step.edit)
            self._undone.clear()
            return
        origin, target = (
            (self._done, self._undone) if step.op == "undo" else (self._undone, self._done)
        )
        if not origin:
            raise InputError(f"there is nothing to {step.op}")
        edit = origin[-1]
        self._settle(inverse(edit) if step.op == "undo" else edit)
        target.append(origin.pop())

    def _settle(self, edit: Edit) -> None:
        """Make the edited annotation the present one."""
        self._annotation = _with_regions(self._annotation, edited(self.regions, edit))
        self._highest = max(self._highest, *(_number(c.region_id) for c in edit.changes))

    def _travel(self, op: Any) -> Edit | None:
        edit = self.undoable if op == "undo" else self.redoable
        if edit is not None:
            self._record(Step(op=op))
        return edit

    def _do(self, kind: EditKind, *changes: Change) -> None:
        self._record(Step(op="edit", edit=Edit(kind=kind, changes=changes)))

    def _record(self, step: Step) -> None:
        """Take the step, then tell the journal."""
        self._take(step)
        if self.journal is not None:
            self.journal.append(step)

    def _change(
        self, kind: EditKind, region_id: str, allowed: tuple[str, ...], fields: Mapping[str, Any]
    ) -> Region:
        """Replace fields of a region; what is the same already is no edit."""
        for name in fields:
            if name not in allowed:
                raise InputError(f"'{name}' is not one of {', '.join(allowed)}")
        before = self.region(region_id)
        after = self._built(before.model_dump() | dict(fields))
        if after != before:
            self._do(kind, Change(before=before, after=after))
        return after

    def _built(self, content: Mapping[str, Any]) -> Region:
        return _or_sentence(lambda: Region.model_validate(dict(content), context=self._context))

    def _next_id(self) -> str:
        """Return an id that no region has had, so that notes about one stay true."""
        return f"r{self._highest + 1:03d}"


def _joined(region: Region, other: Region) -> dict[str, Any]:
    """Return what changes in a region when another is joined to it."""
    further = dict.fromkeys((*region.secondary_sources, *other.sources))
    source = region.source or next(iter(further), None)
    return {
        "onset_sample": min(region.onset_sample, other.onset_sample),
        "offset_sample": max(region.offset_sample, other.offset_sample),
        "source": source,
        "secondary_sources": tuple(term for term in further if term != source),
        "notes": "; ".join(note for note in (region.notes, other.notes) if note),
    }


def _with_regions(annotation: Annotation, regions: tuple[Region, ...]) -> Annotation:
    """Return the annotation with other regions, checked as a whole."""
    content = {name: getattr(annotation, name) for name in Annotation.model_fields}
    return _or_sentence(lambda: Annotation(**(content | {"regions": regions})))


def _or_sentence(build: Callable[[], R]) -> R:
    """Build a record; what pydantic finds wrong becomes one sentence."""
    try:
        return build()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{place}: {reason}" if place else reason) from None


def _number(region_id: str) -> int:
    return int(region_id[1:])
