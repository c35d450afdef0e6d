"""Values that R prints for published data; sources in tests/reference/effects/README.md."""

import csv

import numpy as np
import pytest
from builders import REPOSITORY

from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.asymmetry import trim_and_fill
from asmr_stim.moderator.effects.design import Moderator, build_design, intercept_only
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.influence import influence, leave_one_out
from asmr_stim.moderator.effects.missing_studies import excess_significance, fail_safe_n
from asmr_stim.moderator.effects.multilevel import three_level
from asmr_stim.moderator.effects.regression import Settings, pool
from asmr_stim.moderator.effects.robust import robust
from asmr_stim.moderator.effects.selection import step_selection

REML = Settings("REML", "wald")


def rows(name):
    path = REPOSITORY / "tests" / "reference" / "effects" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(table, name):
    return np.array([float(row[name]) for row in table])


@pytest.fixture
def bcg():
    table = rows("bcg1994")
    a, b, c, d = (column(table, name) for name in ("tpos", "tneg", "cpos", "cneg"))
    ratio, variance = a / (a + b) / (c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return Effects(np.log(ratio), variance, columns={"ablat": tuple(column(table, "ablat"))})


@pytest.fixture
def assink():
    table = rows("assink2016")
    return Effects(
        column(table, "yi"),
        column(table, "vi"),
        tuple(row["study"] for row in table),
        columns={"deltype": tuple(row["deltype"] for row in table)},
    )


def test_influence_of_the_first_bcg_trial(bcg):
    first = influence(bcg, REML)[0]
    assert first.rstudent == pytest.approx(-0.2181425, rel=1e-5)
    assert first.dffits == pytest.approx(-0.0407076, rel=1e-5)
    assert first.cook == pytest.approx(0.00171654, rel=1e-5)
    assert first.cov_ratio == pytest.approx(1.116449, rel=1e-6)
    assert first.tau2 == pytest.approx(0.3361567, rel=1e-5)
    assert first.q == pytest.approx(151.582572747109, rel=1e-12)
    assert first.weight == pytest.approx(5.059483, rel=1e-5)
    assert first.dfbetas[0] == pytest.approx(-0.0402659, rel=1e-5)
    assert not first.is_influential


def test_hat_values_and_cooks_distances_along_latitude(bcg):
    found = influence(bcg, REML, build_design(bcg, [Moderator("ablat")]))
    assert [each.hat for each in found] == pytest.approx(
        [0.049, 0.1493, 0.0351, 0.3481, 0.2248, 0.2367, 0.064, 0.357, 0.0926, 0.1157, 0.2309,
         0.0189, 0.0778], abs=6e-5,
    )  # fmt: skip
    assert [each.cook for each in found] == pytest.approx(
        [0.0048, 0.0489, 0.0104, 0.2495, 0.0072, 0.2883, 0.3643, 0.2719, 0.02, 0.1645, 0.0009,
         0.0403, 0.1433], abs=6e-5,
    )  # fmt: skip


def test_the_mean_without_the_first_bcg_trial(bcg):
    _, model = leave_one_out(bcg, REML)[0]
    assert model.coefficients[0].estimate == pytest.approx(-0.707083788, rel=1e-6)
    assert model.coefficients[0].se == pytest.approx(0.189961024, rel=1e-5)
    assert model.h2 == pytest.approx(14.76218, rel=1e-5)


def test_fail_safe_numbers_of_the_bcg_trials(bcg):
    found = [fail_safe_n(bcg, rule).n for rule in ("Rosenthal", "Orwin", "Rosenberg")]
    assert found == [598, 13, 370]


def test_one_bcg_trial_is_missing_on_the_right(bcg):
    found = trim_and_fill(bcg, REML)
    assert (found.n_filled, found.side) == (1, "right")


def test_seventeen_studies_aggregated_with_rho_of_six_tenths(assink):
    found = aggregate(assink, 0.6, "inverse_covariance")
    assert found.estimates == pytest.approx(
        [0.162877, 0.406036, 1.079003, -0.0447, 1.549, -0.054978, 1.007244, 0.3695, 0.137862,
         0.116737, 0.525765, 0.280461, 0.301829, 0.035593, 0.090821, 0.018099, -0.055203],
        abs=6e-7,
    )  # fmt: skip
    assert found.variances == pytest.approx(
        [0.019697, 0.005572, 0.083174, 0.0331, 0.1384, 0.02139, 0.054485, 0.0199, 0.027057,
         0.010729, 0.011432, 0.002814, 0.011, 0.001435, 0.126887, 0.016863, 0.007215],
        abs=6e-7,
    )  # fmt: skip


def test_three_levels_with_robust_standard_error(assink):
    design = intercept_only(assink.k)
    model = three_level(assink, design)
    (found,) = robust(model.estimates, design, model.marginal, assink.studies).coefficients
    assert found.estimate == pytest.approx(0.427, abs=5e-4)
    assert found.se == pytest.approx(0.119, abs=5e-4)
    assert found.df == pytest.approx(15.4, abs=0.05)


def test_a_hundred_effects_can_leave_less_than_one_degree_of_freedom(assink):
    design = build_design(assink, [Moderator("deltype")])
    model = three_level(assink, design)
    test = robust(model.estimates, design, model.marginal, assink.studies).joint_test([1, 2])
    assert model.omnibus.p == pytest.approx(0.0006, abs=5e-5)
    assert test.f == pytest.approx(47.8, abs=0.05)
    assert test.df_denominator == pytest.approx(0.80, abs=5e-3)
    assert test.p == pytest.approx(0.148, abs=5e-4)
    assert not test.is_trustworthy


def test_significant_results_beyond_expectation():
    table = rows("dorn2007")
    x_p, n_p, x_a, n_a = (column(table, name) for name in ("x_p", "n_p", "x_a", "n_a"))
    effects = Effects(np.log(x_a / n_a / (x_p / n_p)), 1 / x_a - 1 / n_a + 1 / x_p - 1 / n_p)
    found = excess_significance(effects)
    assert found.observed == 10
    assert found.expected == pytest.approx(4.923333, abs=5e-6)
    assert found.p_chi2 == pytest.approx(0.003928794, rel=1e-5)
    assert found.p_binomial == pytest.approx(0.01159554, rel=1e-5)
    assert found.p_exact == pytest.approx(0.007778529, rel=1e-5)


def test_a_selection_model_with_four_steps():
    table = rows("hackshaw1997")
    low, high = (np.log(column(table, name)) for name in ("ci_low", "ci_high"))
    y = np.log(column(table, "odds_ratio"))
    effects = Effects(y, ((high - low) / (2 * 1.959964)) ** 2)
    found = step_selection(effects, (0.05, 0.10, 0.50))
    assert found.deltas == pytest.approx((1, 2.422079, 0.977543, 0.396713), rel=3e-3)
    assert found.delta_ses[1:] == pytest.approx((1.66085, 0.820387, 0.469235), rel=3e-3)
    assert found.lrt == pytest.approx(7.066137, rel=3e-3)
    assert found.tau2 == pytest.approx(0.03071325, rel=3e-3)
    assert pool(effects, REML).k == 37
