"""Asking a study's authors, and taking their answers into the catalogue.

``ask`` writes a letter and a form; ``take_answers`` reads the form back. An answer never takes the
place of a value that is there, and a form with an answer that cannot be placed changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from asmr_stim.errors import InputError, MissingInputError, OutputError
from asmr_stim.io.catalogue import STUDIES_FOLDER, load_catalogue
from asmr_stim.io.checklist import load_checklist
from asmr_stim.io.messages import findings_of
from asmr_stim.io.study_fields import with_fields
from asmr_stim.io.study_yaml import add_to_study, write_files
from asmr_stim.io.tables import write_atomically
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.yaml_files import YamlDocument, check_record, document_of, read_document
from asmr_stim.io.yaml_text import flow_text, plain_data
from asmr_stim.report.letter import answer_form, letter
from asmr_stim.schema.answers import (
    AnswerForm,
    UnclearAnswerError,
    field_of_place,
    filled,
    questions,
)
from asmr_stim.schema.checklist import field_at
from asmr_stim.schema.knowledge import NOT_REPORTED, Stated
from asmr_stim.schema.problems import Finding
from asmr_stim.schema.study import Source, Study
from asmr_stim.schema.taxonomy import Taxonomy

NOT_IN_PAPER = "told by the authors; the paper does not report it"


@dataclass(frozen=True)
class Asked:
    """A letter and the form that goes with it."""

    letter: str
    form: str


@dataclass(frozen=True)
class TakenAnswers:
    """What became of a form: fields filled in, values that stand as they were, open answers."""

    path: Path
    set: tuple[str, ...]
    kept: tuple[str, ...]
    unplaced: tuple[str, ...]


def ask(folder: Path, identifier: str) -> Asked:
    """Return a letter to a study's authors that lists exactly what is missing, and a form.

    Raises
    ------
    MissingInputError
        If the catalogue has no such study, or the study leaves no item of the checklist open.
    """
    study = load_catalogue(folder).study(identifier)
    found = questions(study, load_checklist())
    if not found:
        raise MissingInputError(
            f"{identifier} answers every item of the checklist; there is nothing to ask"
        )
    return Asked(letter(study, found), answer_form(study, found, load_taxonomy()))


def write_asked(asked: Asked, identifier: str, out: Path) -> tuple[Path, Path]:
    """Write the letter and the form into a folder, never over other files; return both paths.

    Raises
    ------
    OutputError
        If one is there already, or the folder cannot be written.
    """
    paths = (out / f"{identifier}.letter.txt", out / f"{identifier}.answers.yaml")
    for path in paths:
        if path.exists():
            raise OutputError(f"{path} is there already and is not overwritten; move it away first")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be made ({error.strerror})") from error
    for path, text in zip(paths, (f"{asked.letter}\n", asked.form), strict=True):
        write_atomically(path, text.encode())
    return paths


def take_answers(form_path: Path, folder: Path) -> TakenAnswers:
    """Write the answers of a form into the study's file.

    Parameters
    ----------
    form_path : Path
        A form as ``ask`` writes it, filled in.
    folder : Path
        The catalogue.

    Returns
    -------
    TakenAnswers
        Fields that got a value; fields that keep a value of their own although the authors say
        something else; answers for which the catalogue has no record.

    Raises
    ------
    InputError
        If the form has a problem, or the study would have one; every one is listed, and nothing
        is written.
    MissingInputError
        If the catalogue has no such study.
    """
    taxonomy = load_taxonomy()
    document, form = _form(form_path)
    study = load_catalogue(folder).study(form.study)
    path = folder / STUDIES_FOLDER / f"{study.id}.yaml"
    source = _source(study, form)
    found = _values(document, form, study, source, taxonomy)
    if found.set:
        text = add_to_study(path, {"sources": [source]}, taxonomy)
        text = with_fields(text, found.set)
        _refuse_problems(path, text, taxonomy)
        write_files({path: text})
    return TakenAnswers(path, tuple(found.set), found.kept, found.unplaced)


@dataclass(frozen=True)
class _Found:
    """What answers add to a study, and what they leave as it is or cannot place."""

    set: dict[str, Any]
    kept: tuple[str, ...]
    unplaced: tuple[str, ...]


def _form(path: Path) -> tuple[YamlDocument, AnswerForm]:
    document = read_document(path)
    form, problems = check_record(document, AnswerForm)
    if form is None:
        raise InputError("\n".join(map(str, problems)))
    if form.answered_by is None or form.answered_on is None:
        name = "answered_by" if form.answered_by is None else "answered_on"
        finding = Finding("E080", (name,), f"'{name}' is empty; an answer needs a name and a day")
        raise InputError(str(document.problem(finding)))
    return document, form


def _source(study: Study, form: AnswerForm) -> Source:
    """Return the answers as a source of the study, with an id of its own."""
    stem = f"author_{str(form.answered_on).replace('-', '_')}"
    taken = {source.id for source in study.sources}
    names = [stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3))]
    return Source(
        id=next(name for name in names if name not in taken),
        reference=f"answer of {form.answered_by}, {form.answered_on}",
        kind="author",
    )


def _values(
    document: YamlDocument, form: AnswerForm, study: Study, source: Source, taxonomy: Taxonomy
) -> _Found:
    """Return what each answer means for the study; raise with every one that means nothing."""
    values: dict[str, Any] = {}
    kept: list[str] = []
    findings: list[Finding] = []
    given = [(i, each) for i, each in enumerate(form.answers) if each.answer not in (None, "")]
    unplaced = tuple(answer.item for _, answer in given if not answer.places)
    for number, answer in given:
        for place in answer.places:
            try:
                value, basis = filled(place, answer.answer, taxonomy)
                before = _before(study, place)
                stated = _stated(value, basis, source, before)
                _refuse_misfit(place, stated, taxonomy)
            except UnclearAnswerError as error:
                findings.append(Finding("E081", ("answers", number, "answer"), str(error)))
                break
            if isinstance(before, Stated):
                kept += _kept(place, before, value)
            else:
                values[place] = stated
    if findings:
        raise InputError("\n".join(map(str, document.problems(findings))))
    return _Found(values, tuple(kept), unplaced)


def _before(study: Study, place: str) -> Any:
    """Return what a field holds so far."""
    top, identifier, rest = place.split(".", 2)
    for record in getattr(study, top):
        if record.id == identifier:
            return field_at(record, rest)
    raise UnclearAnswerError(f"the study has no '{identifier}' among its {top}")


def _kept(place: str, before: Stated[Any], value: Any) -> Iterator[str]:
    """Yield what to tell of a value that stands; nothing if the authors say the same."""
    there = plain_data(before)["value"]
    if there != value:
        yield f"{place} stays {flow_text(there)}; the authors say {flow_text(value)}"


def _stated(value: Any, basis: str, source: Source, before: Any) -> dict[str, Any]:
    stated = {
        "value": value,
        "basis": basis,
        "provenance": {"scope": "value", "sources": [source.id]},
    }
    return stated | ({"note": NOT_IN_PAPER} if before == NOT_REPORTED else {})


def _refuse_misfit(place: str, stated: dict[str, Any], taxonomy: Taxonomy) -> None:
    """Check a value against its field alone, so that the answer can be named."""
    record, shape = field_of_place(place)
    if shape.name == "facets":
        return  # its values were looked up
    annotation: Any = record.model_fields[shape.name].annotation
    field: TypeAdapter[Any] = TypeAdapter(annotation)
    try:
        field.validate_python(stated, context={"taxonomy": taxonomy})
    except ValidationError as error:
        sentences = "; ".join(finding.message for finding in findings_of(error, record))
        raise UnclearAnswerError(sentences.replace("'value'", f"'{shape.name}'")) from None


def _refuse_problems(path: Path, text: str, taxonomy: Taxonomy) -> None:
    """Check the study as it would be read with the answers in it."""
    document = document_of(path, text.encode())
    _, problems = check_record(document, Study, {"taxonomy": taxonomy})
    if problems:
        sentences = "\n".join(f"{problem.code} {problem.message}" for problem in problems)
        raise InputError(f"with these answers {path} would have problems:\n{sentences}")
