import numpy as np
import pytest
from pydantic import ValidationError

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.between import hedges_g
from asmr_stim.moderator.effects.conversion import convert
from asmr_stim.moderator.effects.converted import Assumptions
from asmr_stim.schema.effects import ReportedEffect


def within(**given):
    return ReportedEffect(study="lee_2020", design="within", n=20, **given)


def between(**given):
    return ReportedEffect(study="lee_2020", design="between", n1=20, n2=22, **given)


@pytest.mark.parametrize(
    "given",
    [{"f": 5.29}, {"p": 0.027}, {"partial_eta2": 0.117}, {"p": 0.05, "p_relation": "below"}],
)
def test_a_statistic_without_sign_needs_a_direction(given):
    with pytest.raises(InputError, match=r"^direction: .* has no sign"):
        convert(between(**given))


@pytest.mark.parametrize(("direction", "sign"), [("increase", 1), ("decrease", -1)])
def test_the_direction_gives_the_sign(direction, sign):
    found = convert(between(f=5.29, direction=direction))
    assert found.estimate * sign > 0
    assert found.sign_source == "direction column"
    assert found.grade == "converted"


def test_a_sign_against_the_direction_is_refused():
    with pytest.raises(InputError, match=r"^t: 2.3 goes the other way"):
        convert(between(t=2.3, direction="decrease"))


def test_p_below_is_a_bound_and_has_no_estimate():
    found = convert(between(p=0.05, p_relation="below", direction="increase"))
    assert (found.grade, found.estimate, found.variance) == ("bound", None, None)
    assert found.low == pytest.approx(0.613, abs=5e-4)  # J(40) * 2.0211 * sqrt(1/20 + 1/22)
    assert found.high is None


def test_not_significant_is_an_interval_around_zero_and_needs_no_direction():
    found = convert(between(p=0.05, p_relation="above"))
    assert found.grade == "bound"
    assert found.low == -found.high


def test_p_equal_to_a_value_is_no_bound():
    assert convert(between(p=0.05, direction="increase")).grade == "converted"


def test_means_are_exact_and_keep_their_sign():
    found = convert(between(mean1=4.0, sd1=2.0, mean2=5.0, sd2=2.0))
    assert (found.grade, found.sign_source, found.route) == ("exact", "means", "means and SDs")
    assert found.estimate < 0


def test_t_and_p_that_disagree_are_refused():
    with pytest.raises(InputError, match=r"^p: p = 0.5 and \|t\| = 2.3 disagree"):
        convert(between(t=2.3, p=0.5))


@pytest.mark.parametrize(("p", "relation"), [(0.027, "equal"), (0.03, "equal"), (0.05, "below")])
def test_t_and_a_rounded_p_agree(p, relation):
    convert(between(t=2.3, p=p, p_relation=relation))


def test_f_and_t_that_disagree_are_refused():
    with pytest.raises(InputError, match=r"^f: F = 9 and t = 2 disagree"):
        convert(between(t=2.0, f=9.0))


def test_an_f_of_several_means_is_no_effect():
    with pytest.raises(InputError, match=r"^f_df1: an F with 2 numerator"):
        convert(between(f=4.0, f_df1=2, direction="increase"))


def test_paired_t_is_d_z_over_root_n():
    found = convert(within(t=2.0))
    j = 1 - 3 / (4 * 19 - 1)
    assert found.estimate == pytest.approx(j * 2 / 20**0.5, rel=1e-3)
    assert found.metric == "SD of change"


def test_raw_score_measures_need_the_correlation():
    with pytest.raises(InputError, match=r"^correlation: this within design needs"):
        convert(within(t=2.0), Assumptions(within="SMCR"))


def test_an_assumed_correlation_is_kept_with_the_effect():
    found = convert(within(t=2.0), Assumptions(within="SMCR", occasion_correlation=0.5))
    assert (found.correlation, found.correlation_source) == (0.5, "assumed")
    assert found.metric == "SD of scores"


def test_a_stated_correlation_wins_over_the_assumed_one():
    found = convert(
        within(t=2.0, correlation=0.8), Assumptions(within="SMCR", occasion_correlation=0.5)
    )
    assert (found.correlation, found.correlation_source) == (0.8, "stated")


def test_the_correlation_is_recovered_from_means_sds_and_t():
    sd_change = (2.0**2 + 3.0**2 - 2 * 0.6 * 2 * 3) ** 0.5
    row = within(mean1=5.0, sd1=2.0, mean2=4.0, sd2=3.0, t=1.0 / sd_change * 20**0.5)
    found = convert(row)
    assert found.correlation == pytest.approx(0.6)
    assert found.correlation_source == "recovered"


def test_sds_that_cannot_belong_together_are_refused():
    with pytest.raises(InputError, match=r"^sd_change: .* cannot belong together"):
        convert(within(mean1=5.0, sd1=1.0, mean2=4.0, sd2=1.0, sd_change=4.0))


def test_limits_of_a_mean_difference_give_the_t():
    by_t = convert(between(t=2.3))
    half, width = 1.0 / 2.3, 2.0210753903062737
    by_limits = convert(between(ci_low=1 - half * width, ci_high=1 + half * width))
    assert by_limits.estimate == pytest.approx(by_t.estimate, rel=1e-9)


def test_a_value_read_from_a_figure_carries_the_reading_error():
    exact = convert(between(d=0.5))
    read = convert(between(d=0.5, digitised=True, reading_error=0.1))
    assert read.grade == "digitised"
    assert read.variance == pytest.approx(exact.variance + 0.01)


def test_g_as_stated_comes_back():
    assert convert(between(g=0.42)).estimate == pytest.approx(0.42)


def test_nothing_reported_is_an_error():
    with pytest.raises(InputError, match=r"^study: nothing here leads to an effect"):
        convert(between())


def test_correlations_become_fisher_z():
    row = ReportedEffect(study="a", design="correlation", n=53, r=0.5)
    found = convert(row)
    assert found.estimate == pytest.approx(0.5493061443340549)
    assert found.variance == pytest.approx(0.02)


def test_fisher_z_of_three_people_is_refused():
    with pytest.raises(InputError, match=r"^n: Fisher z needs more than 3 people"):
        convert(ReportedEffect(study="a", design="correlation", n=3, r=0.5))


@pytest.mark.parametrize(
    ("given", "column"),
    [({"n1": 1, "n2": 20, "t": 2.0}, "n1"),
     ({"n1": 20, "n2": 20, "partial_eta2": 12.0}, "partial_eta2"),
     ({"n1": 20, "n2": 20, "p": 5.0}, "p"), ({"n1": 20, "n2": 20, "sd1": 0.0}, "sd1")],
)  # fmt: skip
def test_impossible_numbers_make_no_record(given, column):
    with pytest.raises(ValidationError) as caught:
        ReportedEffect(study="a", design="between", **given)
    assert caught.value.errors()[0]["loc"] == (column,)


def test_a_measure_of_another_design_is_refused():
    with pytest.raises(InputError, match=r"SMCC is no measure of a between design"):
        Assumptions(between="SMCC")


def test_equal_effects_have_the_same_variance_at_their_average():
    n = np.array([10.0, 20.0, 40.0])
    one, other = (hedges_g(np.full(3, 0.0), n, n, form) for form in ("LS", "AV"))
    assert one.variances == pytest.approx(other.variances)


def test_the_average_effect_is_weighted_with_people():
    found = hedges_g(np.array([0.0, 1.0]), np.array([500.0, 500.0]), np.array([500.0, 500.0]), "AV")
    average = found.estimates.mean()
    assert found.variances == pytest.approx(np.full(2, 2 / 500 + average**2 / 2000))
