"""What an effect becomes: its measure, metric, grade and history, and the assumptions behind it.

Offers: ``Assumptions``, ``Converted``, ``Grade``, ``METRICS``, ``MEASURES``.
"""

from dataclasses import dataclass
from typing import Literal

from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.between import VarianceForm
from asmr_stim.moderator.effects.recovery import SignSource
from asmr_stim.schema.effects import EffectDesign, EffectMeasure

Grade = Literal["exact", "converted", "bound", "digitised"]
METRICS: dict[EffectMeasure, str] = {
    "SMD": "SD of scores", "SMDH": "SD of scores", "SMD1": "SD of scores",
    "SMCR": "SD of scores", "SMCRH": "SD of scores", "SMCRP": "SD of scores",
    "SMCC": "SD of change", "MD": "unit of the outcome", "MC": "unit of the outcome",
    "COR": "correlation", "ZCOR": "Fisher z",
}  # fmt: skip
"""What each measure is expressed in; effects in different metrics are not pooled."""
MEASURES: dict[EffectDesign, tuple[EffectMeasure, ...]] = {
    "between": ("SMD", "SMDH", "SMD1", "MD"),
    "within": ("SMCC", "SMCR", "SMCRH", "SMCRP", "MC"),
    "correlation": ("ZCOR", "COR"),
}


@dataclass(frozen=True)
class Assumptions:
    """What is chosen where papers leave a choice.

    Attributes
    ----------
    between, within, correlation : EffectMeasure
        The measure that effects of each design become.
    occasion_correlation : float or None
        Correlation between occasions where a within design does not state it. None: such an
        effect is an error, never a guess.
    variance : "LS", "LS2" or "UB"
    """

    between: EffectMeasure = "SMD"
    within: EffectMeasure = "SMCC"
    correlation: EffectMeasure = "ZCOR"
    occasion_correlation: float | None = None
    variance: VarianceForm = "LS"

    def __post_init__(self) -> None:
        for design, chosen in (
            ("between", self.between), ("within", self.within), ("correlation", self.correlation),
        ):  # fmt: skip
            if chosen not in MEASURES[design]:  # type: ignore[index]  # a literal from above
                there = ", ".join(MEASURES[design])  # type: ignore[index]  # same
                raise InputError(f"{chosen} is no measure of a {design} design; choose {there}")
        r = self.occasion_correlation
        if r is not None and not -1 < r < 1:
            raise InputError(f"the assumed correlation is {r}; give one between -1 and 1")

    def measure(self, design: EffectDesign) -> EffectMeasure:
        """Return the measure for a design."""
        return {
            "between": self.between, "within": self.within, "correlation": self.correlation,
        }[design]  # fmt: skip


@dataclass(frozen=True)
class Converted:
    """An effect with its history.

    ``estimate`` and ``variance`` are None for a bound, which then has ``low`` or ``high`` (None:
    open on that side). ``correlation`` is the one between occasions that was used, with
    ``correlation_source``: stated, recovered or assumed.
    """

    measure: EffectMeasure
    metric: str
    estimate: float | None
    variance: float | None
    grade: Grade
    route: str
    sign_source: SignSource
    correlation: float | None = None
    correlation_source: str | None = None
    low: float | None = None
    high: float | None = None
