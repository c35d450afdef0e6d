import numpy as np
import pytest
from moderator.effects.makers import some_effects

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.bayes import difference, posterior
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.regression import Settings, pool


def test_with_a_tiny_prior_scale_the_posterior_is_the_fixed_effect():
    effects = some_effects(k=5)
    found = posterior(effects, 1e-6)
    fixed = pool(effects, Settings("FE", "wald")).coefficients[0]
    assert found.mu.median == pytest.approx(fixed.estimate, abs=1e-6)
    assert found.mu.low == pytest.approx(fixed.ci_low, abs=1e-6)
    assert found.mu.high == pytest.approx(fixed.ci_high, abs=1e-6)


def test_one_effect_leaves_the_prior_of_tau_as_it_was():
    found = posterior(Effects(np.array([0.4]), np.array([0.1])), 0.5)
    assert found.tau.mean == pytest.approx(0.5 * (2 / np.pi) ** 0.5, rel=1e-9)
    assert found.tau.median == pytest.approx(0.5 * 0.6744897501960817, rel=1e-9)


def test_the_difference_of_a_group_with_itself_is_centred_on_zero():
    found = posterior(some_effects(k=4), 1.0)
    apart = difference(found, found)
    assert apart.summary.mean == pytest.approx(0.0, abs=1e-9)
    assert apart.probability_positive == pytest.approx(0.5, abs=1e-6)
    assert apart.summary.sd == pytest.approx(2**0.5 * found.mu.sd, rel=1e-5)


def test_a_wider_prior_gives_a_wider_interval():
    effects = some_effects(k=3)
    narrow, wide = posterior(effects, 0.5), posterior(effects, 1.0)
    assert narrow.mu.high - narrow.mu.low < wide.mu.high - wide.mu.low


def test_different_priors_are_not_subtracted():
    effects = some_effects()
    with pytest.raises(InputError, match="the priors differ"):
        difference(posterior(effects, 0.5), posterior(effects, 1.0))


def test_a_scale_of_zero_is_refused():
    with pytest.raises(InputError, match="give one above zero"):
        posterior(some_effects(), 0.0)
