"""A run in words: methods and results as a paper could print them, with what may not be claimed.

Offers: ``paragraphs``, ``p_text``, ``allocations_text``, ``moderator_lines``.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from asmr_stim.io.effects import EffectRow
from asmr_stim.moderator.effects.asymmetry import LEAST_K
from asmr_stim.moderator.effects.bayes import Posterior
from asmr_stim.moderator.effects.claims import verdict
from asmr_stim.moderator.effects.heterogeneity import HeterogeneityInterval
from asmr_stim.moderator.effects.max_statistic import MaxTest
from asmr_stim.moderator.effects.permutation import PermutationTest
from asmr_stim.moderator.effects.prediction import predict
from asmr_stim.moderator.effects.profile_interval import ComponentInterval
from asmr_stim.moderator.effects.regression import Coefficient, Regression, Settings
from asmr_stim.workflows.effects import DependentResult, EffectsRun, ModeratorResult

METHODS = {
    "FE": "a fixed-effect model", "DL": "DerSimonian-Laird", "HE": "Hedges", "HS": "Hunter-Schmidt",
    "HSk": "Hunter-Schmidt (small sample)", "SJ": "Sidik-Jonkman", "SJIT": "iterated Sidik-Jonkman",
    "ML": "maximum likelihood", "REML": "restricted maximum likelihood", "EB": "empirical Bayes",
    "PM": "Paule-Mandel", "DLIT": "iterated DerSimonian-Laird", "GENQ": "generalised Q",
}  # fmt: skip
TESTS = {
    "wald": "Wald tests (normal)",
    "t": "t tests with k - p degrees of freedom",
    "knapp_hartung": "Knapp-Hartung tests (t with k - p degrees of freedom)",
    "knapp_hartung_adhoc": "Knapp-Hartung tests with the ad hoc correction",
}


def paragraphs(run: EffectsRun) -> Iterator[str]:
    """Yield the paragraphs of a report in Markdown."""
    yield "# Meta-analysis of effects"
    yield "## Methods"
    yield _methods(run)
    yield "## Results"
    yield _counts(run)
    yield from (f"*{note}*" for note in run.prepared.notes)
    yield from _overall(run)
    yield from (f"*{problem}*" for problem in run.problems)
    if run.audit is not None and run.audit.concerns:
        yield "## Before reading the moderators"
        yield "\n".join(f"- **{c.severity}**: {c.message}" for c in run.audit.concerns)
    for moderator in run.moderators:
        yield f"## Moderator: {moderator.name}"
        yield from moderator_lines(moderator, run)
    if run.together is not None:
        yield "## All moderators together"
        yield _table_of(run.together)


def _methods(run: EffectsRun) -> str:
    request = run.request
    settings = request.settings
    told = [_model_sentence(settings)]
    told.append(
        f"Intervals are {100 * settings.level:g} %. Heterogeneity is given with its Q-profile "
        "interval (Viechtbauer 2007); prediction intervals by three rules."
    )
    if run.prepared.effects.k > run.prepared.effects.n_studies:
        told.append(
            "Several effects of one sample were averaged, their errors taken to correlate by "
            f"{request.rho:g}; beside this stands the correlated-and-hierarchical model of all "
            "effects with CR2 standard errors and Satterthwaite degrees of freedom (Pustejovsky & "
            "Tipton 2022)."
        )
    if request.by and request.permutes:
        told.append(
            "Moderators were also tested by permutation: whole samples exchange their values, over "
            f"all distinct allocations up to {request.plan.max_exact:,}, beyond that over "
            f"{request.plan.n_draws:,} random ones (seed {request.plan.seed})."
        )
    if request.acoustics is not None:
        rule = {
            "mean": "the mean over the clips of the ASMR side",
            "asmr_minus_control": "the mean over the clips of the ASMR side less the controls'",
        }[request.acoustics.rule]
        told.append(
            f"Acoustic moderators ({', '.join(request.acoustics.features)}) are {rule}, channels "
            "averaged."
        )
    told.append(
        "Posteriors rest on a flat prior of the mean and half-normal priors of tau with scales 0.5 "
        "and 1.0 (Röver et al. 2021)."
    )
    return " ".join(told)


def _model_sentence(settings: Settings) -> str:
    if settings.method == "FE":
        return f"Effects were pooled with a fixed-effect model, with {TESTS[settings.test]}."
    return (
        f"Effects were pooled with a random-effects model; the variance of true effects (tau2) by "
        f"{METHODS[settings.method]}, with {TESTS[settings.test]}."
    )


def _counts(run: EffectsRun) -> str:
    effects = run.prepared.effects
    told = f"{_number(effects.k, 'effect')} of {_number(effects.n_studies, 'sample')} entered"
    left = run.prepared.left_out
    if left:
        were = "was" if len(left) == 1 else "were"
        told += f"; {len(left)} {were} left out ({'; '.join(_who_and_why(left))})"
    grades = {row.grade for row in run.prepared.rows if row.grade}
    if grades:
        counts = {g: sum(row.grade == g for row in run.prepared.rows) for g in sorted(grades)}
        told += ". Grades: " + ", ".join(f"{n} {grade}" for grade, n in counts.items())
    assumed = {
        row.converted.correlation
        for row in run.prepared.rows
        if row.converted and row.converted.correlation_source == "assumed"
    }
    if assumed:
        told += f". A correlation between occasions of {_listed(assumed)} was assumed"
    return told + "."


def _who_and_why(left: Sequence[tuple[EffectRow, str]]) -> Iterator[str]:
    """Yield each reason with the labels it holds for, in the order of the table."""
    for why in dict.fromkeys(reason for _, reason in left):
        yield f"{', '.join(row.label for row, reason in left if reason == why)}: {why}"


def _number(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _listed(values: set[float | None]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(v for v in values if v is not None))


def _overall(run: EffectsRun) -> Iterator[str]:
    model = run.overall
    if model is None:
        return
    mean = model.coefficients[0]
    yield (
        f"The mean effect is {interval_text(mean)}, {statistic_text(mean)} "
        f"({verdict(mean.p, mean.df)}); {heterogeneity_text(model)}."
    )
    if run.interval is not None:
        yield _q_profile_line(run.interval)
    told = [
        f"{each.rule.replace('_', ' ')}: {each.pi_low:.2f} to {each.pi_high:.2f}"
        for each in run.predictions
        if each.pi_low is not None and each.pi_high is not None and math.isfinite(each.pi_low)
    ]
    if told:
        yield f"Prediction intervals of a new study's true effect ({'; '.join(told)})."
    yield from map(_posterior_line, run.posteriors)
    if run.generalised is not None:
        own = run.generalised.coefficients[0]
        yield (
            f"With the weights of '{run.request.q_weights}' (generalised Q): {interval_text(own)}, "
            f"{statistic_text(own)} ({verdict(own.p, own.df)}); tau2 = {run.generalised.tau2:.3f}."
        )
    if run.dependent is not None:
        yield from _dependent_lines(run.dependent)
    if model.k < LEAST_K:
        yield (
            f"Tests of funnel asymmetry were not made: with {model.k} samples (fewer than "
            f"{LEAST_K}) they have next to no power."
        )


def _q_profile_line(i: HeterogeneityInterval) -> str:
    empty = "; the interval is empty: effects agree better than chance" if i.is_empty else ""
    return (
        f"Q-profile intervals: tau2 {i.tau2_low:.3f} to {i.tau2_high:.3f}, I2 {i.i2_low:.0f} "
        f"to {i.i2_high:.0f} %, H2 {i.h2_low:.2f} to {i.h2_high:.2f}{empty}."
    )


def _posterior_line(found: Posterior) -> str:
    return (
        f"Half-normal({found.scale:g}) prior: mean {found.mu.median:.2f} "
        f"[{found.mu.low:.2f}, {found.mu.high:.2f}], probability that it is above zero "
        f"{found.probability_positive:.3f}; tau {found.tau.median:.2f} "
        f"[{found.tau.low:.2f}, {found.tau.high:.2f}]."
    )


def heterogeneity_text(model: Regression) -> str:
    """Return tau2, I2 and Q in words."""
    return (
        f"tau2 = {model.tau2:.3f}, I2 = {model.i2:.0f} %, "
        f"Q({model.q_df}) = {model.q:.2f}, p = {p_text(model.q_p)}"
    )


def interval_text(each: Coefficient) -> str:
    """Return an estimate with its interval."""
    if not math.isfinite(each.ci_low):
        return f"{each.estimate:.3f} (no interval)"
    return f"{each.estimate:.3f} [{each.ci_low:.3f}, {each.ci_high:.3f}]"


def statistic_text(each: Coefficient) -> str:
    """Return a test in words: t(df) or z, and p."""
    name = "z" if each.df is None else f"t({each.df:.3g})"
    return f"{name} = {each.statistic:.2f}, p = {p_text(each.p)}"


def allocations_text(test: MaxTest | PermutationTest) -> str:
    """Return how many of the distinct allocations a test by permutation went through."""
    if test.is_exact:
        return f"all {test.n_allocations:,} allocations"
    return f"{test.n_used:,} random allocations of {test.n_allocations:,}"


def p_text(p: float | None) -> str:
    """Return p with three decimals, small ones with two digits."""
    if p is None or math.isnan(p):
        return "n/a"
    return f"{p:.3f}" if p >= 0.001 else f"{p:.1e}"


def _dependent_lines(found: DependentResult) -> Iterator[str]:
    limits = {each.name: _limits_text(each) for each in found.intervals}
    components = ", ".join(
        f"{name} {value:.3f}{limits.get(name, '')}" for name, value in found.model.components
    )
    profiled = " (profile-likelihood limits)" if limits else ""
    yield f"All effects ({found.model.k}), variance components: {components}{profiled}."
    yield "\n".join(
        f"- {c.name}: {interval_text(c)}, {statistic_text(c)} ({verdict(c.p, c.df)})"
        for c in found.honest.coefficients
    )
    for name, weighted in found.weighted:
        mean = weighted.coefficients[0]
        yield (
            f"Robust variance estimation, {name}: {interval_text(mean)}, {statistic_text(mean)} "
            f"({verdict(mean.p, mean.df)})."
        )
    for name, test in found.joint:
        if test.df_numerator > 1:
            yield (
                f"HTZ test of {name}: F({test.df_numerator:g}, {test.df_denominator:.2f}) = "
                f"{test.f:.2f}, p = {p_text(test.p)} ({verdict(test.p, test.df_denominator)})."
            )


def _limits_text(each: ComponentInterval) -> str:
    high = "no limit" if each.high is None else f"{each.high:.3f}"
    return f" [{each.low:.3f}, {high}]"


def _predicted_lines(model: Regression, run: EffectsRun) -> Iterator[str]:
    """Yield predictions of a continuous moderator: at the values asked for, else across it."""
    name = model.design.names[1]
    asked = [value for column, value in run.request.at if column == name]
    known = model.design.matrix[:, 1]
    for value in asked or [float(known.min()), float(np.median(known)), float(known.max())]:
        found = predict(model, np.array([1.0, value]))
        reach = (
            f"; a new study {found.pi_low:.3f} to {found.pi_high:.3f}"
            if found.pi_low is not None and found.pi_high is not None
            else ""
        )
        beyond = "" if known.min() <= value <= known.max() else " (beyond the data)"
        yield (
            f"- at {name} = {value:g}{beyond}: {found.estimate:.3f} "
            f"[{found.ci_low:.3f}, {found.ci_high:.3f}]{reach}"
        )


def moderator_lines(found: ModeratorResult, run: EffectsRun) -> Iterator[str]:
    """Yield what a moderator's analyses say."""
    yield from (f"*{problem}*" for problem in found.problems)
    if found.common is not None:
        yield "Subgroups (common tau2):"
        yield "\n".join(_level_lines(found))
    if found.regression is not None:
        yield _omnibus_line(found.regression)
        if not found.is_factor:
            yield _table_of(found.regression)
            yield "\n".join(_predicted_lines(found.regression, run))
    if found.permutation is not None:
        test = found.permutation
        yield (
            f"Permutation test ({allocations_text(test)}): "
            f"p = {p_text(test.p_omnibus)}; smallest p that could have come out: "
            f"{p_text(test.smallest_p)} ({verdict(test.p_omnibus, smallest_p=test.smallest_p)})."
        )
    for first, second, each in found.differences:
        told = "; ".join(
            f"half-normal({d.scale:g}): {d.summary.median:.2f} [{d.summary.low:.2f}, "
            f"{d.summary.high:.2f}], above zero with probability {d.probability_positive:.3f}"
            for d in each
        )
        yield f"Posterior of {first} less {second}: {told}."
    if found.dependent is not None:
        yield "All effects, differences between and contrasts within samples apart:"
        yield from _dependent_lines(found.dependent)


def _level_lines(found: ModeratorResult) -> Iterator[str]:
    if found.common is None:
        return
    for each in found.common.levels:
        if each.mean is None:
            yield f"- {each.level}: k = {each.k}, one sample; not pooled"
        else:
            yield (
                f"- {each.level}: k = {each.k} of {each.n_studies} samples, "
                f"{interval_text(each.mean)}"
            )


def _omnibus_line(model: Regression) -> str:
    test = model.omnibus
    name = f"chi2({test.df1:g})" if test.df2 is None else f"F({test.df1:g}, {test.df2:g})"
    r2 = "" if model.r2 is None else f"; R2 = {model.r2:.0f} %"
    return (
        f"Test of the moderator: {name} = {test.statistic:.2f}, p = {p_text(test.p)} "
        f"({verdict(test.p, test.df2)}); k = {model.k}, {model.k / model.p:.1f} effects a "
        f"parameter; residual tau2 = {model.tau2:.3f}{r2}."
    )


def _table_of(model: Regression) -> str:
    return "\n".join(
        f"- {c.name}: {interval_text(c)}, {statistic_text(c)} ({verdict(c.p, c.df)})"
        for c in model.coefficients
    )
