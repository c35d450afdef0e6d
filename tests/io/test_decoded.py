import shutil
import subprocess

import numpy as np
import pytest
import soundfile
from signals import RATE_HZ, white_noise

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io import decoded, ffmpeg
from asmr_stim.io.annotations import clip_of
from asmr_stim.io.audio import audio_info, read_blocks
from asmr_stim.io.audio_spans import AudioSpans
from asmr_stim.io.decoded import decoded_audio


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "asmr_stim" / "decoded"


@pytest.fixture
def wav(tmp_path):
    soundfile.write(tmp_path / "clip.wav", white_noise(1.0, 2).T, RATE_HZ)
    return tmp_path / "clip.wav"


@pytest.fixture
def container(wav):
    if not shutil.which("ffmpeg"):
        pytest.skip("the program ffmpeg is not installed")
    path = wav.with_suffix(".m4a")
    subprocess.run(["ffmpeg", "-v", "error", "-i", wav, "-c:a", "aac", path], check=True)
    return path


def test_what_libsndfile_reads_is_its_own_copy(wav, cache):
    assert decoded_audio(wav) == wav
    assert not cache.exists()


def test_a_container_is_decoded_once_into_the_very_samples_that_are_streamed(container, cache):
    shares = []
    copy = decoded_audio(container, tell=shares.append)
    assert copy.parent == cache
    assert shares[-1] == pytest.approx(1.0, abs=0.01)
    streamed = np.concatenate(list(read_blocks(container)))
    assert np.array_equal(soundfile.read(copy)[0], streamed)
    assert decoded_audio(container, tell=shares.clear) == copy
    assert shares
    spans = AudioSpans(container)
    assert np.array_equal(spans.read(30_000, 40_000), streamed[30_000:40_000])
    spans.close()


def test_copies_that_were_not_used_for_long_make_room(container, cache, monkeypatch):
    cache.mkdir(parents=True)
    (cache / "old.w64").write_bytes(bytes(100))
    monkeypatch.setattr(decoded, "MOST_BYTES", 50)
    copy = decoded_audio(container)
    assert list(cache.iterdir()) == [copy]


def test_a_folder_that_takes_no_copy_is_a_sentence(container, tmp_path):
    (tmp_path / "full").write_text("no folder")
    with pytest.raises(OutputError, match="XDG_CACHE_HOME"):
        decoded_audio(container, tmp_path / "full")


def test_a_container_that_was_opened_before_is_known_without_decoding(container, monkeypatch):
    shares = []
    clip = clip_of(container, tell=shares.append)
    assert shares
    assert clip.n_samples == audio_info(container).n_frames

    def refuse(*_):
        raise AssertionError("decoded again")

    monkeypatch.setattr(ffmpeg, "decoded_blocks", refuse)
    assert clip_of(container) == clip


def test_a_container_without_a_sample_is_refused_by_its_own_name(container, monkeypatch):
    monkeypatch.setattr(ffmpeg, "decoded_blocks", lambda *_: iter(()))
    with pytest.raises(InputError, match=r"clip\.m4a holds no sample"):
        clip_of(container)
