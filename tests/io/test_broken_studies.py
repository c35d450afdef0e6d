"""A corpus of broken study files: each is a right one with a single thing made wrong."""

import random
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from studies import a_filled_catalogue

from asmr_stim.io.catalogue import check_files

N_FILES = 50  # of each kind
SEED = 20
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
OPTIONAL = {
    "title", "authors", "year", "venue", "doi", "pmid", "pmcid", "countries", "modalities",
    "note", "locator",
}  # fmt: skip
"""Keys that nothing else in a file leans on: taking one away leaves it right."""


def _nodes(node: yaml.Node, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield each key of a file with the path to it and its node."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, key.value), key
            yield from _nodes(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for position, member in enumerate(node.value):
            yield from _nodes(member, (*path, position))


def _draws() -> random.Random:
    return random.Random(SEED)  # noqa: S311 the same files each time, no secret


def _parent(content: Any, path: tuple[Any, ...]) -> Any:
    for part in path[:-1]:
        content = content[part]
    return content


def _misspelt(word: str, draws: random.Random) -> str:
    at = draws.randrange(len(word))
    return word[:at] + "q" + word[at:]


def _with_key(content: Any, path: tuple[Any, ...], key: str) -> Any:
    """Return the content with one key renamed in its place, so that no line moves."""
    changed = deepcopy(content)
    parent = _parent(changed, path)
    items = [(key if name == path[-1] else name, value) for name, value in parent.items()]
    parent.clear()
    parent.update(items)
    return changed


def _wrong_value(value: Any, draws: random.Random) -> Any:
    """Return a value that is wrong wherever a right file has this one."""
    if isinstance(value, dict | list):
        return draws.choice([7, "word", None, True])
    return draws.choice([{"a": 1}, [[1]]])


@pytest.fixture(scope="module")
def right(tmp_path_factory) -> tuple[Any, str]:
    folder = a_filled_catalogue(tmp_path_factory.mktemp("right"), n_studies=1)
    text = (folder / "studies" / "doe_2000.yaml").read_text(encoding="utf-8")
    assert check_files([folder]).problems == ()
    return yaml.safe_load(text), text


def _problems(folder: Path, content: Any) -> tuple[list[Any], str]:
    text = yaml.dump(content, Dumper=DUMPER, sort_keys=False)
    (folder / "doe_2000.yaml").write_text(text, encoding="utf-8")
    return list(check_files([folder / "doe_2000.yaml"]).problems), text


def test_every_misspelt_key_is_told_at_its_line(tmp_path, right):
    content, text = right
    draws = _draws()
    keys = list(_nodes(yaml.compose(text)))
    for path, _ in draws.sample(keys, N_FILES):
        word = _misspelt(path[-1], draws)
        problems, written = _problems(tmp_path, _with_key(content, path, word))
        line = next(n for n, each in enumerate(written.split("\n"), 1) if f"{word}:" in each)
        assert line in {problem.line for problem in problems}, (path, word, problems)
        assert any(word in problem.message for problem in problems), (path, word)


def test_every_value_of_a_wrong_type_is_told_at_its_line(tmp_path, right):
    content, text = right
    draws = _draws()
    keys = list(_nodes(yaml.compose(text)))
    for path, node in draws.sample(keys, N_FILES):
        changed = deepcopy(content)
        parent = _parent(changed, path)
        parent[path[-1]] = _wrong_value(parent[path[-1]], draws)
        problems, _ = _problems(tmp_path, changed)
        lines = {problem.line for problem in problems}
        assert node.start_mark.line + 1 in lines, (path, parent[path[-1]], problems)


def test_a_key_taken_away_is_told_in_its_mapping_or_leaves_the_file_right(tmp_path, right):
    content, text = right
    draws = _draws()
    keys = list(_nodes(yaml.compose(text)))
    needed = {"value", "basis", "provenance", "scope", "kind", "grade", "measure", "id", "label"}
    for path, _ in draws.sample(keys, N_FILES):
        changed = deepcopy(content)
        del _parent(changed, path)[path[-1]]
        problems, _ = _problems(tmp_path, changed)
        if path[-1] in needed:
            assert any(path[-1] in p.message for p in problems), path
        elif path[-1] in OPTIONAL:
            assert problems == [], path


WRONG = {
    "evidence_level": ("full_txt", "E003"),
    "schema_version": ("2.0.0", "E009"),
    "id": ("Doe", "E006"),
    "year": (1850, "E005"),
    "n": (0, "E005"),
    "age_mean_years": (-3.0, "E005"),
    "channel": ("audio_visual", "E012"),
    "share": (1.5, "E005"),
    "low_hz": (0.0, "E005"),
    "measure": ("eeg_pwr", "E003"),
    "grade": ("sure", "E003"),
    "role": ("asrm", "E003"),
    "stimulus": ("another", "E023"),
    "sample": ("nobody", "E023"),
    "contrast": ("nothing", "E023"),
    "x": (500.0, "E005"),
    "kind": ("peak", "E003"),
    "space": ("mni", "E003"),
    "scope": ("page", "E003"),
    "basis": ("guessed", "E003"),
    "doi": ("10.1/x", "E006"),
    "pmid": (31275748, "E004"),
    "duration_s": (".inf", "E004"),
    "power": ("big", "E003"),
    "eyes": ("shut", "E003"),
    "direction": ("up", "E003"),
    "status": ("included", "E032"),
}


@pytest.mark.parametrize(("key", "wrong", "code"), [(k, *v) for k, v in WRONG.items()])
def test_a_value_that_cannot_be_is_told_with_its_code(tmp_path, right, key, wrong, code):
    content, text = right
    path = next(path for path, _ in _nodes(yaml.compose(text)) if path[-1] == key)
    changed = deepcopy(content)
    parent = _parent(changed, path)
    if isinstance(parent[key], dict):
        parent[key]["value"] = wrong
    else:
        parent[key] = wrong
    problems, _ = _problems(tmp_path, changed)
    assert code in {problem.code for problem in problems}, problems


def test_text_with_pieces_cut_out_or_put_in_gives_problems_and_no_traceback(tmp_path, right):
    _, text = right
    draws = _draws()
    path = tmp_path / "doe_2000.yaml"
    for _ in range(N_FILES):
        at = draws.randrange(len(text))
        piece = draws.choice(
            ["", "\t", "'", '"', "[", "{", "*", "&a ", "!", ": ", "- ", "\0", "\x85"]
        )
        path.write_text(text[:at] + piece + text[at + draws.randrange(3) :], encoding="utf-8")
        for problem in check_files([path]).problems:
            assert re.match(r".*doe_2000\.yaml:\d+:\d+: E0\d\d .+", str(problem))
            assert "\n" not in problem.message
