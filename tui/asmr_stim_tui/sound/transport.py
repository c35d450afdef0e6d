"""What is playing, where it is, and how fast: all that the annotator has to know of sound."""

from typing import TYPE_CHECKING, Literal

from asmr_stim_tui.sound.line import NoSoundError
from asmr_stim_tui.sound.player import Player, Stretch

if TYPE_CHECKING:
    from asmr_stim_tui.loopback.page_player import PagePlayer

SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
EXCERPT_S = 0.3
"""What is heard round an edge that was moved, half of it on either side."""

Kind = Literal["clip", "region", "excerpt"]


class Transport:
    """Plays stretches on a device, on a page, or on both with the page muted.

    Parameters
    ----------
    n_samples, rate_hz : int
        Of the clip.
    """

    def __init__(self, n_samples: int, rate_hz: int) -> None:
        self._n_samples = n_samples
        self._rate_hz = rate_hz
        self._stretch: Stretch | None = None
        self.device: Player | None = None
        self.page: PagePlayer | None = None
        self.speed = 1.0
        self.kind: Kind = "clip"
        self.lack = ""
        """Why there is no device, if there is none."""

    @property
    def _voice(self) -> Player | None:
        """What is listened to: the device, or else the page."""
        return self.device if self.device is not None else self.page

    @property
    def can_play(self) -> bool:
        """Whether there is anything to play with."""
        return self.device is not None or (self.page is not None and self.page.is_open)

    @property
    def is_playing(self) -> bool:
        """Whether something is heard."""
        return self.position is not None

    @property
    def position(self) -> float | None:
        """The sample that is heard now; None if none is."""
        if self._stretch is None or self._voice is None:
            return None
        position = self._voice.position
        if position is None:
            self.stop()
        return position

    def play(self, kind: Kind, first: int, last: int, *, is_loop: bool = False) -> None:
        """Play from one sample up to another.

        Raises
        ------
        NoSoundError
            If there is nothing to play with.
        """
        self.kind = kind
        self._start(Stretch(first, last, is_loop, self.speed))

    def play_excerpt(self, sample: int) -> None:
        """Play a little of what is before and after a sample."""
        half = round(EXCERPT_S / 2 * self._rate_hz)
        first, last = max(sample - half, 0), min(sample + half, self._n_samples)
        if first < last:
            self.play("excerpt", first, last)

    def stop(self) -> int | None:
        """Be silent, and return where that was; None if nothing was heard."""
        position = None if self._voice is None or self._stretch is None else self._voice.position
        self._stretch = None
        for player in (self.device, self.page):
            if player is not None:
                player.stop()
        return None if position is None else round(position)

    def change_speed(self, step: int) -> None:
        """Play faster (1) or slower (-1), from where it is."""
        place = SPEEDS.index(self.speed) + step
        self.speed = SPEEDS[min(max(place, 0), len(SPEEDS) - 1)]
        stretch, position = self._stretch, self.position
        if stretch is not None and position is not None:
            begin = min(max(round(position), stretch.first), stretch.last - 1)
            self._start(Stretch(stretch.first, stretch.last, stretch.is_loop, self.speed, begin))

    def show_moment(self, sample: int) -> None:
        """Let an open page show the picture of a moment while nothing is played."""
        if self.page is not None and self._stretch is None:
            self.page.seek(sample)

    def close(self) -> None:
        """Let go of everything; doing so again is harmless."""
        self._stretch = None
        for player in (self.device, self.page):
            if player is not None:
                player.close()
        self.device = self.page = None

    @property
    def words(self) -> str:
        """What the status line says."""
        speed = "" if self.speed == 1 else f" x{self.speed:g}"
        if self._stretch is not None:
            return f"▶ {'loop' if self._stretch.is_loop else 'playing'}{speed}"
        if self._voice is not None:
            is_waiting = self.device is None and not self.can_play
            return f"♪ {self._voice.name}{' not open yet' if is_waiting else ''}{speed}"
        return f"♪ no player: {self.lack}" if self.lack else ""

    def _start(self, stretch: Stretch) -> None:
        """Play a stretch on what there is."""
        voice = self._voice
        if voice is None:
            raise NoSoundError(self.lack or "it was turned off with --sound none")
        self._stretch = None
        voice.play(stretch)
        self._stretch = stretch
        if self.page is not None and self.page is not voice and self.page.is_open:
            self.page.is_muted = True
            self.page.play(stretch)
