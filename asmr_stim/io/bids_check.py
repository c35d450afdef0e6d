"""Whether a folder ``stimuli/`` follows the draft of BEP044, by the rules of ``bep044.yaml``.

The validator of the released standard passes over this folder, so that its silence proves nothing.

Offers: ``load_rules``, ``check_stimuli``.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from asmr_stim.errors import AsmrStimError
from asmr_stim.io.tables import Cell, Row, Table, decoded_text, read_filled_table
from asmr_stim.io.yaml_files import read_record
from asmr_stim.resources import schemas_folder
from asmr_stim.schema.bids_rules import BidsRules, FieldRule, TableRule, is_of_form
from asmr_stim.schema.problems import Problem

RULES_FILE = "bep044.yaml"
STIMULI_FOLDER = "stimuli"
STIMULI_TABLE = "stimuli.tsv"
_NAME = re.compile(
    r"(?P<id>stim-[0-9a-zA-Z]+)(_annot-(?P<annot>[0-9a-zA-Z]+))?(_part-[0-9a-zA-Z]+)?"
    r"_(?P<suffix>[a-z]+)\.(?P<extension>\w+)"
)


@lru_cache(maxsize=1)
def load_rules() -> BidsRules:
    """Return the rules that come with the program."""
    return read_record(schemas_folder() / RULES_FILE, BidsRules)


def check_stimuli(dataset: Path) -> list[Problem]:
    """Return everything in which a dataset's ``stimuli/`` departs from the draft.

    Parameters
    ----------
    dataset : Path
        The folder that holds ``stimuli/``.

    Returns
    -------
    list of Problem
        Errors and warnings in the order of files and lines.
    """
    folder = dataset / STIMULI_FOLDER
    check = _Check(load_rules(), folder)
    if not folder.is_dir():
        return [check.problem("no_folder", dataset)]
    return sorted(check.problems(), key=lambda each: (each.file, each.line, each.column, each.code))


@dataclass(frozen=True)
class _Check:
    """The rules applied to one folder."""

    rules: BidsRules
    folder: Path

    def problem(self, rule: str, path: Path, cell: Cell | None = None, /, **said: Any) -> Problem:
        """Return a broken rule as a problem, at a cell or at the start of its file."""
        message = self.rules.messages[rule]
        return Problem(
            code=message.code,
            file=str(path),
            line=1 if cell is None else cell.line,
            column=1 if cell is None else cell.column,
            message=message.text.format(**said),
            severity=message.level,
        )

    def problems(self) -> Iterator[Problem]:
        """Yield every broken rule."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        tables: dict[Path, Table] = {}
        for path in files:
            if not any(form.fullmatch(path.name) for form in self.rules.name_expressions):
                yield self.problem("name", path)
            elif path.suffix == ".tsv":
                yield from self._table(path, tables)
            elif path.suffix == ".json":
                yield from self._sidecar(path)
        if not (self.folder / STIMULI_TABLE).is_file():
            yield self.problem("no_table", self.folder)
        elif self.folder / STIMULI_TABLE in tables:
            yield from self._relations(files, tables)

    def _table(self, path: Path, tables: dict[Path, Table]) -> Iterator[Problem]:
        rule = self.rules.table(path.name)
        if rule is None:
            return
        try:
            table = read_filled_table(path)
        except AsmrStimError as error:
            yield self.problem("unreadable", path, reason=str(error))
            return
        tables[path] = table
        yield from self._columns(table, rule)
        for field in rule.columns:
            if field.name in table.columns:
                yield from self._values(table, field)

    def _columns(self, table: Table, rule: TableRule) -> Iterator[Problem]:
        for field in rule.columns:
            if field.name not in table.columns and field.level != "optional":
                absent = "missing_column" if field.level == "required" else "missing_recommended"
                yield self.problem(absent, table.path, name=field.name)
        sidecar = table.path.with_suffix(".json")
        described = self._json(sidecar) or {}
        known = {field.name for field in rule.columns} | set(described)
        for name in table.columns:
            if name not in known:
                yield self.problem("undescribed", table.path, name=name, sidecar=sidecar.name)

    def _values(self, table: Table, field: FieldRule) -> Iterator[Problem]:
        seen: dict[str, int] = {}
        for row in table.rows:
            cell = row[field.name]
            if cell.text is None:
                if field.key:
                    yield self.problem("missing_key_value", table.path, cell, name=field.name)
                continue
            said = {"name": field.name, "found": cell.text}
            if not is_of_form(field, cell.text):
                yield self.problem("value", table.path, cell, **said, wanted=field.wanted)
            if field.key and cell.text in seen:
                yield self.problem("repeated", table.path, cell, **said, first=seen[cell.text])
            seen.setdefault(cell.text, cell.line)

    def _sidecar(self, path: Path) -> Iterator[Problem]:
        content = self._json(path)
        if content is None:
            yield self.problem("unreadable", path, reason="this is no JSON object")
            return
        rule = self.rules.sidecar(path.name)
        for field in rule.keys if rule is not None else ():
            if field.name not in content:
                if field.level == "recommended":
                    yield self.problem("missing_recommended", path, name=field.name)
            elif not is_of_form(field, content[field.name]):
                said = {"name": field.name, "found": content[field.name], "wanted": field.wanted}
                yield self.problem("value", path, **said)

    def _json(self, path: Path) -> dict[str, Any] | None:
        """Return a JSON object; None where there is none."""
        try:
            content = json.loads(decoded_text(path))
        except (AsmrStimError, ValueError, RecursionError):
            return None
        return content if isinstance(content, dict) else None

    def _relations(self, files: list[Path], tables: dict[Path, Table]) -> Iterator[Problem]:
        table = tables[self.folder / STIMULI_TABLE]
        rows = {row["stimulus_id"].text: row for row in table.rows if "stimulus_id" in row}
        named = [(path, match) for path in files if (match := _NAME.fullmatch(path.name))]
        for path, match in named:
            if match["id"] not in rows:
                yield self.problem("unlisted", path, found=match["id"])
            elif match["annot"] is None:
                yield from self._agreement(path, match, rows[match["id"]])
        yield from self._presence(table, named)
        yield from self._annotations(named, tables)

    def _agreement(self, path: Path, match: re.Match[str], row: Row) -> Iterator[Problem]:
        said = row["type"].text if "type" in row else None
        suffix = match["suffix"]
        if suffix != "annotations" and said not in {None, suffix}:
            yield self.problem("suffix", path, found=match["id"], wanted=said, suffix=suffix)

    def _presence(self, table: Table, named: list[tuple[Path, re.Match[str]]]) -> Iterator[Problem]:
        media = {
            match["id"]
            for _, match in named
            if match["annot"] is None and match["extension"] not in {"json", "tsv"}
        }
        for row in table.rows if {"present", "stimulus_id"} <= set(table.columns) else ():
            identifier, cell = row["stimulus_id"].text, row["present"]
            if cell.text == "true" and identifier not in media:
                yield self.problem("absent", table.path, cell, found=identifier)
            if cell.text == "false" and identifier in media:
                yield self.problem("hidden", table.path, cell, found=identifier)

    def _annotations(
        self, named: list[tuple[Path, re.Match[str]]], tables: dict[Path, Table]
    ) -> Iterator[Problem]:
        described = {
            row["annot_id"].text
            for path, table in tables.items()
            if path.name.endswith("annotations.tsv") and "annot_id" in table.columns
            for row in table.rows
        }
        for path, match in named:
            if match["annot"] is not None and match["annot"] not in described:
                yield self.problem("unannotated", path, found=match["annot"])
