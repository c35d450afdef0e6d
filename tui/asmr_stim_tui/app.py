"""The program behind the screen: it alone reads the sound and writes the annotation."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.timer import Timer
from textual.worker import get_current_worker

from asmr_stim.errors import AsmrStimError, OutputError
from asmr_stim.io.annotations import OpenAnnotation, save
from asmr_stim.io.audio import read_blocks
from asmr_stim.io.audio_spans import AudioSpans
from asmr_stim.io.session_lock import Holder, SessionLock
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim_tui.actions import ACTIONS, DEFAULT_KEYS, Keymap, shown_key
from asmr_stim_tui.annotate_screen import AnnotateScreen
from asmr_stim_tui.clock import counted
from asmr_stim_tui.listening_app import ListeningApp, SoundOptions
from asmr_stim_tui.peaks import DetailedOutline, PeakPyramid
from asmr_stim_tui.snap import REACH_S, nearest_change
from asmr_stim_tui.spectrum import DetailedSpectrum, SpectrumPyramid, window_samples
from asmr_stim_tui.status_line import NOT_SAVED, NOTHING_YET, READ_ONLY, SAVED
from asmr_stim_tui.themes import THEMES

SNAPSHOT_AFTER_S = 1.0
"""Idle time after which the annotation file is written; the journal has each edit before that."""

REDRAWS_PER_READING = 40
SKETCH_FROM_S = 300.0
SKETCH_AT_MOST_S = 2.0
N_SKETCHED = 512
MAX_GAIN_STEPS = 12  # 72 dB


class AnnotatorApp(ListeningApp):
    """Annotate one clip.

    Parameters
    ----------
    audio : Path
        The sound file that the annotation was opened for.
    opened : OpenAnnotation
    taxonomy : Taxonomy
    lock : SessionLock or Holder or None
        Held by this session, or by another one, whose annotation is only shown; None if the folder
        cannot be written.
    keys : dict from action id to tuple of keys, optional
    sound : SoundOptions, optional
        What plays the clip; nothing if it is not given.
    """

    TITLE = "asmr-stim annotate"
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        audio: Path,
        opened: OpenAnnotation,
        taxonomy: Taxonomy,
        lock: SessionLock | Holder | None = None,
        keys: Keymap | None = None,
        *,
        sound: SoundOptions | None = None,
    ) -> None:
        super().__init__(opened.session.annotation.clip, audio, sound or SoundOptions())
        self._keys = keys or DEFAULT_KEYS
        self._lock = lock
        self._audio = audio
        self._opened = opened
        clip = opened.session.annotation.clip
        self._pyramid = PeakPyramid(clip.n_samples, clip.n_channels)
        self._spectrum = SpectrumPyramid(clip.n_samples, clip.n_channels, clip.rate_hz)
        self._spans = AudioSpans(audio)
        holder = lock if isinstance(lock, Holder) else None
        self.annotate_screen = AnnotateScreen(opened.session, taxonomy, self._keys, holder)
        self.listening_screen = self.annotate_screen
        self._gain_steps = 0
        self._snapshot: Timer | None = None
        self._unsaved_warned = False
        self.trouble: AsmrStimError | None = None

    @property
    def farewell(self) -> str | None:
        """What was made and where it lies; None while there is no file of it."""
        document = self._opened.paths.document
        if not document.exists():
            return None
        return f"{counted(len(self._opened.session.regions), 'region')} in {document}"

    def on_mount(self) -> None:
        """Open the screen."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        changed = {name: keys for name, keys in self._keys.items() if keys != DEFAULT_KEYS[name]}
        self.set_keymap({name: ",".join(keys) for name, keys in changed.items()})
        self.push_screen(self.annotate_screen, wait_for_dismiss=False)

    def on_scene_screen_ready(self) -> None:
        """Say how the annotation was found, and begin to read the sound."""
        self.run_worker(self._read_sound, thread=True, exclusive=True, name="sound")
        notices = self._opened.notices
        saved = NOTHING_YET if self._opened.sha256 is None else SAVED
        if isinstance(self._lock, Holder):
            saved = READ_ONLY
        self.annotate_screen.show_saved(saved, " ".join(notices) or None)
        if notices and not self._is_untouched:
            self._save()

    def _read_sound(self) -> None:
        """Fill the pyramid from the file, in a thread."""
        worker = get_current_worker()
        self._sketch_sound()
        every = 1 / REDRAWS_PER_READING
        due = 0.0
        try:
            for block in read_blocks(self._audio):
                if worker.is_cancelled:
                    return
                self._pyramid.add(block)
                self._spectrum.add(block)
                if self._pyramid.share >= min(due, 1.0):
                    due = self._pyramid.share + every
                    self.call_from_thread(self._show_sound)
        except AsmrStimError as error:
            self.trouble = error
            self.call_from_thread(self._leave)

    def _sketch_sound(self) -> None:
        """Look into a long clip here and there, so that there is a picture of the whole at once."""
        clip = self._opened.session.annotation.clip
        if clip.duration_s < SKETCH_FROM_S:
            return
        spans = AudioSpans(self._audio)
        n_window = window_samples(clip.rate_hz)
        late = time.monotonic() + SKETCH_AT_MOST_S
        for number in range(N_SKETCHED):
            place = round((number + 0.5) / N_SKETCHED * clip.n_samples)
            samples = spans.read_only(place, place + n_window)
            self._pyramid.sketch(place, samples)
            self._spectrum.sketch(place, samples)
            if time.monotonic() > late:
                break
        spans.close()
        self.call_from_thread(self._show_sound)

    def _show_sound(self) -> None:
        """Show as much of the sound as has been read, unless the screen is closing."""
        if not self.annotate_screen.is_attached:
            return
        outline = DetailedOutline(self._pyramid, self._spans.read)
        scale = 1.0
        while scale / 2 >= self._pyramid.largest > 0:
            scale /= 2
        scale /= 2**self._gain_steps
        rate_hz = self._opened.session.annotation.clip.rate_hz
        spectrum = DetailedSpectrum(self._spectrum, rate_hz, self._spans.read)
        self.annotate_screen.show_sound(outline, scale, spectrum, self._pyramid.share)

    def on_scene_screen_gain_wanted(self, message: AnnotateScreen.GainWanted) -> None:
        """Draw the sound larger or smaller."""
        steps = self._gain_steps + message.steps
        self._gain_steps = min(max(steps, 0), MAX_GAIN_STEPS)
        self._show_sound()

    def on_annotate_screen_edited(self, message: AnnotateScreen.Edited) -> None:
        """Say whether the journal has the edit, and write the file when no more follow."""
        if message.trouble is not None:
            self._warn(message.trouble)
            return
        self.annotate_screen.show_saved(SAVED)
        if self._snapshot is not None:
            self._snapshot.stop()
        self._snapshot = self.set_timer(SNAPSHOT_AFTER_S, self._save)

    def on_scene_screen_save_wanted(self) -> None:
        """Write the file and say so."""
        if isinstance(self._lock, Holder):
            return
        if self._save():
            n_regions = counted(len(self._opened.session.regions), "region")
            name = self._opened.paths.document.name
            self.annotate_screen.show_saved(SAVED, f"Wrote {n_regions} to {name}.")

    def on_scene_screen_quit_wanted(self) -> None:
        """Save and leave; if that fails, leave only when asked again."""
        if self._is_untouched or self._save() or self._unsaved_warned:
            self._leave()
            return
        self._unsaved_warned = True

    def on_scene_screen_snap_wanted(self, message: AnnotateScreen.SnapWanted) -> None:
        """Look at the sound around the cursor for the nearest sudden change."""
        scene = self.annotate_screen.scene
        reach = round(REACH_S * scene.clip.rate_hz)
        first = max(scene.cursor - reach, 0)
        samples = self._spans.read(first, scene.cursor + reach)
        place = nearest_change(
            samples, scene.clip.rate_hz, scene.cursor - first, is_end=message.is_end
        )
        self.annotate_screen.snap_to(None if place is None else first + place)

    def on_scene_screen_palette_wanted(self) -> None:
        """Open the palette."""
        self.action_command_palette()

    @property
    def _is_untouched(self) -> bool:
        """Whether there is nothing that a file would hold beyond what it holds."""
        if isinstance(self._lock, Holder):
            return True
        return self._opened.sha256 is None and self._opened.session.undoable is None

    def _save(self) -> bool:
        """Write what is not written yet; return whether it stands on the disk."""
        try:
            self._opened.journal.flush()
            self._opened = save(self._opened)
        except OutputError as error:
            self._warn(str(error))
            return False
        self._unsaved_warned = False
        self.annotate_screen.show_saved(SAVED)
        return True

    def _warn(self, trouble: str) -> None:
        """Say that the disk does not take the edits."""
        self.annotate_screen.show_saved(
            NOT_SAVED, f"{trouble}. ctrl+s tries again, q twice leaves."
        )

    def _leave(self) -> None:
        self.close()
        self.exit()

    def close(self) -> None:
        """Let go of the sound file and the lock; doing so again is harmless."""
        self.end_sound()
        self._spans.close()
        if isinstance(self._lock, SessionLock):
            self._lock.release()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Return every action of the annotator, with its key, and what Textual offers."""
        del screen
        target = self.annotate_screen
        for action in ACTIONS:
            if action.id != "palette":
                title = f"{action.does}  ({shown_key(self._keys[action.id][0])})"

                async def run(method: str = action.method) -> None:
                    await target.run_action(method)

                yield SystemCommand(title, action.label, run)
        yield SystemCommand("Change the colours", "Themes", self.action_change_theme)
