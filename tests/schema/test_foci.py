import math

import pytest
from pydantic import ValidationError

from asmr_stim.schema.foci import Experiment, FociSet


def an_experiment(**changes):
    values = {"name": "lee_2020", "n": 20, "foci": ((1.0, 2.0, 3.0),)} | changes
    return Experiment(**values)


def test_an_experiment_keeps_what_it_was_given():
    experiment = an_experiment(sample_id="s1", columns={"trigger": "tapping"})
    assert (experiment.n, experiment.foci) == (20, ((1.0, 2.0, 3.0),))
    assert experiment.group("trigger") == "tapping"
    assert experiment.group("sample_id") == "s1"
    assert experiment.group("contrast_type") is None
    assert experiment.group("nothing") is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"n": 1},
        {"n": None},
        {"n": "20"},
        {"n": 20.5},
        {"foci": ()},
        {"foci": ((1.0, 2.0),)},
        {"foci": ((math.nan, 0.0, 0.0),)},
        {"foci": ((math.inf, 0.0, 0.0),)},
        {"foci": ((0.0, 0.0, 131.0),)},
        {"foci": ((-111.0, 0.0, 0.0),)},
        {"sample_id": ""},
        {"sample_size": 20},
    ],
)
def test_an_impossible_experiment_cannot_be_built(change):
    with pytest.raises(ValidationError):
        an_experiment(**change)


def test_an_experiment_without_n_cannot_be_built():
    with pytest.raises(ValidationError, match="n\n"):
        Experiment(name="a", foci=((0.0, 0.0, 0.0),))


def test_an_experiment_cannot_be_changed():
    with pytest.raises(ValidationError):
        an_experiment().n = 3


def test_a_set_refuses_a_name_that_occurs_twice():
    with pytest.raises(ValidationError, match="more than once: lee_2020"):
        FociSet(space="MNI", experiments=(an_experiment(), an_experiment(n=3)))


def test_a_set_refuses_an_unknown_space_and_emptiness():
    with pytest.raises(ValidationError):
        FociSet(space="Dog", experiments=(an_experiment(),))
    with pytest.raises(ValidationError):
        FociSet(space="MNI", experiments=())


def test_a_set_counts_its_foci():
    two = an_experiment(name="b", foci=((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)))
    assert FociSet(space="MNI", experiments=(an_experiment(), two)).n_foci == 3
