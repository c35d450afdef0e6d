"""The stimulus catalogue: one YAML file a study, and the published review's own record.

``check_files`` gathers every problem of every file at once; ``load_catalogue`` refuses a
catalogue that has any; ``find_problems`` gives the problems alone and passes over files that have
not changed since they were last checked.
"""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from asmr_stim.errors import AsmrStimError, InputError, MissingInputError
from asmr_stim.io.catalogue_files import files_of
from asmr_stim.io.checked_file import (
    REVIEW_FILE,
    CheckedFile,
    check_content,
    check_file,
    unreadable,
)
from asmr_stim.io.cross_checks import (
    STUDIES_FOLDER,
    HeldStudy,
    catalogue_folder_of,
    problems_across,
)
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.validation_cache import ValidationCache, file_sha256
from asmr_stim.io.yaml_files import read_content
from asmr_stim.schema.facts import ReviewFacts, StudyFacts
from asmr_stim.schema.problems import Problem
from asmr_stim.schema.review import PublishedReview
from asmr_stim.schema.spelling import close_word
from asmr_stim.schema.study import Study
from asmr_stim.schema.taxonomy import Taxonomy

__all__ = [
    "REVIEW_FILE",
    "STUDIES_FOLDER",
    "Catalogue",
    "CheckedFiles",
    "FoundProblems",
    "check_files",
    "find_problems",
    "load_catalogue",
]


@dataclass(frozen=True)
class Catalogue:
    """Every study of a catalogue, in the order of their ids, and the review behind it."""

    folder: Path
    studies: tuple[Study, ...]
    review: PublishedReview | None

    def study(self, identifier: str) -> Study:
        """Return a study by its id; an id that is not there is answered with the nearest."""
        found = {study.id: study for study in self.studies}
        if identifier not in found:
            near = close_word(identifier, found)
            hint = f"did you mean '{near}'?" if near else "'asmr-stim catalog list' shows them all"
            raise MissingInputError(
                f"the catalogue {self.folder} has no study '{identifier}'; {hint}"
            )
        return found[identifier]


@dataclass(frozen=True)
class CheckedFiles:
    """What a check of files found: the records that stand, and every problem."""

    studies: tuple[Study, ...]
    review: PublishedReview | None
    problems: tuple[Problem, ...]
    n_files: int


@dataclass(frozen=True)
class FoundProblems:
    """Every problem of a set of files."""

    problems: tuple[Problem, ...]
    n_files: int


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
    words = taxonomy if taxonomy is not None else load_taxonomy()
    surveyed = _survey(list(paths), lambda file: check_file(file, words), file_sha256)
    records = [each.record for each in surveyed.files]
    reviews = (record for record in records if isinstance(record, PublishedReview))
    return CheckedFiles(
        studies=tuple(record for record in records if isinstance(record, Study)),
        review=next(reviews, None),
        problems=surveyed.problems,
        n_files=len(surveyed.files),
    )


def find_problems(paths: Iterable[Path], cache: ValidationCache | None = None) -> FoundProblems:
    """Return every problem of every file, checked against the program's own taxonomy.

    Parameters
    ----------
    paths : iterable of Path
        Files, or folders that are searched for ``*.yaml``.
    cache : ValidationCache, optional
        What earlier checks found; a file whose bytes have not changed is not checked again by
        itself (what it says of other files is), and new findings are added.

    Raises
    ------
    MissingInputError
        If a path does not exist, or a folder holds no YAML file.
    """
    if cache is None:
        words = load_taxonomy()
        surveyed = _survey(
            list(paths), lambda file: replace(check_file(file, words), record=None), file_sha256
        )
    else:
        surveyed = _survey(list(paths), lambda file: _remembered(file, cache), cache.sha256_of)
    return FoundProblems(surveyed.problems, len(surveyed.files))


def _remembered(file: Path, cache: ValidationCache) -> CheckedFile:
    """Return what is remembered of a file, or check it and remember that."""
    try:
        content = read_content(file)
    except AsmrStimError as error:
        return unreadable(file, error)
    known = cache.recall(file, content)
    if known is None:
        known = replace(check_content(file, content, load_taxonomy()), record=None)
        cache.remember(known, content)
    return known


@dataclass(frozen=True)
class _Survey:
    """Files as checked, and every problem in and between them."""

    files: tuple[CheckedFile, ...]
    problems: tuple[Problem, ...]


def _survey(
    paths: Sequence[Path], check: Callable[[Path], CheckedFile], hash_of: Callable[[Path], str]
) -> _Survey:
    """Check every file once, by itself and against the others."""
    found = [files_of(path) for path in paths]
    names = _each_once(file for each in found for file in each.files)
    with _no_search_for_cycles():
        files = tuple(check(file) for file in names.values())
    studies = [
        HeldStudy(each.path, each.facts) for each in files if isinstance(each.facts, StudyFacts)
    ]
    reviews = [each.facts for each in files if isinstance(each.facts, ReviewFacts)]
    problems = [
        *(problem for each in found for problem in each.problems),
        *(problem for each in files for problem in each.problems),
        *problems_across(studies, [*reviews, *_reviews_beside(paths, check)], hash_of),
    ]
    problems.sort(key=lambda problem: (problem.file, problem.line, problem.column))
    return _Survey(files, tuple(problems))


def _each_once(files: Iterable[Path]) -> dict[str, Path]:
    """Return files by where they really are; one that is named twice comes once."""
    folders: dict[str, str] = {}
    names: dict[str, Path] = {}
    for file in files:
        folder, name = os.path.split(file)
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        is_link = os.path.islink(file)  # noqa: PTH114 a Path costs more than the question
        real = os.path.realpath(file) if is_link else os.path.join(folders[folder], name)  # noqa: PTH118 same
        names[real] = file
    return names


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Spare Python's collector: records hold no cycles, and looking for some costs a sixth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _reviews_beside(
    paths: Iterable[Path], check: Callable[[Path], CheckedFile]
) -> Iterator[ReviewFacts]:
    """Yield the review that a study belongs to which is checked by itself."""
    lone = [
        path for path in paths if path.is_file() and path.absolute().parent.name == STUDIES_FOLDER
    ]
    for beside in dict.fromkeys(catalogue_folder_of(path) / REVIEW_FILE for path in lone):
        if beside.is_file():
            facts = check(beside).facts  # whoever checks that file is told of its problems
            if isinstance(facts, ReviewFacts):
                yield facts
