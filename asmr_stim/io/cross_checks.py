"""Problems that no file has by itself: what files say of one another, and of the clips beside them.

Every check works on the facts of the files; a file is read again only to say at which line it
disagrees with another.
"""

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asmr_stim.errors import AsmrStimError
from asmr_stim.io.checked_file import REVIEW_FILE
from asmr_stim.io.yaml_files import read_document
from asmr_stim.schema.facts import ClipFacts, ReviewFacts, StudyFacts, identity_path
from asmr_stim.schema.problems import Finding, Problem, Where

STUDIES_FOLDER = "studies"

HashOf = Callable[[Path], str]
"""Gives the SHA-256 of a file, as 64 hexadecimal digits."""


@dataclass(frozen=True)
class HeldStudy:
    """A study's facts and the file that it stands in."""

    path: Path
    facts: StudyFacts

    def problem(self, code: str, where: Where, sentence: str) -> Problem:
        """Return a problem at its place in the file as it is now."""
        try:
            return read_document(self.path).problem(Finding(code, where, sentence))
        except AsmrStimError:  # changed or gone since it was checked
            return Problem(code=code, file=str(self.path), line=1, column=1, message=sentence)


def problems_across(
    studies: Sequence[HeldStudy], reviews: Iterable[ReviewFacts], hash_of: HashOf
) -> Iterator[Problem]:
    """Yield every problem between files.

    Parameters
    ----------
    studies : sequence of HeldStudy
    reviews : iterable of ReviewFacts
        The review that the studies may belong to.
    hash_of : callable
        Asked for the SHA-256 of each clip that a study names with a hash and that is there.
    """
    yield from _names(studies)
    for key in ("doi", "pmid", "pmcid"):
        yield from _shared(studies, key)
    yield from _inclusion(studies, reviews)
    yield from _samples(studies)
    yield from _clips(studies, hash_of)


def _names(studies: Sequence[HeldStudy]) -> Iterator[Problem]:
    for each in studies:
        if each.path.stem != each.facts.id:
            sentence = (
                f"the id is '{each.facts.id}' but the file is '{each.path.name}'; "
                "the file's name is the id"
            )
            yield each.problem("E030", ("id",), sentence)


def _shared(studies: Sequence[HeldStudy], key: str) -> Iterator[Problem]:
    """Find two studies of one number; a DOI is the same whether its letters are large or small."""
    groups: dict[str, list[HeldStudy]] = defaultdict(list)
    for each in studies:
        value = getattr(each.facts, key)
        if value is not None:
            groups[value.casefold()].append(each)
    for sharers in groups.values():
        for each in sharers[1:]:
            sentence = (
                f"{key} {getattr(each.facts, key)} is also that of '{sharers[0].facts.id}'; "
                "one study has one file: merge them or correct the number"
            )
            yield each.problem("E031", (key,), sentence)


def _inclusion(studies: Sequence[HeldStudy], reviews: Iterable[ReviewFacts]) -> Iterator[Problem]:
    known = {study for each in reviews for study in each.included_studies}
    for each in studies:
        if each.facts.status == "included" and each.facts.id not in known:
            sentence = (
                f"'{each.facts.id}' is marked 'included', but {REVIEW_FILE} does not list it among "
                "the published review's studies; write 'candidate'"
            )
            yield each.problem("E032", ("review_status", "status"), sentence)


def _samples(studies: Sequence[HeldStudy]) -> Iterator[Problem]:
    """Check samples of one id: the same people have one n, and their id is meant to be shared."""
    first: dict[str, tuple[int, str]] = {}
    holders: dict[str, list[str]] = defaultdict(list)
    for each in studies:
        for position, sample in enumerate(each.facts.samples):
            where = ("samples", position)
            holders[sample.id].append(each.facts.id)
            if not any(sample.id.startswith(f"{study}_") for study in holders[sample.id]):
                yield from _by_accident(each, sample.id, holders[sample.id], (*where, "id"))
            if sample.n is None:
                continue
            n, study = first.setdefault(sample.id, (sample.n, each.facts.id))
            if sample.n != n:
                sentence = (
                    f"sample '{sample.id}' has n {sample.n} here and {n} in '{study}'; "
                    "the same people have one n, other people another id"
                )
                yield each.problem("E033", (*where, "n"), sentence)


def _by_accident(
    each: HeldStudy, sample: str, holders: list[str], where: Where
) -> Iterator[Problem]:
    """Refuse a shared sample id that names no study: it may be shared by chance."""
    if len(holders) > 1:
        sentence = (
            f"the sample id '{sample}' is also in '{holders[0]}'; if these are the same people, "
            f"begin it with the first study's id (such as {holders[0]}_{sample}), "
            "if not, with each study's own"
        )
        yield each.problem("E034", where, sentence)


def _clips(studies: Sequence[HeldStudy], hash_of: HashOf) -> Iterator[Problem]:
    for each in studies:
        for clip in each.facts.clips:
            yield from _clip(each, clip, hash_of)


def _clip(each: HeldStudy, clip: ClipFacts, hash_of: HashOf) -> Iterator[Problem]:
    """Compare a clip that lies beside the catalogue with its hash; most lie elsewhere."""
    folder = catalogue_folder_of(each.path)
    path = folder / clip.file
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return
    except (OSError, ValueError):
        return
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        sentence = f"'{clip.file}' is a link that leads out of the catalogue; copy the clip"
        yield each.problem("E014", identity_path(clip, "file"), sentence)
    elif clip.sha256 is not None:
        yield from _other_content(each, clip, path, hash_of)


def _other_content(
    each: HeldStudy, clip: ClipFacts, path: Path, hash_of: HashOf
) -> Iterator[Problem]:
    where = identity_path(clip, "file_sha256")
    try:
        found = hash_of(path)
    except OSError as error:
        sentence = f"the clip '{clip.file}' cannot be read ({error.strerror})"
        yield each.problem("E035", where, sentence)
        return
    if found != clip.sha256:
        sentence = (
            f"the clip '{clip.file}' is another file than the one meant here: its SHA-256 begins "
            f"with {found[:12]}, not with {clip.sha256[:12] if clip.sha256 else ''}; "
            "put the right clip there or correct the hash"
        )
        yield each.problem("E035", where, sentence)


def catalogue_folder_of(study: Path) -> Path:
    """Return the folder that the paths in a study are relative to: the one that holds studies/."""
    folder = study.absolute().parent
    return folder.parent if folder.name == STUDIES_FOLDER else folder
