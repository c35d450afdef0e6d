import math

import numpy as np
import pytest
from moderator.effects.makers import some_effects

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.asymmetry import egger, refuse_few, trim_and_fill
from asmr_stim.moderator.effects.audit import audit
from asmr_stim.moderator.effects.design import Moderator, build_design
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.influence import (
    baujat,
    cumulative,
    gosh,
    influence,
    leave_one_study_out,
)
from asmr_stim.moderator.effects.missing_studies import excess_significance, fail_safe_n
from asmr_stim.moderator.effects.power import power_of_mean, power_of_subgroups
from asmr_stim.moderator.effects.regression import Settings, fit, pool
from asmr_stim.moderator.effects.selection import step_selection
from asmr_stim.moderator.effects.subgroups import subgroups_common


def test_rosenthals_number_is_his_formula_by_hand():
    # z = 2 and 3: sum 5, k = 2; 5 ** 2 / 1.6449 ** 2 - 2 = 7.24, so 8 results
    effects = Effects(np.array([2.0, 3.0]), np.ones(2))
    assert fail_safe_n(effects).n == 8


def test_orwins_number_halves_the_mean_with_as_many_nulls_as_there_are_studies():
    assert fail_safe_n(some_effects(k=7), "Orwin").n in {7, 8}


def test_orwins_target_beyond_zero_is_never_reached():
    effects = Effects(np.array([0.2, 0.4]), np.ones(2))
    assert fail_safe_n(effects, "Orwin", target=-0.1).n is None


def test_excess_significance_without_an_effect_expects_alpha():
    found = excess_significance(some_effects(k=10), effect=0.0)
    assert found.expected == pytest.approx(0.5)
    assert found.power == pytest.approx(np.full(10, 0.05))


def test_the_exact_p_of_equal_powers_is_binomial():
    effects = Effects(np.array([3.0, 0.1, 0.2, 0.1]), np.ones(4))
    found = excess_significance(effects, effect=0.0)
    assert found.observed == 1
    assert found.p_exact == pytest.approx(1 - 0.95**4)
    assert found.p_binomial == pytest.approx(found.p_exact)


def test_a_selection_model_is_at_least_as_likely_as_none():
    effects = some_effects(k=20, seed=2)
    found = step_selection(effects, (0.5,))
    plain = pool(effects, Settings("ML", "wald"))
    assert found.log_likelihood >= plain.log_likelihood - 1e-9
    assert found.deltas[0] == 1.0
    assert sum(found.n_in_steps) == 20


def test_a_step_without_effects_is_refused():
    with pytest.raises(InputError, match="no effect has a p in the interval"):
        step_selection(Effects(np.full(4, 3.0) + np.arange(4) * 0.1, np.full(4, 0.1)), (0.025,))


def test_steps_out_of_order_are_refused():
    with pytest.raises(InputError, match="steps of p rise"):
        step_selection(some_effects(), (0.5, 0.1))


def test_few_effects_are_not_tested_for_asymmetry_unless_forced():
    with pytest.raises(InputError, match="next to no power with 9 effects"):
        refuse_few(9, is_forced=False)
    refuse_few(9, is_forced=True)
    refuse_few(10, is_forced=False)


def test_a_symmetric_funnel_is_not_filled():
    y = np.array([-0.4, -0.2, 0.0, 0.2, 0.4])
    found = trim_and_fill(Effects(y, np.array([0.09, 0.04, 0.01, 0.04, 0.09])))
    assert found.n_filled == 0


def test_mirrored_effects_are_filled_on_the_other_side():
    effects = some_effects(k=12, seed=8)
    mirrored = Effects(-effects.estimates, effects.variances)
    one, other = trim_and_fill(effects), trim_and_fill(mirrored)
    assert one.n_filled == other.n_filled
    if egger(effects).slope.estimate != 0:
        assert one.side != other.side
    assert other.model.estimates == pytest.approx(-one.model.estimates)


def test_hat_values_sum_to_the_number_of_coefficients():
    effects = some_effects(k=9, x=[1.0, 5, 2, 4, 7, 3, 8, 6, 9])
    design = build_design(effects, [Moderator("x")])
    found = influence(effects, Settings("REML", "wald"), design)
    assert sum(each.hat for each in found) == pytest.approx(2.0)
    assert len(found[0].dfbetas) == 2


def test_an_outlier_is_influential():
    effects = Effects(np.array([0.1, 0.15, 0.12, 0.2, 0.11, 3.0]), np.full(6, 0.02))
    flagged = [each.label for each in influence(effects) if each.is_influential]
    assert flagged == ["6"]


def test_baujats_heterogeneity_sums_to_q_of_a_fixed_effect():
    effects = some_effects(k=6)
    points = baujat(effects, Settings("FE", "wald"))
    q = pool(effects, Settings("FE", "wald")).q
    assert sum(point.heterogeneity for point in points) == pytest.approx(q)


def test_the_last_of_the_cumulative_means_is_the_whole():
    effects = some_effects(k=5)
    found = cumulative(effects, order=[5, 4, 3, 2, 1])
    assert found[0][1] is None
    assert [name for name, _ in found] == ["5", "4", "3", "2", "1"]
    assert found[-1][1].estimates == pytest.approx(pool(effects).estimates)


def test_leaving_a_study_out_takes_all_its_effects():
    effects = some_effects(k=6, studies="aabbcc")
    assert [(name, model.k) for name, model in leave_one_study_out(effects)] == [
        ("a", 4), ("b", 4), ("c", 4),
    ]  # fmt: skip


def test_all_subsets_of_four_effects_are_eleven():
    means, i2 = gosh(some_effects(k=4), Settings("DL", "wald"))
    assert means.size == i2.size == 11


def test_power_without_effect_is_alpha():
    v = np.full(6, 0.1)
    assert power_of_mean(0.0, v, 0.1, uses_t=False) == pytest.approx(0.05)
    assert power_of_subgroups([0.3, 0.3], [v, v], 0.1) == pytest.approx(0.05)


def test_power_for_a_difference_of_two_equals_that_of_its_z_test():
    v = np.full(4, 0.08)
    se = math.sqrt(2 * 0.13 / 4)
    z = power_of_mean(0.5, np.array([se**2]), 0.0, uses_t=False)
    assert power_of_subgroups([0.0, 0.5], [v, v], 0.05) == pytest.approx(z)


def test_moderators_that_split_alike_are_named_as_a_pair():
    effects = some_effects(k=6, lab=list("aabbcc"), language=list("xxyyzz"))
    found = audit(effects, ["lab", "language"])
    assert found.is_blocked
    assert any("'lab' and 'language' split the effects in the same way" in c.message
               for c in found.concerns)  # fmt: skip


def test_a_level_from_one_lab_is_told():
    effects = some_effects(k=6, voice=list("yyynnn"), lab=list("pppqrs"))
    kinds = {(c.kind, c.moderators) for c in audit(effects, ["voice"], lab="lab").concerns}
    assert ("level of one lab", ("voice", "lab")) in kinds


def test_empty_cells_are_listed():
    effects = some_effects(k=6, voice=list("yyynnn"), visual=list("abcbcb"))
    message = next(c.message for c in audit(effects, ["voice", "visual"]).concerns
                   if c.kind == "empty cells")  # fmt: skip
    assert "n with a" in message


def test_a_moderator_within_some_studies_only_is_warned_of():
    effects = some_effects(k=6, studies="aabbcc", x=list("uvuuvv"))
    assert "within and between" in {c.kind for c in audit(effects, ["x"]).concerns}


def test_a_subgroup_of_one_study_has_no_mean():
    effects = some_effects(k=5, f=list("aaaab"))
    levels = {each.level: each for each in subgroups_common(effects, "f").levels}
    assert levels["b"].mean is None
    assert levels["a"].mean is not None


def test_the_omnibus_of_subgroups_is_that_of_the_regression():
    effects = some_effects(k=9, f=list("aaabbbccc"))
    model = fit(effects, build_design(effects, [Moderator("f")]))
    assert subgroups_common(effects, "f").between.p == pytest.approx(model.omnibus.p)


def test_equal_variances_say_nothing_of_asymmetry():
    effects = Effects(np.array([0.1, 0.5, 0.3, 0.9]), np.full(4, 0.1))
    with pytest.raises(InputError, match="the predictor se is the same for all 4 effects"):
        egger(effects)
    assert trim_and_fill(effects).side == "left"
