"""The checks of ``tests/carried`` speak when a study loses something: studies broken on purpose."""

from copy import deepcopy
from functools import cache

import pytest
from builders import REPOSITORY
from carried import bibliography, people, results, stimuli, words
from carried.evidence import EEG_STUDY_IDS, STUDY_IDS, evidence, numbers

from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.yaml_files import read_document
from asmr_stim.schema.study import Study

CATALOGUE = REPOSITORY / "stimuli_catalog"
each_study = pytest.mark.parametrize("study_id", STUDY_IDS)
each_eeg_study = pytest.mark.parametrize("study_id", EEG_STUDY_IDS)


@pytest.fixture(scope="module")
def taxonomy():
    return load_taxonomy()


OURS = {"countries", "design"}  # inferred in part, and in our words
LOSSES = [
    ("a sample's n", "kim_2024", ("samples", 0, "n"), people.missing_people),
    ("a count of women", "lee_2020", ("samples", 0, "n_female"), people.missing_people),
    ("one of two equal groups", "smith_2017", ("samples", 0, "groups", 1, "n"),
     people.missing_people),
    ("one of two equal groups", "fredborg_2021", ("samples", 0, "groups", 0, "n"),
     people.missing_people),
    ("a count of men", "engelbregt_2022", ("samples", 0, "n_male"), people.wrong_sexes),
    ("a number of clips", "lee_2025", ("stimuli", 0, "n_clips"), stimuli.missing_clip_counts),
    ("one of two equal counts", "smith_2019_videos", ("stimuli", 1, "n_clips"),
     stimuli.missing_clip_counts),
    ("a duration", "wang_2025", ("stimuli", 0, "duration_s"), stimuli.missing_durations),
    ("a trigger word", "lee_2020", ("stimuli", 0, "words"), stimuli.missing_trigger_words),
    ("a p value", "lee_2022", ("contrasts", 0, "outcomes", 0, "statistics"),
     results.missing_statistics),
    ("an effect size", "poerio_2018", ("contrasts", 1, "outcomes", 0, "statistics"),
     results.missing_statistics),
    ("a mean", "lee_2020", ("contrasts", 7, "outcomes", 2, "statistics"),
     results.missing_behaviour),
    ("regions", "smith_2019_videos", ("contrasts", 2, "imaging", "regions"),
     results.missing_regions),
    ("a count of clusters", "lee_2020", ("contrasts", 1, "imaging", "n_clusters_negative"),
     results.missing_cluster_counts),
    ("a change in per cent", "kim_2024", ("contrasts", 0, "outcomes", 0, "statistics"),
     words.missing_numbers),
    ("a DOI", "kim_2024", ("doi",), bibliography.wrong_identifiers),
    ("the authors", "kim_2024", ("authors",), bibliography.wrong_citation),
    ("the countries", "kim_2024", ("countries",), bibliography.wrong_countries),
]  # fmt: skip


@pytest.fixture(scope="module")
def content():
    @cache
    def read(study_id):
        return read_document(CATALOGUE / "studies" / f"{study_id}.yaml").content

    return lambda study_id: deepcopy(read(study_id))


@pytest.fixture(scope="module")
def built(taxonomy):
    def build(broken):
        return Study.model_validate(broken, context={"taxonomy": taxonomy})

    return build


@pytest.mark.parametrize(("what", "study_id", "where", "check"), LOSSES)
def test_a_lost_value_is_found(content, built, what, study_id, where, check):
    broken = content(study_id)
    holder = broken
    for key in where[:-1]:
        holder = holder[key]
    assert "value" in str(holder[where[-1]]), f"{where} holds nothing that could be lost"
    holder[where[-1]] = "not extracted"
    assert check(evidence(study_id), built(broken)), f"nobody missed {what} of {study_id}"


CHECKS = [
    people.missing_people,
    people.wrong_sexes,
    stimuli.missing_clip_counts,
    stimuli.missing_durations,
    stimuli.missing_trigger_words,
    results.missing_behaviour,
    results.missing_regions,
    results.missing_cluster_counts,
    words.missing_numbers,
    words.missing_remarks,
    words.missing_names,
    bibliography.wrong_identifiers,
    bibliography.lost_doubtful_identifiers,
    bibliography.wrong_citation,
]
EEG_CHECKS = [people.missing_outcome_sizes, results.wrong_outcomes, results.missing_statistics]


@each_study
def test_no_number_that_stands_once_can_be_lost_unseen(content, built, study_id):
    """Take out each value in turn; ours alone are what we derived or inferred."""
    found = evidence(study_id)
    checks = CHECKS + EEG_CHECKS * bool(found.eeg)
    for where, lost in _values(content(study_id)):
        broken = content(study_id)
        holder = broken
        for key in where[:-1]:
            holder = holder[key]
        holder[where[-1]] = "not extracted"
        if where[-1] == "direction":
            holder["grade"] = "not_given"
        rest = built(broken)
        told = words.told_numbers(rest)
        told_twice = all({number, number * 60} & told for number in lost)  # minutes or seconds
        assert told_twice or any(check(found, rest) for check in checks), (where, lost)


def _values(content, where=()):
    """Yield the place and the numbers of each value that is stated by a source."""
    if isinstance(content, dict) and {"value", "basis"} <= content.keys():
        lost = list(numbers(content["value"]))
        if lost and where[0] not in OURS and content["basis"] in {"stated", "secondary"}:
            yield where, lost
    elif isinstance(content, dict | list):
        members = content.items() if isinstance(content, dict) else enumerate(content)
        for key, member in members:
            yield from _values(member, (*where, key))


@each_eeg_study
def test_a_lost_outcome_is_found(content, built, study_id):
    for contrast, _ in _outcomes_of(content(study_id)):
        broken = content(study_id)
        broken["contrasts"][contrast]["outcomes"].pop()
        assert results.wrong_outcomes(evidence(study_id), built(broken))


@each_eeg_study
def test_a_turned_direction_is_found(content, built, study_id):
    for contrast, position in _outcomes_of(content(study_id)):
        broken = content(study_id)
        outcome = broken["contrasts"][contrast]["outcomes"][position]
        outcome["direction"] = {
            "value": "mixed", "basis": "coded", "provenance": {"scope": "study"},
        }  # fmt: skip
        outcome["grade"] = "direction_only"
        assert results.wrong_outcomes(evidence(study_id), built(broken))


def _outcomes_of(content):
    return [
        (contrast, position)
        for contrast, each in enumerate(content.get("contrasts", []))
        for position, _ in enumerate(each.get("outcomes", []))
    ]


@pytest.mark.parametrize("study_id", ["lochte_2018", "lee_2020"])
def test_a_moved_lost_or_mislabelled_point_is_found(content, built, study_id):
    expected = results.given_points(evidence(study_id))
    for position in range(len(expected)):
        for change in ({"x": 99}, {"kind": "activation_peak"}, None):
            broken = content(study_id)
            listed = broken["coordinates"][0]["points"]
            if change is None:
                del listed[position]
            else:
                listed[position] |= change
            assert results.points(built(broken)) != expected


def test_a_lost_detail_is_found(content, built):
    for study_id, name in (("lee_2020", "tr"), ("lee_2019", "mixing_gains_of_beat")):
        broken = content(study_id)
        for holder in (broken, *broken["stimuli"]):
            if "details" in holder:
                holder["details"] = [each for each in holder["details"] if each["name"] != name]
        assert words.missing_numbers(evidence(study_id), built(broken))


def test_a_lost_source_code_or_note_is_found(content, built, taxonomy):
    broken = content("lohaus_2023")
    broken["sources"] = [{"id": "other", "kind": "index", "reference": "https://example.org"}]
    assert words.missing_sources(evidence("lohaus_2023"), built(broken))
    broken["stimuli"][1]["sources"] = "not extracted"
    assert stimuli.missing_codes(evidence("lohaus_2023"), built(broken), taxonomy)
    broken = content("fredborg_2021")
    broken["notes"] = []
    assert bibliography.lost_doubtful_identifiers(evidence("fredborg_2021"), built(broken))


def test_a_sentence_of_the_evidence_is_found(content, built):
    broken = content("smith_2020")
    sentence = evidence("smith_2020").fmri[0]["design"]
    broken["notes"] = [f"Put otherwise: {sentence}"]
    assert words.carried_over_sentences(evidence("smith_2020"), built(broken))
