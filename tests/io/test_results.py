import json
import os

import pytest

from asmr_stim.errors import MissingInputError, OutputError, UnreadableFileError
from asmr_stim.io.results import RESULT_FILE, file_sha256, origin, result_folder


def a_result(out, *names, **content):
    """Write a result with some files into a folder."""
    with result_folder(out) as folder:
        for name in names:
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(name, encoding="utf-8")
        head = origin("test", {}, {}) | content
        (folder / RESULT_FILE).write_text(json.dumps(head), encoding="utf-8")
    return out


def names_in(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_result_stands_where_it_was_wanted_and_nothing_beside_it(tmp_path):
    out = a_result(tmp_path / "deep" / "report", "index.html", "tables/a.tsv")
    assert names_in(out) == ["index.html", "result.json", "tables/a.tsv"]
    assert list(out.parent.iterdir()) == [out]


def test_a_result_names_its_files(tmp_path):
    out = a_result(tmp_path / "report", "index.html", "tables/a.tsv")
    told = json.loads((out / RESULT_FILE).read_text(encoding="utf-8"))
    assert told["files"] == ["index.html", "tables/a.tsv"]
    assert told["program"] == "asmr_stim"


def test_an_earlier_result_is_replaced_whole(tmp_path):
    out = a_result(tmp_path / "report", "old.tsv")
    a_result(out, "new.tsv")
    assert names_in(out) == ["new.tsv", "result.json"]


def test_a_result_that_fails_halfway_leaves_the_earlier_one(tmp_path):
    out = a_result(tmp_path / "report", "old.tsv")
    with pytest.raises(IsADirectoryError):
        a_result(out, "new.tsv", ".")
    assert names_in(out) == ["old.tsv", "result.json"]
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", ["notes.txt", "tables/mine.tsv"])
def test_what_somebody_put_into_a_result_is_not_thrown_away(tmp_path, name):
    out = a_result(tmp_path / "report", "index.html", "tables/a.tsv")
    (out / name).write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match=f"no earlier result of asmr-stim, such as {name}"):
        a_result(out, "index.html")
    assert (out / name).read_text(encoding="utf-8") == "years of work"


@pytest.mark.parametrize("content", ["{", "[]", '{"program": "another"}'])
def test_a_folder_with_another_result_is_left_alone(tmp_path, content):
    (tmp_path / RESULT_FILE).write_text(content, encoding="utf-8")
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="no earlier result"):
        a_result(tmp_path)


def test_a_file_is_no_place_for_a_result(tmp_path):
    place = tmp_path / "report"
    place.write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="is a file"):
        a_result(place)
    with pytest.raises(OutputError, match="cannot be written"):
        a_result(place / "below")


def test_a_link_stays_a_link(tmp_path):
    a_result(tmp_path / "disk" / "report", "old.tsv")
    link = tmp_path / "report"
    link.symlink_to(tmp_path / "disk" / "report")
    a_result(link, "new.tsv")
    assert link.is_symlink()
    assert names_in(tmp_path / "disk" / "report") == ["new.tsv", "result.json"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["disk", "report"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written"):
        a_result(tmp_path / "report")


def test_an_input_is_told_by_its_bytes(tmp_path):
    path = tmp_path / "abc.txt"
    path.write_bytes(b"abc")
    # FIPS 180-2, appendix B.1: SHA-256 of "abc"
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file_sha256(path) == digest
    head = origin("test", {"foci": path}, {"seed": 1})
    assert head["inputs"] == {"foci": {"file": "abc.txt", "sha256": digest}}
    assert head["options"] == {"seed": 1}


def test_an_input_that_is_not_there_is_told(tmp_path):
    with pytest.raises(MissingInputError, match="no such file"):
        file_sha256(tmp_path / "none")
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        file_sha256(tmp_path)
