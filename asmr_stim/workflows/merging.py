"""One study's content made of two codings and the decisions on their differences."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from asmr_stim.io.yaml_text import plain_data
from asmr_stim.schema.adjudication import FIRST, SECOND, Decided
from asmr_stim.schema.comparison import ABSENT
from asmr_stim.schema.shape import Spot, leaves, members
from asmr_stim.schema.study import Study


def decided_content(first: Study, second: Study, decisions: tuple[Decided, ...]) -> dict[str, Any]:
    """Return the content of a study file: the first coding with what was decided otherwise.

    Sources of the second coding come along; one whose id means something else in the first is
    renamed, and the values that name it with it.
    """
    return _Merger(first, second).decided(decisions)


class _Merger:
    """The first coding's content, into which decisions for the second are taken over."""

    def __init__(self, first: Study, second: Study) -> None:
        self._content = deepcopy(plain_data(first))
        self._other = plain_data(second)
        self._renamed = self._take_sources()
        self._spots = [_spots(study) for study in (first, second)]

    def decided(self, differences: tuple[Decided, ...]) -> dict[str, Any]:
        """Return the content after every decision; records are left out last."""
        left_out: list[Spot] = []
        for each in differences:
            if ABSENT not in (each.first, each.second):
                self._set(each)
            elif each.first == ABSENT and each.decision == SECOND:
                self._add(each.place)
            elif each.second == ABSENT and each.decision == SECOND:
                left_out.append(self._spots[0][each.place])
        for spot in sorted(left_out, key=lambda spot: spot.where[-1], reverse=True):
            *way, place = spot.where
            del _at(self._content, tuple(way))[place]
        return self._content

    def _set(self, each: Decided) -> None:
        if each.decision == FIRST:
            return
        value = each.second if each.decision == SECOND else each.decision
        if each.decision == SECOND:
            value = self._with_own_sources(value)
        *way, name = self._where(each.place)
        holder: Any = self._content
        for part in way:
            holder = holder.setdefault(part, {}) if isinstance(part, str) else holder[part]
        holder[name] = value

    def _where(self, place: str) -> list[str | int]:
        """Return the path of a field in the first coding, also where only the second has it."""
        ours, theirs = self._spots
        if place in ours:
            return list(ours[place].where)
        spot = theirs[place]
        member = ours[".".join(spot.member)].where if spot.member else ()
        return [*member, *spot.path[len(spot.member) :]]

    def _add(self, place: str) -> None:
        ours, theirs = self._spots
        spot = theirs[place]
        parent = ".".join(spot.path[:-2])
        holder = _at(self._content, ours[parent].where) if parent else self._content
        record = self._with_own_sources(_at(self._other, spot.where))
        holder.setdefault(spot.path[-2], []).append(record)

    def _take_sources(self) -> dict[str, str]:
        """Take the second coding's sources over; return new names for those whose id is taken."""
        ours = {each["id"]: each for each in self._content["sources"]}
        renamed: dict[str, str] = {}
        for each in self._other["sources"]:
            name = each["id"]
            if name in ours and ours[name]["reference"] != each["reference"]:
                renamed[name] = f"{name}_of_second"
            elif name in ours:
                continue
            self._content["sources"].append(each | {"id": renamed.get(name, name)})
        return renamed

    def _with_own_sources(self, value: Any) -> Any:
        """Return a value of the second coding with its sources named as they are named now."""
        if isinstance(value, dict):
            return {
                key: [self._renamed.get(name, name) for name in part]
                if key == "sources" and "scope" in value
                else self._with_own_sources(part)
                for key, part in value.items()
            }
        return (
            [self._with_own_sources(part) for part in value] if isinstance(value, list) else value
        )


def _spots(study: Study) -> dict[str, Spot]:
    return dict(_named(study))


def _named(study: Study) -> Iterator[tuple[str, Spot]]:
    for spot in members(study):
        yield spot.place, spot
    for leaf in leaves(study):
        yield leaf.spot.place, leaf.spot


def _at(content: Any, where: tuple[str | int, ...]) -> Any:
    for part in where:
        content = content[part]
    return content
