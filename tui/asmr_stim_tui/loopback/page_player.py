"""A player whose sound, or picture, is a page in a browser."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from asmr_stim.io.audio_spans import AudioSpans
from asmr_stim.schema.annotation import Clip
from asmr_stim_tui.loopback.door import Door
from asmr_stim_tui.loopback.media import FileMedia, Media, WavMedia
from asmr_stim_tui.loopback.server import LoopbackServer
from asmr_stim_tui.sound.line import NoSoundError
from asmr_stim_tui.sound.player import Stretch

LATEST_WORD_S = 3.0
"""A page that says nothing of what it was told to play for so long has gone."""


class PagePlayer:
    """Tells the page what to play, and hears from it where it is.

    Parameters
    ----------
    door : Door
    clip : Clip
    sound : Path
        The file that the samples of the clip are read from.
    video : Path, optional
        What the page shows and sounds, if the clip is one.

    Raises
    ------
    NoSoundError
        If there is no port for it.
    """

    name = "page"

    def __init__(self, door: Door, clip: Clip, sound: Path, video: Path | None = None) -> None:
        self.door = door
        self.is_muted = False
        self.notice: str | None = None
        self._rate_hz = clip.rate_hz
        self._spans: AudioSpans | None = None
        self._stretch: Stretch | None = None
        self._number = 0
        self._told = 0.0
        self._said = (0, 0.0, 0.0)  # number of the command, sample, and when it was heard
        self.is_blocked = False
        hello = {"name": clip.file, "id": clip.sha256, "is_video": video is not None}
        try:
            media = self._media(clip, sound, video)
            self._server = LoopbackServer(door, media, hello, self._hear)
        except OSError as error:
            raise NoSoundError(f"no page can be served ({error.strerror or error})") from None

    def _media(self, clip: Clip, sound: Path, video: Path | None) -> Media:
        if video is not None:
            return FileMedia(video)
        self._spans = AudioSpans(sound)
        media = WavMedia(self._spans, clip)
        self.notice = media.notice
        return media

    @property
    def is_open(self) -> bool:
        """Whether a browser has the page open."""
        return self._server.has_listener

    def play(self, stretch: Stretch) -> None:
        """Let the page play a stretch."""
        if not self.is_open:
            raise NoSoundError("the page is not open in a browser")
        self._number += 1
        self._stretch, self._told = stretch, time.monotonic()
        self._server.tell(
            {
                "do": "play",
                "number": self._number,
                "from": stretch.start / self._rate_hz,
                "first": stretch.first / self._rate_hz,
                "last": stretch.last / self._rate_hz,
                "is_loop": stretch.is_loop,
                "speed": stretch.speed,
                "is_muted": self.is_muted,
            }
        )

    def stop(self) -> None:
        """Let the page be silent."""
        if self._stretch is not None:
            self._number += 1
            self._stretch = None
            self._server.tell({"do": "stop", "number": self._number})

    def seek(self, sample: int) -> None:
        """Let the page show the moment of a sample, if it plays nothing."""
        if self._stretch is None:
            self._number += 1
            self._server.tell({"do": "seek", "number": self._number, "at": sample / self._rate_hz})

    @property
    def position(self) -> float | None:
        """The sample that is heard now, by the page's last word and the time since."""
        stretch, (number, sample, when) = self._stretch, self._said
        if stretch is None:
            return None
        if number != self._number:
            is_gone = time.monotonic() - self._told > LATEST_WORD_S
            return None if is_gone else float(stretch.start)
        since = (time.monotonic() - when) * self._rate_hz * stretch.speed
        place = replace(stretch, begin=int(sample)).sample_after(since)
        if place is None:
            self._stretch = None
        return place

    def close(self) -> None:
        """Close the server."""
        self._stretch = None
        self._server.close()
        if self._spans is not None:
            self._spans.close()

    def _hear(self, said: dict[str, Any]) -> None:
        """Take what the page says, unless it is about a command that is past."""
        self.is_blocked = said.get("is_blocked") is True
        at, stretch = said.get("at"), self._stretch
        if stretch is None or said.get("number") != self._number:
            return
        if said.get("is_over") is True:
            self._stretch = None
        elif isinstance(at, int | float) and said.get("is_playing") is True:
            sample = min(max(at * self._rate_hz, stretch.first), stretch.last - 1)
            self._said = self._number, sample, time.monotonic()
