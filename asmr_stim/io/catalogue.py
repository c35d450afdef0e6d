"""The stimulus catalogue: one YAML file a study, and the published review's own record.

``check_files`` gathers every problem of every file at once; ``load_catalogue`` refuses a
catalogue that has any.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from asmr_stim.errors import AsmrStimError, InputError, MissingInputError
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.yaml_files import YamlDocument, check_record, read_document
from asmr_stim.schema.knowledge import Stated, value_of
from asmr_stim.schema.problems import Finding, Problem
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


def catalogue_files(path: Path) -> list[Path]:
    """Return a file as it is, or the YAML files of a folder in the order of their names.

    Raises
    ------
    MissingInputError
        If the path does not exist, or the folder holds no YAML file.
    """
    if not path.exists():
        raise MissingInputError(f"there is no file or folder {path}; check the path")
    if path.is_file():
        return [path]
    files = sorted(path.rglob("*.yaml"))
    if not files:
        raise MissingInputError(f"the folder {path} holds no .yaml file")
    return files


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
    files = [file for path in paths for file in catalogue_files(path)]
    problems: list[Problem] = []
    read: list[_Read] = []
    review: PublishedReview | None = None
    for file in files:
        try:
            document = read_document(file)
        except AsmrStimError as error:
            problems.append(_file_problem(file, error))
            continue
        version_problems = _newer_version(document)
        if version_problems:
            problems += version_problems
        elif file.name == REVIEW_FILE:
            review, found = check_record(document, PublishedReview)
            problems += found
        else:
            study, found = check_record(document, Study, {"taxonomy": taxonomy})
            problems += found
            if study is not None:
                read.append(_Read(study, document))
    problems += _across_files(read, review)
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.column))
    return CheckedFiles(
        tuple(each.study for each in read), review, tuple(problems), n_files=len(files)
    )


def _file_problem(file: Path, error: AsmrStimError) -> Problem:
    """Return the problem of a file that could not be read, at the place the error names."""
    sentence, line, column = str(error), 1, 1
    prefix, _, rest = sentence.partition(" ")
    parts = prefix.rsplit(":", 3)
    if len(parts) == 4 and parts[1].isdigit() and parts[2].isdigit():
        line, column, sentence = int(parts[1]), int(parts[2]), rest
    code, _, message = sentence.partition(" ")
    if not code.startswith("E0"):
        code, message = "E010", sentence
    return Problem(code=code, file=str(file), line=line, column=column, message=message)


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


def _across_files(read: list[_Read], review: PublishedReview | None) -> Iterator[Problem]:
    yield from _names(read)
    for key in ("doi", "pmid", "pmcid"):
        yield from _shared(read, key)
    yield from _inclusion(read, review)
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


def _inclusion(read: list[_Read], review: PublishedReview | None) -> Iterator[Problem]:
    listed = review.included_studies if review is not None else None
    known = set(listed.value) if isinstance(listed, Stated) else set()
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
    """Papers that share a sample id speak of the same people: their n must agree."""
    first: dict[str, tuple[int, str]] = {}
    for each in read:
        for position, sample in enumerate(each.study.samples):
            n = value_of(sample.n)
            if n is None:
                continue
            known = first.setdefault(sample.id, (n, each.study.id))
            if known[0] != n:
                sentence = (
                    f"sample '{sample.id}' has n {n} here and {known[0]} in '{known[1]}'; "
                    "the same people have one n, other people another id"
                )
                where = ("samples", position, "n")
                yield from each.document.problems([Finding("E033", where, sentence)])
