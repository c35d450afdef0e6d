"""What another rater heard, under one's own lanes, and in a line how far it agrees."""

from dataclasses import replace

from textual.content import Content

from asmr_stim.annotation.agreement import Comparison, RegionPair
from asmr_stim.annotation.lanes import packed_lanes
from asmr_stim.schema.annotation import Annotation, Region
from asmr_stim_tui.clock import clock, counted
from asmr_stim_tui.lanes import Lanes
from asmr_stim_tui.scene import Scene
from asmr_stim_tui.shown import Shown
from asmr_stim_tui.term_colours import TermColours

MOST_LANES = 3

_WORDS = {"secondary_sources": "further sources", "edges": "edges"}


class RaterLanes(Lanes):
    """The regions of another rater; nothing here can be edited."""

    DEFAULT_CSS = """
    RaterLanes { height: 1; background: $surface; }
    """

    def __init__(self, annotation: Annotation, colours: TermColours) -> None:
        super().__init__(colours)
        self.rater = annotation.rater
        self._regions = annotation.regions
        self._packed = packed_lanes(annotation.regions)
        n_lanes = max(self._packed.values(), default=0) + 1
        self.styles.height = min(n_lanes, MOST_LANES)

    def show_beside(self, scene: Scene, pair: RegionPair | None) -> None:
        """Draw the other rater's regions in the view of a scene; the pair's one stands out."""
        other = None if pair is None else pair.other
        self.show(
            replace(
                scene,
                regions=self._regions,
                lanes=self._packed,
                selected=None if other is None else other.id,
                cursor=0,
                mark_in=None,
                mark_out=None,
                grabbed=None,
            )
        )

    def _lane_name(self, scene: Scene, lane: int, y: int) -> str:
        """Return the rater's name in the first line."""
        return self.rater if y == 0 else super()._lane_name(scene, lane, y)

    def _empty_words(self) -> str:
        """Return what stands where there is no region."""
        return f"{self.rater} made no region"


class ComparisonLines(Shown):
    """How far each other rater agrees: about the region, or the whole clip."""

    DEFAULT_CSS = """
    ComparisonLines { padding: 0 1; color: $secondary; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, n_raters: int) -> None:
        super().__init__()
        self.styles.height = min(n_raters, MOST_LANES)

    def show(self, words: tuple[str, ...]) -> None:
        """Draw a sentence for each rater; where they are many, they share lines."""
        if not self.is_shown(words):
            n_lines = min(len(words), MOST_LANES)
            lines = (" │ ".join(words[first::n_lines]) for first in range(n_lines))
            self.draw(Content("\n".join(lines)))


def pair_words(pair: RegionPair, other_rater: str, rate_hz: int) -> str:
    """Return how far another rater agrees about an event, as in ``kl: IoU 0.83, onset +12 ms``."""
    if pair.other is None:
        return f"{other_rater}: heard nothing here"
    if pair.own is None:
        begins = clock(pair.other.onset_sample / rate_hz)
        return f"{other_rater}: {_label(pair.other)} at {begins}, which you do not have"
    edges = (
        ("onset", pair.onset_difference_samples),
        ("offset", pair.offset_difference_samples),
    )
    parts = [f"IoU {pair.iou:.2f}"]
    parts += [f"{name} {1000 * (n or 0) / rate_hz:+.0f} ms" for name, n in edges]
    parts += [_difference(pair.own, pair.other, name) for name in pair.differences]
    return f"{other_rater}: {', '.join(parts)}" + ("" if pair.differences else ", agreed")


def clip_words(comparison: Comparison) -> str:
    """Return how far another rater agrees about the whole clip."""
    n_all, n_not = len(comparison.pairs), len(comparison.disagreements)
    if n_all == 0:
        return f"{comparison.other_rater}: no region by either of you"
    return f"{comparison.other_rater}: {n_all - n_not} of {counted(n_all, 'event')} agreed"


def _difference(own: Region, other: Region, name: str) -> str:
    """Return what two regions say differently."""
    if name in _WORDS:
        return f"other {_WORDS[name]}"
    mine, theirs = getattr(own, name) or "none", getattr(other, name) or "none"
    return f"{name} {theirs}, not {mine}"


def _label(region: Region) -> str:
    """Return source and act of a region, as in ``scissors, act haircut``."""
    said = [region.source, region.act and f"act {region.act}"]
    return ", ".join(filter(None, said)) or "a region without a label"
