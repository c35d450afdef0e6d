"""Two codings compared: what a person reads, the tables, and the form for deciding."""

from textwrap import wrap
from typing import Any

from asmr_stim.io.tables import Column
from asmr_stim.io.yaml_text import flow_text, plain_data
from asmr_stim.report.plain_tables import aligned_text
from asmr_stim.report.tables import ReportTable, shown
from asmr_stim.schema.adjudication import FORM_VERSION, CodingFile
from asmr_stim.schema.base import Record
from asmr_stim.schema.comparison import Comparison, FieldAgreement
from asmr_stim.schema.kappa import Kappa
from asmr_stim.schema.knowledge import Stated

HOW_TO_READ = (
    "n: codings compared; equal: given alike, the states 'not reported' and 'not extracted' being "
    "answers of their own; valued: to which at least one coder gave a value. kappa: agreement "
    "beyond chance over all n, for choices among words; most: share of the commonest answer, "
    "without which kappa cannot be read. A kappa of few codings says little."
)
FORM_HEAD = """\
# Two codings of {study}, and what is decided where they differ.
# decision: first, second, 'not reported', 'not extracted', or a value with its source:
#   {{value: 300, basis: stated, provenance: {{scope: value, sources: [paper]}}}}
# Of a record that one coder alone has: first or second, whose way is taken.
# Then: asmr-stim catalog adjudicate THIS_FILE --out STUDY.yaml
"""


def agreement_table(comparison: Comparison) -> ReportTable:
    """Return one row for each field, with its agreement and, where it is a choice, kappa."""
    rows = tuple(
        (each.field, each.n, each.n_equal, each.n_valued, each.n_valued_equal,
         *_kappa_cells(each.kappa))
        for each in comparison.fields
    )  # fmt: skip
    columns = (
        Column("field", "the field, the same for every stimulus, contrast and so on"),
        Column("n", "codings compared"),
        Column("n_equal", "codings given alike, the three states included"),
        Column("n_valued", "codings to which at least one coder gave a value"),
        Column("n_valued_equal", "of these, given alike"),
        Column("kappa", "Cohen's kappa over all n, where the field is a choice among words"),
        Column("expected", "agreement expected by chance"),
        Column("commonest", "the most frequent answer"),
        Column("commonest_share", "its share, averaged over both coders"),
    )
    return ReportTable("agreement", HOW_TO_READ, columns, rows)


def differences_table(comparison: Comparison) -> ReportTable:
    """Return one row for each field or record that the coders gave differently."""
    rows = tuple(
        (each.study, each.place, _answer(each.first), _answer(each.second))
        for each in comparison.differences
    )
    columns = (
        Column("study", "id of the study"),
        Column("place", "the field, by keys and ids"),
        Column("first", "what the first coding has"),
        Column("second", "what the second coding has"),
    )
    return ReportTable("differences", "Where two codings differ.", columns, rows)


def comparison_text(comparison: Comparison, width: int | None = 80) -> str:
    """Return the agreement in sentences, by field from the worst, and every difference."""
    width = width or 80
    lines = [*wrap(_summary(comparison), width), ""]
    unequal = [each for each in comparison.fields if each.n_equal < each.n]
    unequal.sort(key=lambda each: (each.n_equal / each.n, each.field))
    if unequal:
        lines += [aligned_text(_short_table(unequal), width), ""]
        n_alike = len(comparison.fields) - len(unequal)
        lines += [
            *wrap(f"{n_alike} further fields are the same throughout. {HOW_TO_READ}", width),
            "",
        ]
    for each in comparison.differences:
        lines += [f"{each.study}: {each.place}"]
        for name, content in (("first", each.first), ("second", each.second)):
            lines += wrap(
                _answer(content), width, initial_indent=f"  {name:8}", subsequent_indent=" " * 10
            )
    if not comparison.differences:
        lines.append("no differences")
    return "\n".join(lines)


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain data."""
    return {
        "n_records": comparison.n_records,
        "n": comparison.n,
        "n_equal": comparison.n_equal,
        "n_valued": comparison.n_valued,
        "n_valued_equal": comparison.n_valued_equal,
        "states": vars(comparison.states) if comparison.states is not None else None,
        "fields": [
            vars(each) | {"kappa": vars(each.kappa) if each.kappa is not None else None}
            for each in comparison.fields
        ],
        "differences": [
            {
                "study": each.study,
                "place": each.place,
                "first": plain(each.first),
                "second": plain(each.second),
            }
            for each in comparison.differences
        ],
    }


def adjudication_form(
    comparison: Comparison, study: str, first: CodingFile, second: CodingFile
) -> str:
    """Return a form that holds both codings of every difference, with room for a decision."""
    lines = [
        FORM_HEAD.format(study=study).rstrip(),
        f"form_version: {FORM_VERSION}",
        f"study: {study}",
        f"first: {flow_text(first.model_dump())}",
        f"second: {flow_text(second.model_dump())}",
        f"n_fields: {comparison.n}",
        f"n_equal: {comparison.n_equal}",
        "differences:" if comparison.differences else "differences: []",
    ]
    for each in comparison.differences:
        lines += [
            f"- place: {flow_text(each.place)}",
            f"  first: {flow_text(plain(each.first))}",
            f"  second: {flow_text(plain(each.second))}",
            "  decision:",
            "  reason:",
        ]
    return "\n".join(lines) + "\n"


def plain(content: Any) -> Any:
    """Return what a field holds as plain data."""
    if isinstance(content, Record):
        return plain_data(content)
    return [plain(member) for member in content] if isinstance(content, tuple) else content


def _summary(comparison: Comparison) -> str:
    summary = (
        f"{comparison.n_records} records and {comparison.n} fields are in both codings; "
        f"{comparison.n_equal} fields agree ({_percent(comparison.n_equal, comparison.n)}). "
        f"Of {comparison.n_valued} fields with a value on either side, "
        f"{comparison.n_valued_equal} agree "
        f"({_percent(comparison.n_valued_equal, comparison.n_valued)})."
    )
    if comparison.states is not None:
        prevalence = comparison.states.prevalence.items()
        shares = ", ".join(f"{name} {share:.0%}" for name, share in prevalence)
        summary += (
            f" On what is known at all: kappa {_number(comparison.states.kappa)}, "
            f"n {comparison.states.n} ({shares})."
        )
    return summary


def _percent(part: int, whole: int) -> str:
    """Return a share; what is not all is never rounded to all."""
    if not whole:
        return "none"
    return f"{part / whole:.0%}" if part == whole else f"{min(99, round(100 * part / whole))}%"


def _short_table(fields: list[FieldAgreement]) -> ReportTable:
    rows = tuple(
        (each.field, each.n, each.n_equal, each.n_valued, *_short_kappa(each.kappa))
        for each in fields
    )
    names = ("field", "n", "equal", "valued", "kappa", "most")
    return ReportTable("", "", tuple(Column(name, "") for name in names), rows)


def _short_kappa(kappa: Kappa | None) -> tuple[str | None, str | None]:
    if kappa is None:
        return (None, None)
    return (_number(kappa.kappa), f"{max(kappa.prevalence.values()):.0%}")


def _kappa_cells(kappa: Kappa | None) -> tuple[Any, ...]:
    if kappa is None:
        return (None, None, None, None)
    commonest, share = next(iter(kappa.prevalence.items()))
    return (kappa.kappa, kappa.expected, commonest, share)


def _number(kappa: float | None) -> str:
    return "undefined" if kappa is None else f"{kappa:.2f}"


def _answer(content: Any) -> str:
    if isinstance(content, Stated):
        return shown(content.value)
    if isinstance(content, tuple) and content and isinstance(content[0], Stated):
        return "; ".join(shown(each.value) for each in content)
    return shown(content)
