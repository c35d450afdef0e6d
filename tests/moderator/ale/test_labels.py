from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.labels import Label, LabelVolume, nearest_label
from asmr_stim.moderator.ale.spaces import to_mni_mm

NAMES = {1: "one", 2: "two", 3: "three"}
SHAPE = (5, 6, 4)
FINER = 9  # an odd number, so that each voxel has a centre again


def an_affine(sizes_mm=(1.0, 1.0, 1.0), origin_mm=(0.0, 0.0, 0.0)):
    affine = np.diag([*sizes_mm, 1.0])
    affine[:3, 3] = origin_mm
    return affine


def an_atlas(regions, shape=SHAPE, affine=None, space="MNI"):
    """Return an atlas with the given numbers at the given indices."""
    volume = np.zeros(shape, np.int32)
    for index, number in regions.items():
        volume[index] = number
    return LabelVolume(volume, an_affine() if affine is None else affine, space, NAMES)


PLACES = st.tuples(*(st.integers(0, length - 1) for length in SHAPE))
REGIONS = st.dictionaries(PLACES, st.integers(1, 3), min_size=1, max_size=8)
POINTS = st.tuples(*(st.floats(-6.0, 18.0, allow_nan=False) for _ in range(3)))
SIZES = st.tuples(*(st.sampled_from([1.0, 2.0, 3.5]) for _ in range(3)))


def test_the_mni_origin_is_looked_up_where_the_published_matrix_puts_it():
    # Lancaster 2007, icbm2tal: the MNI origin lies at -1.0423, -1.3940, 3.6475 in Talairach space
    there = an_atlas({(0, 0, 0): 1}, (1, 1, 1), an_affine(origin_mm=(-1.0, -1.0, 4.0)), "Talairach")
    assert nearest_label((0.0, 0.0, 0.0), there) == Label("one", 0.0)
    assert nearest_label((-1.0, -1.0, 4.0), there, reach_mm=1.0) is None
    in_mni = replace(there, space="MNI")
    assert nearest_label((-1.0, -1.0, 4.0), in_mni) == Label("one", 0.0)
    assert nearest_label((0.0, 0.0, 0.0), in_mni, reach_mm=1.0) is None


@settings(max_examples=60)
@given(REGIONS, SIZES, st.data())
def test_the_distance_is_the_one_that_a_distance_transform_finds(regions, sizes_mm, data):
    # each voxel is cut into 9 x 9 x 9, and a Euclidean distance transform is run over the pieces
    atlas = an_atlas(regions, affine=an_affine(sizes_mm))
    pieces = np.kron(atlas.volume, np.ones((FINER,) * 3, np.int32))
    piece_mm = np.array(sizes_mm) / FINER
    far = ndimage.distance_transform_edt(pieces == 0, sampling=piece_mm)
    at = data.draw(st.tuples(*(st.integers(0, FINER * length - 1) for length in SHAPE)))
    point = (np.array(at) - (FINER - 1) / 2) * piece_mm
    found = nearest_label(tuple(point), atlas, reach_mm=100.0)
    # from centre to centre of pieces; to the edge it is half a piece less at the most
    assert far[at] - np.linalg.norm(piece_mm) / 2 - 1e-6 <= found.distance_mm <= far[at] + 1e-6
    if pieces[at]:
        assert found == Label(NAMES[int(pieces[at])], 0.0)


@given(REGIONS, POINTS, st.tuples(*(st.integers(-40, 40) for _ in range(3))))
def test_moving_the_atlas_and_the_point_together_changes_nothing(regions, point, step):
    here = nearest_label(point, an_atlas(regions))
    moved = an_atlas(regions, affine=an_affine(origin_mm=step))
    there = nearest_label(tuple(np.add(point, step)), moved)
    assert (here is None) == (there is None)
    assert here is None or here.distance_mm == pytest.approx(there.distance_mm, abs=2e-6)


@given(REGIONS, SIZES, POINTS)
def test_the_order_in_which_voxels_are_stored_does_not_move_a_region(regions, sizes_mm, point):
    atlas = an_atlas(regions, affine=an_affine(sizes_mm))
    flipped = atlas.affine.copy()
    flipped[0, 0] = -sizes_mm[0]
    flipped[0, 3] = (SHAPE[0] - 1) * sizes_mm[0]
    stored_backwards = LabelVolume(atlas.volume[::-1], flipped, "MNI", NAMES)
    here, there = nearest_label(point, atlas), nearest_label(point, stored_backwards)
    assert (here is None) == (there is None)
    assert here is None or here.distance_mm == pytest.approx(there.distance_mm, abs=2e-6)


@given(REGIONS, POINTS)
def test_one_atlas_in_either_space_names_a_place_the_same(regions, point):
    in_talairach = an_atlas(regions, space="Talairach")
    there = nearest_label(tuple(to_mni_mm(np.array([point]))[0]), in_talairach)
    here = nearest_label(point, an_atlas(regions))
    assert (here is None) == (there is None)
    assert here is None or here.distance_mm == pytest.approx(there.distance_mm, abs=2e-6)


def test_a_distance_is_measured_to_the_edge_of_the_voxel():
    atlas = an_atlas({(0, 0, 0): 2})
    assert nearest_label((3.5, 4.5, 0.0), atlas) == Label("two", 5.0)  # legs of 3 and 4 mm
    assert nearest_label((3.5, 4.6, 0.0), atlas) is None
    assert nearest_label((3.5, 4.6, 0.0), atlas, reach_mm=6.0).name == "two"
    assert nearest_label((0.4, -0.5, 0.5), atlas) == Label("two", 0.0)


@given(REGIONS, SIZES, POINTS, st.floats(0.0, 9.0))
def test_a_short_reach_hides_far_regions_and_no_near_ones(regions, sizes_mm, point, reach_mm):
    atlas = an_atlas(regions, affine=an_affine(sizes_mm))
    found = nearest_label(point, atlas, reach_mm=200.0)
    expected = found if found.distance_mm <= reach_mm else None
    assert nearest_label(point, atlas, reach_mm) == expected


@pytest.mark.parametrize("x", [-5.5, 5.5, 6.5])
def test_a_region_just_in_reach_is_found_between_two_voxels(x):
    assert nearest_label((x, 0.0, 0.0), an_atlas({(int(x > 6), 0, 0): 1})) == Label("one", 5.0)


def test_a_point_in_a_large_voxel_lies_in_its_region():
    atlas = an_atlas({(0, 0, 0): 1}, affine=an_affine((8.0, 8.0, 8.0)))
    assert nearest_label((3.9, 3.9, 3.9), atlas) == Label("one", 0.0)


def test_a_point_outside_the_image_is_named_if_a_region_is_near_enough():
    atlas = an_atlas({(0, 0, 0): 1})
    assert nearest_label((-4.5, 0.0, 0.0), atlas) == Label("one", 4.0)
    assert nearest_label((-400.0, 0.0, 9e9), atlas) is None


def test_a_nearer_voxel_goes_before_one_that_is_earlier_in_the_image():
    atlas = an_atlas({(0, 0, 0): 1, (3, 0, 0): 2})
    assert nearest_label((1.4, 0.0, 0.0), atlas).name == "one"
    assert nearest_label((1.6, 0.0, 0.0), atlas).name == "two"
    assert nearest_label((1.5, 0.0, 0.0), atlas).name == "one"


def test_of_two_regions_equally_near_the_one_with_the_nearer_centre_gives_the_name():
    atlas = an_atlas({(2, 0, 0): 2, (4, 1, 0): 1}, affine=an_affine((1.0, 2.0, 1.0)))
    # 1.8 mm from the edges of both; 2.4 mm from the centre of the later one, 2.8 of the earlier
    assert nearest_label((1.7, 2.8, 0.0), atlas) == Label("one", 1.8)


def test_a_point_on_the_border_of_two_regions_lies_in_the_first():
    touching = an_atlas({(1, 1, 1): 3, (2, 1, 1): 1})
    assert nearest_label((1.5, 1.0, 1.2), touching) == Label("three", 0.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"volume": np.zeros((2, 2, 2), np.int32)}, "all of them are 0"),
        ({"volume": np.ones((2, 2, 2, 3), np.int32)}, "has 4 dimensions; a probabilistic atlas"),
        (
            {"names": {2: "two"}},
            "1 of the 1 numbers in the atlas have no name, the first of them 1",
        ),
        ({"affine": np.array([[1.0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])}, "right"),
        ({"affine": np.diag([1.0, 0.0, 1.0, 1.0])}, "right angles"),
        ({"affine": np.full((4, 4), np.nan)}, "right angles"),
    ],
)
def test_an_atlas_that_cannot_be_read_off_is_refused(change, message):
    good = LabelVolume(np.ones((2, 2, 2), np.int32), np.eye(4), "MNI", {1: "one"})
    with pytest.raises(InputError, match=message):
        replace(good, **change)
