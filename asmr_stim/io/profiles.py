"""Feature definitions and clip profiles as files.

``read_feature_list`` reads ``schemas/features.yaml``. ``write_profiles`` writes JSON, or a table
with one row a clip (or part of one) and channel: TSV with a JSON of units beside it, or Parquet.
``read_profiles`` reads the JSON back.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.parquet import require_pyarrow, write_parquet
from asmr_stim.io.tables import (
    Column,
    check_no_sidecar,
    check_sidecar,
    decoded_text,
    json_bytes,
    write_atomically,
    write_table,
)
from asmr_stim.io.writing import check_folder
from asmr_stim.io.yaml_files import read_record
from asmr_stim.resources import schemas_folder
from asmr_stim.schema.profile import (
    STATISTICS,
    ClipProfile,
    FeatureDefinition,
    FeatureList,
    Measurement,
    Part,
    ProfileSet,
    Value,
)

ENDINGS = (".json", ".tsv", ".parquet")
_FIXED = ("file", "part", "parameters", "playback", "pair", "onset_times_s", "flags")


def read_feature_list(path: Path | None = None) -> FeatureList:
    """Return the definitions of every feature and flag, by default those of the program."""
    return read_record(path or schemas_folder() / "features.yaml", FeatureList)


def check_output(path: Path) -> None:
    """Refuse a place where profiles cannot be written, before anything is measured.

    Raises
    ------
    OutputError
        If the ending is none of .json, .tsv and .parquet, the folder is not there or may not be
        written into, the JSON of units that goes beside a TSV would replace another file, or
        profiles in JSON would replace the units of a TSV.
    MissingInputError
        If Parquet is asked for and pyarrow is not installed.
    """
    if path.suffix.lower() not in ENDINGS:
        found = f"'{path.suffix}'" if path.suffix else "none"
        raise OutputError(
            f"{path}: the ending decides what is written; found {found}, use .json, .tsv or "
            ".parquet"
        )
    check_folder(path.parent, path)
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file in it")
    if path.suffix.lower() == ".tsv":
        check_sidecar(path)
    if path.suffix.lower() == ".json":
        check_no_sidecar(path)
    if path.suffix.lower() == ".parquet":
        require_pyarrow()


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
        return
    has_parts = any(clip.part is not None for clip in profiles.clips.values())
    columns = _columns(features, has_parts=has_parts)
    rows = _rows(profiles, features, has_parts=has_parts)
    if path.suffix.lower() == ".tsv":
        write_table(path, columns, rows, note=_note(profiles))
        return
    names = [column.name for column in columns]
    table = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    write_parquet(path, columns, [table], note=_note(profiles))


def profiles_as_json(profiles: ProfileSet) -> dict[str, Any]:
    """Return the content of a profile file: ``clips/<name>/<channel or pair>/<feature>``."""
    content = profiles.model_dump(mode="json", exclude={"clips"})
    content["clips"] = {name: _clip_as_json(clip) for name, clip in profiles.clips.items()}
    return content


def _clip_as_json(clip: ClipProfile) -> dict[str, Any]:
    """Return a clip with its channels beside ``pair``."""
    dumped = clip.model_dump(mode="json")
    head = {name: dumped[name] for name in ("file", "part", "parameters", "playback")}
    if clip.part is None:
        del head["part"]
    channels: dict[str, Any] = dumped["channels"]
    return head | channels | {name: dumped[name] for name in ("pair", "onset_times_s", "flags")}


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


def _columns(features: FeatureList, *, has_parts: bool) -> list[Column]:
    """Return what the columns of a profile table are."""
    columns = [
        Column("clip", "File name of the clip, and the part of it.", None, "text"),
        Column("channel", "The channel, or pair for all channels together.", None, "text"),
        Column("sha256", "SHA-256 of the file.", None, "text"),
        Column("rate_hz", "Native sampling rate.", "Hz", "whole"),
        Column("n_channels", "Number of channels of the file.", None, "whole"),
        Column("duration_s", "Length of what was measured.", "s"),
        *(_PART_COLUMNS if has_parts else ()),
    ]
    for feature in features.features:
        note = "" if feature.per_clip == "value" else "; {} over frames"
        columns += [
            Column(name, feature.definition + note.format(name.rsplit("_", 1)[-1]), feature.unit)
            for name in _column_names(feature)
        ]
    flags = "Flags of the channel and of the clip, with their feature."
    return [*columns, Column("flags", flags, None, "text")]


_PART_COLUMNS = (
    Column("part", "Id of the region, or the term whose regions are joined.", None, "text"),
    Column("part_kind", "region, trigger, or clip for the whole.", None, "text"),
    Column("rater", "Who annotated.", None, "text"),
    Column("source", "What makes the sound, by the taxonomy.", None, "text"),
    Column("act", "What is done, by the taxonomy.", None, "text"),
    Column("ear", "The ear that the rater named.", None, "text"),
    Column("intensity", "How strong, by the rater: 1 faint to 5 strong.", None, "whole"),
    Column("pace", "How fast, by the rater: slow, medium or fast.", None, "text"),
    Column("confidence", "How sure the rater is, 0 to 1.", "1"),
    Column("facets", "Facets by the rater, as name=value, joined by semicolons.", None, "text"),
    Column("onset_s", "Begin of the first region.", "s"),
    Column("offset_s", "End of the last region.", "s"),
    Column("n_regions", "Number of regions in it.", None, "whole"),
)


def _part_cells(part: Part | None) -> list[Any]:
    """Return the cells of ``_PART_COLUMNS``."""
    if part is None:
        return [None, "clip", *[None] * (len(_PART_COLUMNS) - 2)]
    words = [part.name, part.kind, part.rater, part.source, part.act, part.ear]
    facets = ";".join(f"{name}={value}" for name, value in sorted(part.facets.items())) or None
    said = [part.intensity, part.pace, part.confidence, facets]
    return [*words, *said, part.onset_s, part.offset_s, part.n_regions]


def _rows(profiles: ProfileSet, features: FeatureList, *, has_parts: bool) -> Iterator[list[Any]]:
    """Yield one row a clip or part and channel."""
    for name, clip in profiles.clips.items():
        file = clip.file
        duration_s = file.duration_s if clip.part is None else clip.part.duration_s
        for channel, measured in [*clip.channels.items(), ("pair", clip.pair)]:
            row: list[Any] = [name, channel, file.sha256, file.rate_hz]
            row += [file.n_channels, duration_s]
            row += _part_cells(clip.part) if has_parts else []
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
