import pytest
from annotation_builders import TAXONOMY
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.schema.taxonomy import AXES
from asmr_stim_tui.term_colours import UNLABELLED, TermColours
from asmr_stim_tui.term_search import found_terms

WORDS = [(term, word) for axis in AXES for term in TAXONOMY.terms_of(axis) for word in term.words]


@given(drawn=st.sampled_from(WORDS))
def test_every_id_label_and_alias_finds_its_term_first(drawn):
    term, word = drawn
    assert found_terms(TAXONOMY, word)[0] == term


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("tap", "tapping"),
        ("TAPP", "tapping"),
        ("whis", "whisper"),
        ("taping", "tapping"),
        ("mic br", "brushing_microphone"),
        ("hairc", "haircut"),
        ("page t", "page_turning"),
    ],
)
def test_a_few_letters_find_what_is_meant(query, first):
    assert found_terms(TAXONOMY, query)[0].id == first


def test_nothing_typed_lists_every_term_in_the_order_of_the_tree():
    assert len(found_terms(TAXONOMY, "  ")) == len(TAXONOMY)
    assert found_terms(TAXONOMY, "", "act") == TAXONOMY.terms_of("act")


@given(query=st.text(max_size=12), axis=st.sampled_from(AXES))
def test_any_query_is_answered_from_the_axis_that_was_asked_for(query, axis):
    assert all(TAXONOMY.axis_of(term.id) == axis for term in found_terms(TAXONOMY, query, axis))


def test_nonsense_finds_nothing():
    assert found_terms(TAXONOMY, "qqqxxz") == ()


def test_related_sources_share_a_colour_and_classes_differ():
    colours = TermColours.of(TAXONOMY)
    assert colours["tapping"] == colours["knocking"]
    assert len({colours[t] for t in ("tapping", "brushing", "whisper", "rain", "crinkling")}) == 5
    assert colours[None] == UNLABELLED
