import numpy as np
import pytest

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.spaces import to_mni, to_mni_mm, to_talairach_mm
from asmr_stim.schema.foci import Experiment, FociSet


def test_the_anterior_commissure_goes_where_the_published_matrix_puts_it():
    # Lancaster 2007: the fourth column of icbm2tal is where the MNI origin lies in Talairach space
    assert np.allclose(to_talairach_mm(np.zeros((1, 3))), [[-1.0423, -1.3940, 3.6475]])


def test_the_two_directions_are_inverse_to_each_other():
    points = np.random.default_rng(1).uniform(-70, 70, (50, 3))
    assert np.allclose(to_talairach_mm(to_mni_mm(points)), points)


def test_a_talairach_brain_grows_on_its_way_to_mni():
    points = np.array([[-60.0, 0.0, 0.0], [60.0, 0.0, 0.0]])
    left, right = to_mni_mm(points)
    assert 125.0 < right[0] - left[0] < 130.0


def test_converting_a_set_keeps_everything_but_the_foci():
    one = Experiment(name="a", n=9, foci=((10.0, 20.0, 30.0),), sample_id="s", columns={"x": "y"})
    moved = to_mni(FociSet(space="Talairach", experiments=(one,)))
    assert moved.space == "MNI"
    assert moved.experiments[0].model_copy(update={"foci": one.foci}) == one
    assert moved.experiments[0].foci != one.foci
    assert to_mni(moved) is moved


def test_a_focus_that_leaves_the_head_is_refused_by_name():
    one = Experiment(name="far", n=9, foci=((0.0, 0.0, 128.0),))
    with pytest.raises(InputError, match="a focus of 'far' lies outside the head once"):
        to_mni(FociSet(space="Talairach", experiments=(one,)))
