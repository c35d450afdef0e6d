import json
import re
from pathlib import Path

import pytest
import yaml
from studies import QUICK, a_filled_catalogue, a_study, written

from asmr_stim.errors import InputError, MissingInputError, OutputError
from asmr_stim.io.tables import read_table
from asmr_stim.resources import catalogue_folder
from asmr_stim.workflows.review import review


@pytest.fixture(scope="module")
def packaged_report(tmp_path_factory) -> Path:
    return review(catalogue_folder(), tmp_path_factory.mktemp("packaged") / "report").parent


@pytest.fixture(scope="module")
def filled_report(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("filled")
    return review(a_filled_catalogue(place / "catalogue"), place / "report", QUICK).parent


def test_the_report_of_the_packaged_catalogue_has_every_part(packaged_report):
    page = (packaged_report / "index.html").read_text(encoding="utf-8")
    for part in ("stimuli", "terms", "regions", "directions", "ale", "example", "studies"):
        assert f'id="{part}"' in page
    for figure in ("stimulus_knowledge", "terms_by_study", "regions_by_study", "directions"):
        assert (packaged_report / "figures" / f"{figure}.svg").stat().st_size > 2000
        assert f"figures/{figure}.svg" in page


def test_every_link_of_the_page_leads_to_a_file_of_the_report(packaged_report, filled_report):
    for report in (packaged_report, filled_report):
        page = (report / "index.html").read_text(encoding="utf-8")
        links = set(re.findall(r'(?:href|src)="([^"#:]+)"', page))
        assert links
        assert {link for link in links if not (report / link).is_file()} == set()


def test_every_file_of_the_report_is_linked_or_a_sidecar(packaged_report):
    page = (packaged_report / "index.html").read_text(encoding="utf-8")
    for path in packaged_report.rglob("*"):
        if path.is_file() and path.name != "index.html":
            name = path.relative_to(packaged_report).as_posix()
            assert name in page or path.with_suffix(".tsv").exists(), name


def test_the_ale_of_asmr_is_not_estimable_and_every_study_has_its_reason(packaged_report):
    page = (packaged_report / "index.html").read_text(encoding="utf-8")
    assert "Not estimable." in page
    table = read_table(packaged_report / "tables" / "ale_eligibility.tsv")
    assert len(table.rows) == len(list((catalogue_folder() / "studies").glob("*.yaml")))
    for row in table.rows:
        assert row["n_experiments"].text == "0"
        assert row["reason"].text is not None


def test_the_worked_example_runs_and_is_labelled_as_not_asmr(packaged_report):
    page = (packaged_report / "index.html").read_text(encoding="utf-8")
    assert "These data are not about ASMR." in page
    result = json.loads((packaged_report / "result.json").read_text(encoding="utf-8"))
    numbers = {each["name"]: each["counts"] for each in result["worked_example"]}
    assert numbers["example_knowledge"]["n_given"] == 21
    assert numbers["example_relatedness"]["n_given"] == 16
    assert all(each["max_z"] > 6 for each in result["worked_example"])
    corrected = {each["name"]: each["familywise"] for each in result["worked_example"]}
    # 1,000 arrangements of the reference gave 94 +- 2.6 and 93 +- 3.3 voxels, and these clusters
    assert corrected["example_knowledge"]["size_above_voxels"] == pytest.approx(89, abs=4)
    assert corrected["example_relatedness"]["size_above_voxels"] == pytest.approx(91, abs=4)
    assert corrected["example_knowledge"]["n_clusters_significant_by_size"] == 4
    assert corrected["example_relatedness"]["n_clusters_significant_by_size"] == 4


def test_a_filled_catalogue_gives_an_ale_of_asmr_with_a_cluster(filled_report):
    result = json.loads((filled_report / "result.json").read_text(encoding="utf-8"))
    (ale,) = result["ale"]
    assert ale["counts"]["n_experiments"] == 22
    clusters = read_table(
        filled_report / "ale" / "asmr_stimulus_vs_control_increase_mni" / "clusters.tsv"
    )
    first = clusters.rows[0]
    peak = [float(first[name].text) for name in ("peak_x", "peak_y", "peak_z")]
    assert peak == pytest.approx([-52, -28, 40], abs=6)
    assert "Not estimable." not in (filled_report / "index.html").read_text(encoding="utf-8")


def test_a_filled_catalogue_leaves_no_field_unknown(filled_report):
    table = read_table(filled_report / "tables" / "stimulus_fields.tsv")
    assert {row["state"].text for row in table.rows} == {"value"}
    result = json.loads((filled_report / "result.json").read_text(encoding="utf-8"))
    assert set(result["stimulus_fields"]) == {"value"}


def test_the_smallest_p_stands_left_of_what_a_narrow_window_may_hide(filled_report):
    page = (filled_report / "index.html").read_text(encoding="utf-8")
    headings = re.findall(r"<th [^>]*>([^<]+)</th>", page)
    assert headings.index("smallest p") < headings.index("share increase")


def test_a_filled_catalogue_counts_directions_of_every_band(filled_report):
    table = read_table(filled_report / "tables" / "direction_counts.tsv")
    counts = {row["band"].text: row for row in table.rows}
    assert counts["alpha"]["n_increase"].text == "22"
    assert counts["delta"]["n_decrease"].text == "22"
    assert counts["beta"]["n_no_change"].text == "22"
    assert counts["beta"]["p"].text is None
    assert (counts["gamma"]["n_increase"].text, counts["gamma"]["n_decrease"].text) == ("11", "11")
    assert float(counts["alpha"]["p"].text) == pytest.approx(2 * 0.5**22)


def test_a_catalogue_in_which_nothing_is_known_still_has_a_report(tmp_path):
    bare = {
        key: value
        for key, value in a_study().items()
        if key in {"schema_version", "id", "review_status", "evidence_level", "sources"}
    }
    written(tmp_path / "catalogue", bare)
    page = review(tmp_path / "catalogue", tmp_path / "report", QUICK)
    assert "No outcome casts a vote." in page.read_text(encoding="utf-8")


def test_the_same_catalogue_gives_the_same_report(tmp_path):
    catalogue = a_filled_catalogue(tmp_path / "catalogue", n_studies=3)
    first = review(catalogue, tmp_path / "first", QUICK).parent
    second = review(catalogue, tmp_path / "second", QUICK).parent
    for path in sorted(first.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (second / path.relative_to(first)).read_bytes(), path.name


def test_a_catalogue_with_a_problem_leaves_the_earlier_report_alone(tmp_path):
    catalogue = a_filled_catalogue(tmp_path / "catalogue", n_studies=2)
    page = review(catalogue, tmp_path / "report", QUICK)
    before = page.read_bytes()
    broken = catalogue / "studies" / "doe_2000.yaml"
    content = yaml.safe_load(broken.read_text(encoding="utf-8"))
    content["stimuli"][0]["sources"]["value"] = ["taping"]
    broken.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError, match=r"doe_2000\.yaml:\d+:\d+: E012 .*'tapping'"):
        review(catalogue, tmp_path / "report", QUICK)
    assert page.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["catalogue", "report"]


def test_a_folder_with_other_files_is_not_overwritten(tmp_path):
    catalogue = a_filled_catalogue(tmp_path / "catalogue", n_studies=2)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="no earlier result of asmr-stim"):
        review(catalogue, tmp_path / "mine", QUICK)
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_a_missing_catalogue_is_named(tmp_path):
    with pytest.raises(MissingInputError, match="there is no file or folder"):
        review(tmp_path / "nowhere", tmp_path / "report", QUICK)
