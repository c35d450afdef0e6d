"""``asmr-stim taxonomy`` as a user meets it."""

import json
import re
import shlex
import sys

import pytest
from builders import REPOSITORY

from asmr_stim.cli import main


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the program in a terminal of 80 columns; return exit code, stdout and stderr."""

    def run(*words, columns="80"):
        monkeypatch.setenv("COLUMNS", columns)
        monkeypatch.setattr(sys, "argv", ["asmr-stim", "taxonomy", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return run


def test_the_tree_fits_the_terminal_and_counts_its_terms(run):
    code, out, _ = run("tree")
    lines = out.splitlines()
    assert code == 0
    assert max(map(len, lines)) <= 80
    n_terms = sum("── " in line for line in lines)
    assert lines[-1].startswith(f"{n_terms} terms: ")


def test_the_tree_shows_depth_by_its_branches(run):
    _, out, _ = run("tree", "--axis", "source")
    assert "│   │   └── unintelligible_whisper " in out
    assert "ACT" not in out


def test_a_narrow_terminal_cuts_between_words(run):
    _, out, _ = run("tree", "--axis", "channel", columns="50")
    assert "├── audio                Audio only: The …\n" in out


def test_the_tree_as_json_nests_children(run):
    _, out, _ = run("tree", "--axis", "channel", "--json")
    touch = json.loads(out)["channel"][-1]
    assert [child["id"] for child in touch["children"]] == ["skin_touch", "back_hair_touch"]


def test_show_finds_a_term_by_the_word_of_the_community(run):
    code, out, _ = run("show", "Crinkles")
    assert code == 0
    assert "source · object/deformation/crinkling" in out
    assert "`tearing`" in out
    assert max(map(len, out.splitlines())) <= 80


def test_show_as_json_has_path_levels_rules_and_citations(run):
    _, out, _ = run("show", "whispering", "--json")
    entry = json.loads(out)
    assert entry["path"] == "voice/whisper"
    assert entry["levels"]["voice_present"] == "voice"
    assert any("soft_speech" in rule for rule in entry["rules"])
    assert any("10.7717/peerj.851" in source for source in entry["sources"])


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("pace", "facet"),
        ("ear to ear", "value of a facet"),
        ("foil", "role"),
        ("before_after", "contrast type"),
        ("five groups", "moderator group"),
    ],
)
def test_show_finds_what_is_no_term_too(run, word, kind):
    code, out, _ = run("show", word)
    assert code == 0
    assert out.splitlines()[1] == kind


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("taping", "did you mean 'tapping'?"),
        ("regularty", "did you mean 'regularity'?"),
        ("qqqq", "'asmr-stim taxonomy tree' lists every term"),
    ],
)
def test_an_unknown_word_is_one_sentence_with_a_hint(run, word, hint):
    code, out, err = run("show", word)
    assert code == 1
    assert out == ""
    assert err == f"asmr-stim: '{word}' is not in the taxonomy; {hint}\n"


def test_an_axis_that_is_none_is_misuse(run):
    code, _, err = run("tree", "--axis", "smell")
    assert code == 2
    assert "smell" in err


def test_a_crosswalk_lists_matches_and_what_has_none(run):
    code, out, _ = run("crosswalk", "ESC-50")
    assert code == 0
    assert "mouse_clicking   exact    31  mouse_click" in out
    assert "29 terms and 0 facets or values match; 126 terms have none:" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_crosswalk_as_json_says_what_its_relations_mean(run):
    _, out, _ = run("crosswalk", "hed", "--json")
    found = json.loads(out)
    match = {"id": "HED_0012051", "name": "Whisper", "relation": "exact"}
    assert found["terms"]["whisper"][0] == match
    assert set(found["relations"]) == {"exact", "broad", "narrow", "related"}


def test_an_unknown_scheme_is_answered_with_those_there_are(run):
    code, _, err = run("crosswalk", "soundnet")
    assert code == 1
    assert "'soundnet'; there are audioset, hed, fsd50k, esc50, deepasmr_nspeech" in err


def test_the_export_goes_to_a_file_or_to_the_screen(run, tmp_path):
    _, printed, _ = run("export", "--skos")
    code, out, err = run("export", "--skos", "--out", str(tmp_path / "taxonomy.ttl"))
    assert (code, out) == (0, "")
    assert "taxonomy.ttl" in err
    assert (tmp_path / "taxonomy.ttl").read_text(encoding="utf-8") == printed


def test_an_export_without_a_form_is_misuse(run):
    code, _, err = run("export")
    assert code == 2
    assert "--skos" in err


def test_an_export_to_a_place_that_is_not_there_is_one_sentence(run, tmp_path):
    place = tmp_path / "no" / "where.ttl"
    code, _, err = run("export", "--skos", "--out", str(place))
    assert code == 1
    assert err == f"asmr-stim: {place}: cannot be written (No such file or directory)\n"


def examples_of_the_docs():
    text = (REPOSITORY / "docs" / "taxonomy.md").read_text(encoding="utf-8")
    for block in re.findall(r"```console\n\$ asmr-stim taxonomy (.*?)\n(.*?)```", text, re.DOTALL):
        yield pytest.param(shlex.split(block[0]), block[1], id=block[0])


@pytest.mark.parametrize(("words", "expected"), list(examples_of_the_docs()))
def test_the_examples_of_the_docs_are_what_the_program_says(run, words, expected):
    _, out, err = run(*words)
    if expected.endswith("...\n"):
        assert out.startswith(expected.removesuffix("...\n"))
    else:
        assert out + err == expected


def test_the_python_of_the_docs_runs():
    text = (REPOSITORY / "docs" / "taxonomy.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(block, {})  # noqa: S102 our own page
