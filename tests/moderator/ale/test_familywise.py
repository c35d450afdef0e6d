import json
import math

import numpy as np
import pytest
from ale_builders import (
    a_set,
    an_experiment,
    ball_mask,
    foci_sets,
    reference_foci,
    reference_mask,
    reference_numbers,
)
from builders import shared_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.activation import activation_maps, loss_kernels, place
from asmr_stim.moderator.ale.arrangement import empty_maxima, given_maxima, random_maxima
from asmr_stim.moderator.ale.blocks import block_plan
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.familywise import correct, critical, familywise_p, null_maxima
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.result import AleSettings, MonteCarlo

FEW = settings(max_examples=25)
STORED_THRESHOLD = {"knowledge": 0.01146, "relatedness": 0.01061}


@pytest.mark.parametrize("process", ["knowledge", "relatedness"])
def test_stored_draws_give_the_stored_maxima(process):
    stored = reference_numbers(process)
    model = estimate(reference_foci(process), reference_mask()).model
    of_foci = [str(name).removesuffix("-analysis_1") for name in stored["foci_exp"]]
    assert tuple(dict.fromkeys(of_foci)) == model.placement.names
    # there a voxel belongs to a cluster if its ALE is above this bin centre
    loss = -math.log1p(-STORED_THRESHOLD[process]) * model.maps.units_per_nat
    plan = block_plan(model.placement, model.kernels, model.mask, math.floor(loss) + 1)
    draws = stored["draws200_ijk"].transpose(1, 0, 2).astype(np.int64)
    found = given_maxima(plan, draws)
    ale = -np.expm1(found.loss / -model.maps.units_per_nat)
    assert np.abs(ale - stored["max_ale"][:200]).max() < 1e-8
    assert np.array_equal(found.size, stored["max_size"][:200])
    assert np.abs(found.mass - stored["max_mass"][:200]).max() < 4e-7


def whole_volume_maxima(voxels, model, mask, threshold):
    """Return loss, size and mass of one arrangement the long way."""
    points = mask.millimetres(voxels)
    offsets = model.placement.offsets
    experiments = [
        an_experiment(str(e), int(n), tuple(map(tuple, points[offsets[e] : offsets[e + 1]])))
        for e, n in enumerate(model.placement.n)
    ]
    maps = activation_maps(place(experiments, mask, "nearest", "keep"), model.kernels, mask)
    total = maps.total()
    volume = mask.filled((total >= threshold).astype(float)) > 0
    labels, count = ndimage.label(volume)
    highest = np.iinfo(np.int32).max
    excess = maps.probability(total) - maps.probability(np.array([min(threshold, highest)], "i4"))
    each = range(1, count + 1)
    sizes = ndimage.sum_labels(volume, labels, each)
    masses = ndimage.sum_labels(mask.filled(excess), labels, each)
    return total.max(), max(sizes, default=0), max(masses, default=0.0)


@FEW
@given(foci=foci_sets(), share=st.floats(0.001, 5.0), seed=st.integers(0, 999))
def test_blocks_and_bounds_find_what_the_whole_volume_has(foci, share, seed):
    mask = ball_mask()
    placement = place(foci.experiments, mask, "nearest", "keep")
    kernels = loss_kernels(placement.n, mask.voxel_sizes_mm)
    model = estimate(foci, mask).model
    # from thresholds that nearly every voxel reaches to such that none can
    threshold = max(1, int(share * kernels.values.max()))
    plan = block_plan(placement, kernels, mask, threshold)
    rng = np.random.default_rng(seed)
    seats = mask.indices()
    spread = seats[rng.integers(0, len(seats), (3, len(placement.voxels)))]
    heaped = seats[rng.integers(len(seats) // 2, len(seats) // 2 + 4, (3, len(placement.voxels)))]
    draws = np.concatenate([spread, heaped])
    found = given_maxima(plan, draws)
    for row, voxels in enumerate(draws):
        loss, size, mass = whole_volume_maxima(voxels, model, mask, threshold)
        assert (found.loss[row], found.size[row]) == (loss, size)
        assert found.mass[row] == pytest.approx(mass, abs=1e-9)


@pytest.mark.parametrize("n_threads", [2, 5])
def test_any_number_of_threads_gives_the_same_bits(n_threads):
    model = estimate(a_set(*(an_experiment(f"{i}", 9 + i) for i in range(6))), ball_mask()).model
    once = null_maxima(model, MonteCarlo(700, seed=3))
    again = null_maxima(model, MonteCarlo(700, seed=3), n_threads)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(once, again, strict=True))
    other = null_maxima(model, MonteCarlo(700, seed=4))
    assert not np.array_equal(once.loss, other.loss)


def test_an_arrangement_does_not_depend_on_how_many_there_are():
    model = estimate(a_set(an_experiment("a"), an_experiment("b")), ball_mask()).model
    plan = block_plan(model.placement, model.kernels, model.mask, model.threshold)
    few, many = empty_maxima(10), empty_maxima(300)
    assert list(random_maxima(plan, 1, iter([(0, 10)]), few)) == [10]
    assert list(random_maxima(plan, 1, iter([(0, 100), (100, 300)]), many)) == [100, 200]
    assert np.array_equal(few.loss, many.loss[:10])


def test_draws_are_uniform_over_the_mask():
    line = np.zeros((3, 3, 12), bool)
    line[1, 1, 1:11] = True
    mask = BrainMask(line, np.diag([20.0, 20.0, 20.0, 1.0]))
    # two experiments of one focus on voxels far apart: they meet with probability 1 / 10
    two = a_set(
        an_experiment("a", foci=((40.0, 40.0, 40.0),)),
        an_experiment("b", foci=((40.0, 40.0, 80.0),)),
    )
    model = estimate(two, mask).model
    maxima = null_maxima(model, MonteCarlo(20_000))
    met = (maxima.loss == maxima.loss.max()).mean()
    assert abs(met - 0.1) < 4 * math.sqrt(0.1 * 0.9 / 20_000)


@pytest.mark.slow
@pytest.mark.parametrize("process", ["knowledge", "relatedness"])
def test_the_stored_thresholds_are_met_within_three_standard_errors(process):
    known = json.loads((shared_folder("oracles", "ale") / "reference.json").read_text())
    stored, known = reference_numbers(process), known["summary"][process]
    result = correct(estimate(reference_foci(process), reference_mask()), MonteCarlo(10_000))
    for own, name, field in (
        (result.familywise.ale, "vfwe05_ale", "max_ale"),
        (result.familywise.size, "csize05_vox", "max_size"),
        (result.familywise.mass, "cmass05", "max_mass"),
    ):
        error = math.hypot(own.standard_error, critical(stored[field], 0.05).standard_error)
        assert abs(own.value - known[name]) < 3 * error


def test_p_counts_the_value_itself_and_is_never_zero():
    maxima = np.array([1, 2, 2, 3])
    assert familywise_p(np.array([0, 2, 3, 4]), maxima).tolist() == [1.0, 0.8, 0.4, 0.2]


def test_the_error_of_a_critical_value_is_that_of_resampling():
    rng = np.random.default_rng(5)
    maxima = rng.gumbel(size=2000)
    again = [critical(rng.choice(maxima, 2000), 0.05).value for _ in range(400)]
    assert critical(maxima, 0.05).standard_error == pytest.approx(np.std(again), rel=0.15)


@given(
    maxima=st.lists(st.integers(0, 50), min_size=20, max_size=200),
    alpha=st.sampled_from([0.05, 0.1, 0.5]),
)
def test_the_critical_value_is_where_p_falls_to_alpha(maxima, alpha):
    maxima = np.array(maxima)
    value = critical(maxima, alpha).value
    assert familywise_p(np.array([value + 1]), maxima)[0] <= alpha + 1e-12
    assert familywise_p(np.array([value]), maxima)[0] > alpha


def test_a_corrected_result_has_a_p_for_each_voxel_and_cluster():
    foci = a_set(*(an_experiment(f"{i}", 20) for i in range(5)))
    plain = estimate(foci, ball_mask())
    result = correct(plain, MonteCarlo(500, seed=1), n_threads=2)
    (cluster,) = result.familywise.clusters
    assert cluster.peak == result.familywise.p.min() == 1 / 501
    assert len(result.familywise.p) == ball_mask().n_voxels
    assert result.familywise.p.max() <= 1.0
    assert any("500 random arrangements" in text for text in result.warnings)
    assert not any("not corrected" in text for text in result.warnings)
    assert np.array_equal(result.ale, plain.ale)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"n_iterations": 18}, "18 iterations cannot reach alpha = 0.05; take at least 20"),
        ({"n_iterations": -1}, "cannot reach"),
        ({"seed": -1}, "the seed is -1"),
        ({"alpha": 1.0}, "alpha is 1"),
    ],
)
def test_impossible_settings_are_refused(values, message):
    with pytest.raises(InputError, match=message):
        MonteCarlo(**values)


def test_a_grid_too_fine_for_the_engine_is_refused():
    mask = BrainMask(np.ones((3, 3, 300), bool), np.diag([0.5, 0.5, 0.5, 1.0]))
    model = estimate(a_set(an_experiment("a"), an_experiment("b")), mask).model
    with pytest.raises(InputError, match="takes at most 64; use larger voxels"):
        null_maxima(model, MonteCarlo(20))


def small_model(*people):
    names = (f"{i}" for i in range(len(people)))
    return estimate(a_set(*map(an_experiment, names, people)), ball_mask()).model


def test_neither_names_nor_places_change_the_random_arrangements():
    mask = ball_mask()
    one = a_set(
        an_experiment("a", 30, ((0.0, 0.0, 0.0), (8.0, 0.0, 0.0))),
        an_experiment("b", 12, ((4.0, 4.0, 0.0),)),
        an_experiment("c", 12, ((0.0, 0.0, 4.0), (8.0, 8.0, 8.0))),
    )
    other = a_set(
        an_experiment("z", 12, ((4.0, 4.0, 0.0),)),
        an_experiment("y", 12, ((0.0, 0.0, 4.0), (8.0, 8.0, 8.0))),
        an_experiment("x", 30, ((0.0, 0.0, 0.0), (8.0, 0.0, 0.0))),
    )
    settings_ = AleSettings(null_order="content")
    maxima = [
        null_maxima(estimate(s, mask, settings_).model, MonteCarlo(200)) for s in (one, other)
    ]
    assert all(a.tobytes() == b.tobytes() for a, b in zip(*maxima, strict=True))


def test_stopping_at_an_error_ends_early_with_that_error():
    model = small_model(10, 20, 30, 15, 12)
    every = null_maxima(model, MonteCarlo(20_000))
    asked = MonteCarlo(20_000, stop_at_error=0.05)
    found = null_maxima(model, asked, n_threads=2)
    assert len(found.loss) < 20_000
    assert len(found.loss) % 1000 == 0
    assert np.array_equal(found.size, every.size[: len(found.size)])
    for values in (found.loss, found.size, found.mass):
        one = critical(values, 0.05)
        assert one.standard_error <= 0.06 * one.value
    hard = null_maxima(model, MonteCarlo(3000, stop_at_error=1e-9))
    assert len(hard.loss) == 3000


def test_where_it_stopped_is_in_the_result_and_its_warnings():
    foci = a_set(*(an_experiment(f"{i}", 9 + i) for i in range(6)))
    result = correct(estimate(foci, ball_mask()), MonteCarlo(50_000, stop_at_error=0.1))
    done = result.familywise.n_done
    assert done < 50_000
    assert any(f"({done} random arrangements)" in text for text in result.warnings)
    cluster = result.familywise.clusters[0]
    expected = math.sqrt(cluster.size * (1 - cluster.size) / (done + 1))
    assert cluster.size_error == pytest.approx(expected)


@pytest.mark.parametrize("share", [0.0, -1.0, float("nan")])
def test_an_error_to_stop_at_must_be_above_zero(share):
    with pytest.raises(InputError, match="error to stop at"):
        MonteCarlo(stop_at_error=share)
