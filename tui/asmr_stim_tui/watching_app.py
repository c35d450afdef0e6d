"""The part of the program that shows the picture of a video at the cursor."""

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from textual.app import App
from textual.timer import Timer

from asmr_stim.io.video import has_picture, may_have_picture, picture_at
from asmr_stim.schema.annotation import Clip
from asmr_stim_tui.listening_screen import ListeningScreen

MOMENT_REST_S = 0.15
"""A picture takes some tenths of a second to decode, so that the cursor must have come to rest."""


class WatchingApp(App[None]):
    """An app that shows what is to be seen at the cursor.

    Parameters
    ----------
    clip : Clip
    audio : Path
        The file that the clip is known by.
    """

    listening_screen: ListeningScreen

    def __init__(self, clip: Clip, audio: Path) -> None:
        super().__init__()
        self._clip = clip
        self._video = audio
        self.has_picture = False
        self._moment: int | None = None
        self._moment_rest: Timer | None = None

    def on_scene_screen_ready(self) -> None:
        """Look whether the clip has a picture, in a thread if ffprobe has to be asked."""
        if may_have_picture(self._video):
            self.run_worker(self._look_for_picture, thread=True, exit_on_error=False)
        else:
            self.know_picture(is_there=False)

    def _look_for_picture(self) -> None:
        self.call_from_thread(self.know_picture, is_there=has_picture(self._video))

    def know_picture(self, *, is_there: bool) -> None:
        """Show the picture from now on, if there is one."""
        self.has_picture = is_there
        if is_there and self.listening_screen.is_attached:
            self.listening_screen.open_picture()

    def on_listening_screen_picture_wanted(self) -> None:
        """Show or hide the picture, or say why there is none."""
        if self.has_picture:
            self.listening_screen.toggle_picture()
            return
        self.listening_screen.say("This clip has no picture that ffmpeg could show; it is sound.")

    def on_listening_screen_moved(self, message: ListeningScreen.Moved) -> None:
        """Show another moment once the cursor rests."""
        if self._moment_rest is not None:
            self._moment_rest.stop()
        self._moment_rest = self.set_timer(MOMENT_REST_S, partial(self.show_moment, message.sample))

    def show_moment(self, sample: int) -> None:
        """Fetch the picture of a moment."""
        self._moment = sample
        room = self.listening_screen.picture_room
        if self.has_picture and room is not None:
            fetch = partial(self._fetch, sample, room)
            self.run_worker(fetch, thread=True, group="moment", exit_on_error=False)

    def _fetch(self, sample: int, room: tuple[int, int]) -> None:
        """Decode a picture, in a thread, unless another moment is wanted by now."""
        if sample == self._moment:
            pixels = picture_at(self._video, sample / self._clip.rate_hz, *room)
            self.call_from_thread(self._show_fetched, sample, pixels)

    def _show_fetched(self, sample: int, pixels: NDArray[np.uint8] | None) -> None:
        if sample == self._moment and self.listening_screen.is_attached:
            self.listening_screen.show_picture(pixels)
