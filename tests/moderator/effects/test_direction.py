from copy import deepcopy
from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from studies import a_contrast, a_stimulus, a_study, an_outcome, built, stated

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.moderator.effects.direction import (
    VOTING_RULE,
    count_directions,
)
from asmr_stim.moderator.effects.sign_test import sign_test, smallest_reachable_p
from asmr_stim.resources import catalogue_folder

BINAURAL_BEAT = {"stimulus": "beat", "role": "adjunct"}


def a_voter(number=0, direction="increase", *, sample=None, band="alpha", **changes):
    """Return a study of one sample with one outcome in one band."""
    people = sample or f"sample_{number}"
    outcome = an_outcome(bands=stated([band]), direction=stated(direction))
    contrast = a_contrast(**{"sample": people, "outcomes": [outcome]} | changes)
    return built(
        a_study(
            id=f"doe_{2000 + number}",
            samples=[{"id": people, "label": "adults", "n": stated(20)}],
            contrasts=[contrast],
        )
    )


def one(**changes):
    """Return the ballots of one study in which something was changed."""
    return count_directions([built(a_study(**changes))])


def reason_of(ballots):
    assert ballots.votes == ()
    (without,) = ballots.without_vote
    return without.reason


def test_an_asmr_stimulus_against_a_control_votes():
    (vote,) = count_directions([a_voter()]).votes
    assert (vote.sample, vote.studies) == ("sample_0", ("doe_2000",))
    assert (vote.band, vote.contrast_type) == ("alpha", "stimulus_vs_control")
    assert vote.ballot == "increase"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": stated("task_only")}, "a contrast of type 'task only'"),
        ({"type": stated("trait_or_rest")}, "a contrast of type 'trait or rest'"),
        ({"type": "not extracted"}, "the contrast type is not known"),
        ({"type": "not reported"}, "the contrast type is not known"),
        ({"task": stated("one_side")}, "a task runs on one side only"),
        ({"sample": None}, "the sample is not known"),
        ({"stimuli": []}, "no stimulus has the role 'asmr'"),
        ({"stimuli": [{"stimulus": "asmr_video", "role": "foil"}]}, "no stimulus has the role"),
        ({"type": stated("dose"), "stimuli": []}, "no stimulus has the role 'asmr'"),
        ({"type": stated("before_after"), "stimuli": []}, "no stimulus has the role 'asmr'"),
        ({"n": stated(1)}, "a single person is a case"),
        ({"outcomes": [an_outcome(n=stated(1))]}, "a single person is a case"),
        ({"outcomes": [an_outcome(measure="eeg_index")]}, "not band power (eeg index)"),
        ({"outcomes": [an_outcome(measure="eeg_other")]}, "not band power (eeg other)"),
        ({"outcomes": [an_outcome(bands=stated(["broadband"]))]}, "no single band is named"),
        ({"outcomes": [an_outcome(bands=stated([]))]}, "no single band is named"),
        ({"outcomes": [an_outcome(bands="not extracted")]}, "no single band is named"),
    ],
)
def test_a_contrast_of_the_wrong_kind_never_votes(changes, reason):
    assert reason in reason_of(one(contrasts=[a_contrast(**changes)]))


def test_alpha_beside_broadband_is_no_single_band():
    outcome = an_outcome(bands=stated(["alpha", "broadband"]))
    ballots = one(contrasts=[a_contrast(outcomes=[outcome])])
    assert ballots.votes == ()
    assert {each.reason for each in ballots.without_vote} == {"no single band is named"}


@pytest.mark.parametrize("measure", ["eeg_connectivity", "evoked_potential", "heart_rate"])
def test_other_measures_are_not_even_listed(measure):
    ballots = one(contrasts=[a_contrast(outcomes=[an_outcome(measure=measure)])])
    assert (ballots.votes, ballots.without_vote) == ((), ())


def test_an_adjunct_beside_the_asmr_stimulus_takes_the_vote():
    roles = [{"stimulus": "asmr_video", "role": "asmr"}, BINAURAL_BEAT]
    stimuli = [a_stimulus(), a_stimulus("beat", sources="not extracted")]
    ballots = one(stimuli=stimuli, contrasts=[a_contrast(stimuli=roles)])
    assert "an adjunct" in reason_of(ballots)


@pytest.mark.parametrize(
    "level", ["blog", "newspaper", "code_only", "readme", "reference_entry", "none"]
)
def test_what_is_no_study_report_does_not_vote(level):
    assert "no study report" in reason_of(one(evidence_level=level))


def test_a_single_person_does_not_vote():
    ballots = one(samples=[{"id": "adults", "label": "one adult", "n": stated(1)}])
    assert "a single person" in reason_of(ballots)


GROUPS = [
    {"id": "asmr", "label": "ASMR", "experiences_asmr": stated(True)},
    {"id": "controls", "label": "controls", "experiences_asmr": stated(False)},
    {"id": "unsure", "label": "unsure"},
]


@pytest.mark.parametrize(
    ("groups", "votes"),
    [
        (["controls"], False),
        (["asmr"], True),
        (["unsure"], True),
        (["asmr", "controls"], True),
        ([], True),
    ],
)
def test_a_group_that_does_not_experience_asmr_does_not_vote(groups, votes):
    sample = {"id": "adults", "label": "adults", "n": stated(20), "groups": GROUPS}
    ballots = one(samples=[sample], contrasts=[a_contrast(groups=groups)])
    assert bool(ballots.votes) is votes


def test_a_sample_selected_for_not_experiencing_asmr_does_not_vote():
    sample = {"id": "adults", "label": "adults", "selection": stated("non_experiencers")}
    assert "do not experience" in reason_of(one(samples=[sample]))


@pytest.mark.parametrize("other", ["control", "foil"])
def test_a_change_over_time_votes_only_if_every_clip_is_asmr(other):
    roles = [{"stimulus": "asmr_video", "role": "asmr"}]
    contrast = a_contrast(type=stated("before_after"), stimuli=roles)
    assert one(contrasts=[contrast]).votes[0].contrast_type == "before_after"
    roles.append({"stimulus": "control_video", "role": other})
    mixed = a_contrast(type=stated("before_after"), stimuli=roles)
    assert "no ASMR stimulus played" in reason_of(one(contrasts=[mixed]))
    assert any("only if every clip in it is ASMR" in rule for rule in VOTING_RULE)


@pytest.mark.parametrize("kind", ["tingle_vs_no_tingle", "responder_vs_non_responder"])
def test_tingles_and_responders_vote_whatever_was_played(kind):
    contrast = a_contrast(type=stated(kind), stimuli=[])
    assert one(contrasts=[contrast]).votes[0].contrast_type == kind


def test_two_papers_on_the_same_people_are_one_vote():
    papers = [a_voter(0, sample="the_same"), a_voter(1, sample="the_same")]
    (vote,) = count_directions(papers).votes
    assert vote.studies == ("doe_2000", "doe_2001")
    assert vote.n_outcomes == 2


def test_two_papers_on_the_same_people_that_disagree_are_mixed():
    papers = [a_voter(0, sample="the_same"), a_voter(1, "decrease", sample="the_same")]
    (vote,) = count_directions(papers).votes
    assert vote.ballot == "mixed"
    (count,) = count_directions(papers).counts
    assert (count.n_mixed, count.n_increase, count.p) == (1, 0, None)


def test_samples_that_overlap_vote_once_even_through_a_third():
    studies = [a_voter(number) for number in range(4)]
    contents = [a_study() for _ in range(3)]
    for number, content in enumerate(contents):
        content["id"] = f"doe_{2000 + number}"
        content["samples"][0]["id"] = f"sample_{number}"
        content["contrasts"][0]["sample"] = f"sample_{number}"
    contents[2]["samples"][0]["overlaps_with"] = stated(["sample_0", "sample_1"])
    votes = count_directions([*map(built, contents), studies[3]]).votes
    assert [(vote.sample, len(vote.studies)) for vote in votes] == [
        ("sample_0", 3),
        ("sample_3", 1),
    ]


def test_bands_and_contrast_types_of_one_sample_vote_apart():
    outcomes = [an_outcome(), an_outcome(bands=stated(["theta"]), direction=stated("decrease"))]
    tingles = a_contrast(id="tingles", type=stated("tingle_vs_no_tingle"), stimuli=[])
    votes = one(contrasts=[a_contrast(outcomes=outcomes), tingles]).votes
    assert {(v.band, v.contrast_type, v.ballot) for v in votes} == {
        ("alpha", "stimulus_vs_control", "increase"),
        ("theta", "stimulus_vs_control", "decrease"),
        ("alpha", "tingle_vs_no_tingle", "increase"),
    }


def test_an_outcome_over_two_bands_is_a_vote_in_each_and_a_band_named_twice_in_one():
    outcome = an_outcome(bands=stated(["alpha", "theta", "alpha"]))
    votes = one(contrasts=[a_contrast(outcomes=[outcome])]).votes
    assert [(vote.band, vote.n_outcomes) for vote in votes] == [("alpha", 1), ("theta", 1)]


def test_measured_without_direction_is_not_the_same_as_not_measured():
    outcome = an_outcome(direction="not extracted", grade="not_given")
    ballots = one(contrasts=[a_contrast(outcomes=[outcome])])
    assert ballots.votes[0].ballot == "direction_not_given"
    (count,) = ballots.counts
    assert (count.n_direction_not_given, count.n_no_change, count.p) == (1, 0, None)
    assert [count.band for count in ballots.counts] == ["alpha"]


def test_a_direction_that_one_outcome_gives_stands_beside_one_that_does_not():
    outcomes = [an_outcome(), an_outcome(direction="not extracted", grade="not_given")]
    assert one(contrasts=[a_contrast(outcomes=outcomes)]).votes[0].ballot == "increase"


def test_no_change_is_counted_and_not_tested():
    studies = [a_voter(0), a_voter(1), a_voter(2, "no_change")]
    (count,) = count_directions(studies).counts
    assert (count.n_increase, count.n_no_change) == (2, 1)
    assert count.p == pytest.approx(0.5)


# Exact by hand: twice the tail of the binomial with one half, 9 of 10 being 2 * (10 + 1) / 1024
@pytest.mark.parametrize(
    ("up", "down", "p"),
    [
        (5, 0, 0.0625), (0, 6, 0.03125), (9, 1, 0.021484375), (1, 9, 0.021484375),
        (8, 2, 0.109375), (10, 0, 0.001953125), (3, 3, 1.0), (1, 0, 1.0), (7, 3, 0.34375),
    ],
)  # fmt: skip
def test_the_sign_test_gives_known_values(up, down, p):
    assert sign_test(up, down) == pytest.approx(p, rel=1e-12)


def test_five_votes_cannot_reach_significance_and_six_can():
    assert smallest_reachable_p(5) > 0.05 > smallest_reachable_p(6)


# 9 of 10: the limits that R's binom.test prints; all of n: 0.025 ** (1 / n), in closed form
@pytest.mark.parametrize(
    ("up", "down", "low", "high"),
    [
        (9, 1, 0.5549839, 0.9974714),
        (5, 0, 0.4781762, 1.0),
        (0, 6, 0.0, 0.4592581),
    ],
)
def test_the_limits_of_the_share_are_those_of_clopper_and_pearson(up, down, low, high):
    studies = [a_voter(n, "increase" if n < up else "decrease") for n in range(up + down)]
    (count,) = count_directions(studies).counts
    assert count.share_increase == pytest.approx(up / (up + down))
    assert (count.share_low, count.share_high) == pytest.approx((low, high), abs=1e-7)
    assert count.p == pytest.approx(sign_test(up, down))


MIRROR = {"increase": "decrease", "decrease": "increase", "no_change": "no_change"}
DIRECTIONS = st.lists(st.sampled_from([*MIRROR, "mixed"]), min_size=1, max_size=8)
VOTERS = {
    (number, direction): a_voter(number, direction)
    for number in range(8)
    for direction in [*MIRROR, "mixed"]
}


@given(DIRECTIONS)
def test_swapping_increase_and_decrease_mirrors_the_counts(directions):
    (count,) = count_directions(VOTERS[each] for each in enumerate(directions)).counts
    swapped = [MIRROR.get(each, each) for each in directions]
    (mirror,) = count_directions(VOTERS[each] for each in enumerate(swapped)).counts
    assert (count.n_increase, count.n_decrease) == (mirror.n_decrease, mirror.n_increase)
    assert (count.n_no_change, count.n_mixed) == (mirror.n_no_change, mirror.n_mixed)
    assert count.p == mirror.p
    if count.share_low is not None:
        assert count.share_low == pytest.approx(1 - mirror.share_high)


@given(DIRECTIONS.flatmap(lambda each: st.permutations(list(enumerate(each)))))
def test_the_order_of_studies_changes_nothing(cast):
    ballots = count_directions(VOTERS[each] for each in cast)
    sorted_ballots = count_directions(VOTERS[each] for each in sorted(cast))
    assert set(ballots.votes) == set(sorted_ballots.votes)
    assert [astuple(c) for c in ballots.counts] == [astuple(c) for c in sorted_ballots.counts]


@given(DIRECTIONS)
def test_every_outcome_is_counted_once(directions):
    (count,) = count_directions(VOTERS[each] for each in enumerate(directions)).counts
    counted = count.n_increase + count.n_decrease + count.n_no_change + count.n_mixed
    assert counted == len(directions)


def test_in_the_catalogue_neither_a_task_nor_an_adjunct_nor_a_case_votes():
    ballots = count_directions(load_catalogue(catalogue_folder()).studies)
    silent = {study for vote in ballots.votes for study in vote.studies}
    assert silent.isdisjoint(
        {"inagaki_2022", "lee_2019", "seifzadeh_2021_case", "khofstadter_2018"}
    )
    assert len({(v.sample, v.band, v.contrast_type) for v in ballots.votes}) == len(ballots.votes)


def test_counting_changes_no_study():
    study = a_voter()
    before = deepcopy(study)
    count_directions([study])
    assert study == before
