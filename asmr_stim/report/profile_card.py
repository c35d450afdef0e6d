"""A clip on one screen of a terminal: 80 columns and 24 lines hold it.

Colour is asked for by the caller; without it the card is plain text.
"""

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from asmr_stim.report.clip_picture import ClipPicture, file_words
from asmr_stim.schema.profile import FeatureDefinition, FeatureList

WIDTH, HEIGHT = 80, 23  # one line is left for the prompt
LANE = 66  # columns of a wave
FLOOR_DB = -60.0  # of the wave, below its largest column
MOST_LANES = 4
NOTHING = "n/a"
_BARS = "▁▂▃▄▅▆▇█"
_PLAIN_BARS = "_.:-=+*#"
_BOLD, _DIM, _BLUE, _ORANGE, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[34m", "\x1b[33m", "\x1b[0m"
# What a person wants to know first; {} stands for the playback level that is shown.
ROWS = (
    "integrated_loudness_lufs",
    "true_peak_dbtp",
    "loudness_sone_{}",
    "sharpness_acum_{}",
    "roughness_asper_{}",
    "spectral_centroid_hz",
    "modulation_peak_hz",
    "onset_rate_per_s",
    "noise_floor_dbfs",
    "ild_db",
    "iacc",
)


@dataclass(frozen=True, slots=True)
class CardLook:
    """What the terminal can show.

    Parameters
    ----------
    has_colour : bool
        Whether escape sequences may be written.
    has_blocks : bool
        Whether the bars of a wave may be block letters; otherwise they are ASCII.
    """

    has_colour: bool = False
    has_blocks: bool = True


def profile_card(picture: ClipPicture, features: FeatureList, look: CardLook) -> str:
    """Return the card of a clip.

    Parameters
    ----------
    picture : ClipPicture
        What was measured.
    features : FeatureList
        Labels and units, expanded for levels.
    look : CardLook
        What the terminal can show.

    Returns
    -------
    str
        At most 23 lines of at most 80 columns; East Asian letters count as two.
    """
    lines = [_painted(shortened(picture.name, WIDTH), _BOLD, look)]
    lines += [file_words(picture.profile.file), "", *_lanes(picture, look), ""]
    lines += [*_table(picture, features, look), ""]
    return "\n".join([*lines, *_remarks(picture, features, HEIGHT - len(lines))])


def shortened(text: str, width: int) -> str:
    """Return a text of at most so many columns, its middle left out if it must be.

    Letters that cannot be printed are written by their code point.

    Examples
    --------
    >>> shortened("a_long_name_of_a_file.wav", 13)
    'a_long…le.wav'
    """
    text = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)
    if columns(text) <= width:
        return text
    head, tail = text[: len(text) // 2], text[len(text) // 2 :]
    while columns(head) + columns(tail) + 1 > width:
        if columns(head) > columns(tail):
            head = head[:-1]
        else:
            tail = tail[1:]
    return f"{head}…{tail}"


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def _lanes(picture: ClipPicture, look: CardLook) -> Iterator[str]:
    """Yield the level over time of each channel, the largest of all channels being full."""
    names = list(picture.profile.channels)
    largest = np.maximum(np.abs(picture.wave.lowest), np.abs(picture.wave.highest))
    top = float(largest.max())
    for k, name in enumerate(names[:MOST_LANES]):
        bars = _bars(largest[k], top, look)
        yield f"{name:>6} {_painted(bars, _BLUE if k % 2 == 0 else _ORANGE, look)}"
    if len(names) > MOST_LANES:
        yield f"       and {len(names) - MOST_LANES} channels more"


def _bars(peaks: NDArray[np.float64], top: float, look: CardLook) -> str:
    """Return a bar for each column of the screen: its largest sample in dB, 60 dB high."""
    marks = _BARS if look.has_blocks else _PLAIN_BARS
    edges = np.arange(LANE + 1) * len(peaks) // LANE
    heights = [peaks[start : max(stop, start + 1)].max() for start, stop in pairwise(edges)]
    if top == 0:
        return marks[0] * LANE
    with np.errstate(divide="ignore"):
        level_db = 20 * np.log10(np.array(heights) / top)
    places = np.clip((level_db - FLOOR_DB) / -FLOOR_DB * len(marks), 0, len(marks) - 1)
    return "".join(marks[int(place)] for place in places)


def _table(picture: ClipPicture, features: FeatureList, look: CardLook) -> list[str]:
    """Return the chief numbers: one column a channel up to two, else their range."""
    names = list(picture.profile.channels)
    heads = [*names, "together"] if len(names) <= 2 else ["lowest", "highest", "together"]
    lines = [_painted(_row("", "", heads), _DIM, look)]
    for feature in _shown(picture, features):
        cells = _cells(picture, feature, len(heads) - 1)
        lines.append(_row(feature.label, feature.unit, cells))
    return lines


def _shown(picture: ClipPicture, features: FeatureList) -> list[FeatureDefinition]:
    """Return the features of the table: none of two ears if there are not two channels."""
    by_name = {feature.name: feature for feature in features.features}
    found = [by_name[pattern.format(picture.level.suffix)] for pattern in ROWS]
    has_ears = len(picture.profile.channels) == 2
    return [feature for feature in found if has_ears or not feature.needs_two_ears]


def _cells(picture: ClipPicture, feature: FeatureDefinition, n_columns: int) -> list[str]:
    """Return the numbers of a feature, shortened to a column each."""
    values = picture.values(feature.name)
    if "pair" in values:
        return [*[""] * n_columns, _number(values["pair"], feature)]
    found = list(values.values())
    if len(found) > 2:
        known = [value for value in found if value is not None]
        found = [min(known), max(known)] if known else [None, None]
    return [*(_number(value, feature) for value in found), ""]


def _number(value: float | None, feature: FeatureDefinition) -> str:
    return NOTHING if value is None else f"{value:.{feature.decimals}f}"


def _row(label: str, unit: str, cells: Sequence[str]) -> str:
    return f"{label:<34}{unit:<7}{''.join(f'{cell:>11}' for cell in cells)}".rstrip()


def _remarks(picture: ClipPicture, features: FeatureList, room: int) -> list[str]:
    """Return how loud the clip is taken to be, its flags, and why numbers are not there.

    As much is said of the flags as there is room for; what is left out is counted.
    """
    level = (
        f"mean over the clip; {picture.level.statement}; {picture.profile.playback[0].field} field"
    )
    lines = textwrap.wrap(
        level, WIDTH, subsequent_indent="  ", max_lines=room - 1, placeholder=" ..."
    )
    left = room - len(lines)
    by_detail = list(dict.fromkeys(f"{flag.name}: {flag.detail}" for flag in picture.profile.flags))
    absent = _absent(picture, features)
    why = [f"n/a ({flag}): {'; '.join(labels)}" for flag, labels in absent.items()]
    told = [line for text in [*by_detail, *why] or ["no flags"] for line in _wrapped(text)]
    return [*lines, *(told if len(told) <= left else _names(picture, list(absent), left))]


def _names(picture: ClipPicture, absent: Sequence[str], room: int) -> list[str]:
    """Return the names of flags and of reasons for n/a, as many as there is room for."""
    names = dict.fromkeys(flag.name for flag in picture.profile.flags)
    parts = [*names, *(f"{flag} (n/a)" for flag in absent)]
    for n_told in range(len(parts), -1, -1):
        n_left = len(parts) - n_told
        more = [f"and {n_left} more"] if n_left else []
        text = f"flags: {', '.join([*parts[:n_told], *more])} (asmr-stim features says more)"
        lines = _wrapped(text)
        if len(lines) <= room:
            break
    return lines


def _absent(picture: ClipPicture, features: FeatureList) -> dict[str, list[str]]:
    """Return the labels of the features of the table that are not there, by the reason."""
    labels: dict[str, list[str]] = {}
    for feature in _shown(picture, features):
        for measured in [*picture.profile.channels.values(), picture.profile.pair]:
            found = measured.get(feature.name)
            if found is not None and found.flag is not None:
                labels.setdefault(found.flag, []).append(feature.label)
    return {flag: list(dict.fromkeys(of)) for flag, of in labels.items()}


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ")


def _painted(text: str, colour: str, look: CardLook) -> str:
    return f"{colour}{text}{_RESET}" if look.has_colour else text
