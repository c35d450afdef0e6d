"""Type I error of the two-group moderator tests, by simulation; the table in docs/effects.md.

True effects differ by tau2 and not between groups; sampling variances are 1 / n with n from 16 to
40 people; tau2 by REML. Run: python benchmarks/effects_type_one.py [RUNS]
"""

import sys

import numpy as np
from scipy.stats import norm
from scipy.stats import t as t_distribution

from asmr_stim.moderator.effects.allocations import (
    Codes,
    count_allocations,
    drawn_allocations,
    every_allocation,
)
from asmr_stim.moderator.effects.estimates import Matrix, Vector
from asmr_stim.moderator.effects.many_fits import many_fits
from asmr_stim.moderator.effects.regression import TestName

CELLS = [(4, 2), (6, 3), (6, 2), (8, 4), (8, 2), (12, 6), (12, 3), (20, 10), (20, 5)]
TAU2 = (0.0, 0.15)
ALPHA = 0.05
TIE = 1e-8
EXACT = 1000  # allocations; beyond, DRAWS random ones
DRAWS = 499
TESTS: tuple[TestName, ...] = ("wald", "t", "knapp_hartung", "knapp_hartung_adhoc")


def orders_of(k: int, first: int) -> tuple[list[int], Codes, bool]:
    """Return group codes, the allocations tried (the observed one first), and whether all are."""
    codes = [1] * first + [0] * (k - first)
    if count_allocations(codes) <= EXACT:
        found = every_allocation(codes)
        return codes, found, True
    return codes, np.vstack([[codes], drawn_allocations(codes, DRAWS, 1)]), False


def statistic(y: Vector, v: Vector, designs: Matrix, test: TestName) -> Vector:
    """Return |t| of the group difference in each design."""
    beta, covariance = many_fits(y, v, designs, "REML", test)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.abs(beta[:, 1]) / np.sqrt(covariance[:, 1, 1])


def cell(k: int, first: int, tau2: float, runs: int) -> dict[str, float]:
    """Return the share of runs in which each test rejects."""
    codes, orders, _ = orders_of(k, first)
    designs = np.stack([np.ones(orders.shape), orders], axis=2).astype(float)
    observed = np.column_stack([np.ones(k), codes]).astype(float)[None]
    limits = {
        "wald": norm.isf(ALPHA / 2),
        "t": t_distribution.isf(ALPHA / 2, k - 2),
        "knapp_hartung": t_distribution.isf(ALPHA / 2, k - 2),
        "knapp_hartung_adhoc": t_distribution.isf(ALPHA / 2, k - 2),
    }
    generator = np.random.default_rng(20261122 + 1000 * k + 10 * first + int(100 * tau2))
    rejected: dict[str, int] = dict.fromkeys((*TESTS, "permutation"), 0)
    for _ in range(runs):
        v = 1.0 / generator.integers(16, 41, k)
        y = generator.normal(0.0, np.sqrt(v + tau2))
        for test in TESTS:
            rejected[test] += statistic(y, v, observed, test)[0] > limits[test]
        own = statistic(y, v, observed, "knapp_hartung")[0]
        every = statistic(y, v, designs, "knapp_hartung")
        rejected["permutation"] += np.mean(every >= own * (1 - TIE)) <= ALPHA
    return {name: count / runs for name, count in rejected.items()}


def main() -> None:
    """Print the table in Markdown."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    tests = "Wald | t | Knapp-Hartung | ad hoc | permutation"
    print(f"| k (first group) | tau2 | {tests} |  ({runs} runs)")
    print("|---|---|---|---|---|---|---|")
    for k, first in CELLS:
        for tau2 in TAU2:
            found = cell(k, first, tau2, runs)
            shares = " | ".join(f"{100 * share:.1f} %" for share in found.values())
            print(f"| {k} ({first}) | {tau2:g} | {shares} |", flush=True)


if __name__ == "__main__":
    main()
