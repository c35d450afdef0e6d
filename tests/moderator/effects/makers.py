"""Small makers of effects for tests."""

import numpy as np
from hypothesis import strategies as st

from asmr_stim.moderator.effects.estimates import Effects


def some_effects(k=6, seed=1, studies=(), **columns):
    """Return k effects that differ, with variances that differ."""
    generator = np.random.default_rng(seed)
    return Effects(
        generator.normal(0.3, 0.4, k),
        generator.uniform(0.02, 0.2, k),
        tuple(studies),
        (),
        {name: tuple(values) for name, values in columns.items()},
    )


def two_groups(first, second, **more):
    """Return effects of which the first ones have the factor ``f`` at a, the others at b."""
    k = first + second
    return some_effects(k=k, f=["a"] * first + ["b"] * second, **more)


@st.composite
def effect_sets(draw, least=3, most=9):
    """Draw effects with estimates and variances that are far from the edges of arithmetic."""
    k = draw(st.integers(least, most))
    estimates = draw(st.lists(st.floats(-2, 2), min_size=k, max_size=k))
    variances = draw(st.lists(st.floats(0.01, 1.0), min_size=k, max_size=k))
    return Effects(np.array(estimates), np.array(variances))
