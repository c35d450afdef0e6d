"""Answers by shape: influence, funnel tests, selection, fail-safe numbers, aggregation."""

from typing import Any

import numpy as np
from moderator.effects.oracle_asked import Asked, coefficient_names

from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.asymmetry import begg, egger, egger_weighted, trim_and_fill
from asmr_stim.moderator.effects.influence import baujat, cumulative, influence, leave_one_out
from asmr_stim.moderator.effects.missing_studies import excess_significance, fail_safe_n
from asmr_stim.moderator.effects.regression import pool, tested
from asmr_stim.moderator.effects.selection import step_selection

PREDICTORS = {
    "vi": "variance", "variance": "variance", "PEESE": "variance", "ni": "n", "n": "n",
    "ninv": "1/n", "sqrtni": "sqrt(n)", "sqrtninv": "1/sqrt(n)",
}  # fmt: skip


def table_of(table: Any, names: list[str]) -> dict[str, Any]:
    """Return coefficients under the names that a case gives them, in that order."""
    return {
        name: {
            "est": c.estimate, "beta": c.estimate, "se": c.se, "stat": c.statistic,
            "z": c.statistic, "t": c.statistic, "tstat": c.statistic, "p": c.p, "df": c.df,
            "df_satt": c.df, "se_cr2": c.se, "ci_lb": c.ci_low, "ci_ub": c.ci_high,
        }
        for name, c in zip(names, table, strict=True)
    }  # fmt: skip


def _refits(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    if asked.has("cum"):
        order = asked.analysis.get("order")
        places = asked.effects.column(order) if order in asked.effects.columns else None
        found = cumulative(asked.effects, places, asked.settings())  # type: ignore[arg-type]
        first = asked.effects.labels.index(found[0][0])
        models = [m for _, m in found[1:] if m is not None]
        return _started(asked, first, _columns(models))
    return _columns([m for _, m in leave_one_out(asked.effects, asked.settings())])


def _started(asked: Asked, row: int, rest: dict[str, list[Any]]) -> dict[str, Any]:
    """Put the first effect, which alone is not pooled, before the cumulative means."""
    y, se = float(asked.effects.estimates[row]), float(asked.effects.standard_errors[row])
    alone = tested("mean", y, se, None, 0.95)
    first = {
        "estimate": y, "se": se, "z": alone.statistic, "zval": alone.statistic, "tau2": 0.0,
        "I2": 0.0, "H2": 1.0, "Q": 0.0, "Q_p": 1.0, "Qp": 1.0, "ci_lb": alone.ci_low,
        "ci_ub": alone.ci_high, "p": alone.p, "pval": alone.p,
    }  # fmt: skip
    return {key: [first.get(key), *values] for key, values in rest.items()}


def _columns(models: list[Any]) -> dict[str, list[Any]]:
    means = [m.coefficients[0] for m in models]
    return {
        "estimate": [c.estimate for c in means], "se": [c.se for c in means],
        "z": [c.statistic for c in means], "zval": [c.statistic for c in means],
        "t": [c.statistic for c in means], "p": [c.p for c in means],
        "pval": [c.p for c in means], "ci_lb": [c.ci_low for c in means],
        "ci_ub": [c.ci_high for c in means], "tau2": [m.tau2 for m in models],
        "Q": [m.q for m in models], "QE": [m.q for m in models], "Q_p": [m.q_p for m in models],
        "Qp": [m.q_p for m in models], "I2": [m.i2 for m in models], "H2": [m.h2 for m in models],
    }  # fmt: skip


def _influence(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    named = [n for n in asked.effects.columns if n in asked.words]
    design = asked.design(["intercept", *named])
    found = influence(asked.effects, asked.settings(), design)
    changes = {name: [f.dfbetas[place] for f in found] for place, name in enumerate(design.names)}
    dfbs = changes if named else changes["intercept"]
    return {
        "rstudent": [f.rstudent for f in found], "dffits": [f.dffits for f in found],
        "cook_d": [f.cook for f in found], "cook.d": [f.cook for f in found],
        "cooks_d": [f.cook for f in found], "cook": [f.cook for f in found],
        "cov_r": [f.cov_ratio for f in found], "cov.r": [f.cov_ratio for f in found],
        "tau2_del": [f.tau2 for f in found], "tau2.del": [f.tau2 for f in found],
        "QE_del": [f.q for f in found], "QE.del": [f.q for f in found],
        "Q_del": [f.q for f in found], "hat": [f.hat for f in found],
        "weight": [f.weight for f in found], "dfbs": dfbs, "dfbetas": dfbs,
    }  # fmt: skip


def _asymmetry(reference: dict[str, Any], asked: Asked) -> Any:
    settings, effects = asked.settings(), asked.effects
    if "tau" in reference:
        rank = begg(effects)
        return {"tau": rank.tau, "p": rank.p}
    predictor = next((PREDICTORS[w] for w in asked.words if w in PREDICTORS), "se")
    people = None
    if predictor not in {"se", "variance"}:
        column = asked.analysis["columns"].get("ni", asked.analysis["columns"].get("n", "ni"))
        people = np.array(effects.column(column), dtype=float)
    by_line = asked.has("lm", "wls", "classical") or ("t" in reference and not asked.has("knha"))
    found = (
        egger_weighted(effects, predictor)  # type: ignore[arg-type]
        if by_line
        else egger(effects, settings, predictor, people)  # type: ignore[arg-type]
    )
    return {
        "z": found.statistic, "t": found.statistic, "stat": found.statistic, "df": found.df,
        "p": found.p, "limit_estimate": found.limit_estimate, "est": found.limit_estimate,
        "ci_lb": found.limit.ci_low, "ci_ub": found.limit.ci_high,
        "slope": found.slope.estimate, "intercept": found.limit.estimate,
    }  # fmt: skip


def _pet_peese(reference: dict[str, Any], asked: Asked) -> Any:
    """Return the table of intercept and slope on the standard error or the variance."""
    predictor = "variance" if asked.has("PEESE") else "se"
    by_line = asked.has("lm", "wls", "FE") or any("t" in each for each in reference.values())
    found = (
        egger_weighted(asked.effects, predictor)  # type: ignore[arg-type]
        if by_line
        else egger(asked.effects, asked.settings(), predictor)  # type: ignore[arg-type]
    )
    return table_of([found.limit, found.slope], list(reference))


def _filled(reference: dict[str, Any], asked: Asked) -> Any:
    kinds = [word for word in asked.words if word in {"L0", "R0", "Q0"}]
    sides = [word for word in asked.words if word in {"left", "right"}]
    found = trim_and_fill(
        asked.effects, asked.settings(), kinds[-1] if kinds else "L0",  # type: ignore[arg-type]
        sides[-1] if sides else None,  # type: ignore[arg-type]
    )  # fmt: skip
    m = found.model
    del reference
    return {
        "k0": found.n_filled, "side": found.side,
        "fit": {
            "k": m.k, "p": m.p, "tau2": m.tau2, "se_tau2": m.tau2_se, "I2": m.i2, "H2": m.h2,
            "Q_E": m.q, "Q_E_df": m.q_df, "Q_E_p": m.q_p,
            "coef": table_of(m.coefficients, ["intercept"]),
        },
    }  # fmt: skip


def _fail_safe(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    rules = {rule.lower(): rule for rule in ("Rosenthal", "Orwin", "Rosenberg")}
    wanted = [rules[word.lower()] for word in asked.words if word.lower() in rules]
    target = asked.number("target", np.nan)
    found = fail_safe_n(
        asked.effects, wanted[-1] if wanted else "Rosenthal",  # type: ignore[arg-type]
        asked.number("alpha", 0.05), None if np.isnan(target) else target,
    )  # fmt: skip
    return {
        "fsnum": found.n, "n": found.n, "N": found.n, "p": found.p, "pval": found.p,
        "target": found.target, "meanes": float(asked.effects.estimates.mean()),
        "alpha": found.alpha,
    }  # fmt: skip


def _excess(reference: dict[str, Any], asked: Asked) -> Any:
    theta = asked.number("theta", np.nan)
    tau2 = pool(asked.effects, asked.settings()).tau2 if asked.has("rma", "random") else 0.0
    found = excess_significance(
        asked.effects, None if np.isnan(theta) else theta, tau2=tau2
    )  # fmt: skip
    chosen = found.p_exact if asked.has("exact") else found.p_chi2
    chosen = found.p_binomial if asked.has("binom") else chosen
    ratio = found.observed / found.expected
    del reference
    return {
        "O": found.observed, "E": found.expected, "theta": found.effect, "p": chosen,
        "pval": chosen, "power": found.power.tolist(), "OEratio": ratio, "OE": ratio,
    }  # fmt: skip


def _selected(reference: dict[str, Any], asked: Asked) -> Any:
    steps = asked.analysis.get("steps", (0.025,))
    if isinstance(steps, dict):
        steps = steps[asked.path[-1]]
    names = coefficient_names(reference) or ["intercept"]
    found = step_selection(
        asked.effects, tuple(steps) if isinstance(steps, (list, tuple)) else (steps,),
        asked.design(names), is_positive_favoured=not asked.has("less"),
    )  # fmt: skip
    mean = found.coefficients[0]
    errors = [None if np.isnan(each) else each for each in found.delta_ses]
    return {
        "delta": list(found.deltas), "deltas": list(found.deltas), "tau2": found.tau2,
        "se_delta": errors, "se_tau2": found.tau2_se, "LRT": found.lrt, "LRT_p": found.lrt_p,
        "LRT_df": found.lrt_df, "est": mean.estimate, "mu": mean.estimate, "se": mean.se,
        "p": mean.p, "ci_lb": mean.ci_low, "ci_ub": mean.ci_high, "logLik": found.log_likelihood,
        "coef": table_of(found.coefficients, names),
    }  # fmt: skip


def _baujat(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    points = baujat(asked.effects, asked.settings())
    return {"x": [p.heterogeneity for p in points], "y": [p.influence for p in points]}


def _aggregated(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    plain = asked.has("unweighted", "equal")
    rho = asked.number("rho", 0.5)
    found = aggregate(asked.effects, rho, "equal" if plain else "inverse_covariance")
    return {"yi": found.estimates.tolist(), "vi": found.variances.tolist()}


def _is_pet(keys: set[str], reference: dict[str, Any], asked: Asked) -> bool:
    return asked.has("PET", "PEESE") and len(keys) == 2 and "intercept" in keys


def _is_list(reference: dict[str, Any], name: str) -> bool:
    return isinstance(reference.get(name), list)


BIAS_SHAPES = (
    (_is_pet, _pet_peese),
    (lambda keys, *_: bool({"rstudent", "cook_d", "dffits"} & keys), _influence),
    (lambda keys, *_: {"k0", "side"} <= keys, _filled),
    (lambda _, r, __: _is_list(r, "delta") or _is_list(r, "deltas"), _selected),
    (lambda _, r, __: _is_list(r, "estimate"), _refits),
    (
        lambda keys, _, a: "fsnum" in keys
        or a.has("fsn", "failsafe", "fail", "Rosenthal", "Orwin", "Rosenberg"),
        _fail_safe,
    ),
    (lambda keys, *_: {"O", "E"} <= keys, _excess),
    (lambda keys, *_: keys == {"x", "y"}, _baujat),
    (
        lambda keys, _, a: keys == {"yi", "vi"}
        and ("aggreg" in a.analysis["kind"] or "aggreg" in " ".join(a.path)), _aggregated,
    ),
    (
        lambda keys, *_: "p" in keys and "k" not in keys and "est" not in keys - {"est"}
        and bool({"z", "t", "tau", "stat"} & keys) and keys <= {
            "z", "t", "df", "p", "tau", "limit_estimate", "ci_lb", "ci_ub", "stat", "slope",
            "intercept", "est",
        } and not {"F", "QM"} & keys, _asymmetry,
    ),
)  # fmt: skip
