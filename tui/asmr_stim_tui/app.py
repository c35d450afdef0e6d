"""The program behind the screen: it alone reads the sound and writes the annotation."""

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.timer import Timer

from asmr_stim.errors import AsmrStimError, InputError, OutputError
from asmr_stim.io.annotation_opening import OpenAnnotation, save, settle_sound
from asmr_stim.io.session_lock import Holder, SessionLock
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim.workflows.annotation_tables import write_annotation_tables
from asmr_stim_tui.actions import ACTIONS, DEFAULT_KEYS, Keymap, shown_key
from asmr_stim_tui.annotate_screen import AnnotateScreen
from asmr_stim_tui.clock import counted
from asmr_stim_tui.elsewhere import folder_words, moved_to, suggested_folder
from asmr_stim_tui.listening_app import SoundOptions
from asmr_stim_tui.prompt_screen import PromptScreen
from asmr_stim_tui.reading_app import ReadingApp
from asmr_stim_tui.status_line import NOT_SAVED, NOTHING_YET, READ_ONLY, SAVED, SAVED_SOON

SNAPSHOT_AFTER_S = 1.0
"""Idle time after which the annotation file is written; the journal has each edit before that."""


class AnnotatorApp(ReadingApp):
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
        clip = opened.session.annotation.clip
        super().__init__(clip, audio, audio, sound or SoundOptions())
        self._keys = keys or DEFAULT_KEYS
        self._lock = lock
        self._opened = opened
        holder = lock if isinstance(lock, Holder) else None
        self.annotate_screen = AnnotateScreen(
            opened.session, taxonomy, self._keys, holder, opened.others
        )
        self.listening_screen = self.annotate_screen
        self._snapshot: Timer | None = None
        self._unsaved_warned = False
        self._is_elsewhere = self._has_offered = False

    @property
    def farewell(self) -> str | None:
        """What was made and where it lies; None while there is no file of it."""
        document = self._opened.paths.document
        if not document.exists():
            return None
        words = f"{counted(len(self._opened.session.regions), 'region')} in {document}"
        if self._unlabelled:
            words += f"; {self._unlabelled}"
        again = f"; open it again with --dir {shlex.quote(str(document.parent))}"
        return words + (again if self._is_elsewhere else "")

    @property
    def _unlabelled(self) -> str:
        """How many regions have no label, in words; empty if each has one."""
        regions = self._opened.session.regions
        n_unlabelled = sum(region.source is None and region.act is None for region in regions)
        return f"{n_unlabelled} without a label" if n_unlabelled else ""

    def on_mount(self) -> None:
        """Open the screen."""
        self.dress()
        changed = {name: keys for name, keys in self._keys.items() if keys != DEFAULT_KEYS[name]}
        self.set_keymap({name: ",".join(keys) for name, keys in changed.items()})
        self.push_screen(self.annotate_screen, wait_for_dismiss=False)

    def on_scene_screen_ready(self) -> None:
        """Say how the annotation was found."""
        notices = self._opened.notices
        saved = NOTHING_YET if self._opened.sha256 is None else SAVED
        if isinstance(self._lock, Holder):
            saved = READ_ONLY
        self.annotate_screen.show_saved(saved, " ".join(notices) or None)
        if notices and not self._is_untouched:
            self._save()

    def settle_sound(self, sha256: str) -> None:
        """Write the edits that waited until the sound was known, or say that it is another one."""
        journal, clip = self._opened.journal, self._opened.session.annotation.clip
        was_held, has_waiting = journal.is_held, journal.n_steps_unwritten > 0
        try:
            self._opened = settle_sound(self._opened, clip.model_copy(update={"sha256": sha256}))
        except InputError as error:
            if was_held and not has_waiting:
                self.refuse_sound(error)
            else:
                self._warn(str(error))
        except OutputError as error:
            self._warn(str(error))
        else:
            if was_held and (has_waiting or self._opened.notices):
                self._save()

    def refuse_sound(self, error: AsmrStimError) -> None:
        """Leave: the file cannot be used."""
        self.trouble = error
        self._leave()

    def lose_sound(self, sentence: str) -> None:
        """Say that the file is no longer what was opened."""
        key = self.annotate_screen.key_of("elsewhere")
        self.annotate_screen.say(f"{sentence} {key} writes it to another folder.")

    def on_editing_screen_edited(self, message: AnnotateScreen.Edited) -> None:
        """Say whether the journal has the edit, and write the file when no more follow."""
        if message.trouble is not None:
            self._warn(message.trouble)
            return
        if self._opened.journal.is_held:
            self.annotate_screen.show_saved(SAVED_SOON)
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

    def on_annotate_screen_export_wanted(self) -> None:
        """Write the tables and say where they are."""
        document, annotation = self._opened.paths.document, self._opened.session.annotation
        if not annotation.regions:
            self.annotate_screen.say("There is nothing to export: there is no region yet.")
            return
        try:
            tables = write_annotation_tables(annotation, document)
        except AsmrStimError as error:
            self.annotate_screen.say(str(error))
        else:
            names = " and ".join(path.name for path in tables)
            unlabelled = f" {self._unlabelled.capitalize()}." if self._unlabelled else ""
            place = folder_words(document.parent)
            self.annotate_screen.say(f"Wrote {names} in {place}.{unlabelled}")

    def on_scene_screen_quit_wanted(self) -> None:
        """Save and leave; if that fails, leave only when asked again."""
        if self._is_untouched or self._save() or self._unsaved_warned:
            self._leave()
            return
        self._unsaved_warned = True

    async def action_quit(self) -> None:
        """Leave as with any other key for it: everything is saved first."""
        self.on_scene_screen_quit_wanted()

    def action_help_quit(self) -> None:
        """Say how to leave: ctrl+c is pressed by habit, or to copy."""
        self.annotate_screen.say(f"{self.annotate_screen.key_of('quit')} saves and leaves.")

    def action_command_palette(self) -> None:
        """Open the palette, unless what it does would not be seen."""
        if self.annotate_screen.check_action("palette", ()):
            super().action_command_palette()

    def on_scene_screen_palette_wanted(self) -> None:
        """Open the palette."""
        self.action_command_palette()

    @property
    def _is_untouched(self) -> bool:
        """Whether there is nothing that a file would hold beyond what it holds."""
        has_edits = self._opened.session.undoable is not None
        if isinstance(self._lock, Holder):
            return True
        if self._opened.journal.is_held:
            return not self._opened.journal.n_steps_unwritten
        return self._opened.sha256 is None and not has_edits

    def _save(self) -> bool:
        """Write what is not written yet; return whether it stands on the disk."""
        try:
            self._opened.journal.flush()
            self._opened = save(self._opened)
        except OutputError as error:
            self._warn(str(error))
            return False
        self._unsaved_warned = self._has_offered = False
        self.annotate_screen.show_saved(SAVED)
        return True

    def _warn(self, trouble: str) -> None:
        """Say that the disk does not take the edits; offer another place the first time."""
        again, other, leave = map(self.annotate_screen.key_of, ("save", "elsewhere", "quit"))
        how = f"{again} tries again, {other} writes to another folder, {leave} twice leaves."
        self.annotate_screen.show_saved(NOT_SAVED, f"{trouble}. {how}")
        journal = self._opened.journal
        is_free = self.screen is self.annotate_screen and not journal.is_held
        if journal.n_steps_unwritten and is_free and not self._has_offered:
            self._has_offered = True
            self._offer_elsewhere(f"Not saved. {trouble}")

    def on_annotate_screen_elsewhere_wanted(self) -> None:
        """Ask for another folder for the annotation."""
        self._offer_elsewhere(f"It lies in {folder_words(self._opened.paths.document.parent)}.")

    def _offer_elsewhere(self, reason: str) -> None:
        """Ask for a folder until the annotation is written there, or nobody wants that."""
        folder = suggested_folder(self._opened.paths)
        question = "Another folder to write it to, and to go on in"
        self.push_screen(PromptScreen(question, str(folder), self._moved_to, reason))

    def _moved_to(self, answer: str) -> str | None:
        """Write the annotation to a folder and go on there; return why that is not possible."""
        if self._opened.is_of_unread_sound:
            return "The sound file is still being checked; wait a moment"
        try:
            self._opened, lock = moved_to(self._opened, answer)
        except AsmrStimError as error:
            return str(error)
        if isinstance(self._lock, SessionLock):
            self._lock.release()
        self._lock, self._is_elsewhere = lock, True
        self._unsaved_warned = self._has_offered = False
        where = self._opened.paths.document
        self.annotate_screen.show_saved(SAVED, f"Everything is in {where} from now on.")
        return None

    def _leave(self) -> None:
        self.close()
        self.exit()

    def close(self) -> None:
        """Let go of the sound file and the lock; doing so again is harmless."""
        self.end_sound()
        self.end_reading()
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
