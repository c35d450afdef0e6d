"""Effect sizes of a reference case: by the columns it gives, under metafor's names."""

import re
from typing import Any

import numpy as np

from asmr_stim.moderator.effects import between, within
from asmr_stim.moderator.effects.between import GroupMeans
from asmr_stim.moderator.effects.conversion import convert
from asmr_stim.moderator.effects.converted import Assumptions
from asmr_stim.schema.effects import ReportedEffect

Case = dict[str, Any]
Rows = list[dict[str, str]]
SIDES = {
    "mean1": ("mean1", "m1", "m1i", "mean_1", "mean_post", "m_post", "post_mean", "mean_treatment"),
    "sd1": ("sd1", "sd1i", "sd_1", "sd_post", "post_sd", "sd_treatment"),
    "n1": ("n1", "n1i", "n_1", "n_treatment"),
    "mean2": ("mean2", "m2", "m2i", "mean_2", "mean_pre", "m_pre", "pre_mean", "mean_control"),
    "sd2": ("sd2", "sd2i", "sd_2", "sd_pre", "pre_sd", "sd_control"),
    "n2": ("n2", "n2i", "n_2", "n_control"),
    "n": ("n", "ni"),
    "r": ("r", "ri", "correlation", "r_pre_post"),
}
STATISTICS = {
    "t": ("t", "ti"), "f": ("F", "f", "Fi"), "p": ("p_two_sided", "p", "pi"),
    "partial_eta2": ("partial_eta2", "eta2"), "r": ("r_pb", "r", "ri"), "d": ("d", "di"),
    "g": ("g",), "ci_low": ("ci_lb", "ci_low"), "ci_high": ("ci_ub", "ci_high"),
}  # fmt: skip
ROUTES = {
    "t": ("from_t",), "f": ("from_F", "from_f"), "p": ("from_p",), "r": ("from_r_pb", "from_r"),
    "partial_eta2": ("from_eta2", "from_partial_eta2"), "d": ("from_d",), "g": ("from_g",),
}  # fmt: skip


def sizes_of(case: Case, rows: Rows) -> dict[str, Any]:
    """Return what the columns of a case allow, nested by measure."""
    if not rows or "effect_size" not in case["analysis"]["kind"]:
        return {}
    if "from" in case["analysis"]:
        return _from_statistics(case, rows)
    given = _sides(case)
    if {"mean1", "sd1", "n1", "mean2"} <= set(given):
        return _from_groups(case, rows, given)
    if {"mean1", "sd1", "mean2", "n"} <= set(given):
        return _from_pairs(case, rows, given)
    if {"r", "n"} <= set(given):
        r, n = numbers(rows, given["r"]), numbers(rows, given["n"])
        z, c = _sizes(within.fisher_z(r, n)), _sizes(within.correlation(r, n))
        return {"zcor": z, "cor": c, "ZCOR": z, "COR": c}
    return {}


def numbers(rows: Rows, column: str) -> np.ndarray:
    """Return a column of numbers; NaN where a cell is empty."""
    return np.array([float(row[column]) if row[column] else np.nan for row in rows])


def _sides(case: Case) -> dict[str, Any]:
    columns = case["analysis"].get("columns", {})
    return {
        name: columns[each] for name, names in SIDES.items() for each in names if each in columns
    }


def _sizes(sizes: between.Sizes) -> dict[str, list[float]]:
    return {
        "yi": [float(v) for v in np.atleast_1d(sizes.estimates)],
        "vi": [float(v) for v in np.atleast_1d(sizes.variances)],
    }


def _j_is_squared(case: Case) -> bool:
    """Return whether the reference is of a metafor that put J squared into unequal variances."""
    version = [int(part) for part in re.findall(r"\d+", case["produced_with"]["metafor"])]
    return version < [4, 5]


def _from_groups(case: Case, rows: Rows, given: dict[str, Any]) -> dict[str, Any]:
    names = ("mean1", "sd1", "n1", "mean2", "sd2", "n2")
    groups = GroupMeans(*(numbers(rows, given[name]) for name in names))
    d = between.cohen_d(groups)
    squared = _j_is_squared(case)
    found: dict[str, Any] = {
        f"SMD_{form}": _sizes(between.hedges_g(d, groups.n1, groups.n2, form))  # type: ignore[arg-type]
        for form in ("LS", "LS2", "UB", "AV", "H0")
    }
    glass = between.glass_delta(groups)
    return found | {
        "SMD": found["SMD_LS"],
        "cohen_d": d.tolist(), "d": d.tolist(),
        "J_exact": between.hedges_j(np.asarray(groups.n1) + np.asarray(groups.n2) - 2).tolist(),
        "MD": _sizes(between.mean_difference(groups)),
        "MD_LS": _sizes(between.mean_difference(groups)),
        "MD_HO": _sizes(between.mean_difference(groups, equal_variances=True)),
        "SMDH": _sizes(between.hedges_g_unequal(groups, squared_correction=squared)),
        "SMDH_LS": _sizes(between.hedges_g_unequal(groups, squared_correction=squared)),
        "SMD1": _sizes(glass), "SMD1_LS": _sizes(glass), "Glass": _sizes(glass),
        "ROM": _sizes(between.log_ratio_of_means(groups)),
    }  # fmt: skip


def _from_pairs(case: Case, rows: Rows, given: dict[str, Any]) -> dict[str, Any]:
    r = given.get("r", case["analysis"].get("r", 0.5))
    of_r = numbers(rows, r) if isinstance(r, str) else np.full(len(rows), float(r))
    names = ("mean1", "sd1", "mean2", "sd2", "n")
    pairs = within.PairedMeans(*(numbers(rows, given[name]) for name in names), of_r)
    mean1, _, mean2, _, n, _ = pairs.arrays()
    d_z = (mean1 - mean2) / pairs.sd_change()
    chosen = str(case["analysis"].get("standardiser", case["analysis"].get("standardizer", "")))
    side = 2 if chosen in {"sd2", "sd_pre", "pre", given["sd2"]} else 1
    d_raw = within.raw_score_d(pairs, standardiser=side)
    unequal = within.raw_score_g_unequal(
        pairs, standardiser=side, squared_correction=_j_is_squared(case)
    )
    found: dict[str, Any] = {
        "MC": _sizes(within.mean_change(pairs)),
        "SMCC": _sizes(within.change_score_g(d_z, n)),
        "SMCR": _sizes(within.raw_score_g(d_raw, n, of_r)),
        "SMCRH": _sizes(unequal), "SMCRH_LS": _sizes(unequal),
        "SMCRP": _sizes(within.average_score_g(pairs)),
        "d_z": d_z.tolist(), "J_exact": between.hedges_j(n - 1).tolist(),
    }  # fmt: skip
    if np.all(mean1 * mean2 > 0):
        found["ROMC"] = _sizes(within.log_ratio_of_changes(pairs))
    for form in ("LS", "LS2", "UB", "AV", "H0"):
        found[f"SMCC_{form}"] = _sizes(within.change_score_g(d_z, n, form))  # type: ignore[arg-type]
        found[f"SMCR_{form}"] = _sizes(within.raw_score_g(d_raw, n, of_r, form))  # type: ignore[arg-type]
    return found


def _cell(row: dict[str, str], columns: dict[str, str], names: tuple[str, ...]) -> float | None:
    for name in names:
        column = columns.get(name, name)
        if row.get(column):
            return float(row[column])
    return None


def _from_statistics(case: Case, rows: Rows) -> dict[str, Any]:
    """Return effects by each route, through the records that a table of statistics becomes."""
    analysis = case["analysis"]
    columns = analysis.get("columns", {})
    design = "within" if analysis.get("design") in {"within", "paired", "change"} else "between"
    found: dict[str, list[Any]] = {}
    for row in rows:
        for name in ROUTES:
            value = _cell(row, columns, STATISTICS[name])
            if value is not None and not (design == "within" and name in {"r", "g"}):
                record = _record(case, row, design, {name: value})
                found.setdefault(name, []).append((convert(record), record))
    first = next(iter(found.values()))
    j = [_correction(record) for _, record in first]
    routes = {
        each: [c.estimate / k for (c, _), k in zip(pairs, j, strict=True)]
        for name, pairs in found.items()
        for each in ROUTES[name]
    }
    g, v = [c.estimate for c, _ in first], [c.variance for c, _ in first]
    whole = {"d": routes, "d_z": routes, "g": g, "v_LS": v, "yi": g, "vi": v}
    whole |= {"SMD": {"yi": g, "vi": v}} if design == "between" else {"SMCC": {"yi": g, "vi": v}}
    return whole | _raw(case, rows, found) if design == "within" else whole


def _record(
    case: Case, row: dict[str, str], design: str, values: dict[str, float]
) -> ReportedEffect:
    columns = case["analysis"].get("columns", {})
    sign = row.get(case["analysis"].get("sign_column", "sign"))
    people = (
        {"n": int(_cell(row, columns, ("n", "ni")) or 0)}
        if design == "within"
        else {f"n{side}": int(_cell(row, columns, (f"n{side}", f"n{side}i")) or 0) for side in "12"}
    )
    stated = {} if not sign else {"direction": "increase" if float(sign) > 0 else "decrease"}
    return ReportedEffect(study="x", design=design, **people, **stated, **values)  # type: ignore[arg-type]


def _correction(record: ReportedEffect) -> float:
    df = (record.n or 0) - 1 if record.design == "within" else record.n1 + record.n2 - 2  # type: ignore[operator]
    return float(between.hedges_j(df))


def _raw(case: Case, rows: Rows, found: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the same over the SD of scores, where the correlation between occasions is given."""
    columns = case["analysis"].get("columns", {})
    name = columns.get("r", columns.get("correlation", "r"))
    if not rows[0].get(name):
        return {}
    key, pairs = next(iter(found.items()))
    raw = [
        convert(
            record.model_copy(update={"correlation": float(row[name])}), Assumptions(within="SMCR")
        )
        for row, (_, record) in zip(rows, pairs, strict=True)
    ]
    del key
    d = [c.estimate / _correction(record) for c, (_, record) in zip(raw, pairs, strict=True)]
    return {
        "SMCR": {"yi": [c.estimate for c in raw], "vi": [c.variance for c in raw]},
        "d_rm": d, "d_raw": d,
    }  # fmt: skip
