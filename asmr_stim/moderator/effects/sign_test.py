"""The exact sign test, and the smallest p that it could reach with so many votes."""

from scipy.stats import binomtest


def sign_test(n_increase: int, n_decrease: int) -> float:
    """Return the exact two-sided p of the sign test.

    Parameters
    ----------
    n_increase, n_decrease : int
        Votes either way, at least one in all.

    Examples
    --------
    Five votes of five: 2 * 0.5 ** 5.

    >>> sign_test(5, 0)
    0.0625
    """
    return float(binomtest(n_increase, n_increase + n_decrease, 0.5).pvalue)


def smallest_reachable_p(n_votes: int) -> float:
    """Return the p of the sign test if all of ``n_votes`` (at least 1) went the same way."""
    return sign_test(n_votes, 0)
