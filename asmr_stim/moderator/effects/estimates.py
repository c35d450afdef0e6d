"""Effect sizes side by side: what every analysis of this room takes.

Offers: ``Effects`` (a frozen set of estimates with their variances), ``Vector``, ``Matrix``.

Conventions. k effects lie on the first axis. ``studies`` says whose effect each is: effects with
one study id come from the same people and are dependent.
A moderator column is a *factor* if it holds
words and *continuous* if it holds numbers; ``None`` stands where it is not known.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import InputError, MissingInputError

Vector = NDArray[np.floating]
Matrix = NDArray[np.floating]
Value = str | float | None


@dataclass(frozen=True)
class Effects:
    """k effect sizes, one measure, ready to be pooled.

    Attributes
    ----------
    estimates : array, shape (k,)
    variances : array, shape (k,)
        Sampling variances, above zero.
    studies : tuple of str, length k
        Study or sample each effect comes from; numbered from 1 if left out.
    labels : tuple of str, length k
        What a figure writes beside each effect; the study if left out.
    columns : mapping of str to tuple, each of length k
        Moderators: words (a factor) or numbers (continuous), None where not known.

    Raises
    ------
    InputError
        If there is no effect, lengths differ, an estimate is not finite, or a variance is not a
        number above zero. The message names the row, from 1, and the column.
    """

    estimates: Vector
    variances: Vector
    studies: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    columns: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        estimates = np.asarray(self.estimates, dtype=np.float64)
        variances = np.asarray(self.variances, dtype=np.float64)
        names = tuple(str(i + 1) for i in range(estimates.size))
        studies = tuple(self.studies) or names
        object.__setattr__(self, "estimates", estimates)
        object.__setattr__(self, "variances", variances)
        object.__setattr__(self, "studies", studies)
        object.__setattr__(self, "labels", tuple(self.labels) or studies)
        _refuse_unequal_lengths(self)
        _refuse_impossible_numbers(self)

    @property
    def k(self) -> int:
        """Number of effects."""
        return self.estimates.size

    @property
    def n_studies(self) -> int:
        """Number of independent studies."""
        return len(set(self.studies))

    @property
    def standard_errors(self) -> Vector:
        """Square roots of the sampling variances, shape (k,)."""
        return np.sqrt(self.variances)

    def column(self, name: str) -> tuple[Value, ...]:
        """Return a moderator column.

        Raises
        ------
        MissingInputError
            If there is none of that name.
        """
        if name not in self.columns:
            there = ", ".join(sorted(self.columns)) or "none"
            raise MissingInputError(f"there is no moderator '{name}'; there are: {there}")
        return self.columns[name]

    def taken(self, rows: Sequence[int] | NDArray[np.intp]) -> Self:
        """Return the effects in the given rows (from 0), in that order."""
        chosen = [int(row) for row in rows]
        return type(self)(
            self.estimates[chosen],
            self.variances[chosen],
            tuple(self.studies[row] for row in chosen),
            tuple(self.labels[row] for row in chosen),
            {name: tuple(values[r] for r in chosen) for name, values in self.columns.items()},
        )

    def levels(self, name: str) -> tuple[str, ...]:
        """Return the levels of a factor, in the order of ``ordered_levels``."""
        return ordered_levels(self.column(name))


def is_continuous(values: Sequence[Value]) -> bool:
    """Return whether every known value of a column is a number (and one is known)."""
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, (int, float)) for value in known)


def ordered_levels(values: Sequence[Value]) -> tuple[str, ...]:
    """Return the distinct known values as words: by size if all are numbers, else by alphabet."""
    words = {level_name(value) for value in values if value is not None}
    if all(_is_number(word) for word in words):
        return tuple(sorted(words, key=float))
    return tuple(sorted(words))


def level_name(value: str | float) -> str:
    """Return a value as the name of a level: 2.0 is ``2``."""
    return value if isinstance(value, str) else f"{value:g}"


def _is_number(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False


def _refuse_unequal_lengths(effects: Effects) -> None:
    k = effects.estimates.size
    if effects.estimates.ndim != 1 or k == 0:
        raise InputError("there is no effect to analyse; give at least one estimate")
    lengths = {
        "variances": effects.variances.size,
        "studies": len(effects.studies),
        "labels": len(effects.labels),
    } | {f"moderator '{name}'": len(values) for name, values in effects.columns.items()}
    for name, length in lengths.items():
        if length != k:
            raise InputError(f"{name}: found {length} values for {k} estimates; give one for each")


def _refuse_impossible_numbers(effects: Effects) -> None:
    pairs = zip(effects.labels, effects.estimates, effects.variances, strict=True)
    for row, (label, estimate, variance) in enumerate(pairs, start=1):
        if not math.isfinite(estimate):
            raise InputError(f"row {row} ({label}), estimate: {estimate} is no finite number")
        if not (math.isfinite(variance) and variance > 0):
            raise InputError(
                f"row {row} ({label}), variance: {variance:g} is no number above zero; "
                "every effect needs a sampling variance"
            )
