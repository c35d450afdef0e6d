import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from builders import shared_folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asmr_stim.errors import AsmrStimError, InputError, MissingInputError, UnreadableFileError
from asmr_stim.io import mpeg
from asmr_stim.io.audio import audio_info, audio_sha256, check_name, read_blocks

RATE_HZ = 48000


def noise(n_frames=RATE_HZ, n_channels=2):
    return np.random.default_rng(0).standard_normal((n_frames, n_channels)) * 0.1


def write(path, samples, rate_hz=RATE_HZ, **options):
    soundfile.write(path, samples, rate_hz, **options)
    return path


def read_whole(path, block_frames=65536):
    return np.concatenate(list(read_blocks(path, block_frames)))


@pytest.mark.parametrize(
    ("encoding", "step"),
    [
        ("PCM_U8", 2**-7),
        ("PCM_16", 2**-15),
        ("PCM_24", 2**-23),
        ("PCM_32", 2**-31),
        ("FLOAT", 2**-25),
        ("DOUBLE", 0),
    ],
)
def test_wav_of_every_depth_comes_back_within_its_step(tmp_path, encoding, step):
    samples = noise()
    path = write(tmp_path / "clip.wav", samples, subtype=encoding)
    assert np.abs(read_whole(path) - samples).max() <= step
    assert audio_info(path).encoding == encoding


@pytest.mark.parametrize("rate_hz", [8000, 11025, 44100, 96000, 192000])
@pytest.mark.parametrize("n_channels", [1, 2, 8])
def test_rate_and_channels_are_native(tmp_path, rate_hz, n_channels):
    path = write(tmp_path / "clip.flac", noise(1000, n_channels), rate_hz)
    info = audio_info(path)
    assert (info.rate_hz, info.n_channels, info.n_frames) == (rate_hz, n_channels, 1000)
    assert info.duration_s == pytest.approx(1000 / rate_hz, rel=1e-15)
    assert read_whole(path).shape == (1000, n_channels)


@pytest.mark.parametrize(
    ("name", "options", "container"),
    [
        ("clip.wav", {}, "WAV"),
        ("clip.flac", {}, "FLAC"),
        ("clip.ogg", {}, "OGG"),
        ("clip.opus", {"format": "OGG", "subtype": "OPUS"}, "OGG"),
        ("clip.mp3", {}, "MP3"),
    ],
)
def test_the_four_containers_are_read(tmp_path, name, options, container):
    path = write(tmp_path / name, noise(), **options)
    info = audio_info(path)
    assert info.container == container
    assert len(read_whole(path)) == info.n_frames == RATE_HZ


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(block_frames=st.integers(1, 4000))
def test_blocks_of_any_size_join_to_the_same_samples(tmp_path, block_frames):
    path = tmp_path / "clip.wav"
    if not path.exists():
        write(path, noise(3000))
    blocks = list(read_blocks(path, block_frames))
    assert {len(block) for block in blocks[:-1]} <= {block_frames}
    assert np.array_equal(np.concatenate(blocks), read_whole(path))


def test_a_compressed_file_does_not_depend_on_the_block_size(tmp_path):
    path = write(tmp_path / "clip.mp3", noise())
    assert np.array_equal(read_whole(path, 777), read_whole(path))


def test_real_recordings_are_read():
    folder = shared_folder("audio")
    for path in sorted(folder.glob("*.flac")):
        info = audio_info(path)
        assert read_whole(path).shape == (info.n_frames, info.n_channels)


def test_the_hash_is_the_one_of_the_bytes(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")  # FIPS 180-2, appendix B.1
    assert audio_sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def sentence_of(path, kind):
    with pytest.raises(kind) as caught:
        read_whole(path)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    return text


def test_a_missing_file_is_named(tmp_path):
    assert "no such file" in sentence_of(tmp_path / "gone.wav", MissingInputError)


def test_a_folder_is_refused(tmp_path):
    assert "folder" in sentence_of(tmp_path, UnreadableFileError)


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "clip.wav").touch()
    assert "empty" in sentence_of(tmp_path / "clip.wav", UnreadableFileError)


def test_a_file_without_permission_is_refused(tmp_path, monkeypatch):
    path = write(tmp_path / "clip.wav", noise(10))

    def forbidden(*_, **__):
        raise PermissionError

    monkeypatch.setattr(Path, "open", forbidden)
    assert "permission" in sentence_of(path, UnreadableFileError)


def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    assert "regular" in sentence_of(tmp_path / "pipe.wav", UnreadableFileError)


def test_a_name_that_no_file_can_have_is_refused():
    with pytest.raises(AsmrStimError):
        audio_info("a\0b.wav")


@pytest.mark.parametrize("name", ["notes.wav", "notes.raw", "notes.txt"])
def test_a_text_is_not_audio(tmp_path, name):
    (tmp_path / name).write_text("not a sound" * 100)
    assert "not a sound file" in sentence_of(tmp_path / name, UnreadableFileError)


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"\0\0\0\x20ftypisom" + bytes(20) + b"\0\0\0\x0cmoovmp4a", "mp4) with AAC"),
        (b"\0\0\0\x20ftypM4A ", "m4a"),
        (b"\0\0\0\x20ftypqt  ", "mov"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + bytes(80) + b"A_OPUS", "WebM with Opus"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "Matroska"),
        (b"\xff\xf1\x50\x80", "AAC"),
    ],
)
def test_without_ffmpeg_another_container_is_named_with_the_cure(tmp_path, monkeypatch, head, word):
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "clip.mp4"
    path.write_bytes(head + bytes(500))
    text = sentence_of(path, UnreadableFileError)
    assert word in text
    assert "install it" in text
    assert "ffmpeg -i clip.mp4 clip.wav" in text


@pytest.mark.parametrize(
    ("head", "word"), [(b"RIFF\0\0\0\0AVI LIST", "AVI"), (b"\x30\x26\xb2\x75", "Windows Media")]
)
def test_a_container_that_does_not_say_when_its_sound_begins_is_refused(tmp_path, head, word):
    path = tmp_path / "clip.avi"
    path.write_bytes(head + bytes(500))
    text = sentence_of(path, UnreadableFileError)
    assert word in text
    assert "ffmpeg -i clip.avi clip.wav" in text


@pytest.mark.parametrize("name", ["clip.wav", "clip.flac", "clip.ogg", "clip.mp3"])
def test_a_file_cut_short_is_refused(tmp_path, name):
    path = write(tmp_path / name, noise(5 * RATE_HZ))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "cut short" in sentence_of(path, UnreadableFileError)


def test_a_wav_written_to_a_pipe_without_its_length_is_read(tmp_path):
    path = write(tmp_path / "clip.wav", noise(1000))
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", 0xFFFFFFFF)
    path.write_bytes(content)
    assert len(read_whole(path)) == 1000


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_sample_that_is_no_number_is_refused_with_its_time(tmp_path, value):
    samples = noise(RATE_HZ)
    samples[24000, 1] = value
    path = write(tmp_path / "clip.wav", samples, subtype="FLOAT")
    assert "0.500 s (frame 24000)" in sentence_of(path, InputError)


@pytest.mark.parametrize("value", [2.0**23, -(2.0**31), 1e30])
def test_a_sample_beyond_any_sound_is_refused_with_its_time(tmp_path, value):
    samples = noise(RATE_HZ)
    samples[24000, 1] = value
    said = sentence_of(write(tmp_path / "clip.wav", samples, subtype="FLOAT"), InputError)
    assert f"a sample of {value:.3g} at 0.500 s (frame 24000), where full scale is 1" in said


def test_whole_numbers_of_16_bits_stored_as_floating_point_are_read(tmp_path):
    path = write(tmp_path / "clip.wav", np.full((100, 2), -32768.0), subtype="FLOAT")
    assert (read_whole(path) == -32768).all()


def test_sound_in_a_folder_whose_name_is_no_utf_8_is_read(tmp_path):
    source = write(tmp_path / "clip.wav", noise(100))
    folder = tmp_path / "d\udce9j\udce0"
    try:
        folder.mkdir()
    except (OSError, UnicodeError):
        pytest.skip("this system takes no such name")
    source.rename(folder / "clip.wav")
    assert audio_info(folder / "clip.wav").n_frames == len(read_whole(folder / "clip.wav")) == 100


def test_a_file_without_samples_is_refused(tmp_path):
    path = write(tmp_path / "clip.wav", np.empty((0, 2)))
    assert "no sample" in sentence_of(path, InputError)


@pytest.mark.parametrize(
    "name", ["fl\udcfcstern.wav", "two\nlines.wav", "a\ttab.wav", "a\u2028b.wav"]
)
def test_a_name_that_no_table_could_list_is_refused(name):
    with pytest.raises(InputError, match="rename the file") as caught:
        check_name(name)
    assert str(caught.value).encode("utf-8").isascii()


@pytest.mark.parametrize(
    "name", ["耳かき\u3000囁き.wav", "шёпот.wav", "a\u200db\u00a0c.wav", "👂.wav"]
)
def test_a_name_in_any_script_is_welcome(name):
    check_name(name)


def test_a_series_slower_than_sound_is_refused(tmp_path):
    soundfile.write(tmp_path / "skin.wav", np.zeros(300), 100)
    soundfile.write(tmp_path / "slowest.wav", np.zeros(300), 1000)
    with pytest.raises(InputError, match=r"skin\.wav has 100 samples a second, too few for sound"):
        audio_info(tmp_path / "skin.wav")
    assert audio_info(tmp_path / "slowest.wav").rate_hz == 1000


def test_a_block_of_no_frames_is_refused(tmp_path):
    path = write(tmp_path / "clip.wav", noise(10))
    with pytest.raises(InputError, match="at least 1 frame"):
        list(read_blocks(path, 0))


def without_first_frame(path):
    """Take away the frame that states the length of an MP3, as some recorders never write it."""
    content = path.read_bytes()
    n_bytes, _ = mpeg._frame(content[:4])
    assert content[n_bytes : n_bytes + 2] == b"\xff\xfb"
    path.write_bytes(content[n_bytes:])
    return path


def loud_then_soft(path, bitrate_mode):
    samples = noise(10 * RATE_HZ)
    samples[5 * RATE_HZ :] *= 0.001
    options = {"bitrate_mode": bitrate_mode, "compression_level": 0.5}
    with soundfile.SoundFile(path, "w", RATE_HZ, 2, **options) as file:
        file.write(samples)
    return path


def test_an_mp3_of_varying_bit_rate_without_its_length_is_not_cut_silently(tmp_path):
    path = loud_then_soft(tmp_path / "clip.mp3", "VARIABLE")
    assert len(read_whole(path)) == 10 * RATE_HZ
    assert "ffmpeg" in sentence_of(without_first_frame(path), UnreadableFileError)


def test_an_mp3_of_constant_bit_rate_needs_no_stated_length(tmp_path):
    path = without_first_frame(loud_then_soft(tmp_path / "clip.mp3", "CONSTANT"))
    assert len(read_whole(path)) == pytest.approx(10 * RATE_HZ, abs=3000)
