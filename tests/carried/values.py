"""The values of a study: what stands with a provenance, without labels and notes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from asmr_stim.schema.checks import walk
from asmr_stim.schema.knowledge import Stated, value_of
from asmr_stim.schema.stimulus import Detail
from carried.evidence import numbers, spans_s

UNIT_S = {"s": 1, "min": 60, "h": 3600}


def plain(value: Any) -> Any:
    """Return records and tuples as mappings and lists."""
    if isinstance(value, BaseModel):
        return value.model_dump()
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def stated(record: Any) -> Iterator[Any]:
    for _, value in walk(record):
        if isinstance(value, Stated):
            yield plain(value.value)


def texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list | tuple | dict):
        for member in content.values() if isinstance(content, dict) else content:
            yield from texts(member)


def figures(record: Any) -> Counter[float]:
    """Return how often each number stands among the values of a record."""
    return Counter(number for value in stated(record) for number in numbers(value))


def durations_s(study):
    """Return how often each duration stands in the stimuli and details, in seconds."""
    found = Counter(
        number for stimulus in study.stimuli for number in numbers(value_of(stimulus.duration_s))
    )
    for _, each in walk(study):
        if isinstance(each, Detail):
            content = plain(value_of(each.value))
            if each.unit in UNIT_S:
                found.update(number * UNIT_S[each.unit] for number in numbers(content))
            found.update(span for text in texts(content) for span in spans_s(text))
    return found


def outcomes(study):
    return [outcome for contrast in study.contrasts for outcome in contrast.outcomes]
