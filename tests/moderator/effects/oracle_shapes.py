"""Answers found by the shape of what a case asks for: models, dependence, permutation, posteriors.

A model is told by the names of its coefficients (``intercept``, ``length``, ``grade2``,
``outcome=PD``, ``a:b``), an estimator and a test by words in the keys (``DL``, ``knha``), all else
by the names of its numbers. What fits no shape stays unanswered, and the case fails.
"""

import re
from typing import Any

import numpy as np
from moderator.effects.oracle_asked import Asked, coefficient_names, is_table
from moderator.effects.oracle_bias_shapes import BIAS_SHAPES, table_of

from asmr_stim.moderator.effects.allocations import Plan
from asmr_stim.moderator.effects.bayes import difference, posterior
from asmr_stim.moderator.effects.correlated_effects import correlated_effects, hierarchical_effects
from asmr_stim.moderator.effects.heterogeneity import q_profile
from asmr_stim.moderator.effects.multilevel import three_level
from asmr_stim.moderator.effects.permutation import permutation_test
from asmr_stim.moderator.effects.prediction import predict
from asmr_stim.moderator.effects.profile_interval import component_intervals
from asmr_stim.moderator.effects.regression import Settings, fit, joint_test
from asmr_stim.moderator.effects.robust import robust
from asmr_stim.moderator.effects.subgroups import subgroups_separate

FIT = {"tau2", "Q_E", "coef", "I2", "H2", "QE", "se_tau2"}


def by_shape(reference: Any, asked: Asked) -> Any:
    """Return values nested as the reference, None where nothing fits."""
    if not isinstance(reference, dict):
        return None
    found: Any = None
    for fits, answer in (*BIAS_SHAPES, *SHAPES):
        if fits(set(reference), reference, asked):
            try:
                found = answer(reference, asked)
            except LookupError:
                found = None
            break
    deeper = {
        key: by_shape(value, asked.under(str(key)))
        for key, value in reference.items()
        if isinstance(value, dict)
    }
    return merged(found, {key: value for key, value in deeper.items() if value is not None})


def merged(found: Any, more: Any) -> Any:
    """Return two nested answers as one; the first wins."""
    if isinstance(found, dict) and isinstance(more, dict):
        return {
            key: merged(found.get(key), more.get(key))
            for key in [*found, *(set(more) - set(found))]
        }
    return more if found is None else found


def _is_dependent(asked: Asked) -> bool:
    return "cluster" in asked.analysis and "permut" not in asked.analysis["kind"]


def _rho(asked: Asked, default: float = 0.0) -> float:
    return asked.number("rho", asked.number("r", default))


def model_of(reference: Any, asked: Asked) -> Any:
    """Return a fitted model as metafor's names have it."""
    names = coefficient_names(reference)
    here = asked.of_level() if names in (None, ["intercept"]) else asked
    m = fit(here.effects, here.design(names or ["intercept"]), here.settings(reference))
    return as_fit(m, names or ["intercept"])


def as_fit(m: Any, names: list[str]) -> dict[str, Any]:
    r2 = 0.0 if m.r2 is None and "intercept" in names and len(names) > 1 else m.r2
    return {
        "k": m.k, "p": m.p, "tau2": m.tau2, "tau": m.tau2**0.5, "se_tau2": m.tau2_se, "I2": m.i2,
        "H2": m.h2, "Q_E": m.q, "Q_E_df": m.q_df, "Q_E_p": m.q_p, "QE": m.q, "QEp": m.q_p,
        "Q": m.q, "Q_df": m.q_df, "Q_p": m.q_p,
        "Q_M": m.omnibus.statistic, "Q_M_df1": m.omnibus.df1, "Q_M_df2": m.omnibus.df2,
        "Q_M_p": m.omnibus.p, "R2": r2, "logLik": m.log_likelihood,
        "est": m.coefficients[0].estimate, "se": m.coefficients[0].se,
        "coef": table_of(m.coefficients, names),
    }  # fmt: skip


def _multilevel(reference: dict[str, Any], asked: Asked) -> Any:
    """Return components, likelihood and tests of the model that the tables below tell."""
    names = coefficient_names(reference)
    design = asked.design(names)
    effects = asked.effects.taken(design.rows)
    method = "ML" if asked.settings().method == "ML" else "REML"
    m = three_level(asked.effects, design, Settings(method, "wald"), _rho(asked))
    between, within = (s for _, s in m.components)
    cluster = asked.analysis["cluster"]
    names = names or list(design.names)
    return {
        "k": effects.k, "n_studies": effects.n_studies, "n_clusters": effects.n_studies,
        "g": effects.n_studies, "sigma2": [between, within],
        f"sigma2_between_{cluster}": between, f"sigma2_within_{cluster}": within,
        "sigma2_between": between, "sigma2_within": within, "tau2": between, "omega2": within,
        "icc": between / (between + within) if between + within else None,
        "ICC": between / (between + within) if between + within else None,
        "logLik": m.log_likelihood, "logLik_REML": m.log_likelihood, "logLik_ML": m.log_likelihood,
        "Q_E": m.q, "Q_E_df": m.q_df, "Q_E_p": m.q_p, "Q_M": m.omnibus.statistic,
        "Q_M_df": m.omnibus.df1, "Q_M_df1": m.omnibus.df1, "Q_M_p": m.omnibus.p,
        "I2_total": sum(s for _, s in m.i2), "I2_between": m.i2[0][1], "I2_within": m.i2[1][1],
        "I2": {"total": sum(s for _, s in m.i2), "between": m.i2[0][1], "within": m.i2[1][1]},
        "coef_z": table_of(m.coefficients, names), "coef": table_of(m.coefficients, names),
    }  # fmt: skip


def _shares(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    found: dict[str, Any] = _multilevel({"coef": {"intercept": {"est": 0, "se": 0}}}, asked)
    return found["I2"]


def _honest(names: list[str] | None, asked: Asked) -> Any:
    """Return robust coefficients under the weights that the words name."""
    design = asked.design(names)
    weights = str(asked.analysis.get("weights", ""))
    if asked.has("HIER") or (weights == "HIER" and not asked.has("CORR")):
        return hierarchical_effects(asked.effects, design)
    if asked.has("CORR", "robu", "RVE") or weights == "CORR":
        return correlated_effects(asked.effects, design, _rho(asked, 0.8))
    return None


def _robumeta(reference: dict[str, Any], asked: Asked) -> Any:
    names = coefficient_names(reference)
    found = _honest(names, asked)
    if found is None:
        return None
    table = table_of(found.honest.coefficients, names or [])
    return {
        "tau2": found.tau2, "omega2": getattr(found, "omega2", None), "coef": table,
        "tau_sq": found.tau2, "omega_sq": getattr(found, "omega2", None),
    }  # fmt: skip


def _table(reference: dict[str, Any], asked: Asked) -> Any:
    names = list(reference)
    is_robust = any({"se_cr2", "df_satt", "df"} & set(each) for each in reference.values())
    if is_robust and _is_dependent(asked):
        found = _honest(names, asked)
        if found is not None:
            return table_of(found.honest.coefficients, names)
        design = asked.design(names)
        m = three_level(asked.effects, design, Settings("REML", "wald"), _rho(asked))
        studies = asked.effects.taken(design.rows).studies
        return table_of(robust(m.estimates, design, m.marginal, studies).coefficients, names)
    design = asked.design(names)
    if _is_dependent(asked):
        method = "ML" if asked.settings().method == "ML" else "REML"
        m = three_level(asked.effects, design, Settings(method, "wald"), _rho(asked))
        return table_of(m.coefficients, names)
    here = asked.of_level() if names == ["intercept"] else asked
    model = fit(here.effects, here.design(names), here.settings(reference))
    return table_of(model.coefficients, names)


def _hotelling(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    everything = Asked(asked.analysis, asked.effects).design()
    named = [name for name, _ in everything.terms if name in asked.words]
    design = asked.design() if not named else everything
    m = three_level(asked.effects, design, Settings("REML", "wald"), _rho(asked))
    studies = asked.effects.taken(design.rows).studies
    factor = named[0] if named else design.terms[0][0]
    test = robust(m.estimates, design, m.marginal, studies).joint_test(design.positions(factor))
    return {
        "F": test.f, "df_num": test.df_numerator, "df_denom": test.df_denominator, "p": test.p,
    }  # fmt: skip


def _omnibus(reference: dict[str, Any], asked: Asked) -> Any:
    """Return the joint test of a factor's coefficients in the model of all moderators."""
    everything = Asked(asked.analysis, asked.effects).terms()
    design = Asked(asked.analysis, asked.effects).design()
    named = [each.name for each in everything if each.name in asked.words]
    test = "knha" if "F" in reference or asked.has("F") else "z"
    m = fit(asked.effects, design, Asked(asked.analysis | {"test": test}, asked.effects).settings())
    factor = named[0] if named else asked.analysis.get("factor", design.terms[0][0])
    joint = joint_test(m.estimates, m.covariance, design.positions(factor), m.df)
    return {
        "F": joint.statistic, "QM": joint.statistic, "Q_M": joint.statistic,
        "chi2": joint.statistic, "df1": joint.df1, "df": joint.df1, "df2": joint.df2, "p": joint.p,
    }  # fmt: skip


def _interval(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    here = asked.of_level()
    named = [n for n in here.effects.columns if any(f"{n}_" in f"{key}_" for key in asked.path)]
    design = here.design(
        None if named and named != [asked.analysis.get("factor")] else ["intercept"]
    )
    e = here.effects.taken(design.rows)
    ci = q_profile(e.estimates, e.variances, design.matrix)
    return {
        "tau2": [ci.tau2_low, ci.tau2_high], "I2": [ci.i2_low, ci.i2_high],
        "H2": [ci.h2_low, ci.h2_high], "tau": [ci.tau2_low**0.5, ci.tau2_high**0.5],
    }  # fmt: skip


def _profiled(reference: dict[str, Any], asked: Asked) -> Any:
    names = coefficient_names(reference)
    design = asked.design(names or ["intercept"])
    between, within = component_intervals(asked.effects, design, rho=_rho(asked))
    limits = {"between": [between.low, between.high], "within": [within.low, within.high]}
    return {key: limits["between" if "between" in key else "within"] for key in reference}


def _rule(asked: Asked, reference: dict[str, Any]) -> str:
    if asked.has("HTS", "riley", "k-2", "kminus2"):
        return "residual_minus_one"
    if asked.has("k-1", "kminus1", "meta", "HK"):
        return "residual"
    del reference
    return "model"


def _prediction(reference: dict[str, Any], asked: Asked) -> Any:
    if _is_dependent(asked):
        return _multilevel_prediction(asked)
    many = isinstance(reference.get("pred", reference.get("pi_lb")), list)
    places, names = _places(asked) if many else ([np.ones(1)], ["intercept"])
    here = asked if many else asked.of_level()
    model = fit(here.effects, here.design(names), here.settings())
    found = [predict(model, place, _rule(asked, reference)) for place in places]  # type: ignore[arg-type]
    whole: dict[str, list[Any]] = {
        "pred": [f.estimate for f in found], "se": [f.se for f in found],
        "ci_lb": [f.ci_low for f in found], "ci_ub": [f.ci_high for f in found],
        "pi_lb": [f.pi_low for f in found], "pi_ub": [f.pi_high for f in found],
    }  # fmt: skip
    return whole if many else {name: values[0] for name, values in whole.items()}


def _multilevel_prediction(asked: Asked) -> Any:
    design = asked.design(["intercept"])
    m = three_level(asked.effects, design, Settings("REML", "wald"), _rho(asked))
    mean = m.coefficients[0]
    reach = 1.959963984540054 * float(np.sqrt(mean.se**2 + sum(s for _, s in m.components)))
    return {
        "pred": mean.estimate, "se": mean.se, "ci_lb": mean.ci_low, "ci_ub": mean.ci_high,
        "pi_lb": mean.estimate - reach, "pi_ub": mean.estimate + reach,
    }  # fmt: skip


def _places(asked: Asked) -> tuple[list[Any], list[str]]:
    """Return the rows of the design to predict at, and the coefficients they are of."""
    given = next(
        (asked.analysis[key] for key in ("newmods", "at", "predict_at", "values", "prediction_at")
         if key in asked.analysis), None,
    )  # fmt: skip
    if isinstance(given, dict) and asked.path and asked.path[-1] in given:
        given = given[asked.path[-1]]
    if given is None:
        raise LookupError("the case does not say where to predict")
    if isinstance(given, dict):
        columns = {name: np.atleast_1d(values) for name, values in given.items()}
        size = max(v.size for v in columns.values())
        given = [{n: float(v[min(i, v.size - 1)]) for n, v in columns.items()} for i in range(size)]
    if isinstance(given[0], dict):
        names = ["intercept", *given[0]]
        return [np.array([1.0, *map(float, each.values())]) for each in given], names
    design = asked.design()
    rows = [np.atleast_1d(np.array(each, dtype=float)) for each in given]
    return [np.concatenate([[1.0], row]) for row in rows], list(design.names)


def _separate(reference: dict[str, Any], asked: Asked) -> Any:
    """Return the levels apart, and the test that their means are equal."""
    factor = asked.analysis.get("factor", "")
    if factor not in asked.effects.columns:
        return None
    found = subgroups_separate(asked.effects, factor, asked.settings(reference))
    q = found.between
    levels = {e.level: as_fit(e.model, ["intercept"]) for e in found.levels if e.model}
    within = sum(e.model.q for e in found.levels if e.model)
    if asked.has("common", "random_common"):
        m = fit(asked.effects, Asked(asked.analysis, asked.effects, (factor,)).design(),
                Settings(asked.settings().method, "wald"))  # fmt: skip
        q = m.omnibus
    return {
        "subgroups": levels, "Q_within": within,
        "Q_between": q.statistic if q else None, "df": q.df1 if q else None,
        "Q_between_df": q.df1 if q else None, "Q_between_p": q.p if q else None,
        "p": q.p if q else None,
    }  # fmt: skip


def _scale(asked: Asked) -> float:
    numbers = re.findall(r"\d+(?:\.\d+)?", " ".join(asked.path))
    if not numbers:
        numbers = re.findall(r"scale\s*=\s*([0-9.]+)", str(asked.analysis.get("tau_prior", "")))
    return float(numbers[-1])


def _summary(s: Any) -> dict[str, float]:
    return {"median": s.median, "mean": s.mean, "sd": s.sd, "ci_lb": s.low, "ci_ub": s.high}


def _posterior(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    found = posterior(asked.of_level().effects, _scale(asked))
    return {"prob_mu_gt_0": found.probability_positive} | {
        key: _summary(s)
        for key, s in (("tau", found.tau), ("mu", found.mu), ("predictive", found.predictive))
    }


def _difference(reference: dict[str, Any], asked: Asked) -> Any:
    """Return the posterior of the difference of the two levels that the path names in turn."""
    del reference
    factor = asked.analysis["factor"]
    levels = asked.effects.levels(factor)
    told = "_".join(asked.path)
    order = sorted((level for level in levels if level in told), key=told.index)
    first, second = order[:2] if len(order) >= 2 else (levels[1], levels[0])
    scale = _scale(asked)
    a, b = (
        posterior(Asked(asked.analysis, asked.effects, (level,)).of_level().effects, scale)
        for level in (first, second)
    )
    found = difference(a, b)
    chance = found.probability_positive
    names = ("prob_gt_0", "prob_mu_gt_0", "prob_diff_gt_0", "p_gt_0", "prob")
    return _summary(found.summary) | dict.fromkeys(names, chance)


def _permuted(reference: dict[str, Any], asked: Asked) -> Any:
    names = list(reference["p_coef"])
    design = asked.design(names)
    terms = [asked.coded(name, [n[len(name):] for n in names if n.startswith(name) and n != name])
             for name, _ in design.terms]  # fmt: skip
    test = permutation_test(asked.effects, terms, asked.settings(reference.get("fit")),
                            Plan(max_exact=10**6))  # fmt: skip
    return {
        "fit": as_fit(test.model, names), "p_coef": dict(test.p_coefficients),
        "p_QM": test.p_omnibus, "n_perm": test.n_used, "n_distinct": test.n_allocations,
        "smallest_p": test.smallest_p, "min_p": test.smallest_p,
    }  # fmt: skip


def _has_limits(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


SHAPES = (
    (lambda keys, r, _: _has_limits(r.get("tau2")) and "estimate" not in keys, _interval),
    (
        lambda keys, r, _: bool(keys) and all("sigma2" in k for k in keys)
        and all(_has_limits(v) for v in r.values()), _profiled,
    ),
    (lambda keys, *_: "p_coef" in keys, _permuted),
    (lambda keys, *_: keys == {"total", "between", "within"}, _shares),
    (lambda keys, *_: {"df_num", "df_denom"} <= keys, _hotelling),
    (lambda keys, *_: {"pi_lb", "pi_ub"} <= keys or {"pred", "ci_lb"} <= keys, _prediction),
    (lambda keys, *_: {"mu", "tau"} <= keys, _posterior),
    (
        lambda keys, _, a: {"median", "ci_lb"} <= keys
        and (a.has("diff") or "difference" in " ".join(a.path)), _difference,
    ),
    (lambda _, r, __: is_table(r), _table),
    (lambda keys, *_: bool({"subgroups", "Q_between"} & keys), _separate),
    (
        lambda keys, *_: bool({"F", "QM"} & keys) and "p" in keys and len(keys) <= 5, _omnibus,
    ),
    (
        lambda keys, _, a: _is_dependent(a) and (a.has("CORR", "HIER", "robu", "RVE"))
        and bool({"tau2", "coef", "omega2", "tau_sq"} & keys), _robumeta,
    ),
    (
        lambda keys, _, a: _is_dependent(a)
        and (any("sigma2" in k for k in keys) or bool({"logLik_REML", "coef_z", "coef"} & keys)),
        _multilevel,
    ),
    (lambda keys, *_: len(FIT & keys) >= 2 and "estimate" not in keys, model_of),
)  # fmt: skip
