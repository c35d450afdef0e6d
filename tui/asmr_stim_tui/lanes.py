"""The regions under the sound: each a coloured bar, overlapping ones in lanes of their own."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.message import Message
from textual.strip import Strip

from asmr_stim.schema.annotation import Region
from asmr_stim_tui.scene import GUTTER, Scene
from asmr_stim_tui.term_colours import TermColours
from asmr_stim_tui.time_picture import TimePicture

EAR_LETTERS = {"left": "L", "right": "R", "both": ""}
_REST_SHARE = 0.45
"""How much of its colour a bar keeps while it is not selected."""


class Lanes(TimePicture):
    """Bars of regions, the selected one bright."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lanes--empty"}
    DEFAULT_CSS = """
    Lanes { height: 2; background: $background; }
    Lanes .lanes--empty { color: $text-disabled; }
    """

    class Picked(Message):
        """Somebody clicked on a bar."""

        def __init__(self, region_id: str) -> None:
            super().__init__()
            self.region_id = region_id

    def __init__(self, colours: TermColours, *, id: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._colours = colours

    @property
    def _top(self) -> int:
        """The first lane that is drawn, such that the selected region is in view."""
        scene = self.scene
        if scene is None or scene.selected not in scene.lanes:
            return 0
        return max(0, scene.lanes[scene.selected] - self.size.height + 1)

    def render_line(self, y: int) -> Strip:
        """Draw one lane."""
        scene = self.scene
        if scene is None:
            return self.blank()
        lane = self._top + y
        shown = [region for region in scene.regions if scene.lanes[region.id] == lane]
        if not scene.regions and y == 0:
            style = self.style_of("lanes--empty")
            name = self.beside(self._lane_name(scene, lane, y))
            return Strip([name, Segment(self._empty_words(), style)])
        return Strip([self.beside(self._lane_name(scene, lane, y)), *self._bars(scene, shown)])

    def _empty_words(self) -> str:
        """Return what stands where there is no region."""
        return "the regions that you make appear here"

    def _lane_name(self, scene: Scene, lane: int, y: int) -> str:
        """Return the lane's number, or how many more lanes there are below."""
        n_lanes = max(scene.lanes.values(), default=-1) + 1
        n_below = n_lanes - lane - 1
        if y == self.size.height - 1 and n_below > 0:
            return f"{lane + 1}+{n_below}"
        return str(lane + 1) if lane < n_lanes else ""

    def _bars(self, scene: Scene, shown: list[Region]) -> list[Segment]:
        """Return the segments of a lane from left to right."""
        width = max(self.size.width - GUTTER, 0)
        segments, reached, ground = [], 0, self.style_of("ground")
        for region, first, last, room in _placed(scene, shown, width):
            segments.append(Segment(" " * (first - reached), ground))
            is_selected = region.id == scene.selected
            inside, beside = bar_texts(region, last - first, room)
            style = self._bar_style(region, is_selected=is_selected)
            segments.append(Segment(inside, style))
            if beside:
                segments.append(Segment(beside, ground + Style(bold=is_selected)))
            reached = last + len(beside)
        return [*segments, Segment(" " * max(width - reached, 0), ground)]

    def _bar_style(self, region: Region, *, is_selected: bool) -> Style:
        """Return the style of a bar: the colour of its source, full while it is selected."""
        colour = Color.parse(self._colours[region.source])
        ground = self.background_colors[1]
        fill = colour if is_selected else ground.blend(colour, _REST_SHARE)
        return Style(
            color=fill.get_contrast_text().blend(fill, 0.1).rich_color,
            bgcolor=fill.rich_color,
            bold=is_selected,
        )

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Pick the bar under the mouse; elsewhere move the cursor as every picture does."""
        region_id = self._region_at(event)
        if region_id is None:
            return
        event.stop()
        event.prevent_default()
        self.post_message(self.Picked(region_id))

    def _region_at(self, event: events.MouseEvent) -> str | None:
        scene = self.scene
        if scene is None or event.x < GUTTER:
            return None
        for region in scene.regions:
            first, last = scene.viewport.columns(region.onset_sample, region.offset_sample)
            if scene.lanes[region.id] == self._top + event.y and first <= event.x - GUTTER < last:
                return region.id
        return None


def _placed(scene: Scene, shown: list[Region], width: int) -> list[tuple[Region, int, int, int]]:
    """Return the regions of a lane in view: first column, the one after the last, room beside."""
    spans, reached = [], 0
    for region in shown:
        first, last = scene.viewport.columns(region.onset_sample, region.offset_sample)
        if last > max(first, reached):
            spans.append((region, max(first, reached), last))
            reached = last
    ends = [first for _, first, _ in spans[1:]] + [width]  # one too many if nothing is in view
    return [(*span, end - span[2]) for span, end in zip(spans, ends, strict=False)]


def bar_texts(region: Region, width: int, room: int) -> tuple[str, str]:
    """Return what is written in a bar, and beside it if that is where its label fits.

    Parameters
    ----------
    region : Region
    width : int
        Columns of the bar, at least 1.
    room : int
        Empty columns right of it.
    """
    label = bar_label(region)
    within = width - 2
    if len(label) <= within:
        return f"[{label:<{within}}]", ""
    edges = "▏" * width if width < 3 else f"[{' ' * within}]"
    if len(label) + 2 <= room:
        return edges, f" {label}"
    if within < 3:
        return edges, ""
    name = label.split(" ")[0]
    text = name if len(name) <= within else label[: within - 1] + "…"
    return f"[{text:<{within}}]", ""


def bar_label(region: Region) -> str:
    """Return what is written in a bar: source, intensity and ear, as in ``tapping 3 L``."""
    parts = [region.source or region.act or "? no label"]
    if region.secondary_sources:
        parts[0] += f"+{len(region.secondary_sources)}"
    if region.intensity is not None:
        parts.append(str(region.intensity))
    return " ".join(filter(None, [*parts, EAR_LETTERS[region.ear]]))
