"""Ways to hand the studies' moderator values round: all distinct ones, or a random sample.

Two allocations are the same if every study has the same values in both. Of thirteen studies, seven
in one group, there are choose(13, 7) = 1716, not 13!.

Offers: ``count_allocations``, ``every_allocation``, ``drawn_allocations``.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.intp]


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
