"""Options that say how loud a clip is heard, the same for every command that measures."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.acoustics.core_loudness import Field
from asmr_stim.errors import InputError
from asmr_stim.schema.profile import FeatureList
from asmr_stim.workflows.calibration import stated_calibration
from asmr_stim.workflows.features import Settings

LevelOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SPEC",
        help="How loud it is played: laeq:45 (LAeq in dB(A), energy mean of the channels), "
        "laeq:left:45 or laeq:right:45 (of one ear), or sine0dbfs:94dBSPL (a full-scale sine). May "
        "be given again. Without it: laeq:40, laeq:50 and laeq:60.",
    ),
]
CalibrationOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="How loud it is played, as a meter read it at each ear; see asmr-stim calibrate.",
    ),
]
FieldOption = Annotated[
    Field,
    typer.Option(
        help="The sound field that loudness is computed for. Neither is right for a dummy-head "
        "recording, which has been through ears already: equalise it first."
    ),
]


def today() -> str:
    """Return the day of today on this machine, as 2026-11-22."""
    return datetime.now(UTC).astimezone().date().isoformat()


def playback_settings(
    level: list[str] | None, calibration: Path | None, field: Field, features: FeatureList
) -> Settings:
    """Return how clips are measured by these options.

    Raises
    ------
    typer.BadParameter
        If a level has a wrong form, or there are levels and a calibration.
    AsmrStimError
        If the calibration cannot be used.
    """
    if level and calibration is not None:
        raise typer.BadParameter(
            "give --level or --calibration, not both: each says how loud the clip is played"
        )
    stated = None if calibration is None else stated_calibration(calibration, today())
    try:
        return Settings.of(level or [], features, field, stated)
    except InputError as error:
        raise typer.BadParameter(str(error), param_hint="--level") from None
