"""The screen on which a clip is annotated: regions are made, moved, cut, joined and written."""

from dataclasses import replace

from textual.message import Message

from asmr_stim.schema.annotation import Region
from asmr_stim_tui import navigation
from asmr_stim_tui.describing_screen import DescribingScreen
from asmr_stim_tui.scene import Scene
from asmr_stim_tui.time_picture import TimePicture


class AnnotateScreen(DescribingScreen):
    """The scene, and everything that changes regions; parameters as ``EditingScreen``."""

    class ExportWanted(Message):
        """Somebody wants tables for other programs."""

    class ElsewhereWanted(Message):
        """Somebody wants the annotation in another folder."""

    def action_fit_region(self) -> None:
        """Show the selected region."""
        self._with_region(lambda region: self._go(navigation.framed(self.scene, region)))

    def action_mark_in(self) -> None:
        """Begin a region at the cursor, or at what is heard; or finish one whose end is marked."""
        here = navigation.at_sample(self.scene, self.here)
        self._go(replace(here, mark_in=here.cursor, grabbed=None))
        self._finish_region()

    def action_mark_out(self) -> None:
        """End a region at the cursor, if its begin is marked, or else mark the end."""
        here = navigation.at_sample(self.scene, self.here)
        self._go(replace(here, mark_out=here.cursor, grabbed=None))
        self._finish_region()

    def _finish_region(self) -> None:
        """Make the region once both of its ends are marked, in whichever order they came."""
        marks = (self.scene.mark_in, self.scene.mark_out)
        if marks[0] is None or marks[1] is None:
            return
        onset, offset = sorted((marks[0], marks[1]))
        if onset == offset:
            self._show(replace(self.scene, mark_out=None))
            arrows = f"{self._key('cursor_left')} {self._key('cursor_right')}"
            how = f"go with {arrows} before {self._key('mark_out')}"
            self._say(f"A region needs some length: {how}.")
            return
        self.scene = replace(self.scene, mark_in=None, mark_out=None)
        self._edit(lambda: self.session.add(onset, offset))

    def _go(self, scene: Scene) -> None:
        """Draw a scene; an edge that is held moves with the cursor."""
        region, before = self.scene.region, self.scene
        super()._go(scene)
        is_held = scene.grabbed is not None and scene.grabbed == before.grabbed
        if region is None or not is_held or scene.cursor == before.cursor:
            return
        edges = {"onset": region.onset_sample, "offset": region.offset_sample}
        edges[str(scene.grabbed)] = scene.cursor
        self._edit(lambda: self.session.set_edges(region.id, edges["onset"], edges["offset"]))
        held = self.session.region(region.id)
        place = held.onset_sample if scene.grabbed == "onset" else held.offset_sample
        if place != scene.cursor:
            said = f"The two edges of {region.id} cannot pass each other."
            self._show(navigation.at_sample(self.scene, place))
            self._say(said)
        self.post_message(self.EdgeMoved(place))

    def action_copy(self) -> None:
        """Repeat the selected region right after itself."""
        self._with_region(self._copy)

    def _copy(self, region: Region) -> None:
        n_before = len(self.session.regions)
        self._edit(lambda: self.session.duplicate(region.id))
        copy = self.scene.region
        if copy is None or len(self.session.regions) == n_before:
            return
        self._show(navigation.selecting(self.scene, copy.id))
        if copy.onset_sample < region.offset_sample:
            self._say(f"The clip ends too soon after {region.id}: {copy.id} overlaps it.")

    def action_split(self) -> None:
        """Cut the selected region in two at the cursor."""
        cursor = self.scene.cursor
        self._with_region(lambda region: self._edit(lambda: self.session.split(region.id, cursor)))

    def action_join(self) -> None:
        """Join the selected region with the next one."""
        self._with_region(self._join)

    def _join(self, region: Region) -> None:
        other = navigation.neighbour(self.scene, 1)
        if other is None:
            self._say(f"{region.id} is the last region; select the one before it to join the two.")
            return
        self._edit(
            lambda: self.session.merge(region.id, other),
            f"Joined {other} to {region.id}; {self._key('undo')} takes it apart.",
            region.id,
        )

    def action_delete(self) -> None:
        """Delete the selected region."""
        self._with_region(
            lambda region: self._edit(
                lambda: self.session.delete(region.id),
                f"Deleted {region.id}; {self._key('undo')} brings it back.",
            )
        )

    def action_export(self) -> None:
        """Ask for tables of the events and of the shares of time."""
        self.post_message(self.ExportWanted())

    def action_elsewhere(self) -> None:
        """Ask for another folder for the annotation, unless it is only shown."""
        if self._holder is None:
            self.post_message(self.ElsewhereWanted())

    def on_time_picture_dragged(self, message: TimePicture.Dragged) -> None:
        """Mark what is dragged over; make it a region in the end."""
        moved = replace(self.scene, mark_in=message.start, mark_out=None, cursor=message.end)
        self._go(moved)
        if message.is_done:
            self.action_mark_out()
