"""The options that the commands of ``asmr-stim effects`` share, and what their words ask for.

Choices are named in the help and not in its narrow column of types, so that a page of 80 columns
has room for the names of the options.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, get_args

from typer import Argument, Option

from asmr_stim.cli.word_lists import names_in
from asmr_stim.errors import InputError
from asmr_stim.moderator.effects.allocations import Plan
from asmr_stim.moderator.effects.converted import MEASURES, Assumptions
from asmr_stim.moderator.effects.heterogeneity import OwnWeights
from asmr_stim.moderator.effects.regression import TestName
from asmr_stim.schema.effects import EffectMeasure
from asmr_stim.workflows.effects_acoustics import AcousticLink, ClipRule
from asmr_stim.workflows.effects_data import DEFAULT_RHO, EffectsRequest
from asmr_stim.workflows.effects_output import FORMATS

DEFAULT_FIGURES = "svg,png"

Data = Annotated[
    Path,
    Argument(help="Table (.tsv, .csv) of effects, or of reported statistics.", metavar="DATA"),
]
OutFolder = Annotated[Path, Option("--out", help="Folder for the result.", file_okay=False)]
By = Annotated[
    str | None, Option("--by", help="Moderators: columns of the table, with commas.")
]  # fmt: skip
Lab = Annotated[str | None, Option("--lab", help="Column that names the laboratory.")]
Method = Annotated[
    OwnWeights,
    Option(
        "--method",
        metavar="NAME",
        help=f"Estimator of tau2: {', '.join(get_args(OwnWeights))} (FE: a fixed effect).",
    ),
]
Test = Annotated[
    TestName,
    Option("--test", metavar="NAME", help=f"Tests and intervals: {', '.join(get_args(TestName))}."),
]
Rho = Annotated[
    float, Option("--rho", help="Assumed correlation of errors among effects of one sample.")
]
Figures = Annotated[
    str, Option("--figures", help="Formats of the figures, with commas: svg, pdf, png; or none.")
]
AsJson = Annotated[bool, Option("--json", help="Print the numbers as JSON.")]


@dataclass(frozen=True)
class Entry:
    """Which effects of a table are analysed together."""

    contrast_type: Annotated[
        str | None, Option("--contrast-type", help="Take only effects of this contrast type.")
    ] = None
    pool_contrast_types: Annotated[
        bool, Option("--pool-contrast-types", help="Let several contrast types enter.")
    ] = False
    pool_metrics: Annotated[
        bool, Option("--pool-metrics", help="Let effects in several metrics enter.")
    ] = False

    def request(
        self, data: Path, by: str | None = None, rho: float = DEFAULT_RHO
    ) -> EffectsRequest:
        """Return what is asked of a table, with everything else as it is by default."""
        return EffectsRequest(
            data=data,
            by=names_in(by),
            rho=rho,
            contrast_type=self.contrast_type,
            pools_contrast_types=self.pool_contrast_types,
            pools_metrics=self.pool_metrics,
        )


@dataclass(frozen=True)
class Conversion:
    """What reported statistics become."""

    between: Annotated[
        EffectMeasure,
        Option(
            "--between",
            metavar="NAME",
            help=f"What between designs become: {', '.join(MEASURES['between'])}.",
        ),
    ] = "SMD"
    within: Annotated[
        EffectMeasure,
        Option(
            "--within",
            metavar="NAME",
            help=f"What within designs become: {', '.join(MEASURES['within'])}.",
        ),
    ] = "SMCC"
    assumed_r: Annotated[
        float | None,
        Option("--assumed-r", help="Correlation between occasions where none is stated."),
    ] = None

    @property
    def assumptions(self) -> Assumptions:
        """What is chosen where papers leave a choice."""
        return Assumptions(self.between, self.within, occasion_correlation=self.assumed_r)


@dataclass(frozen=True)
class Draws:
    """Random permutations, where there are too many to try all."""

    n_permutations: Annotated[
        int,
        Option("--n-permutations", help="Random ones, where there are too many to try all."),
    ] = 10_000
    seed: Annotated[int, Option("--seed", help="Of random permutations.")] = 0

    @property
    def plan(self) -> Plan:
        """How far permutation tests go."""
        return Plan(n_draws=self.n_permutations, seed=self.seed)


@dataclass(frozen=True)
class Acoustics:
    """Features of clips that become moderators."""

    profiles: Annotated[
        Path | None,
        Option("--profiles", help="Clip profiles (JSON of asmr-stim features) to join."),
    ] = None
    feature: Annotated[
        str | None,
        Option("--feature", help="Their features that become moderators, with commas."),
    ] = None
    clip_rule: Annotated[
        ClipRule,
        Option(
            "--clip-rule",
            metavar="NAME",
            help=f"How several clips become one number: {' or '.join(get_args(ClipRule))}.",
        ),
    ] = "mean"

    @property
    def link(self) -> AcousticLink | None:
        """The profiles and what is taken from them; None if none is asked for.

        Raises
        ------
        InputError
            If only one of ``--profiles`` and ``--feature`` is given.
        """
        if (self.profiles is None) != (self.feature is None):
            raise InputError("--profiles and --feature go together: which file, and what of it")
        if self.profiles is None:
            return None
        return AcousticLink(self.profiles, names_in(self.feature), self.clip_rule)


def terms_in(by: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the moderators and the interactions of ``--by``: ``a,b``, ``a:b`` or ``a*b``.

    Raises
    ------
    InputError
        If a side of an interaction is empty.
    """
    mains: dict[str, None] = {}
    crossed: dict[str, None] = {}
    for each in names_in(by):
        parts = [part.strip() for part in each.replace("*", ":").split(":")]
        if not all(parts):
            raise InputError(f"--by: '{each}' is no interaction; write A:B")
        mains |= dict.fromkeys(parts)
        if len(parts) > 1:
            crossed[":".join(parts)] = None
    return tuple(mains), tuple(crossed)


def places_in(at: str | None) -> tuple[tuple[str, float], ...]:
    """Return the columns of ``--at`` with their values.

    Raises
    ------
    InputError
        If one of them is no ``COLUMN=VALUE`` with a number.
    """
    places = []
    for part in names_in(at):
        column, _, value = part.partition("=")
        try:
            places.append((column.strip(), float(value)))
        except ValueError:
            raise InputError(f"--at: '{part}' is no COLUMN=VALUE with a number") from None
    return tuple(places)


def formats_in(figures: str) -> tuple[str, ...]:
    """Return the formats that ``--figures`` names; none for the word none.

    Raises
    ------
    InputError
        If one of them cannot be drawn.
    """
    found = () if figures == "none" else names_in(figures)
    for each in found:
        if each not in FORMATS:
            raise InputError(f"--figures: '{each}' is no format; take {', '.join(FORMATS)} or none")
    return found
