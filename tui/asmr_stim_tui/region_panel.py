"""Everything about the selected region, each line with the key that changes it."""

from rich.table import Table
from rich.text import Text

from asmr_stim.annotation.composition import composition
from asmr_stim.schema.annotation import Annotation, Region
from asmr_stim_tui.actions import Keymap, shown_key
from asmr_stim_tui.clock import clock, length
from asmr_stim_tui.shown import Shown
from asmr_stim_tui.term_colours import TermColours

NOT_SAID = "·"
_FIELDS = ("label", "intensity_1", "intensity_5", "ear", "pace", "confidence", "facet", "notes")
_EARS = {"left": "● left   ○ right", "right": "○ left   ● right", "both": "● left   ● right"}


class RegionPanel(Shown):
    """The selected region beside the pictures, and under it what the clip consists of."""

    DEFAULT_CSS = """
    RegionPanel { width: 34; height: 100%; padding: 0 1; border-left: vkey $panel; }
    """

    def __init__(self, colours: TermColours, *, id: str | None = None) -> None:  # noqa: A002 Textual's word
        super().__init__(id=id)
        self._colours = colours

    def show(self, annotation: Annotation, region: Region | None, keys: Keymap) -> None:
        """Draw a region of an annotation, or how to make one."""
        if self.is_shown(annotation, region, keys):
            return
        table = Table.grid(padding=(0, 1), expand=True)
        table.add_column(style="dim", width=9)
        table.add_column(ratio=1, overflow="fold")
        table.add_column(style="bold", justify="right", width=3)
        for row in _lines(annotation, region, self._colours, keys):
            table.add_row(*row)
        self.draw(table)


def _lines(
    annotation: Annotation, region: Region | None, colours: TermColours, keys: Keymap
) -> list[tuple[Text | str, ...]]:
    if region is None:
        head: list[tuple[Text | str, ...]] = [("region", Text("none selected", "dim"), "")]
    else:
        head = region_lines(region, annotation.clip.rate_hz, colours, keys)
    return [*head, ("", "", ""), *_composition_lines(annotation, colours)]


def region_lines(
    region: Region, rate_hz: int, colours: TermColours, keys: Keymap
) -> list[tuple[Text | str, ...]]:
    """Return name, value and key of each property of a region."""
    stars = "".join("●" if n < (region.intensity or 0) else "○" for n in range(5))
    key = {name: shown_key(keys[name][0]) for name in _FIELDS}
    strengths = f"{key['intensity_1']}-{key['intensity_5']}"
    intensity = f"{stars} {region.intensity}" if region.intensity else stars
    return [
        ("region", Text(region.id, "bold"), ""),
        ("begins", clock(region.onset_sample / rate_hz), ""),
        ("ends", clock(region.offset_sample / rate_hz), ""),
        ("length", length(region.n_samples / rate_hz), ""),
        ("", "", ""),
        ("source", _source_words(region, colours), key["label"]),
        ("also", ", ".join(region.secondary_sources) or NOT_SAID, key["label"]),
        ("act", region.act or NOT_SAID, key["label"]),
        ("channel", region.channel or NOT_SAID, key["label"]),
        ("intensity", intensity, strengths),
        ("ear", _EARS[region.ear], key["ear"]),
        ("pace", region.pace or NOT_SAID, key["pace"]),
        (
            "sure",
            NOT_SAID if region.confidence is None else f"{region.confidence:.2f}",
            key["confidence"],
        ),
        ("facets", facet_words(region) or NOT_SAID, key["facet"]),
        ("note", Text(region.notes or NOT_SAID), key["notes"]),
    ]


def facet_words(region: Region) -> str:
    """Return the facets of a region, as in ``motion: moving, material: wood``."""
    words = (f"{facet}: {value}" for facet, value in region.facets.items())
    return ", ".join(words).replace("_", " ")


def _source_words(region: Region, colours: TermColours) -> Text:
    if region.source is not None:
        return Text.assemble(("■ ", colours[region.source]), (region.source, "bold"))
    return Text("no label yet", "italic") if region.act is None else Text(NOT_SAID)


def _composition_lines(
    annotation: Annotation, colours: TermColours
) -> list[tuple[Text | str, ...]]:
    """Return a bar for each source: its share of the clip's time."""
    shares = composition(annotation)
    if not shares:
        return []
    rows: list[tuple[Text | str, ...]] = [("share of", "the clip's time", "")]
    for share in shares[:8]:
        bar = ("█" * max(1, round(share.share * 10)), colours[share.source])
        rows.append((f"{share.share:.0%}", Text.assemble(bar, f" {share.source}"), ""))
    return rows
