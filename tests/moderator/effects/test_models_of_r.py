"""Interactions, own weights, hierarchical effects and profile limits against R.

R 4.2.2 with metafor 3.8-1 and robumeta 2.0, run 2026-11-22 on published data: log risk ratios of
13 trials of BCG vaccine (Colditz et al. 1994, JAMA 271:698) and Berkey et al. 1998 (Stat Med
17:2537), as given in R's metadat. Iterative estimators were run to 1e-12.
"""

import numpy as np
import pytest

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.correlated_effects import hierarchical_effects
from asmr_stim.moderator.effects.design import Moderator, build_design, intercept_only
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.profile_interval import component_intervals
from asmr_stim.moderator.effects.regression import Settings, fit, pool

BCG = Effects(
    np.array(
        [-0.8893113339202, -1.5853886572014, -1.3480731482997, -1.4415511900213, -0.2175473222113,
         -0.7861155858189, -1.6208982235984, 0.0119523335238, -0.4694176487381, -1.3713448034728,
         -0.3393588283384, 0.4459134005714, -0.0173139482169]
    ),
    np.array(
        [0.32558476500396, 0.19458112139814, 0.41536796536796, 0.02001003190225, 0.05121017216963,
         0.00690561845591, 0.22301724757232, 0.00396157929782, 0.05643421046325, 0.07302479361303,
         0.01241221397156, 0.53250584520015, 0.07140465968399]
    ),
    columns={
        "ablat": (44.0, 55.0, 42.0, 52.0, 13.0, 44.0, 19.0, 13.0, 27.0, 42.0, 18.0, 33.0, 33.0),
        "year": tuple(float(y) for y in (1948, 1949, 1960, 1977, 1973, 1953, 1973, 1980, 1968,
                                         1961, 1974, 1969, 1976)),
        "alloc": ("random", "random", "random", "random", "alternate", "alternate", "random",
                  "random", "random", "systematic", "systematic", "systematic", "systematic"),
    },
)  # fmt: skip
TEETH = Effects(
    np.array([0.47, -0.32, 0.20, -0.60, 0.40, -0.12, 0.26, -0.31, 0.56, -0.39]),
    np.array([0.0075, 0.0077, 0.0057, 0.0008, 0.0021, 0.0014, 0.0029, 0.0015, 0.0148, 0.0304]),
    tuple("1122334455"),
    columns={"outcome": ("PD", "AL") * 5},
)


def test_an_interaction_of_a_factor_and_a_number_is_that_of_r():
    terms = [Moderator("alloc"), Moderator("ablat"), Moderator("alloc:ablat")]
    model = fit(BCG, build_design(BCG, terms), Settings("REML", "knapp_hartung"))
    assert model.design.names[-2:] == ("allocrandom:ablat", "allocsystematic:ablat")
    assert model.coefficients[-1].estimate == pytest.approx(-0.0124917430643, rel=1e-6)
    assert model.coefficients[-1].p == pytest.approx(0.7577537827285, rel=1e-6)
    assert model.omnibus.statistic == pytest.approx(1.50981623928, rel=1e-6)


def test_an_interaction_of_two_numbers_is_that_of_r():
    terms = [Moderator("ablat"), Moderator("year"), Moderator("ablat:year")]
    model = fit(BCG, build_design(BCG, terms), Settings("REML", "wald"))
    assert model.tau2 == pytest.approx(0.143239278374, rel=1e-6)
    assert model.coefficient("ablat:year").p == pytest.approx(0.838278705688, rel=1e-5)


def test_an_interaction_without_its_parts_is_refused():
    with pytest.raises(InputError, match="needs 'ablat' in the model as well"):
        build_design(BCG, [Moderator("alloc"), Moderator("alloc:ablat")])


def test_the_generalised_q_estimator_with_weights_of_its_own_is_that_of_r():
    weights = tuple(1.0 / (BCG.variances + 0.1))
    model = pool(BCG, Settings("GENQ", "wald", weights=weights))
    assert model.tau2 == pytest.approx(0.312938031307, rel=1e-6)
    assert model.tau2_se == pytest.approx(0.166533363595, rel=1e-6)
    assert model.coefficients[0].estimate == pytest.approx(-0.671412082781, rel=1e-6)
    assert model.coefficients[0].se == pytest.approx(0.184612742944, rel=1e-6)


def test_weights_without_the_generalised_q_estimator_are_refused():
    with pytest.raises(InputError, match="go together"):
        Settings("REML", weights=(1.0, 2.0))
    with pytest.raises(InputError, match="weights are missing"):
        Settings("GENQ")


def test_r2_under_fixed_effects_is_the_adjusted_share_of_weighted_squares():
    model = fit(BCG, build_design(BCG, [Moderator("ablat")]), Settings("FE", "wald"))
    assert model.r2 == pytest.approx(77.9765192143, rel=1e-6)


def test_hierarchical_effects_are_those_of_robumeta():
    found = hierarchical_effects(TEETH, intercept_only(10))
    assert found.tau2 == 0.0
    assert found.omega2 == pytest.approx(0.252464791068, rel=1e-6)
    mean = found.honest.coefficients[0]
    assert mean.estimate == pytest.approx(0.0154832280038, rel=1e-6)
    assert mean.se == pytest.approx(0.0621229460727, rel=1e-6)
    assert mean.df == pytest.approx(3.99610037057, rel=1e-6)
    assert mean.p == pytest.approx(0.815465220106, rel=1e-6)


def test_hierarchical_effects_need_a_study_with_several():
    with pytest.raises(InputError, match="each study has one effect"):
        hierarchical_effects(BCG, intercept_only(13))


def test_profile_limits_of_components_are_those_of_r():
    design = build_design(TEETH, [Moderator("outcome")])
    between, within = component_intervals(TEETH, design)
    near = 1.3e-4  # R's search for a limit stops at the fourth root of its precision
    assert (between.low, between.high) == pytest.approx((0.0, 0.12441846), abs=near)
    assert (within.low, within.high) == pytest.approx((0.00068774, 0.07216963), abs=near)
