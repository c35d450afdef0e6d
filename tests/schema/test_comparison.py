"""Two codings of a study, field by field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import a_contrast, a_stimulus, a_study, an_outcome, built, stated

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.comparison import ABSENT, compare

STUDIES = load_catalogue(catalogue_folder()).studies

# What a second coder might make of one field of the first stimulus.
RECODINGS = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.sampled_from(
            [stated("audio", "coded"), "not reported", "not extracted", stated("visual", "coded")]
        ),
        "duration_s": st.sampled_from([stated(60), stated(61), "not reported"]),
        "sources": st.lists(
            st.sampled_from(["whisper", "tapping", "rain"]), min_size=1, unique=True
        ).map(lambda terms: stated(terms, "coded")),
        "title": st.sampled_from([stated("A clip"), stated("a  CLIP"), "not extracted"]),
        "facets": st.sampled_from([{}, {"pace": stated("slow")}, {"pace": "not reported"}]),
        "id": st.sampled_from(["asmr_video", "another_video"]),
    },
)


def coded(**changes):
    """Return a study whose ASMR stimulus is coded with these changes."""
    stimulus = a_stimulus(**changes)
    contrast = a_contrast(
        stimuli=[
            {"stimulus": stimulus["id"], "role": "asmr"},
            {"stimulus": "control_video", "role": "control"},
        ]
    )
    stimuli = [stimulus, a_stimulus("control_video", sources=stated(["rain"], "coded"))]
    return built(a_study(stimuli=stimuli, contrasts=[contrast]))


def differences(first, second):
    return {each.place: each for each in compare([(first, second)]).differences}


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.id)
def test_a_study_agrees_fully_with_itself(study):
    found = compare([(study, study)])
    assert found.differences == ()
    assert found.n_equal == found.n
    assert all(each.kappa is None or each.kappa.kappa in (None, 1.0) for each in found.fields)


@settings(max_examples=60)
@given(RECODINGS, RECODINGS)
def test_comparing_is_symmetric(ours, theirs):
    first, second = coded(**ours), coded(**theirs)
    one, other = compare([(first, second)]), compare([(second, first)])
    assert {(d.place, str(d.first), str(d.second)) for d in one.differences} == {
        (d.place, str(d.second), str(d.first)) for d in other.differences
    }
    assert sorted((f.field, f.n, f.n_equal) for f in one.fields) == sorted(
        (f.field, f.n, f.n_equal) for f in other.fields
    )


def test_the_three_states_are_three_answers():
    found = differences(coded(title="not reported"), coded(title="not extracted"))
    assert set(found) == {"stimuli.asmr_video.title"}
    assert found["stimuli.asmr_video.title"].first == "not reported"


def test_an_absent_facet_was_not_extracted():
    found = differences(coded(facets={"pace": stated("slow")}), coded())
    assert found["stimuli.asmr_video.facets.pace"].second == "not extracted"
    assert differences(coded(facets={"pace": "not extracted"}), coded()) == {}


def test_words_are_compared_without_order_case_and_spaces():
    first = coded(sources=stated(["tapping", "rain"], "coded"), title=stated("A clip"))
    second = coded(sources=stated(["rain", "tapping"], "coded"), title=stated("a  CLIP"))
    assert differences(first, second) == {}


def test_labels_notes_and_sources_are_each_coders_own():
    ours = a_study(notes=["one"])
    theirs = a_study(
        notes=["another"], samples=[{"id": "adults", "label": "people", "n": stated(20)}]
    )
    theirs["sources"][0]["reference"] = "https://example.org/another"
    assert differences(built(ours), built(theirs)) == {}


def test_a_role_that_differs_is_a_difference_of_that_contrast():
    contrast = a_contrast()
    contrast["stimuli"][1]["role"] = "foil"
    found = differences(built(a_study()), built(a_study(contrasts=[contrast])))
    assert list(found) == ["contrasts.asmr_vs_control.stimuli.control_video.role"]


def test_a_record_of_one_coder_is_one_difference_and_its_fields_are_not_compared():
    first, second = coded(), coded(id="another_video")
    found = differences(first, second)
    assert found["stimuli.asmr_video"].second == ABSENT
    assert found["stimuli.another_video"].first == ABSENT
    assert not [place for place in found if place.startswith("stimuli.asmr_video.")]


def test_outcomes_are_paired_by_measure_and_band_not_by_place():
    alpha, theta = an_outcome(), an_outcome(bands=stated(["theta"]))
    first = built(a_study(contrasts=[a_contrast(outcomes=[alpha, theta])]))
    second = built(a_study(contrasts=[a_contrast(outcomes=[theta, alpha])]))
    assert differences(first, second) == {}


def test_kappa_rests_on_every_stimulus_of_every_study():
    first, second = coded(), coded(channel=stated("audio", "coded"))
    found = compare([(first, second), (first, first)])
    channel = next(each for each in found.fields if each.field == "stimuli.channel")
    assert (channel.n, channel.n_equal) == (4, 3)
    assert channel.kappa.prevalence == {"audiovisual": 0.875, "audio": 0.125}
