"""What is decided where two codings of a study differ; both codings stay in the record.

Offers: ``Adjudication``, ``Decided``, ``CodingFile``.
"""

from typing import Any

from asmr_stim.schema.base import Count, Many, Record, SemanticVersion, Sha256, Text
from asmr_stim.schema.study import StudyId

FORM_VERSION = "1.0.0"
FIRST, SECOND = "first", "second"


class CodingFile(Record):
    """One coder's file: where it lies, seen from the form, and its content's hash."""

    file: Text
    sha256: Sha256


class Decided(Record):
    """A difference: both codings, what is decided and why.

    ``decision`` is ``first``, ``second``, a state of not knowing, or a value with its provenance;
    empty while nothing is decided.
    """

    place: Text
    first: Any
    second: Any
    decision: Any = None
    reason: Text | None = None


class Adjudication(Record):
    """All differences between two codings of one study."""

    form_version: SemanticVersion
    study: StudyId
    first: CodingFile
    second: CodingFile
    n_fields: Count
    n_equal: Count
    differences: Many[Decided]
