import math

import numpy as np
import pytest
from ale_builders import a_set, an_experiment, ball_mask, foci_sets
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from asmr_stim.moderator.ale import contrast_clusters, enumeration
from asmr_stim.moderator.ale.contrast import _paired as paired
from asmr_stim.moderator.ale.contrast import contrast
from asmr_stim.moderator.ale.contrast_clusters import (
    UNREACHABLE,
    CutSettings,
    cuts,
    largest_clusters,
)
from asmr_stim.moderator.ale.contrast_result import ContrastSettings
from asmr_stim.moderator.ale.enumeration import enumerated_p
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.labelling import labellings
from asmr_stim.moderator.ale.result import MonteCarlo

FEW = settings(max_examples=6)


def a_pair(first, second):
    mask = ball_mask()
    renamed = a_set(*(an_experiment(f"second {e.name}", e.n, e.foci) for e in second.experiments))
    return paired(estimate(first, mask), estimate(renamed, mask))


def everywhere(pair, cluster_p):
    every = np.ones(pair.mask.n_voxels, bool)
    return CutSettings(cluster_p, every, every)


def distances(pair, row):
    return pair.total_of(row) - pair.total_of(~row)


@FEW
@given(first=foci_sets(min_size=3), second=foci_sets(min_size=3), p=st.sampled_from([0.3, 0.5]))
def test_a_labelling_is_cut_where_its_own_exact_p_is_below(first, second, p):
    pair = a_pair(first, second)
    rows = labellings(len(pair.in_first), int(pair.in_first.sum()), 6, seed=1)
    cut = cuts(pair.cover, pair.in_first, rows, everywhere(pair, p))
    for row in rows:
        own_p = enumerated_p(pair.cover, row)
        beyond = np.abs(distances(pair, row)) >= cut
        assert np.array_equal(beyond, own_p < p)


def test_a_cut_from_random_labellings_is_where_their_own_p_is_below(monkeypatch):
    monkeypatch.setattr(contrast_clusters, "MOST_ENUMERATED", 0)
    first = a_set(*(an_experiment(f"{i}", 10 + i) for i in range(5)))
    pair = a_pair(first, first)
    rows = labellings(10, 5, 99, seed=2)
    cut = cuts(pair.cover, pair.in_first, rows, everywhere(pair, 0.2))
    every = np.concatenate([pair.in_first[None], rows])
    found = np.array([np.abs(distances(pair, row)) for row in every])
    for voxel in np.flatnonzero(pair.cover.depth)[::50]:
        of_labelling = found[:, voxel]
        p = (of_labelling >= of_labelling[:, None]).mean(axis=1)
        assert np.array_equal(of_labelling >= cut[voxel], p < 0.2)


@FEW
@given(
    first=foci_sets(min_size=3, max_size=5),
    second=foci_sets(min_size=3, max_size=5),
    few=st.booleans(),
)
def test_largest_clusters_are_those_of_the_whole_volume(first, second, few):
    pair = a_pair(first, second)
    rows = labellings(len(pair.in_first), int(pair.in_first.sum()), 12, seed=3)
    where = everywhere(pair, 0.4)
    if few:
        half = pair.mask.indices()[:, 0] > 11
        where = CutSettings(0.4, half, ~half)
    cut = cuts(pair.cover, pair.in_first, rows, where, 2)
    units = pair.maps.units_per_nat
    found = largest_clusters(pair.cover, rows, cut, where, (pair.mask, units, 2))
    alone = largest_clusters(pair.cover, rows, cut, where, (pair.mask, units, 1))
    assert found.mass.tobytes() == alone.mass.tobytes()
    for at, row in enumerate(rows):
        distance = distances(pair, row)
        difference = pair.ale_of(row) - pair.ale_of(~row)
        sizes, masses = [0], [0.0]
        for side, sign in ((where.first, 1), (where.second, -1)):
            beyond = (np.abs(distance) >= cut) & side & (distance * sign > 0)
            labels, count = ndimage.label(pair.mask.filled(beyond.astype(float)) > 0)
            each = range(1, count + 1)
            sizes += list(ndimage.sum_labels(np.ones(labels.shape), labels, each))
            values = pair.mask.filled(np.abs(difference))
            masses += list(ndimage.sum_labels(values, labels, each))
        assert found.size[at] == max(sizes)
        assert found.mass[at] == pytest.approx(max(masses), abs=1e-9)


def test_chunks_of_labellings_change_nothing(monkeypatch):
    first = a_set(*(an_experiment(f"{i}", 10 + i) for i in range(5)))
    pair = a_pair(first, first)
    rows = labellings(10, 5, 50, seed=2)
    where = everywhere(pair, 0.5)
    cut = cuts(pair.cover, pair.in_first, rows, where)
    field = pair.mask, pair.maps.units_per_nat, 1
    whole = largest_clusters(pair.cover, rows, cut, where, field)
    monkeypatch.setattr(contrast_clusters, "EVENTS", 4 * pair.mask.n_voxels)
    parts = largest_clusters(pair.cover, rows, cut, where, field)
    assert all(np.array_equal(a, b) for a, b in zip(whole, parts, strict=True))
    assert whole.size.max() > 0


def test_where_no_labelling_is_rare_enough_nothing_is_reachable():
    apart = [an_experiment(f"{x}", foci=((x, 0.0, 0.0),)) for x in (-32.0, 32.0)]
    pair = a_pair(a_set(*apart), a_set(*apart))
    # two experiments cover a voxel, and both are in one group in 1 of 3 labellings
    cut = cuts(pair.cover, pair.in_first, np.zeros((0, 4), bool), everywhere(pair, 0.3))
    assert (cut == UNREACHABLE).all()


def opposed(size):
    mask = ball_mask()
    groups = [
        a_set(*(an_experiment(f"{name}{i}", 20, ((x, 0.0, 0.0),)) for i in range(size)))
        for name, x in (("left", -20.0), ("right", 20.0))
    ]
    return tuple(estimate(group, mask) for group in groups)


def test_clusters_of_groups_that_converge_apart_are_significant_by_size_and_mass():
    asked = ContrastSettings(MonteCarlo(400), forced=True)
    result = contrast(*opposed(8), asked)
    for cluster in result.clusters[:2]:
        # 2 of the 12,870 labellings are the observed one or its mirror image
        assert cluster.size_p_familywise == pytest.approx(1 / 401, abs=0.01)
        assert cluster.mass_p_familywise == pytest.approx(1 / 401, abs=0.01)
        assert 0 < cluster.mass < cluster.n_voxels * abs(cluster.peak_difference)
    assert result.critical_size.value < result.clusters[0].n_voxels
    left_out = contrast(*opposed(8), ContrastSettings(MonteCarlo(400), forced=True, clusters=False))
    assert left_out.critical_size is None
    assert {c.size_p_familywise for c in left_out.clusters} == {None}


def test_the_labellings_of_random_groups_find_a_cluster_as_often_as_they_should():
    # with exchangeable groups the p of the largest cluster is uniform: 30 sets at 0.2
    rng = np.random.default_rng(5)
    seats = ball_mask().millimetres(ball_mask().indices())
    hits, n_sets = 0, 30
    for _ in range(n_sets):
        groups = [
            a_set(
                *(
                    an_experiment(
                        f"{name}{i}", 12, tuple(map(tuple, seats[rng.integers(0, len(seats), 3)]))
                    )
                    for i in range(4)
                )
            )
            for name in "ab"
        ]
        asked = ContrastSettings(MonteCarlo(39, alpha=0.2), cluster_p=0.3, forced=True)
        found = contrast(*(estimate(g, ball_mask()) for g in groups), asked)
        hits += any(c.mass_p_familywise <= 0.2 for c in found.clusters)
    assert abs(hits / n_sets - 0.2) < 3.5 * math.sqrt(0.2 * 0.8 / n_sets)


def test_enumeration_does_not_depend_on_the_order_of_the_experiments():
    losses = np.array([7, 100, 23, 58, 1], np.int32)
    weights = enumeration.pattern_weights(9, 4)
    tails = []
    for order in (slice(None), slice(None, None, -1)):
        room = enumeration.halves()
        rows = enumeration.subset_sums(losses[order], room)
        tails.append(enumeration.tail(rows, room, weights, int(losses.sum()), 61))
    assert tails[0] == tails[1]
