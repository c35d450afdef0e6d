"""The page itself, made by the whole review from studies that mean it ill."""

import json
import re
from html.parser import HTMLParser

import pytest
import yaml
from studies import (
    QUICK,
    SOURCE,
    a_contrast,
    a_filled_catalogue,
    a_stimulus,
    a_study,
    stated,
    written,
)

from asmr_stim.io.tables import read_table
from asmr_stim.workflows.review import review

SCRIPT = "see <script>alert('x')</script> there"
QUOTES = '" onmouseover="alert(1)'
LONG = "a very long name of a region " * 12


class Tags(HTMLParser):
    """Collects the tags and attributes of a page, as a browser would see them."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in {"meta", "img", "br", "link", "wbr"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def a_hostile_catalogue(folder):
    """Write a study whose every free text is markup, a formula or longer than it should be."""
    regions = [
        {"name": name, "direction": "increase"}
        for name in (SCRIPT, "$\\frac{", "a $ and a $", "島皮質", LONG, "two\nlines\tand a tab")
    ]
    study = a_study(
        title=stated(f"{SCRIPT} & {QUOTES}\nsecond line\twith a tab"),
        stimuli=[
            a_stimulus(
                label=SCRIPT, title=stated(SCRIPT) | {"note": QUOTES}, url=stated("javascript:1"),
                words=stated([SCRIPT, QUOTES]),
            ),
            a_stimulus("control_video", label=QUOTES),
        ],
        contrasts=[a_contrast(label=SCRIPT, imaging={"regions": stated(regions)})],
    )  # fmt: skip
    written(folder, study)
    wide = stated(7) | {"provenance": {"scope": "study"}}
    stimuli = [
        a_stimulus("one", n_clips=stated(3), title="not reported"), a_stimulus("two", n_clips=wide)
    ]  # fmt: skip
    written(folder, a_study(id="roe_2021", samples=[], contrasts=[], stimuli=stimuli))
    known = {
        "schema_version": "1.0.0", "id": "the_review", "evidence_level": "full_text",
        "sources": [SOURCE], "title": stated(SCRIPT), "doi": stated('10.1234/x"><script>'),
    }  # fmt: skip
    (folder / "review.yaml").write_text(yaml.safe_dump(known), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    place = tmp_path_factory.mktemp("hostile")
    return review(a_hostile_catalogue(place / "catalogue"), place / "report", QUICK).parent


@pytest.fixture(scope="module")
def page(report):
    return (report / "index.html").read_text(encoding="utf-8")


def test_no_text_of_a_study_becomes_markup(page):
    seen = Tags(page)
    assert "script" not in seen.tags
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert seen.open == []
    assert "&lt;script&gt;" in page


def test_a_link_of_a_study_is_text_and_leads_nowhere(page):
    assert not re.search(r'(?:href|src)="javascript:', page)


def test_text_of_several_lines_is_one_cell_of_a_table(report):
    row, _ = read_table(report / "tables" / "studies.tsv").rows
    assert row["title"].text.endswith("second line with a tab")
    names = [row["region"].text for row in read_table(
        report / "tables" / "regions_without_coordinates.tsv"
    ).rows]  # fmt: skip
    assert "two lines and a tab" in names
    assert LONG.strip() in names


def test_every_table_has_a_sidecar_that_describes_its_columns(report):
    tables = list((report / "tables").glob("*.tsv"))
    assert len(tables) >= 8
    for path in tables:
        header = path.read_text(encoding="utf-8").split("\n")[0].split("\t")
        sidecar = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert set(header) == set(sidecar) - {"Description"}, path.name
        assert all(sidecar[name]["Description"] for name in header)


@pytest.mark.parametrize(
    ("state", "style"), [("not reported", "not-reported"), ("not extracted", "unknown")]
)
def test_the_page_shows_each_state_apart(page, state, style):
    assert f'<td class="{style}">{state}</td>' in page


def test_a_value_is_shown_with_its_source(page):
    assert re.search(r"<td>3 <span[^>]*>stated, from paper</span>", page)


def test_a_study_wide_source_is_said_to_be_that(page):
    assert re.search(r"<td>7 <span[^>]*>stated, source: the study as a whole</span>", page)
    assert not re.search(r"<td>7 <span[^>]*>stated, from", page)


def test_an_id_in_a_table_may_go_on_in_a_new_line(page):
    assert "<td>roe_<wbr>2021</td>" in page


def test_markup_that_may_go_on_in_a_new_line_stays_text(page):
    assert "alert(&#39;x&#39;)&lt;/<wbr>script&gt;" in page


@pytest.mark.slow
def test_sixty_studies_have_a_report(tmp_path):
    catalogue = a_filled_catalogue(tmp_path / "catalogue", n_studies=60)
    assert review(catalogue, tmp_path / "report", QUICK).stat().st_size > 100_000
