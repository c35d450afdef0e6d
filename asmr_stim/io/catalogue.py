"""The stimulus catalogue: one YAML file a study, and the published review's own record.

``check_files`` gathers every problem of every file at once; ``load_catalogue`` refuses a
catalogue that has any.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from asmr_stim.errors import AsmrStimError, InputError, MissingInputError
from asmr_stim.io.catalogue_files import files_of
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.yaml_files import BrokenYamlError, YamlDocument, check_record, read_document
from asmr_stim.schema.knowledge import value_of
from asmr_stim.schema.problems import Finding, Problem, Where
from asmr_stim.schema.review import PublishedReview
from asmr_stim.schema.study import STUDY_SCHEMA_VERSION, Study
from asmr_stim.schema.taxonomy import Taxonomy

REVIEW_FILE = "review.yaml"
STUDIES_FOLDER = "studies"


@dataclass(frozen=True)
class Catalogue:
    """Every study of a catalogue, in the order of their ids, and the review behind it."""

    folder: Path
    studies: tuple[Study, ...]
    review: PublishedReview | None

    def study(self, identifier: str) -> Study:
        """Return a study by its id."""
        for study in self.studies:
            if study.id == identifier:
                return study
        raise MissingInputError(f"the catalogue {self.folder} has no study '{identifier}'")


@dataclass(frozen=True)
class CheckedFiles:
    """What a check of files found: the records that stand, and every problem."""

    studies: tuple[Study, ...]
    review: PublishedReview | None
    problems: tuple[Problem, ...]
    n_files: int


@dataclass(frozen=True)
class _Read:
    """A study with the document it was read from, so that problems have their place."""

    study: Study
    document: YamlDocument


def load_catalogue(folder: Path, taxonomy: Taxonomy | None = None) -> Catalogue:
    """Return a catalogue that has no problem.

    Parameters
    ----------
    folder : Path
        A folder with ``studies/*.yaml`` and, optionally, ``review.yaml``.
    taxonomy : Taxonomy, optional
        The terms that studies may use; the program's own by default.

    Raises
    ------
    InputError
        If any file has a problem; the message lists all of them.
    MissingInputError
        If there is no such folder or no study in it.
    """
    checked = check_files([folder], taxonomy)
    if checked.problems:
        listing = "\n".join(map(str, checked.problems))
        raise InputError(f"the catalogue {folder} has problems, mend them first:\n{listing}")
    if not checked.studies:
        raise MissingInputError(f"there is no study in {folder}; a catalogue has {STUDIES_FOLDER}/")
    studies = tuple(sorted(checked.studies, key=lambda study: study.id))
    return Catalogue(folder, studies, checked.review)


def check_files(paths: Iterable[Path], taxonomy: Taxonomy | None = None) -> CheckedFiles:
    """Check study files, folders of them and ``review.yaml``; gather all problems of all files.

    Parameters
    ----------
    paths : iterable of Path
        Files, or folders that are searched for ``*.yaml``.
    taxonomy : Taxonomy, optional
        The terms that studies may use; the program's own by default.

    Raises
    ------
    MissingInputError
        If a path does not exist, or a folder holds no YAML file.
    """
    taxonomy = taxonomy if taxonomy is not None else load_taxonomy()
    paths = list(paths)
    found = [files_of(path) for path in paths]
    files = list({os.path.realpath(file): file for each in found for file in each.files}.values())
    problems = [problem for each in found for problem in each.problems]
    read: list[_Read] = []
    reviews: list[PublishedReview] = []
    for file in files:
        record, of_file = _checked(file, taxonomy)
        problems += of_file
        if isinstance(record, PublishedReview):
            reviews.append(record)
        elif record is not None:
            read.append(record)
    problems += _across_files(read, [*reviews, *_reviews_beside(paths)])
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.column))
    studies = tuple(each.study for each in read)
    return CheckedFiles(studies, next(iter(reviews), None), tuple(problems), n_files=len(files))


def _checked(
    file: Path, taxonomy: Taxonomy
) -> tuple[_Read | PublishedReview | None, list[Problem]]:
    """Return the record of one file, or None and its problems."""
    try:
        document = read_document(file)
    except BrokenYamlError as error:
        return None, [error.problem]
    except AsmrStimError as error:
        sentence = str(error).removeprefix(f"{file} ")
        return None, [Problem(code="E010", file=str(file), line=1, column=1, message=sentence)]
    version_problems = _newer_version(document)
    if version_problems:
        return None, version_problems
    if file.name == REVIEW_FILE:
        return check_record(document, PublishedReview)
    study, problems = check_record(document, Study, {"taxonomy": taxonomy})
    return (_Read(study, document) if study is not None else None), problems


def _reviews_beside(paths: Iterable[Path]) -> Iterator[PublishedReview]:
    """Yield the review that a study belongs to which is checked by itself."""
    for path in paths:
        beside = path.absolute().parent.parent / REVIEW_FILE
        if path.is_file() and path.absolute().parent.name == STUDIES_FOLDER and beside.is_file():
            try:
                review, _ = check_record(read_document(beside), PublishedReview)
            except AsmrStimError:
                continue  # whoever checks that file is told
            if review is not None:
                yield review


def _newer_version(document: YamlDocument) -> list[Problem]:
    """Refuse a file of a newer major version: its keys may mean something else."""
    content = document.content
    version = content.get("schema_version") if isinstance(content, dict) else None
    major = str(version).split(".", maxsplit=1)[0]
    ours = STUDY_SCHEMA_VERSION.split(".", maxsplit=1)[0]
    if not major.isdigit() or int(major) <= int(ours):
        return []
    sentence = (
        f"the file has schema_version {version}, this program knows {STUDY_SCHEMA_VERSION}; "
        "upgrade asmr-stim"
    )
    return document.problems([Finding("E009", ("schema_version",), sentence)])


def _across_files(read: list[_Read], reviews: list[PublishedReview]) -> Iterator[Problem]:
    yield from _names(read)
    for key in ("doi", "pmid", "pmcid"):
        yield from _shared(read, key)
    yield from _inclusion(read, reviews)
    yield from _samples(read)


def _names(read: list[_Read]) -> Iterator[Problem]:
    for each in read:
        if each.document.path.stem != each.study.id:
            sentence = (
                f"the id is '{each.study.id}' but the file is '{each.document.path.name}'; "
                "the file's name is the id"
            )
            yield from each.document.problems([Finding("E030", ("id",), sentence)])


def _by(read: list[_Read], key: Callable[[Study], object]) -> dict[object, list[_Read]]:
    groups: dict[object, list[_Read]] = defaultdict(list)
    for each in read:
        groups[key(each.study)].append(each)
    return groups


def _shared(read: list[_Read], key: str) -> Iterator[Problem]:
    for value, sharers in _by(read, lambda study: value_of(getattr(study, key))).items():
        if value is None:
            continue
        for each in sharers[1:]:
            sentence = (
                f"{key} {value} is also that of '{sharers[0].study.id}'; "
                "one study has one file: merge them or correct the number"
            )
            yield from each.document.problems([Finding("E031", (key,), sentence)])


def _inclusion(read: list[_Read], reviews: list[PublishedReview]) -> Iterator[Problem]:
    known = {study for each in reviews for study in value_of(each.included_studies) or ()}
    for each in read:
        status = each.study.review_status.status
        if status == "included" and each.study.id not in known:
            sentence = (
                f"'{each.study.id}' is marked 'included', but {REVIEW_FILE} does not list it among "
                "the published review's studies; write 'candidate'"
            )
            where = ("review_status", "status")
            yield from each.document.problems([Finding("E032", where, sentence)])


def _samples(read: list[_Read]) -> Iterator[Problem]:
    """Check samples of one id: the same people have one n, and their id is meant to be shared."""
    first: dict[str, tuple[int, str]] = {}
    holders: dict[str, list[str]] = defaultdict(list)
    for each in read:
        for position, sample in enumerate(each.study.samples):
            where = ("samples", position)
            holders[sample.id].append(each.study.id)
            if not any(sample.id.startswith(f"{study}_") for study in holders[sample.id]):
                yield from _by_accident(each, sample.id, holders[sample.id], (*where, "id"))
            n = value_of(sample.n)
            if n is None:
                continue
            known = first.setdefault(sample.id, (n, each.study.id))
            if known[0] != n:
                sentence = (
                    f"sample '{sample.id}' has n {n} here and {known[0]} in '{known[1]}'; "
                    "the same people have one n, other people another id"
                )
                yield from each.document.problems([Finding("E033", (*where, "n"), sentence)])


def _by_accident(each: _Read, sample: str, holders: list[str], where: Where) -> Iterator[Problem]:
    """Refuse a shared sample id that names no study: it may be shared by chance."""
    if len(holders) > 1:
        sentence = (
            f"the sample id '{sample}' is also in '{holders[0]}'; if these are the same people, "
            f"begin it with the first study's id (such as {holders[0]}_{sample}), "
            "if not, with each study's own"
        )
        yield from each.document.problems([Finding("E034", where, sentence)])
