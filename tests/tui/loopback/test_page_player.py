import pytest
from annotation_builders import write_clip

from asmr_stim.io.annotations import clip_of
from asmr_stim_tui.loopback.door import Door
from asmr_stim_tui.loopback.page_player import PagePlayer
from asmr_stim_tui.sound.line import NoSoundError
from asmr_stim_tui.sound.player import Stretch


class Page:
    """Stands where the browser would."""

    def __init__(self, player):
        self.player = player
        self.commands = player._server.listen()
        assert self.command()["do"] == "hello"

    def command(self):
        return self.commands.get(timeout=10)

    def says(self, number, at, **more):
        self.player._hear({"number": number, "at": at, "is_playing": True} | more)


@pytest.fixture
def player(tmp_path, monkeypatch):
    path = write_clip(tmp_path / "clip.wav", 2.0)
    now = [100.0]
    monkeypatch.setattr("asmr_stim_tui.loopback.page_player.time.monotonic", lambda: now[0])
    made = PagePlayer(Door(), clip_of(path), path)
    made.now = now
    yield made
    made.close()


def test_without_a_page_nothing_is_played(player):
    with pytest.raises(NoSoundError, match="not open in a browser"):
        player.play(Stretch(0, 100))
    assert player.position is None


def test_the_page_is_told_in_seconds_what_to_play(player):
    page = Page(player)
    player.is_muted = True
    player.play(Stretch(4000, 8000, is_loop=True, speed=0.5, begin=6000))
    assert page.command() == {
        "do": "play", "number": 1, "from": 0.75, "first": 0.5, "last": 1.0,
        "is_loop": True, "speed": 0.5, "is_muted": True,
    }  # fmt: skip
    player.stop()
    assert page.command() == {"do": "stop", "number": 2}
    player.seek(12000)
    assert page.command() == {"do": "seek", "number": 3, "at": 1.5}


def test_the_playhead_waits_for_the_page_and_then_runs_with_the_clock(player):
    page = Page(player)
    player.play(Stretch(4000, 8000, speed=0.5))
    player.now[0] += 2
    assert player.position == 4000
    page.says(1, 0.5)
    player.now[0] += 0.1
    assert player.position == pytest.approx(4400)
    page.says(1, 0.6)
    assert player.position == pytest.approx(4800)
    player.now[0] += 10
    assert player.position is None


def test_words_about_a_command_that_is_past_or_makes_no_sense_do_not_count(player):
    page = Page(player)
    player.play(Stretch(0, 8000))
    player.play(Stretch(4000, 8000))
    for number, at in ((1, 0.9), (None, 0.9), (2, "x"), (2, None)):
        page.says(number, at)
        assert player.position == 4000
    page.says(2, 99.0)
    assert player.position == 7999
    page.says(2, 0.9, is_over=True)
    assert player.position is None


def test_a_loop_goes_on_past_its_end(player):
    page = Page(player)
    player.play(Stretch(4000, 8000, is_loop=True))
    page.says(1, 0.99)
    player.now[0] += 0.02
    assert player.position == pytest.approx(4080)


def test_a_page_that_never_answers_has_gone(player):
    Page(player)
    player.play(Stretch(4000, 8000, is_loop=True))
    player.now[0] += 3.5
    assert player.position is None
