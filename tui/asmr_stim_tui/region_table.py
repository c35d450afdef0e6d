"""The regions as a table; as many columns as there is room for, as many rows as fit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from asmr_stim.schema.annotation import Region
from asmr_stim_tui.clock import clock, length
from asmr_stim_tui.scene import Scene
from asmr_stim_tui.term_colours import TermColours


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, width, from which table width on it is shown, and what it says."""

    title: str
    width: int
    from_width: int
    text: Callable[[Region, int], str]


_COLUMNS = (
    Column("region", 8, 0, lambda r, _: r.id),
    Column("begins", 11, 0, lambda r, rate: clock(r.onset_sample / rate)),
    Column("ends", 11, 0, lambda r, rate: clock(r.offset_sample / rate)),
    Column("length", 10, 0, lambda r, rate: length(r.n_samples / rate)),
    Column("source", 22, 0, lambda r, _: " + ".join(r.sources) or "-"),
    Column("act", 16, 120, lambda r, _: r.act or "-"),
    Column("channel", 12, 150, lambda r, _: r.channel or "-"),
    Column("int", 4, 0, lambda r, _: "-" if r.intensity is None else str(r.intensity)),
    Column("ear", 6, 0, lambda r, _: r.ear),
    Column("pace", 7, 110, lambda r, _: r.pace or "-"),
    Column("sure", 5, 110, lambda r, _: "-" if r.confidence is None else f"{r.confidence:.2f}"),
    Column("note", 200, 90, lambda r, _: " ".join(r.notes.split())),
)
_SOURCE = "source"


class RegionTable(Widget):
    """A window on the list of regions that follows the selected one."""

    can_focus = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "region-table--title",
        "region-table--row",
        "region-table--selected",
        "region-table--more",
    }
    DEFAULT_CSS = """
    RegionTable { height: 6; background: $background; }
    RegionTable .region-table--title { color: $text-muted; background: $panel; }
    RegionTable .region-table--row { color: $foreground; background: $background; }
    RegionTable .region-table--selected {
        color: $foreground; background: $primary 35%; text-style: bold;
    }
    RegionTable .region-table--more { color: $text-muted; background: $panel; }
    """

    class Picked(Message):
        """Somebody clicked on a row."""

        def __init__(self, region_id: str) -> None:
            super().__init__()
            self.region_id = region_id

    def __init__(self, colours: TermColours, *, id: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._colours = colours
        self._scene: Scene | None = None
        self._first = 0

    def show(self, scene: Scene) -> None:
        """Draw the regions of a scene."""
        before = self._scene
        self._scene = scene
        if before is None or (before.regions, before.selected) != (scene.regions, scene.selected):
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the titles or one region."""
        width = self.size.width
        if self._scene is None:
            return Strip.blank(width)
        self._follow(self._scene)
        if y == 0:
            return self._titles(width)
        place = self._first + y - 1
        if place >= len(self._scene.regions):
            return Strip.blank(width, self.rich_style)
        return self._row(self._scene, self._scene.regions[place], width)

    def _follow(self, scene: Scene) -> None:
        """Move the window so that the selected region is in it."""
        n_rows = max(self.size.height - 1, 1)
        latest = max(len(scene.regions) - n_rows, 0)
        place = next((i for i, r in enumerate(scene.regions) if r.id == scene.selected), None)
        if place is not None:
            self._first = min(max(self._first, place - n_rows + 1), place)
        self._first = min(self._first, latest)

    def _titles(self, width: int) -> Strip:
        style = self.get_component_rich_style("region-table--title")
        text = " " + "".join(f"{c.title:<{c.width}}" for c in _shown(width))
        n_below = (
            len(self._scene.regions) - self._first - (self.size.height - 1) if self._scene else 0
        )
        more = " ".join(
            f"{mark} {n} more" for mark, n in (("↑", self._first), ("↓", n_below)) if n > 0
        )
        return Strip(
            [Segment(f"{text[: width - len(more) - 1]:<{width - len(more) - 1}}{more} ", style)]
        )

    def _row(self, scene: Scene, region: Region, width: int) -> Strip:
        """Draw a region; its source in the colour of its bar."""
        name = "selected" if region.id == scene.selected else "row"
        style = self.get_component_rich_style(f"region-table--{name}")
        segments = [Segment("▸" if name == "selected" else " ", style)]
        for column in _shown(width):
            text = column.text(region, scene.clip.rate_hz)
            is_source = column.title == _SOURCE
            colour = Style(color=self._readable(region.source)) if is_source else Style.null()
            segments.append(Segment(_fitted(text, column.width), style + colour))
        return Strip(segments).adjust_cell_length(width, style)

    def _readable(self, source: str | None) -> str:
        """Return the colour of a source, dark enough for letters where the ground is light."""
        colour = self._colours[source]
        return colour if self.app.current_theme.dark else Color.parse(colour).darken(0.35).hex

    def on_click(self, event: events.Click) -> None:
        """Pick the region under the mouse."""
        place = self._first + event.y - 1
        if self._scene is not None and event.y > 0 and place < len(self._scene.regions):
            self.post_message(self.Picked(self._scene.regions[place].id))


def _shown(width: int) -> list[Column]:
    return [column for column in _COLUMNS if width >= column.from_width]


def _fitted(text: str, width: int) -> str:
    """Return text in a width, with an ellipsis if it is cut and a space after it."""
    return f"{text if len(text) < width else text[: width - 2] + '…':<{width}}"
