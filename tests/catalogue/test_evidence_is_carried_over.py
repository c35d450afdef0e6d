"""Nothing that the evidence holds is lost on its way into the catalogue.

The evidence lies beside the repository; where it does not, these tests are skipped. Each kind of
fact has its check in ``tests/carried``; that the checks speak when something is lost is tested in
``test_losses_are_found.py``.
"""

from collections import Counter

import pytest
from builders import REPOSITORY
from carried import bibliography, people, results, stimuli, words
from carried.evidence import (
    EEG_IDS,
    EEG_STUDY_IDS,
    FMRI_IDS,
    FMRI_STUDY_IDS,
    STUDY_IDS,
    bands_of,
    direction_of,
    edges_of,
    eeg_records,
    evidence,
    fmri_records,
    is_same_place,
    numbers,
    spans_s,
)
from carried.values import outcomes

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.schema.knowledge import value_of

CATALOGUE = REPOSITORY / "stimuli_catalog"
each_study = pytest.mark.parametrize("study_id", STUDY_IDS)
each_eeg_study = pytest.mark.parametrize("study_id", EEG_STUDY_IDS)
each_fmri_study = pytest.mark.parametrize("study_id", FMRI_STUDY_IDS)

# What the fMRI file tells in sentences (``findings``, ``behaviour``) of studies that have no
# outcome rows. None: measured, and the sentence gives no sign.
TOLD_DIRECTIONS = {
    "lee_2020": [None, None, None, None],  # means at one time
    "sakurai_2021": ["no_change", None],  # comfort the same; tingling differs
    "sakurai_2023_viewing": ["no_change", "no_change"],
    "kim_2024": ["increase", "increase", "increase", "increase"],
    "hozaki_2025": ["increase", "decrease"],  # tingles; pulse
    "smejka_2022": ["increase", "increase"],
    "eid_2022": ["decrease", "no_change"],  # in experiencers only
    "lohaus_2023": ["increase", "increase"],
}


@pytest.fixture(scope="module")
def taxonomy():
    return load_taxonomy()


@pytest.fixture(scope="module")
def study(taxonomy):
    return load_catalogue(CATALOGUE, taxonomy).study


# --- every study


def test_every_study_of_both_files_has_exactly_one_file():
    assert sorted(FMRI_IDS) == sorted(record["id"] for record in fmri_records())
    assert sorted(EEG_IDS) == sorted(record["id"] for record in eeg_records())
    files = sorted(path.stem for path in (CATALOGUE / "studies").glob("*.yaml"))
    assert files == STUDY_IDS
    assert len(files) == 43


def test_the_evidence_still_holds_what_was_counted():
    assert (len(fmri_records()), len(eeg_records())) == (32, 29)
    assert sum(len(evidence(each).rows) for each in STUDY_IDS) == 64


@each_study
def test_status_is_the_recorded_one_or_follows_the_criteria(study, study_id):
    status = study(study_id).review_status
    expected = bibliography.given_status(evidence(study_id), study_id)
    assert (status.status, status.basis) == expected


@each_study
def test_evidence_level_says_what_was_read(study, study_id):
    assert study(study_id).evidence_level == bibliography.given_level(evidence(study_id))


# --- people


@each_study
def test_no_person_is_lost(study, study_id):
    found, ours = evidence(study_id), study(study_id)
    assert people.missing_people(found, ours) == []
    assert people.wrong_sexes(found, ours) == []


@each_eeg_study
def test_the_n_of_an_outcome_is_with_it(study, study_id):
    assert people.missing_outcome_sizes(evidence(study_id), study(study_id)) == []


# --- stimuli


@each_study
def test_clip_counts_are_carried_over(study, study_id):
    assert stimuli.missing_clip_counts(evidence(study_id), study(study_id)) == []


@each_study
def test_durations_are_carried_over(study, study_id):
    assert stimuli.missing_durations(evidence(study_id), study(study_id)) == []


@each_study
def test_trigger_words_are_carried_over(study, study_id):
    assert stimuli.missing_trigger_words(evidence(study_id), study(study_id)) == []


@each_study
def test_what_is_named_is_coded(study, study_id, taxonomy):
    assert stimuli.missing_codes(evidence(study_id), study(study_id), taxonomy) == []


# --- results


@each_eeg_study
def test_every_outcome_row_keeps_bands_edges_and_direction(study, study_id):
    assert results.wrong_outcomes(evidence(study_id), study(study_id)) == []


def test_the_directions_of_all_outcome_rows_are_counted(study):
    ours = Counter(
        value_of(outcome.direction)
        for study_id in EEG_STUDY_IDS
        for outcome in outcomes(study(study_id))
    )
    assert ours == {"increase": 30, "decrease": 19, "no_change": 6, None: 9}


@pytest.mark.parametrize("study_id", sorted({*FMRI_STUDY_IDS} - {*EEG_STUDY_IDS}))
def test_what_is_told_in_sentences_has_its_direction(study, study_id):
    assert evidence(study_id).fmri
    ours = [value_of(outcome.direction) for outcome in outcomes(study(study_id))]
    assert ours == TOLD_DIRECTIONS.get(study_id, [])


@each_eeg_study
def test_statistics_stand_in_their_own_outcome(study, study_id):
    assert results.missing_statistics(evidence(study_id), study(study_id)) == []


@each_fmri_study
def test_means_keep_their_standard_deviations(study, study_id):
    assert results.missing_behaviour(evidence(study_id), study(study_id)) == []


@each_fmri_study
def test_region_names_are_carried_over(study, study_id):
    assert results.missing_regions(evidence(study_id), study(study_id)) == []


@each_fmri_study
def test_cluster_counts_are_carried_over(study, study_id):
    assert results.missing_cluster_counts(evidence(study_id), study(study_id)) == []


@each_study
def test_coordinates_are_exact_and_say_what_they_are(study, study_id):
    assert results.points(study(study_id)) == results.given_points(evidence(study_id))


def test_seventeen_points_and_no_activation_peak(study):
    kinds = Counter(point[3] for each in STUDY_IDS for point in results.points(study(each)))
    assert kinds == {"a_priori_roi": 10, "connectivity_seed": 7}


@each_study
def test_every_other_number_is_carried_over(study, study_id):
    assert words.missing_numbers(evidence(study_id), study(study_id)) == []


@each_study
def test_numbers_of_citations_and_remarks_are_carried_over(study, study_id):
    assert words.missing_remarks(evidence(study_id), study(study_id)) == []


@each_study
def test_file_names_and_electrodes_are_carried_over(study, study_id):
    assert words.missing_names(evidence(study_id), study(study_id)) == []


# --- where from


@each_study
def test_identifiers_are_equal_and_doubtful_ones_are_told(study, study_id):
    found, ours = evidence(study_id), study(study_id)
    assert bibliography.wrong_identifiers(found, ours) == []
    assert bibliography.lost_doubtful_identifiers(found, ours) == []


@each_study
def test_citation_and_countries_are_carried_over(study, study_id):
    found, ours = evidence(study_id), study(study_id)
    assert bibliography.wrong_citation(found, ours) == []
    assert bibliography.wrong_countries(found, ours) == []


@each_study
def test_every_place_is_a_source(study, study_id):
    found, ours = evidence(study_id), study(study_id)
    assert words.missing_sources(found, ours) == []
    assert words.missing_upstream(found, ours) == []


@each_study
def test_no_sentence_is_carried_over(study, study_id):
    assert words.carried_over_sentences(evidence(study_id), study(study_id)) == []


# --- the rules themselves


@pytest.mark.parametrize(
    ("sentence", "direction"),
    [
        ("increase in ASMR group, no such change in controls", "increase"),
        ("stays raised", "increase"),
        ("slight decrease", "decrease"),
        ("faster", "decrease"),
        ("back to resting level", "no_change"),
        ("no difference", "no_change"),
        ("none", "no_change"),
        ("no difference is mentioned in the abstract", None),
        ("larger change (increase) in ASMR arm", "increase"),
        ("distinct pattern; no numbers", None),
    ],
)
def test_a_direction_sentence_is_read_by_its_words(sentence, direction):
    assert direction_of(sentence) == direction


def test_a_sentence_that_no_rule_reads_is_an_error():
    with pytest.raises(AssertionError, match="no rule reads"):
        direction_of("sideways")


def test_bands_numbers_and_spans_are_read_from_texts():
    assert bands_of("beta1/SMR (12-15 Hz)") == ("smr",)
    assert bands_of("gamma / high beta") == ("gamma", "high_beta")
    assert bands_of("high gamma (52-80 Hz)") == ("high_gamma",)
    assert edges_of("SEP 117-151 ms") is None
    assert edges_of("21-80 Hz") == (21, 80)
    assert list(numbers("over 1,000; -3.41 bpm, 8-13 Hz, P1-P64")) == [1000, -3.41, 8, 13]
    assert spans_s("5 min, 240 s, 4 minutes each") == [300, 240, 240]


def test_a_shortened_address_is_the_same_place():
    assert is_same_place("https://a.org/x/.../9f", "https://a.org/x/some-title/9f")
    assert is_same_place("github:a/b@225b7b4:c/d", "github:a/b@225b7b4f8e:c/d/")
    assert not is_same_place("github:a/b@225b7b4:c/d", "github:a/b@225b7b4:c")
