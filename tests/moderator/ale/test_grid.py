import numpy as np
import pytest
from ale_builders import ball_mask, reference_foci, reference_mask, reference_numbers

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.grid import BrainMask, voxel_indices


@pytest.mark.parametrize("process", ["knowledge", "relatedness"])
def test_nearest_rounding_gives_the_stored_voxels(process):
    foci = np.array([f for e in reference_foci(process).experiments for f in e.foci])
    found = voxel_indices(foci, reference_mask(), "nearest")
    stored = reference_numbers(process)["foci_ijk"]
    assert sorted(map(tuple, found.tolist())) == sorted(map(tuple, stored.tolist()))


def test_ties_go_to_the_even_index_and_truncation_toward_zero():
    mask = BrainMask(np.ones((9, 9, 9), bool), np.diag([2.0, 2.0, 2.0, 1.0]))
    foci = np.array([[1.0, 3.0, 5.0], [2.9, 3.1, -1.0]])
    assert voxel_indices(foci, mask, "nearest").tolist() == [[0, 2, 2], [1, 2, 0]]
    assert voxel_indices(foci, mask, "truncate").tolist() == [[0, 1, 2], [1, 1, 0]]


def test_indices_and_millimetres_are_inverse_to_each_other():
    mask = ball_mask(3.0)
    indices = mask.indices()
    assert np.array_equal(voxel_indices(mask.millimetres(indices), mask, "nearest"), indices)
    assert np.array_equal(voxel_indices(mask.millimetres(indices), mask, "truncate"), indices)


def test_a_focus_off_the_grid_is_not_in_the_mask():
    mask = ball_mask()
    assert mask.contains(np.array([[-1, 0, 0], [11, 11, 11], [999, 0, 0]])).tolist() == [
        False,
        True,
        False,
    ]


def test_a_filled_volume_has_the_values_in_c_order():
    mask = ball_mask()
    volume = mask.filled(np.arange(mask.n_voxels, dtype=float), outside=-1.0)
    assert np.array_equal(volume[mask.volume], np.arange(mask.n_voxels))
    assert (volume[~mask.volume] == -1.0).all()


@pytest.mark.parametrize(
    ("volume", "affine", "message"),
    [
        (np.ones((2, 2), bool), np.eye(4), "three dimensions"),
        (np.zeros((2, 2, 2), bool), np.eye(4), "empty"),
        (np.ones((2, 2, 2), bool), np.diag([1.0, 0.0, 1.0, 1.0]), "no extent"),
        (np.ones((2, 2, 2), bool), np.full((4, 4), np.nan), "finite"),
    ],
)
def test_a_mask_that_cannot_be_used_cannot_be_built(volume, affine, message):
    with pytest.raises(InputError, match=message):
        BrainMask(volume, affine)
