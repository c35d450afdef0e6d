import numpy as np
import pytest
from moderator.effects.makers import some_effects

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.design import Moderator, build_design
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.multiverse import (
    Choice,
    every_choice,
    smallest_recoding,
    specified,
    summarised,
)
from asmr_stim.moderator.effects.regression import Settings, fit, pool


def test_one_effect_a_study_varies_no_dependence():
    assert {c.dependence for c in every_choice(has_several=False)} == {"aggregated"}
    assert len(every_choice(has_several=False)) == 6
    assert len(every_choice()) == 3 * 3 * 2 + 3


def test_a_specification_is_the_ordinary_model():
    effects = some_effects(k=7)
    found = specified(effects, Choice("aggregated", 0.6, "DL", "knapp_hartung"))
    assert found.result == pool(effects, Settings("DL")).coefficients[0]


def test_a_specification_that_cannot_be_computed_says_why():
    effects = some_effects(k=4, f=["a"] * 4)
    found = specified(effects, Choice(), Moderator("f"))
    assert found.result is None
    assert "nothing can be compared" in found.problem


def test_a_moderator_of_three_levels_is_no_one_number():
    effects = some_effects(k=6, f=list("aabbcc"))
    assert "more than two levels" in specified(effects, Choice(), Moderator("f")).problem


def test_the_summary_counts_signs_and_intervals():
    effects = Effects(np.array([0.5, 0.6, 0.4, 0.55, 0.45]), np.full(5, 0.01))
    found = summarised([specified(effects, each) for each in every_choice(has_several=False)])
    assert (found.n, found.n_failed) == (6, 0)
    assert found.share_same_sign == found.share_excluding_zero == 1.0


def test_no_specification_at_all_is_an_error():
    effects = some_effects(k=4, f=["a"] * 4)
    with pytest.raises(InputError, match="no specification could be computed"):
        summarised([specified(effects, Choice(), Moderator("f"))])


def test_the_smallest_recoding_does_turn_p_over():
    y = np.array([0.9, 0.8, 0.85, 0.1, 0.0, 0.05, 0.86])
    effects = Effects(y, np.full(7, 0.02), columns={"f": tuple("aaabbbb")})
    found = smallest_recoding(effects, "f")
    assert found.studies == ("7",)
    turned = Effects(y, effects.variances, columns={"f": tuple("aaabbba")})
    model = fit(turned, build_design(turned, [Moderator("f")]))
    assert model.coefficients[1].p == pytest.approx(found.p_after)
    assert (found.p_before > 0.05) != (found.p_after > 0.05)
