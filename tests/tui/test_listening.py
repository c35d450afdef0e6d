"""Every key that has to do with sound, with a device that is moved on by hand."""

import pytest
from annotation_builders import sound_is_read, write_clip

from asmr_stim_tui.annotator import annotator
from asmr_stim_tui.listening_app import SoundOptions
from asmr_stim_tui.page_screen import PageScreen
from asmr_stim_tui.sound.line import NoSoundError
from asmr_stim_tui.sound.player import Stretch

RATE_HZ = 8000


class Hand:
    """A player whose time goes on only when the test says so."""

    name = "hand"

    def __init__(self):
        self.stretches: list[Stretch] = []
        self.is_playing = False
        self.is_broken = False
        self.n_heard = 0

    def play(self, stretch):
        if self.is_broken:
            raise NoSoundError("the device does not start (unplugged)")
        self.stretches.append(stretch)
        self.is_playing, self.n_heard = True, 0

    def stop(self):
        self.is_playing = False

    @property
    def position(self):
        return self.stretches[-1].sample_after(self.n_heard) if self.is_playing else None

    def close(self):
        self.is_playing = False


class Run:
    def __init__(self, app, pilot):
        self.app, self.pilot = app, pilot
        self.hand = app._transport.device

    @property
    def last(self):
        return self.hand.stretches[-1]

    @property
    def scene(self):
        return self.app.annotate_screen.scene

    @property
    def regions(self):
        return self.app.annotate_screen.session.regions

    async def keys(self, *keys):
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def hear(self, n_samples):
        """Let some samples be heard, and the playhead be drawn."""
        self.hand.n_heard += n_samples
        self.app._show_playhead()
        await self.pilot.pause()

    def text(self):
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    def ruler(self):
        return self.text().splitlines()[1]


class _Running:
    def __init__(self, app, size, hand):
        self.app, self.test, self.hand = app, app.run_test(size=size), hand

    async def __aenter__(self):
        pilot = await self.test.__aenter__()
        await sound_is_read(self.app, pilot)
        if self.hand is not None:
            self.app._transport.device = self.hand
        return Run(self.app, pilot)

    async def __aexit__(self, *details):
        await self.test.__aexit__(*details)
        self.app.close()


@pytest.fixture
def start(tmp_path):
    path = write_clip(tmp_path / "clip.wav", 2.0, rate_hz=RATE_HZ)

    def opened(choice="none", hand=None, size=(120, 30)):
        app = annotator(path, "rs", sound=SoundOptions(choice))
        return _Running(app, size, hand)

    return opened


@pytest.fixture
def run_by_hand(start):
    return lambda **options: start(hand=Hand(), **options)


async def test_space_plays_from_the_cursor_and_pauses_with_the_cursor_where_it_stopped(run_by_hand):
    async with run_by_hand() as run:
        await run.keys("right", "right", "space")
        begin = run.scene.cursor
        assert run.last == Stretch(begin, 2 * RATE_HZ)
        assert "▶ playing" in run.text()
        await run.hear(4000)
        assert run.scene.cursor == begin
        assert run.ruler().index("▷") == 6 + run.scene.viewport.column(begin + 4000)
        await run.keys("space")
        assert run.scene.cursor == begin + 4000
        assert "▷" not in run.ruler()
        assert "♪ hand" in run.text()
        await run.keys("space")
        assert run.last.first == begin + 4000


async def test_the_playhead_leaves_when_the_end_is_reached(run_by_hand):
    async with run_by_hand() as run:
        await run.keys("space")
        await run.hear(2 * RATE_HZ)
        assert "▷" not in run.ruler()
        assert "▶" not in run.text()
        assert run.app._playhead is None
        assert run.scene.cursor == 0


async def test_at_the_end_there_is_nothing_to_play(run_by_hand):
    async with run_by_hand() as run:
        await run.keys("end", "space")
        assert run.hand.stretches == []
        assert "at the end of the clip" in run.text()


async def test_marks_are_set_where_it_is_heard(run_by_hand):
    async with run_by_hand() as run:
        await run.keys("space")
        await run.hear(3000)
        await run.keys("i")
        await run.hear(2000)
        await run.keys("o")
        assert [(r.onset_sample, r.offset_sample) for r in run.regions] == [(3000, 5000)]


async def test_a_region_is_heard_once_or_in_a_loop(run_by_hand):
    async with run_by_hand() as run:
        await run.keys("r")
        assert "no region yet" in run.text()
        await run.keys("i", "right", "right", "right", "o", "r")
        region = run.regions[0]
        edges = (region.onset_sample, region.offset_sample)
        assert run.last == Stretch(*edges)
        await run.keys("R")
        assert run.last == Stretch(*edges, is_loop=True)
        assert "▶ loop" in run.text()
        cursor = run.scene.cursor
        await run.keys("space")
        assert not run.hand.is_playing
        assert run.scene.cursor == cursor


async def test_what_is_marked_can_be_heard_before_it_is_a_region(run_by_hand):
    async with run_by_hand() as run:
        await run.keys("i", "right", "right", "r")
        assert run.last == Stretch(0, run.scene.cursor)


async def test_speed_changes_from_where_it_is_and_says_that_the_pitch_goes_with_it(run_by_hand):
    async with run_by_hand() as run:
        await run.keys("space")
        await run.hear(1000)
        await run.keys("left_parenthesis")
        assert run.last == Stretch(0, 2 * RATE_HZ, speed=0.75, begin=1000)
        assert "Speed 0.75: like a tape, the pitch changes with it." in run.text()
        assert "▶ playing x0.75" in run.text()
        await run.keys(*["left_parenthesis"] * 5)
        assert run.last.speed == 0.25
        await run.keys(*["right_parenthesis"] * 9)
        assert run.last.speed == 2
        await run.keys("left_parenthesis", "left_parenthesis")
        assert "Speed 1." in run.text()


async def test_an_edge_that_was_moved_is_heard_once_it_rests(run_by_hand, monkeypatch):
    monkeypatch.setattr("asmr_stim_tui.listening_app.EDGE_REST_S", 0.001)
    async with run_by_hand() as run:
        await run.keys("L", "i", *["right"] * 3, "o", "left_square_bracket", "right")
        while not run.hand.stretches:
            await run.pilot.pause(0.005)
        edge = run.regions[0].onset_sample
        assert run.last == Stretch(edge - 1200, edge + 1200)
        assert "▷" not in run.ruler()
        n_heard = len(run.hand.stretches)
        await run.keys("E", "right", "right")
        await run.pilot.pause(0.05)
        assert len(run.hand.stretches) == n_heard
        await run.keys("E")
        assert "An edge is heard when it is moved." in run.text()


async def test_the_view_turns_the_page_when_the_playhead_leaves_it(run_by_hand):
    async with run_by_hand() as run:
        await run.keys("plus", "plus", "space")
        stop = int(run.scene.viewport.stop)
        await run.hear(stop - 100)
        assert run.scene.viewport.start == 0
        await run.hear(200)
        assert run.scene.viewport.start > 0
        assert "▷" in run.ruler()


async def test_a_device_that_fails_is_said_and_nothing_else_happens(run_by_hand):
    async with run_by_hand() as run:
        run.hand.is_broken = True
        await run.keys("space")
        assert "No sound here: the device does not start (unplugged)." in run.text()
        await run.keys("i", "right", "o")
        assert len(run.regions) == 1


async def test_with_sound_turned_off_space_says_how_to_hear(start):
    async with start("none") as run:
        assert "no player" not in run.text()
        await run.keys("space")
        assert "No sound here: it was turned off with --sound none. u plays" in run.text()


async def test_without_a_device_the_status_line_says_why(start, monkeypatch):
    def none(*_):
        raise NoSoundError("sounddevice is not installed; miniaudio finds no device")

    monkeypatch.setattr("asmr_stim_tui.listening_app.open_line", none)
    async with start("auto", size=(170, 30)) as run:
        words = "♪ no player: sounddevice is not installed; miniaudio finds no device"
        assert words in run.text()
        await run.pilot.resize_terminal(80, 24)
        await run.keys("right")
        assert "│ ♪ no player │ whole clip" in run.text()
        await run.keys("left_square_bracket", "i", "right", "o", "left_square_bracket", "right")
        await run.pilot.pause(0.1)
        assert "No sound" not in run.text()


async def test_the_silent_clock_plays(start):
    async with start("silent") as run:
        assert "♪ silent" in run.text()
        await run.keys("space")
        assert "▶ playing" in run.text()
        while run.app._transport.position == 0:
            await run.pilot.pause(0.01)
        await run.keys("space")
        assert run.scene.cursor > 0


async def test_what_is_heard_otherwise_than_in_the_file_is_said_once(start, monkeypatch):
    monkeypatch.setattr(
        "asmr_stim_tui.sound.devices.SilentLine.notice", "The device refuses 8 kHz."
    )
    async with start("silent") as run:
        await run.keys("space")
        assert "The device refuses 8 kHz." in run.text()
        await run.keys("space", "right", "space")
        assert "The device refuses 8 kHz." not in run.text()


async def test_the_page_is_served_when_it_is_asked_for_and_its_address_is_shown(start):
    async with start("none", size=(120, 30)) as run:
        await run.keys("space")
        assert "No sound here" in run.text()
        await run.keys("u")
        assert isinstance(run.app.screen, PageScreen)
        door = run.app._sound_options.door
        assert door.address in run.text()
        assert f"-L {door.port}:127.0.0.1:{door.port}" in run.text()
        await run.keys("u")
        assert "♪ page not open yet" in run.text()
        assert "No sound here" not in run.text()
        await run.keys("space")
        assert "No sound here: the page is not open in a browser. u plays" in run.text()
        commands = run.app._transport.page._server.listen()
        assert commands.get()["do"] == "hello"
        await run.keys("space")
        assert "▶ playing" in run.text()
        assert commands.get()["from"] == 0


async def test_no_browser_is_started_in_the_terminal_itself(start, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    opened = []
    monkeypatch.setattr("textual.app.App.open_url", lambda _, url: opened.append(url))
    async with start("browser") as run:
        assert "♪ page not open yet" in run.text()
        await run.keys("u", "o")
        assert "no browser can be opened here" in run.text()
        assert opened == []
        monkeypatch.setenv("DISPLAY", ":0")
        monkeypatch.delenv("SSH_CONNECTION", raising=False)
        await run.keys("o")
        assert opened == [run.app._sound_options.door.address]


async def test_a_device_sounds_and_an_open_page_only_shows(run_by_hand):
    async with run_by_hand() as run:
        await run.keys("u", "escape")
        commands = run.app._transport.page._server.listen()
        commands.get()
        await run.keys("space")
        assert commands.get()["is_muted"] is True
        assert len(run.hand.stretches) == 1
