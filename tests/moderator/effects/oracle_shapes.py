"""Answers found by the shape of what a case asks for, where no name was foreseen.

A model is told by the names of its coefficients (``intercept``, ``length``, ``grade2``,
``outcome=PD``), an estimator and a test by words in the key (``DL``, ``knha``), everything else by
the names of its numbers. What fits no shape stays unanswered, and the case fails.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from asmr_stim.moderator.effects.aggregation import aggregate
from asmr_stim.moderator.effects.asymmetry import (
    begg,
    egger,
    egger_weighted,
    pet_peese,
    trim_and_fill,
)
from asmr_stim.moderator.effects.bayes import posterior
from asmr_stim.moderator.effects.correlated_effects import correlated_effects
from asmr_stim.moderator.effects.design import Design, Moderator, build_design, intercept_only
from asmr_stim.moderator.effects.estimates import Effects, level_name
from asmr_stim.moderator.effects.heterogeneity import q_profile
from asmr_stim.moderator.effects.influence import baujat, cumulative, influence, leave_one_out
from asmr_stim.moderator.effects.missing_studies import excess_significance, fail_safe_n
from asmr_stim.moderator.effects.multilevel import three_level
from asmr_stim.moderator.effects.permutation import Plan, permutation_test
from asmr_stim.moderator.effects.prediction import predict_mean
from asmr_stim.moderator.effects.regression import Settings, fit, pool
from asmr_stim.moderator.effects.robust import robust
from asmr_stim.moderator.effects.selection import step_selection

METHODS = {
    "EE": "FE", "FE": "FE", "CE": "FE", "DL": "DL", "HE": "HE", "HS": "HS", "HSk": "HSk",
    "SJ": "SJ", "SJIT": "SJIT", "ML": "ML", "REML": "REML", "EB": "EB", "PM": "PM", "DLIT": "DLIT",
}  # fmt: skip
TESTS = {"z": "wald", "knha": "knapp_hartung", "adhoc": "knapp_hartung_adhoc", "t": "t"}
FIT = {"tau2", "Q_E", "coef", "I2", "H2"}


@dataclass(frozen=True)
class Asked:
    """A case's analysis and effects, and the words of the key that is being answered."""

    analysis: dict[str, Any]
    effects: Effects
    words: tuple[str, ...] = ()

    def under(self, key: str) -> "Asked":
        words = tuple(w for w in re.split(r"[_\s=]+", key) if w)
        return Asked(self.analysis, self.effects, (*self.words, *words))

    def settings(self) -> Settings:
        method = str(self.analysis.get("method", "REML"))
        test = str(self.analysis.get("test", "z"))
        for word in self.words:
            method = word if word in METHODS else method
            test = word if word in TESTS else test
        return Settings(METHODS.get(method, method), TESTS.get(test, test))  # type: ignore[arg-type]

    def number(self, name: str, default: float) -> float:
        """Return a number after a word of the key (``rho_0.6``), or of the analysis."""
        for word, after in zip(self.words, self.words[1:], strict=False):
            if word.lower() == name and re.fullmatch(r"[0-9.]+", after):
                return float(after)
        value = self.analysis.get(name, default)
        return float(value) if isinstance(value, (int, float)) else default


def by_shape(reference: Any, asked: Asked) -> Any:
    """Return values nested as the reference, None where nothing fits."""
    if not isinstance(reference, dict):
        return None
    for fits, answer in SHAPES:
        if fits(set(reference), reference):
            try:
                return answer(reference, asked)
            except LookupError:
                return None
    return {key: by_shape(value, asked.under(str(key))) for key, value in reference.items()}


def merged(found: Any, more: Any) -> Any:
    """Return two nested answers as one; the first wins."""
    if isinstance(found, dict) and isinstance(more, dict):
        return {
            key: merged(found.get(key), more.get(key))
            for key in [*found, *(set(more) - set(found))]
        }
    return more if found is None else found


def design_of(names: list[str], asked: Asked) -> Design:
    """Return the design whose coefficients have these names."""
    effects = asked.effects
    terms: dict[str, list[str]] = {}
    for name in names:
        if name == "intercept":
            continue
        column, level = _column_and_level(name, effects)
        terms.setdefault(column, [])
        if level is not None:
            terms[column].append(level)
    if not terms:
        return intercept_only(effects.k)
    has_intercept = "intercept" in names
    moderators = [_moderator(column, coded, asked) for column, coded in terms.items()]
    return build_design(effects, moderators, intercept=has_intercept)


def _column_and_level(name: str, effects: Effects) -> tuple[str, str | None]:
    if name in effects.columns:
        return name, None
    for column in sorted(effects.columns, key=len, reverse=True):
        if name.startswith(column):
            level = name[len(column) :].lstrip("=")
            known = {level_name(v) for v in effects.column(column) if v is not None}
            if level in known:
                return column, level
    raise LookupError(f"no column tells the coefficient '{name}'")


def _moderator(column: str, coded: list[str], asked: Asked) -> Moderator:
    if not coded:
        return Moderator(column)
    left = [level for level in asked.effects.levels(column) if level not in coded]
    return Moderator(column, left[0] if left else None, is_factor=True)


def _subset(asked: Asked) -> Asked:
    """Return the effects of the level that the key's last word names, if there is one."""
    factor = asked.analysis.get("factor")
    if not isinstance(factor, str) or factor not in asked.effects.columns or not asked.words:
        return asked
    values = asked.effects.column(factor)
    rows = [r for r, v in enumerate(values) if v is not None and level_name(v) == asked.words[-1]]
    if len(rows) < 2:
        return asked
    return Asked(asked.analysis, asked.effects.taken(rows), asked.words)


def _coefficients(table: Any, names: list[str]) -> dict[str, Any]:
    return {
        name: {
            "est": c.estimate, "se": c.se, "stat": c.statistic, "z": c.statistic, "t": c.statistic,
            "p": c.p, "df": c.df, "df_satt": c.df, "se_cr2": c.se, "ci_lb": c.ci_low,
            "ci_ub": c.ci_high,
        }
        for name, c in zip(names, table, strict=True)
    }  # fmt: skip


def _model(reference: dict[str, Any], asked: Asked) -> Any:
    names = list(reference.get("coef", {"intercept": {}}))
    here = _subset(asked) if names == ["intercept"] else asked
    design = design_of(names, here)
    m = fit(here.effects, design, here.settings())
    return {
        "k": m.k, "p": m.p, "tau2": m.tau2, "se_tau2": m.tau2_se, "I2": m.i2, "H2": m.h2,
        "Q_E": m.q, "Q_E_df": m.q_df, "Q_E_p": m.q_p, "Q_M": m.omnibus.statistic,
        "Q_M_df1": m.omnibus.df1, "Q_M_df2": m.omnibus.df2, "Q_M_p": m.omnibus.p, "R2": m.r2,
        "logLik": m.log_likelihood, "coef": _coefficients(m.coefficients, names),
    }  # fmt: skip


def _dependent(names: list[str], asked: Asked) -> Any:
    design = design_of(names, asked)
    taken = asked.effects.taken(design.rows)
    if {"CORR", "robu", "RVE"} & set(asked.words):
        return correlated_effects(asked.effects, design, asked.number("rho", 0.8)).honest
    model = three_level(asked.effects, design, Settings("REML", "wald"), asked.number("rho", 0.0))
    return robust(model.estimates, design, model.marginal, taken.studies)


def _table(reference: dict[str, Any], asked: Asked) -> Any:
    names = list(reference)
    if any({"se_cr2", "df_satt"} & set(each) for each in reference.values()):
        return _coefficients(_dependent(names, asked).coefficients, names)
    design = design_of(names, asked)
    if asked.analysis.get("cluster") or "levels" in asked.analysis:
        model = three_level(
            asked.effects, design, Settings("REML", "wald"), asked.number("rho", 0.0)
        )
        return _coefficients(model.coefficients, names)
    return _coefficients(fit(asked.effects, design, asked.settings()).coefficients, names)


def _hotelling(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    words = [w for w in asked.words if w in asked.effects.columns]
    factor = words[-1] if words else asked.analysis["factor"]
    term = Moderator(factor, asked.analysis.get("reference_level"), is_factor=True)
    design = build_design(asked.effects, [term])
    model = three_level(asked.effects, design, Settings("REML", "wald"), asked.number("rho", 0.0))
    studies = asked.effects.taken(design.rows).studies
    test = robust(model.estimates, design, model.marginal, studies).joint_test(
        design.positions(factor)
    )
    return {
        "F": test.f, "df_num": test.df_numerator, "df_denom": test.df_denominator, "p": test.p,
    }  # fmt: skip


def _interval(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    e = asked.effects
    ci = q_profile(e.estimates, e.variances, np.ones((e.k, 1)))
    return {
        "tau2": [ci.tau2_low, ci.tau2_high], "I2": [ci.i2_low, ci.i2_high],
        "H2": [ci.h2_low, ci.h2_high], "tau": [ci.tau2_low**0.5, ci.tau2_high**0.5],
    }  # fmt: skip


def _prediction(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    rule = "model"
    if {"HTS", "riley", "k-2"} & set(asked.words):
        rule = "residual_minus_one"
    elif {"k-1", "HTS1"} & set(asked.words):
        rule = "residual"
    found = predict_mean(pool(asked.effects, asked.settings()), rule)  # type: ignore[arg-type]
    return {
        "pred": found.estimate, "se": found.se, "ci_lb": found.ci_low, "ci_ub": found.ci_high,
        "pi_lb": found.pi_low, "pi_ub": found.pi_high,
    }  # fmt: skip


def _refits(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    if any(word.startswith("cum") for word in asked.words):
        first, *models = [m for _, m in cumulative(asked.effects, None, asked.settings())]
        del first
        alone = asked.effects
        return {
            "estimate": [float(alone.estimates[0]), *(m.coefficients[0].estimate for m in models)],
            "se": [float(alone.standard_errors[0]), *(m.coefficients[0].se for m in models)],
            "tau2": [0.0, *(m.tau2 for m in models)], "Q": [0.0, *(m.q for m in models)],
            "I2": [0.0, *(m.i2 for m in models)],
        }  # fmt: skip
    models = [m for _, m in leave_one_out(asked.effects, asked.settings())]
    return {
        "estimate": [m.coefficients[0].estimate for m in models],
        "se": [m.coefficients[0].se for m in models], "tau2": [m.tau2 for m in models],
        "Q": [m.q for m in models], "I2": [m.i2 for m in models], "H2": [m.h2 for m in models],
        "zval": [m.coefficients[0].statistic for m in models],
        "pval": [m.coefficients[0].p for m in models],
        "ci_lb": [m.coefficients[0].ci_low for m in models],
        "ci_ub": [m.coefficients[0].ci_high for m in models],
        "Qp": [m.q_p for m in models],
    }  # fmt: skip


def _influence(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    found = influence(asked.effects, asked.settings())
    return {
        "rstudent": [f.rstudent for f in found], "dffits": [f.dffits for f in found],
        "cook_d": [f.cook for f in found], "cook.d": [f.cook for f in found],
        "cov_r": [f.cov_ratio for f in found], "cov.r": [f.cov_ratio for f in found],
        "tau2_del": [f.tau2 for f in found], "tau2.del": [f.tau2 for f in found],
        "QE_del": [f.q for f in found], "QE.del": [f.q for f in found],
        "hat": [f.hat for f in found], "weight": [f.weight for f in found],
        "dfbs": [f.dfbetas[0] for f in found], "dfbetas": [f.dfbetas[0] for f in found],
    }  # fmt: skip


def _asymmetry(reference: dict[str, Any], asked: Asked) -> Any:
    settings, effects = asked.settings(), asked.effects
    if "tau" in reference:
        rank = begg(effects)
        return {"tau": rank.tau, "p": rank.p}
    if "t" in reference or "lm" in asked.words:
        line = egger_weighted(effects)
        return {
            "t": line.statistic, "df": line.df, "p": line.p, "limit_estimate": line.limit_estimate,
        }  # fmt: skip
    model = egger(effects, settings)
    return {"z": model.statistic, "p": model.p, "limit_estimate": model.limit_estimate}


def _filled(reference: dict[str, Any], asked: Asked) -> Any:
    kinds = [word for word in asked.words if word in {"L0", "R0", "Q0"}]
    found = trim_and_fill(asked.effects, asked.settings(), kinds[-1] if kinds else "L0")  # type: ignore[arg-type]
    whole = Asked(asked.analysis, found.effects, asked.words)
    return {
        "k0": found.n_filled, "side": found.side,
        "fit": _model(reference.get("fit", {}), whole),
    }  # fmt: skip


def _fail_safe(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    rules = {rule.lower(): rule for rule in ("Rosenthal", "Orwin", "Rosenberg")}
    wanted = [rules[word.lower()] for word in asked.words if word.lower() in rules]
    found = fail_safe_n(asked.effects, wanted[-1] if wanted else "Rosenthal")  # type: ignore[arg-type]
    return {
        "fsnum": found.n, "n": found.n, "p": found.p, "pval": found.p, "target": found.target,
    }  # fmt: skip


def _excess(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    found = excess_significance(asked.effects)
    chosen = found.p_chi2 if "chi2" in asked.words else found.p_exact
    chosen = found.p_binomial if "binom" in asked.words else chosen
    return {
        "O": found.observed, "E": found.expected, "theta": found.effect, "p": chosen,
        "pval": chosen, "power": found.power.tolist(), "OEratio": found.observed / found.expected,
    }  # fmt: skip


def _selected(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    steps = asked.analysis.get("steps", (0.025,))
    found = step_selection(asked.effects, tuple(steps) if isinstance(steps, list) else (steps,))
    mean = found.coefficients[0]
    return {
        "delta": list(found.deltas), "deltas": list(found.deltas), "tau2": found.tau2,
        "se_tau2": found.tau2_se, "LRT": found.lrt, "LRT_p": found.lrt_p, "est": mean.estimate,
        "se": mean.se, "p": mean.p, "ci_lb": mean.ci_low, "ci_ub": mean.ci_high,
        "logLik": found.log_likelihood,
        "coef": _coefficients(found.coefficients, ["intercept"]),
    }  # fmt: skip


def _pet_peese(reference: dict[str, Any], asked: Asked) -> Any:
    found = pet_peese(asked.effects, asked.settings())
    return {
        key: _coefficients([each.limit, each.slope], ["intercept", "slope"])
        for key, each in (("PET", found.pet), ("PEESE", found.peese))
        if key in reference
    }


def _baujat(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    points = baujat(asked.effects, asked.settings())
    return {"x": [p.heterogeneity for p in points], "y": [p.influence for p in points]}


def _posterior(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    scales = [float(word) for word in asked.words if re.fullmatch(r"\d+\.\d+|\d", word)]
    found = posterior(_subset(asked).effects, scales[-1])
    return {"prob_mu_gt_0": found.probability_positive} | {
        key: {"median": s.median, "mean": s.mean, "sd": s.sd, "ci_lb": s.low, "ci_ub": s.high}
        for key, s in (("tau", found.tau), ("mu", found.mu), ("predictive", found.predictive))
    }


def _permuted(reference: dict[str, Any], asked: Asked) -> Any:
    names = list(reference["p_coef"])
    columns = dict.fromkeys(
        _column_and_level(n, asked.effects)[0] for n in names if n != "intercept"
    )
    coded = {c: [n for n in names if n.startswith(c) and n != c] for c in columns}
    terms = [Moderator(c, is_factor=bool(coded[c])) for c in columns]
    found = permutation_test(asked.effects, terms, asked.settings(), Plan(max_exact=10**6))
    return {
        "fit": _model(reference.get("fit", {}), asked), "p_coef": dict(found.p_coefficients),
        "p_QM": found.p_omnibus, "n_perm": found.n_used,
    }  # fmt: skip


def _aggregated(reference: dict[str, Any], asked: Asked) -> Any:
    del reference
    weighting = "equal" if {"unweighted", "equal"} & set(asked.words) else "inverse_covariance"
    found = aggregate(asked.effects, asked.number("rho", 0.5), weighting)  # type: ignore[arg-type]
    return {"yi": found.estimates.tolist(), "vi": found.variances.tolist()}


def _is_table(keys: set[str], reference: dict[str, Any]) -> bool:
    return bool(reference) and all(
        isinstance(each, dict) and "est" in each and ({"se", "se_cr2"} & set(each))
        for each in reference.values()
    )


def _is_interval(keys: set[str], reference: dict[str, Any]) -> bool:
    value = reference.get("tau2")
    return isinstance(value, list) and len(value) == 2 and "estimate" not in keys


SHAPES = (
    (_is_interval, _interval),
    (lambda keys, _: "rstudent" in keys or "cook_d" in keys, _influence),
    (lambda keys, _: {"k0", "side"} <= keys, _filled),
    (lambda keys, _: "p_coef" in keys, _permuted),
    (lambda keys, _: bool({"delta", "deltas"} & keys), _selected),
    (lambda keys, _: len(FIT & keys) >= 2 and "estimate" not in keys, _model),
    (lambda keys, _: {"df_num", "df_denom"} <= keys, _hotelling),
    (lambda keys, _: {"pred", "pi_lb"} <= keys, _prediction),
    (lambda _, r: isinstance(r.get("estimate"), list), _refits),
    (lambda keys, _: "fsnum" in keys, _fail_safe),
    (lambda keys, _: {"O", "E"} <= keys, _excess),
    (lambda keys, _: bool({"PET", "PEESE"} & keys), _pet_peese),
    (lambda keys, _: {"mu", "tau"} <= keys, _posterior),
    (lambda keys, _: keys == {"x", "y"}, _baujat),
    (lambda keys, _: keys == {"yi", "vi"}, _aggregated),
    (_is_table, _table),
    (
        lambda keys, _: keys <= {"z", "t", "df", "p", "tau", "limit_estimate"} and "p" in keys,
        _asymmetry,
    ),
)
