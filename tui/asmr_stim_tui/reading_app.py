"""The part of the program that reads the sound: its picture, its hash, whether it has changed."""

import asyncio
from abc import abstractmethod
from pathlib import Path

from textual.timer import Timer
from textual.worker import get_current_worker

from asmr_stim.errors import AsmrStimError, UnreadableFileError
from asmr_stim.io.audio import read_blocks
from asmr_stim.io.picture_cache import FileIdentity
from asmr_stim.schema.annotation import Clip
from asmr_stim_tui.drawing import DrawnApp
from asmr_stim_tui.listening_app import ListeningApp, SoundOptions
from asmr_stim_tui.scene_screen import SceneScreen
from asmr_stim_tui.snap import REACH_S, nearest_change
from asmr_stim_tui.sound_reader import (
    Event,
    Hashed,
    Lost,
    NoRoom,
    Placed,
    ReadUpTo,
    Refused,
    SoundReader,
)
from asmr_stim_tui.sound_view import SoundView
from asmr_stim_tui.spectrogram import Spectrogram

MAX_GAIN_STEPS = 12  # 72 dB
WATCH_EVERY_S = 3.0
COARSE = "Wide views of the rest stay coarse, close ones are exact."


class ReadingApp(DrawnApp[None], ListeningApp):
    """An app that shows a clip's sound.

    Parameters
    ----------
    clip : Clip
    audio : Path
        The file that the clip is known by.
    sound : Path
        The file of its samples; the same one unless that had to be decoded.
    options : SoundOptions
    """

    def __init__(self, clip: Clip, audio: Path, sound: Path, options: SoundOptions) -> None:
        super().__init__(clip, sound, options, audio)
        self._audio = audio
        self._view = SoundView(sound, clip)
        self._reader = SoundReader(audio)
        self._gain_steps = 0
        self._identity = _identity(audio)
        self._watch: Timer | None = None
        self.trouble: AsmrStimError | None = None

    @property
    def share_read(self) -> float:
        """How much of the sound has been read, 0 to 1; 1 also if no more will be."""
        return self._view.share_read

    def on_scene_screen_ready(self) -> None:
        """Show what is known of the sound, and begin to read it."""
        self.listening_screen.query_one(Spectrogram).draw_on(self.canvas)
        self._show_sound()
        if self._view.is_short:
            self.run_worker(self._read_short, thread=True, name="sound")
        else:
            self.run_worker(self._follow_reader, thread=True, name="sound")
        self._watch = self.set_interval(WATCH_EVERY_S, self._look_after_sound)

    def _read_short(self) -> None:
        """Read a short clip, in a thread."""
        worker = get_current_worker()
        try:
            for block in read_blocks(self._audio):
                if worker.is_cancelled:
                    return
                self._view.picture.add(block)
        except AsmrStimError as error:
            self.call_from_thread(self.refuse_sound, error)
        else:
            self.call_from_thread(self._show_sound)

    def _follow_reader(self) -> None:
        """Do what the process that reads the sound makes possible, in a thread."""
        worker = get_current_worker()
        for event in self._reader.events():
            if worker.is_cancelled:
                return
            self.call_from_thread(self._take, event)

    def _take(self, event: Event) -> None:
        """Take in one thing that the process says."""
        if not self.listening_screen.is_attached:
            return
        match event:
            case Hashed(sha256):
                self.settle_sound(sha256)
            case Placed():
                self._view.take(event)
                self._show_sound()
            case ReadUpTo(n_samples):
                self._view.picture.filled_up_to(n_samples)
                self._show_sound()
            case Refused(words):
                self.refuse_sound(UnreadableFileError(words))
            case NoRoom(words):
                self._give_up(f"{words}.")
            case Lost(why):
                share = f"{self._view.picture.share:.0%} of it"
                self._give_up(f"The process that reads the sound {why}, having read {share}.")

    def _give_up(self, sentence: str) -> None:
        """Go on with what has been read."""
        if self._view.share_read < 1:
            self._view.is_given_up = True
            self.listening_screen.say(f"{sentence} {COARSE}")
            self._show_sound()

    def _show_sound(self) -> None:
        """Show as much of the sound as has been read, unless the screen is closing."""
        if self.listening_screen.is_attached:
            self.listening_screen.show_sound(*self._view.drawable(self._gain_steps))

    @abstractmethod
    def settle_sound(self, sha256: str) -> None:
        """Note the SHA-256 of the whole file."""

    @abstractmethod
    def refuse_sound(self, error: AsmrStimError) -> None:
        """End: the file cannot be used."""

    @abstractmethod
    def lose_sound(self, sentence: str) -> None:
        """Say that the file is no longer what was opened."""

    async def _look_after_sound(self) -> None:
        """See whether the file is still the one that was opened; say once if it is not."""
        now = await asyncio.to_thread(_identity, self._audio)
        if now == self._identity or self._watch is None:
            return
        self._watch.stop()
        self._watch = None
        if isinstance(now, str):
            self.lose_sound(f"{self._audio} can no longer be reached ({now}).")
        else:
            name = self._audio.name
            self.lose_sound(
                f"{name} was changed by another program. Your annotation holds for the sound as it "
                "was; what you see and hear from now on may be other sound."
            )

    def on_scene_screen_gain_wanted(self, message: SceneScreen.GainWanted) -> None:
        """Draw the sound larger or smaller."""
        steps = self._gain_steps + message.steps
        self._gain_steps = min(max(steps, 0), MAX_GAIN_STEPS)
        self._show_sound()

    def on_scene_screen_snap_wanted(self, message: SceneScreen.SnapWanted) -> None:
        """Look at the sound around the cursor for the nearest sudden change."""
        scene = self.listening_screen.scene
        reach = round(REACH_S * scene.clip.rate_hz)
        first = max(scene.cursor - reach, 0)
        samples = self._view.read(first, scene.cursor + reach)
        place = nearest_change(
            samples, scene.clip.rate_hz, scene.cursor - first, is_end=message.is_end
        )
        self.listening_screen.snap_to(None if place is None else first + place)

    def on_unmount(self) -> None:
        """Let no process outlive the screen."""
        self.end_reading()

    def end_reading(self) -> None:
        """Let go of the file and of the process; doing so again is harmless."""
        self._reader.close()
        self._view.close()


def _identity(path: Path) -> FileIdentity | str:
    """Return what tells a file from another, or why it is out of reach."""
    try:
        return FileIdentity.of(path)
    except OSError as error:
        return error.strerror or type(error).__name__
