"""A new study's file: filled in as it says, it has no problem, with every part in use or none."""

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from asmr_stim.io.field_guide import load_field_guide
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.yaml_files import check_record, document_of
from asmr_stim.report.template import OPTIONAL, study_template
from asmr_stim.schema.field_guide import records_of_a_study
from asmr_stim.schema.shape import shapes
from asmr_stim.schema.study import Study

TEMPLATE = study_template("doe_2026", load_field_guide(), load_taxonomy())
PLACEHOLDER = re.compile(r"<[^<>]+>")
# What a person writes where the form allows only some words or numbers.
CHOSEN = {
    "<what was read>": "full_text", "<what was measured>": "eeg_power", "<mm>": "10",
    "<lowest answer>": "1", "<highest answer>": "7", "<mean rating>": "4",
    "<number of raters>": "12", "<sd>": "1.5", "<n_responders>": "3", "<responder_share>": "0.25",
    "<statistic>": "z", "<statistic_value>": "3.2", "<n_voxels>": "40", "<radius_mm>": "8",
    "<groups>": "asmr",
}  # fmt: skip


def filled(text, words="something"):
    return PLACEHOLDER.sub(lambda found: CHOSEN.get(found[0], words), text)


def with_every_part(text):
    """Take the marks of optional parts away, also of those inside other parts."""
    while f"\n{OPTIONAL}" in text or re.search(rf"^ +{OPTIONAL}", text, flags=re.MULTILINE):
        text = re.sub(rf"^( *){OPTIONAL}", r"\1", text, flags=re.MULTILINE)
    return text


def problems(text, tmp_path):
    document = document_of(tmp_path / "doe_2026.yaml", text.encode())
    return check_record(document, Study, {"taxonomy": load_taxonomy()})[1]


def test_a_new_file_is_yaml_of_which_only_the_placeholders_are_problems(tmp_path):
    choice = problems(TEMPLATE, tmp_path)
    assert [each.code for each in choice] == ["E003"]
    rest = problems(TEMPLATE.replace("<what was read>", "abstract"), tmp_path)
    assert {each.code for each in rest} == {"E029"}
    body = "\n".join(line for line in TEMPLATE.splitlines() if not line.lstrip().startswith("#"))
    assert len(rest) == len(PLACEHOLDER.findall(body)) - 1


@settings(max_examples=30)
@given(st.text(st.characters(categories=["L", "N"]), min_size=1).map(lambda text: f"a {text}"))
def test_a_filled_template_has_no_problem(tmp_path_factory, words):
    assert problems(filled(TEMPLATE, words), tmp_path_factory.getbasetemp()) == []


def test_with_every_part_in_use_and_filled_it_has_no_problem(tmp_path):
    assert problems(filled(with_every_part(TEMPLATE)), tmp_path) == []


def test_every_field_of_every_record_is_there_and_explained():
    text = with_every_part(TEMPLATE)
    guide = load_field_guide()
    squeezed = " ".join(text.replace("#", " ").split())
    for record in records_of_a_study():
        for name in shapes(record):
            assert guide.meaning(record, name).split("; ")[0] in squeezed, (record, name)
    keys = set(re.findall(r"^[ -]*([a-z0-9_]+):", text, flags=re.MULTILINE))
    plain = {name for record in records_of_a_study() for name in shapes(record)}
    inside_values = {"term", "share", "state", "by", "on", "covers", "low_hz", "high_hz",
                     "relation", "group", "test"}  # fmt: skip
    assert plain - keys <= inside_values


@pytest.mark.parametrize("facet", [facet.id for facet in load_taxonomy().facets][:5])
def test_facets_are_those_of_the_taxonomy(facet):
    assert f"\n    {facet}: not extracted\n" in TEMPLATE


def test_the_file_speaks_of_the_study_it_is_for():
    content = yaml.safe_load(filled(TEMPLATE))
    assert content["id"] == "doe_2026"
    assert content["samples"][0]["id"] == "doe_2026_people" == content["contrasts"][0]["sample"]
