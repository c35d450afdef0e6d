"""Columns of a table of reported statistics whose names nearly say what they hold.

Any column may be a moderator, so a statistic under a name that is not known would be passed over
and another effect come out. Such names are refused with the right one; nothing is guessed.

Offers: ``refuse_misnamed``.
"""

import re

from asmr_stim.errors import InputError
from asmr_stim.io.tables import Table
from asmr_stim.schema.effects import ReportedEffect

_SIDE = r"([_. ]?(1|2|asmr|control|pre|post|change|diff))?"
_LIKE = (
    (r"df1|dfn|df_?num(erator)?|numdf|f_?dfn?", "write 'f_df1' for the numerator's"),
    (r"df.*|dendf|f_df2", "degrees of freedom follow from n, or n1 and n2; leave it out"),
    (r"ci", "write 'ci_low' and 'ci_high'"),
    (r"(ci|cl)([_. ]?(95|90|99))?[_. ]?(l|lo|lb|ll|lower.*)", "write 'ci_low'"),
    (r"(ci|cl)([_. ]?(95|90|99))?[_. ]?(u|hi|ub|ul|upper.*)", "write 'ci_high'"),
    (r"(lower|ll|lcl|lb)([_. ]?(limit|bound|cl|ci).*)?", "write 'ci_low'"),
    (r"(upper|ul|ucl|ub)([_. ]?(limit|bound|cl|ci).*)?", "write 'ci_high'"),
    (r"ci[_. ].*", "limits are 'ci_low', 'ci_high', 'ci_level' and 'ci_of'"),
    (r"t[_. ]?(value|val|stat|statistic)", "write 't'"),
    (r"f[_. ]?(value|val|stat|statistic)", "write 'f'"),
    (r"p[_. ]?(value|val)|pval", "write 'p'"),
    (r"sign", "write 'direction', with increase or decrease"),
    (r"(cohens?[_. ]?)d|smd", "write 'd'"),
    (r"(hedges?[_. ]?)g", "write 'g'"),
    (r"(p|partial)?[_. ]?eta([_. ]?(p|partial))?([_. ]?(2|sq|squared))?", "write 'partial_eta2'"),
    (r"(mean|m)" + _SIDE, "write 'mean1' and 'mean2', or 'mean_change'"),
    (r"(sd|std)" + _SIDE, "write 'sd1' and 'sd2', or 'sd_change'"),
    (r"(se|sem|stderr)" + _SIDE, "turn it into a standard deviation: 'sd1', 'sd2' or 'sd_change'"),
    (r"(z|chi2|wald)([_. ]?(value|stat))?", "it is not converted; give p and direction"),
    (r"n[_. ](1|2)", "write 'n1' and 'n2'"),
)  # fmt: skip


def refuse_misnamed(table: Table) -> None:
    """Raise InputError, one line a column, if a column that is not known looks like a statistic."""
    known = ReportedEffect.model_fields
    problems = [
        f"{table.path}:1:1: column '{name}' is not known and would be taken for a moderator; "
        f"{advice} (if it is a moderator, give it another name)"
        for name in table.columns
        if name not in known and (advice := _advice(name)) is not None
    ]
    if problems:
        raise InputError("\n".join(problems))


def _advice(name: str) -> str | None:
    lower = name.strip().lower()
    if lower in ReportedEffect.model_fields:
        return f"write '{lower}'"
    return next((advice for like, advice in _LIKE if re.fullmatch(like, lower)), None)
