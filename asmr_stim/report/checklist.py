"""The reporting checklist on the screen: many studies in a table, one study item by item."""

from collections.abc import Sequence
from textwrap import fill, wrap
from typing import Any

from asmr_stim.io.tables import Column
from asmr_stim.report.plain_tables import aligned_text
from asmr_stim.report.tables import ReportTable
from asmr_stim.schema.checklist import STATES, Checklist, ChecklistResult, ItemResult, ItemState

MARKS: dict[ItemState, str] = {
    "reported": "✓", "not reported": "✗", "not extracted": "?", "does not apply": "·",
}  # fmt: skip
SHORT: dict[ItemState, str] = {
    "reported": "yes", "not reported": "no", "not extracted": "not read", "does not apply": "n/a",
}  # fmt: skip
SHOWN_RECORDS = 3  # of those without an answer; how many more there are is said
HOW_SCORED = (
    "reported: a value is known. not reported: the full text was read and does not say. "
    "not extracted: nobody has read it yet. The share is that of the items that apply: from what "
    "is reported, to what would be if everything not extracted turned out to be reported."
)
LABEL_WIDTH = 38


def scores_table(results: Sequence[ChecklistResult]) -> ReportTable:
    """Return one row for each study: how many items have which state, and the share reported."""
    rows = tuple(
        (r.study, r.count("reported"), r.count("not reported"), r.count("not extracted"),
         r.count("does not apply"), r.lowest, r.highest)
        for r in results
    )  # fmt: skip
    columns = (
        Column("study", "id of the study"),
        Column("reported", "items with a value for every record they ask about"),
        Column("not_reported", "items that the full text does not answer"),
        Column("not_extracted", "items that nobody has looked for yet"),
        Column("does_not_apply", "items that do not concern the study"),
        Column("lowest", "share of the items that apply, if nothing else is reported"),
        Column("highest", "the same, if everything not extracted is reported"),
    )
    return ReportTable("checklist_scores", HOW_SCORED, columns, rows)


def items_table(results: Sequence[ChecklistResult], checklist: Checklist) -> ReportTable:
    """Return one row for each study and item, with the reason for asking."""
    rows = tuple(
        (result.study, item.section, item.id, item.label, each.state,
         ", ".join(".".join(gap.path) for gap in each.gaps if gap.path) or None,
         checklist.reason(item))
        for result in results
        for each in result.items
        for item in (each.item,)
    )  # fmt: skip
    columns = (
        Column("study", "id of the study"),
        Column("section", "heading of the checklist"),
        Column("item", "id of the item"),
        Column("label", "the item in words"),
        Column("state", "reported, not reported, not extracted or does not apply"),
        Column("missing_for", "records of the study without an answer"),
        Column("why", "why it is asked, and what that rests on"),
    )
    return ReportTable("checklist_items", HOW_SCORED, columns, rows)


def scores_text(results: Sequence[ChecklistResult], width: int | None = 80) -> str:
    """Return the scores of many studies, a line each, and what the numbers mean."""
    rows = tuple(
        (each.study, *(each.count(state) for state in STATES), share_text(each)) for each in results
    )
    marks = (Column(f"{MARKS[state]} {word}", "") for state, word in SHORT.items())
    columns = (Column("study", ""), *marks, Column("reported", ""))
    table = ReportTable("", "", columns, rows)
    return "\n\n".join([aligned_text(table, width), fill(HOW_SCORED, width or 80)])


def result_text(result: ChecklistResult, checklist: Checklist, width: int | None = 80) -> str:
    """Return one study item by item; the reason stands under each item that is missing."""
    width = width or 80
    lines = [f"{result.study}: {share_text(result)} reported", ""]
    states = {each.item.id: each for each in result.items}
    for section in checklist.sections:
        lines.append(section.label)
        for item in checklist.of_section(section.id):
            lines += _item_lines(states[item.id], width)
        lines.append("")
    lines += [
        counts_text(result),
        *wrap(HOW_SCORED, width),
        "",
        *_cited_lines(result, checklist, width),
    ]
    return "\n".join(lines).rstrip()


def share_text(result: ChecklistResult) -> str:
    """Return the share reported, as a range where part of the study has not been read."""
    low, high = result.lowest, result.highest
    if low is None or high is None:
        return "nothing applies"
    return f"{low:.0%}" if low == high else f"{low * 100:.0f} to {high * 100:.0f} %"


def counts_text(result: ChecklistResult) -> str:
    """Return how many items have which state, in one line."""
    return ", ".join(f"{MARKS[state]} {result.count(state)} {state}" for state in MARKS)


def result_json(result: ChecklistResult) -> dict[str, Any]:
    """Return a study's checklist as plain data."""
    return {
        "study": result.study,
        "counts": {state: result.count(state) for state in MARKS},
        "lowest": result.lowest,
        "highest": result.highest,
        "items": [
            {
                "item": each.item.id,
                "state": each.state,
                "missing_for": [".".join(gap.path) for gap in each.gaps if gap.path],
            }
            for each in result.items
        ],
    }


def _item_lines(each: ItemResult, width: int) -> list[str]:
    head = f"  {MARKS[each.state]} {each.item.label:{LABEL_WIDTH}} {each.state}"
    if each.state in {"reported", "does not apply"}:
        return [head]
    rest = ", ".join(each.item.sources) or "our own choice"
    reason = f"{each.item.why} [{rest}] Missing for: {_missing_for(each)}."
    margin = " " * 6
    return [head, *_wrapped(reason, width, margin, margin)]


def _missing_for(each: ItemResult) -> str:
    names = [gap.path[-1] if gap.path else gap.label for gap in each.gaps]
    more = len(names) - SHOWN_RECORDS
    return ", ".join(names[:SHOWN_RECORDS]) + (f" and {more} more" if more > 0 else "")


def _cited_lines(result: ChecklistResult, checklist: Checklist, width: int) -> list[str]:
    """Return the sources that the missing items name, each once."""
    named = {name for each in result.items if each.gaps for name in each.item.sources}
    lines = []
    for source in checklist.sources:
        if source.id in named:
            lines += _wrapped(str(source), width, f"[{source.id}] ", "    ")
    return lines


def _wrapped(text: str, width: int, first: str, margin: str) -> list[str]:
    return wrap(
        text, width, initial_indent=first, subsequent_indent=margin, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
