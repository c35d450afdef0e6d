"""Write what docs/catalogue.md takes from the catalogue: ``python docs/make_catalogue_page.py``."""

from pathlib import Path

from asmr_stim.io.catalogue import Catalogue, load_catalogue
from asmr_stim.io.checklist import load_checklist
from asmr_stim.moderator.eligibility import eligibility
from asmr_stim.report.checklist import share_text
from asmr_stim.report.figures.flow import flow_figure
from asmr_stim.report.figures.style import save
from asmr_stim.report.flow import catalogue_stages, review_stages
from asmr_stim.report.knowledge import Grid, knowledge_grid
from asmr_stim.report.matrix_text import fields_text
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.checklist import checked

PAGE = Path(__file__).parent / "catalogue.md"
PICTURE = Path(__file__).parent / "images" / "flow.png"
START, END = "<!-- generated -->\n", "<!-- end -->\n"


def main() -> None:
    """Write both anew."""
    catalogue = load_catalogue(catalogue_folder())
    PAGE.write_text(with_generated_part(PAGE.read_text(encoding="utf-8"), catalogue), "utf-8")
    n_experiments = sum(len(eligibility(study).experiments) for study in catalogue.studies)
    panels = [("This catalogue", catalogue_stages(catalogue.studies, n_experiments))]
    if catalogue.review is not None:
        panels.insert(0, ("The published review (PRISMA 2020)", review_stages(catalogue.review)))
    save(flow_figure(panels), PICTURE)


def with_generated_part(page: str, catalogue: Catalogue) -> str:
    """Return the page with its generated part written from the catalogue."""
    head, _, rest = page.partition(START)
    _, _, tail = rest.partition(END)
    return head + START + _generated(catalogue) + END + tail


def _generated(catalogue: Catalogue) -> str:
    grid = knowledge_grid(catalogue.studies)
    checklist = load_checklist()
    lines = [
        "| study | read | value | not reported | not extracted | checklist |",
        "|---|---|--:|--:|--:|---|",
    ]
    for row, study in enumerate(catalogue.studies):
        counts = " | ".join(_counts(grid, row))
        share = share_text(checked(study, checklist))
        read = study.evidence_level.replace("_", " ")
        lines.append(f"| {study.id} | {read} | {counts} | {share} |")
    return "\n".join([*lines, "", "```", fields_text(grid, width=110), "```", ""])


def _counts(grid: Grid, row: int) -> list[str]:
    states = grid.states[row]
    if "no ASMR stimulus" in states:
        return ["no ASMR stimulus", "", ""]
    return [str(states.count(state)) for state in ("value", "not reported", "not extracted")]


if __name__ == "__main__":
    main()
