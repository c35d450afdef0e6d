"""Fields filled in leave every other character of a study file as it stands."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from asmr_stim.errors import InputError
from asmr_stim.io.study_fields import with_fields

VALUE = {"value": 3, "basis": "stated", "provenance": {"scope": "value", "sources": ["a"]}}
FLOW = "{value: 3, basis: stated, provenance: {scope: value, sources: [a]}}"
TEXT = """\
# a comment at the top
id: doe_2020
stimuli:
- id: one   # the first
  label: "one"
  n_clips: not extracted  # nobody looked
  facets: {pace: not reported}
  # a comment at the end of the record

- {id: two, label: two}
samples:
- id: people
  n: not reported
"""


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        ("stimuli.one.n_clips", "n_clips: not extracted  #", f"n_clips: {FLOW}  #"),
        ("stimuli.one.facets.pace", "{pace: not reported}", f"{{pace: {FLOW}}}"),
        ("stimuli.one.facets.spatial", "not reported}", f"not reported, spatial: {FLOW}}}"),
        ("stimuli.two.n_clips", "label: two}", f"label: two, n_clips: {FLOW}}}"),
        ("samples.people.n", "  n: not reported\n", f"  n: {FLOW}\n"),
        ("samples.people.n_female", "reported\n", f"reported\n  n_female: {FLOW}\n"),
        ("stimuli.one.identity.licence", "facets: {pace: not reported}\n",
         f"facets: {{pace: not reported}}\n  identity: {{licence: {FLOW}}}\n"),
    ],
)  # fmt: skip
def test_one_place_changes_and_nothing_else(place, before, after):
    head, _, tail = TEXT.rpartition(before)
    assert with_fields(TEXT, {place: VALUE}) == head + after + tail


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [
                "stimuli.one.n_clips", "stimuli.one.facets.pace", "stimuli.one.facets.spatial",
                "stimuli.one.title", "stimuli.one.identity.in_s", "stimuli.one.identity.licence",
                "stimuli.two.title", "stimuli.two.identity.in_s", "samples.people.n",
                "samples.people.n_male",
            ]
        ),
        unique=True,
    )
)  # fmt: skip
def test_any_set_of_fields_is_filled_in_and_comments_stay(places):
    text = with_fields(TEXT, dict.fromkeys(places, VALUE))
    content = yaml.safe_load(text)
    for place in places:
        top, member, *way = place.split(".")
        found = next(each for each in content[top] if each["id"] == member)
        for part in way:
            found = found[part]
        assert found == VALUE
    for comment in ("# a comment at the top", "# the first", "# nobody looked", "# a comment at"):
        assert comment in text


def test_a_value_that_is_there_is_never_replaced():
    text = TEXT.replace("n_clips: not extracted", f"n_clips: {FLOW}")
    with pytest.raises(InputError, match=r"stimuli\.one\.n_clips has a value already"):
        with_fields(text, {"stimuli.one.n_clips": VALUE})


def test_a_record_that_is_not_there_is_said():
    with pytest.raises(InputError, match=r"there is no 'three' for the field"):
        with_fields(TEXT, {"stimuli.three.title": VALUE})


def test_a_file_without_a_last_line_feed_gets_its_field():
    text = with_fields(TEXT.rstrip(), {"samples.people.n_male": VALUE})
    assert yaml.safe_load(text)["samples"][0]["n_male"] == VALUE
