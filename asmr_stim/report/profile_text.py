"""A clip profile as a table for a terminal: features down, ears across."""

import textwrap
from collections.abc import Set as AbstractSet

from asmr_stim.schema.profile import (
    ClipProfile,
    Distribution,
    FeatureDefinition,
    FeatureList,
    Measurement,
    Part,
    ProfileSet,
)

_GAP = "  "
NOTHING = "n/a"
NONE = "none"  # where there is nothing to be found, and that is no fault
WIDTH = 100


def profiles_text(profiles: ProfileSet, features: FeatureList, *, is_long: bool = False) -> str:
    """Return the profiles of several clips or parts, one table after the other.

    A trigger of a single region is that region, whose table stands there already: it is only named.

    Parameters
    ----------
    profiles : ProfileSet
        What was measured.
    features : FeatureList
        Expanded for levels.
    is_long : bool
        Whether every feature that can be printed is, and not only those of the summary.
    """
    shown = features if is_long else _summary(features)
    repeated = [c.part.name for c in profiles.clips.values() if c.part and _is_one_region(c.part)]
    texts = [
        profile_text(name, clip, shown)
        for name, clip in profiles.clips.items()
        if clip.part is None or not _is_one_region(clip.part)
    ]
    if repeated:
        texts.append(f"of a single region, so not shown again: {', '.join(repeated)}")
    if any(" ± " in text for text in texts):
        texts.append("a ± b: mean and standard deviation over frames")
    return "\n\n".join(texts)


def _is_one_region(part: Part) -> bool:
    return part.kind == "trigger" and part.n_regions == 1


def _summary(features: FeatureList) -> FeatureList:
    """Return the list with nothing printed but the summary."""
    return features.model_copy(
        update={
            "features": tuple(
                feature.model_copy(update={"is_printed": feature.is_summary})
                for feature in features.features
            )
        }
    )


def profile_text(name: str, clip: ClipProfile, features: FeatureList) -> str:
    """Return the profile of one clip, readable and aligned; no line ends in spaces.

    A distribution is shown as mean ± standard deviation over frames. What is not defined is shown
    as n/a and explained below the table, or only there if it is defined in no channel; ``none``
    stands where there is nothing to be found and that is as it should be.
    """
    file = clip.file
    channels = "1 channel" if file.n_channels == 1 else f"{file.n_channels} channels"
    head = f"{name}  {_time(clip)}, {file.rate_hz} Hz, {channels}, {file.container} {file.encoding}"
    rows = [["", "unit", *clip.channels, "together"]]
    no_faults = {flag.name for flag in features.flags if not flag.is_fault}
    shown = [_row(f, clip, no_faults) for f in features.features if _is_shown(f, clip)]
    rows += [row for row in shown if not set(row[2:]) <= {NOTHING, ""}]
    return "\n".join([head, "", *_aligned(rows), "", *_heard(clip), *_remarks(clip, features)])


def _time(clip: ClipProfile) -> str:
    """Return how long a clip is, or what a part of it is and when."""
    part = clip.part
    if part is None:
        return f"{clip.file.duration_s:.3f} s"
    when = f"{part.onset_s:.3f}-{part.offset_s:.3f} s"
    if part.kind == "trigger":
        regions = "1 region" if part.n_regions == 1 else f"{part.n_regions} regions"
        return f"{regions}, {part.duration_s:.3f} s in all, within {when}"
    terms = [term for term in (part.source, part.act) if term is not None]
    return f"{', '.join(terms) or 'unlabelled'}, {when}"


def _is_shown(feature: FeatureDefinition, clip: ClipProfile) -> bool:
    """Say whether a feature stands in the table: not if it needs two ears and there are others."""
    has_ears = clip.file.n_channels == 2
    return feature.is_printed and (has_ears or not feature.needs_two_ears)


def _row(feature: FeatureDefinition, clip: ClipProfile, no_faults: AbstractSet[str]) -> list[str]:
    """Return label, unit and one cell a channel and for the pair."""
    measured = [m.get(feature.name) for m in (*clip.channels.values(), clip.pair)]
    cells = [NONE if m is not None and m.flag in no_faults else _cell(feature, m) for m in measured]
    return [feature.label, feature.unit, *cells]


def _cell(feature: FeatureDefinition, measurement: Measurement | None) -> str:
    """Return a number as a person reads it."""
    if measurement is None:
        return ""
    if isinstance(measurement, Distribution):
        mean, sd = measurement.mean, measurement.sd
        if mean is None or sd is None:
            return NOTHING
        return f"{_number(mean, feature)} ± {_number(sd, feature)}"
    return NOTHING if measurement.value is None else _number(measurement.value, feature)


def _number(value: float, feature: FeatureDefinition) -> str:
    """Return a number with fixed decimals; a ratio too small for them with two digits instead."""
    is_too_small = feature.unit == "1" and 0 < abs(value) < 10.0**-feature.decimals
    if is_too_small:
        return f"{value:.1e}"
    text = f"{value:.{feature.decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _aligned(rows: list[list[str]]) -> list[str]:
    """Return lines: words to the left, numbers to the right."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = []
    for row in rows:
        words = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
        numbers = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        lines.append(("  " + _GAP.join([*words, *numbers])).rstrip())
    return lines


def _heard(clip: ClipProfile) -> list[str]:
    """Return how loud the clip is taken to be, of which ear that is, and in which field."""
    levels = "; ".join(playback.statement for playback in clip.playback)
    fields = {playback.field for playback in clip.playback}
    return _wrapped(f"played at: {levels}; loudness for a {' and a '.join(sorted(fields))} field")


def _remarks(clip: ClipProfile, features: FeatureList) -> list[str]:
    """Return what the flags of the clip are, and why features have no value.

    Labels are told apart by semicolons, since many have a comma: ``Roughness, LAeq 40 dB``.
    """
    meanings = {flag.name: flag.meaning for flag in features.flags if flag.is_fault}
    texts = [f"{flag.name}: {flag.detail}" for flag in clip.flags]
    for flag, labels in _undefined(clip, features).items():
        if flag not in meanings:
            continue
        texts.append(f"n/a: {'; '.join(labels)}. {meanings[flag]} ({flag})")
    return [line for text in texts for line in _wrapped(text)]


def _wrapped(text: str) -> list[str]:
    """Return the lines of a remark, indented."""
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _undefined(clip: ClipProfile, features: FeatureList) -> dict[str, list[str]]:
    """Return the labels of the printed features that have no value, by flag."""
    printed = {
        feature.name: feature.label for feature in features.features if _is_shown(feature, clip)
    }
    found: dict[str, list[str]] = {}
    for measured in [*clip.channels.values(), clip.pair]:
        for name, measurement in measured.items():
            if measurement.flag is None or name not in printed:
                continue
            labels = found.setdefault(measurement.flag, [])
            if printed[name] not in labels:
                labels.append(printed[name])
    return found
