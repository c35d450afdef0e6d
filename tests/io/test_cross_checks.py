"""What files say of one another and of the clips beside them, each at its line."""

import hashlib
import os
from pathlib import Path

import pytest
from studies import a_stimulus, a_study, stated, written

from asmr_stim.io.catalogue import check_files


def a_catalogue_with_a_clip(folder, content=b"sound", **identity):
    clip = folder / "clips" / "stim-01.wav"
    clip.parent.mkdir(parents=True, exist_ok=True)
    clip.write_bytes(content)
    named = {"file": stated("clips/stim-01.wav")} | identity
    study = a_study(stimuli=[a_stimulus(identity=named), a_stimulus("control_video")])
    return written(folder, study)


def problems(*paths):
    return check_files(paths).problems


def line_of(problem):
    text = Path(problem.file).read_text(encoding="utf-8")
    return text.split("\n")[problem.line - 1].strip()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_a_clip_beside_the_catalogue_has_the_hash_that_is_stated(tmp_path):
    a_catalogue_with_a_clip(tmp_path, b"sound", file_sha256=stated(sha256(b"sound")))
    assert problems(tmp_path) == ()


def test_another_clip_of_that_name_is_found(tmp_path):
    path = a_catalogue_with_a_clip(tmp_path, b"noise", file_sha256=stated(sha256(b"sound")))
    for checked in (tmp_path, path):
        (problem,) = problems(checked)
        assert problem.code == "E035"
        assert "'clips/stim-01.wav' is another file" in problem.message
        assert sha256(b"noise")[:12] in problem.message
        assert line_of(problem) == "file_sha256:"


@pytest.mark.parametrize("what", ["nothing", "a folder", "a pipe"])
def test_a_clip_that_lies_elsewhere_is_no_problem(tmp_path, what):
    a_catalogue_with_a_clip(tmp_path, file_sha256=stated(sha256(b"sound")))
    clip = tmp_path / "clips" / "stim-01.wav"
    clip.unlink()
    if what == "a folder":
        clip.mkdir()
    elif what == "a pipe":
        os.mkfifo(clip)
    assert problems(tmp_path) == ()


def test_a_clip_without_a_stated_hash_is_not_read(tmp_path):
    a_catalogue_with_a_clip(tmp_path)
    (tmp_path / "clips" / "stim-01.wav").chmod(0)
    assert problems(tmp_path) == ()


def test_a_link_to_a_clip_outside_is_not_followed(tmp_path):
    outside = tmp_path / "outside.wav"
    outside.write_bytes(b"secret")
    folder = tmp_path / "catalogue"
    a_catalogue_with_a_clip(folder, file_sha256=stated(sha256(b"sound")))
    clip = folder / "clips" / "stim-01.wav"
    clip.unlink()
    clip.symlink_to(outside)
    (problem,) = problems(folder)
    assert problem.code == "E014"
    assert line_of(problem) == "file:"
    assert sha256(b"secret")[:12] not in problem.message


def test_two_studies_of_one_doi_are_found_whatever_its_capitals(tmp_path):
    written(tmp_path, a_study(doi=stated("10.3389/fnbeh.2020.00154"), samples=[], contrasts=[]))
    other = a_study(id="roe_2021", doi=stated("10.3389/FNBEH.2020.00154"), samples=[], contrasts=[])
    written(tmp_path, other)
    (problem,) = problems(tmp_path)
    assert (problem.code, line_of(problem)) == ("E031", "doi:")
    assert problem.file.endswith("roe_2021.yaml")
