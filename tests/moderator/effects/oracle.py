"""Answers to reference cases: what this program makes of a case's data and analysis.

One function for each kind of case. A kind or a quantity that nobody answers is a failure.
"""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from moderator.effects.oracle_shapes import Asked, by_shape, merged

from asmr_stim.moderator.effects import bayes, between, within
from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.asymmetry import begg, egger, egger_weighted, trim_and_fill
from asmr_stim.moderator.effects.between import GroupMeans
from asmr_stim.moderator.effects.conversion import convert
from asmr_stim.moderator.effects.design import Moderator, build_design, intercept_only
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.heterogeneity import q_profile
from asmr_stim.moderator.effects.influence import leave_one_out
from asmr_stim.moderator.effects.multilevel import three_level
from asmr_stim.moderator.effects.permutation import Plan, permutation_test
from asmr_stim.moderator.effects.prediction import predict_mean
from asmr_stim.moderator.effects.regression import Settings, fit, omnibus, pool
from asmr_stim.moderator.effects.robust import robust
from asmr_stim.moderator.effects.subgroups import subgroups_separate
from asmr_stim.schema.effects import ReportedEffect

Case = dict[str, Any]
METHODS = {"EE": "FE", "FE": "FE"}
TESTS = {"z": "wald", "knha": "knapp_hartung", "adhoc": "knapp_hartung_adhoc", "t": "t"}


def answers(case: Case, folder: Path) -> dict[str, Any]:
    """Return this program's values, nested as the case's ``expected``."""
    kind = case["analysis"]["kind"]
    if kind not in KINDS:
        raise LookupError(f"the kind of case '{kind}' is not known")
    rows = _rows(case, folder)
    found = KINDS[kind](case, rows)
    if not {"yi", "vi"} <= set(case["analysis"].get("columns", {})) and "zcor" not in found:
        return found
    return _completed(case, rows, found)


def _completed(case: Case, rows: list[dict[str, str]], found: dict[str, Any]) -> dict[str, Any]:
    """Return the answers with those added that only the shape of the question tells."""
    if {"yi", "vi"} <= set(case["analysis"].get("columns", {})):
        effects = _effects(case, rows)
    else:
        effects = Effects(np.array(found["zcor"]["yi"]), np.array(found["zcor"]["vi"]))
    asked = Asked(case["analysis"], effects)
    for key, reference in case["expected"].items():
        wrong = mismatches({key: reference}, found, case["tolerance"])
        if any("nothing answers" in text or ": None instead" in text for text in wrong):
            found[key] = merged(found.get(key), by_shape(reference, asked.under(key)))
    return found


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


def _rows(case: Case, folder: Path) -> list[dict[str, str]]:
    if case["data"] == "none":
        return []
    with (folder / case["data"]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _numbers(rows: list[dict[str, str]], column: str) -> np.ndarray:
    return np.array([float(row[column]) if row[column] else np.nan for row in rows])


def _value(text: str) -> str | float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _effects(case: Case, rows: list[dict[str, str]]) -> Effects:
    """Return the effects of a case; its cluster, if it has one, is the study."""
    analysis = case["analysis"]
    columns = analysis.get("columns", {"yi": "yi", "vi": "vi"})
    cluster = analysis.get("cluster")
    studies = tuple(row[cluster] for row in rows) if cluster else ()
    names = [name for name in (rows[0] if rows else {}) if name not in columns.values()]
    factors = {analysis.get("factor")}
    moderators = {
        name: tuple((row[name] or None) if name in factors else _value(row[name]) for row in rows)
        for name in names
    }
    return Effects(
        _numbers(rows, columns["yi"]), _numbers(rows, columns["vi"]), studies, (), moderators
    )


def _list(values: Any) -> list[float]:
    return [float(value) for value in np.atleast_1d(values)]


def _coefficients(table: Any, rename: Callable[[str], str] = str) -> dict[str, Any]:
    return {
        rename(each.name): {
            "est": each.estimate, "se": each.se, "stat": each.statistic, "p": each.p,
            "ci_lb": each.ci_low, "ci_ub": each.ci_high,
        }
        for each in table
    }  # fmt: skip


def _fit(model: Any) -> dict[str, Any]:
    return {
        "k": model.k, "p": model.p, "tau2": model.tau2, "se_tau2": model.tau2_se, "I2": model.i2,
        "H2": model.h2, "Q_E": model.q, "Q_E_df": model.q_df, "Q_E_p": model.q_p,
        "Q_M": model.omnibus.statistic, "Q_M_df1": model.omnibus.df1,
        "Q_M_df2": model.omnibus.df2, "Q_M_p": model.omnibus.p, "R2": model.r2,
        "coef": _coefficients(model.coefficients), "logLik": model.log_likelihood,
    }  # fmt: skip


def _prediction(found: Any) -> dict[str, Any]:
    return {
        "pred": found.estimate, "se": found.se, "ci_lb": found.ci_low, "ci_ub": found.ci_high,
        "pi_lb": found.pi_low, "pi_ub": found.pi_high,
    }  # fmt: skip


def _settings(method: str, test: str = "z") -> Settings:
    return Settings(METHODS.get(method, method), TESTS[test])  # type: ignore[arg-type]


def _sizes(sizes: between.Sizes) -> dict[str, list[float]]:
    return {"yi": _list(sizes.estimates), "vi": _list(sizes.variances)}


def effect_size(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return effects from means and SDs, or from reported statistics."""
    if "from" in case["analysis"]:
        return _from_statistics(rows)
    columns = case["analysis"]["columns"]
    if {"mean1", "sd1", "n1"} <= set(columns):
        return _from_groups(case, rows)
    if {"mean1", "sd1", "n"} <= set(columns):
        return _from_pairs(case, rows)
    return _from_correlations(case, rows)


def _j_is_squared(case: Case) -> bool:
    """Return whether the reference is of a metafor that put J squared into unequal variances."""
    version = [int(part) for part in re.findall(r"\d+", case["produced_with"]["metafor"])]
    return version < [4, 5]


def _from_groups(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    names = ("mean1", "sd1", "n1", "mean2", "sd2", "n2")
    columns = case["analysis"]["columns"]
    groups = GroupMeans(*(_numbers(rows, columns[name]) for name in names))
    d = between.cohen_d(groups)
    squared = _j_is_squared(case)
    found = {
        f"SMD_{form}": _sizes(between.hedges_g(d, groups.n1, groups.n2, form))  # type: ignore[arg-type]
        for form in ("LS", "LS2", "UB", "AV", "H0")
    }
    return found | {
        "SMD": found["SMD_LS"],
        "cohen_d": _list(d),
        "J_exact": _list(between.hedges_j(np.asarray(groups.n1) + np.asarray(groups.n2) - 2)),
        "MD": _sizes(between.mean_difference(groups)),
        "SMDH": _sizes(between.hedges_g_unequal(groups, squared_correction=squared)),
        "SMD1": _sizes(between.glass_delta(groups)),
        "ROM": _sizes(between.log_ratio_of_means(groups)),
    }


def _from_pairs(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    columns = case["analysis"]["columns"]
    r = columns.get("r", columns.get("correlation"))
    of_r = _numbers(rows, r) if isinstance(r, str) else np.full(len(rows), float(r))
    names = ("mean1", "sd1", "mean2", "sd2", "n")
    pairs = within.PairedMeans(*(_numbers(rows, columns[name]) for name in names), of_r)
    mean1, _, mean2, _, n, _ = pairs.arrays()
    d_z = (mean1 - mean2) / pairs.sd_change()
    d_raw = within.raw_score_d(pairs, standardiser=1)
    squared = _j_is_squared(case)
    found: dict[str, Any] = {
        "MC": _sizes(within.mean_change(pairs)),
        "SMCC": _sizes(within.change_score_g(d_z, n)),
        "SMCR": _sizes(within.raw_score_g(d_raw, n, of_r)),
        "SMCRH": _sizes(
            within.raw_score_g_unequal(pairs, standardiser=1, squared_correction=squared)
        ),
        "SMCRP": _sizes(within.average_score_g(pairs)),
        "ROMC": _sizes(within.log_ratio_of_changes(pairs)),
    }
    for form in ("LS", "LS2", "UB"):
        found[f"SMCC_{form}"] = _sizes(within.change_score_g(d_z, n, form))  # type: ignore[arg-type]
        found[f"SMCR_{form}"] = _sizes(within.raw_score_g(d_raw, n, of_r, form))  # type: ignore[arg-type]
    return found


def _from_correlations(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    columns = case["analysis"]["columns"]
    r, n = _numbers(rows, columns["r"]), _numbers(rows, columns["n"])
    z, c = _sizes(within.fisher_z(r, n)), _sizes(within.correlation(r, n))
    return {"zcor": z, "cor": c, "ZCOR": z, "COR": c}


def _from_statistics(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return d by each route, through the records that a table of reported statistics becomes."""
    routes = {
        "from_t": {"t": "t"}, "from_F": {"f": "F"}, "from_p": {"p": "p_two_sided"},
        "from_eta2": {"partial_eta2": "partial_eta2"}, "from_r_pb": {"r": "r_pb"},
    }  # fmt: skip
    found: dict[str, list[Any]] = {name: [] for name in routes}
    for row in rows:
        n1, n2 = int(row["n1"]), int(row["n2"])
        direction = "increase" if float(row["sign"]) > 0 else "decrease"
        for name, columns in routes.items():
            values = {field: float(row[column]) for field, column in columns.items()}
            record = ReportedEffect(
                study=row["study"], design="between", n1=n1, n2=n2, direction=direction, **values
            )
            found[name].append((convert(record), float(between.hedges_j(n1 + n2 - 2))))
    first = [converted for converted, _ in found["from_t"]]
    return {
        "d": {name: [c.estimate / j for c, j in each] for name, each in found.items()},
        "g": [c.estimate for c in first],
        "v_LS": [c.variance for c in first],
    }


def random_effects(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return pooled means under the methods and tests that the keys name."""
    return _pooled_by_name(_effects(case, rows), case["expected"])


def _pooled_by_name(effects: Effects, names: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        match = re.fullmatch(r"([A-Z]+k?)(?:_(knha|adhoc|t|z))?(?:_(QP_CI|PI))?", name)
        if match is None:
            continue
        method, test, what = match.groups()
        settings = _settings(method, test or "z")
        if settings.method not in KNOWN_METHODS:
            continue
        model = pool(effects, settings)
        if what == "QP_CI":
            ci = q_profile(effects.estimates, effects.variances, np.ones((effects.k, 1)))
            found[name] = {
                "tau2": [ci.tau2_low, ci.tau2_high], "I2": [ci.i2_low, ci.i2_high],
                "H2": [ci.h2_low, ci.h2_high],
            }  # fmt: skip
        else:
            found[name] = _prediction(predict_mean(model)) if what == "PI" else _fit(model)
    return found


KNOWN_METHODS = ("FE", "DL", "HE", "HS", "HSk", "SJ", "SJIT", "ML", "REML", "EB", "PM", "DLIT")


def moderator(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return subgroups and meta-regression on a factor and a continuous moderator."""
    analysis = case["analysis"]
    effects = _effects(case, rows)
    method = analysis.get("method", "REML")
    factor, continuous = analysis.get("factor"), analysis.get("continuous")
    found: dict[str, Any] = {"overall": _fit(pool(effects, _settings(method)))}
    terms = []
    if factor:
        term = Moderator(factor, analysis.get("reference_level"), is_factor=True)
        terms.append(term)
        contrasts = fit(effects, build_design(effects, [term]), _settings(method))
        means = build_design(effects, [term], intercept=False)
        found["common_tau2"] = {
            "contrasts": _fit(contrasts),
            "subgroup_means": _fit(fit(effects, means, _settings(method))),
        }
        separate = subgroups_separate(effects, factor, _settings(method))
        found["separate_tau2"] = {
            "subgroups": {each.level: _fit(each.model) for each in separate.levels if each.model},
            "Q_between": separate.between.statistic if separate.between else None,
            "df": separate.between.df1 if separate.between else None,
            "p": separate.between.p if separate.between else None,
        }
    if continuous:
        names = [continuous] if isinstance(continuous, str) else continuous
        terms += [Moderator(name) for name in names]
    for name, test in TESTS.items():
        model = fit(effects, build_design(effects, terms), _settings(method, name))
        found[f"metareg_{name}"] = _fit(model)
        if factor:
            joint = omnibus(model, factor)
            values = {
                "F": joint.statistic, "QM": joint.statistic, "df1": joint.df1, "df2": joint.df2,
                "p": joint.p,
            }  # fmt: skip
            letter = "chi2" if test == "wald" else "F"
            if name in {"z", "knha"}:
                found[f"omnibus_{factor}_{letter}"] = values
    return found


def multilevel(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return the three-level (or correlated-and-hierarchical) model with CR2."""
    analysis = case["analysis"]
    effects = _effects(case, rows)
    cluster = analysis["cluster"]
    factor = analysis.get("factor")
    terms = [Moderator(factor, analysis.get("reference_level"), is_factor=True)] if factor else []
    if analysis.get("continuous"):
        terms.append(Moderator(analysis["continuous"]))
    design = build_design(effects, terms) if terms else intercept_only(effects.k)
    rho = float(analysis.get("rho", 0.0))
    model = three_level(effects, design, rho=rho)
    taken = effects.taken(design.rows)
    honest = robust(taken.estimates, design, model.marginal, taken.studies)
    sigma2 = dict(model.components)

    def rename(name: str) -> str:
        return name.replace(factor, f"{factor}=", 1) if factor else name

    found: dict[str, Any] = {
        f"sigma2_between_{cluster}": sigma2["study"],
        f"sigma2_within_{cluster}": sigma2["effect"],
        "logLik_REML": model.log_likelihood,
        "Q_E": model.q, "Q_E_df": model.q_df, "Q_E_p": model.q_p,
        "Q_M": model.omnibus.statistic, "Q_M_df1": model.omnibus.df1, "Q_M_p": model.omnibus.p,
        "coef_z": _coefficients(model.coefficients, rename),
        "k": taken.k, "n_clusters": taken.n_studies,
        "CR2_satterthwaite": {
            rename(each.name): {
                "est": each.estimate, "se_cr2": each.se, "t": each.statistic, "df_satt": each.df,
                "p": each.p, "ci_lb": each.ci_low, "ci_ub": each.ci_high,
            }
            for each in honest.coefficients
        },
    }  # fmt: skip
    if factor:
        test = honest.joint_test(design.positions(factor))
        found["HTZ"] = {
            "F": test.f, "df_num": test.df_numerator, "df_denom": test.df_denominator, "p": test.p,
        }  # fmt: skip
        found[f"HTZ_{factor}"] = found["HTZ"]
    return found


def bias(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return effects, a pooled mean, and what asks whether it can be trusted."""
    columns = case["analysis"]["columns"]
    method = case["analysis"].get("method", "REML")
    found: dict[str, Any] = {}
    if "r" in columns:
        found = _from_correlations(case, rows)
        effects = Effects(np.array(found["zcor"]["yi"]), np.array(found["zcor"]["vi"]))
    else:
        effects = _effects(case, rows)
    settings = _settings(method)
    model = pool(effects, settings)
    mean = predict_mean(model)
    back = {
        "ci_lb": mean.ci_low,
        "ci_ub": mean.ci_high,
        "pi_lb": mean.pi_low,
        "pi_ub": mean.pi_high,
    }
    left = leave_one_out(effects, settings)
    by_model, by_line, rank = egger(effects, settings), egger_weighted(effects), begg(effects)
    filled = trim_and_fill(effects, settings)
    return found | _pooled_by_name(effects, case["expected"]) | {
        "backtransformed_r": {"r": np.tanh(mean.estimate)}
        | {name: float(np.tanh(value)) for name, value in back.items() if value is not None},
        "leave1out": {
            "estimate": [m.coefficients[0].estimate for _, m in left],
            "se": [m.coefficients[0].se for _, m in left],
            "Q": [m.q for _, m in left], "tau2": [m.tau2 for _, m in left],
            "I2": [m.i2 for _, m in left],
        },
        "egger_rma": {
            "z": by_model.statistic, "p": by_model.p, "limit_estimate": by_model.limit_estimate,
        },
        "egger_lm": {"t": by_line.statistic, "df": by_line.df, "p": by_line.p},
        "begg_rank": {"tau": rank.tau, "p": rank.p},
        "trimfill_L0": {"k0": filled.n_filled, "side": filled.side, "fit": _fit(filled.model)},
    }  # fmt: skip


def permutation(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return exact permutation tests of a factor's indicator or of a continuous moderator."""
    analysis = case["analysis"]
    effects = _effects(case, rows)
    columns = dict(effects.columns)
    if "coding" in analysis:
        level = re.fullmatch(r"x=1 for (.*)", analysis["coding"]).group(1)  # type: ignore[union-attr]
        columns["x"] = tuple(float(value == level) for value in columns[analysis["factor"]])
        term = Moderator("x")
    else:
        term = Moderator(analysis.get("factor") or analysis["continuous"])
    effects = Effects(effects.estimates, effects.variances, effects.studies, (), columns)
    found: dict[str, Any] = {}
    for name in case["expected"]:
        match = re.fullmatch(r"([A-Z]+)_(z|knha|adhoc|t)", name)
        if match is None:
            continue
        settings = _settings(*match.groups())
        test = permutation_test(effects, [term], settings, Plan(max_exact=10**6))
        found[name] = {
            "fit": _fit(test.model), "p_coef": dict(test.p_coefficients), "p_QM": test.p_omnibus,
            "n_perm": test.n_used,
        }  # fmt: skip
        found["n_distinct"] = test.n_allocations
    return found


def bayesian(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return posteriors under the half-normal priors that the keys name."""
    effects = _effects(case, rows)
    found: dict[str, Any] = {}
    for name in case["expected"]:
        match = re.fullmatch(r"half_normal_([0-9.]+)", name)
        if match is not None:
            got = bayes.posterior(effects, float(match.group(1)))
            found[name] = {"prob_mu_gt_0": got.probability_positive} | {
                key: {
                    "median": s.median, "mean": s.mean, "sd": s.sd, "ci_lb": s.low,
                    "ci_ub": s.high,
                }
                for key, s in (("tau", got.tau), ("mu", got.mu), ("predictive", got.predictive))
            }  # fmt: skip
    return found


def aggregation(case: Case, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return one effect for each study under an assumed correlation."""
    rho = float(case["analysis"].get("rho", 0.5))
    effects = aggregate(_effects(case, rows), rho, "inverse_covariance")
    return {"yi": _list(effects.estimates), "vi": _list(effects.variances)} | _pooled_by_name(
        effects, case["expected"]
    )


KINDS: dict[str, Callable[[Case, list[dict[str, str]]], dict[str, Any]]] = {
    "effect_size": effect_size,
    "random_effects": random_effects,
    "moderator": moderator,
    "multilevel": multilevel,
    "bias": bias,
    "effect_size+bias": bias,
    "permutation": permutation,
    "bayes": bayesian,
    "aggregation": aggregation,
    "influence": bias,
    "meta_regression": moderator,
    "subgroups": moderator,
    "dependent": multilevel,
    "robust": multilevel,
}
