"""The screen of the annotator without its edits: layout, pictures, cursor, view and selection."""

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from asmr_stim.annotation.session import AnnotationSession
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim_tui import navigation
from asmr_stim_tui.actions import ACTIONS, Keymap, shown_key
from asmr_stim_tui.detail_line import DetailLine
from asmr_stim_tui.frame_picture import FramePicture
from asmr_stim_tui.help_screen import HelpScreen
from asmr_stim_tui.key_bar import KeyBar
from asmr_stim_tui.lanes import Lanes
from asmr_stim_tui.next_step import next_step, suitable_actions
from asmr_stim_tui.peaks import Outline
from asmr_stim_tui.region_panel import RegionPanel
from asmr_stim_tui.region_table import RegionTable
from asmr_stim_tui.ruler import Ruler
from asmr_stim_tui.scene import GUTTER, Edge, Scene
from asmr_stim_tui.spectrogram import FrequencyAxis, Spectrogram
from asmr_stim_tui.spectrum import Spectrum
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
_WITHOUT_PICTURES = {"quit", "help"}
MOST_BANDS = 8
"""Channels of which each is sure to have a row, even in a small terminal."""


class SceneScreen(Screen[None]):
    """Pictures of the sound, the regions under them, and what can be done next.

    Parameters
    ----------
    session : AnnotationSession
    taxonomy : Taxonomy
    keys : dict from action id to tuple of keys
        As the app has bound them.
    """

    CSS_PATH = "scene_screen.tcss"
    # With priority a key acts before the next one is looked at: letters typed right after `t`
    # reach the picker that it opens.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(",".join(action.keys), action.method, action.label, id=action.id, priority=True)
        for action in ACTIONS
    ]

    class Ready(Message):
        """Everything is in place and can be drawn upon."""

    class SaveWanted(Message):
        """Somebody wants the file written now."""

    class QuitWanted(Message):
        """Somebody wants to leave."""

    class PaletteWanted(Message):
        """Somebody wants to find an action by name."""

    class SnapWanted(Message):
        """Somebody wants the cursor where the sound begins, or ends, near it."""

        def __init__(self, *, is_end: bool) -> None:
            super().__init__()
            self.is_end = is_end

    class GainWanted(Message):
        """Somebody wants the sound drawn larger (1) or smaller (-1)."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    _is_read_only = False
    """Whether another session edits this annotation, so that keys for edits are not offered."""

    def __init__(self, session: AnnotationSession, taxonomy: Taxonomy, keys: Keymap) -> None:
        super().__init__()
        self.session = session
        self._keys = keys
        self._colours = TermColours.of(taxonomy)
        clip = session.annotation.clip
        empty = Scene(clip, Viewport.whole(clip.n_samples, 1))
        self.scene = navigation.with_regions(empty, session.regions, None)
        self._said: str | None = None
        self._hint = ""
        self._saved = NOTHING_YET
        self._share_read = 0.0
        self._sound_words = ""

    def compose(self) -> ComposeResult:
        """Build the layout."""
        yield TitleBar()
        with Horizontal(id="middle"):
            with Vertical(id="pictures"):
                yield Ruler()
                yield Waveform(self._colours)
                with Horizontal(id="spectrum"):
                    yield FrequencyAxis()
                    yield Spectrogram()
                yield Lanes(self._colours)
            with Vertical(id="side"):
                yield FramePicture()
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
        n_channels = self.session.annotation.clip.n_channels
        self.query_one(Waveform).styles.min_height = min(n_channels, MOST_BANDS)
        self._show(self.scene)
        self.post_message(self.Ready())

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
        self.call_after_refresh(lambda: self._show(self.scene))  # when every part has its new size

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key may act: nothing is done unseen in a terminal that is too small."""
        is_seen = not self.has_class("-too-small") or action in _WITHOUT_PICTURES
        return is_seen and super().check_action(action, parameters)

    def show_sound(
        self, outline: Outline, scale: float, spectrum: Spectrum, share_read: float
    ) -> None:
        """Draw outline and spectrum of the sound, as far as it has been read."""
        self.query_one(Waveform).show_sound(outline, scale)
        self.query_one(Spectrogram).show_sound(spectrum)
        self._share_read = share_read
        self._show(self.scene)

    def show_saved(self, saved: str, said: str | None = None) -> None:
        """Show whether everything is saved, and a sentence about it."""
        self._saved = saved
        self._say(said or self._said)

    def _show(self, scene: Scene) -> None:
        """Draw a scene everywhere, unless the screen is closing."""
        self.scene = scene
        try:
            self.query_one(RegionTable).show(scene)
        except NoMatches:
            return
        for picture in (Ruler, Waveform, Spectrogram, Lanes):
            self.query_one(picture).show(scene)
        self.query_one(RegionPanel).show(self.session.annotation, scene.region, self._keys)
        self.query_one(DetailLine).show(self.session.annotation, scene.region)
        read_only = self._is_read_only
        self._show_hint(self._said or next_step(scene, self._keys, is_read_only=read_only))
        self.query_one(FrequencyAxis).show(scene.clip.rate_hz, scene.frequency_hz)
        reading = self.query_one(Spectrogram).reading(scene)
        said = "" if reading is None else str(reading)
        self.query_one(StatusLine).show(
            scene, self._saved, self._share_read, self._sound_words, said
        )
        suitable = suitable_actions(scene, is_read_only=read_only)
        self.query_one(KeyBar).show(suitable, self._keys)

    def _show_hint(self, sentence: str) -> None:
        """Show a sentence; its line grows only for one that is longer."""
        if sentence != self._hint:
            self._hint = sentence
            self.query_one("#hint", Static).update(Content(sentence))

    def _go(self, scene: Scene) -> None:
        """Draw a scene that a person asked for; what was said before is past."""
        self._said = None
        self._show(scene)

    def _say(self, sentence: str | None) -> None:
        """Say a sentence until the next action."""
        self._said = sentence
        self._show(self.scene)

    def action_go(self, move: str) -> None:
        """Move cursor or view."""
        self._go(navigation.MOVES[move](self.scene))

    def snap_to(self, sample: int | None) -> None:
        """Move the cursor to where the sound changes, or say that it does so nowhere near."""
        if sample is None:
            self._say("The sound changes nowhere suddenly within 0.3 s of the cursor.")
        else:
            self._go(navigation.at_sample(self.scene, sample))

    def action_brightness(self) -> None:
        """Keep the brightness of the spectrogram as it is, or let it follow the view again."""
        picture = self.query_one(Spectrogram)
        picture.keep_brightness(is_locked=not picture.is_locked)
        self._say(f"Brightness {'stays as it is' if picture.is_locked else 'follows the view'}.")

    def action_gain(self, steps: int) -> None:
        """Draw quiet sound larger (1), or the sound smaller (-1)."""
        self.post_message(self.GainWanted(steps))

    def _key(self, action_id: str) -> str:
        """Return the key of an action, for a sentence."""
        return shown_key(self._keys[action_id][0])

    def _say_none_selected(self) -> None:
        """Say how a region comes to be, or to be selected."""
        if self.scene.regions:
            key = self._key("next_region")
            self._say(f"No region is selected: press {key} for the next one, or click on one.")
        else:
            begin, end = self._key("mark_in"), self._key("mark_out")
            self._say(f"There is no region yet: {begin} where a sound begins, {end} where it ends.")

    def action_grab(self, edge: Edge) -> None:
        """Let the cursor hold an edge of the selected region; the same key again lets go."""
        region = self.scene.region
        if region is None:
            self._say_none_selected()
        elif self.scene.grabbed == edge:
            self._go(replace(self.scene, grabbed=None))
        else:
            self._go(navigation.grabbing(self.scene, region, edge))

    def action_snap(self) -> None:
        """Ask for the nearest sudden change of the sound."""
        self.post_message(self.SnapWanted(is_end=self.scene.grabbed == "offset"))

    def action_cancel(self) -> None:
        """Let go of an edge; without one forget a mark; without one select nothing."""
        if self.scene.grabbed is not None:
            self._go(replace(self.scene, grabbed=None))
        elif self.scene.pending is not None:
            self._go(replace(self.scene, mark_in=None, mark_out=None))
        else:
            self._go(replace(self.scene, selected=None, frequency_hz=None))

    def action_step(self, step: int) -> None:
        """Select the next region (1) or the previous one (-1)."""
        region_id = navigation.neighbour(self.scene, step)
        if region_id is not None:
            self._go(navigation.selecting(self.scene, region_id))
        elif self.scene.regions:
            self._say(f"This is the {'last' if step > 0 else 'first'} region.")
        else:
            self._say_none_selected()

    def action_save(self) -> None:
        """Write the file now."""
        self.post_message(self.SaveWanted())

    def action_help(self) -> None:
        """Show every key."""
        self.app.push_screen(HelpScreen(self._keys))

    def action_palette(self) -> None:
        """Find an action by its name."""
        self.post_message(self.PaletteWanted())

    def action_quit(self) -> None:
        """Leave."""
        self.post_message(self.QuitWanted())

    def on_time_picture_pointed(self, message: TimePicture.Pointed) -> None:
        """Move the cursor to where somebody clicked."""
        self._go(navigation.at_sample(self.scene, message.sample))

    def on_spectrogram_tuned(self, message: Spectrogram.Tuned) -> None:
        """Move the cursor to the frequency that somebody clicked on."""
        self._go(replace(self.scene, frequency_hz=message.frequency_hz))

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
