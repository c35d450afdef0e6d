"""What a reference case asks: its effects, moderators, estimator and test, read from its words.

A case is told by ``analysis`` and by the names in ``expected``; both are read here, and nothing is
computed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from asmr_stim.moderator.effects.design import Design, Moderator, build_design, intercept_only
from asmr_stim.moderator.effects.estimates import Effects, level_name
from asmr_stim.moderator.effects.regression import Settings

METHODS = {
    "EE": "FE", "FE": "FE", "CE": "FE", "fixed": "FE", "DL": "DL", "HE": "HE", "HS": "HS",
    "HSk": "HSk", "SJ": "SJ", "SJIT": "SJIT", "ML": "ML", "REML": "REML", "EB": "EB", "PM": "PM",
    "DLIT": "DLIT", "GENQ": "GENQ",
}  # fmt: skip
TESTS = {
    "z": "wald", "wald": "wald", "t": "t", "knha": "knapp_hartung", "KH": "knapp_hartung",
    "HKSJ": "knapp_hartung", "hksj": "knapp_hartung", "HK": "knapp_hartung",
    "adhoc": "knapp_hartung_adhoc",
}  # fmt: skip
MODERATORS = ("factor", "factors", "continuous", "moderator", "moderators", "mods", "predictors")


@dataclass(frozen=True)
class Asked:
    """A case's analysis and effects, and the keys above the value that is being answered."""

    analysis: dict[str, Any]
    effects: Effects
    path: tuple[str, ...] = ()

    def under(self, key: str) -> "Asked":
        return replace(self, path=(*self.path, key))

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(w for key in self.path for w in re.split(r"[_\s=]+", key) if w)

    def has(self, *words: str) -> bool:
        """Return whether a word of the path begins with one of these, in any case."""
        low = [word.lower() for word in self.words]
        return any(each.startswith(word.lower()) for each in low for word in words)

    def settings(self, reference: Any = None) -> Settings:
        method = _first(self.analysis.get("method", "REML"))
        test = _first(self.analysis.get("test", ""))
        for word in self.words:
            method = word if word in METHODS else method
            test = word if word in TESTS else test
        if not test:
            test = "knha" if isinstance(reference, dict) and reference.get("Q_M_df2") else "z"
        chosen = METHODS.get(method, method)
        if chosen == "FE" and not set(self.words) & set(TESTS):
            test = "z"
        weights = self._weights() if chosen == "GENQ" else None
        return Settings(chosen, TESTS.get(test, test), weights=weights)  # type: ignore[arg-type]

    def _weights(self) -> tuple[float, ...]:
        given = self.analysis.get("weights", self.analysis.get("genq_weights"))
        shift = re.fullmatch(r"1/\(vi\s*\+\s*([0-9.]+)\)", str(given))
        if shift:
            return tuple(1.0 / (self.effects.variances + float(shift.group(1))))
        if given in self.effects.columns:
            return tuple(float(v) for v in self.effects.column(given))  # type: ignore[arg-type]
        return tuple(1.0 / self.effects.variances)

    def number(self, name: str, default: float) -> float:
        """Return a number after a word of the path (``rho_0.6``), or of the analysis."""
        for word, after in zip(self.words, self.words[1:], strict=False):
            if word.lower() == name and re.fullmatch(r"[0-9.]+", after):
                return float(after)
        value = self.analysis.get(name, default)
        return float(value) if isinstance(value, (int, float)) else default

    def of_level(self) -> "Asked":
        """Return the effects of the level of a factor that a key of the path names, if any."""
        for column, values in self.effects.columns.items():
            names = [None if v is None else level_name(v) for v in values]
            words = all(v is None or isinstance(v, str) for v in values)
            if column != self.analysis.get("factor") and not words:
                continue
            for key in reversed(self.path):
                named = {key, *re.split(r"_", key)} if words else {key}
                chosen = [r for r, name in enumerate(names) if name in named]
                if len(chosen) > 1:
                    return replace(self, effects=self.effects.taken(chosen))
        return self

    def terms(self) -> list[Moderator]:
        """Return the moderators that the path names, else those of the analysis."""
        named = [
            name
            for name in self.effects.columns
            if name != self.analysis.get("cluster")
            and any(re.search(rf"(?:^|_){re.escape(name)}(?:_|$)", key) for key in self.path)
        ]
        found = dict.fromkeys(named or self._of_analysis())
        return [self._moderator(name) for name in found]

    def _of_analysis(self) -> Iterable[str]:
        for key in MODERATORS:
            for name in _listed(self.analysis.get(key)):
                if name in self.effects.columns:
                    yield name

    def _moderator(self, name: str) -> Moderator:
        if name == self.analysis.get("factor"):
            return Moderator(name, self.analysis.get("reference_level"), is_factor=True)
        return Moderator(name)

    def design(self, names: Iterable[str] | None = None) -> Design:
        """Return the design whose coefficients have these names; else that of ``terms``."""
        if names is not None:
            return self._named(list(names))
        terms = self.terms()
        return build_design(self.effects, terms) if terms else intercept_only(self.effects.k)

    def _named(self, names: list[str]) -> Design:
        coded: dict[str, list[str]] = {}
        for name in names:
            if name in {"intercept", "slope"}:
                continue
            parts = [self._split(part) for part in name.split(":")]
            for column, level in parts:
                coded.setdefault(column, [])
                if level is not None and level not in coded[column]:
                    coded[column].append(level)
            if len(parts) > 1:
                coded.setdefault(":".join(column for column, _ in parts), [])
        if not coded:
            return intercept_only(self.effects.k)
        has_intercept = "intercept" in names
        terms = [self.coded(column, levels) for column, levels in coded.items()]
        return build_design(self.effects, terms, intercept=has_intercept)

    def _split(self, name: str) -> tuple[str, str | None]:
        columns = self.effects.columns
        if name in columns:
            return name, None
        for column in sorted(columns, key=len, reverse=True):
            level = name.removeprefix(column).lstrip("=")
            known = {level_name(v) for v in columns[column] if v is not None}
            if name.startswith(column) and level in known:
                return column, level
        raise LookupError(f"no column tells the coefficient '{name}'")

    def coded(self, column: str, levels: list[str]) -> Moderator:
        if not levels:
            return Moderator(column)
        left = [level for level in self.effects.levels(column) if level not in levels]
        return Moderator(column, left[0] if left else None, is_factor=True)


def _first(value: Any) -> str:
    return str(value[0] if isinstance(value, list) and value else value)


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part for part in re.split(r"[\s,~+*:]+", value) if part]
    return [str(each) for each in value] if isinstance(value, list) else []


def coefficient_names(reference: Any) -> list[str] | None:
    """Return the names of the coefficients that a nested reference holds, if any."""
    if not isinstance(reference, dict):
        return None
    if is_table(reference):
        return list(reference)
    for value in reference.values():
        found = coefficient_names(value)
        if found is not None:
            return found
    return None


def is_table(reference: dict[str, Any]) -> bool:
    """Return whether a reference is a table of coefficients."""
    return bool(reference) and all(
        isinstance(each, dict)
        and ("est" in each or "beta" in each)
        and {"se", "se_cr2"} & set(each)
        for each in reference.values()
    )
