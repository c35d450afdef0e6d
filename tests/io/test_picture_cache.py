import os
import time

import numpy as np
import pytest

from asmr_stim.io import picture_cache
from asmr_stim.io.mapped_arrays import ArrayForm, create_arrays, n_bytes_of, open_arrays
from asmr_stim.io.picture_cache import (
    FileIdentity,
    building_path,
    keep_picture,
    picture_path,
    pictures_folder,
    remember_sha256,
    seen_sha256,
)

FORMS = [ArrayForm((3, 2), "<i2"), ArrayForm((5,), "u1")]
ABOUT = {"version": 1, "n_samples": 5}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "asmr_stim" / "pictures"


def a_file(path, age_s=10.0):
    path.write_bytes(b"sound")
    os.utime(path, (time.time() - age_s,) * 2)
    return path


def a_picture(folder, name):
    whole = picture_path(folder, name, ABOUT)
    building = building_path(whole)
    create_arrays(building, ABOUT, FORMS)
    keep_picture(building, whole)
    return whole


def test_what_one_process_writes_another_sees_at_once(tmp_path):
    written = create_arrays(tmp_path / "a", ABOUT, FORMS)
    seen = open_arrays(tmp_path / "a", ABOUT, FORMS)
    assert [a.shape for a in seen] == [(3, 2), (5,)]
    written[0][1] = (-5, 7)
    written[1][4] = 255
    assert seen[0].tolist() == [[0, 0], [-5, 7], [0, 0]]
    assert seen[1].tolist() == [0, 0, 0, 0, 255]
    assert not seen[0].flags.writeable
    assert (tmp_path / "a").stat().st_size == n_bytes_of(FORMS)


@pytest.mark.parametrize("about", [ABOUT | {"version": 2}, ABOUT | {"n_samples": 6}, {}])
def test_a_file_that_holds_something_else_is_not_taken(tmp_path, about):
    create_arrays(tmp_path / "a", ABOUT, FORMS)
    assert open_arrays(tmp_path / "a", about, FORMS) is None
    assert open_arrays(tmp_path / "a", ABOUT, [*FORMS, *FORMS]) is None


def test_a_file_that_is_cut_or_missing_is_not_taken(tmp_path):
    create_arrays(tmp_path / "a", ABOUT, FORMS)
    os.truncate(tmp_path / "a", n_bytes_of(FORMS) - 1)
    assert open_arrays(tmp_path / "a", ABOUT, FORMS) is None
    assert open_arrays(tmp_path / "b", ABOUT, FORMS) is None


def test_a_disk_without_room_is_found_before_anything_is_written(tmp_path):
    huge = [ArrayForm((2**62,), "u1")]
    with pytest.raises(OSError, match=r"\[Errno"):
        create_arrays(tmp_path / "a", ABOUT, huge)
    assert not (tmp_path / "a").exists()


def test_a_picture_has_its_name_when_it_is_whole(folder):
    whole = picture_path(folder, "sound", ABOUT)
    building = building_path(whole)
    create_arrays(building, ABOUT, FORMS)[1][0] = 9
    assert open_arrays(whole, ABOUT, FORMS) is None
    keep_picture(building, whole)
    assert open_arrays(whole, ABOUT, FORMS)[1][0] == 9
    assert not building.exists()


def test_what_was_used_longest_ago_is_removed_when_there_is_too_much(folder, monkeypatch):
    monkeypatch.setattr(picture_cache, "MOST_BYTES", 2.5 * n_bytes_of(FORMS))
    pictures = [a_picture(folder, name) for name in "ab"]
    for picture, age_s in zip(pictures, (100, 200), strict=True):
        os.utime(picture, (time.time() - age_s,) * 2)
    picture_cache.mark_used(pictures[1])
    pictures.append(a_picture(folder, "c"))
    assert [picture.exists() for picture in pictures] == [False, True, True]


def test_what_nobody_goes_on_filling_is_removed(folder):
    whole = picture_path(folder, "a", ABOUT)
    abandoned = building_path(whole)
    create_arrays(abandoned, ABOUT, FORMS)
    os.utime(abandoned, (time.time() - 2 * picture_cache.ABANDONED_S,) * 2)
    a_picture(folder, "b")
    assert not abandoned.exists()


def test_the_hash_of_a_file_is_known_as_long_as_it_is_the_same_file(tmp_path):
    audio = a_file(tmp_path / "a.wav")
    assert seen_sha256(audio) is None
    remember_sha256(audio, FileIdentity.of(audio), "1" * 64)
    assert seen_sha256(audio) == "1" * 64
    (tmp_path / "link.wav").symlink_to(audio)
    assert seen_sha256(tmp_path / "link.wav") == "1" * 64
    os.utime(audio, (time.time() - 5,) * 2)
    assert seen_sha256(audio) is None
    assert seen_sha256(tmp_path / "gone.wav") is None


def test_a_file_that_has_just_changed_is_not_remembered(tmp_path):
    audio = a_file(tmp_path / "a.wav", age_s=0.1)
    remember_sha256(audio, FileIdentity.of(audio), "1" * 64)
    assert seen_sha256(audio) is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, folder):
    (tmp_path / "cache").write_text("a file in its place")
    audio = a_file(tmp_path / "a.wav")
    remember_sha256(audio, FileIdentity.of(audio), "1" * 64)
    assert seen_sha256(audio) is None
    with pytest.raises(OSError, match=r"\[Errno"):
        building_path(picture_path(folder, "a", ABOUT))


def test_a_damaged_note_is_forgotten(tmp_path, folder):
    audio = a_file(tmp_path / "a.wav")
    remember_sha256(audio, FileIdentity.of(audio), "1" * 64)
    (note,) = folder.glob("*.seen")
    for content in (b"", b"[]", b'{"sha256": 5}', b"\xff"):
        note.write_bytes(content)
        assert seen_sha256(audio) is None


def test_without_a_home_there_is_no_cache(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr("pathlib.Path.home", lambda: (_ for _ in ()).throw(RuntimeError))
    assert pictures_folder() is None


def test_values_are_those_that_were_filled_in(tmp_path):
    arrays = create_arrays(tmp_path / "a", ABOUT, FORMS)
    arrays[0][:] = np.arange(6).reshape(3, 2)
    del arrays
    assert open_arrays(tmp_path / "a", ABOUT, FORMS)[0].tolist() == [[0, 1], [2, 3], [4, 5]]
