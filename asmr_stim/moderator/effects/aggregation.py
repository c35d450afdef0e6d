"""One effect for each study, from several that rest on the same people.

Offers: ``aggregate``, ``Weighting``.

References
----------
Borenstein M et al. (2021). Introduction to Meta-Analysis, 2nd edition, chapter 24 (equal weights).
"""

from typing import Literal

import numpy as np

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.estimates import Effects, Matrix, Value, Vector

Weighting = Literal["equal", "inverse_covariance"]
"""``equal``: the plain mean of a study's effects. ``inverse_covariance``: the most precise mean,
which can give negative weights where rho is high and variances differ (metafor's default)."""


def aggregate(effects: Effects, rho: float, weighting: Weighting = "equal") -> Effects:
    """Return one effect for each study.

    Parameters
    ----------
    effects : Effects
    rho : float, 0 to 1
        Assumed correlation of the sampling errors within a study.
    weighting : Weighting

    Returns
    -------
    Effects
        Studies in the order of their first effect. A moderator that differs within a study becomes
        unknown there.

    Raises
    ------
    InputError
        If rho lies outside 0 to 1, or is 1 with inverse-covariance weights (which then do not
        exist).

    Examples
    --------
    Two effects of variance 0.1 that are one and the same give that variance back:

    >>> twice = Effects(np.array([0.3, 0.3]), np.array([0.1, 0.1]), ("a", "a"))
    >>> float(aggregate(twice, rho=1.0).variances[0])
    0.1
    """
    if not 0 <= rho <= 1:
        raise InputError(f"rho is {rho}; an assumed correlation of errors lies from 0 to 1")
    if rho == 1 and weighting == "inverse_covariance":
        raise InputError(
            "with rho = 1 the errors' covariance cannot be inverted; take equal weights"
        )
    rows = {study: _rows(effects, study) for study in dict.fromkeys(effects.studies)}
    means = [_mean(effects, found, rho, weighting) for found in rows.values()]
    return Effects(
        np.array([mean for mean, _ in means]),
        np.array([variance for _, variance in means]),
        tuple(rows),
        tuple(
            " + ".join(dict.fromkeys(effects.labels[row] for row in found))
            for found in rows.values()
        ),
        {
            name: tuple(_common(values, found) for found in rows.values())
            for name, values in effects.columns.items()
        },
    )


def _rows(effects: Effects, study: str) -> list[int]:
    return [row for row, name in enumerate(effects.studies) if name == study]


def _common(values: tuple[Value, ...], rows: list[int]) -> Value:
    first = values[rows[0]]
    return first if all(values[row] == first for row in rows) else None


def _mean(
    effects: Effects, rows: list[int], rho: float, weighting: Weighting
) -> tuple[float, float]:
    y, v = effects.estimates[rows], effects.variances[rows]
    errors = np.sqrt(v)
    covariance: Matrix = rho * np.outer(errors, errors)
    np.fill_diagonal(covariance, v)
    ones = np.ones(y.size)
    if weighting == "inverse_covariance":
        total = float(ones @ np.linalg.solve(covariance, ones))
        return float(ones @ np.linalg.solve(covariance, y)) / total, 1.0 / total
    weights: Vector = ones / y.size
    return float(weights @ y), float(weights @ covariance @ weights)
