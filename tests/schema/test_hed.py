from functools import cache

import pytest

from asmr_stim.io.bids import _rows
from asmr_stim.io.bids_check import load_rules
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.hed import hed_string, hed_tags

hed = pytest.importorskip("hed", reason="hedtools is not installed (extra 'bids')")


@cache
def hed_schema():
    return hed.load_schema_version(load_rules().hed_version)


def issues(text):
    """Return what hedtools finds wrong with a HED string."""
    from hed.validator import HedValidator  # noqa: PLC0415 only where hedtools is installed

    validator = HedValidator(hed_schema())
    found = validator.validate(hed.HedString(text, hed_schema()), allow_placeholders=False)
    return [issue["code"] for issue in found]


def words():
    taxonomy = load_taxonomy()
    facets = [f"{facet.id}.{value.id}" for facet in taxonomy.facets for value in facet.values]
    return [term.id for term in taxonomy.terms] + facets


def test_hedtools_accepts_the_string_of_every_term_that_has_one():
    strings = {word: hed_string(load_taxonomy(), [word]) for word in words()}
    given = {word: text for word, text in strings.items() if text is not None}
    assert len(given) > 50
    assert {word: found for word, text in given.items() if (found := issues(text))} == {}


def test_hedtools_accepts_all_tags_together():
    assert issues(hed_string(load_taxonomy(), words())) == []


def test_hedtools_accepts_the_strings_of_the_catalogue():
    rows = _rows(load_catalogue(catalogue_folder()).studies, load_taxonomy())
    strings = {row.hed for row in rows if row.hed is not None}
    assert len(strings) > 5
    assert {text: found for text in strings if (found := issues(text))} == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [("Sensory-event, Wisper", "TAG_INVALID"), ("Whisper, Whisper", "TAG_EXPRESSION_REPEATED")],
)
def test_hedtools_refuses_a_string_with_a_fault(text, code):
    assert code in issues(text)


def test_an_exact_tag_is_given_alone():
    assert hed_tags(load_taxonomy(), ["whisper"]) == ("Whisper",)


def test_a_tag_that_is_broader_is_given():
    assert hed_tags(load_taxonomy(), ["soft_speech"]) == ("Speak",)


@pytest.mark.parametrize("word", ["typing_of_no_kind", "knocking", "friction"])
def test_a_term_without_a_true_tag_has_none(word):
    assert hed_string(load_taxonomy(), [word]) is None


def test_a_tag_stands_once():
    assert hed_string(load_taxonomy(), ["soft_speech", "normal_speech"]) == "Sensory-event, Speak"


def test_a_value_of_a_facet_has_its_tag():
    assert hed_tags(load_taxonomy(), ["spatial.mono"]) == ("Monophonic",)
