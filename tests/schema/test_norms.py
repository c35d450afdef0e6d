import pytest
from pydantic import ValidationError
from studies import HERE, a_stimulus, a_study, built


def a_norm(**changes):
    norm = {
        "construct_rated": "tingle_intensity",
        "scale": {"low": 1.0, "high": 7.0},
        "n_raters": 60,
        "mean": 4.5,
        "sd": 1.2,
        "n_responders": 40,
        "population": "students",
        "provenance": HERE,
    }
    return {key: value for key, value in (norm | changes).items() if value is not None}


def built_norm(**changes):
    study = a_study(stimuli=[a_stimulus(norms=[a_norm(**changes)]), a_stimulus("control_video")])
    return built(study).stimuli[0].norms[0]


def test_a_norm_keeps_its_scale_and_its_number_of_raters():
    norm = built_norm()
    assert (norm.scale.low, norm.scale.high, norm.n_raters) == (1.0, 7.0, 60)


@pytest.mark.parametrize("missing", ["n_raters", "scale", "population", "provenance"])
def test_a_norm_without_what_makes_it_comparable_is_refused(missing):
    with pytest.raises(ValidationError, match="Field required"):
        built_norm(**{missing: None})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mean": 7.5}, "outside its scale"),
        ({"sd": -0.1}, "cannot come from a scale"),
        ({"sd": 6.5}, "cannot come from a scale"),
        ({"scale": {"low": 7.0, "high": 1.0}}, "has no length"),
        ({"n_responders": 61}, "more than 60 raters"),
        ({"n_raters": 0}, "greater than or equal to 1"),
    ],
)
def test_an_impossible_norm_cannot_be_built(changes, sentence):
    with pytest.raises(ValidationError, match=sentence):
        built_norm(**changes)
