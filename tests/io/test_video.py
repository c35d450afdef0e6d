import shutil
import subprocess

import numpy as np
import pytest
from annotation_builders import write_clip

from asmr_stim.io.video import has_picture, picture_at

pytestmark = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="ffmpeg, which makes the pictures, is not installed"
)

RED, GREEN, BLUE = "0xff0000", "0x00ff00", "0x0000ff"


def make(path, *arguments):
    command = ["ffmpeg", "-v", "error", "-y", "-threads", "1", *arguments, path]
    subprocess.run(command, check=True)
    return path


def colours(rate=5, size="64x36"):
    """Return inputs that show red, green and blue for half a second each, and a tone."""
    inputs = []
    for colour in (RED, GREEN, BLUE):
        inputs += ["-f", "lavfi", "-i", f"color=c={colour}:s={size}:r={rate}:d=0.6"]
    return [
        *inputs, "-f", "lavfi", "-i", "sine=duration=1.8:sample_rate=48000",
        "-filter_complex", "[0][1][2]concat=n=3[v]", "-map", "[v]", "-map", "3:a",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "clip.mp4"
    return make(path, *colours(), "-c:v", "mpeg4", "-q:v", "2", "-c:a", "aac")


@pytest.mark.parametrize(
    ("time_s", "colour"),
    [(0.0, 0), (0.599, 0), (0.6, 1), (0.79, 1), (1.19, 1), (1.2, 2), (1.79, 2)],
)
def test_the_picture_is_the_one_that_is_shown_at_the_time(video, time_s, colour):
    pixels = picture_at(video, time_s, 32, 18)
    assert pixels.shape == (18, 32, 3)
    assert pixels.dtype == np.uint8
    assert np.argmax(pixels.mean(axis=(0, 1))) == colour


def test_sides_stay_in_proportion_within_the_room(video):
    assert picture_at(video, 0, 10, 100).shape[:2] == (6, 10)
    assert picture_at(video, 0, 100, 9).shape[:2] == (9, 16)
    assert picture_at(video, 0, 1, 1).shape[:2] == (1, 1)


def test_a_picture_that_begins_just_after_the_sound_is_that_of_the_start(tmp_path):
    picture = ["-itsoffset", "0.04", "-f", "lavfi", "-i", "color=c=lime:s=64x36:r=5:d=1"]
    tone = ["-f", "lavfi", "-i", "sine=duration=1:sample_rate=48000"]
    path = make(tmp_path / "late.mkv", *picture, *tone, "-c:v", "mpeg4", "-c:a", "flac")
    assert np.argmax(picture_at(path, 0, 32, 18).mean(axis=(0, 1))) == 1


def test_after_the_end_there_is_none(video):
    assert picture_at(video, 60, 32, 18) is None


def test_a_video_has_a_picture_and_sound_alone_has_none(video, tmp_path):
    assert has_picture(video)
    make(tmp_path / "sound.m4a", "-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac")
    assert not has_picture(tmp_path / "sound.m4a")
    assert not has_picture(write_clip(tmp_path / "clip.wav"))
    assert not has_picture(tmp_path / "gone.mp4")


def test_a_cover_is_no_picture(tmp_path):
    cover = make(tmp_path / "cover.png", "-f", "lavfi", "-i", "color=c=red:s=8x8", "-frames:v", "1")
    tone = ["-f", "lavfi", "-i", "sine=duration=0.2"]
    mapped = ["-map", "0", "-map", "1", "-c:a", "aac", "-c:v", "png"]
    path = tmp_path / "album.m4a"
    make(path, *tone, "-i", cover, *mapped, "-disposition:v", "attached_pic")
    assert not has_picture(path)


def test_without_ffmpeg_or_from_a_damaged_file_there_is_none(video, tmp_path, monkeypatch):
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(video.read_bytes()[:400])
    assert not has_picture(damaged)
    assert picture_at(damaged, 0, 32, 18) is None
    assert picture_at(write_clip(tmp_path / "clip.wav"), 0, 32, 18) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not has_picture(video)
    assert picture_at(video, 0, 32, 18) is None
