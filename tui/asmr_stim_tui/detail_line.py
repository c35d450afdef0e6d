"""What a narrow terminal has no panel for: the rest of a region, or what the clip consists of."""

from textual.content import Content

from asmr_stim.annotation.composition import composition
from asmr_stim.schema.annotation import Annotation, Region
from asmr_stim_tui.region_panel import facet_words
from asmr_stim_tui.shown import Shown


class DetailLine(Shown):
    """One line about the selected region; without one, about the whole clip."""

    DEFAULT_CSS = """
    DetailLine {
        height: 1; padding: 0 1; color: $text-muted;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def show(self, annotation: Annotation, region: Region | None) -> None:
        """Draw what has been said of a region beyond the table, or the shares of time."""
        if not self.is_shown(annotation, region):
            self.draw(Content(shares(annotation) if region is None else details(region)))


def shares(annotation: Annotation) -> str:
    """Return how much of the clip's time each source is heard, the longest first."""
    heard = [f"{share.source} {share.share:.0%}" for share in composition(annotation)]
    return f"share of time: {', '.join(heard)}" if heard else ""


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
