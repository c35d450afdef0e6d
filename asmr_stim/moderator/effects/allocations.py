"""Ways to hand the studies' moderator values round: all distinct ones, or a random sample.

Two allocations are the same if every study has the same values in both. Of thirteen studies, seven
in one group, there are choose(13, 7) = 1716, not 13!.

Offers: ``allocations``, ``Allocations``, ``Plan``; ``count_allocations``, ``every_allocation``,
``drawn_allocations``.

References
----------
Phipson B, Smyth GK (2010). Stat Appl Genet Mol Biol 9:39 (the +1 of random allocations).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.estimates import Vector

Codes = NDArray[np.intp]
TIE = 1e-8  # statistics closer than this (relative) are equal: metafor's comptol


@dataclass(frozen=True)
class Plan:
    """How far to go: all allocations up to ``max_exact``, else ``n_draws`` random ones."""

    max_exact: int = 20_000
    n_draws: int = 10_000
    seed: int = 0

    def __post_init__(self) -> None:
        if self.max_exact < 1 or self.n_draws < 1:
            raise InputError("a permutation test needs at least one allocation")


@dataclass(frozen=True)
class Allocations:
    """The allocations that a test goes through.

    Attributes
    ----------
    orders : int array, shape (n_used, n_studies)
        The codes of the studies in each.
    total : int
        Number of distinct allocations there are.
    seed : int or None
        Of random ones; None where all are tried.
    """

    orders: Codes
    total: int
    seed: int | None

    @property
    def is_exact(self) -> bool:
        """Whether all of them are tried, the observed one among them."""
        return self.seed is None

    def p_value(self, statistics: Vector, observed: float) -> float:
        """Return the share of allocations whose statistic is at least the observed one.

        Parameters
        ----------
        statistics : array, shape (n_used,)
            One for each allocation.
        observed : float
            Of random allocations the observed one is one more.
        """
        edge = observed * (1.0 - TIE) if observed > 1 else observed - TIE
        count = int(np.sum(statistics >= edge))
        if self.is_exact:
            return count / statistics.size
        return (count + 1) / (statistics.size + 1)


def allocations(codes: Sequence[int], plan: Plan) -> Allocations:
    """Return all distinct orders of the studies' codes, or random ones if there are too many."""
    total = count_allocations(codes)
    if total <= plan.max_exact:
        return Allocations(every_allocation(codes), total, None)
    return Allocations(drawn_allocations(codes, plan.n_draws, plan.seed), total, plan.seed)


def count_allocations(codes: Sequence[int]) -> int:
    """Return the number of distinct orders of codes: n! over the factorials of their counts."""
    total = factorial(len(codes))
    for code in set(codes):
        total //= factorial(sum(other == code for other in codes))
    return total


def every_allocation(codes: Sequence[int]) -> Codes:
    """Return all distinct orders of codes, shape (count, n), the given one among them."""
    counts = [(code, sum(other == code for other in codes)) for code in sorted(set(codes))]
    rows = [list(order) for order in _orders(tuple(range(len(codes))), counts, len(codes))]
    return np.array(rows, dtype=np.intp)


def _orders(places: tuple[int, ...], counts: list[tuple[int, int]], n: int) -> Iterator[list[int]]:
    code, count = counts[0]
    if len(counts) == 1:
        yield [code] * n
        return
    for chosen in combinations(places, count):
        taken = set(chosen)
        left = tuple(place for place in places if place not in taken)
        for order in _orders(left, counts[1:], n):
            filled = order.copy()
            for place in chosen:
                filled[place] = code
            yield filled


def drawn_allocations(codes: Sequence[int], n_draws: int, seed: int) -> Codes:
    """Return random orders of codes, shape (n_draws, n); equal seeds give equal orders."""
    generator = np.random.default_rng(seed)
    return generator.permuted(np.tile(np.array(codes, dtype=np.intp), (n_draws, 1)), axis=1)
