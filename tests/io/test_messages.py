import re
from copy import deepcopy

import pytest
from studies import a_stimulus, a_study, peaks, stated, written

from asmr_stim.io.catalogue import check_files
from asmr_stim.io.messages import _table, close_word, one_line


def said_of(folder, content):
    """Return what is said of a study, without the names of file and folder."""
    problems = check_files([written(folder, content)]).problems
    return [f"{each.code} {each.message}" for each in problems]


def changed(*path, **change):
    """Return a study with keys changed in the mapping at a path."""
    study = a_study()
    place = study
    for part in path:
        place = place[part]
    place.update(deepcopy(change))
    return study


def test_a_misspelt_key_near_a_missing_one_is_one_hint(tmp_path):
    study = a_study()
    study["evidence_levle"] = study.pop("evidence_level")
    assert said_of(tmp_path, study) == [
        "E002 'evidence_levle' is no key; did you mean 'evidence_level'?"
    ]


def test_two_misspelt_keys_are_two_hints(tmp_path):
    study = a_study()
    for key, wrong in (("evidence_level", "evidence_levle"), ("schema_version", "schema_verson")):
        study[wrong] = study.pop(key)
    assert [re.findall(r"'(\w+)'", each) for each in said_of(tmp_path, study)] == [
        ["evidence_levle", "evidence_level"],
        ["schema_verson", "schema_version"],
    ]


def test_a_misspelt_key_that_nothing_misses_is_a_hint_too(tmp_path):
    assert said_of(tmp_path, changed(desing=stated("within"))) == [
        "E002 'desing' is no key; did you mean 'design'?"
    ]


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        (("title",), "basis, note, provenance, value"),
        (("title", "provenance"), "locator, scope, sources"),
        (("samples", 0, "n", "provenance"), "locator, scope, sources"),
        (("stimuli", 0, "sources"), "basis, note, provenance, value"),
        (("contrasts", 0, "stimuli", 0), "role, stimulus"),
        (("review_status",), "basis, reason, status"),
        (("sources", 0), "id, kind, note, reference"),
    ],
)
def test_an_unknown_key_lists_the_keys_of_its_place(tmp_path, path, keys):
    (said,) = said_of(tmp_path, changed(*path, qqq=1))
    assert said.startswith("E002 'qqq' is no key in '")
    assert said.endswith(f"; the keys here are: {keys}")


def test_a_value_is_named_with_the_field_it_is_of(tmp_path):
    assert said_of(tmp_path, changed("samples", 0, n=stated("twenty"))) == [
        "E004 'n.value' must be a whole number, found 'twenty'"
    ]


def test_a_choice_of_types_is_one_problem(tmp_path):
    study = changed(details=[{"name": "room", "value": stated({"a": 1})}])
    (said,) = said_of(tmp_path, study)
    assert said == (
        "E004 'value.value' must be one of: a whole number, a number, true or false, text, a list; "
        "found a mapping"
    )


@pytest.mark.parametrize("bare", ["A study", ["A study"], None, 7, True])
def test_a_bare_value_is_told_what_it_lacks(tmp_path, bare):
    (said,) = said_of(tmp_path, changed(title=bare))
    assert said.startswith("E007 'title' must be a value with its provenance")


def test_a_bare_list_of_values_is_told_that_each_needs_its_own(tmp_path):
    (said,) = said_of(tmp_path, changed(countries=stated("Japan")))
    assert said.startswith("E007 'countries' must be a list of values each with its provenance")


@pytest.mark.parametrize(
    ("wrong", "meant"), [("not reprted", "not reported"), ("not extraced", "not extracted")]
)
def test_a_misspelt_state_is_a_hint(tmp_path, wrong, meant):
    (said,) = said_of(tmp_path, changed(title=wrong))
    assert said.endswith(f"did you mean '{meant}'?")


def test_a_misspelt_choice_lists_all_and_names_the_nearest(tmp_path):
    (said,) = said_of(tmp_path, changed("review_status", basis="recored"))
    assert said == (
        "E003 'basis' is 'recored', which is not one of: recorded, by_criteria; "
        "did you mean 'recorded'?"
    )


def test_what_a_file_says_cannot_pass_for_another_problem(tmp_path):
    evil = "x\nother.yaml:1:1: E000 all is well \x1b[2J"
    (said,) = said_of(tmp_path, changed("review_status", status=evil))
    assert "\n" not in said
    assert "\x1b" not in said
    assert r"\x1b[2J" in said


def test_a_long_value_is_cut(tmp_path):
    (said,) = said_of(tmp_path, changed(evidence_level="x" * 5000))
    assert len(said) < 300


def test_a_focus_outside_the_head_is_told_with_its_limit(tmp_path):
    (said,) = said_of(tmp_path, a_study(coordinates=[peaks([(1.0, 2.0, 300.0)])]))
    assert said == "E005 'z' must be at most 130.0, found 300.0"


def test_an_unknown_term_names_the_nearest(tmp_path):
    study = a_study(stimuli=[a_stimulus(sources=stated(["taping"])), a_stimulus("control_video")])
    (said,) = said_of(tmp_path, study)
    assert said == "E012 'taping' is not a source term of the taxonomy; did you mean 'tapping'?"


@pytest.mark.parametrize(
    ("change", "form"),
    [
        ({"id": "Doe-2020"}, "a study's id"),
        ({"doi": stated("doi.org/10.1/x")}, "a DOI such as"),
        ({"pmid": stated("x")}, "a PubMed number"),
        ({"pmcid": stated("12")}, "a PubMed Central number"),
        ({"schema_version": "1"}, "a version such as"),
    ],
)
def test_a_form_is_told_in_words(tmp_path, change, form):
    (said,) = said_of(tmp_path, changed(**change))
    assert f"which is not {form}" in said
    assert "^" not in said


def test_every_message_has_a_code_and_fills_in_what_it_names():
    blanks = {"key", "in_where", "found", "allowed", "form", "hint", "reason", "write"}
    limits = {"gt", "ge", "lt", "le", "min_length"}
    for entry in _table()["messages"].values():
        assert re.fullmatch(r"E0\d\d", entry["code"])
        assert set(re.findall(r"{(\w+)}", entry["text"])) <= blanks | limits


def test_a_word_that_resembles_none_is_not_guessed():
    assert close_word("taping", ["tapping", "whisper"]) == "tapping"
    assert close_word("qqq", ["tapping", "whisper"]) is None
    assert close_word("", []) is None


def test_a_line_stays_one_line():
    assert one_line("a\tb\nc\u2028d ü") == r"a\tb\nc\u2028d ü"


def test_a_file_of_nothing_but_mistakes_is_told_briefly_and_soon(tmp_path):
    path = written(tmp_path, a_study())
    many = "".join(f"evidence_levl{number}: 1\n" for number in range(20_000))
    path.write_text(path.read_text() + many)
    problems = check_files([path]).problems
    assert len(problems) == 201
    assert problems[-1].code == "E016"
    assert problems[-1].message == "there are 20000 problems here; after 200 no more are told"
