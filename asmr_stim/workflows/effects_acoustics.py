"""Acoustic features as moderators: clip profiles joined to effects through stimulus ids.

A row names its clips in ``stimuli``, and those it is compared with in ``control_stimuli``: ids with
semicolons, an id being the name of the clip's file without its ending. Several clips become one
number by a stated rule, several channels by their mean.

Offers: ``AcousticLink``, ``ClipRule``, ``with_acoustics``, ``feature_of_clip``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Literal

import numpy as np

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.effects import EffectRow
from asmr_stim.io.profiles import read_profiles
from asmr_stim.schema.profile import STATISTICS, ClipProfile, Measurement, Value

ClipRule = Literal["mean", "asmr_minus_control"]
STIMULI, CONTROLS = "stimuli", "control_stimuli"


@dataclass(frozen=True)
class AcousticLink:
    """Which features of which profiles become moderators.

    Attributes
    ----------
    profiles : Path
        JSON that ``asmr-stim features`` wrote.
    features : tuple of str
        Names; of a feature with a distribution the mean, or another statistic as in ``name_p90``.
    rule : ClipRule
        ``mean`` of the clips in ``stimuli``, or that less the mean of ``control_stimuli``.
    """

    profiles: Path
    features: tuple[str, ...]
    rule: ClipRule = "mean"


def with_acoustics(rows: Sequence[EffectRow], link: AcousticLink) -> tuple[EffectRow, ...]:
    """Return the rows with each feature as a moderator of its own name.

    A row without clips, or with a clip in which the feature is not defined, gets None.

    Raises
    ------
    InputError
        If a row names a clip that has no profile, no row names any, or a feature does not exist.
    """
    clips = {PurePath(name).stem: clip for name, clip in read_profiles(link.profiles).clips.items()}
    if not any(row.moderators.get(STIMULI) for row in rows):
        raise InputError(
            f"no row names its clips; give the table a column '{STIMULI}' with the names of the "
            "clips' files without ending, several with semicolons"
        )
    return tuple(
        replace(row, moderators={**_plain(row), **_features(row, clips, link)}) for row in rows
    )


def _plain(row: EffectRow) -> dict[str, str | float | None]:
    return {n: v for n, v in row.moderators.items() if n not in {STIMULI, CONTROLS}}


def _features(
    row: EffectRow, clips: dict[str, ClipProfile], link: AcousticLink
) -> dict[str, float | None]:
    asmr = _named(row, STIMULI, clips)
    controls = _named(row, CONTROLS, clips) if link.rule == "asmr_minus_control" else []
    found: dict[str, float | None] = {}
    for feature in link.features:
        value = _mean([feature_of_clip(clip, feature) for clip in asmr])
        if link.rule == "asmr_minus_control":
            other = _mean([feature_of_clip(clip, feature) for clip in controls])
            value = None if value is None or other is None else value - other
        found[feature] = value
    return found


def _named(row: EffectRow, column: str, clips: dict[str, ClipProfile]) -> list[ClipProfile]:
    text = row.moderators.get(column)
    names = [name.strip() for name in str(text).split(";")] if text is not None else []
    for name in names:
        if name not in clips:
            raise InputError(
                f"line {row.line}: column '{column}': the clip '{name}' has no profile; there are: "
                f"{', '.join(sorted(clips))}"
            )
    return [clips[name] for name in names]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known and len(known) == len(values) else None


def feature_of_clip(clip: ClipProfile, feature: str) -> float | None:
    """Return a feature of a clip as one number, None where it is not defined.

    Parameters
    ----------
    clip : ClipProfile
    feature : str
        The name; with ``_p90`` and the like behind it, that statistic of its distribution.

    Raises
    ------
    MissingInputError
        If the clip has no such feature.
    """
    if feature in clip.pair:
        return _number(clip.pair[feature], "mean")
    name, _, statistic = feature.rpartition("_")
    if name in clip.pair and statistic in STATISTICS:
        return _number(clip.pair[name], statistic)
    channels = list(clip.channels.values())
    if all(feature in channel for channel in channels):
        return _mean([_number(channel[feature], "mean") for channel in channels])
    if statistic in STATISTICS and all(name in channel for channel in channels):
        return _mean([_number(channel[name], statistic) for channel in channels])
    there = sorted({*clip.pair, *(n for channel in channels for n in channel)})
    raise MissingInputError(f"profiles have no feature '{feature}'; they have: {', '.join(there)}")


def _number(measured: Measurement, statistic: str) -> float | None:
    if isinstance(measured, Value):
        return measured.value
    value: float | None = getattr(measured, statistic)
    return value
