import numpy as np
import pytest
from ale_builders import a_set, an_experiment, ball_mask, foci_sets
from hypothesis import given, settings
from hypothesis import strategies as st

from asmr_stim.moderator.ale.activation import activation_maps, loss_kernels, place
from asmr_stim.moderator.ale.kernel import gaussian_kernel


def maps_of(foci, mask, outside="keep"):
    placement = place(foci.experiments, mask, "nearest", outside)
    return activation_maps(placement, loss_kernels(placement.n, mask.voxel_sizes_mm), mask)


def test_one_focus_gives_its_kernel():
    mask = ball_mask()
    maps = maps_of(a_set(an_experiment(n=20)), mask)
    volume = mask.filled(maps.probability(maps.total()))
    kernel = gaussian_kernel(20, mask.voxel_sizes_mm)
    low = 11 - kernel.shape[0] // 2
    inner = slice(low, low + kernel.shape[0])
    assert np.abs(volume[inner, inner, inner] - kernel).max() < 1e-9


def test_the_largest_of_two_foci_counts_not_their_sum():
    mask = ball_mask()
    once = maps_of(a_set(an_experiment(foci=((0.0, 0.0, 0.0),))), mask).total()
    twice = maps_of(a_set(an_experiment(foci=((0.0, 0.0, 0.0),) * 2)), mask).total()
    both = maps_of(a_set(an_experiment(foci=((0.0, 0.0, 0.0), (4.0, 0.0, 0.0)))), mask).total()
    other = maps_of(a_set(an_experiment(foci=((4.0, 0.0, 0.0),))), mask).total()
    assert np.array_equal(once, twice)
    assert np.array_equal(both, np.maximum(once, other))


@settings(max_examples=20)
@given(foci=foci_sets())
def test_the_total_is_that_of_the_parts_and_fits_its_width(foci):
    maps = maps_of(foci, ball_mask())
    total = np.zeros(maps.n_voxels, np.int64)
    for experiment in range(maps.n_experiments):
        voxels, losses = maps.of(experiment)
        assert len(np.unique(voxels)) == len(voxels)
        assert (losses > 0).all()
        np.add.at(total, voxels, losses)
    assert np.array_equal(total, maps.total())
    assert total.max() <= 2**30


@given(n=st.lists(st.integers(2, 300), min_size=1, max_size=400))
@settings(max_examples=15)
def test_the_largest_possible_sum_stays_below_two_to_the_thirty(n):
    kernels = loss_kernels(np.array(n), (4.0, 4.0, 4.0))
    peaks = kernels.values.reshape(len(kernels.values), -1).max(axis=1)
    assert peaks[kernels.which].sum(dtype=np.int64) <= 2**30
    assert np.log2(kernels.units_per_nat) % 1 == 0


def test_foci_outside_are_counted_and_kept_or_dropped():
    mask = ball_mask()
    near, far = (44.0, 0.0, 0.0), (80.0, 0.0, 0.0)
    experiments = (
        an_experiment("a", foci=((0.0, 0.0, 0.0), near)),
        an_experiment("b", foci=(far,)),
    )
    kept = place(experiments, mask, "nearest", "keep")
    assert (kept.n_outside, len(kept.voxels), kept.names) == (2, 3, ("a", "b"))
    dropped = place(experiments, mask, "nearest", "drop")
    assert (dropped.n_outside, len(dropped.voxels)) == (2, 1)
    assert (dropped.names, dropped.emptied) == (("a",), ("b",))


def test_the_tail_of_a_kept_focus_reaches_into_the_mask():
    mask = ball_mask()
    foci = a_set(an_experiment(foci=((44.0, 0.0, 0.0),)), an_experiment("b"))
    assert len(maps_of(foci, mask).of(0)[0]) > 0
    placement = place(foci.experiments, mask, "nearest", "drop")
    assert placement.names == ("b",)


@pytest.mark.parametrize("size", [2.0, 3.0, 4.0])
def test_activation_of_one_experiment_sums_to_one_on_any_grid(size):
    maps = maps_of(a_set(an_experiment(n=20)), ball_mask(size))
    assert maps.probability(maps.of(0)[1]).sum() == pytest.approx(1.0, abs=1e-5)
