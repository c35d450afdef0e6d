"""What in a data set stands against reading moderators causally, or fitting them at all.

Run before any fit. Nothing here is estimated; it counts and compares labels.

Offers: ``audit``, ``Audit``, ``Concern``.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.design import Moderator, aliased_columns, build_design
from asmr_stim.moderator.effects.estimates import Effects, Matrix, Value, is_continuous, level_name

Severity = Literal["blocks", "warns", "notes"]
STRONG_GVIF = 5.0**0.5  # generalised, scaled by its df: as a variance inflation of five
EFFECTS_PER_PARAMETER = 10


@dataclass(frozen=True)
class Concern:
    """One finding: how severe, which kind, which moderators, and a sentence."""

    severity: Severity
    kind: str
    moderators: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Audit:
    """Everything found, the worst first, and the k each moderator has."""

    concerns: tuple[Concern, ...]
    known: tuple[tuple[str, int], ...]

    @property
    def is_blocked(self) -> bool:
        """Whether a fit with all moderators is impossible."""
        return any(concern.severity == "blocks" for concern in self.concerns)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {"known": dict(self.known), "concerns": [asdict(each) for each in self.concerns]}


def audit(effects: Effects, names: Sequence[str], lab: str | None = None) -> Audit:
    """Return what is confounded, empty, unique or constant in the named moderators.

    Parameters
    ----------
    effects : Effects
    names : sequence of str
        Moderators that are to be fitted together.
    lab : str, optional
        A column that says which laboratory each effect is from.
    """
    found = [
        *_constant(effects, names),
        *_single_study_levels(effects, names),
        *_single_lab_levels(effects, names, lab),
        *_within_study(effects, names),
        *_same_partition(effects, names),
        *_empty_cells(effects, names),
        *_aliased(effects, names),
        *_inflated(effects, names),
        *_few_effects(effects, names),
    ]
    order = {"blocks": 0, "warns": 1, "notes": 2}
    known = tuple(
        (name, sum(value is not None for value in effects.column(name))) for name in names
    )
    return Audit(tuple(sorted(found, key=lambda concern: order[concern.severity])), known)


def _constant(effects: Effects, names: Sequence[str]) -> Iterator[Concern]:
    for name in names:
        known = {value for value in effects.column(name) if value is not None}
        if len(known) < 2:
            what = f"is '{level_name(next(iter(known)))}'" if known else "is unknown"
            yield Concern(
                "blocks", "constant", (name,), f"'{name}' {what} in all effects; nothing differs"
            )


def _factors(effects: Effects, names: Sequence[str]) -> list[str]:
    return [name for name in names if not is_continuous(effects.column(name))]


def _by_level(
    effects: Effects, name: str, other: Sequence[Value]
) -> dict[str, set[str | float | None]]:
    found: dict[str, set[str | float | None]] = {}
    for value, partner in zip(effects.column(name), other, strict=True):
        if value is not None:
            found.setdefault(level_name(value), set()).add(partner)
    return found


def _single_study_levels(effects: Effects, names: Sequence[str]) -> Iterator[Concern]:
    for name in _factors(effects, names):
        for level, studies in _by_level(effects, name, effects.studies).items():
            if len(studies) == 1:
                yield Concern(
                    "warns", "level of one study", (name,),
                    f"'{name}' is '{level}' in one study only ({next(iter(studies))}): "
                    "the level and the study cannot be told apart, and no mean is pooled",
                )  # fmt: skip


def _single_lab_levels(
    effects: Effects, names: Sequence[str], lab: str | None
) -> Iterator[Concern]:
    if lab is None:
        return
    for name in _factors(effects, [n for n in names if n != lab]):
        for level, labs in _by_level(effects, name, effects.column(lab)).items():
            known = labs - {None}
            if len(known) == 1 and len(_by_level(effects, name, effects.studies)[level]) > 1:
                yield Concern(
                    "warns", "level of one lab", (name, lab),
                    f"every study with '{name}' = '{level}' comes from one lab "
                    f"({next(iter(known))}); what differs may be the lab",
                )  # fmt: skip


def _within_study(effects: Effects, names: Sequence[str]) -> Iterator[Concern]:
    for name in names:
        by_study: dict[str, set[Value]] = {}
        for study, value in zip(effects.studies, effects.column(name), strict=True):
            by_study.setdefault(study, set()).add(value)
        varying = [study for study, values in by_study.items() if len(values - {None}) > 1]
        if effects.n_studies < effects.k and not varying:
            yield Concern(
                "notes", "constant within studies", (name,),
                f"'{name}' is the same in all effects of a study: it compares studies, not "
                "conditions within them",
            )  # fmt: skip
        elif 0 < len(varying) < len(by_study):
            yield Concern(
                "warns", "within and between", (name,),
                f"'{name}' differs within {len(varying)} of {len(by_study)} studies and between "
                "the others: estimate the two kinds of comparison apart",
            )  # fmt: skip


def _same_partition(effects: Effects, names: Sequence[str]) -> Iterator[Concern]:
    for a, b in combinations(_factors(effects, names), 2):
        pairs = _known_pairs(effects, a, b)
        if pairs and len(pairs) == len({x for x, _ in pairs}) == len({y for _, y in pairs}) > 1:
            told = "; ".join(f"{x} with {y}" for x, y in sorted(pairs))
            yield Concern(
                "blocks", "aliased", (a, b),
                f"'{a}' and '{b}' split the effects in the same way ({told}): "
                "no analysis can tell them apart",
            )  # fmt: skip


def _known_pairs(effects: Effects, a: str, b: str) -> Counter[tuple[str, str]]:
    return Counter(
        (level_name(x), level_name(y))
        for x, y in zip(effects.column(a), effects.column(b), strict=True)
        if x is not None and y is not None
    )


def _empty_cells(effects: Effects, names: Sequence[str]) -> Iterator[Concern]:
    for a, b in combinations(_factors(effects, names), 2):
        pairs = _known_pairs(effects, a, b)
        firsts, seconds = sorted({x for x, _ in pairs}), sorted({y for _, y in pairs})
        empty = [(x, y) for x in firsts for y in seconds if (x, y) not in pairs]
        if empty:
            told = "; ".join(f"{x} with {y}" for x, y in empty)
            yield Concern(
                "warns", "empty cells", (a, b),
                f"no effect has these combinations of '{a}' and '{b}': {told}",
            )  # fmt: skip


def _coded(effects: Effects, names: Sequence[str]) -> tuple[Matrix, list[str], list[str]]:
    """Return the columns of all moderators, their names, and the moderator of each."""
    usable = [n for n in names if len({v for v in effects.column(n) if v is not None}) > 1]
    columns = [effects.column(name) for name in usable]
    rows = [r for r in range(effects.k) if all(column[r] is not None for column in columns)]
    blocks: list[Matrix] = [np.ones((len(rows), 1))]
    labels, owners = ["intercept"], ["intercept"]
    for name in usable:
        try:
            design = build_design(effects.taken(rows), [Moderator(name)])
        except InputError:
            continue  # constant in the rows that are left: told elsewhere
        blocks.append(design.matrix[:, 1:])
        labels += design.names[1:]
        owners += [name] * (len(design.names) - 1)
    return np.hstack(blocks), labels, owners


def _aliased(effects: Effects, names: Sequence[str]) -> Iterator[Concern]:
    matrix, labels, owners = _coded(effects, names)
    if matrix.shape[0] == 0:
        return
    for column, others in aliased_columns(matrix):
        partners = tuple(labels[other] for other in others if other != 0)
        yield Concern(
            "blocks", "aliased columns",
            tuple(dict.fromkeys([owners[column], *(owners[o] for o in others if o != 0)])),
            f"'{labels[column]}' follows from {', '.join(partners) or 'the intercept'} in the "
            f"{matrix.shape[0]} effects that have every moderator",
        )  # fmt: skip


def _inflated(effects: Effects, names: Sequence[str]) -> Iterator[Concern]:
    matrix, _, owners = _coded(effects, names)
    if matrix.shape[0] <= matrix.shape[1] or aliased_columns(matrix):
        return
    centred = matrix[:, 1:] - matrix[:, 1:].mean(axis=0)
    spread = np.sqrt(np.sum(centred**2, axis=0))
    correlation = (centred / spread).T @ (centred / spread)
    whole = float(np.linalg.det(correlation))
    for name in dict.fromkeys(owners[1:]):
        own = [i for i, owner in enumerate(owners[1:]) if owner == name]
        rest = [i for i in range(len(owners) - 1) if i not in own]
        if not rest:
            continue
        parts = np.linalg.det(correlation[np.ix_(own, own)]) * np.linalg.det(
            correlation[np.ix_(rest, rest)]
        )
        gvif = float(parts / whole) ** (0.5 / len(own))
        if gvif > STRONG_GVIF:
            yield Concern(
                "warns", "collinear", (name,),
                f"'{name}' is nearly told by the other moderators (scaled GVIF {gvif:.1f}); "
                "its coefficient will be unsteady",
            )  # fmt: skip


def _few_effects(effects: Effects, names: Sequence[str]) -> Iterator[Concern]:
    matrix, labels, _ = _coded(effects, names)
    n = len(labels) - 1
    if n and matrix.shape[0] < EFFECTS_PER_PARAMETER * n:
        yield Concern(
            "warns", "few effects", tuple(names),
            f"{matrix.shape[0]} effects carry {n} moderator parameter{'s' * (n > 1)}; ten for each "
            "is the least that is advised (Cochrane Handbook, section 10.11.5.1)",
        )  # fmt: skip
