"""Clicks go into containers by ffmpeg and come back in their place."""

import shutil
import subprocess

import numpy as np
import pytest
import soundfile
from signals import RATE_HZ

from asmr_stim.errors import AsmrStimError, InputError, UnreadableFileError
from asmr_stim.io.audio import audio_info, read_blocks, track_of

pytestmark = pytest.mark.skipif(
    not shutil.which("ffmpeg"), reason="the program ffmpeg is not installed"
)

AT_S = (0.1, 0.5, 1.0, 1.4)
TOLERANCE_S = 0.002
CLICK = np.hanning(48) * np.sin(2 * np.pi * 4000 * np.arange(48) / RATE_HZ)
PICTURE = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=2")


@pytest.fixture(scope="module")
def clicks(tmp_path_factory):
    samples = np.random.default_rng(0).standard_normal((2, round(1.5 * RATE_HZ))) * 1e-4
    for at_s in AT_S:
        first = round(at_s * RATE_HZ)
        samples[:, first : first + len(CLICK)] += 0.8 * CLICK
    path = tmp_path_factory.mktemp("clicks") / "clicks.wav"
    soundfile.write(path, samples.T, RATE_HZ, subtype="FLOAT")
    return path


def ffmpeg(*words):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, words)], check=True)


def muxed(clicks, path, codec, *more):
    ffmpeg("-i", clicks, *more, "-c:a", codec, "-b:a", "128k", path)
    return path


@pytest.fixture(scope="module")
def m4a(clicks):
    return muxed(clicks, clicks.with_name("clip.m4a"), "aac")


def read_whole(path, block_frames=65536):
    return np.concatenate(list(read_blocks(path, block_frames)))


def times_s(samples):
    """Return when the clicks begin, by the best fit of their shape."""
    fit = np.abs(np.correlate(samples[:, 0], CLICK, "valid"))
    found = []
    for _ in AT_S:
        place = int(fit.argmax())
        found.append(place / RATE_HZ)
        fit[max(place - 2000, 0) : place + 2000] = 0
    return sorted(found)


@pytest.mark.parametrize(
    ("name", "codec", "is_end_stated"),
    [
        ("clip.mp4", "aac", True),
        ("clip.m4a", "aac", True),
        ("clip.mov", "aac", True),
        ("clip.mkv", "aac", False),
        ("clip.aac", "aac", False),
        ("clip.webm", "libopus", True),
        ("clip.mkv", "libopus", True),
        ("clip.opus", "libopus", True),
        ("clip.webm", "libvorbis", False),
        ("clip.mkv", "ac3", False),
        ("clip.mov", "pcm_s24le", True),
    ],
)
def test_clicks_come_back_in_their_place(clicks, tmp_path, name, codec, is_end_stated):
    samples = read_whole(muxed(clicks, tmp_path / name, codec))
    assert times_s(samples) == pytest.approx(AT_S, abs=TOLERANCE_S)
    assert len(samples) == pytest.approx(1.5 * RATE_HZ, abs=0 if is_end_stated else 1024)


def test_the_priming_that_a_container_states_is_told_from_one_that_is_assumed(
    clicks, m4a, tmp_path
):
    stated = track_of(m4a)
    assumed = track_of(muxed(clicks, tmp_path / "clip.aac", "aac"))
    assert (stated.n_delay, stated.is_delay_assumed) == (1024, False)
    assert (assumed.n_delay, assumed.is_delay_assumed) == (1024, True)
    assert stated.decoder.startswith("ffmpeg ")


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.mkv"])
def test_a_track_that_begins_late_is_placed_at_its_time(clicks, tmp_path, name):
    path = tmp_path / name
    ffmpeg(*PICTURE, "-itsoffset", 0.4, "-i", clicks, "-c:v", "mpeg4", "-c:a", "aac", path)
    late_s = [at_s + 0.4 for at_s in AT_S]
    track = track_of(path)
    assert times_s(read_whole(track)) == pytest.approx(late_s, abs=TOLERANCE_S)
    assert track.n_silence == pytest.approx(0.4 * RATE_HZ, abs=96)


def test_a_picture_on_the_cover_does_not_move_the_sound(clicks, tmp_path):
    ffmpeg(*PICTURE, "-frames:v", 1, tmp_path / "cover.png")
    path = tmp_path / "clip.m4a"
    ffmpeg("-i", clicks, "-i", tmp_path / "cover.png", "-map", 0, "-map", 1, "-c:v", "copy",
           "-disposition:v", "attached_pic", "-c:a", "aac", path)  # fmt: skip
    assert times_s(read_whole(path)) == pytest.approx(AT_S, abs=TOLERANCE_S)


def test_a_hole_in_the_time_stamps_is_silence(clicks, tmp_path):
    path = tmp_path / "clip.mkv"
    muxed(clicks, path, "aac", "-af", "aselect='not(between(t,0.6,0.9))'")
    assert times_s(read_whole(path)) == pytest.approx(AT_S, abs=TOLERANCE_S)


def test_the_rate_and_the_channels_stay_native(clicks, tmp_path):
    path = muxed(clicks, tmp_path / "clip.m4a", "aac", "-ar", "22050", "-ac", "1")
    info = audio_info(path)
    assert (info.rate_hz, info.n_channels, info.encoding) == (22050, 1, "AAC")
    assert read_whole(info).shape == (info.n_frames, 1)


def test_the_size_of_the_blocks_changes_nothing(m4a):
    track = track_of(m4a)
    whole = read_whole(track)
    blocks = list(read_blocks(track, 999))
    assert {len(block) for block in blocks[:-1]} == {999}
    assert np.array_equal(np.concatenate(blocks), whole)


def test_a_name_that_looks_like_an_address_is_a_file(m4a, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = shutil.copy(m4a, "-http:clip é.m4a")
    assert audio_info(name).n_frames == 72000


def test_a_video_without_sound_is_refused(tmp_path):
    path = tmp_path / "clip.mp4"
    ffmpeg(*PICTURE, "-c:v", "mpeg4", path)
    with pytest.raises(InputError, match="without any sound"):
        audio_info(path)


@pytest.mark.parametrize(
    ("name", "codec", "damage"),
    [
        ("clip.mp4", "aac", "cut"),
        ("clip.mp4", "aac", "overwritten"),
        ("clip.webm", "libopus", "cut"),
    ],
)
def test_a_damaged_file_is_refused(clicks, tmp_path, name, codec, damage):
    path = muxed(clicks, tmp_path / name, codec)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    noise = np.random.default_rng(1).integers(0, 256, len(content) // 8, np.uint8).tobytes()
    content[middle : middle + len(noise)] = noise
    path.write_bytes(content if damage == "overwritten" else content[: middle + 100])
    with pytest.raises(UnreadableFileError, match="again") as caught:
        audio_info(path)
    assert str(caught.value).startswith(f"{path} is ")
    assert "\n" not in str(caught.value)


def a_program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_ffmpeg_that_stops_midway_is_a_sentence(m4a, tmp_path, monkeypatch):
    real = shutil.which("ffmpeg")
    (tmp_path / "bin").mkdir()
    a_program(tmp_path / "bin", "ffmpeg", f'"{real}" "$@" 2>/dev/null | head -c 100000; kill -9 $$')
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    with pytest.raises(UnreadableFileError, match="it ended with code -9"):
        read_whole(m4a)


def test_ffprobe_that_answers_nonsense_is_a_sentence(m4a, tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    a_program(tmp_path / "bin", "ffprobe", "echo nonsense")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    with pytest.raises(AsmrStimError, match="ffprobe does not answer"):
        audio_info(m4a)


def test_leaving_a_file_half_read_ends_the_program(m4a):
    blocks = read_blocks(m4a, 100)
    assert len(next(blocks)) == 100
    blocks.close()
