"""The scene with what is heard and seen: keys for playing, a playhead, and the picture."""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from textual.message import Message

from asmr_stim_tui.frame_picture import FramePicture
from asmr_stim_tui.ruler import Ruler
from asmr_stim_tui.scene import Scene
from asmr_stim_tui.scene_screen import WIDE, SceneScreen

PlayWhat = Literal["clip", "region", "loop"]


class ListeningScreen(SceneScreen):
    """Asks the app for sound, and shows where it is."""

    _playhead: int | None = None
    _is_watched = False
    _moment = -1

    class PlayWanted(Message):
        """Somebody wants to hear the clip from the cursor, or the region, once or in a loop."""

        def __init__(self, what: PlayWhat) -> None:
            super().__init__()
            self.what = what

    class SpeedWanted(Message):
        """Somebody wants to hear it faster (1) or slower (-1)."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class EdgeMoved(Message):
        """The edge of a region has been moved to a sample."""

        def __init__(self, sample: int) -> None:
            super().__init__()
            self.sample = sample

    class EdgeSoundWanted(Message):
        """Somebody wants to hear edges when they are moved, or no longer."""

    class PageWanted(Message):
        """Somebody wants to listen in a browser."""

    class PictureWanted(Message):
        """Somebody wants to see the picture, or no longer."""

    class Moved(Message):
        """The cursor has come to a sample, and somebody watches."""

        def __init__(self, sample: int) -> None:
            super().__init__()
            self.sample = sample

    @property
    def here(self) -> int:
        """The sample that is meant by a mark: what is heard now, or else the cursor."""
        return self.scene.cursor if self._playhead is None else self._playhead

    def action_play(self) -> None:
        """Play from the cursor, or pause."""
        self.post_message(self.PlayWanted("clip"))

    def action_play_region(self) -> None:
        """Play the selected region."""
        self._play_region("region")

    def action_loop_region(self) -> None:
        """Play the selected region again and again."""
        self._play_region("loop")

    def _play_region(self, what: PlayWhat) -> None:
        if self.scene.region is None and self.scene.pending is None:
            self._say_none_selected()
        else:
            self.post_message(self.PlayWanted(what))

    def action_speed(self, step: int) -> None:
        """Play faster (1) or slower (-1)."""
        self.post_message(self.SpeedWanted(step))

    def action_edge_sound(self) -> None:
        """Hear edges when they are moved, or no longer."""
        self.post_message(self.EdgeSoundWanted())

    def action_sound_page(self) -> None:
        """Listen in a browser."""
        self.post_message(self.PageWanted())

    def action_picture(self) -> None:
        """See the picture, or no longer."""
        self.post_message(self.PictureWanted())

    def open_picture(self) -> None:
        """Make room for the picture, and tell of the cursor from now on."""
        self.add_class("-video")
        self._is_watched = True
        self.call_after_refresh(lambda: self.post_message(self.Moved(self.scene.cursor)))

    def toggle_picture(self) -> None:
        """Show the picture or hide it, or say what it needs."""
        if not self.has_class("-wide"):
            page = self.key_of("sound_page")
            self._say(f"The picture needs {WIDE} columns. {page} shows it in your browser.")
            return
        self.toggle_class("-video")
        if self.has_class("-video"):
            self.open_picture()

    @property
    def picture_room(self) -> tuple[int, int] | None:
        """How many pixels the picture may have, columns and rows; None if it is not shown."""
        if not self.has_class("-video"):
            return None
        rooms = [picture.room for picture in self.query(FramePicture)]  # none while it closes
        return next((room for room in rooms if min(room) > 0), None)

    def show_picture(self, pixels: NDArray[np.uint8] | None) -> None:
        """Show a picture, shape (rows, columns, 3), or that there is none."""
        for picture in self.query(FramePicture):
            picture.show(pixels)

    def _show(self, scene: Scene) -> None:
        """Draw a scene everywhere; tell whoever watches where the cursor is."""
        super()._show(scene)
        if self._is_watched and scene.cursor != self._moment:
            self._moment = scene.cursor
            self.post_message(self.Moved(scene.cursor))

    def key_of(self, action_id: str) -> str:
        """Return the key of an action, for a sentence."""
        return self._key(action_id)

    def say(self, sentence: str | None) -> None:
        """Say a sentence until the next action; None takes back what was said."""
        self._say(sentence)

    def show_sound_words(self, words: str) -> None:
        """Show in the status line what plays, or why nothing does."""
        if words != self._sound_words:
            self._sound_words = words
            self._show(self.scene)

    def show_playhead(self, sample: int | None) -> None:
        """Show what is heard now on the ruler alone: one line, a few hundred bytes."""
        before, self._playhead = self._playhead, sample
        if not self.query(Ruler):
            return
        viewport = self.scene.viewport
        is_leaving = (
            sample is not None
            and before is not None
            and viewport.start <= before < viewport.stop <= sample
        )
        if sample is not None and is_leaving:
            page = replace(viewport, start=float(sample)).moved(0)
            self._show(replace(self.scene, viewport=page))
        self.query_one(Ruler).show_playhead(sample)

    def come_to(self, sample: int) -> None:
        """Put the cursor where the sound stopped."""
        self._show(replace(self.scene, cursor=min(max(sample, 0), self.scene.clip.n_samples)))
