"""The scene beside what other raters made of the clip, when somebody asks for that."""

from asmr_stim.annotation.agreement import Comparison, RegionPair, compare_regions
from asmr_stim.annotation.session import AnnotationSession
from asmr_stim.schema.annotation import Annotation, Region
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim_tui import navigation
from asmr_stim_tui.actions import Keymap
from asmr_stim_tui.lanes import Lanes
from asmr_stim_tui.listening_screen import ListeningScreen
from asmr_stim_tui.rater_lanes import ComparisonLines, RaterLanes, clip_words, pair_words
from asmr_stim_tui.scene import Scene


class ComparingScreen(ListeningScreen):
    """Shows the lanes of other raters; without any, raters are blind to each other.

    Parameters
    ----------
    session : AnnotationSession
    taxonomy : Taxonomy
    keys : dict from action id to tuple of keys
    others : tuple of Annotation
        Of other raters, of the same clip.
    """

    def __init__(
        self,
        session: AnnotationSession,
        taxonomy: Taxonomy,
        keys: Keymap,
        others: tuple[Annotation, ...] = (),
    ) -> None:
        super().__init__(session, taxonomy, keys)
        self._others = others
        self._compared: tuple[Region, ...] | None = None
        self._comparisons: tuple[Comparison, ...] = ()

    def on_mount(self) -> None:
        """Put the lanes of other raters under one's own."""
        after = self.query_one(Lanes)
        for annotation in self._others:
            lanes = RaterLanes(annotation, self._colours)
            self.mount(lanes, after=after)
            after = lanes
        if self._others:
            self.mount(ComparisonLines(len(self._others)), before="#hint")
            key = self._key("next_difference")
            self._say(
                f"{key} goes to where raters differ. IoU = shared time of two regions, 0 to 1."
            )

    def _show(self, scene: Scene) -> None:
        """Draw a scene, and the other raters' regions beside it."""
        super()._show(scene)
        if not self._others or not self.query(ComparisonLines):
            return
        self._compare()
        region = self.scene.region
        for lanes, comparison in zip(self.query(RaterLanes), self._comparisons, strict=True):
            lanes.show_beside(self.scene, self._pair(comparison, region))
        self.query_one(ComparisonLines).show(tuple(map(self._words, self._comparisons)))

    def _compare(self) -> None:
        """Compare with every other rater, where regions have changed since."""
        if self._compared == self.session.regions:
            return
        self._compared = self.session.regions
        own = self.session.annotation.rater
        self._comparisons = tuple(
            compare_regions(self.session.regions, other.regions, (own, other.rater))
            for other in self._others
        )

    def _pair(self, comparison: Comparison, region: Region | None) -> RegionPair | None:
        """Return the event that is looked at: that of the region, or one that begins here."""
        if region is not None:
            return comparison.of(region.id)
        here = (p for p in comparison.pairs if p.own is None)
        return next((p for p in here if p.onset_sample == self.scene.cursor), None)

    def _words(self, comparison: Comparison) -> str:
        pair = self._pair(comparison, self.scene.region)
        if pair is None:
            return clip_words(comparison)
        return pair_words(pair, comparison.other_rater, self.scene.clip.rate_hz)

    def action_differ(self, step: int) -> None:
        """Go to the next place (1), or the one before (-1), where a rater differs."""
        if not self._others:
            self._say("Raters are blind to each other here; start with --compare to see them.")
            return
        self._compare()
        pairs = {
            _place(pair): pair
            for comparison in self._comparisons
            for pair in comparison.disagreements
        }
        region = self.scene.region
        here = (self.scene.cursor, "") if region is None else (region.onset_sample, region.id)
        further = [p for p in pairs if (p > here if step > 0 else p < here)]
        if further:
            place = min(further) if step > 0 else max(further)
            self._go(_looking_at(self.scene, pairs[place]))
        elif pairs:
            self._say(f"Nobody differs {'after' if step > 0 else 'before'} this place.")
        else:
            self._say("All raters agree.")


def _place(pair: RegionPair) -> tuple[int, str]:
    """Return where one goes to look at an event: one's own region, or the other's begin."""
    if pair.own is not None:
        return pair.own.onset_sample, pair.own.id
    return pair.onset_sample, ""


def _looking_at(scene: Scene, pair: RegionPair) -> Scene:
    """Return the scene with an event selected, or the cursor where only another rater heard it."""
    if pair.own is not None:
        return navigation.selecting(scene, pair.own.id)
    nowhere = navigation.with_regions(scene, scene.regions, None)
    return navigation.at_sample(nowhere, pair.onset_sample)
