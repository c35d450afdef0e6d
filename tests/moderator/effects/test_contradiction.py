import re

import pytest

from asmr_stim.moderator.effects.contradiction import contradictions
from asmr_stim.schema.effects import ReportedEffect

MEANS = {"mean1": 5.2, "sd1": 2.0, "mean2": 4.1, "sd2": 2.2}


def between(**given):
    return ReportedEffect(study="lee", design="between", n1=20, n2=20, **given)


def within(**given):
    return ReportedEffect(study="lee", design="within", n=25, **given)


# (5.2 - 4.1) / sqrt((4 + 4.84) / 2) = 0.523, and times sqrt(10) t = 1.65
@pytest.mark.parametrize(
    "given",
    [
        MEANS | {"t": 1.65}, MEANS | {"t": 1.6, "d": 0.52}, MEANS | {"g": 0.51},
        {"mean1": 0.1, "sd1": 0.2, "mean2": 0.1, "sd2": 0.2, "t": -0.8},
        {"d": 0.52, "ci_low": -0.11, "ci_high": 1.15, "ci_of": "standardised"},
        {"d": 0.52, "ci_low": -2.5, "ci_high": 24.5},
    ],
)  # fmt: skip
def test_what_may_belong_together_passes(given):
    assert list(contradictions(between(**given))) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (MEANS | {"t": -1.65}, "^t: t = -1.65 and the means disagree .* is 1.1"),
        (MEANS | {"d": -0.5}, "^d: d = -0.5 and the means disagree"),
        (MEANS | {"t": 4.9}, "^t: t = 4.9 and the means with their SDs disagree"),
        (MEANS | {"d": 1.4}, "^d: d = 1.4 and the means with their SDs disagree"),
        (
            {"d": 0.9, "ci_low": -0.1, "ci_high": 0.3, "ci_of": "standardised"},
            "^d: d = 0.9 lies outside its confidence limits -0.1 to 0.3",
        ),
        ({"d": 0.9, "ci_low": -0.1, "ci_high": 0.3}, "^d: d = 0.9 lies outside"),
    ],
)
def test_what_cannot_belong_together_is_refused(given, message):
    (told,) = contradictions(between(**given))
    assert re.search(message, told)


def test_a_mean_change_is_held_against_t_and_d():
    assert list(contradictions(within(mean_change=1.0, sd_change=2.0, t=2.5, d=0.5))) == []
    (told,) = contradictions(within(mean_change=1.0, sd_change=2.0, t=-2.5))
    assert told.startswith("t: t = -2.5")
    (told,) = contradictions(within(mean_change=1.0, sd_change=2.0, t=8.0))
    assert told.startswith("t: t = 8 ")


def test_every_contradiction_of_a_record_is_told():
    told = contradictions(between(**MEANS, t=-1.65, d=1.4, ci_low=-0.1, ci_high=0.3))
    assert [each.partition(":")[0] for each in told] == ["t", "d", "d"]
