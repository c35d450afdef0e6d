"""The catalogue, or a file of foci, in the forms that other programs read.

Every export goes into one folder that appears whole or not at all, with a ``result.json`` that
says what it was made from.

Offers: ``Form``, ``Export``, ``export_catalogue``, ``export_foci``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from asmr_stim.errors import InputError
from asmr_stim.io.bids import bep044_files, legacy_files
from asmr_stim.io.bids_check import check_stimuli, load_rules
from asmr_stim.io.catalogue import Catalogue, load_catalogue
from asmr_stim.io.catalogue_files import catalogue_files
from asmr_stim.io.data_package import data_package
from asmr_stim.io.foci import read_foci
from asmr_stim.io.nimads import studyset_of_foci, studyset_of_studies
from asmr_stim.io.results import RESULT_FILE, origin, result_folder
from asmr_stim.io.sleuth import sleuth_text
from asmr_stim.io.tables import Column, json_bytes, write_atomically, write_table
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.moderator.eligibility import eligibility, eligible_sets
from asmr_stim.schema.foci import FociSet

STUDYSET_FILE = "studyset.json"
NO_PEAKS = (
    "no study of the catalogue has whole-brain activation peaks that may enter an ALE, "
    "so there is no Sleuth text"
)
EXPERIMENT_COLUMNS = (
    Column("experiment", "name of the experiment in the Sleuth file"),
    Column("n", "number of people"),
    Column("sample_id", "equal for experiments on the same people"),
    Column("contrast_type", "what was compared with what"),
)


class Form(StrEnum):
    """A form that another program reads."""

    NIMADS = "nimads"
    SLEUTH = "sleuth"
    CSV = "csv"
    BIDS = "bids"


@dataclass(frozen=True)
class Export:
    """What was written: the folder, its files in order, and what a reader should know of them."""

    folder: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def export_catalogue(folder: Path, forms: Sequence[Form], out: Path) -> Export:
    """Write a catalogue in other forms.

    Parameters
    ----------
    folder : Path
        A catalogue without problems.
    forms : sequence of Form
        At least one.
    out : Path
        A new or empty folder, or one with an earlier export, which is replaced.

    Raises
    ------
    InputError
        If the catalogue has problems, or holds nothing of what was asked for.
    OutputError
        If the folder holds something else or cannot be written.
    """
    catalogue = load_catalogue(folder)
    inputs = {path.stem: path for path in catalogue_files(folder)}
    return _exported(
        [partial(CATALOGUE_WRITERS[form], catalogue) for form in forms],
        _head(inputs, forms),
        out,
    )


def export_foci(foci: Path, experiments: Path | None, forms: Sequence[Form], out: Path) -> Export:
    """Write a file of foci as a NIMADS studyset or as Sleuth text.

    Parameters
    ----------
    foci : Path
        Sleuth text, TSV or CSV.
    experiments : Path, optional
        Table of experiments to join.
    forms : sequence of Form
        ``nimads`` and ``sleuth``.
    out : Path
        As in ``export_catalogue``.

    Raises
    ------
    InputError
        If the foci cannot be used or a form is for catalogues only.
    OutputError
        As in ``export_catalogue``.
    """
    if others := [form for form in forms if form not in {Form.NIMADS, Form.SLEUTH}]:
        raise InputError(f"a file of foci can be written as nimads or sleuth, not as {others[0]}")
    read = read_foci(foci, experiments)
    writers: dict[Form, Callable[[Path], list[str]]] = {
        Form.NIMADS: lambda into: _write_studyset(studyset_of_foci(read, foci.stem), into),
        Form.SLEUTH: lambda into: _write_sleuth(read, foci.stem, into),
    }
    inputs = {"foci": foci} | ({} if experiments is None else {"experiments": experiments})
    return _exported([writers[form] for form in forms], _head(inputs, forms), out)


def _head(inputs: dict[str, Path], forms: Sequence[Form]) -> dict[str, Any]:
    return origin("export", inputs, {"forms": [str(form) for form in forms]})


def _exported(
    writers: Sequence[Callable[[Path], list[str]]], head: dict[str, Any], out: Path
) -> Export:
    notes: list[str] = []
    with result_folder(out) as new:
        for write in writers:
            notes += write(new)
        written = sorted(path.relative_to(new) for path in new.rglob("*") if path.is_file())
        if not written:
            raise InputError("nothing was written: " + "; ".join(notes))
        result = head | {"files": [str(path) for path in written], "notes": notes}
        write_atomically(new / RESULT_FILE, json_bytes(result))
    return Export(out, tuple(written), tuple(notes))


def _nimads(catalogue: Catalogue, into: Path) -> list[str]:
    document = studyset_of_studies(catalogue.studies)
    if not document["studies"]:
        return ["no study of the catalogue has coordinates, so there is no studyset"]
    return _write_studyset(document, into)


def _write_studyset(document: dict[str, Any], into: Path) -> list[str]:
    write_atomically(into / STUDYSET_FILE, json_bytes(document))
    analyses = [analysis for study in document["studies"] for analysis in study["analyses"]]
    marked = [note["note"].get("eligible") for note in document["annotations"][0]["notes"]]
    points = sum(len(analysis["points"]) for analysis in analyses)
    sentence = (
        f"{STUDYSET_FILE}: {points} points in {len(analyses)} analyses "
        f"of {len(document['studies'])} studies"
    )
    barred = marked.count(False)
    if barred:
        sentence += f"; {barred} analyses are marked as not eligible for an ALE, with the reasons"
    return [sentence]


def _sleuth(catalogue: Catalogue, into: Path) -> list[str]:
    sets = eligible_sets(eligibility(study) for study in catalogue.studies)
    if not sets:
        return [NO_PEAKS]
    notes = []
    for kind, foci in sorted(sets.items()):
        name = f"{kind.contrast_type}_{kind.direction}_{kind.space}".lower()
        notes += _write_sleuth(foci, name, into)
    return notes


def _write_sleuth(foci: FociSet, name: str, into: Path) -> list[str]:
    folder = into / "sleuth"
    folder.mkdir(exist_ok=True)
    write_atomically(folder / f"{name}.txt", sleuth_text(foci).encode())
    extra = sorted({column for each in foci.experiments for column in each.columns})
    write_table(
        folder / f"{name}_experiments.tsv",
        [*EXPERIMENT_COLUMNS, *(Column(column, "group column") for column in extra)],
        [
            [each.name, each.n, each.sample_id, each.contrast_type, *map(each.columns.get, extra)]
            for each in foci.experiments
        ],
        note="join to the Sleuth file by name: --experiments",
    )
    return [f"sleuth/{name}.txt: {foci.n_foci} foci of {len(foci.experiments)} experiments"]


def _csv(catalogue: Catalogue, into: Path) -> list[str]:
    folder = into / "csv"
    folder.mkdir()
    for name, content in data_package(catalogue.studies).items():
        write_atomically(folder / name, content)
    return ["csv: values without their provenance, which only the YAML of the catalogue holds"]


def _bids(catalogue: Catalogue, into: Path) -> list[str]:
    """Write both forms and hold the draft one against its rules."""
    rules, taxonomy = load_rules(), load_taxonomy()
    drafts = {
        "bep044": bep044_files(catalogue.studies, taxonomy, rules),
        "legacy": legacy_files(catalogue.studies, taxonomy, rules),
    }
    for name, files in drafts.items():
        for path, content in files.items():
            place = into / "bids" / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(place, content)
    problems = check_stimuli(into / "bids" / "bep044")
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise InputError("the stimuli cannot be written in this form: " + errors[0].message)
    kept = f"no rule broken, {len(problems)} recommended values not known; no media"
    return [
        f"bids/bep044: the draft form at {rules.draft.revision}; {kept}",
        "bids/legacy: the form of before the draft; no media",
    ]


CATALOGUE_WRITERS: dict[Form, Callable[[Catalogue, Path], list[str]]] = {
    Form.NIMADS: _nimads,
    Form.SLEUTH: _sleuth,
    Form.CSV: _csv,
    Form.BIDS: _bids,
}
