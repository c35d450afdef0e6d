"""What the table has no room for in a narrow terminal: the rest of the selected region."""

from textual.content import Content

from asmr_stim.schema.annotation import Region
from asmr_stim_tui.region_panel import facet_words
from asmr_stim_tui.shown import Shown


class DetailLine(Shown):
    """One line about the selected region."""

    DEFAULT_CSS = """
    DetailLine {
        height: 1; padding: 0 1; color: $text-muted;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def show(self, region: Region | None) -> None:
        """Draw what has been said of a region beyond the table."""
        if not self.is_shown(region):
            self.draw(Content("" if region is None else details(region)))


def details(region: Region) -> str:
    """Return what has been said of a region beyond the table, as far as it is known."""
    said = [
        ("act", region.act),
        ("channel", region.channel),
        ("pace", region.pace),
        ("sure", None if region.confidence is None else f"{region.confidence:.2f}"),
        ("facets", facet_words(region) or None),
        ("note", " ".join(region.notes.split()) or None),
    ]
    known = [f"{name} {value}" for name, value in said if value is not None]
    return " · ".join([region.id, *known]) if known else ""
