import pytest
from ale_builders import a_set, an_experiment, ball_mask

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.power import Power, PowerSettings, power_at, smallest_share
from asmr_stim.moderator.ale.result import MonteCarlo

SETTINGS = PowerSettings(40, MonteCarlo(199))


@pytest.fixture(scope="module")
def result():
    places = [(float(x), 0.0, 0.0) for x in range(-36, 36, 6)]
    return estimate(
        a_set(*(an_experiment(f"{x}", 25, (at,)) for x, at in enumerate(places))), ball_mask()
    )


def test_power_rises_with_the_share_that_converges(result):
    none_like, some, every = power_at(result, [0.05, 0.4, 1.0], SETTINGS)
    assert none_like.n_converging == 1
    assert none_like.power < 0.3
    assert none_like.power < some.power <= every.power
    assert every.power > 0.9
    assert smallest_share([none_like, some, every], wanted=0.9).share <= 1.0


def test_the_same_seed_gives_the_same_power(result):
    assert power_at(result, [0.3], SETTINGS) == power_at(result, [0.3], SETTINGS)


def test_no_share_may_be_enough():
    assert smallest_share([Power(0.1, 2, 0.3, 0.05)]) is None


@pytest.mark.parametrize("share", [0.0, 1.1, -0.2])
def test_a_share_that_is_none_is_refused(result, share):
    with pytest.raises(InputError, match="share of converging experiments"):
        power_at(result, [share], SETTINGS)


def test_no_simulations_are_refused():
    with pytest.raises(InputError, match="give at least one"):
        PowerSettings(0)
