import numpy as np
import pytest
from hypothesis import given, settings
from moderator.effects.makers import effect_sets, some_effects

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.correlated_effects import correlated_effects
from asmr_stim.moderator.effects.design import Moderator, build_design, intercept_only
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.multilevel import correlated_errors, three_level
from asmr_stim.moderator.effects.regression import Settings, fit, pool
from asmr_stim.moderator.effects.robust import robust


@given(effects=effect_sets())
@settings(max_examples=30)
def test_an_effect_twice_in_a_study_aggregated_with_rho_one_changes_nothing(effects):
    twice = effects.taken([*range(effects.k), 0])
    same = aggregate(twice, rho=1.0)
    assert same.estimates == pytest.approx(effects.estimates)
    assert same.variances == pytest.approx(effects.variances)


def test_independent_effects_aggregate_to_their_fixed_effect_mean():
    effects = some_effects(k=3, studies="aaa")
    whole = aggregate(effects, 0.0, "inverse_covariance")
    model = pool(effects, Settings("FE", "wald"))
    assert whole.estimates[0] == pytest.approx(model.coefficients[0].estimate)
    assert whole.variances[0] == pytest.approx(model.coefficients[0].se ** 2)


def test_perfectly_correlated_errors_have_no_inverse_covariance_weights():
    with pytest.raises(InputError, match="take equal weights"):
        aggregate(some_effects(k=2, studies="aa"), 1.0, "inverse_covariance")


def test_a_moderator_that_differs_within_a_study_is_unknown_for_the_study():
    effects = some_effects(k=3, studies="aab", x=["u", "v", "w"], y=["s", "s", "s"])
    whole = aggregate(effects, 0.5)
    assert whole.columns == {"x": (None, "w"), "y": ("s", "s")}


def test_three_levels_with_one_effect_a_study_share_the_ordinary_heterogeneity():
    effects = some_effects(k=8, seed=3)
    model = three_level(effects, intercept_only(8))
    plain = pool(effects, Settings("REML", "wald"))
    assert sum(s for _, s in model.components) == pytest.approx(plain.tau2, abs=1e-8)
    assert model.coefficients[0].estimate == pytest.approx(plain.coefficients[0].estimate)
    assert model.log_likelihood == pytest.approx(plain.log_likelihood)


def test_correlated_errors_are_correlated_within_a_study_only():
    v = correlated_errors(np.array([0.04, 0.09, 0.01]), "aab", 0.5)
    assert v == pytest.approx(np.array([[0.04, 0.03, 0], [0.03, 0.09, 0], [0, 0, 0.01]]))


def test_a_joint_test_of_one_coefficient_is_its_satterthwaite_t_squared():
    effects = some_effects(k=12, studies="aabbccddeeff", x=[float(i % 5) for i in range(12)])
    design = build_design(effects, [Moderator("x")])
    model = three_level(effects, design, rho=0.6)
    honest = robust(model.estimates, design, model.marginal, effects.studies)
    joint, alone = honest.joint_test([1]), honest.coefficients[1]
    assert joint.f == pytest.approx(alone.statistic**2)
    assert joint.df_denominator == pytest.approx(alone.df)
    assert joint.p == pytest.approx(alone.p)


def test_equal_independent_studies_have_k_minus_one_degrees_of_freedom():
    effects = Effects(np.array([0.1, 0.5, 0.2, 0.4, 0.9]), np.full(5, 0.1))
    design = intercept_only(5)
    honest = robust(effects.estimates, design, np.diag(effects.variances), effects.studies)
    assert honest.coefficients[0].df == pytest.approx(4.0)
    assert honest.coefficients[0].se == pytest.approx(effects.estimates.std(ddof=1) / 5**0.5)


def test_one_study_has_no_robust_standard_error():
    effects = some_effects(k=3, studies="aaa")
    with pytest.raises(InputError, match="at least two studies; found 1"):
        robust(effects.estimates, intercept_only(3), np.diag(effects.variances), effects.studies)


def test_a_rho_of_one_is_refused_for_models():
    with pytest.raises(InputError, match="rho is 1"):
        correlated_errors(np.ones(2), "aa", 1)


def test_correlated_effects_with_one_effect_a_study_are_der_simonian_laird():
    effects = some_effects(k=7, x=[1.0, 4, 2, 6, 3, 7, 5])
    design = build_design(effects, [Moderator("x")])
    found = correlated_effects(effects, design, rho=0.8)
    plain = fit(effects, design, Settings("DL", "wald"))
    assert found.tau2 == pytest.approx(plain.tau2)
    assert [c.estimate for c in found.honest.coefficients] == pytest.approx(plain.estimates)


def test_a_study_weighs_the_same_however_often_it_tells_its_effect():
    effects = some_effects(k=5, studies="abcde")
    twice = effects.taken([0, 1, 2, 3, 4, 0])
    one, other = (
        correlated_effects(each, intercept_only(each.k), rho=1.0) for each in (effects, twice)
    )
    assert other.tau2 == pytest.approx(one.tau2)
    assert other.honest.coefficients[0].estimate == pytest.approx(
        one.honest.coefficients[0].estimate
    )


def test_a_variance_that_the_coefficients_leave_nothing_of_is_refused():
    effects = some_effects(k=6, studies="aaabbb", x=list("uuuvvv"))
    with pytest.raises(InputError, match="the level 'study' cannot be estimated"):
        three_level(effects, build_design(effects, [Moderator("x")]))
