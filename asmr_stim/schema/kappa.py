"""Agreement of two coders beyond chance.

Kappa alone says little: with one category much more common than the others it is low although the
coders hardly ever differ. So it comes with the number of codings, the plain agreement, and how
common each category was.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa and what is needed to read it.

    Attributes
    ----------
    n : int
        Things that both coded.
    agreement : float, 0 to 1
        Share of them that got the same category.
    expected : float, 0 to 1
        The same by chance, from how often each coder used each category.
    kappa : float or None
        At most 1; 0 is chance. None where chance alone gives full agreement, so that nothing can be
        said: both used the same single category throughout.
    prevalence : dict of str to float
        How common each category was, averaged over the coders; from the commonest on.
    """

    n: int
    agreement: float
    expected: float
    kappa: float | None
    prevalence: dict[str, float]


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> Kappa:
    """Return Cohen's kappa of two coders' categories for the same things.

    Parameters
    ----------
    first, second : sequence of str, the same length, at least 1

    Raises
    ------
    ValueError
        If the lengths differ or there is nothing to compare.

    Notes
    -----
    kappa = (p_o - p_e) / (1 - p_e), with p_o the observed agreement and p_e the sum over
    categories of the product of both coders' shares.

    References
    ----------
    Cohen J. A coefficient of agreement for nominal scales. Educational and Psychological
    Measurement 1960; 20(1):37-46, doi 10.1177/001316446002000104.

    Examples
    --------
    >>> cohen_kappa(["yes", "yes", "no", "no"], ["yes", "no", "no", "no"]).kappa
    0.5
    """
    if len(first) != len(second) or not first:
        raise ValueError(f"two codings of the same things, found {len(first)} and {len(second)}")
    n = len(first)
    ours, theirs = Counter(first), Counter(second)
    agreement = sum(a == b for a, b in zip(first, second, strict=True)) / n
    expected = sum(ours[category] * theirs[category] for category in ours) / n**2
    both = (ours + theirs).most_common()
    return Kappa(
        n=n,
        agreement=agreement,
        expected=expected,
        kappa=(agreement - expected) / (1 - expected) if expected < 1 else None,
        prevalence={category: count / (2 * n) for category, count in both},
    )
