import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moderator.effects.makers import effect_sets, some_effects

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.moderator.effects.design import Moderator, build_design
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.heterogeneity import estimate_tau2, q_profile
from asmr_stim.moderator.effects.prediction import predict, predict_mean
from asmr_stim.moderator.effects.regression import Settings, contrast, fit, omnibus, pool

METHODS = ("FE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM")


@pytest.mark.parametrize("method", METHODS)
@given(effects=effect_sets(), seed=st.integers(0, 100))
@settings(max_examples=25)
def test_the_order_of_studies_changes_nothing(method, effects, seed):
    order = np.random.default_rng(seed).permutation(effects.k)
    one, other = (pool(each, Settings(method)) for each in (effects, effects.taken(order)))
    assert other.tau2 == pytest.approx(one.tau2, rel=1e-6, abs=1e-9)
    assert other.estimates == pytest.approx(one.estimates, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@given(effects=effect_sets(), c=st.floats(0.1, 10))
@settings(max_examples=25)
def test_effects_times_c_and_variances_times_c_squared_give_tau2_times_c_squared(
    method, effects, c
):
    scaled = Effects(c * effects.estimates, c**2 * effects.variances)
    one, other = (pool(each, Settings(method)).tau2 for each in (effects, scaled))
    assert other == pytest.approx(c**2 * one, rel=1e-5, abs=c**2 * 1e-9)


def test_generalised_q_with_weights_of_fixed_effects_is_der_simonian_laird():
    effects = some_effects(k=8)
    y, v, x = effects.estimates, effects.variances, np.ones((8, 1))
    assert estimate_tau2(y, v, x, "GENQ", 1 / v).value == estimate_tau2(y, v, x, "DL").value


def test_generalised_q_without_weights_is_refused():
    effects = some_effects()
    with pytest.raises(InputError, match="needs a weight above zero"):
        estimate_tau2(effects.estimates, effects.variances, np.ones((6, 1)), "GENQ")


def test_the_ad_hoc_variant_is_never_narrower_than_wald():
    alike = Effects(np.full(5, 0.3) + np.arange(5) * 1e-3, np.full(5, 0.1))
    wald, adhoc = (pool(alike, Settings("REML", t)) for t in ("wald", "knapp_hartung_adhoc"))
    assert adhoc.coefficients[0].se == pytest.approx(wald.coefficients[0].se)


def test_effects_without_any_spread_have_no_knapp_hartung_interval():
    model = pool(Effects(np.full(3, 0.3), np.full(3, 0.1)), Settings("REML", "knapp_hartung"))
    assert model.coefficients[0].estimate == pytest.approx(0.3)
    assert np.isnan(model.coefficients[0].se)
    assert np.isnan(model.coefficients[0].p)


def test_one_effect_is_not_pooled():
    with pytest.raises(InputError, match="1 effects cannot carry a model with 1 coefficients"):
        pool(Effects(np.array([0.3]), np.array([0.1])))


@pytest.mark.parametrize("variance", [0.0, -0.1, float("nan"), float("inf")])
def test_an_impossible_variance_is_refused_by_row(variance):
    with pytest.raises(InputError, match=r"row 2 \(b\), variance: .* is no number above zero"):
        Effects(np.array([0.1, 0.2]), np.array([0.1, variance]), ("a", "b"))


def test_an_estimate_that_is_no_number_is_refused_by_row():
    with pytest.raises(InputError, match=r"row 1 \(a\), estimate: nan is no finite number"):
        Effects(np.array([np.nan, 0.2]), np.array([0.1, 0.1]), ("a", "b"))


def test_a_moderator_that_is_the_same_everywhere_is_refused():
    effects = some_effects(k=4, x=[1.0] * 4, f=["a"] * 4)
    with pytest.raises(InputError, match="'x' is 1 in all 4 effects"):
        build_design(effects, [Moderator("x")])
    with pytest.raises(InputError, match="'f' is 'a' in all 4 effects"):
        build_design(effects, [Moderator("f")])


def test_collinear_moderators_are_named():
    effects = some_effects(k=6, lab=list("aabbcc"), country=list("nnmmmm"))
    with pytest.raises(InputError, match="'countryn' says the same as 'intercept' and 'labb'"):
        build_design(effects, [Moderator("lab"), Moderator("country")])


def test_a_moderator_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(MissingInputError, match="no moderator 'x'; there are: y"):
        build_design(some_effects(y=[1.0, 2, 3, 4, 5, 6]), [Moderator("x")])


def test_a_reference_that_is_no_level_is_refused():
    effects = some_effects(k=4, f=list("aabb"))
    with pytest.raises(InputError, match="'c' is no level of 'f'; it has: a, b"):
        build_design(effects, [Moderator("f", reference="c")])


def test_another_reference_level_changes_no_omnibus():
    effects = some_effects(k=9, f=list("aaabbbccc"))
    models = [fit(effects, build_design(effects, [Moderator("f", r)])) for r in "ac"]
    assert omnibus(models[0], "f").p == pytest.approx(omnibus(models[1], "f").p)


def test_a_contrast_of_two_levels_is_the_coefficient_under_the_other_reference():
    effects = some_effects(k=9, f=list("aaabbbccc"))
    first = fit(effects, build_design(effects, [Moderator("f")]))
    second = fit(effects, build_design(effects, [Moderator("f", "b")]))
    found = contrast(first, [0, -1, 1])
    assert found.estimate == pytest.approx(second.coefficient("fc").estimate)
    assert found.p == pytest.approx(second.coefficient("fc").p)


def test_the_three_rules_of_prediction_widen_with_fewer_degrees_of_freedom():
    model = pool(some_effects(k=5), Settings("DL", "wald"))
    widths = [
        found.pi_high - found.pi_low
        for found in (predict_mean(model, r) for r in ("model", "residual", "residual_minus_one"))
    ]
    assert widths[0] < widths[1] < widths[2]


def test_with_two_studies_the_rule_of_k_minus_two_gives_no_interval():
    found = predict_mean(pool(some_effects(k=2)), "residual_minus_one")
    assert found.pi_low is None
    assert found.pi_high is None


def test_a_prediction_lies_on_the_line():
    effects = some_effects(k=6, x=[1.0, 2, 3, 4, 5, 6])
    model = fit(effects, build_design(effects, [Moderator("x")]))
    a, b = model.estimates
    assert predict(model, np.array([1.0, 2.5])).estimate == pytest.approx(a + 2.5 * b)


def test_the_q_profile_interval_is_empty_where_effects_agree_too_well():
    found = q_profile(np.full(20, 0.2) + np.arange(20) * 1e-4, np.full(20, 0.1), np.ones((20, 1)))
    assert found.is_empty
    assert found.tau2_high == 0.0


def test_rows_with_an_unknown_moderator_are_left_out_of_that_model_only():
    effects = some_effects(k=5, x=[1.0, None, 3, 4, 5])
    assert fit(effects, build_design(effects, [Moderator("x")])).k == 4
    assert pool(effects).k == 5
