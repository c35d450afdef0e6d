"""docs/validate.md lists every code, and each of its examples is what the program says."""

import hashlib
import re

import pytest
from builders import REPOSITORY
from studies import a_contrast, a_stimulus, a_study, an_outcome, peaks, stated, written

from asmr_stim.io.catalogue import check_files

PAGE = (REPOSITORY / "docs" / "validate.md").read_text(encoding="utf-8")
CODE = re.compile(r"\bE0\d\d\b")
OWN_FILES = re.compile(r"E0[678]\d")
"""Codes of the program's own word lists, which hardly anybody but its makers edits."""


def changed(**changes):
    return lambda folder: written(folder, a_study(**changes))


def replaced(old, new):
    def make(folder):
        path = written(folder, a_study())
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return make


def with_stimulus(**fields):
    return changed(stimuli=[a_stimulus(**fields), a_stimulus("control_video")])


def two(first, second):
    def make(folder):
        written(folder, a_study(samples=[], contrasts=[]) | first)
        written(folder, a_study(id="roe_2021", samples=[], contrasts=[]) | second)
        return folder

    return make


def a_file(name, text):
    def make(folder):
        path = folder / "studies" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return folder

    return make


def a_link(folder):
    written(folder, a_study())
    outside = folder.parent / "outside.yaml"
    outside.write_text("a: 1\n")
    (folder / "studies" / "poe_2022.yaml").symlink_to(outside)
    return folder


def another_clip(folder):
    (folder / "clips").mkdir(parents=True)
    (folder / "clips" / "a.wav").write_bytes(b"sound")
    other = hashlib.sha256(b"noise").hexdigest()
    identity = {"file": stated("clips/a.wav"), "file_sha256": stated(other)}
    return with_stimulus(identity=identity)(folder)


NORM = {
    "construct_rated": "calm", "scale": {"low": 1.0, "high": 7.0}, "n_raters": 50, "mean": 9.0,
    "population": "adults", "provenance": {"scope": "study"},
}  # fmt: skip
SAMPLES = [{"id": "adults", "label": "adults", "n": stated(20)}]
INCLUDED = {"status": "included", "basis": "recorded", "reason": "for the test"}
POINT = peaks([(0.0, 0.0, 0.0)])
POINT["points"][0]["x"] = 900.0

EXAMPLES = {
    "E001": replaced("evidence_level: full_text\n", ""),
    "E002": replaced("evidence_level:", "evidence_levl:"),
    "E003": replaced("evidence_level: full_text", "evidence_level: ful_text"),
    "E004": with_stimulus(duration_s=stated("12:30")),
    "E005": changed(coordinates=[POINT]),
    "E006": changed(doi=stated("https://doi.org/10.1234/x")),
    "E007": changed(doi="10.1234/x"),
    "E008": with_stimulus(identity={"uploaded_on": stated("2021-02-30")}),
    "E009": changed(schema_version="2.0.0"),
    "E010": a_file("doe_2020.yaml", "title: A study: of things\n"),
    "E011": a_file("doe_2020.yaml", "a: &x [1]\nb: *x\n"),
    "E012": with_stimulus(sources=stated(["scraching"])),
    "E013": with_stimulus(facets={"pase": stated("slow")}),
    "E014": a_link,
    "E015": a_file("doe_2020.yml", "a: 1\n"),
    "E016": a_file("doe_2020.yaml", "".join(f"k{n}: 1\n" for n in range(300))),
    "E020": changed(evidence_level="abstract", doi="not reported"),
    "E021": changed(
        sources=[], samples=[], stimuli=[], contrasts=[],
        title=stated("A study") | {"provenance": {"scope": "study"}},
    ),
    "E022": changed(samples=[SAMPLES[0], dict(SAMPLES[0], n=stated(20))]),
    "E023": changed(contrasts=[a_contrast(sample="adolts")]),
    "E024": changed(samples=[{**SAMPLES[0], "n_female": stated(12), "n_male": stated(9)}]),
    "E025": changed(contrasts=[a_contrast(outcomes=[an_outcome(grade="not_given")])]),
    "E026": changed(
        contrasts=[a_contrast(stimuli=[
            {"stimulus": "asmr_video", "role": "asmr"},
            {"stimulus": "asmr_video", "role": "control"},
        ])],
    ),
    "E029": changed(title=stated("<the title>")),
    "E030": lambda folder: written(folder, a_study()).rename(folder / "studies" / "doe_2021.yaml"),
    "E031": two({"doi": stated("10.1234/x")}, {"doi": stated("10.1234/X")}),
    "E032": changed(review_status=INCLUDED),
    "E033": two(
        {"samples": [{**SAMPLES[0], "id": "doe_2020_adults"}]},
        {"samples": [{**SAMPLES[0], "id": "doe_2020_adults", "n": stated(21)}]},
    ),
    "E034": two({"samples": SAMPLES}, {"samples": SAMPLES}),
    "E035": another_clip,
    "E036": with_stimulus(norms=[NORM]),
    "E037": with_stimulus(identity={"in_s": stated(5.0), "out_s": stated(4.0)}),
    "E038": with_stimulus(identity={"redistributable": stated(True)}),
}  # fmt: skip


def codes_of_the_program():
    sources = [*(REPOSITORY / "asmr_stim").rglob("*.py"), REPOSITORY / "schemas/messages.yaml"]
    return {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}


def said(code, folder):
    checked = check_files([EXAMPLES[code](folder)])
    return next(problem.message for problem in checked.problems if problem.code == code)


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_example_of_a_code_is_what_the_program_says(code, tmp_path):
    row = next(line for line in PAGE.split("\n") if line.startswith(f"| `{code}`"))
    assert said(code, tmp_path).replace("|", "\\|") in row


def test_every_code_is_on_the_page_once():
    listed = re.findall(r"^\| `(E0\d\d)`", PAGE, re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == codes_of_the_program()


def test_every_code_of_a_catalogue_has_an_example():
    of_reviews = {"E027", "E028"}  # the published review's own counts
    own = {code for code in codes_of_the_program() if OWN_FILES.fullmatch(code)}
    assert set(EXAMPLES) == codes_of_the_program() - own - of_reviews
