"""Problems as text with a caret, as JSON, and as GitHub's workflow commands."""

import json
from collections.abc import Sequence
from pathlib import Path

from asmr_stim.io.yaml_files import MAX_BYTES
from asmr_stim.schema.problems import Problem


def problems_as_text(problems: Sequence[Problem], n_files: int) -> str:
    """Return each problem with the line it speaks of and a caret, and a count at the end."""
    blocks = [_with_line(problem) for problem in problems]
    return "\n".join([*blocks, _count(problems, n_files)])


def problems_as_json(problems: Sequence[Problem], n_files: int) -> str:
    """Return the problems as a JSON object with the number of files checked."""
    listed = [problem.model_dump(mode="json", exclude_none=True) for problem in problems]
    return json.dumps({"n_files": n_files, "problems": listed}, indent=2, ensure_ascii=False)


def problems_as_github(problems: Sequence[Problem], n_files: int) -> str:
    """Return one workflow command a problem, so that GitHub shows it beside the line."""
    del n_files
    return "\n".join(
        f"::{each.severity} file={_property(each.file)},line={each.line},col={each.column},"
        f"title={each.code}::{_escaped(each.message)}"
        for each in problems
    )


def mended_line(problem: Problem) -> str:
    """Return what was written in place of what, as ``FILE:LINE:COL: fixed: ...``."""
    correction = problem.correction
    if correction is None:
        raise ValueError("a problem that was mended has its correction")
    place = f"{problem.file}:{correction.line}:{correction.column}"
    return f"{place}: fixed: '{correction.old}' is now '{correction.new}'"


def _with_line(problem: Problem) -> str:
    if not _is_worth_opening(Path(problem.file)):
        return str(problem)
    try:
        text = Path(problem.file).read_text(encoding="utf-8-sig")
        line = text.split("\n")[problem.line - 1]
    except (OSError, UnicodeDecodeError, IndexError):
        return str(problem)
    line = "".join(each if each.isprintable() else " " for each in line)
    start = max(0, problem.column - 61)
    shown = line[start : start + 100]
    caret = " " * (problem.column - 1 - start) + "^"
    return f"{problem}\n    {shown}\n    {caret}"


def _is_worth_opening(path: Path) -> bool:
    """Tell a text whose line can be shown from a pipe, a folder or something huge."""
    try:
        return path.is_file() and path.stat().st_size <= MAX_BYTES
    except OSError:
        return False


def _count(problems: Sequence[Problem], n_files: int) -> str:
    files = f"{n_files} file" + ("" if n_files == 1 else "s")
    if not problems:
        return f"{files} checked, no problems"
    found = f"{len(problems)} problem" + ("" if len(problems) == 1 else "s")
    affected = len({problem.file for problem in problems})
    return f"{files} checked, {found} in {affected} of them"


def _property(value: str) -> str:
    return _escaped(value).replace(":", "%3A").replace(",", "%2C")


def _escaped(message: str) -> str:
    return message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
