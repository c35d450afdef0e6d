"""``asmr-stim catalog list | show | coverage | checklist``: read what the catalogue holds."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from asmr_stim.cli.terminal import counted, terminal_width
from asmr_stim.io.catalogue import Catalogue, load_catalogue
from asmr_stim.io.checklist import load_checklist
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.report.checklist import (
    items_table,
    result_json,
    result_text,
    scores_text,
)
from asmr_stim.report.coverage import coverage as coverage_of
from asmr_stim.report.knowledge import knowledge_grid
from asmr_stim.report.matrix_text import coverage_text, fields_text, grid_table, roles_table
from asmr_stim.report.plain_tables import aligned_text, json_rows, tsv_text
from asmr_stim.report.studies import studies_list, studies_table
from asmr_stim.report.study_card import card
from asmr_stim.report.tables import ReportTable
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.checklist import checked
from asmr_stim.schema.taxonomy import AXES

app = typer.Typer(add_completion=False)

CatalogueFolder = Annotated[
    Path | None,
    typer.Option("--catalog", metavar="DIR", help="A catalogue; by default the program's own."),
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON for a program to read.")]
Tsv = Annotated[bool, typer.Option("--tsv", help="Write a table with tabs.")]


@app.command("list")
def list_(*, catalog: CatalogueFolder = None, as_json: Json = False, as_tsv: Tsv = False) -> None:
    """List the studies: when, what was recorded, how many people, what was read of each."""
    studies = _catalogue(catalog).studies
    if as_json or as_tsv:
        _print_table(studies_table(studies), as_json=as_json)
        return
    typer.echo(aligned_text(studies_list(studies), terminal_width()))
    number = counted(len(studies), "study", "studies")
    typer.echo(f"\n{number}; 'asmr-stim catalog show ID' shows one")


@app.command()
def show(
    study: Annotated[str, typer.Argument(metavar="ID", help="Id of a study, such as lee_2020.")],
    *,
    catalog: CatalogueFolder = None,
    as_json: Json = False,
) -> None:
    """Show everything that is known of a study, with its source, and what is not known."""
    found = _catalogue(catalog).study(study)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        typer.echo(card(found, terminal_width() or 80))


@app.command()
def coverage(
    *,
    fields: Annotated[
        bool, typer.Option("--fields", help="What is known of the stimuli, instead of terms.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write tables (TSV) and figures (SVG, PNG) there."),
    ] = None,
    catalog: CatalogueFolder = None,
    as_json: Json = False,
    as_tsv: Tsv = False,
) -> None:
    """Show which terms of the taxonomy each study's stimuli are coded with."""
    found = _catalogue(catalog)
    if out is not None:
        from asmr_stim.workflows.coverage import write_coverage  # noqa: PLC0415 drawing costs 2 s

        for path in write_coverage(found, out):
            typer.echo(f"wrote {path}", err=True)
        return
    table = grid_table(found.studies) if fields else _roles(found)
    if as_json or as_tsv:
        _print_table(table, as_json=as_json)
    elif fields:
        typer.echo(fields_text(knowledge_grid(found.studies), terminal_width() or 80))
    else:
        typer.echo(coverage_text(table, terminal_width() or 80))


@app.command()
def checklist(
    studies: Annotated[
        list[str] | None, typer.Argument(metavar="[STUDY]...", help="Ids; without one, all.")
    ] = None,
    *,
    catalog: CatalogueFolder = None,
    as_json: Json = False,
    as_tsv: Tsv = False,
) -> None:
    """Show what each study reports of its stimuli, of what a reader needs to know.

    With ids, item by item with the reason for asking; without, one line a study.
    """
    found = _catalogue(catalog)
    items = load_checklist()
    chosen = [found.study(each) for each in studies] if studies else found.studies
    results = [checked(study, items) for study in chosen]
    if as_json:
        _print_json([result_json(result) for result in results])
    elif as_tsv:
        _print_table(items_table(results, items), as_json=False)
    elif studies:
        typer.echo("\n\n".join(result_text(result, items, terminal_width()) for result in results))
    else:
        typer.echo(scores_text(results, terminal_width()))


def _catalogue(folder: Path | None) -> Catalogue:
    return load_catalogue(folder if folder is not None else catalogue_folder())


def _roles(catalogue: Catalogue) -> ReportTable:
    taxonomy = load_taxonomy()
    terms = [term.id for axis in AXES for term in taxonomy.terms_of(axis)]
    studies = [study.id for study in catalogue.studies]
    return roles_table(coverage_of(catalogue.studies), terms, studies)


def _print_table(table: ReportTable, *, as_json: bool) -> None:
    if as_json:
        _print_json(json_rows(table))
    else:
        typer.echo(tsv_text(table))


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
