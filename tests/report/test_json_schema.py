"""The published schemas are those of the records, and tools that know only JSON Schema use them."""

import json
from copy import deepcopy

import jsonschema
import pytest
from builders import REPOSITORY
from studies import a_full_stimulus, a_study, stated

from asmr_stim.io.tables import json_bytes
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.yaml_files import read_yaml
from asmr_stim.report.json_schema import PUBLISHED, published_schemas
from asmr_stim.resources import catalogue_folder, schemas_folder

SCHEMAS = published_schemas(load_taxonomy())
VALIDATORS = {
    "schema.json": jsonschema.Draft202012Validator,
    "draft-07.schema.json": jsonschema.Draft7Validator,
}
each_flavour = pytest.mark.parametrize("flavour", VALIDATORS)
STUDIES = sorted((catalogue_folder() / "studies").glob("*.yaml"))


def checker(name, flavour):
    return VALIDATORS[flavour](SCHEMAS[f"{name}.{flavour}"])


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schema_is_the_one_that_the_records_give(name):
    committed = (schemas_folder() / "generated" / name).read_bytes()
    assert committed == json_bytes(SCHEMAS[name]), "run `asmr-stim schema export` and commit"


def test_no_other_schema_is_committed():
    there = {path.name for path in (schemas_folder() / "generated").iterdir()}
    assert there == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_in_its_own_dialect(name):
    VALIDATORS[name.split(".", maxsplit=1)[1]].check_schema(SCHEMAS[name])


@pytest.mark.parametrize("each", PUBLISHED, ids=lambda each: each.name)
def test_an_id_is_a_urn_with_the_version_of_the_form(each):
    identifier = SCHEMAS[f"{each.name}.schema.json"]["$id"]
    assert identifier == f"urn:asmr-stim:schema:{each.name}:{each.version}"
    assert SCHEMAS[f"{each.name}.draft-07.schema.json"]["$id"] == f"{identifier}:draft-07"


@pytest.mark.parametrize("name", [name for name in SCHEMAS if "draft-07" in name])
def test_the_older_flavour_has_no_word_that_came_later(name):
    text = json.dumps(SCHEMAS[name])
    for word in ("$defs", "prefixItems", "unevaluatedProperties", "dependentRequired"):
        assert f'"{word}"' not in text


@each_flavour
@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_study_of_the_catalogue_fits_the_schema(path, flavour):
    errors = checker("study", flavour).iter_errors(read_yaml(path))
    assert [f"{list(error.path)}: {error.message[:200]}" for error in errors] == []


@each_flavour
def test_the_review_fits_its_schema(flavour):
    checker("review", flavour).validate(read_yaml(catalogue_folder() / "review.yaml"))


def a_filled_study():
    return a_study(stimuli=[a_full_stimulus("asmr_video", "tapping", "haircut")])


BREAKS = {
    "an unknown key": lambda study: study.update(colour="blue"),
    "a missing key": lambda study: study.pop("evidence_level"),
    "a newer major version": lambda study: study.update(schema_version="2.0.0"),
    "no study's id": lambda study: study.update(id="Lee 2020"),
    "text for a number": lambda study: study.update(year=stated("2020")),
    "a word of another list": lambda study: study.update(evidence_level="rumour"),
    "an unknown term": lambda study: study["stimuli"][0].update(sources=stated(["taping"])),
    "a term of another axis": lambda study: study["stimuli"][0].update(sources=stated(["haircut"])),
    "an unknown facet": lambda study: study["stimuli"][0].update(facets={"pase": "not reported"}),
    "a facet's unknown value": lambda study: study["stimuli"][0]["facets"].update(
        pace=stated("slowish")
    ),
    "a value without provenance": lambda study: study.update(title="A title"),
    "a third state of not knowing": lambda study: study.update(title="unknown"),
    "a coordinate outside the head": lambda study: study.update(
        coordinates=[
            {
                "id": "t", "label": "t", "provenance": {"scope": "study"},
                "points": [{"x": 900, "y": 0, "z": 0, "kind": "activation_peak"}],
            }
        ]
    ),
}  # fmt: skip


@each_flavour
@pytest.mark.parametrize("break_it", BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_study_does_not_fit(break_it, flavour):
    study = a_filled_study()
    checker("study", flavour).validate(study)
    broken = deepcopy(study)
    break_it(broken)
    assert not checker("study", flavour).is_valid(broken)


@each_flavour
def test_terms_and_facets_are_those_of_the_taxonomy(flavour):
    taxonomy = load_taxonomy()
    schema = SCHEMAS[f"study.{flavour}"]
    definitions = schema.get("$defs") or schema["definitions"]
    for axis in ("source", "act", "channel"):
        ids = [term.id for term in taxonomy.terms_of(axis)]
        assert definitions[f"{axis.capitalize()}Term"]["enum"] == ids
    facets = definitions["Stimulus"]["properties"]["facets"]["properties"]
    assert set(facets) < {facet.id for facet in taxonomy.facets}
    assert "level" not in facets  # it has a field of its own


def test_what_a_docstring_says_of_a_record_and_a_field_stands_in_the_schema():
    definitions = SCHEMAS["study.schema.json"]["$defs"]
    assert definitions["Sample"]["description"].startswith("The people of a study.")
    task = definitions["Contrast"]["properties"]["task"]["description"]
    assert task.startswith("Whether a mental or motor task ran beside the stimulus")
    region = SCHEMAS["annotation.schema.json"]["$defs"]["Region"]["properties"]
    assert region["confidence"]["description"] == "The rater's own, 0 to 1."
    shared = "First sample, and the one after the last; the offset is after the onset."
    assert region["onset_sample"]["description"] == region["offset_sample"]["description"] == shared


@pytest.mark.parametrize(
    "path", [*STUDIES, catalogue_folder() / "review.yaml"], ids=lambda path: path.stem
)
def test_every_file_of_the_catalogue_names_its_schema_to_editors(path):
    first = path.read_text(encoding="utf-8").split("\n", maxsplit=1)[0]
    hint = "# yaml-language-server: $schema="
    assert first.startswith(hint)
    named = (path.parent / first.removeprefix(hint)).resolve()
    name = "review" if path.stem == "review" else "study"
    assert named == (REPOSITORY / f"schemas/generated/{name}.draft-07.schema.json").resolve()
    assert named.is_file()
