"""The part of the program that makes sound: it answers what the screen asks to hear."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from textual.timer import Timer

from asmr_stim.errors import AsmrStimError
from asmr_stim.io.audio_spans import AudioSpans
from asmr_stim.schema.annotation import Clip
from asmr_stim_tui.listening_screen import ListeningScreen, PlayWhat
from asmr_stim_tui.loopback.door import Door
from asmr_stim_tui.page_screen import PageScreen
from asmr_stim_tui.sound.choice import SoundChoice, open_line
from asmr_stim_tui.sound.line import Line, NoSoundError
from asmr_stim_tui.sound.line_player import LinePlayer
from asmr_stim_tui.sound.transport import Transport
from asmr_stim_tui.watching_app import WatchingApp

PLAYHEAD_HZ = 30
EDGE_REST_S = 0.08
"""An edge is heard when it has rested this long: a key that is held down is not a rattle."""


@dataclass(frozen=True, slots=True)
class SoundOptions:
    """What somebody chose about sound.

    Parameters
    ----------
    choice : {'auto', 'sounddevice', 'miniaudio', 'browser', 'silent', 'none'}
    door : Door
        Of the page; kept from clip to clip, so that a browser or a tunnel need not be opened anew.
    """

    choice: SoundChoice = "none"
    door: Door = field(default_factory=Door)


class ListeningApp(WatchingApp):
    """An app that plays a clip.

    Parameters
    ----------
    clip : Clip
    sound : Path
        The file of its samples.
    options : SoundOptions
    audio : Path, optional
        The file that the clip is known by, if its samples had to be decoded into another.
    """

    def __init__(
        self, clip: Clip, sound: Path, options: SoundOptions, audio: Path | None = None
    ) -> None:
        super().__init__(clip, audio or sound)
        self._sound_path = sound
        self._sound_options = options
        self._transport = Transport(clip.n_samples, clip.rate_hz)
        self._sound_spans: AudioSpans | None = None
        self._playhead: Timer | None = None
        self._edge_rest: Timer | None = None
        self._hears_edges = True
        self._notices: list[str] = []

    def on_scene_screen_ready(self) -> None:
        """Look for a device, in a thread; the screen waits for nothing."""
        if self._sound_options.choice not in {"browser", "none"}:
            self.run_worker(self._find_device, thread=True, name="device", exit_on_error=False)

    def know_picture(self, *, is_there: bool) -> None:
        """Show the picture from now on, if there is one; serve the page if that is to sound."""
        super().know_picture(is_there=is_there)
        if self._sound_options.choice == "browser":
            self._open_page()

    def show_moment(self, sample: int) -> None:
        """Show the picture of a moment, here and on an open page."""
        super().show_moment(sample)
        self._transport.show_moment(sample)

    def _find_device(self) -> None:
        clip = self._clip
        try:
            line = open_line(self._sound_options.choice, clip.rate_hz, clip.n_channels)
        except NoSoundError as error:
            self.call_from_thread(self._lack_device, str(error))
        else:
            self.call_from_thread(self._take_device, line)

    def _lack_device(self, reason: str) -> None:
        self._transport.lack = reason
        self._show_sound_words()

    def _take_device(self, line: Line) -> None:
        """Play on a device from now on."""
        if not self.is_running:
            line.close()
            return
        try:
            self._sound_spans = AudioSpans(self._sound_path)
        except AsmrStimError as error:
            line.close()
            self._lack_device(str(error))
            return
        read = self._sound_spans.read_only
        self._transport.device = LinePlayer(line, read, self._clip.rate_hz)
        if line.notice is not None:
            self._notices.append(line.notice)
        self._show_sound_words()

    def on_listening_screen_play_wanted(self, message: ListeningScreen.PlayWanted) -> None:
        """Play the clip from the cursor, or a region; what is playing already pauses."""
        kind, stopped = self._transport.kind, self._transport.stop()
        if message.what == "clip" and stopped is not None and kind != "excerpt":
            if kind == "clip":
                self.listening_screen.come_to(stopped)
            self._follow()
            return
        edges = self._edges(message.what)
        if edges is None:
            self.listening_screen.say("The cursor is at the end of the clip; go back to play.")
            return
        kind = "clip" if message.what == "clip" else "region"
        is_loop = message.what == "loop"
        self._try_to_play(lambda: self._transport.play(kind, *edges, is_loop=is_loop))

    def _edges(self, what: PlayWhat) -> tuple[int, int] | None:
        """Return what is to be played; None if that is nothing."""
        scene = self.listening_screen.scene
        if what != "clip" and scene.region is not None:
            return scene.region.onset_sample, scene.region.offset_sample
        first, last = scene.cursor, self._clip.n_samples
        if what != "clip" and scene.pending is not None:
            first, last = scene.pending
        return (first, last) if first < last else None

    def _try_to_play(self, play: Callable[[], None]) -> None:
        """Play, or say why not; what is not heard as it is in the file is said the first time."""
        try:
            play()
        except NoSoundError as error:
            self._say_no_sound(error)
        else:
            if self._notices:
                self.listening_screen.say(" ".join(self._notices))
                self._notices.clear()
        self._follow()

    def _say_no_sound(self, error: NoSoundError) -> None:
        """Say why nothing is heard, and what can be done."""
        key = self.listening_screen.key_of("sound_page")
        self.listening_screen.say(f"No sound here: {error}. {key} plays in your browser.")

    def _follow(self) -> None:
        """Show the playhead for as long as something plays."""
        if self._playhead is None and self._transport.is_playing:
            self._playhead = self.set_interval(1 / PLAYHEAD_HZ, self._show_playhead)
        self._show_playhead()

    def _show_playhead(self) -> None:
        position = self._transport.position
        if position is None and self._playhead is not None:
            self._playhead.stop()
            self._playhead = None
        is_excerpt = self._transport.kind == "excerpt"
        shown = None if position is None or is_excerpt else int(position)
        self.listening_screen.show_playhead(shown)
        self._show_sound_words()

    def _show_sound_words(self) -> None:
        if self.listening_screen.is_attached:
            self.listening_screen.show_sound_words(self._transport.words)

    def on_listening_screen_speed_wanted(self, message: ListeningScreen.SpeedWanted) -> None:
        """Play faster or slower."""
        transport = self._transport
        try:
            transport.change_speed(message.step)
        except NoSoundError as error:
            self._say_no_sound(error)
            return
        pitch = "" if transport.speed == 1 else ": like a tape, the pitch changes with it"
        self.listening_screen.say(f"Speed {transport.speed:g}{pitch}.")
        self._show_sound_words()

    def on_listening_screen_edge_moved(self, message: ListeningScreen.EdgeMoved) -> None:
        """Let the new edge be heard once it rests."""
        if self._edge_rest is not None:
            self._edge_rest.stop()
        if self._hears_edges and self._transport.can_play:
            self._edge_rest = self.set_timer(
                EDGE_REST_S, partial(self._play_excerpt, message.sample)
            )

    def _play_excerpt(self, sample: int) -> None:
        self._try_to_play(partial(self._transport.play_excerpt, sample))

    def on_listening_screen_edge_sound_wanted(self) -> None:
        """Let edges be heard when they are moved, or no longer."""
        self._hears_edges = not self._hears_edges
        what = "is heard when it is" if self._hears_edges else "is silent while it is"
        self.listening_screen.say(f"An edge {what} moved.")

    def on_listening_screen_page_wanted(self) -> None:
        """Serve the page, and show its address."""
        if self._transport.page is None and not self._open_page():
            return
        self.listening_screen.say(None)  # that nothing could be heard is past
        self.push_screen(PageScreen(self._sound_options.door))

    def _open_page(self) -> bool:
        """Serve the page; return whether that was possible."""
        from asmr_stim_tui.loopback.page_player import PagePlayer  # noqa: PLC0415 a server for few

        try:
            video = self._video if self.has_picture else None
            page = PagePlayer(self._sound_options.door, self._clip, self._sound_path, video)
        except NoSoundError as error:
            self._transport.lack = str(error)
            self.listening_screen.say(f"No sound here: {error}.")
            self._show_sound_words()
            return False
        self._transport.page = page
        if page.notice is not None:
            self._notices.append(page.notice)
        self._show_sound_words()
        return True

    def end_sound(self) -> None:
        """Let go of device and page; doing so again is harmless."""
        self._transport.close()
        if self._sound_spans is not None:
            self._sound_spans.close()
            self._sound_spans = None
