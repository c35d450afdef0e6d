"""Files that have not changed are not checked again, and nothing is missed for it."""

import json
import os
import threading
import time

import pytest
import yaml
from studies import a_stimulus, a_study, stated, written

from asmr_stim.io import catalogue as catalogue_module
from asmr_stim.io import validation_cache
from asmr_stim.io.catalogue import find_problems
from asmr_stim.io.validation_cache import cache_for


@pytest.fixture(autouse=True)
def _own_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def checked(monkeypatch):
    """Return the names of the files that are really checked, in order."""
    names = []
    check = catalogue_module.check_content

    def counting(path, content, taxonomy):
        names.append(path.name)
        return check(path, content, taxonomy)

    monkeypatch.setattr(catalogue_module, "check_content", counting)
    return names


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "catalogue"
    for identifier in ("doe_2020", "roe_2021"):
        sample = [{"id": f"{identifier}_adults", "label": "adults", "n": stated(20)}]
        written(folder, a_study(id=identifier, samples=sample, contrasts=[]))
    return folder


def run(*paths):
    cache = cache_for(list(paths))
    found = find_problems(paths, cache)
    cache.save(time.time_ns())
    return found


def told(found):
    return [str(problem) for problem in found.problems]


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_second_check_reads_but_does_not_check(folder, checked):
    assert run(folder) == run(folder)
    assert checked == ["doe_2020.yaml", "roe_2021.yaml"]


def test_a_changed_file_is_checked_again_and_no_other(folder, checked):
    run(folder)
    path = folder / "studies" / "doe_2020.yaml"
    change(path, "evidence_level: full_text", "evidence_level: hearsay__")
    found = run(folder)
    assert [problem.code for problem in found.problems] == ["E003"]
    assert checked == ["doe_2020.yaml", "roe_2021.yaml", "doe_2020.yaml"]


def test_a_change_that_leaves_size_and_time_alone_is_seen(folder):
    run(folder)
    path = folder / "studies" / "doe_2020.yaml"
    before = path.stat()
    change(path, "evidence_level: full_text", "evidence_level: full_texx")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert [problem.code for problem in run(folder).problems] == ["E003"]


def test_a_touched_file_is_not_checked_again(folder, checked):
    run(folder)
    os.utime(folder / "studies" / "doe_2020.yaml")
    run(folder)
    assert len(checked) == 2


def test_a_remembered_problem_is_told_again_in_full(folder, checked):
    change(folder / "studies" / "doe_2020.yaml", "evidence_level: full_text", "evidence_leve: none")
    first = run(folder)
    second = run(folder)
    assert len(checked) == 2
    assert first == second
    assert told(first) == told(find_problems([folder]))
    assert first.problems[0].correction == second.problems[0].correction


def test_files_that_are_remembered_still_clash_with_new_ones(folder, checked):
    run(folder)
    clash = a_study(id="poe_2022", samples=[], contrasts=[], doi=stated("10.1234/SAME"))
    written(folder, clash)
    written(folder, clash | {"id": "zoe_2023", "doi": stated("10.1234/same")})
    run(folder)
    found = run(folder)
    assert [(problem.code, problem.file[-13:]) for problem in found.problems] == [
        ("E031", "zoe_2023.yaml")
    ]
    assert told(found) == told(find_problems([folder]))
    assert len(checked) == 4


def test_a_clash_goes_when_the_other_file_is_mended(folder):
    change(folder / "studies" / "roe_2021.yaml", "id: roe_2021_adults", "id: doe_2020_adults")
    change(folder / "studies" / "roe_2021.yaml", "value: 20\n", "value: 21\n")
    assert [problem.code for problem in run(folder).problems] == ["E033"]
    change(folder / "studies" / "doe_2020.yaml", "value: 20\n", "value: 21\n")
    assert run(folder).problems == ()


def test_a_study_checked_by_itself_still_knows_the_review_beside_it(folder):
    path = folder / "studies" / "doe_2020.yaml"
    change(path, "status: candidate", "status: included")
    assert [problem.code for problem in run(path).problems] == ["E032"]
    review = {
        "schema_version": "1.0.0", "id": "the_review", "evidence_level": "full_text",
        "sources": a_study()["sources"], "included_studies": stated(["doe_2020"]),
    }  # fmt: skip
    (folder / "review.yaml").write_text(yaml.safe_dump(review), encoding="utf-8")
    assert run(path).problems == run(path).problems == ()


def test_new_rules_forget_what_the_old_ones_found(folder, checked, monkeypatch):
    run(folder)
    monkeypatch.setattr(validation_cache, "_fingerprint", lambda: "another program")
    run(folder)
    assert len(checked) == 4


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:200]),
        lambda path: path.write_bytes(b"\xff\xfe\x00 no JSON"),
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.write_text('{"fingerprint": 3, "entries": [], "clips": {}}'),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["empty", "cut off", "no text", "deep", "another form", "a folder"],
)
def test_a_damaged_cache_is_no_error(folder, damage):
    change(folder / "studies" / "doe_2020.yaml", "evidence_level: full_text", "evidence_level: x")
    first = run(folder)
    (place,) = (folder.parent / "cache" / "asmr_stim").iterdir()
    damage(place)
    assert run(folder) == first


def test_a_false_entry_of_another_form_is_not_believed(folder):
    run(folder)
    (place,) = (folder.parent / "cache" / "asmr_stim").iterdir()
    stored = json.loads(place.read_text())
    for entry in stored["entries"].values():
        entry["problems"] = [{"code": "E999"}]
    place.write_text(json.dumps(stored))
    assert run(folder).problems == ()


def test_a_cache_that_cannot_be_written_is_no_error(folder, monkeypatch):
    (folder.parent / "cache").write_text("a file where the folder would be")
    assert run(folder).problems == ()


def test_without_a_home_there_is_no_cache(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr("pathlib.Path.home", lambda: (_ for _ in ()).throw(RuntimeError))
    assert cache_for([]) is None


def test_a_relative_cache_folder_is_passed_over(folder, monkeypatch, tmp_path):
    """As the XDG base directory specification has it."""
    monkeypatch.setenv("XDG_CACHE_HOME", "cache_here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    run(folder)
    assert not (tmp_path / "cache_here").exists()
    assert (tmp_path / "home" / ".cache" / "asmr_stim").is_dir()


def test_runs_at_the_same_time_do_not_disturb_one_another(folder):
    results, faults = [], []

    def work():
        try:
            results.extend(told(run(folder)) for _ in range(5))
        except Exception as error:  # noqa: BLE001 a thread's fault is the test's
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert results == [[]] * 30
    assert [path.name[:9] for path in (folder.parent / "cache/asmr_stim").iterdir()] == [
        "validate-"
    ]


def test_old_results_of_other_folders_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(validation_cache, "MOST_FILES", 2)
    for number in range(4):
        folder = tmp_path / f"catalogue_{number}"
        written(folder, a_study())
        run(folder)
    assert len(list((tmp_path / "cache" / "asmr_stim").iterdir())) == 2


def test_a_large_clip_is_hashed_once(folder, monkeypatch):
    clip = folder / "clips" / "a.wav"
    clip.parent.mkdir()
    clip.write_bytes(b"sound")
    os.utime(clip, (1_000_000_000, 1_000_000_000))
    identity = {"file": stated("clips/a.wav"), "file_sha256": stated("0" * 64)}
    study = a_study(stimuli=[a_stimulus(identity=identity), a_stimulus("control_video")])
    written(folder, study)
    hashed = []
    digest = validation_cache.file_sha256
    monkeypatch.setattr(
        validation_cache, "file_sha256", lambda path: (hashed.append(path.name), digest(path))[1]
    )
    for _ in range(3):
        assert [problem.code for problem in run(folder).problems] == ["E035"]
    assert hashed == ["a.wav"]
    clip.write_bytes(b"other")
    run(folder)
    assert hashed == ["a.wav", "a.wav"]


def test_what_was_not_asked_for_again_is_forgotten(folder):
    run(folder)
    (folder / "studies" / "roe_2021.yaml").unlink()
    run(folder)
    (place,) = (folder.parent / "cache" / "asmr_stim").iterdir()
    assert len(json.loads(place.read_text())["entries"]) == 1
