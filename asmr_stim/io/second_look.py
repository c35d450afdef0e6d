"""What else is wrong in a record whose single fields are not right yet.

A record checks how its parts agree only once each of its fields is right. So that one run tells of
both, the fields that failed are taken out and the rest is looked at again. Nothing is told of the
neighbours of what was taken out, and nothing at all where a part that others refer to would be
missing: a second look never invents a problem.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from asmr_stim.io.messages import findings_of
from asmr_stim.schema.base import Record
from asmr_stim.schema.problems import Finding, Where

MOST_LOOKS = 6  # taking out a value makes its mapping incomplete, which is taken out next
MOST_ERRORS = 40  # with more wrong than that there is little left to compare


def further_findings(
    error: ValidationError, record: type[Record], content: Any, context: Mapping[str, Any]
) -> list[Finding]:
    """Return what the parts of a record contradict each other in, beside the fields that failed.

    Parameters
    ----------
    error : ValidationError
        What failed at the first look.
    record : type[Record]
    content : object
        What the record was to be built from.
    context : mapping
        Validation context.
    """
    rest, taken = deepcopy(content), list[Where]()
    for _ in range(MOST_LOOKS):
        if error.error_count() > MOST_ERRORS:
            return []
        places = list(_places(error, rest))
        if not places:
            found = findings_of(error, record, rest)
            return [each for each in found if not _is_beside(each.where, taken)]
        if None in places:
            return []
        for place in places:
            _take_out(rest, place or ())
            taken.append(place or ())
        try:
            record.model_validate(rest, context=dict(context))
        except ValidationError as next_error:
            error = next_error
        else:
            return []
    return []


def _places(error: ValidationError, rest: Any) -> Iterator[Where | None]:
    """Yield the mapping entry that each failed field is part of; None where it is needed."""
    for detail in error.errors(include_url=False):
        if detail["loc"] or "findings" not in detail.get("ctx", {}):
            yield _entry(rest, detail["loc"])


def _entry(rest: Any, loc: Where) -> Where | None:
    node: Any = rest
    path: list[Any] = []
    for part in loc:
        if (isinstance(node, dict) and part in node) or (
            isinstance(node, list) and isinstance(part, int) and part < len(node)
        ):
            node = node[part]  # type: ignore[index]  # a position where there is a list
            path.append(part)
    while path and isinstance(path[-1], int):
        path.pop()
    return None if not path or _is_referred_to(_at(rest, path)) else tuple(path)


def _at(rest: Any, path: list[Any]) -> Any:
    for part in path:
        rest = rest[part]
    return rest


def _is_referred_to(value: Any) -> bool:
    """Whether a value is a list of parts with ids, which other parts may name."""
    return isinstance(value, list) and any(
        isinstance(each, dict) and ("id" in each or "points" in each) for each in value
    )


def _take_out(rest: Any, place: Where) -> None:
    for part in place[:-1]:
        if isinstance(rest, dict) and part not in rest:
            return  # an entry above it is out already
        rest = rest[part]
    rest.pop(place[-1], None)


def _is_beside(where: Where, taken: list[Where]) -> bool:
    return any(
        where[: len(place) - 1] == place[:-1] if len(place) > 1 else where[:1] == place
        for place in taken
    )
