"""The main job: a catalogue in, a report out.

The steps, in order: load the catalogue and refuse it if it has a problem; describe stimuli,
terms, regions and directions; see what may enter an ALE, and run it where there is anything; run
the worked example; write tables, figures, maps, ``result.json`` and the page into a folder that
appears whole or not at all.
"""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asmr_stim import __version__
from asmr_stim.io.catalogue_files import catalogue_files
from asmr_stim.io.results import RESULT_FILE, check_result_folder, origin, result_folder
from asmr_stim.io.tables import json_bytes, write_atomically
from asmr_stim.io.yaml_files import read_yaml
from asmr_stim.moderator.ale.adequacy import not_estimable_reason
from asmr_stim.moderator.ale.result import AleResult, MonteCarlo, NotEstimable
from asmr_stim.moderator.effects.direction import VOTING_RULE
from asmr_stim.moderator.effects.magnitudes import PooledMagnitudes
from asmr_stim.report.clusters import clusters_table
from asmr_stim.report.coverage import coverage, coverage_table, unstudied_terms
from asmr_stim.report.directions import (
    SELECTION,
    counts_table,
    votes_table,
    without_vote_table,
)
from asmr_stim.report.eligibility import eligibility_table
from asmr_stim.report.figures.brain import glass_brain
from asmr_stim.report.figures.flow import flow_figure
from asmr_stim.report.figures.matrices import (
    coverage_figure,
    direction_figure,
    knowledge_figure,
    regions_figure,
)
from asmr_stim.report.figures.style import save
from asmr_stim.report.flow import (
    Stage,
    catalogue_stages,
    decisions_table,
    review_stages,
    stages_data,
)
from asmr_stim.report.knowledge import knowledge, knowledge_grid, knowledge_table
from asmr_stim.report.magnitudes import magnitudes_table, pooled_table
from asmr_stim.report.page import AnalysisBlock, Tile, review_lines, review_page, stimulus_details
from asmr_stim.report.regions import named_regions, regions_table
from asmr_stim.report.studies import studies_table
from asmr_stim.report.tables import ReportTable
from asmr_stim.resources import examples_folder
from asmr_stim.schema.outcome import BANDS
from asmr_stim.schema.terms import AXES
from asmr_stim.workflows.ale_figures import shown_map
from asmr_stim.workflows.ale_output import write_maps
from asmr_stim.workflows.review_findings import EXAMPLE, Analysis, Findings, gather

PAGE = "index.html"
SHOWN_OF_CLUSTERS = (
    "cluster", "volume", "peak_x", "peak_y", "peak_z", "peak_ale", "z", "p_fwe_size", "p_fwe_peak",
    "n_contributing", "carried_by",
)  # fmt: skip
SHOWN = {  # what a reader looks for first stands left: the page may be narrow
    "counts": (
        "band", "contrast_type", "n_increase", "n_decrease", "p", "smallest_p", "share_increase",
        "share_low", "share_high", "n_no_change", "n_mixed", "n_direction_not_given",
    ),
    "effects": (
        "study", "contrast", "outcome", "band", "missing", "measure", "estimate", "se", "low",
        "high", "grade", "route",
    ),
}  # fmt: skip


def review(catalogue_folder: Path, out: Path, monte_carlo: MonteCarlo | None = None) -> Path:
    """Write the report of a catalogue; return the path of its page.

    Parameters
    ----------
    catalogue_folder : Path
        A folder with ``studies/*.yaml`` and, optionally, ``review.yaml``.
    out : Path
        Where the report shall stand; an earlier report there is replaced.
    monte_carlo : MonteCarlo, optional
        How the ALE are corrected for the number of places looked at; 10,000 random arrangements
        with seed 0 by default.

    Raises
    ------
    InputError
        If the catalogue has a problem; the message lists all of them.
    OutputError
        If ``out`` holds anything but an earlier result, or cannot be written.
    """
    check_result_folder(out)
    findings = gather(catalogue_folder, monte_carlo or MonteCarlo())
    tables = _tables(findings)
    with result_folder(out) as folder:
        for name in ("tables", "figures"):
            (folder / name).mkdir()
        for table in tables.values():
            table.write(folder / "tables")
        _draw(findings, folder / "figures")
        blocks = [_block(each, folder) for each in findings.analyses]
        example_blocks = [_block(each, folder) for each in findings.example]
        write_atomically(folder / RESULT_FILE, json_bytes(_result(findings)))
        content = _page_content(findings, tables) | {
            "analyses": blocks,
            "example": _example_content(example_blocks),
        }
        write_atomically(folder / PAGE, review_page(content).encode())
    return out / PAGE


def _tables(findings: Findings) -> dict[str, ReportTable]:
    studies = findings.catalogue.studies
    return {
        "studies": studies_table(studies),
        "stimuli": knowledge_table(studies),
        "terms": coverage_table(studies, findings.taxonomy),
        "regions": regions_table(studies),
        "votes": votes_table(findings.ballots),
        "without_vote": without_vote_table(findings.ballots),
        "counts": counts_table(findings.ballots),
        "effects": magnitudes_table(findings.magnitudes),
        "pooled": pooled_table(findings.magnitudes),
        "eligibility": eligibility_table(findings.eligibilities),
        "decisions": decisions_table(studies),
    }


def _draw(findings: Findings, folder: Path) -> None:
    studies = findings.catalogue.studies
    save(flow_figure(list(_flows(findings).items())), folder / "flow.svg")
    save(knowledge_figure(knowledge_grid(studies)), folder / "stimulus_knowledge.svg")
    found = tuple(coverage(studies))
    if found:
        order = [term.id for axis in AXES for term in findings.taxonomy.terms_of(axis)]
        save(coverage_figure(found, order), folder / "terms_by_study.svg")
    regions = tuple(named_regions(studies))
    if regions:
        save(regions_figure(regions), folder / "regions_by_study.svg")
    if findings.ballots.votes:
        save(direction_figure(findings.ballots.votes, BANDS), folder / "directions.svg")


def _flows(findings: Findings) -> dict[str, tuple[Stage, ...]]:
    """Return the flow of the published review, where there is one, and the catalogue's own."""
    review = findings.catalogue.review
    n_experiments = sum(len(each.experiments) for each in findings.eligibilities)
    own = {"This catalogue": catalogue_stages(findings.catalogue.studies, n_experiments)}
    if review is None:
        return own
    return {"The published review (PRISMA 2020)": review_stages(review)} | own


def _block(analysis: Analysis, report: Path) -> AnalysisBlock:
    """Write the maps, the clusters and the figure of an ALE; return what the page says of it."""
    result = analysis.result
    if isinstance(result, NotEstimable):
        return AnalysisBlock(analysis.title, (), not_estimable=result.reason)
    folder = report / "ale" / analysis.name
    folder.mkdir(parents=True)
    write_maps(result, folder)
    clusters = clusters_table(result)
    clusters.write(folder)
    save(glass_brain(shown_map(result)), folder / "z.png")
    counts = result.counts
    return AnalysisBlock(
        title=analysis.title,
        warnings=result.warnings,
        counts=(
            f"{counts.n_experiments} experiments, {counts.n_foci} foci, {counts.n_people} people; "
            f"{len(result.clusters)} clusters; largest ALE {result.ale.max():.4f}, "
            f"z {result.z.max():.2f}."
        ),
        folder=folder.relative_to(report).as_posix(),
        cluster_p=result.settings.cluster_p,
        maps=tuple(sorted(path.name for path in folder.glob("*.nii.gz"))),
        clusters=clusters.only(SHOWN_OF_CLUSTERS),
    )


def _page_content(findings: Findings, tables: dict[str, ReportTable]) -> dict[str, Any]:
    catalogue = findings.catalogue
    return {
        "version": __version__,
        "catalogue_folder": _shown_folder(catalogue.folder),
        "n_files": len(catalogue_files(catalogue.folder)),
        "tiles": _tiles(findings),
        "review": review_lines(catalogue.review) if catalogue.review is not None else None,
        "stimulus_details": list(stimulus_details(catalogue.studies)),
        "unstudied": unstudied_terms(catalogue.studies, findings.taxonomy),
        "voting_rule": VOTING_RULE,
        "selection": SELECTION,
        "not_estimable": _asmr_not_estimable(findings),
        "tables": tables | {name: tables[name].only(columns) for name, columns in SHOWN.items()},
        "has": {
            "terms": bool(tables["terms"].rows),
            "regions": bool(tables["regions"].rows),
            "votes": bool(findings.ballots.votes),
        },
    }


def _shown_folder(folder: Path) -> str:
    """Return the catalogue as a user would name it: from here if it lies below, else in full."""
    absolute, here = folder.absolute(), Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


def _asmr_not_estimable(findings: Findings) -> str:
    n = sum(len(each.experiments) for each in findings.eligibilities)
    reason = str(not_estimable_reason(n)).removeprefix("not estimable: ")
    return (
        f"ASMR has {reason}. No study of the catalogue has a table of whole-brain activation "
        "peaks yet; the reason for each stands below."
    )


def _tiles(findings: Findings) -> list[Tile]:
    studies = findings.catalogue.studies
    cells = list(knowledge(studies))
    known = sum(cell.state == "value" for cell in cells)
    full_text = sum(study.evidence_level == "full_text" for study in studies)
    experiments = sum(len(each.experiments) for each in findings.eligibilities)
    votes = findings.ballots.votes
    voters = {vote.sample for vote in votes if vote.ballot != "direction_not_given"}
    return [
        Tile(str(len(studies)), "studies in the catalogue"),
        Tile(str(full_text), "of them read in full"),
        Tile(f"{known / len(cells):.0%}" if cells else "n/a", "of stimulus fields known"),
        Tile(str(len(voters)), "samples that give a direction in an EEG band"),
        Tile(str(experiments), "experiments that may enter an ALE"),
    ]


def _example_content(blocks: list[AnalysisBlock]) -> dict[str, Any]:
    source = read_yaml(examples_folder() / EXAMPLE / "source.yaml")
    return {
        "description": source["description"].strip().rstrip("."),
        "citation": source["citation"].strip(),
        "licence": source["licence"],
        "analyses": blocks,
    }


def _result(findings: Findings) -> dict[str, Any]:
    catalogue = findings.catalogue
    inputs = {
        path.relative_to(catalogue.folder).as_posix(): path
        for path in catalogue_files(catalogue.folder)
    }
    states = Counter(cell.state for cell in knowledge(catalogue.studies))
    return {
        **origin("review", inputs, {"example": EXAMPLE}),
        "taxonomy_version": findings.taxonomy.taxonomy_version,
        "n_studies": len(catalogue.studies),
        "review_status": dict(Counter(s.review_status.status for s in catalogue.studies)),
        "evidence_level": dict(Counter(study.evidence_level for study in catalogue.studies)),
        "stimulus_fields": dict(states),
        "flow": {title: stages_data(stages) for title, stages in _flows(findings).items()},
        "directions": [asdict(count) for count in findings.ballots.counts],
        "effects": {
            "n_outcomes": findings.magnitudes.n_outcomes,
            "n_with_statistics": len(findings.magnitudes.found),
            "n_effects": sum(m.effect is not None for m in findings.magnitudes.found),
            "pooled": [_pooled_numbers(each) for each in findings.magnitudes.pooled],
        },
        "ale_experiments": sum(len(each.experiments) for each in findings.eligibilities),
        "ale": [_ale_numbers(each) for each in findings.analyses]
        or [{"not_estimable": _asmr_not_estimable(findings)}],
        "worked_example": [_ale_numbers(each) for each in findings.example],
    }


def _pooled_numbers(pooled: PooledMagnitudes) -> dict[str, Any]:
    told = {
        name: getattr(pooled, name)
        for name in ("measure", "band", "contrast_type", "metric", "k", "n_samples")
    }
    if pooled.model is None:
        return told | {"not_estimable": pooled.reason}
    return told | {"mean": asdict(pooled.model.coefficients[0]), "tau2": pooled.model.tau2}


def _ale_numbers(analysis: Analysis) -> dict[str, Any]:
    result = analysis.result
    if isinstance(result, NotEstimable):
        return {"name": analysis.name, "not_estimable": result.reason}
    return {
        "name": analysis.name,
        "settings": asdict(result.settings),
        "counts": asdict(result.counts),
        "max_ale": float(result.ale.max()),
        "max_z": float(result.z.max()),
        "ale_threshold": result.ale_threshold,
        "n_clusters": len(result.clusters),
        "familywise": _familywise_numbers(result),
        "warnings": list(result.warnings),
    }


def _familywise_numbers(result: AleResult) -> dict[str, Any] | None:
    found = result.familywise
    if found is None:
        return None
    return {
        **asdict(found.settings),
        "ale_above": found.ale.value,
        "size_above_voxels": found.size.value,
        "n_clusters_significant_by_size": sum(
            p.size <= found.settings.alpha for p in found.clusters
        ),
    }
