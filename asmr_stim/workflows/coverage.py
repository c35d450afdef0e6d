"""What a catalogue covers, as tables and figures in a folder."""

from pathlib import Path

from asmr_stim.io.catalogue import Catalogue
from asmr_stim.io.catalogue_files import catalogue_files
from asmr_stim.io.results import RESULT_FILE, origin, result_folder
from asmr_stim.io.tables import json_bytes, write_atomically
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.report.coverage import coverage, coverage_table
from asmr_stim.report.figures.matrices import coverage_figure, knowledge_figure
from asmr_stim.report.figures.style import save
from asmr_stim.report.knowledge import knowledge_grid, knowledge_table
from asmr_stim.report.matrix_text import grid_table, roles_table
from asmr_stim.schema.taxonomy import AXES


def write_coverage(catalogue: Catalogue, out: Path) -> list[Path]:
    """Write which terms and fields the studies cover; return the files.

    Parameters
    ----------
    catalogue : Catalogue
    out : Path
        A new or empty folder, or an earlier result, which is replaced.

    Raises
    ------
    OutputError
        If the folder holds something else or cannot be written.
    """
    taxonomy = load_taxonomy()
    studies = catalogue.studies
    found = tuple(coverage(studies))
    terms = [term.id for axis in AXES for term in taxonomy.terms_of(axis)]
    tables = (
        roles_table(found, terms, [study.id for study in studies]),
        coverage_table(studies, taxonomy),
        grid_table(studies),
        knowledge_table(studies),
    )
    figures = {"stimulus_fields": knowledge_figure(knowledge_grid(studies))}
    if found:
        figures["studies_by_terms"] = coverage_figure(found, terms)
    with result_folder(out) as folder:
        for table in tables:
            table.write(folder)
        for name, figure in figures.items():
            for suffix in ("svg", "png"):
                save(figure, folder / f"{name}.{suffix}")
        inputs = {
            path.relative_to(catalogue.folder).as_posix(): path
            for path in catalogue_files(catalogue.folder)
        }
        content = origin("catalog coverage", inputs, {}) | {"n_studies": len(studies)}
        write_atomically(folder / RESULT_FILE, json_bytes(content))
    return sorted(out.iterdir())
