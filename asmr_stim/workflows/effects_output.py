"""The files of a meta-analysis: tables, figures, text, R script and ``result.json``.

Offers: ``write_run``, ``run_effects``, ``summary``.
"""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from asmr_stim.errors import InputError
from asmr_stim.io.converted_effects import write_converted
from asmr_stim.io.results import RESULT_FILE, check_result_folder, origin, result_folder
from asmr_stim.io.tables import Column, json_bytes, write_atomically, write_table
from asmr_stim.moderator.effects.influence import leave_one_out
from asmr_stim.moderator.effects.regression import Coefficient, Regression
from asmr_stim.report.figures.style import save
from asmr_stim.workflows.effects import EffectsRun, ModeratorResult, analyse
from asmr_stim.workflows.effects_data import EffectsRequest
from asmr_stim.workflows.effects_figures import figures_of
from asmr_stim.workflows.effects_r import r_script, r_table
from asmr_stim.workflows.effects_text import paragraphs

FORMATS = ("svg", "pdf", "png")
DEFAULT_FORMATS = ("svg", "png")
COEFFICIENT_COLUMNS = (
    Column("model", "overall, the moderator, or together"),
    Column("coefficient", "Name; a factor's level against its first level"),
    Column("estimate", "In the metric of the effects"),
    Column("se", "Standard error"),
    Column("statistic", "t, or z where df is n/a"),
    Column("df", "Degrees of freedom"),
    Column("p", "Two-sided"),
    Column("ci_low", "Lower confidence limit"),
    Column("ci_high", "Upper confidence limit"),
    Column("k", "Effects in the model"),
    Column("tau2", "Variance of true effects"),
)
SUBGROUP_COLUMNS = (
    Column("factor", "Moderator"),
    Column("level", "Its level"),
    Column("tau2_rule", "common to all levels, or separate"),
    Column("k", "Effects"),
    Column("n_samples", "Independent samples"),
    Column("estimate", "Mean; n/a for a level of one sample, which is not pooled"),
    Column("ci_low", "Lower confidence limit"),
    Column("ci_high", "Upper confidence limit"),
    Column("tau2", "Variance of true effects"),
    Column("pi_low", "Lower limit of the prediction interval"),
    Column("pi_high", "Upper limit of the prediction interval"),
)
LEFT_OUT_COLUMNS = (
    Column("study", "As in the input"),
    Column("label", "As in the input"),
    Column("line", "Line of the input"),
    Column("reason", "Why it is in no analysis"),
)
LEAVE_ONE_OUT_COLUMNS = (
    Column("without", "What was left out"),
    Column("estimate", "Mean of the others"),
    Column("ci_low", "Lower confidence limit"),
    Column("ci_high", "Upper confidence limit"),
    Column("tau2", "Variance of true effects"),
    Column("i2", "Share of it in the variance of effects", "%"),
)


def run_effects(
    request: EffectsRequest, out: Path, formats: Sequence[str] = DEFAULT_FORMATS
) -> EffectsRun:
    """Analyse what was asked for and write it into a folder.

    Parameters
    ----------
    request : EffectsRequest
    out : Path
        A new or empty folder, or one with an earlier result of this program, which is replaced.
    formats : sequence of str
        Of the figures, among ``FORMATS``; none draws none.

    Raises
    ------
    InputError, MissingInputError, UnreadableFileError
        If something cannot be used; then nothing is written.
    OutputError
        If the folder holds something else or cannot be written.
    """
    if unknown := [name for name in formats if name not in FORMATS]:
        raise InputError(f"'{unknown[0]}' is no figure format; choose among {', '.join(FORMATS)}")
    check_result_folder(out)
    run = analyse(request)
    write_run(run, out, formats)
    return run


def write_run(run: EffectsRun, out: Path, formats: Sequence[str] = DEFAULT_FORMATS) -> None:
    """Write the files of a run; the folder stands there complete or as it was before."""
    with result_folder(out) as folder:
        _write_tables(run, folder)
        for name, figure in figures_of(run) if formats else ():
            for suffix in formats:
                save(figure, folder / f"{name}.{suffix}")
        write_atomically(folder / "report.md", paragraphs_of(run).encode())
        write_atomically(folder / "reproduce.R", r_script(run).encode())
        write_atomically(folder / "reproduce.csv", r_table(run).encode())
        write_atomically(folder / RESULT_FILE, json_bytes(summary(run)))


def paragraphs_of(run: EffectsRun) -> str:
    """Return the methods and results of a run in words."""
    return "\n\n".join(paragraphs(run)) + "\n"


def _write_tables(run: EffectsRun, folder: Path) -> None:
    write_converted(folder / "effects.tsv", run.prepared.rows)
    write_table(folder / "models.tsv", COEFFICIENT_COLUMNS, _coefficient_rows(run))
    if any(m.separate for m in run.moderators):
        write_table(folder / "subgroups.tsv", SUBGROUP_COLUMNS, _subgroup_rows(run))
    if run.prepared.left_out:
        write_table(folder / "left_out.tsv", LEFT_OUT_COLUMNS, _left_out_rows(run))
    if run.units.k >= 3:
        found = leave_one_out(run.units, run.request.settings)
        lines = [
            [name, c.estimate, c.ci_low, c.ci_high, model.tau2, model.i2]
            for name, model in found
            for c in model.coefficients
        ]
        write_table(folder / "leave_one_out.tsv", LEAVE_ONE_OUT_COLUMNS, lines)


def _left_out_rows(run: EffectsRun) -> list[list[Any]]:
    return [[row.study, row.label, row.line, reason] for row, reason in run.prepared.left_out]


def _models(run: EffectsRun) -> Iterator[tuple[str, Regression]]:
    if run.overall is not None:
        yield "overall", run.overall
    for moderator in run.moderators:
        if moderator.regression is not None:
            yield moderator.name, moderator.regression
    if run.together is not None:
        yield "together", run.together


def _coefficient_rows(run: EffectsRun) -> list[list[Any]]:
    rows = [
        [name, c.name, c.estimate, c.se, c.statistic, c.df, c.p, c.ci_low, c.ci_high, model.k,
         model.tau2]
        for name, model in _models(run)
        for c in model.coefficients
    ]  # fmt: skip
    for name, dependent in [
        ("overall", run.dependent),
        *((m.name, m.dependent) for m in run.moderators),
    ]:
        if dependent is not None:
            tau2 = sum(s for _, s in dependent.model.components)
            rows += [
                [f"{name}, all effects (CR2)", c.name, c.estimate, c.se, c.statistic, c.df, c.p,
                 c.ci_low, c.ci_high, dependent.model.k, tau2]
                for c in dependent.honest.coefficients
            ]  # fmt: skip
    return rows


def _subgroup_rows(run: EffectsRun) -> Iterator[list[Any]]:
    for moderator in run.moderators:
        for rule, found in (("common", moderator.common), ("separate", moderator.separate)):
            for each in found.levels if found is not None else ():
                mean, pi = each.mean, each.prediction
                yield [
                    moderator.name, each.level, rule, each.k, each.n_studies,
                    mean.estimate if mean else None, mean.ci_low if mean else None,
                    mean.ci_high if mean else None, each.tau2, pi.pi_low if pi else None,
                    pi.pi_high if pi else None,
                ]  # fmt: skip


def summary(run: EffectsRun) -> dict[str, Any]:
    """Return what ``result.json`` holds: inputs with hashes, options, versions and numbers."""
    request = run.request
    options: dict[str, Any] = _plain(dataclasses.asdict(request))
    options.pop("data")
    head = origin("effects", request.inputs, options)
    found: dict[str, Any] = _plain(
        {
            "notes": list(run.prepared.notes),
            "problems": list(run.problems),
            "counts": {
                "effects": run.prepared.effects.k,
                "samples": run.prepared.effects.n_studies,
                "left_out": len(run.prepared.left_out),
            },
            "left_out": [
                {"study": row.study, "line": row.line, "reason": reason}
                for row, reason in run.prepared.left_out
            ],
            "overall": _model(run.overall),
            "predictions": [dataclasses.asdict(each) for each in run.predictions],
            "heterogeneity_interval": dataclasses.asdict(run.interval) if run.interval else None,
            "posteriors": [_posterior(each) for each in run.posteriors],
            "all_effects": _dependent(run.dependent),
            "audit": [dataclasses.asdict(each) for each in run.audit.concerns] if run.audit else [],
            "moderators": [_moderator(each) for each in run.moderators],
            "together": _model(run.together),
            "generalised_q": _model(run.generalised),
        }
    )
    return head | found


def _model(model: Regression | None) -> dict[str, Any] | None:
    if model is None:
        return None
    names = ("tau2", "tau2_se", "i2", "h2", "q", "q_df", "q_p", "r2", "log_likelihood", "k", "p")
    return {name: getattr(model, name) for name in names} | {
        "coefficients": [dataclasses.asdict(each) for each in model.coefficients],
        "omnibus": dataclasses.asdict(model.omnibus),
    }


def _posterior(posterior: Any) -> dict[str, Any]:
    return {
        "prior": f"half-normal({posterior.scale:g})",
        "mu": dataclasses.asdict(posterior.mu),
        "tau": dataclasses.asdict(posterior.tau),
        "predictive": dataclasses.asdict(posterior.predictive),
        "probability_positive": posterior.probability_positive,
    }


def _dependent(dependent: Any) -> dict[str, Any] | None:
    if dependent is None:
        return None
    return {
        "components": dict(dependent.model.components),
        "i2": dict(dependent.model.i2),
        "q": dependent.model.q,
        "q_df": dependent.model.q_df,
        "q_p": dependent.model.q_p,
        "component_intervals": [dataclasses.asdict(each) for each in dependent.intervals],
        "robust": [dataclasses.asdict(each) for each in dependent.honest.coefficients],
        "weighted": {
            name: [dataclasses.asdict(each) for each in found.coefficients]
            for name, found in dependent.weighted
        },
        "joint": {name: dataclasses.asdict(test) for name, test in dependent.joint},
    }


def _moderator(found: ModeratorResult) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": found.name,
        "is_factor": found.is_factor,
        "problems": list(found.problems),
        "regression": _model(found.regression),
        "all_effects": _dependent(found.dependent),
    }
    for rule, groups in (("common_tau2", found.common), ("separate_tau2", found.separate)):
        if groups is not None:
            told[rule] = {
                "between": dataclasses.asdict(groups.between) if groups.between else None,
                "levels": [_subgroup(each) for each in groups.levels],
            }
    if found.permutation is not None:
        test = found.permutation
        told["permutation"] = {
            "p_coefficients": dict(test.p_coefficients),
            "p_omnibus": test.p_omnibus,
            "smallest_p": test.smallest_p,
            "n_allocations": test.n_allocations,
            "n_used": test.n_used,
            "is_exact": test.is_exact,
            "seed": test.seed,
        }
    told["posteriors"] = {name: [_posterior(p) for p in each] for name, each in found.posteriors}
    told["differences"] = [
        {"first": a, "second": b, "posteriors": [dataclasses.asdict(d) for d in each]}
        for a, b, each in found.differences
    ]
    return told


def _subgroup(each: Any) -> dict[str, Any]:
    return {
        "level": each.level,
        "k": each.k,
        "n_samples": each.n_studies,
        "mean": dataclasses.asdict(each.mean) if isinstance(each.mean, Coefficient) else None,
        "tau2": each.tau2,
        "prediction": dataclasses.asdict(each.prediction) if each.prediction else None,
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it: NaN and infinity become null."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.name if isinstance(value, Path) else value
