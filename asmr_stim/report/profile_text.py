"""A clip profile as a table for a terminal: features down, ears across."""

import textwrap

from asmr_stim.schema.profile import (
    ClipProfile,
    Distribution,
    FeatureDefinition,
    FeatureList,
    Measurement,
    ProfileSet,
)

_GAP = "  "
NOTHING = "n/a"
WIDTH = 100


def profiles_text(profiles: ProfileSet, features: FeatureList, *, is_long: bool = False) -> str:
    """Return the profiles of several clips, one table after the other.

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
    return "\n\n".join(profile_text(name, c, shown) for name, c in profiles.clips.items())


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

    A distribution is shown as mean ± standard deviation. What is not defined is shown as n/a and
    explained below the table, or only there if it is defined in no channel.
    """
    file = clip.file
    channels = "1 channel" if file.n_channels == 1 else f"{file.n_channels} channels"
    head = f"{name}  {_time(clip)}, {file.rate_hz} Hz, {channels}, {file.container} {file.encoding}"
    rows = [["", "unit", *clip.channels, "together"]]
    shown = [_row(feature, clip) for feature in features.features if _is_shown(feature, clip)]
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
        return f"{regions} of together {part.duration_s:.3f} s in {when}"
    terms = [term for term in (part.source, part.act) if term is not None]
    return f"{', '.join(terms) or 'unlabelled'}, {when}"


def _is_shown(feature: FeatureDefinition, clip: ClipProfile) -> bool:
    """Say whether a feature stands in the table: not if it needs two ears and there are others."""
    has_ears = clip.file.n_channels == 2
    return feature.is_printed and (has_ears or not feature.needs_two_ears)


def _row(feature: FeatureDefinition, clip: ClipProfile) -> list[str]:
    """Return label, unit and one cell a channel and for the pair."""
    measured = [*clip.channels.values(), clip.pair]
    return [feature.label, feature.unit, *(_cell(feature, m.get(feature.name)) for m in measured)]


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
    """Return what the flags of the clip are, and why features have no value."""
    meanings = {flag.name: flag.meaning for flag in features.flags}
    texts = [f"{flag.name}: {flag.detail}" for flag in clip.flags]
    for flag, labels in _undefined(clip, features).items():
        texts.append(f"n/a: {', '.join(labels)}. {meanings[flag]} ({flag})")
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
