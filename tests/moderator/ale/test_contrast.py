import itertools

import numpy as np
import pytest
from ale_builders import (
    FOCI,
    a_set,
    an_experiment,
    ball_mask,
    foci_sets,
    reference_foci,
    reference_mask,
)
from builders import shared_folder
from hypothesis import given, settings
from hypothesis import strategies as st

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.contrast import _paired as paired
from asmr_stim.moderator.ale.contrast import contrast
from asmr_stim.moderator.ale.contrast_result import ContrastSettings
from asmr_stim.moderator.ale.enumeration import enumerated_p
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.familywise import correct
from asmr_stim.moderator.ale.labelling import labellings, permuted
from asmr_stim.moderator.ale.result import MonteCarlo

FEW = settings(max_examples=10)
FORCED = ContrastSettings(MonteCarlo(400), forced=True)


def two_groups(first, second, mask=None):
    mask = mask or ball_mask()
    renamed = a_set(*(an_experiment(f"second {e.name}", e.n, e.foci) for e in second.experiments))
    return estimate(first, mask), estimate(renamed, mask)


@pytest.fixture(scope="module")
def children():
    groups = [reference_foci(process) for process in ("knowledge", "relatedness")]
    return paired(*(estimate(group, reference_mask()) for group in groups))


@pytest.fixture(scope="module")
def stored():
    with np.load(shared_folder("oracles", "ale") / "subtraction_nimare0221.npz") as file:
        return {name: file[name] for name in file.files}


def test_difference_and_maxima_on_stored_labels_are_the_stored_ones(children, stored):
    difference = children.ale_of(children.in_first) - children.ale_of(~children.in_first)
    at = tuple(stored["ijk"].T)
    assert np.abs(children.mask.filled(difference)[at] - stored["diff"]).max() < 1e-8
    rows = np.zeros((1000, 37), bool)
    rows[np.arange(1000)[:, None], stored["perm_group1"]] = True
    units = children.maps.units_per_nat
    found = permuted(children.cover, children.in_first, rows, units)
    assert np.abs(found.largest - stored["max_abs_diff"]).max() < 1e-8


def test_permutation_agrees_with_enumeration_by_the_same_definition(children):
    n = 10_000
    exact = enumerated_p(children.cover, children.in_first, 2)
    rows = labellings(37, 21, n, seed=1)
    found = permuted(children.cover, children.in_first, rows, children.maps.units_per_nat, 2)
    # one draw of a number each: neighbours share labellings, so a few thousand are tried
    known = np.flatnonzero(~np.isnan(exact))[::40]
    error = np.sqrt(exact[known] * (1 - exact[known]) / n)
    assert (np.abs(found.reaching[known] / n - exact[known]) <= 4 * error + 1e-9).all()


def test_voxels_of_one_experiment_have_p_one(children):
    exact = enumerated_p(children.cover, children.in_first)
    count = children.cover.depth
    assert (exact[count <= 1] == 1.0).all()
    assert (count == 1).sum() > 10_000
    assert (exact[count == 2] > 0.2).all()


def every_labelling(first, second, mask):
    """Return the exact p of each voxel the long way: all labellings, ALE each time."""
    pair = paired(first, second)
    n, n_first = len(pair.in_first), int(pair.in_first.sum())
    losses = np.zeros((n, pair.maps.n_voxels), np.int64)
    for row, one in enumerate(losses):
        voxels, loss = pair.maps.of(row)
        one[voxels] = loss
    total = losses.sum(axis=0)
    observed = np.abs(2 * losses[pair.in_first].sum(axis=0) - total)
    reaching = np.zeros(pair.maps.n_voxels)
    members = list(itertools.combinations(range(n), n_first))
    for chosen in members:
        reaching += np.abs(2 * losses[list(chosen)].sum(axis=0) - total) >= observed
    return reaching / len(members)


@FEW
@given(first=foci_sets(max_size=5), second=foci_sets(max_size=4))
def test_enumeration_of_patterns_is_that_of_all_labellings(first, second):
    groups = two_groups(first, second)
    pair = paired(*groups)
    expected = every_labelling(*groups, ball_mask())
    assert np.allclose(enumerated_p(pair.cover, pair.in_first, 2), expected, atol=1e-12)


@FEW
@given(first=foci_sets(), second=foci_sets())
def test_swapping_the_groups_turns_the_sign_and_keeps_p(first, second):
    one, two = two_groups(first, second)
    here, there = contrast(one, two, FORCED), contrast(two, one, FORCED)
    assert np.array_equal(here.difference, -there.difference)
    exact = here.n_enumerated == here.n_tested
    assert exact
    assert np.allclose(here.p, there.p, atol=1e-12)


@FEW
@given(foci=foci_sets(min_size=3), order=st.randoms(use_true_random=False))
def test_any_number_of_threads_gives_the_same_bits(foci, order):
    groups = two_groups(foci, a_set(an_experiment("x"), an_experiment("y", 30)))
    once, again = contrast(*groups, FORCED), contrast(*groups, FORCED, n_threads=3)
    for name in ("difference", "p", "z", "p_familywise", "conjunction"):
        assert getattr(once, name).tobytes() == getattr(again, name).tobytes()


@FEW
@given(foci=FOCI)
def test_groups_of_the_same_experiments_do_not_differ(foci):
    same = a_set(*(an_experiment(f"{i}", 20, foci) for i in range(3)))
    result = contrast(*two_groups(same, same), FORCED)
    assert (result.difference == 0).all()
    assert (result.p == 1).all()
    assert (result.z == 0).all()
    assert result.clusters == ()


def opposed(size):
    left = a_set(*(an_experiment(f"{i}", 20, ((-20.0, 0.0, 0.0),)) for i in range(size)))
    right = a_set(*(an_experiment(f"{i}", 20, ((20.0, 0.0, 0.0),)) for i in range(size)))
    return two_groups(left, right)


def test_groups_that_converge_apart_differ_in_both_directions():
    result = contrast(*opposed(8), FORCED)
    assert {(c.larger_in, c.peak_mm) for c in result.clusters} == {
        ("first", (-20.0, 0.0, 0.0)),
        ("second", (20.0, 0.0, 0.0)),
    }
    # 2 of the C(16, 8) labellings separate the eight experiments as these do
    assert result.clusters[0].peak_p == pytest.approx(2 / 12870)
    assert all(cluster.peak_p_familywise < 0.05 for cluster in result.clusters)
    assert [share for _, share in result.clusters[0].contributions] == [0.125] * 8
    assert (result.conjunction == 0).all()
    assert result.z[result.difference > 0].max() > 3
    assert result.z[result.difference < 0].min() < -3


def test_the_gate_keeps_only_where_the_larger_group_converges():
    one, two = opposed(8)
    gated = contrast(one, two, ContrastSettings(MonteCarlo(200), gated=True, forced=True))
    outside = ~(one.p < 0.001) & ~(two.p < 0.001)
    assert (gated.p[outside] == 1).all()
    assert gated.n_tested < contrast(one, two, FORCED).n_tested
    assert len(gated.clusters) == 2


def test_the_conjunction_is_the_smaller_ale_where_both_converge():
    same = a_set(*(an_experiment(f"{i}", 20) for i in range(4)))
    one, two = (correct(result, MonteCarlo(100)) for result in two_groups(same, same))
    found = contrast(one, two, FORCED).conjunction
    assert found.max() == pytest.approx(one.ale.max(), abs=1e-9)
    assert (found > 0).sum() == one.clusters[0].n_voxels


def test_small_groups_are_compared_only_when_forced():
    groups = opposed(4)
    with pytest.raises(InputError, match=r"has 4 experiments.* only when that is forced"):
        contrast(*groups)
    assert "fewer than 17" in contrast(*groups, FORCED).warnings[0]


def test_groups_that_cannot_be_compared_are_refused():
    one = estimate(a_set(an_experiment("a"), an_experiment("b")), ball_mask())
    with pytest.raises(InputError, match="in both groups: a, b"):
        contrast(one, one, FORCED)
    other = estimate(a_set(an_experiment("c"), an_experiment("d")), ball_mask(3.0))
    with pytest.raises(InputError, match="different brain masks"):
        contrast(one, other, FORCED)


def test_the_observed_labelling_among_the_random_ones_counts_as_a_tie():
    result = contrast(*opposed(3), FORCED)
    # 2 of the C(6, 3) labellings are the observed one or its mirror image
    assert result.p_familywise.min() == pytest.approx(0.1, abs=4 * (0.1 * 0.9 / 400) ** 0.5)


def test_a_labelling_depends_on_seed_and_row_alone():
    assert np.array_equal(labellings(9, 4, 5, 1), labellings(9, 4, 50, 1)[:5])
    assert not np.array_equal(labellings(9, 4, 50, 1), labellings(9, 4, 50, 2))
    assert (labellings(9, 4, 50, 1).sum(axis=1) == 4).all()


def test_too_few_labellings_for_the_cluster_forming_p_are_warned_of():
    # 24 experiments cover a voxel: too many for an exact p
    groups = opposed(24)
    quick = {"clusters": False}
    (told,) = contrast(*groups, ContrastSettings(MonteCarlo(100), **quick)).warnings
    assert told.startswith("100 random labellings give no p below 0.0099, and clusters are formed")
    assert "take at least 1000 labellings" in told
    assert contrast(*groups, ContrastSettings(MonteCarlo(1000), **quick)).warnings == ()


def test_no_number_of_labellings_is_too_few_where_every_p_is_exact():
    warnings = contrast(*opposed(8), ContrastSettings(MonteCarlo(100), forced=True)).warnings
    assert not any("random labellings" in told for told in warnings)
