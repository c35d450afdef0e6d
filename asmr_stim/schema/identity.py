"""Which recording a stimulus is, where it came from, and what may be done with it.

The program never downloads media: an identity is what makes a clip findable and checkable for a
person who may. A licence is kept as it is stated, not as we read it.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from asmr_stim.schema.base import Record, Sha256, Text
from asmr_stim.schema.knowledge import NOT_EXTRACTED, Known, inconsistent, value_of
from asmr_stim.schema.problems import Finding

Seconds = Annotated[float, Field(ge=0)]


def _a_day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text}' is no day; write it as 2026-11-22") from None
    return text


def _inside_its_folder(text: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or "\\" in text or ":" in path.parts[0]:
        raise ValueError(f"'{text}' leads out of the catalogue; give a path inside its folder")
    return text


Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_a_day)]
InnerPath = Annotated[str, StringConstraints(min_length=1), AfterValidator(_inside_its_folder)]


class Permission(Record):
    """What became of asking the maker for the use of a clip."""

    state: Literal["asked", "granted", "refused"]
    by: Text
    """Who asked, or who granted or refused."""
    on: Day | None = None
    covers: Text | None = None


class Identity(Record):
    """A recording, so that another laboratory can find the same one and check that it is."""

    video_id: Known[Text] = NOT_EXTRACTED
    channel_name: Known[Text] = NOT_EXTRACTED
    uploaded_on: Known[Day] = NOT_EXTRACTED
    retrieved_on: Known[Day] = NOT_EXTRACTED
    last_seen_on: Known[Day] = NOT_EXTRACTED
    recording_duration_s: Known[Annotated[float, Field(gt=0)]] = NOT_EXTRACTED
    in_s: Known[Seconds] = NOT_EXTRACTED
    out_s: Known[Seconds] = NOT_EXTRACTED
    file: Known[InnerPath] = NOT_EXTRACTED
    file_sha256: Known[Sha256] = NOT_EXTRACTED
    pcm_sha256: Known[Sha256] = NOT_EXTRACTED
    codec: Known[Text] = NOT_EXTRACTED
    licence: Known[Text] = NOT_EXTRACTED
    permission: Known[Permission] = NOT_EXTRACTED
    redistributable: Known[bool] = NOT_EXTRACTED

    @model_validator(mode="after")
    def _is_possible(self) -> "Identity":
        findings = [*self._time_findings(), *self._ground_findings()]
        if findings:
            raise inconsistent(findings)
        return self

    def _time_findings(self) -> Iterator[Finding]:
        start, end = value_of(self.in_s), value_of(self.out_s)
        length = value_of(self.recording_duration_s)
        if start is not None and end is not None and end <= start:
            sentence = f"the out point {end:g} s is not after the in point {start:g} s"
            yield Finding("E037", ("out_s",), f"{sentence}; correct one of them")
        for name, point in (("in", start), ("out", end)):
            if point is not None and length is not None and point > length:
                sentence = f"the {name} point {point:g} s lies beyond the recording of {length:g} s"
                yield Finding("E037", (f"{name}_s",), f"{sentence}; correct one of them")
        uploaded, retrieved = value_of(self.uploaded_on), value_of(self.retrieved_on)
        if uploaded is not None and retrieved is not None and uploaded > retrieved:
            sentence = f"it was retrieved on {retrieved}, before its upload on {uploaded}"
            yield Finding("E037", ("retrieved_on",), f"{sentence}; correct one of them")

    def _ground_findings(self) -> Iterator[Finding]:
        permission = value_of(self.permission)
        granted = permission is not None and permission.state == "granted"
        if value_of(self.redistributable) and value_of(self.licence) is None and not granted:
            yield Finding(
                "E038",
                ("redistributable",),
                "it is marked redistributable without a licence or a granted permission; "
                "add the one it rests on, or write false",
            )
