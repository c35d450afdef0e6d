"""Feature definitions and clip profiles as files.

``read_feature_list`` reads ``schemas/features.yaml``. ``write_profiles`` writes JSON, or a TSV with
one row a clip and channel and a JSON of units beside it; ``read_profiles`` reads the JSON back.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.tables import Column, decoded_text, json_bytes, write_atomically, write_table
from asmr_stim.io.yaml_files import read_record
from asmr_stim.resources import schemas_folder
from asmr_stim.schema.profile import (
    FORMAT,
    STATISTICS,
    ClipProfile,
    FeatureDefinition,
    FeatureList,
    Measurement,
    ProfileSet,
    Value,
)

ENDINGS = (".json", ".tsv")
_FIXED = ("file", "parameters", "playback", "pair", "flags")


def read_feature_list(path: Path | None = None) -> FeatureList:
    """Return the definitions of every feature and flag, by default those of the program."""
    return read_record(path or schemas_folder() / "features.yaml", FeatureList)


def check_output(path: Path) -> None:
    """Refuse a place where profiles cannot be written, before anything is measured.

    Raises
    ------
    OutputError
        If the ending is neither .json nor .tsv, the folder is not there, or the JSON of units that
        goes beside a TSV would replace profiles.
    """
    if path.suffix.lower() not in ENDINGS:
        found = f"'{path.suffix}'" if path.suffix else "none"
        raise OutputError(
            f"{path}: the ending decides what is written; found {found}, use .json or .tsv"
        )
    if not path.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file in it")
    sidecar = path.with_suffix(".json")
    if path.suffix.lower() == ".tsv" and sidecar.is_file() and _holds_profiles(sidecar):
        raise OutputError(
            f"{path}: its units would replace the profiles in {sidecar}; choose another name"
        )


def _holds_profiles(path: Path) -> bool:
    """Say whether a file begins like one that ``write_profiles`` wrote as JSON."""
    with path.open("rb") as file:
        return FORMAT.encode() in file.read(100)


def write_profiles(path: Path, profiles: ProfileSet, features: FeatureList) -> None:
    """Write profiles in the form that the ending of the file name asks for.

    Raises
    ------
    OutputError
        As `check_output`, or if the file cannot be written.
    """
    check_output(path)
    if path.suffix.lower() == ".json":
        write_atomically(path, json_bytes(profiles_as_json(profiles)))
    else:
        write_table(path, _columns(features), _rows(profiles, features), note=_note(profiles))


def profiles_as_json(profiles: ProfileSet) -> dict[str, Any]:
    """Return the content of a profile file: ``clips/<name>/<channel or pair>/<feature>``."""
    content = profiles.model_dump(mode="json", exclude={"clips"})
    content["clips"] = {name: _clip_as_json(clip) for name, clip in profiles.clips.items()}
    return content


def _clip_as_json(clip: ClipProfile) -> dict[str, Any]:
    """Return a clip with its channels beside ``pair``."""
    dumped = clip.model_dump(mode="json")
    head = {name: dumped[name] for name in ("file", "parameters", "playback")}
    channels: dict[str, Any] = dumped["channels"]
    return head | channels | {"pair": dumped["pair"], "flags": dumped["flags"]}


def read_profiles(path: Path) -> ProfileSet:
    """Return the profiles of a JSON file.

    Raises
    ------
    MissingInputError, UnreadableFileError
        If it is not there or cannot be read.
    InputError
        If it is no profile file of this program.
    """
    try:
        content = json.loads(decoded_text(path))
        content["clips"] = {name: _clip_from_json(clip) for name, clip in content["clips"].items()}
        return ProfileSet.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: at {where}: {first['msg']}; measure the clips again") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"{path} holds no clip profiles ({error}); give a JSON file that 'asmr-stim features' "
            "wrote"
        ) from None


def _clip_from_json(clip: dict[str, Any]) -> dict[str, Any]:
    """Undo ``_clip_as_json``."""
    channels = {name: part for name, part in clip.items() if name not in _FIXED}
    return {name: clip[name] for name in _FIXED if name in clip} | {"channels": channels}


def _column_names(feature: FeatureDefinition) -> list[str]:
    """Return the columns of a feature in a table."""
    if feature.per_clip == "value":
        return [feature.name]
    return [f"{feature.name}_{statistic}" for statistic in STATISTICS]


def _columns(features: FeatureList) -> list[Column]:
    """Return what the columns of a profile table are."""
    columns = [
        Column("clip", "File name of the clip."),
        Column("channel", "The channel measured, or pair for all channels together."),
        Column("sha256", "SHA-256 of the file."),
        Column("rate_hz", "Native sampling rate.", "Hz"),
        Column("n_channels", "Number of channels of the file."),
        Column("duration_s", "Length of the clip.", "s"),
    ]
    for feature in features.features:
        note = "" if feature.per_clip == "value" else "; {} over frames"
        columns += [
            Column(name, feature.definition + note.format(name.rsplit("_", 1)[-1]), feature.unit)
            for name in _column_names(feature)
        ]
    return [*columns, Column("flags", "Flags of the channel and of the clip, with their feature.")]


def _rows(profiles: ProfileSet, features: FeatureList) -> Iterator[list[Any]]:
    """Yield one row a clip and channel."""
    for name, clip in profiles.clips.items():
        file = clip.file
        for channel, measured in [*clip.channels.items(), ("pair", clip.pair)]:
            row: list[Any] = [name, channel, file.sha256, file.rate_hz]
            row += [file.n_channels, file.duration_s]
            for feature in features.features:
                row += _cells(feature, measured.get(feature.name))
            yield [*row, _flags(clip, measured)]


def _cells(feature: FeatureDefinition, measurement: Measurement | None) -> list[float | None]:
    """Return the numbers of one feature; None where this channel has none."""
    if measurement is None:
        return [None] * len(_column_names(feature))
    if isinstance(measurement, Value):
        return [measurement.value]
    return [getattr(measurement, statistic) for statistic in STATISTICS]


def _flags(clip: ClipProfile, measured: dict[str, Measurement]) -> str | None:
    """Return ``feature:flag`` of every undefined feature, then the flags of the clip."""
    undefined = [f"{name}:{m.flag}" for name, m in measured.items() if m.flag is not None]
    return ";".join([*undefined, *(flag.name for flag in clip.flags)]) or None


def _note(profiles: ProfileSet) -> str:
    return (
        f"Acoustic profiles of clips, feature set {profiles.feature_set_version}, "
        f"asmr_stim {profiles.asmr_stim_version}."
    )
