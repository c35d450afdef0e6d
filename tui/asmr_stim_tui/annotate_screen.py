"""The screen on which a clip is annotated: keys and messages become calls on the session."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from asmr_stim.annotation.edits import Edit
from asmr_stim.annotation.session import AnnotationSession
from asmr_stim.errors import AsmrStimError, OutputError
from asmr_stim.schema.annotation import EARS, PACES, Region
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim_tui import navigation
from asmr_stim_tui.actions import ACTIONS
from asmr_stim_tui.detail_line import DetailLine
from asmr_stim_tui.help_screen import HelpScreen
from asmr_stim_tui.key_bar import KeyBar
from asmr_stim_tui.label_picker import Choice, LabelPicker
from asmr_stim_tui.lanes import Lanes
from asmr_stim_tui.next_step import next_step, suitable_actions
from asmr_stim_tui.peaks import Outline
from asmr_stim_tui.prompt_screen import PromptScreen, confidence_refusal
from asmr_stim_tui.region_panel import RegionPanel
from asmr_stim_tui.region_table import RegionTable
from asmr_stim_tui.ruler import Ruler
from asmr_stim_tui.scene import GUTTER, Scene
from asmr_stim_tui.status_line import NOTHING_YET, StatusLine
from asmr_stim_tui.term_colours import TermColours
from asmr_stim_tui.time_picture import TimePicture
from asmr_stim_tui.title_bar import TitleBar
from asmr_stim_tui.viewport import Viewport
from asmr_stim_tui.waveform import Waveform

SMALLEST = (60, 16)
WIDE = 100
MEDIUM_HEIGHT, TALL_HEIGHT = 30, 44
PANEL_WIDTH = 34
N_RECENT = 5
NO_REGION = "There is no region yet: press i where a sound begins and o where it ends."


class AnnotateScreen(Screen[None]):
    """Pictures of the sound, the regions under them, and what can be done next.

    Parameters
    ----------
    session : AnnotationSession
    taxonomy : Taxonomy
    """

    CSS_PATH = "annotate_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), action.method, action.label, id=action.id)
        for action in ACTIONS
    ]

    class Edited(Message):
        """The session has changed; ``trouble`` says why the journal did not take it."""

        def __init__(self, trouble: str | None) -> None:
            super().__init__()
            self.trouble = trouble

    class SaveWanted(Message):
        """Somebody wants the file written now."""

    class QuitWanted(Message):
        """Somebody wants to leave."""

    class PaletteWanted(Message):
        """Somebody wants to find an action by name."""

    class GainWanted(Message):
        """Somebody wants the sound drawn larger (1) or smaller (-1)."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    def __init__(self, session: AnnotationSession, taxonomy: Taxonomy) -> None:
        super().__init__()
        self.session = session
        self._taxonomy = taxonomy
        self._colours = TermColours.of(taxonomy)
        clip = session.annotation.clip
        empty = Scene(clip, Viewport.whole(clip.n_samples, 1))
        self.scene = navigation.with_regions(empty, session.regions, None)
        self._recent = [r.source for r in session.regions if r.source is not None]
        self._said: str | None = None
        self._saved = NOTHING_YET
        self._share_read = 0.0

    def compose(self) -> ComposeResult:
        """Build the layout."""
        yield TitleBar()
        with Horizontal(id="middle"):
            with Vertical(id="pictures"):
                yield Ruler()
                yield Waveform(self._colours)
                yield Lanes(self._colours)
            yield RegionPanel(self._colours)
        yield RegionTable(self._colours)
        yield DetailLine()
        yield Static(id="hint")
        yield StatusLine()
        yield KeyBar()
        yield Static(id="too-small")

    def on_mount(self) -> None:
        """Draw the first scene."""
        self.query_one(TitleBar).show(self.session.annotation)
        self._show(self.scene)

    def on_resize(self, event: Resize) -> None:
        """Fit the layout to the terminal, or say that it is too small."""
        width, height = event.size
        is_wide = width >= WIDE
        self.set_class(width < SMALLEST[0] or height < SMALLEST[1], "-too-small")
        self.set_class(is_wide, "-wide")
        self.set_class(MEDIUM_HEIGHT <= height < TALL_HEIGHT, "-medium")
        self.set_class(height >= TALL_HEIGHT, "-tall")
        self.query_one("#too-small", Static).update(
            f"This terminal is {width}x{height}; the annotator needs {SMALLEST[0]}x{SMALLEST[1]}. "
            "Make the window larger or the letters smaller; q quits."
        )
        n_columns = max(1, width - GUTTER - (PANEL_WIDTH if is_wide else 0))
        self._show(replace(self.scene, viewport=self.scene.viewport.resized(n_columns)))

    def show_sound(self, outline: Outline, scale: float, share_read: float) -> None:
        """Draw the outline of the sound, as far as it has been read."""
        self.query_one(Waveform).show_sound(outline, scale)
        self._share_read = share_read
        self._show(self.scene)

    def show_saved(self, saved: str, said: str | None = None) -> None:
        """Show whether everything is saved, and a sentence about it."""
        self._saved = saved
        self._say(said or self._said)

    def _show(self, scene: Scene) -> None:
        """Draw a scene everywhere."""
        self.scene = scene
        for picture in self.query(TimePicture):
            picture.show(scene)
        self.query_one(RegionTable).show(scene)
        self.query_one(RegionPanel).show(self.session.annotation, scene.region)
        self.query_one(DetailLine).show(scene.region)
        self.query_one("#hint", Static).update(self._said or next_step(scene))
        self.query_one(StatusLine).show(scene, self._saved, self._share_read)
        self.query_one(KeyBar).show(suitable_actions(scene), self._all_keys())

    def _go(self, scene: Scene) -> None:
        """Draw a scene that a person asked for; what was said before is past."""
        self._said = None
        self._show(scene)

    def _say(self, sentence: str | None) -> None:
        """Say a sentence until the next action."""
        self._said = sentence
        self._show(self.scene)

    def _all_keys(self) -> dict[str, tuple[str, ...]]:
        """Return the keys that each action is bound to now."""
        keys: dict[str, tuple[str, ...]] = {action.id: () for action in ACTIONS}
        for key, binding in self._bindings:
            if binding.id in keys:
                keys[binding.id] += (key,)
        return keys

    def _edit(
        self, change: Callable[[], object], said: str | None = None, selected: str | None = None
    ) -> None:
        """Change the session, tell the app, and show what came of it."""
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
        elif self.scene.regions:
            self._say("No region is selected: press n for the next one, or click on one.")
        else:
            self._say(NO_REGION)

    def action_go(self, move: str) -> None:
        """Move cursor or view."""
        self._go(navigation.MOVES[move](self.scene))

    def action_fit_region(self) -> None:
        """Show the selected region."""
        self._with_region(lambda region: self._go(navigation.framed(self.scene, region)))

    def action_gain(self, steps: int) -> None:
        """Draw quiet sound larger (1), or the sound smaller (-1)."""
        self.post_message(self.GainWanted(steps))

    def action_step(self, step: int) -> None:
        """Select the next region (1) or the previous one (-1)."""
        region_id = navigation.neighbour(self.scene, step)
        if region_id is not None:
            self._go(navigation.selecting(self.scene, region_id))
        elif self.scene.regions:
            self._say(f"This is the {'last' if step > 0 else 'first'} region.")
        else:
            self._say(NO_REGION)

    def action_mark_in(self) -> None:
        """Begin a region at the cursor, or finish one whose end is marked."""
        self._go(replace(self.scene, mark_in=self.scene.cursor))
        self._finish_region()

    def action_mark_out(self) -> None:
        """End a region at the cursor, if its begin is marked, or else mark the end."""
        self._go(replace(self.scene, mark_out=self.scene.cursor))
        self._finish_region()

    def _finish_region(self) -> None:
        """Make the region once both of its ends are marked, in whichever order they came."""
        marks = (self.scene.mark_in, self.scene.mark_out)
        if marks[0] is None or marks[1] is None:
            return
        onset, offset = sorted((marks[0], marks[1]))
        if onset == offset:
            self._show(replace(self.scene, mark_out=None))
            self._say("A region needs some length: move with ← → before you press o.")
            return
        self.scene = replace(self.scene, mark_in=None, mark_out=None)
        self._edit(lambda: self.session.add(onset, offset))

    def action_cancel(self) -> None:
        """Forget a mark; without one, select nothing."""
        if self.scene.pending is not None:
            self._go(replace(self.scene, mark_in=None, mark_out=None))
        else:
            self._go(replace(self.scene, selected=None))

    def action_delete(self) -> None:
        """Delete the selected region."""
        self._with_region(
            lambda region: self._edit(
                lambda: self.session.delete(region.id), f"Deleted {region.id}; z brings it back."
            )
        )

    def action_label(self) -> None:
        """Open the label picker for the selected region."""
        self._with_region(self._pick_label)

    def _pick_label(self, region: Region) -> None:
        recent = tuple(dict.fromkeys(reversed(self._recent)))[:N_RECENT]
        picker = LabelPicker(self._taxonomy, self._colours, region, recent)
        self.app.push_screen(picker, lambda choice: self._label(region, choice))

    def _label(self, region: Region, choice: Choice | None) -> None:
        """Give the region the term that was picked."""
        if choice is None:
            return
        if choice.term is not None and choice.axis == "source":
            self._recent.append(choice.term)
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

    def action_save(self) -> None:
        """Write the file now."""
        self.post_message(self.SaveWanted())

    def action_help(self) -> None:
        """Show every key."""
        self.app.push_screen(HelpScreen(self._all_keys()))

    def action_palette(self) -> None:
        """Find an action by its name."""
        self.post_message(self.PaletteWanted())

    def action_quit(self) -> None:
        """Leave."""
        self.post_message(self.QuitWanted())

    def on_time_picture_pointed(self, message: TimePicture.Pointed) -> None:
        """Move the cursor to where somebody clicked."""
        self._go(navigation.at_sample(self.scene, message.sample))

    def on_time_picture_dragged(self, message: TimePicture.Dragged) -> None:
        """Mark what is dragged over; make it a region in the end."""
        moved = replace(self.scene, mark_in=message.start, mark_out=None, cursor=message.end)
        self._go(moved)
        if message.is_done:
            self.action_mark_out()

    def on_time_picture_wheeled(self, message: TimePicture.Wheeled) -> None:
        """Zoom at the mouse, or move with shift."""
        if message.with_shift:
            columns = -message.direction * self.scene.viewport.n_columns // 8
            self._go(replace(self.scene, viewport=self.scene.viewport.moved(columns)))
        else:
            factor = navigation.ZOOM_STEP**message.direction
            self._go(navigation.zoomed(self.scene, factor, message.sample))

    def on_lanes_picked(self, message: Lanes.Picked) -> None:
        """Select the bar that was clicked."""
        self._go(navigation.selecting(self.scene, message.region_id))

    def on_region_table_picked(self, message: RegionTable.Picked) -> None:
        """Select the row that was clicked."""
        self._go(navigation.selecting(self.scene, message.region_id))


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
