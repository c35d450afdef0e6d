"""The picture of a video beside its sound."""

import shutil
import subprocess

import numpy as np
import pytest
from annotation_builders import sound_is_read, write_clip

from asmr_stim_tui.annotator import annotator
from asmr_stim_tui.frame_picture import FramePicture
from asmr_stim_tui.listening_app import SoundOptions

needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="ffmpeg, which decodes videos, is not installed"
)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """A second of red, then a second of blue, with a tone."""
    path = tmp_path_factory.mktemp("video") / "clip.mp4"
    inputs = []
    for source in ("color=red:s=64x36:r=5:d=1", "color=blue:s=64x36:r=5:d=1", "sine=duration=2"):
        inputs += ["-f", "lavfi", "-i", source]
    mapped = ["-filter_complex", "[0][1]concat[v]", "-map", "[v]", "-map", "2", "-c:v", "mpeg4"]
    command = ["ffmpeg", "-v", "error", "-threads", "1", *inputs, *mapped, "-c:a", "aac", path]
    subprocess.run(command, check=True)
    return path


class Watched:
    def __init__(self, path, folder, size=(120, 36), choice="none"):
        self.app = annotator(path, "rs", folder, sound=SoundOptions(choice))
        self.test = self.app.run_test(size=size)

    async def __aenter__(self):
        self.pilot = await self.test.__aenter__()
        await sound_is_read(self.app, self.pilot)
        return self

    async def __aexit__(self, *details):
        await self.test.__aexit__(*details)
        self.app.close()

    @property
    def picture(self):
        return self.app.screen.query_one(FramePicture)

    async def keys(self, *keys):
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, is_so):
        while not is_so():
            await self.pilot.pause(0.02)

    def shows(self, colour):
        pixels = self.picture._pixels
        return pixels is not None and np.argmax(pixels.mean(axis=(0, 1))) == colour

    def text(self):
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@needs_ffmpeg
async def test_the_picture_at_the_cursor_is_shown_and_follows_it(video, tmp_path):
    async with Watched(video, tmp_path) as run:
        await run.until(lambda: run.shows(0))
        assert run.picture.display
        assert "▀" * 20 in run.text()
        await run.keys("end", "left", "left")
        await run.until(lambda: run.shows(2))
        await run.keys("P")
        assert not run.picture.display
        await run.keys("home", "P")
        assert run.picture.display
        await run.until(lambda: run.shows(0))


@needs_ffmpeg
async def test_what_is_seen_and_not_heard_can_be_coded(video, tmp_path):
    async with Watched(video, tmp_path) as run:
        await run.keys("i", "right", "right", "o", "t", *"hand mo", "enter")
        await run.keys("t", *"visual", "enter")
        (region,) = run.app.annotate_screen.session.regions
        assert (region.act, region.channel, region.source) == ("hand_movements", "visual", None)


@needs_ffmpeg
async def test_a_narrow_terminal_says_where_the_picture_can_be_seen(video, tmp_path):
    async with Watched(video, tmp_path, size=(80, 24)) as run:
        await run.until(lambda: run.app.has_picture)
        await run.keys("P")
        assert "The picture needs 100 columns. u shows it in your browser." in run.text()


@needs_ffmpeg
async def test_the_page_plays_the_video_itself_and_seeks_with_the_cursor(video, tmp_path):
    async with Watched(video, tmp_path, choice="browser") as run:
        await run.until(lambda: run.app._transport.page is not None)
        page = run.app._transport.page
        commands = page._server.listen()
        assert commands.get()["is_video"] is True
        assert page._server.media.content_type == "video/mp4"
        assert page._server.media.n_bytes == video.stat().st_size
        await run.keys("end")
        await run.until(lambda: not commands.empty())
        seek = commands.get()
        assert (seek["do"], seek["at"]) == ("seek", pytest.approx(2.0, abs=0.05))


async def test_sound_without_a_picture_says_so(tmp_path):
    async with Watched(write_clip(tmp_path / "clip.wav"), tmp_path) as run:
        await run.keys("P")
        assert "This clip has no picture" in run.text()
        assert not run.picture.display


async def test_without_colours_the_picture_is_drawn_in_letters(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with Watched(write_clip(tmp_path / "clip.wav"), tmp_path) as run:
        run.app.know_picture(is_there=True)
        ramp = np.linspace(0, 255, 20, dtype=np.uint8)
        run.app.screen.show_picture(np.broadcast_to(ramp[None, :, None], (4, 20, 3)))
        await run.pilot.pause()
        run.app.has_picture = False
        assert "@" in run.text()


async def test_where_nothing_is_shown_it_says_so(tmp_path):
    async with Watched(write_clip(tmp_path / "clip.wav"), tmp_path) as run:
        run.app.know_picture(is_there=True)
        await run.until(lambda: run.picture.size.height > 0)
        assert "no picture at the cursor" in run.text()
