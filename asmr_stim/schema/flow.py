"""The flow of studies through a review: how many at each stage, and each decision with its reason.

The stages are those of the PRISMA 2020 flow diagram (Page MJ et al., BMJ 2021; 372:n71, figure 1).
A number that is not known stays not known; none is worked out from the others.

Offers: ``PrismaFlow``, ``Exclusion``, ``Decision``.
"""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import model_validator

from asmr_stim.schema.base import Count, Many, Record, Text
from asmr_stim.schema.knowledge import (
    NOT_EXTRACTED,
    Known,
    Provenance,
    Stated,
    inconsistent,
    value_of,
)
from asmr_stim.schema.problems import Finding
from asmr_stim.schema.study import StudyId


class Exclusion(Record):
    """How many reports were excluded in full text for one reason."""

    reason: Text
    n: Count


class PrismaFlow(Record):
    """Counts at each stage: records are found and screened, reports are read."""

    identified: Known[Count] = NOT_EXTRACTED
    duplicates_removed: Known[Count] = NOT_EXTRACTED
    removed_otherwise: Known[Count] = NOT_EXTRACTED
    screened: Known[Count] = NOT_EXTRACTED
    excluded_at_screening: Known[Count] = NOT_EXTRACTED
    sought: Known[Count] = NOT_EXTRACTED
    not_retrieved: Known[Count] = NOT_EXTRACTED
    assessed: Known[Count] = NOT_EXTRACTED
    excluded_in_full_text: Known[Count] = NOT_EXTRACTED
    exclusions: Known[Many[Exclusion]] = NOT_EXTRACTED
    reports_included: Known[Count] = NOT_EXTRACTED

    @model_validator(mode="after")
    def _counts_add_up(self) -> Self:
        findings = [*self._wrong_sums(), *self._wrong_reasons()]
        if findings:
            raise inconsistent(findings)
        return self

    def _wrong_sums(self) -> Iterator[Finding]:
        for whole, removed, rest in (
            ("identified", ("duplicates_removed", "removed_otherwise"), "screened"),
            ("screened", ("excluded_at_screening",), "sought"),
            ("sought", ("not_retrieved",), "assessed"),
            ("assessed", ("excluded_in_full_text",), "reports_included"),
        ):
            counts = {name: value_of(getattr(self, name)) for name in (whole, *removed, rest)}
            if None in counts.values():
                continue
            left = counts[whole] - sum(counts[name] for name in removed)
            if left != counts[rest]:
                sentence = (
                    f"{counts[rest]} {rest.replace('_', ' ')}, but {counts[whole]} {whole} without "
                    f"those removed are {left}"
                )
                yield Finding("E027", (rest,), sentence)

    def _wrong_reasons(self) -> Iterator[Finding]:
        total = value_of(self.excluded_in_full_text)
        if total is None or not isinstance(self.exclusions, Stated):
            return
        told = sum(each.n for each in self.exclusions.value)
        if told != total:
            sentence = f"the reasons account for {told} exclusions, of which there are {total}"
            yield Finding("E027", ("exclusions",), sentence)


class Decision(Record):
    """What a review decided on a study, at which stage and why."""

    study: StudyId
    stage: Literal["screening", "full_text"]
    decision: Literal["included", "excluded"]
    reason: Text
    provenance: Provenance
