"""Misspelt words put right in their files, where there is no doubt, and nothing else touched.

A correction replaces one word at the place where it stands; comments, quotes, line ends and layout
stay as they are, since the file is never parsed and written anew. A file is written whole or not at
all. What is not certain is left to a person.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from asmr_stim.errors import AsmrStimError
from asmr_stim.io.catalogue_files import files_of
from asmr_stim.io.checked_file import check_content
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.writing import write_atomically
from asmr_stim.io.yaml_files import BrokenYamlError, document_of, read_content
from asmr_stim.schema.problems import Correction, Problem
from asmr_stim.schema.taxonomy import Taxonomy

MOST_ROUNDS = 20  # a word that is put right may show another that was passed over before
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)?")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ -]*")


def mend_files(paths: Iterable[Path], taxonomy: Taxonomy | None = None) -> list[Problem]:
    """Correct what is certain in study files, in folders of them and in ``review.yaml``.

    Parameters
    ----------
    paths : iterable of Path
        Files, or folders that are searched for ``*.yaml``.
    taxonomy : Taxonomy, optional
        The terms that studies may use; the program's own by default.

    Returns
    -------
    list of Problem
        Those that were mended, in the order of the files; ``correction`` says what was written.

    Raises
    ------
    MissingInputError
        If a path does not exist, or a folder holds no YAML file.
    OutputError
        If a file cannot be written; it is as it was.
    """
    words = taxonomy if taxonomy is not None else load_taxonomy()
    files = [file for path in paths for file in files_of(path).files]
    real = {os.path.realpath(file): file for file in files}
    return [problem for file in real.values() for problem in _mend_file(file, words)]


def _mend_file(file: Path, taxonomy: Taxonomy) -> list[Problem]:
    try:
        before = read_content(file)
    except AsmrStimError:
        return []  # the check that follows says so
    content, mended = mend(file, before, taxonomy)
    if content != before:
        real = Path(os.path.realpath(file))  # a link stays a link
        mode = real.stat().st_mode
        write_atomically(real, content)
        real.chmod(mode)
    return mended


def mend(file: Path, content: bytes, taxonomy: Taxonomy) -> tuple[bytes, list[Problem]]:
    """Return the bytes of a file with every certain correction made, and what was corrected."""
    mended: list[Problem] = []
    for _ in range(MOST_ROUNDS):
        content, of_round = _one_round(file, content, taxonomy)
        if not of_round:
            break
        mended += of_round
    return content, sorted(mended, key=lambda each: (each.line, each.column))


def _one_round(file: Path, content: bytes, taxonomy: Taxonomy) -> tuple[bytes, list[Problem]]:
    """Make the corrections of one check, the last in the file first, so that places stay true."""
    problems = check_content(file, content, taxonomy).problems
    places = {(each.line, each.column): each for each in problems if each.correction is not None}
    mended = []
    for _, problem in sorted(places.items(), reverse=True):
        new = _corrected(content, problem.correction) if problem.correction else None
        if new is not None and _is_yaml(file, new):
            content = new
            mended.append(problem)
    return content, mended


def _corrected(content: bytes, correction: Correction) -> bytes | None:
    """Return the bytes with one word replaced, or None if it does not stand there in so many words.

    The line and column are those of the text without its byte order mark.
    """
    lines = _LINE.findall(content)
    if correction.line > len(lines) or not _PLAIN.fullmatch(correction.new):
        return None
    line = lines[correction.line - 1].decode("utf-8")
    is_marked = correction.line == 1 and line.startswith("\ufeff")
    start = correction.column - 1 + is_marked
    for quote in ("", "'", '"'):
        old = f"{quote}{correction.old}{quote}"
        if line.startswith(old, start):
            new = f"{quote}{correction.new}{quote}"
            mended = line[:start] + new + line[start + len(old) :]
            lines[correction.line - 1] = mended.encode("utf-8")
            return b"".join(lines)
    return None


def _is_yaml(file: Path, content: bytes) -> bool:
    """Tell whether a file can still be read: a key that now stands twice cannot."""
    try:
        document_of(file, content)
    except BrokenYamlError:
        return False
    return True
