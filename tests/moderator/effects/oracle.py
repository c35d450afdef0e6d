"""Answers to reference cases: what this program makes of a case's data and analysis.

The answer to each value is found by the shape of what is asked (``oracle_shapes``), effect sizes by
the columns that are given (``oracle_sizes``). A kind of case that is not known, or a quantity that
nobody answers, is a failure.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from moderator.effects.oracle_asked import Asked
from moderator.effects.oracle_shapes import by_shape, merged
from moderator.effects.oracle_sizes import Case, Rows, numbers, sizes_of

from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.prediction import predict_mean
from asmr_stim.moderator.effects.regression import pool

WORDS = (
    "aggregate aggregated aggregation asymmetry audit baujat bayes bayesian between bias "
    "bound by che cluster common conversion convert correlated correlation correlations cr2 "
    "cumulative dependence dependent design diagnostics difference effect effects egger equal "
    "estimators exact excess fail failsafe fill fixed funnel gosh group groups heterogeneity "
    "hierarchical htz influence interaction interactions interval intervals leave level "
    "levels loo mean means meta metareg metaregression model moderator moderators multilevel "
    "n of omnibus one out paired peese permutation permutations pet pooling post pre "
    "prediction prepost profile prospective publication random raw regression reported robust "
    "rve safe selection sensitivity sign significance size sizes statistics step subgroup "
    "subgroups tau2 test three threelevel trim trimfill variance with within "
)
"""What kinds of case are named with: a kind with any other word is not known."""


def answers(case: Case, folder: Path) -> dict[str, Any]:
    """Return this program's values, nested as the case's ``expected``."""
    kind = str(case["analysis"]["kind"])
    words = [word for word in re.split(r"[^a-z0-9]+", kind.lower()) if word]
    if not words or not set(words) <= set(WORDS.split()):
        raise LookupError(f"the kind of case '{kind}' is not known")
    rows = _subset(case, _rows(case, folder))
    sizes = sizes_of(case, rows)
    effects = _effects(case, rows, sizes)
    if effects is None:
        return sizes
    asked = Asked(case["analysis"], effects)
    found = merged(sizes, _by_unit(case, asked))
    return found | _apart(case, asked, found)


def _by_unit(case: Case, asked: Asked) -> dict[str, Any]:
    """Return answers by shape; models of an aggregated case are of one effect for each study."""
    expected = case["expected"]
    if "aggreg" not in case["analysis"]["kind"]:
        return by_shape(expected, asked) or {}
    whole = aggregate(asked.effects, asked.number("rho", 0.5), "inverse_covariance")
    analysis = {key: value for key, value in asked.analysis.items() if key != "cluster"}
    ones = {key: value for key, value in expected.items() if set(value) != {"yi", "vi"}}
    pairs = {key: value for key, value in expected.items() if key not in ones}
    models = by_shape(ones, Asked(analysis, whole)) or {}
    return models | (by_shape(pairs, asked) or {})


def _apart(case: Case, asked: Asked, found: dict[str, Any]) -> dict[str, Any]:
    """Return what stands alone among the expected: back-transformed limits, counts."""
    more: dict[str, Any] = {}
    if "backtransformed_r" in case["expected"]:
        mean = predict_mean(pool(asked.effects, asked.settings()))
        more["backtransformed_r"] = {
            "r": float(np.tanh(mean.estimate)), "ci_lb": float(np.tanh(mean.ci_low)),
            "ci_ub": float(np.tanh(mean.ci_high)), "pi_lb": float(np.tanh(mean.pi_low or 0.0)),
            "pi_ub": float(np.tanh(mean.pi_high or 0.0)),
        }  # fmt: skip
    counts = [each["n_distinct"] for each in found.values()
              if isinstance(each, dict) and "n_distinct" in each]  # fmt: skip
    if "n_distinct" in case["expected"] and counts:
        more["n_distinct"] = counts[0]
    return more


def mismatches(expected: Any, got: Any, tolerance: dict[str, Any]) -> list[str]:
    """Return what is missing or out of tolerance, one sentence each."""
    return list(_mismatches(expected, got, tolerance))


def _mismatches(expected: Any, got: Any, tolerance: dict[str, Any]) -> Iterator[str]:
    for path, reference in _leaves(expected):
        if reference is None:
            continue
        value = got
        try:
            for step in path:
                value = value[step]
        except (KeyError, IndexError, TypeError):
            yield f"{path}: nothing answers this quantity (reference {reference})"
            continue
        own = tolerance.get(path[0]) if isinstance(tolerance.get(path[0]), dict) else {}
        limits = {name: own.get(name, tolerance.get(name, 0.0)) for name in ("rtol", "atol")}
        if isinstance(reference, (str, bool)):
            if value != reference:
                yield f"{path}: {value!r} instead of {reference!r}"
        elif not isinstance(value, (int, float)) or not (
            abs(value - reference) <= limits["atol"] + limits["rtol"] * abs(reference)
        ):
            yield f"{path}: {value!r} instead of {reference!r}"


def _leaves(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _leaves(value, (*path, index))
    else:
        yield path, tree


def _rows(case: Case, folder: Path) -> Rows:
    if case["data"] == "none":
        return []
    with (folder / case["data"]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _subset(case: Case, rows: Rows) -> Rows:
    """Return the rows that the case is about: all, or those with the values it names."""
    subset = case["analysis"].get("subset")
    if isinstance(subset, str):
        match = re.search(r"([\w.]+)\s*={1,2}\s*['\"]?([^'\"]+?)['\"]?\s*$", subset)
        subset = {match.group(1): match.group(2)} if match else None
    if not isinstance(subset, dict):
        return rows
    wanted = {subset["column"]: subset.get("value")} if "column" in subset else subset
    return [
        row
        for row in rows
        if all(row[c] in {str(v) for v in (vs if isinstance(vs, list) else [vs])}
               for c, vs in wanted.items())
    ]  # fmt: skip


def _value(text: str) -> str | float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _effects(case: Case, rows: Rows, sizes: dict[str, Any]) -> Effects | None:
    """Return the effects of a case; its cluster, if it has one, is the study."""
    analysis = case["analysis"]
    columns = analysis.get("columns", {})
    if rows and {columns.get("yi"), columns.get("vi")} <= set(rows[0]):
        y, v = numbers(rows, columns["yi"]), numbers(rows, columns["vi"])
    elif rows and {"yi", "vi"} <= set(rows[0]):
        y, v = numbers(rows, "yi"), numbers(rows, "vi")
    else:
        measure = str(analysis.get("measure", analysis.get("target", ""))).split(" ")[0]
        measure = measure if measure in sizes else next(
            (m for m in ("ZCOR", "SMD", "SMCC", "MC") if m in sizes), ""
        )  # fmt: skip
        if not measure:
            return None
        y, v = np.array(sizes[measure]["yi"]), np.array(sizes[measure]["vi"])
    known = [r for r in range(len(rows)) if np.isfinite(y[r]) and np.isfinite(v[r])]
    cluster = analysis.get("cluster")
    studies = tuple(row[cluster] for row in rows) if cluster else ()
    used = {columns.get("yi", "yi"), columns.get("vi", "vi")}
    factors = {analysis.get("factor")}
    moderators = {
        name: tuple((row[name] or None) if name in factors else _value(row[name]) for row in rows)
        for name in (rows[0] if rows else {})
        if name not in used
    }
    coding = re.fullmatch(r"x=1 for (.*)", str(analysis.get("coding", "")))
    if coding:
        level = coding.group(1)
        moderators["x"] = tuple(float(row[analysis["factor"]] == level) for row in rows)
    taken = [int(r) for r in known]
    return Effects(
        y[taken], v[taken], tuple(studies[r] for r in taken) if studies else (), (),
        {name: tuple(values[r] for r in taken) for name, values in moderators.items()},
    )  # fmt: skip
