"""Options that several commands of ``asmr-stim effects`` share, and how their words are read."""

from pathlib import Path
from typing import Annotated, Any

import typer

from asmr_stim.errors import InputError
from asmr_stim.io.tables import json_bytes
from asmr_stim.moderator.effects.heterogeneity import OwnWeights
from asmr_stim.moderator.effects.regression import TestName
from asmr_stim.schema.effects import EffectMeasure
from asmr_stim.workflows.effects_output import FORMATS

Data = Annotated[
    Path, typer.Argument(help="Table (.tsv, .csv) of effects, or of reported statistics.")
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="Moderators: columns of the table, with commas; A:B or A*B for an interaction.",
    ),
]
Within = Annotated[EffectMeasure, typer.Option(help="What within designs become.")]
Between = Annotated[EffectMeasure, typer.Option(help="What between designs become.")]
AssumedR = Annotated[
    float | None,
    typer.Option("--assumed-r", help="Correlation between occasions where none is stated."),
]
Method = Annotated[OwnWeights, typer.Option(help="Estimator of tau2; FE for a fixed effect.")]
Test = Annotated[TestName, typer.Option(help="Tests and intervals.")]
Rho = Annotated[
    float, typer.Option(help="Assumed correlation of errors among effects of one sample.")
]
ContrastType = Annotated[str | None, typer.Option(help="Take only effects of this contrast type.")]
PoolTypes = Annotated[
    bool, typer.Option("--pool-contrast-types", help="Let several contrast types enter.")
]
PoolMetrics = Annotated[
    bool, typer.Option("--pool-metrics", help="Let effects in several metrics enter.")
]
Figures = Annotated[
    str, typer.Option(help="Formats of the figures, with commas: svg, pdf, png; or none.")
]
Seed = Annotated[int, typer.Option(help="Of random permutations.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")]


def names(by: str | None) -> tuple[str, ...]:
    """Return the words of a list with commas."""
    return tuple(name.strip() for name in by.split(",") if name.strip()) if by else ()


def terms(by: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the moderators and the interactions of ``--by``: ``a,b``, ``a:b`` or ``a*b``."""
    mains: dict[str, None] = {}
    crossed: dict[str, None] = {}
    for each in names(by):
        parts = [part.strip() for part in each.replace("*", ":").split(":")]
        if not all(parts):
            raise InputError(f"--by: '{each}' is no interaction; write A:B")
        mains |= dict.fromkeys(parts)
        if len(parts) > 1:
            crossed[":".join(parts)] = None
    return tuple(mains), tuple(crossed)


def formats_of(figures: str) -> tuple[str, ...]:
    """Return the formats that ``--figures`` names; none for the word none."""
    found = () if figures == "none" else names(figures)
    for each in found:
        if each not in FORMATS:
            raise InputError(f"--figures: '{each}' is no format; take {', '.join(FORMATS)} or none")
    return found


def places(text: str | None) -> tuple[tuple[str, float], ...]:
    """Return what ``--at`` says: columns with values."""
    places = []
    for part in names(text):
        column, _, value = part.partition("=")
        try:
            places.append((column.strip(), float(value)))
        except ValueError:
            raise InputError(f"--at: '{part}' is no COLUMN=VALUE with a number") from None
    return tuple(places)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    typer.echo(json_bytes(value).decode(), nl=False)


def numbers(text: str) -> tuple[float, ...]:
    """Return the numbers of a list with commas."""
    try:
        return tuple(float(each) for each in text.split(","))
    except ValueError:
        raise InputError(f"'{text}' is no list of numbers with commas") from None
