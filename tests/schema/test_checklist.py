"""The reporting checklist: every item has its reason, and the two kinds of not knowing differ."""

import re

import pytest
from builders import shared_folder
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from studies import a_contrast, a_filled_catalogue, a_stimulus, a_study, built, stated

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.checklist import load_checklist
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.schema.answers import field_of_place
from asmr_stim.schema.checklist import Checklist, Item, checked

CHECKLIST = load_checklist()
TOP = {"asmr_stimuli": "stimuli", "control_stimuli": "stimuli"}
states = st.sampled_from(["value", "not reported", "not extracted"])


def state(study, item):
    return next(each.state for each in checked(study, CHECKLIST).items if each.item.id == item)


def with_titles(*titles):
    """Return a study with an ASMR stimulus for each state of its title."""
    stimuli = [
        a_stimulus(f"clip_{i}", title=stated("A clip") if each == "value" else each)
        for i, each in enumerate(titles)
    ]
    roles = [{"stimulus": each["id"], "role": "asmr"} for each in stimuli]
    return built(a_study(stimuli=stimuli, contrasts=[a_contrast(stimuli=roles)]))


@pytest.mark.parametrize("item", CHECKLIST.items, ids=lambda item: item.id)
def test_an_item_asks_about_fields_that_the_records_have(item):
    facets = {facet.id for facet in load_taxonomy().facets}
    for name in item.fields:
        _, shape = field_of_place(f"{TOP.get(item.of, item.of)}.some.{name}")
        assert shape.known == "value" or name.removeprefix("facets.") in facets


def test_only_sources_that_the_evidence_names_are_cited():
    evidence = " ".join(
        path.read_text(encoding="utf-8").casefold()
        for path in shared_folder("evidence").iterdir()
        if path.suffix in {".md", ".yaml", ".csv"}
    )
    for source in CHECKLIST.sources:
        known = [source.doi, source.pmid, source.url]
        name = source.citation.split()[0].strip(",").casefold()
        year = re.search(r"20\d\d", source.citation)[0]
        found = [each for each in known if each is not None and each.casefold() in evidence]
        assert found or (name in evidence and year in evidence), source.citation


def test_every_source_is_cited_by_an_item():
    cited = {name for item in CHECKLIST.items for name in item.sources}
    assert cited == {source.id for source in CHECKLIST.sources}


def test_an_item_rests_on_sources_or_says_that_it_is_our_choice():
    item = CHECKLIST.items[0].model_dump()
    for changes in ({"design_choice": False}, {"sources": ["bep044"]}):
        with pytest.raises(ValidationError, match="must name its sources or say design_choice"):
            Item.model_validate(item | changes)


def test_a_checklist_that_names_what_is_not_there_is_refused():
    content = CHECKLIST.model_dump(mode="json")
    content["items"][0] |= {"section": "nowhere", "fields": ["colour"]}
    with pytest.raises(ValidationError, match="no section of the checklist") as raised:
        Checklist.model_validate(content)
    assert "'colour' is no field of a stimulus" in str(raised.value)


def test_a_full_study_reports_everything_that_it_was_given(tmp_path):
    study = load_catalogue(a_filled_catalogue(tmp_path, 1)).studies[0]
    result = checked(study, CHECKLIST)
    missing = {each.item.id for each in result.items if each.state != "reported"}
    assert missing == {"clip_excerpt", "clip_licence", "trigger_load", "motion"}
    assert result.lowest == (result.n_applicable - 4) / result.n_applicable


@given(st.lists(states, min_size=1, max_size=4))
def test_an_item_about_several_clips_follows_three_valued_logic(titles):
    expected = "reported"
    if "not extracted" in titles:
        expected = "not extracted"
    if "not reported" in titles:
        expected = "not reported"
    assert state(with_titles(*titles), "clip_title") == expected


def test_not_reported_lowers_the_score_and_not_extracted_widens_it():
    known = checked(with_titles("value"), CHECKLIST)
    silent = checked(with_titles("not reported"), CHECKLIST)
    unread = checked(with_titles("not extracted"), CHECKLIST)
    assert silent.lowest == unread.lowest < known.lowest
    assert silent.highest < unread.highest == known.highest


def test_one_of_several_fields_suffices():
    stimulus = a_stimulus(identity={"video_id": stated("abc")})
    study = a_study(stimuli=[stimulus, a_stimulus("control_video")])
    assert state(built(study), "clip_link") == "reported"


def test_a_study_of_rest_is_not_asked_about_clips():
    contrast = a_contrast(type=stated("trait_or_rest"), stimuli=[])
    study = built(a_study(stimuli=[], contrasts=[contrast]))
    assert state(study, "clip_title") == "does not apply"
    assert state(study, "n_people") == "reported"


def test_a_study_nobody_described_is_unread_not_silent():
    result = checked(built(a_study(stimuli=[], contrasts=[], samples=[])), CHECKLIST)
    assert {each.state for each in result.items} == {"not extracted"}
