"""The screen on which a clip is annotated: keys and messages become calls on the session."""

from collections.abc import Callable
from dataclasses import replace

from textual.message import Message

from asmr_stim.annotation.edits import Edit
from asmr_stim.annotation.session import AnnotationSession
from asmr_stim.errors import AsmrStimError, OutputError
from asmr_stim.io.session_lock import Holder
from asmr_stim.schema.annotation import EARS, PACES, Annotation, Region
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim_tui import navigation
from asmr_stim_tui.actions import Keymap
from asmr_stim_tui.clock import counted
from asmr_stim_tui.comparing_screen import ComparingScreen
from asmr_stim_tui.facet_picker import FacetChoice, FacetPicker
from asmr_stim_tui.label_picker import Choice, LabelPicker
from asmr_stim_tui.prompt_screen import PromptScreen, confidence_refusal
from asmr_stim_tui.recents import Recents
from asmr_stim_tui.scene import Scene
from asmr_stim_tui.time_picture import TimePicture


class AnnotateScreen(ComparingScreen):
    """The scene, and everything that changes regions.

    Parameters
    ----------
    session : AnnotationSession
    taxonomy : Taxonomy
    keys : dict from action id to tuple of keys
    holder : Holder or None
        Another session that edits this annotation; as long as it is open, this one only shows it.
    others : tuple of Annotation
        Of other raters, to compare with; empty if raters are blind to each other.
    """

    class Edited(Message):
        """The session has changed; ``trouble`` says why the journal did not take it."""

        def __init__(self, trouble: str | None) -> None:
            super().__init__()
            self.trouble = trouble

    class ExportWanted(Message):
        """Somebody wants tables for other programs."""

    class ElsewhereWanted(Message):
        """Somebody wants the annotation in another folder."""

    def __init__(
        self,
        session: AnnotationSession,
        taxonomy: Taxonomy,
        keys: Keymap,
        holder: Holder | None = None,
        others: tuple[Annotation, ...] = (),
    ) -> None:
        super().__init__(session, taxonomy, keys, others)
        self._holder = holder
        self._taxonomy = taxonomy
        self._recents = Recents(r.source for r in session.regions if r.source is not None)

    def _edit(
        self, change: Callable[[], object], said: str | None = None, selected: str | None = None
    ) -> None:
        """Change the session, tell the app, and show what came of it."""
        if self._holder is not None:
            self._say(f"Read only: {self._holder} is annotating this clip. Close it, then reopen.")
            return
        trouble = None
        try:
            change()
        except OutputError as error:
            trouble = str(error)
        except AsmrStimError as error:
            self._say(str(error))
            return
        edit = self.session.undoable
        if selected is None and edit is not None:
            selected = edit.region_id
        self._said = said
        self._show(navigation.with_regions(self.scene, self.session.regions, selected))
        self.post_message(self.Edited(trouble))

    def _with_region(self, act: Callable[[Region], None]) -> None:
        """Do something with the selected region, or say that there is none."""
        region = self.scene.region
        if region is not None:
            act(region)
        else:
            self._say_none_selected()

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
            self._say(f"A region needs some length: go with ← → before {self._key('mark_out')}.")
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
        self._with_region(lambda region: self._edit(lambda: self.session.duplicate(region.id)))

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

    def action_label(self) -> None:
        """Open the label picker for the selected region."""
        self._with_region(self._pick_label)

    def action_recent(self, number: int) -> None:
        """Give the selected region a source that was used before."""
        self._with_region(lambda region: self._label_again(region, number))

    def _label_again(self, region: Region, number: int) -> None:
        sources = self._recents.numbered
        if number <= len(sources):
            self._label(region, Choice("source", sources[number - 1]))
            return
        finds = f"{self._key('label')} finds any"
        self._say(f"{counted(len(sources), 'label')} used so far, so no recent {number}; {finds}.")

    def _pick_label(self, region: Region) -> None:
        picker = LabelPicker(self._taxonomy, self._colours, region, self._recents)
        self.app.push_screen(picker, lambda choice: self._label(region, choice))

    def _label(self, region: Region, choice: Choice | None) -> None:
        """Give the region the term that was picked."""
        if choice is None:
            return
        if choice.term is not None and choice.axis == "source":
            self._recents.use(choice.term)
        terms = _terms_after(region, choice)
        self._edit(lambda: self.session.relabel(region.id, **terms))

    def action_intensity(self, intensity: int) -> None:
        """Set the intensity of the selected region."""
        self._set("intensity", lambda _: intensity)

    def action_ear(self) -> None:
        """Change the ear of the selected region."""
        self._set("ear", lambda region: _after(region.ear, EARS[-1:] + EARS[:-1]))

    def action_pace(self) -> None:
        """Change the pace of the selected region."""
        self._set("pace", lambda region: _after(region.pace, (None, *PACES)))

    def _set(self, field: str, value: Callable[[Region], object]) -> None:
        self._with_region(
            lambda region: self._edit(
                lambda: self.session.set_field(region.id, field, value(region))
            )
        )

    def action_facet(self) -> None:
        """Open the picker of facets for the selected region."""
        self._with_region(self._pick_facet)

    def _pick_facet(self, region: Region) -> None:
        picker = FacetPicker(self._taxonomy, region)
        self.app.push_screen(picker, lambda choice: self._describe(region, choice))

    def _describe(self, region: Region, choice: FacetChoice | None) -> None:
        """Give the region the value of a facet that was picked, or take it away."""
        if choice is None:
            return
        said = {name: value for name, value in region.facets.items() if name != choice.facet}
        if choice.value is not None:
            said[choice.facet] = choice.value
        self._edit(lambda: self.session.set_field(region.id, "facets", said))

    def action_confidence(self) -> None:
        """Ask how sure the rater is."""
        self._with_region(
            lambda region: self._ask(
                region,
                f"How sure are you of {region.id}? 0 (a guess) to 1 (no doubt)",
                "confidence",
            )
        )

    def action_notes(self) -> None:
        """Ask for a note."""
        self._with_region(lambda region: self._ask(region, f"A note on {region.id}", "notes"))

    def _ask(self, region: Region, question: str, field: str) -> None:
        """Ask for the value of a field and set it."""
        is_number = field == "confidence"
        before = getattr(region, field)

        def take(answer: str | None) -> None:
            if answer is None:
                return
            value = answer.strip() if not is_number else float(answer) if answer.strip() else None
            self._edit(lambda: self.session.set_field(region.id, field, value))

        refusal = confidence_refusal if is_number else lambda _: None
        text = "" if before is None else str(before)
        self.app.push_screen(PromptScreen(question, text, refusal), take)

    def action_export(self) -> None:
        """Ask for tables of the events and of the shares of time."""
        self.post_message(self.ExportWanted())

    def action_elsewhere(self) -> None:
        """Ask for another folder for the annotation, unless it is only shown."""
        if self._holder is None:
            self.post_message(self.ElsewhereWanted())

    def action_undo(self) -> None:
        """Take the last edit back."""
        self._travel(self.session.undoable, self.session.undo, "undo")

    def action_redo(self) -> None:
        """Do the undone edit again."""
        self._travel(self.session.redoable, self.session.redo, "redo")

    def _travel(self, edit: Edit | None, go: Callable[[], object], word: str) -> None:
        """Go through history by one edit and show the region that it is about."""
        if edit is None:
            self._say(f"There is nothing to {word}.")
            return
        self._edit(go, f"{word.capitalize()}: {edit.kind} {edit.region_id}.", edit.region_id)

    def on_time_picture_dragged(self, message: TimePicture.Dragged) -> None:
        """Mark what is dragged over; make it a region in the end."""
        moved = replace(self.scene, mark_in=message.start, mark_out=None, cursor=message.end)
        self._go(moved)
        if message.is_done:
            self.action_mark_out()


def _after(value: object, cycle: tuple[object, ...]) -> object:
    """Return what comes after a value in a cycle."""
    return cycle[(cycle.index(value) + 1) % len(cycle)]


def _terms_after(region: Region, choice: Choice) -> dict[str, object]:
    """Return which terms of a region change by a choice in the label picker.

    A further source that is there already is taken away; one that becomes the main source stops
    being a further one.
    """
    further = [term for term in region.secondary_sources if term != choice.term]
    if choice.axis != "source":
        return {choice.axis: choice.term}
    if not choice.is_secondary or region.source in (None, choice.term):
        return {"source": choice.term, "secondary_sources": tuple(further)}
    if choice.term is not None and choice.term not in region.secondary_sources:
        further.append(choice.term)
    return {"secondary_sources": tuple(further)}
