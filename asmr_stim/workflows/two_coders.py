"""Two people's codings: compared, and made one where somebody has decided.

``compare_files`` reads both; ``adjudicate`` writes the study that follows from a form of decisions.
"""

import os
from pathlib import Path

from pydantic import ValidationError

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.catalogue import check_files
from asmr_stim.io.messages import findings_of
from asmr_stim.io.results import file_sha256
from asmr_stim.io.study_yaml import study_text
from asmr_stim.io.tables import write_atomically
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.yaml_files import YamlDocument, check_record, read_document
from asmr_stim.report.comparison import adjudication_form
from asmr_stim.schema.adjudication import FIRST, SECOND, Adjudication, CodingFile, Decided
from asmr_stim.schema.comparison import ABSENT, Comparison, compare
from asmr_stim.schema.knowledge import NOT_EXTRACTED, NOT_REPORTED
from asmr_stim.schema.problems import Finding
from asmr_stim.schema.study import Study
from asmr_stim.workflows.merging import decided_content


def compare_files(first: Path, second: Path) -> Comparison:
    """Return how far two codings agree.

    Parameters
    ----------
    first, second : Path
        Two files of one study, or two folders, of which the studies in both are compared.

    Raises
    ------
    InputError
        If a file has a problem, or no study is in both.
    """
    ours, theirs = _studies(first), _studies(second)
    shared = sorted(ours.keys() & theirs.keys())
    if not shared:
        raise InputError(
            f"no study is in both: {first} has {_listed(ours)}, {second} has {_listed(theirs)}; "
            "two codings of a study have the same id"
        )
    return compare((ours[identifier], theirs[identifier]) for identifier in shared)


def write_adjudication(comparison: Comparison, first: Path, second: Path, out: Path) -> None:
    """Write the form in which differences are decided, never over another file.

    Raises
    ------
    InputError
        If the codings are folders: a form is about one study.
    OutputError
        If there is such a file already, or it cannot be written.
    """
    if not (first.is_file() and second.is_file()):
        raise InputError("a form for deciding is about one study; name two files, not folders")
    _refuse_existing(out)
    study = next(iter(_studies(first)))
    folder = out.absolute().parent
    files = [
        CodingFile(file=os.path.relpath(path.absolute(), folder), sha256=file_sha256(path))
        for path in (first, second)
    ]
    write_atomically(out, adjudication_form(comparison, study, *files).encode())


def adjudicate(form_path: Path, out: Path) -> Study:
    """Write the study that follows from the decisions of a form; return it.

    Parameters
    ----------
    form_path : Path
        A form as ``write_adjudication`` writes it, with a decision on every difference. It keeps
        both codings, and the new file names it.
    out : Path
        The new study file; nothing may stand there.

    Raises
    ------
    InputError
        If a decision is missing or cannot be used, a coding has changed since the form was
        written, or the study would have a problem.
    OutputError
        If ``out`` is there already or cannot be written.
    """
    _refuse_existing(out)
    document, form = _form(form_path)
    first, second = (_coding(form_path, each) for each in (form.first, form.second))
    content = decided_content(first, second, form.differences)
    note = (
        f"Coded twice and adjudicated: {form.n_equal} of {form.n_fields} fields agreed, "
        f"{len(form.differences)} differences were decided; both codings stand in {form_path.name}."
    )
    content["notes"] = [*content.get("notes", []), note]
    try:
        study = Study.model_validate(content, context={"taxonomy": load_taxonomy()})
    except ValidationError as error:
        sentences = "; ".join(finding.message for finding in findings_of(error, Study))
        raise InputError(f"{document.path}: the decided study has problems: {sentences}") from None
    write_atomically(out, study_text(study).encode())
    return study


def _studies(path: Path) -> dict[str, Study]:
    checked = check_files([path])
    if checked.problems:
        listing = "\n".join(map(str, checked.problems))
        raise InputError(f"{path} has problems, mend them first:\n{listing}")
    return {study.id: study for study in checked.studies}


def _listed(studies: dict[str, Study]) -> str:
    shown = sorted(studies)[:3]
    return ", ".join(shown) + (", …" if len(studies) > len(shown) else "") or "none"


def _refuse_existing(out: Path) -> None:
    if out.exists():
        raise OutputError(f"{out} is there already and is not overwritten; name another file")


def _coding(form: Path, coding: CodingFile) -> Study:
    path = form.parent / coding.file
    if file_sha256(path) != coding.sha256:
        raise InputError(
            f"{path} has changed since {form} was written; compare the two codings again"
        )
    return next(iter(_studies(path).values()))


def _form(path: Path) -> tuple[YamlDocument, Adjudication]:
    """Return a form in which every difference is decided."""
    document = read_document(path)
    form, problems = check_record(document, Adjudication)
    if form is None:
        raise InputError("\n".join(map(str, problems)))
    findings = [
        Finding("E082", ("differences", number, "decision"), sentence)
        for number, each in enumerate(form.differences)
        if (sentence := _refusal(each)) is not None
    ]
    if findings:
        raise InputError("\n".join(map(str, document.problems(findings))))
    return document, form


def _refusal(each: Decided) -> str | None:
    """Return why a decision cannot be used, or None if it can."""
    if each.decision is None:
        return f"nothing is decided on {each.place}; write first, second or a value"
    if each.decision in (FIRST, SECOND):
        return None
    if ABSENT in (each.first, each.second):
        return f"of a whole record, decide first or second, not '{each.decision}'"
    if each.decision in (NOT_REPORTED, NOT_EXTRACTED) or isinstance(each.decision, dict | list):
        return None
    return (
        f"'{each.decision}' is no decision; write first, second, 'not reported', 'not extracted' "
        "or a value with its basis and provenance"
    )
