"""An R script and its data that repeat a run with metafor.

Offers: ``r_script``, ``r_table``.
"""

import csv
import io
from collections.abc import Sequence
from typing import Any

from asmr_stim.moderator.effects.estimates import is_continuous
from asmr_stim.moderator.effects.regression import Settings
from asmr_stim.workflows.effects import EffectsRun

_TESTS = {
    "wald": "z", "t": "t", "knapp_hartung": "knha", "knapp_hartung_adhoc": "adhoc",
}  # fmt: skip


def r_table(run: EffectsRun) -> str:
    """Return the effects of the main analysis, one for each sample, as CSV."""
    units = run.units
    names = list(run.request.by)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["sample", "label", "yi", "vi", *(f"m{n}" for n in range(1, len(names) + 1))])
    for row in range(units.k):
        values: list[Any] = [units.columns[name][row] for name in names]
        writer.writerow(
            [
                units.studies[row],
                units.labels[row],
                repr(float(units.estimates[row])),
                repr(float(units.variances[row])),
                *("" if value is None else value for value in values),
            ]
        )
    return out.getvalue()


def r_script(run: EffectsRun) -> str:
    """Return an R script that fits the same models to ``reproduce.csv``.

    R's own threshold gives five digits of tau2; the script asks for twelve.
    """
    settings = run.request.settings
    lines = _overall_lines(settings)
    terms = []
    for n, name in enumerate(run.request.by, start=1):
        is_factor = not is_continuous(run.units.columns[name])
        terms.append(f"factor(m{n})" if is_factor else f"m{n}")
        lines += [
            f"# moderator {n}: {_comment(name)}",
            f"model{n} <- rma(yi, vi, mods = ~ {terms[-1]}, data = dat, {_common(settings)})",
            f"print(model{n}, digits = 6)",
        ]
    if run.together is not None:
        lines += _together_lines(run, terms)
    return "\n".join(lines) + "\n"


def _common(settings: Settings) -> str:
    """Return the options that all models have."""
    method = "EE" if settings.method == "FE" else settings.method
    test, level = _TESTS[settings.test], 100 * settings.level
    return f'method = "{method}", test = "{test}", level = {level:g}, control = tight'


def _overall_lines(settings: Settings) -> list[str]:
    """Return what reads the data and pools them."""
    lines = [
        "# Repeats the main analysis with metafor (https://www.metafor-project.org).",
        "library(metafor)",
        'dat <- read.csv("reproduce.csv", na.strings = "")',
        "tight <- list(threshold = 1e-12, maxiter = 10000)",
        f"overall <- rma(yi, vi, data = dat, {_common(settings)})",
        "print(overall, digits = 6)",
        "print(predict(overall), digits = 6)",
    ]
    if settings.method != "FE":
        lines.append("print(confint(overall), digits = 6)")
    return lines


def _together_lines(run: EffectsRun, terms: Sequence[str]) -> list[str]:
    """Return the model of all moderators and their interactions."""
    places = dict(zip(run.request.by, terms, strict=True))
    crossed = [":".join(places[n] for n in i.split(":")) for i in run.request.interactions]
    return [
        "# all moderators together",
        f"joint <- ~ {' + '.join([*terms, *crossed])}",
        f"together <- rma(yi, vi, mods = joint, data = dat, {_common(run.request.settings)})",
        "print(together, digits = 6)",
    ]


def _comment(name: str) -> str:
    return " ".join(name.split())
