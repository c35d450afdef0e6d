"""From moderators to the columns of a regression, and what in them cannot be told apart.

Factors are treatment-coded against a reference level; a coefficient is called factor + level
(``grade2``), the constant ``intercept``. Rows with an unknown moderator are left out.

An interaction is a moderator called ``a:b``; its coefficients are products of those of its parts
(``gradeb:length``), which stand in the model as well.

Offers: ``Moderator``, ``Design``, ``build_design``, ``intercept_only``, ``split_by_study``,
``aliased_columns``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.estimates import (
    Effects,
    Matrix,
    Value,
    Vector,
    is_continuous,
    level_name,
    ordered_levels,
)

INTERCEPT = "intercept"
RANK_TOLERANCE = 1e-7  # share of a column's length that must be its own; R's lm uses the same


@dataclass(frozen=True)
class Moderator:
    """A column that effects are regressed on.

    Attributes
    ----------
    name : str
        A column, or columns joined by colons for their interaction.
    reference : str or None
        Level of a factor that the others are compared with; None for the first.
    is_factor : bool or None
        None: words are a factor, numbers are continuous. True treats numbers as levels.
    """

    name: str
    reference: str | None = None
    is_factor: bool | None = None


@dataclass(frozen=True)
class Design:
    """A regression's right-hand side.

    Attributes
    ----------
    matrix : array, shape (k, p)
    names : tuple of str, length p
    terms : tuple of (str, tuple of int)
        Each moderator with the positions of its columns.
    rows : tuple of int, length k
        Rows of the effects that have all moderators.
    has_intercept : bool
    """

    matrix: Matrix
    names: tuple[str, ...]
    terms: tuple[tuple[str, tuple[int, ...]], ...]
    rows: tuple[int, ...]
    has_intercept: bool = True

    @property
    def tested(self) -> tuple[int, ...]:
        """Positions of the coefficients that the omnibus test is about."""
        start = 1 if self.has_intercept and len(self.names) > 1 else 0
        return tuple(range(start, len(self.names)))

    def positions(self, term: str) -> tuple[int, ...]:
        """Return the positions of a moderator's coefficients."""
        for name, columns in self.terms:
            if name == term:
                return columns
        raise InputError(
            f"'{term}' is no moderator of this model; it has: "
            f"{', '.join(name for name, _ in self.terms) or 'none'}"
        )


def intercept_only(k: int) -> Design:
    """Return the design of a plain mean of k effects."""
    return Design(np.ones((k, 1)), (INTERCEPT,), (), tuple(range(k)))


def build_design(
    effects: Effects, moderators: Sequence[Moderator], *, intercept: bool = True
) -> Design:
    """Return the columns of a regression on moderators.

    Parameters
    ----------
    effects : Effects
    moderators : sequence of Moderator
    intercept : bool
        False gives the first factor a column for every level: means instead of differences.

    Raises
    ------
    MissingInputError
        If a moderator is not there.
    InputError
        If no row has all moderators, a moderator is the same everywhere, a reference is no level,
        or columns are aliased; the message names them.
    """
    parts = {each.name: parts_of(each, effects) for each in moderators}
    columns = {name: effects.column(name) for each in parts.values() for name in each}
    rows = tuple(r for r in range(effects.k) if all(c[r] is not None for c in columns.values()))
    if not rows:
        told = ", ".join(f"'{each.name}'" for each in moderators)
        raise InputError(f"no effect has a value in every moderator ({told})")
    taken = {name: tuple(column[row] for row in rows) for name, column in columns.items()}
    blocks: list[Matrix] = [np.ones((len(rows), 1))] if intercept else []
    names: list[str] = [INTERCEPT] if intercept else []
    terms: list[tuple[str, tuple[int, ...]]] = []
    all_levels = not intercept
    by_name = {each.name: each for each in moderators}
    for moderator in moderators:
        own = parts[moderator.name]
        if len(own) == 1:
            block, labels = _coded(moderator, taken[own[0]], all_levels=all_levels)
            all_levels = all_levels and _is_numeric(moderator, taken[own[0]])
        else:
            block, labels = _crossed(own, by_name, taken)
        terms.append((moderator.name, tuple(range(len(names), len(names) + len(labels)))))
        names += labels
        blocks.append(block)
    matrix: Matrix = np.hstack(blocks)
    _refuse_aliased(matrix, names)
    return Design(matrix, tuple(names), tuple(terms), rows, intercept)


def parts_of(moderator: Moderator, effects: Effects) -> tuple[str, ...]:
    """Return the columns that a moderator is made of: itself, or those that its colons join."""
    if moderator.name in effects.columns or ":" not in moderator.name:
        return (moderator.name,)
    return tuple(part.strip() for part in moderator.name.split(":"))


def _crossed(
    parts: Sequence[str], by_name: Mapping[str, Moderator], taken: Mapping[str, Sequence[Value]]
) -> tuple[Matrix, list[str]]:
    """Return the products of the columns of an interaction's parts; the first runs fastest."""
    missing = [part for part in parts if part not in by_name]
    if missing:
        raise InputError(
            f"the interaction '{':'.join(parts)}' needs '{missing[0]}' in the model as well"
        )
    block, labels = _coded(by_name[parts[0]], taken[parts[0]], all_levels=False)
    for part in parts[1:]:
        more, names = _coded(by_name[part], taken[part], all_levels=False)
        block = np.hstack([block * column[:, None] for column in more.T])
        labels = [f"{one}:{other}" for other in names for one in labels]
    return block, labels


def split_by_study(design: Design, studies: Sequence[str]) -> Design:
    """Return a design in which each column is two: between studies and within them.

    Parameters
    ----------
    design : Design
        With an intercept.
    studies : sequence of str, length k
        Of the design's rows.

    Returns
    -------
    Design
        ``x (between)`` holds each study's mean of x and ``x (within)`` what each effect departs
        from it; a column that is all zero is left out. Differences between studies and contrasts
        within them are thereby estimated apart.
    """
    names = np.array(studies)
    means = np.array([design.matrix[names == name].mean(axis=0) for name in studies])
    columns, labels = [np.ones(len(studies))], [INTERCEPT]
    terms: list[tuple[str, tuple[int, ...]]] = []
    for term, positions in design.terms:
        for kind, part in (("between", means), ("within", design.matrix - means)):
            own = [p for p in positions if np.ptp(part[:, p]) > RANK_TOLERANCE]
            start = len(labels)
            labels += [f"{design.names[p]} ({kind})" for p in own]
            columns += [part[:, p] for p in own]
            if own:
                terms.append((f"{term} ({kind})", tuple(range(start, len(labels)))))
    matrix: Matrix = np.column_stack(columns)
    _refuse_aliased(matrix, labels)
    return Design(matrix, tuple(labels), tuple(terms), design.rows)


def aliased_columns(matrix: Matrix) -> list[tuple[int, tuple[int, ...]]]:
    """Return columns that are sums of multiples of earlier ones, with those earlier ones.

    Parameters
    ----------
    matrix : array, shape (k, p)

    Returns
    -------
    list of (int, tuple of int)
        An aliased column and the earlier columns that it can be written with.
    """
    found: list[tuple[int, tuple[int, ...]]] = []
    kept: list[int] = []
    for column in range(matrix.shape[1]):
        target = matrix[:, column]
        basis = matrix[:, kept]
        weights = np.linalg.lstsq(basis, target, rcond=None)[0] if kept else np.zeros(0)
        left = target - basis @ weights
        if np.linalg.norm(left) <= RANK_TOLERANCE * np.linalg.norm(target):
            scale = np.abs(weights) * np.linalg.norm(basis, axis=0)
            heavy = scale > RANK_TOLERANCE * max(float(np.linalg.norm(target)), 1e-300)
            found.append((column, tuple(np.asarray(kept, dtype=int)[heavy].tolist())))
        else:
            kept.append(column)
    return found


def _is_numeric(moderator: Moderator, values: Sequence[Value]) -> bool:
    return not moderator.is_factor and is_continuous(values)


def _coded(
    moderator: Moderator, values: Sequence[Value], *, all_levels: bool
) -> tuple[Matrix, list[str]]:
    if _is_numeric(moderator, values):
        column: Vector = np.array(values, dtype=np.float64)
        if not np.all(np.isfinite(column)):
            row = int(np.flatnonzero(~np.isfinite(column))[0]) + 1
            raise InputError(f"row {row}, column '{moderator.name}': no finite number")
        if np.ptp(column) == 0 and column.size > 1 and not all_levels:
            raise InputError(
                f"the moderator '{moderator.name}' is {column[0]:g} in all {column.size} effects; "
                "nothing can be compared along it"
            )
        return column[:, None], [moderator.name]
    return _coded_factor(moderator, values, all_levels=all_levels)


def _coded_factor(
    moderator: Moderator, values: Sequence[Value], *, all_levels: bool
) -> tuple[Matrix, list[str]]:
    levels = ordered_levels(values)
    if len(levels) == 1 and not all_levels:
        raise InputError(
            f"the moderator '{moderator.name}' is '{levels[0]}' in all {len(values)} effects; "
            "nothing can be compared along it"
        )
    reference = moderator.reference if moderator.reference is not None else levels[0]
    if reference not in levels:
        raise InputError(
            f"'{reference}' is no level of '{moderator.name}'; it has: {', '.join(levels)}"
        )
    coded = levels if all_levels else tuple(level for level in levels if level != reference)
    words = np.array([level_name(value) for value in values if value is not None])
    matrix = np.column_stack([(words == level).astype(np.float64) for level in coded])
    return matrix, [f"{moderator.name}{level}" for level in coded]


def _refuse_aliased(matrix: Matrix, names: Sequence[str]) -> None:
    found = aliased_columns(matrix)
    if found:
        column, others = found[0]
        told = " and ".join(f"'{names[other]}'" for other in others) or "nothing (it is all zero)"
        raise InputError(
            f"'{names[column]}' says the same as {told} in these {matrix.shape[0]} effects: "
            "their effects cannot be told apart; leave one of them out"
        )
