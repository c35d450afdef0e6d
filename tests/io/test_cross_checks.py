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


@pytest.mark.parametrize(
    ("identity", "code", "key"),
    [
        ({"in_s": stated(5.0), "out_s": stated(4.0)}, "E037", "out_s:"),
        ({"out_s": stated(70.0), "recording_duration_s": stated(60.0)}, "E037", "out_s:"),
        ({"in_s": stated(61.0), "recording_duration_s": stated(60.0)}, "E037", "in_s:"),
        (
            {"retrieved_on": stated("2020-01-01"), "uploaded_on": stated("2021-01-01")},
            "E037",
            "retrieved_on:",
        ),
        ({"redistributable": stated(True)}, "E038", "redistributable:"),
    ],
)
def test_what_an_identity_cannot_be_is_told_at_its_line(tmp_path, identity, code, key):
    study = a_study(stimuli=[a_stimulus(identity=identity), a_stimulus("control_video")])
    (problem,) = problems(written(tmp_path, study))
    assert (problem.code, line_of(problem)) == (code, key)


@pytest.mark.parametrize(
    ("norm", "key"),
    [
        ({"mean": 9.0}, "mean: 9.0"),
        ({"sd": 8.0}, "sd: 8.0"),
        ({"n_responders": 60}, "n_responders: 60"),
    ],
)
def test_what_a_norm_cannot_be_is_told_at_its_line(tmp_path, norm, key):
    whole = {
        "construct_rated": "calm", "scale": {"low": 1.0, "high": 7.0}, "n_raters": 50, "mean": 4.0,
        "population": "adults", "provenance": {"scope": "study"},
    }  # fmt: skip
    stimuli = [a_stimulus(norms=[whole | norm]), a_stimulus("control_video")]
    (problem,) = problems(written(tmp_path, a_study(stimuli=stimuli)))
    assert (problem.code, line_of(problem)) == ("E036", key)


def test_a_stimulus_that_a_contrast_names_and_nobody_has_is_told_at_its_line(tmp_path):
    study = a_study()
    study["contrasts"][0]["stimuli"][1]["stimulus"] = "controll_video"
    (problem,) = problems(written(tmp_path, study))
    assert problem.code == "E023"
    assert line_of(problem).endswith("stimulus: controll_video")
    assert problem.message.endswith("did you mean 'control_video'?")


def test_a_doi_that_is_none_is_told_at_its_line(tmp_path):
    path = written(tmp_path, a_study(doi=stated("https://doi.org/10.1234/x")))
    (problem,) = problems(path)
    assert (problem.code, line_of(problem)) == ("E006", "value: https://doi.org/10.1234/x")
    assert "not a DOI such as 10.7717/peerj.7122" in problem.message


@pytest.mark.parametrize(("axis", "value"), [("x", 111.0), ("y", -151.0), ("z", 131.0)])
def test_a_focus_outside_the_head_is_told_at_its_line(tmp_path, axis, value):
    point = {"x": 0.0, "y": 0.0, "z": 0.0, "kind": "activation_peak"} | {axis: value}
    table = {"id": "t", "label": "t", "provenance": {"scope": "study"}, "points": [point]}
    (problem,) = problems(written(tmp_path, a_study(coordinates=[table])))
    assert problem.code == "E005"
    assert line_of(problem).removeprefix("- ") == f"{axis}: {value}"
