import pytest
from moderator.effects.makers import some_effects, two_groups

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.allocations import Plan
from asmr_stim.moderator.effects.design import Moderator
from asmr_stim.moderator.effects.max_statistic import max_statistic_test
from asmr_stim.moderator.effects.permutation import permutation_test


def test_adjusting_for_one_test_changes_nothing():
    effects = two_groups(4, 5)
    alone = permutation_test(effects, [Moderator("f")])
    found = max_statistic_test([("alpha", effects)], [Moderator("f")])
    ((_, _, p, own, adjusted),) = found.rows
    assert own == adjusted == pytest.approx(alone.p_omnibus)
    assert p == pytest.approx(alone.model.omnibus.p)


def test_adjusted_p_is_never_below_the_p_of_the_test_alone():
    columns = {"f": list("aaaabbbb"), "x": [1.0, 5, 2, 8, 3, 9, 4, 7]}
    outcomes = [(band, some_effects(k=8, seed=s, **columns)) for s, band in enumerate("uvw")]
    found = max_statistic_test(outcomes, [Moderator("f"), Moderator("x")], plan=Plan(n_draws=300))
    assert len(found.rows) == 6
    assert all(adjusted >= own for *_, own, adjusted in found.rows)


@pytest.mark.parametrize("k", [1, 2])
def test_an_outcome_of_too_few_effects_is_told_and_the_other_is_analysed(k):
    effects = two_groups(4, 4)
    outcomes = [("calm", effects), ("tingle", effects.taken(list(range(k))))]
    found = max_statistic_test(outcomes, [Moderator("f")])
    assert found.untested == (f"tingle: {k} effect{'s' * (k > 1)}, not testable",)
    assert found.rows == max_statistic_test(outcomes[:1], [Moderator("f")]).rows


def test_an_outcome_in_which_a_moderator_does_not_vary_is_told():
    effects = two_groups(4, 4)
    outcomes = [("calm", effects), ("tingle", effects.taken([0, 1, 2]))]
    found = max_statistic_test(outcomes, [Moderator("f")])
    assert [row[0] for row in found.rows] == ["calm"]
    assert "tingle: 'f' does not take all its values here" in found.untested[0]


def test_allocations_that_empty_a_level_in_one_outcome_show_nothing_there():
    effects = two_groups(4, 4)
    outcomes = [("calm", effects), ("tingle", effects.taken([0, 1, 4]))]
    found = max_statistic_test(outcomes, [Moderator("f")])
    assert [row[0] for row in found.rows] == ["calm", "tingle"]
    assert all(0 < own <= adjusted <= 1 for *_, own, adjusted in found.rows)


def test_outcomes_that_are_all_too_small_are_refused():
    with pytest.raises(InputError, match="calm: 1 effect, not testable"):
        max_statistic_test([("calm", two_groups(4, 4).taken([0]))], [Moderator("f")])
