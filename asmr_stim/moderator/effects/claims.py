"""What a test allows to be said, in a sentence that does not say more.

Offers: ``verdict``.
"""

import math

from asmr_stim.moderator.effects.robust import LEAST_DF


def verdict(
    p: float | None, df: float | None = None, smallest_p: float | None = None, alpha: float = 0.05
) -> str:
    """Return what may be said of a test.

    Parameters
    ----------
    p : float or None
    df : float, optional
        Denominator degrees of freedom; None for a normal or permutation test.
    smallest_p : float, optional
        The smallest p that a permutation test could have had.
    alpha : float

    Examples
    --------
    >>> verdict(0.10, smallest_p=0.10)
    'cannot show a difference: the smallest p that could have come out is 0.1'
    >>> verdict(0.01, df=2.4)
    'no claim: 2.4 denominator degrees of freedom are fewer than four'
    """
    if df is not None and df < LEAST_DF:
        return f"no claim: {df:.1f} denominator degrees of freedom are fewer than four"
    if smallest_p is not None and smallest_p > alpha:
        return (
            f"cannot show a difference: the smallest p that could have come out is {smallest_p:.3g}"
        )
    if p is None or math.isnan(p):
        return "no claim: the test cannot be computed"
    return f"p below {alpha:g}" if p <= alpha else f"p above {alpha:g}: neither shown nor excluded"
