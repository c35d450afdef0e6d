import math
from itertools import pairwise

import pytest
from annotation_builders import SOURCES, an_annotation
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.annotation.agreement import (
    AGREED_IOU,
    LEAST_IOU,
    RegionPair,
    compare_regions,
    intersection_over_union,
)


def regions(*triples):
    return an_annotation(*((on, off, {"source": source}) for on, off, source in triples)).regions


spans = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 500), st.sampled_from(SOURCES)).map(
        lambda t: (t[0], t[0] + t[1], t[2])
    ),
    max_size=8,
)


def test_twenty_of_eighty_shared_samples_are_a_quarter():
    a, b = regions((0, 60, "tapping"), (40, 80, "tapping"))
    assert intersection_over_union(a, b) == 0.25


def test_touching_regions_share_nothing():
    a, b = regions((0, 50, "tapping"), (50, 90, "tapping"))
    assert intersection_over_union(a, b) == 0


def test_the_same_event_heard_by_both_is_agreed():
    comparison = compare_regions(
        regions((100, 200, "tapping")), regions((110, 205, "tapping")), ("rs", "kl")
    )
    (pair,) = comparison.pairs
    assert pair.is_agreed
    assert (pair.onset_difference_samples, pair.offset_difference_samples) == (10, 5)
    assert comparison.disagreements == ()


def test_another_label_is_a_disagreement_of_the_source():
    (pair,) = compare_regions(
        regions((100, 200, "tapping")), regions((100, 200, "rain"))
    ).disagreements
    assert pair.differences == ("source",)


def test_the_same_label_with_little_shared_time_is_a_disagreement_of_the_edges():
    (pair,) = compare_regions(
        regions((100, 200, "tapping")), regions((160, 260, "tapping"))
    ).disagreements
    assert pair.differences == ("edges",)


def test_two_sounds_at_once_each_find_their_own():
    own = regions((0, 100, "tapping"), (0, 100, "whisper"))
    other = regions((0, 100, "whisper"), (10, 90, "tapping"))
    comparison = compare_regions(own, other)
    assert {(p.own.source, p.other.source) for p in comparison.pairs} == {
        ("tapping", "tapping"),
        ("whisper", "whisper"),
    }
    assert comparison.disagreements == ()


def test_what_one_rater_heard_alone_stands_alone():
    comparison = compare_regions(
        regions((0, 100, "tapping")), regions((0, 100, "tapping"), (500, 600, "rain"))
    )
    (alone,) = comparison.disagreements
    assert (alone.own, alone.other.source, alone.iou) == (None, "rain", 0)
    assert alone.onset_difference_samples is None


def test_secondary_sources_are_the_same_in_any_order():
    a = an_annotation(
        (0, 10, {"source": "tapping", "secondary_sources": ("rain", "whisper")})
    ).regions[0]
    b = an_annotation(
        (0, 10, {"source": "tapping", "secondary_sources": ("whisper", "rain")})
    ).regions[0]
    assert RegionPair(a, b).is_agreed


def test_the_numbers_of_a_comparison_can_be_counted_by_hand():
    own = regions((0, 100, "tapping"), (200, 250, "rain"), (400, 410, "whisper"))
    other = regions((10, 100, "tapping"), (200, 250, "whisper"))
    clip = {"n_pairs": 2, "n_agreed": 1, "n_own_only": 1, "n_other_only": 0}
    agreement = compare_regions(own, other).agreement(rate_hz=100)
    assert {name: getattr(agreement, name) for name in clip} == clip
    assert agreement.f1 == pytest.approx(2 / 5)
    assert agreement.median_onset_difference_s == pytest.approx(0.05)
    assert agreement.mean_iou == pytest.approx((0.9 + 1) / 2)


def test_two_empty_annotations_have_no_numbers():
    agreement = compare_regions((), ()).agreement(rate_hz=1000)
    assert agreement == (0, 0, 0, 0, None, None, None)


@given(spans, spans)
def test_every_region_of_both_stands_in_exactly_one_pair(own, other):
    own, other = regions(*own), regions(*other)
    pairs = compare_regions(own, other).pairs
    assert sorted(p.own.id for p in pairs if p.own is not None) == sorted(r.id for r in own)
    assert sorted(p.other.id for p in pairs if p.other is not None) == sorted(r.id for r in other)
    assert all(p.iou >= LEAST_IOU for p in pairs if p.own is not None and p.other is not None)
    assert all(a.onset_sample <= b.onset_sample for a, b in pairwise(pairs))


@given(spans, spans)
def test_exchanging_the_raters_turns_the_differences_round(own, other):
    own, other = regions(*own), regions(*other)
    there = compare_regions(own, other).agreement(1000)
    back = compare_regions(other, own).agreement(1000)
    assert (there.n_own_only, there.n_other_only) == (back.n_other_only, back.n_own_only)
    assert there.n_agreed == back.n_agreed


@given(spans)
def test_a_rater_agrees_with_himself(own):
    own = regions(*own)
    agreement = compare_regions(own, own).agreement(1000)
    assert agreement.n_agreed == len(own)
    assert agreement.f1 in (None, 1.0)
    assert agreement.mean_iou is None or math.isclose(agreement.mean_iou, 1)
    assert AGREED_IOU <= 1
