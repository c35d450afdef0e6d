import numpy as np
import pytest
from ale_builders import (
    ball_mask,
    foci_sets,
    reference_foci,
    reference_mask,
    reference_numbers,
)
from hypothesis import given, settings
from scipy import stats

from asmr_stim.moderator.ale.activation import activation_maps, loss_kernels, place
from asmr_stim.moderator.ale.null import (
    convolved,
    null_distribution,
    z_of,
)


def maps_of(foci, mask):
    placement = place(foci.experiments, mask, "nearest", "keep")
    return activation_maps(placement, loss_kernels(placement.n, mask.voxel_sizes_mm), mask)


@pytest.mark.parametrize("process", ["knowledge", "relatedness"])
def test_ale_p_and_z_are_the_stored_ones(process):
    mask, stored = reference_mask(), reference_numbers(process)
    maps = maps_of(reference_foci(process), mask)
    ale = mask.filled(maps.probability(maps.total()))[tuple(stored["ijk"].T)]
    assert np.abs(ale - stored["ale"]).max() < 1e-8

    # in the order of the file, as they were computed; float32 holds 6e-8 of a number
    p = null_distribution(maps).p(ale)
    off = np.abs(p / stored["p"] - 1.0)
    # reference p are 1 - cumulative sum in doubles, and a value on the edge of two bins may fall
    # to either side: two voxels of four thousand
    assert (off > 1e-6).sum() <= 2
    assert off.max() < 1e-4
    assert np.abs(z_of(p) - stored["z"]).max() < 2e-5


@pytest.mark.parametrize(
    ("process", "bin_below"), [("knowledge", 0.01146), ("relatedness", 0.01061)]
)
def test_the_threshold_for_p_001_follows_the_stored_bin(process, bin_below):
    null = null_distribution(maps_of(reference_foci(process), reference_mask()))
    assert null.lowest_ale_below(0.001) == pytest.approx(bin_below + 0.5e-5, abs=1e-12)


def test_two_experiments_combine_as_the_product_of_their_misses():
    first = np.zeros(201)
    first[[0, 200]] = 0.75, 0.25
    second = np.zeros(101)
    second[[0, 100]] = 0.5, 0.5
    joint = convolved([first, second])
    # 1 - 0.998 * 0.999 = 0.002998, which is nearest to bin 300
    assert dict(zip(np.flatnonzero(joint).tolist(), joint[joint > 0].tolist(), strict=True)) == {
        0: 0.375,
        100: 0.375,
        200: 0.125,
        300: 0.125,
    }


@settings(max_examples=15)
@given(foci=foci_sets())
def test_the_null_is_a_falling_probability_that_starts_at_one(foci):
    tail = null_distribution(maps_of(foci, ball_mask())).tail
    assert tail[0] == pytest.approx(1.0, abs=1e-12)
    assert (np.diff(tail) <= 0).all()
    assert tail[-1] > 0


def test_the_null_agrees_with_foci_thrown_at_random():
    mask = ball_mask()
    maps = maps_of(reference_foci("relatedness"), mask)
    null = null_distribution(maps)
    rng = np.random.default_rng(7)
    dense = np.zeros((maps.n_experiments, mask.n_voxels))
    for experiment, row in enumerate(dense):
        voxels, losses = maps.of(experiment)
        row[voxels] = losses
    drawn = sum(row[rng.integers(0, mask.n_voxels, 200_000)] for row in dense)
    ale = maps.probability(drawn)
    for p in (0.5, 0.1, 0.01, 0.001):
        observed = (ale >= null.lowest_ale_below(p)).mean()
        expected = null.p(np.array([null.lowest_ale_below(p) + 1e-9]))[0]
        assert abs(observed - expected) < 4 * np.sqrt(expected / 200_000) + 0.01 * expected


def test_z_is_finite_and_never_negative():
    p = np.array([1.0, 0.7, 0.5, 0.001, 1e-38])
    z = z_of(p)
    assert np.isfinite(z).all()
    assert z[:3].tolist() == [0.0, 0.0, 0.0]
    assert z[3:] == pytest.approx(stats.norm.isf(p[3:]))
