"""The panels of a clip's figure: each function draws one into axes that it is given.

What a clip does not have is said in the place of the panel.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, NullFormatter

from asmr_stim.acoustics.families.modulation import DEPTH_NAMES
from asmr_stim.acoustics.modulation import OCTAVES_HZ
from asmr_stim.report.clip_picture import ClipPicture, Course
from asmr_stim.report.figures.style import BLUE, GREEN, INK, ORANGE, PALE, PURPLE, SKY, VERMILION

SMALL, NORMAL = 6.0, 7.0  # points
RANGE_DB = 80.0  # of the spectrogram, below its largest value
TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)
MINUS = "\N{MINUS SIGN}"
_MANY = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, INK, "#999999")
_DASHES: tuple[str | tuple[float, tuple[float, ...]], ...] = ("-", (0, (4, 1.2)))
_MARKERS = "os^Dv<>P"


def draw_wave(axes: Axes, picture: ClipPicture) -> None:
    """Draw each channel in a lane of its own, all at one scale."""
    wave, names = picture.wave, list(picture.profile.channels)
    scale = time_scale(picture)
    largest = max(float(np.abs([wave.lowest, wave.highest]).max()), 1e-12)
    for lane in range(len(names)):
        low, high = (np.append(part[lane], part[lane][-1]) for part in (wave.lowest, wave.highest))
        axes.fill_between(
            wave.edges_s / scale,
            0.46 * low / largest - lane,
            0.46 * high / largest - lane,
            step="post",
            color=_colour(lane, len(names)),
            linewidth=0.3,
        )
        if lane:
            axes.axhline(0.5 - lane, color=PALE, linewidth=0.5)
    axes.set_yticks([-lane for lane in range(len(names))], names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-len(names) + 0.5, 0.5)
    if np.any(wave.highest > 0) or np.any(wave.lowest < 0):
        level = f"lane = ±{largest / 0.92:.2g}\nof full scale"
        _aside(axes, level)


def draw_spectrogram(axes: Axes, picture: ClipPicture) -> None:
    """Draw the mean power of all channels over time and frequency."""
    found = picture.spectrogram
    axes.set_ylabel("Frequency (kHz)")
    axes.spines[["top", "right"]].set_visible(True)
    if found is None:
        _nothing(axes, "the clip is shorter than a frame")
        return
    if not np.isfinite(found.level_db).any():
        _nothing(axes, "every sample is zero")
        return
    top = float(found.level_db.max())
    image = axes.pcolormesh(
        found.edges_s / time_scale(picture),
        found.edges_hz,
        np.maximum(found.level_db, top - RANGE_DB),
        cmap="magma_r",
        vmin=top - RANGE_DB,
        vmax=top,
        rasterized=True,
    )
    axes.set_yscale("log")
    inside = [hz for hz in TICKS_HZ if found.edges_hz[0] <= hz <= found.edges_hz[-1] * 1.001]
    axes.set_yticks(inside, [f"{hz / 1000:g}" for hz in inside])
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="y", which="minor", length=0)
    place = axes.inset_axes((1.012, 0.0, 0.014, 1.0))
    bar = axes.figure.colorbar(image, cax=place)
    bar.outline.set_linewidth(0.4)
    bar.set_ticks([top - RANGE_DB, top - RANGE_DB / 2, top])
    bar.set_ticklabels([f"{MINUS}{RANGE_DB:.0f}", f"{MINUS}{RANGE_DB / 2:.0f}", "0"])
    bar.set_label("dB re largest", labelpad=4)


def draw_loudness(axes: Axes, picture: ClipPicture) -> None:
    """Draw the loudness of each channel over time."""
    axes.set_ylabel("Loudness\n(sone)")
    if not _lines(axes, picture, picture.loudness_sone):
        _nothing(axes, _reason(picture, f"loudness_sone_{picture.level.suffix}"))
        return
    axes.set_ylim(bottom=0)
    label = picture.level.label.replace(" = ", " =\n").replace(", ", ",\n")
    _aside(axes, label.replace("LAeq ", "LAeq\n", 1))
    if len(picture.loudness_sone) > 1:
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1.0, 0.98),
            ncols=8,
            frameon=False,
            fontsize=SMALL,
            handlelength=2.2,
            borderaxespad=0.0,
            columnspacing=1.2,
        )


def draw_level_difference(axes: Axes, picture: ClipPicture) -> None:
    """Draw the level difference of the ears over time."""
    axes.set_ylabel("ILD (dB)")
    if not _lines(axes, picture, picture.ild_db):
        _nothing(axes, _reason(picture, "ild_db"))
        return
    axes.axhline(0, color=PALE, linewidth=0.6, zorder=0)
    largest = max(abs(float(x)) for x in axes.get_ylim())
    axes.set_ylim(-max(largest, 1.0), max(largest, 1.0))
    _aside(axes, "left louder\nabove 0")


def draw_correlation(axes: Axes, picture: ClipPicture) -> None:
    """Draw the correlation of the ears over time."""
    axes.set_ylabel("IACC")
    if not _lines(axes, picture, picture.iacc):
        _nothing(axes, _reason(picture, "iacc"))
        return
    axes.set_ylim(0, 1.04)
    axes.set_yticks([0, 0.5, 1])


def _lines(axes: Axes, picture: ClipPicture, courses: Sequence[Course]) -> bool:
    """Draw courses over time; return whether there was anything to draw."""
    scale, is_any = time_scale(picture), False
    for k, course in enumerate(courses):
        if course.is_empty:
            continue
        is_any = True
        colour = INK if course.channel == "pair" else _colour(k, len(courses))
        time = course.time_s / scale
        if np.nanmax(course.high - course.low) > 0:
            axes.fill_between(time, course.low, course.high, color=colour, alpha=0.22, linewidth=0)
        marker = "." if np.isfinite(course.middle).sum() < 30 else None
        axes.plot(
            time,
            course.middle,
            color=colour,
            label=course.channel,
            linestyle=_DASHES[k % 2],
            marker=marker,
            markersize=3,
        )
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.margins(y=0.1)
    return is_any


def draw_modulation(axes: Axes, picture: ClipPicture) -> None:
    """Draw the modulation index of octaves of each channel."""
    channels = list(picture.profile.channels)
    places = np.log2(OCTAVES_HZ)
    is_any = False
    for k, channel in enumerate(channels):
        depths = [picture.values(name)[channel] for name in DEPTH_NAMES]
        if None in depths:
            continue
        is_any = True
        axes.plot(
            places,
            np.array(depths, dtype=np.float64),
            color=_colour(k, len(channels)),
            linestyle=_DASHES[k % 2],
            marker=_MARKERS[k % len(_MARKERS)],
            markersize=3,
            label=channel,
        )
    axes.set_xlabel("Modulation frequency (Hz)")
    axes.set_ylabel("Modulation index")
    axes.set_xticks(places, [f"{hz:g}" for hz in OCTAVES_HZ])
    axes.set_xlim(places[0] - 0.3, places[-1] + 0.3)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    if not is_any:
        _nothing(axes, _reason(picture, DEPTH_NAMES[0]))
        return
    axes.set_ylim(bottom=0, top=max(axes.get_ylim()[1], 0.1))


def _reason(picture: ClipPicture, feature: str) -> str:
    """Return why a feature is nowhere, in the word of its flag."""
    profile = picture.profile
    for measured in (*profile.channels.values(), profile.pair):
        measurement = measured.get(feature)
        if measurement is not None and measurement.flag is not None:
            return measurement.flag.replace("_", " ")
    return "never defined"


def _nothing(axes: Axes, reason: str) -> None:
    """Say in a panel why it is empty."""
    axes.text(
        0.5, 0.5, f"not defined: {reason}", transform=axes.transAxes, ha="center", va="center",
        fontsize=NORMAL, style="italic", color=INK,
    )  # fmt: skip
    axes.set_yticks([])


def _aside(axes: Axes, text: str) -> None:
    """Write a remark to the right of a panel."""
    axes.text(
        1.012, 0.5, text, transform=axes.transAxes, ha="left", va="center", fontsize=SMALL,
        color=INK, linespacing=1.3,
    )  # fmt: skip


def _colour(channel: int, n_channels: int) -> str:
    return INK if n_channels == 1 else _MANY[channel % len(_MANY)]


def time_scale(picture: ClipPicture) -> float:
    """Return the seconds in a unit of the time axis."""
    duration_s = picture.profile.file.duration_s
    if duration_s < 1:
        return 0.001
    return 60.0 if duration_s >= 180 else 1.0


def time_unit(picture: ClipPicture) -> str:
    """Return the label of the time axis."""
    return {0.001: "Time (ms)", 1.0: "Time (s)", 60.0: "Time (min)"}[time_scale(picture)]
