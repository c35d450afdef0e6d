"""MP3 frames made by hand: 128 kbit/s at 44.1 kHz are 417 bytes and 1152 samples each."""

import tracemalloc

import pytest

from asmr_stim.io.mpeg import unstated_frames

FRAME = bytes.fromhex("fffb9000") + bytes(413)
TAG = b"ID3\x04\x00\x00\x00\x00\x02\x01" + bytes(2 * 128 + 1)  # sizes have seven bits a byte


@pytest.mark.parametrize("before", [b"", TAG], ids=["plain", "tagged"])
@pytest.mark.parametrize("after", [b"", b"TAG" + bytes(125)], ids=["whole", "with an ID3v1 tag"])
def test_frames_are_counted_between_tags(tmp_path, before, after):
    path = tmp_path / "clip.mp3"
    path.write_bytes(before + 5 * FRAME + after)
    assert unstated_frames(path) == 5 * 1152


@pytest.mark.parametrize("content", [b"", b"\xff", b"no sound at all", bytes(2000)])
def test_what_is_no_frame_has_no_count(tmp_path, content):
    path = tmp_path / "clip.mp3"
    path.write_bytes(content)
    assert unstated_frames(path) is None


def test_of_a_file_that_states_its_length_no_more_than_the_head_is_held(tmp_path):
    path = tmp_path / "clip.mp3"
    path.write_bytes(FRAME[:36] + b"Xing" + FRAME[40:])
    with path.open("r+b") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    assert unstated_frames(path) is None
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
