"""Records of effects as papers report them: a statistic, its design, and which way it went.

One record is one row of a table for ``asmr-stim effects convert``. Side 1 is the one with more of
ASMR; a positive effect is larger on side 1. What is not there is None.

Offers: ``ReportedEffect``, ``EffectDesign``, ``PRelation``, ``EffectMeasure``,
``COLUMNS_BY_DESIGN``.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from asmr_stim.schema.base import Record, Text

EffectDesign = Literal["between", "within", "correlation"]
"""Two groups; the same people twice (or against a fixed value); two variables in one sample."""
PRelation = Literal["equal", "below", "above"]
StatedDirection = Literal["increase", "decrease"]
EffectMeasure = Literal[
    "SMD", "SMDH", "SMD1", "MD", "SMCC", "SMCR", "SMCRH", "SMCRP", "MC", "COR", "ZCOR"
]
"""Named as in R's metafor: SMD Hedges' g; SMDH with each group's SD; SMD1 Glass' delta (SD of side
2); MD mean difference; SMCC change over the SD of change; SMCR (SMCRH with unequal variances) over
the SD of side 2; SMCRP over the average SD; MC mean change; COR and ZCOR correlation and
Fisher z."""

SmallestGroup = Annotated[int, Field(ge=2)]
Spread = Annotated[float, Field(gt=0)]
Correlation = Annotated[float, Field(ge=-1, le=1)]

_EITHER = "t; f with direction; p with direction"
_LIMITS = "ci_low, ci_high (ci_level, ci_of)"
COLUMNS_BY_DESIGN: dict[EffectDesign, str] = {
    "between": f"n1, n2 and one of: mean1, sd1, mean2, sd2; d or g; {_EITHER}; r; partial_eta2 "
    f"with direction; {_LIMITS}",
    "within": "n and one of: mean_change, sd_change; mean1, sd1, mean2, sd2 (correlation); d or g; "
    f"{_EITHER}; r; partial_eta2 with direction; {_LIMITS}",
    "correlation": f"n and one of: r; {_EITHER}; {_LIMITS} with ci_of = r",
}
"""What a row needs beside ``study`` and ``design``."""


class ReportedEffect(Record):
    """What one paper says of one effect.

    Attributes
    ----------
    study, sample_id, label : str
        ``sample_id`` links papers on the same people.
    contrast_type : str or None
        What was compared with what; types are never pooled by default.
    design : EffectDesign
    n1, n2 : int, people, at least 2; between designs
    n : int, people, at least 2; within designs and correlations
    mean1, sd1, mean2, sd2 : float; of both sides
    mean_change, sd_change : float; within designs
    correlation : float; between the two occasions of a within design
    t, f, p : float; p is two-sided, ``p_relation`` says whether it is a bound
    f_df1 : int; numerator degrees of freedom of F, of which only 1 has a direction
    d : float; standardised mean difference (within designs: over the SD of change)
    g : float; the same with small-sample correction
    partial_eta2, r : float
    ci_low, ci_high, ci_level : float; limits of the mean difference or, where ``ci_of`` says so,
        of the standardised one
    direction : which way side 1 goes, where the statistic itself has no sign
    digitised : bool; read from a figure
    reading_error : float; standard error of that reading, in units of the effect
    """

    study: Text
    design: EffectDesign
    sample_id: Text | None = None
    label: Text | None = None
    contrast_type: Text | None = None
    n: SmallestGroup | None = None
    n1: SmallestGroup | None = None
    n2: SmallestGroup | None = None
    mean1: float | None = None
    sd1: Spread | None = None
    mean2: float | None = None
    sd2: Spread | None = None
    mean_change: float | None = None
    sd_change: Spread | None = None
    correlation: Correlation | None = None
    t: float | None = None
    f: Annotated[float, Field(ge=0)] | None = None
    f_df1: Annotated[int, Field(ge=1)] = 1
    p: Annotated[float, Field(gt=0, le=1)] | None = None
    p_relation: PRelation = "equal"
    d: float | None = None
    g: float | None = None
    partial_eta2: Annotated[float, Field(ge=0, lt=1)] | None = None
    r: Correlation | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    ci_of: Literal["mean_difference", "standardised", "r"] = "mean_difference"
    direction: StatedDirection | None = None
    digitised: bool = False
    reading_error: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _limits_are_in_order(self) -> "ReportedEffect":
        if self.ci_low is not None and self.ci_high is not None and self.ci_low >= self.ci_high:
            raise ValueError(
                f"ci_low: the limits {self.ci_low:g} and {self.ci_high:g} are not in order"
            )
        return self

    @model_validator(mode="after")
    def _people_fit_the_design(self) -> "ReportedEffect":
        if self.design == "between" and (self.n1 is None or self.n2 is None):
            absent = "n1" if self.n1 is None else "n2"
            raise ValueError(
                f"{absent}: a between design needs n1 and n2, the people in each group"
            )
        if self.design != "between" and self.n is None:
            raise ValueError(f"n: a {self.design} design needs n, the number of people")
        return self
