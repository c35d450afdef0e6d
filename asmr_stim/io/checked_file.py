"""One file of a catalogue, checked by itself: its record and facts, or its problems."""

from dataclasses import dataclass
from pathlib import Path

from asmr_stim.errors import AsmrStimError
from asmr_stim.io.yaml_files import (
    BrokenYamlError,
    YamlDocument,
    check_record,
    document_of,
    read_content,
)
from asmr_stim.schema.annotation import Annotation
from asmr_stim.schema.facts import ReviewFacts, StudyFacts, review_facts, study_facts
from asmr_stim.schema.problems import Finding, Problem
from asmr_stim.schema.review import PublishedReview
from asmr_stim.schema.study import STUDY_SCHEMA_VERSION, Study
from asmr_stim.schema.taxonomy import Taxonomy

REVIEW_FILE = "review.yaml"
ANNOTATION_SUFFIX = ".asmr.yaml"


@dataclass(frozen=True)
class CheckedFile:
    """What a check of one file found.

    ``record`` is None where there are problems, and where the result was remembered from an
    earlier check; ``facts`` is None where there are problems, and for an annotation.
    """

    path: Path
    problems: tuple[Problem, ...]
    facts: StudyFacts | ReviewFacts | None = None
    record: Study | PublishedReview | Annotation | None = None


def check_file(path: Path, taxonomy: Taxonomy) -> CheckedFile:
    """Return what a check of a file finds; a file that cannot be read is a problem too."""
    try:
        content = read_content(path)
    except AsmrStimError as error:
        return unreadable(path, error)
    return check_content(path, content, taxonomy)


def unreadable(path: Path, error: AsmrStimError) -> CheckedFile:
    """Return a file that cannot be read, with the reason as its problem."""
    sentence = str(error).removeprefix(f"{path} ")
    problem = Problem(code="E010", file=str(path), line=1, column=1, message=sentence)
    return CheckedFile(path, (problem,))


def check_content(path: Path, content: bytes, taxonomy: Taxonomy) -> CheckedFile:
    """Return what a check of a file's bytes finds."""
    try:
        document = document_of(path, content)
    except BrokenYamlError as error:
        return CheckedFile(path, (error.problem,))
    newer = _newer_version(document)
    if newer:
        return CheckedFile(path, tuple(newer))
    return _checked(document, taxonomy)


def _checked(document: YamlDocument, taxonomy: Taxonomy) -> CheckedFile:
    path, context = document.path, {"taxonomy": taxonomy}
    if path.name == REVIEW_FILE:
        review, problems = check_record(document, PublishedReview)
        facts = review_facts(review) if review is not None else None
        return CheckedFile(path, tuple(problems), facts, review)
    if path.name.endswith(ANNOTATION_SUFFIX):
        annotation, problems = check_record(document, Annotation, context)
        return CheckedFile(path, tuple(problems), None, annotation)
    study, problems = check_record(document, Study, context)
    known = study_facts(study) if study is not None else None
    return CheckedFile(path, tuple(problems), known, study)


def _newer_version(document: YamlDocument) -> list[Problem]:
    """Refuse a file of a newer major version: its keys may mean something else."""
    content = document.content
    version = content.get("schema_version") if isinstance(content, dict) else None
    major = str(version).split(".", maxsplit=1)[0]
    ours = STUDY_SCHEMA_VERSION.split(".", maxsplit=1)[0]
    if not major.isdecimal() or int(major) <= int(ours):
        return []
    sentence = (
        f"the file has schema_version {version}, this program knows {STUDY_SCHEMA_VERSION}; "
        "upgrade asmr-stim"
    )
    return document.problems([Finding("E009", ("schema_version",), sentence)])
