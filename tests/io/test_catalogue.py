import os

import pytest
import yaml
from studies import SOURCE, a_contrast, a_filled_catalogue, a_study, stated, written

from asmr_stim.errors import InputError, MissingInputError, UnreadableFileError
from asmr_stim.io.catalogue import check_files, load_catalogue
from asmr_stim.io.catalogue_files import catalogue_files, files_of


def a_review(folder, **changes):
    review = {
        "schema_version": "1.0.0",
        "id": "the_review",
        "evidence_level": "full_text",
        "sources": [SOURCE],
    }
    path = folder / "review.yaml"
    path.write_text(yaml.safe_dump(review | changes), encoding="utf-8")
    return path


def codes(*paths):
    return [problem.code for problem in check_files(paths).problems]


def marked_included(identifier="doe_2020"):
    status = {"status": "included", "basis": "recorded", "reason": "for the test"}
    return a_study(id=identifier, review_status=status)


def test_a_catalogue_is_its_studies_in_the_order_of_their_ids(tmp_path):
    for identifier in ("roe_2021", "doe_2020"):
        written(tmp_path, a_study(id=identifier, samples=[], contrasts=[]))
    a_review(tmp_path)
    catalogue = load_catalogue(tmp_path)
    assert [study.id for study in catalogue.studies] == ["doe_2020", "roe_2021"]
    assert catalogue.review.id == "the_review"
    assert catalogue.study("roe_2021").id == "roe_2021"
    with pytest.raises(MissingInputError, match="no study 'poe_2022'"):
        catalogue.study("poe_2022")


def test_all_problems_of_all_files_come_at_once(tmp_path):
    for identifier in ("doe_2020", "roe_2021"):
        study = a_study(id=identifier, evidence_level="hearsay", yaer=2020)
        study["samples"][0]["n"] = stated(0)
        written(tmp_path, study)
    (tmp_path / "studies" / "poe_2022.yaml").write_text("a: [", encoding="utf-8")
    found = check_files([tmp_path])
    assert found.n_files == 3
    told = [(problem.file[-13:-5], problem.code) for problem in found.problems]
    assert sorted(told) == [
        *[("doe_2020", code) for code in ("E002", "E003", "E005")],
        ("poe_2022", "E010"),
        *[("roe_2021", code) for code in ("E002", "E003", "E005")],
    ]


def test_problems_stand_in_the_order_of_files_and_lines(tmp_path):
    for identifier in ("roe_2021", "doe_2020"):
        written(tmp_path, a_study(id=identifier, evidence_level="hearsay", yaer=2020))
    places = [(each.file, each.line) for each in check_files([tmp_path]).problems]
    assert places == sorted(places)
    assert len(places) == 4


def test_a_catalogue_with_a_problem_is_not_loaded(tmp_path):
    written(tmp_path, a_study(evidence_level="hearsay"))
    with pytest.raises(InputError, match=r"doe_2020\.yaml:\d+:1: E003"):
        load_catalogue(tmp_path)


def test_a_folder_without_a_study_is_no_catalogue(tmp_path):
    with pytest.raises(MissingInputError, match=r"holds no \.yaml file"):
        load_catalogue(tmp_path)
    a_review(tmp_path)
    with pytest.raises(MissingInputError, match="there is no study"):
        load_catalogue(tmp_path)


def test_a_problem_is_located_in_a_path_with_spaces(tmp_path):
    folder = tmp_path / "my catalogue: 2 copies"
    path = written(folder, a_study())
    path.write_text("a: 1\na: 2\n", encoding="utf-8")
    (problem,) = check_files([folder]).problems
    assert (problem.file, problem.line, problem.column) == (str(path), 2, 1)
    assert problem.message == "the key 'a' stands twice here; keep one of the two"


def test_the_name_of_a_file_is_the_id(tmp_path):
    path = written(tmp_path, a_study())
    path.rename(path.with_name("roe_2021.yaml"))
    assert codes(tmp_path) == ["E030"]


@pytest.mark.parametrize("key", ["doi", "pmid", "pmcid"])
def test_two_studies_do_not_share_a_number_of_publication(tmp_path, key):
    number = {"doi": "10.1234/one", "pmid": "123", "pmcid": "PMC123"}[key]
    for identifier in ("doe_2020", "roe_2021"):
        study = a_study(id=identifier, samples=[], contrasts=[], **{key: stated(number)})
        written(tmp_path, study)
    (problem,) = check_files([tmp_path]).problems
    assert problem.code == "E031"
    assert problem.file.endswith("roe_2021.yaml")
    assert "also that of 'doe_2020'" in problem.message


def test_a_file_that_is_named_twice_is_checked_once(tmp_path):
    path = written(tmp_path, a_study(doi=stated("10.1234/one")))
    (tmp_path / "link.yaml").symlink_to(path)
    found = check_files([tmp_path, path, path.parent, tmp_path / "studies" / ".." / "studies"])
    assert (found.n_files, found.problems) == (1, ())


def test_no_study_claims_inclusion_that_the_review_does_not_list(tmp_path):
    path = written(tmp_path, marked_included())
    assert codes(tmp_path) == ["E032"]
    a_review(tmp_path)
    assert codes(tmp_path) == ["E032"]
    a_review(tmp_path, included_studies=stated(["roe_2021"]))
    assert codes(tmp_path) == ["E032"]
    a_review(tmp_path, included_studies=stated(["doe_2020"]))
    assert codes(tmp_path) == []
    assert codes(path) == [], "a study checked by itself is measured against the review beside it"


def test_the_same_people_have_one_n(tmp_path):
    for identifier, n in (("doe_2020", 20), ("doe_2021", 21)):
        sample = {"id": "doe_2020_adults", "label": "adults", "n": stated(n)}
        contrast = a_contrast(sample="doe_2020_adults")
        written(tmp_path, a_study(id=identifier, samples=[sample], contrasts=[contrast]))
    (problem,) = check_files([tmp_path]).problems
    assert (problem.code, problem.file[-13:]) == ("E033", "doe_2021.yaml")
    assert "has n 21 here and 20 in 'doe_2020'" in problem.message


def test_a_sample_id_is_not_shared_by_chance(tmp_path):
    for identifier in ("doe_2020", "roe_2021"):
        written(tmp_path, a_study(id=identifier))
    (problem,) = check_files([tmp_path]).problems
    assert problem.code == "E034"
    assert "such as doe_2020_adults" in problem.message


@pytest.mark.parametrize("version", ["2.0.0", "10.0.0", "2", "2.0"])
def test_a_file_of_a_newer_major_version_is_refused_and_nothing_else_is_said(tmp_path, version):
    written(tmp_path, a_study(schema_version=version, future={"key": 1}))
    (problem,) = check_files([tmp_path]).problems
    assert (problem.code, problem.line) == ("E009", 1)
    assert "upgrade asmr-stim" in problem.message


def test_a_file_of_a_newer_minor_version_is_read(tmp_path):
    written(tmp_path, a_study(schema_version="1.7.0"))
    assert codes(tmp_path) == []


@pytest.mark.parametrize("content", ["[1, 2]", "just words", "7"])
def test_a_file_that_is_no_mapping_is_told(tmp_path, content):
    (tmp_path / "doe_2020.yaml").write_text(content, encoding="utf-8")
    (problem,) = check_files([tmp_path]).problems
    assert "'the file' must be a mapping" in problem.message


def test_a_yaml_file_by_another_name_is_not_passed_over(tmp_path):
    path = written(tmp_path, a_study())
    for name in ("roe_2021.yml", "ROE_2022.YAML"):
        path.with_name(name).write_text("a: 1\n", encoding="utf-8")
    assert codes(tmp_path) == ["E015", "E015"]
    assert catalogue_files(tmp_path) == [path]


@pytest.mark.parametrize("name", [b"\xff\xfe.yaml", b"two\nlines.yaml", b"\x1b[2J.yaml"])
def test_a_name_that_cannot_be_shown_is_told_in_signs_that_can(tmp_path, name):
    written(tmp_path, a_study())
    (tmp_path / os.fsdecode(name)).write_text("a: 1\n", encoding="utf-8")
    (problem,) = check_files([tmp_path]).problems
    assert (problem.code, str(problem).isprintable()) == ("E015", True)


def test_names_that_begin_with_a_dot_are_passed_over(tmp_path):
    path = written(tmp_path, a_study())
    path.with_name("._doe_2020.yaml").write_bytes(b"\x00\x05\x16\x07")
    path.with_name(".#doe_2020.yaml").symlink_to("me@host.1234")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "old.yaml").write_text("a: [", encoding="utf-8")
    assert codes(tmp_path) == []


def test_a_link_out_of_the_catalogue_is_not_followed(tmp_path):
    catalogue, elsewhere = tmp_path / "catalogue", tmp_path / "elsewhere"
    written(catalogue, a_study())
    secret = written(elsewhere, a_study(id="roe_2021", title=stated("a secret")))
    (catalogue / "studies" / "roe_2021.yaml").symlink_to(secret)
    (catalogue / "more").symlink_to(elsewhere)
    found = check_files([catalogue])
    assert [problem.code for problem in found.problems] == ["E014", "E014"]
    assert [study.id for study in found.studies] == ["doe_2020"]


def test_a_link_inside_the_catalogue_is_the_file_it_leads_to(tmp_path):
    path = written(tmp_path, a_study())
    (tmp_path / "more").symlink_to(tmp_path / "studies")
    (tmp_path / "around").symlink_to(tmp_path)
    (tmp_path / "studies" / "again.yaml").symlink_to(path)
    found = check_files([tmp_path])
    assert found.n_files == 1
    assert len(found.studies) == 1


def test_a_link_that_leads_nowhere_is_told(tmp_path):
    path = written(tmp_path, a_study())
    path.with_name("roe_2021.yaml").symlink_to("gone.yaml")
    (problem,) = check_files([tmp_path]).problems
    assert (problem.code, "there is no file" in problem.message) == ("E010", True)


def test_a_pipe_and_a_folder_called_yaml_do_not_hold_it_up(tmp_path):
    path = written(tmp_path, a_study())
    os.mkfifo(path.with_name("roe_2021.yaml"))
    path.with_name("poe_2022.yaml").mkdir()
    (problem,) = check_files([tmp_path]).problems
    assert problem.message == "is no regular file; name a YAML file"


def test_a_path_that_is_neither_file_nor_folder_is_told(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableFileError, match="neither a file nor a folder"):
        files_of(tmp_path / "pipe")
    with pytest.raises(MissingInputError, match="there is no file or folder"):
        files_of(tmp_path / "nowhere")


def test_a_filled_catalogue_has_no_problem(tmp_path):
    assert codes(a_filled_catalogue(tmp_path, n_studies=5)) == []
