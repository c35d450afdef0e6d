"""The records as JSON Schema, so that editors complete keys and terms and other tools can check.

Each record is published twice: as JSON Schema 2020-12, and as draft-07, which is what editors
read. Terms and facets are those of the taxonomy at hand. A schema says what one field may hold;
what holds between fields and files (references, sums, duplicates) only ``asmr-stim validate``
knows.

``$id`` is a URN with the version of the record's form: the project has no domain of its own, and
a URN promises no page that is not there.

Offers: ``published_schemas``, ``PUBLISHED``, ``Published``.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from asmr_stim.report.docstrings import field_descriptions, record_description
from asmr_stim.schema.annotation import SCHEMA_VERSION as ANNOTATION_VERSION
from asmr_stim.schema.annotation import Annotation
from asmr_stim.schema.calibration import CALIBRATION_SCHEMA_VERSION, Calibration
from asmr_stim.schema.facets import FACETS_MARK
from asmr_stim.schema.profile import ProfileSet
from asmr_stim.schema.review import PublishedReview
from asmr_stim.schema.study import STUDY_SCHEMA_VERSION, Study
from asmr_stim.schema.taxonomy import AXES, AXIS_MARK, Axis, Taxonomy
from asmr_stim.schema.terms import Facet

Json = dict[str, Any]
Dialect = Literal["2020-12", "draft-07"]

PROFILE_VERSION = "1.0.0"
_DIALECTS: dict[Dialect, str] = {
    "2020-12": "https://json-schema.org/draft/2020-12/schema",
    "draft-07": "http://json-schema.org/draft-07/schema#",
}
_INLINED = ("Known", "KnownEach", "Stated")
"""Generic types, whose names pydantic makes up from its inner workings: written where used."""


@dataclass(frozen=True)
class Published:
    """A record whose schema is published: its name, the record, the version of its form."""

    name: str
    record: type[BaseModel]
    version: str


PUBLISHED = (
    Published("study", Study, STUDY_SCHEMA_VERSION),
    Published("review", PublishedReview, STUDY_SCHEMA_VERSION),
    Published("annotation", Annotation, ANNOTATION_VERSION),
    Published("profile", ProfileSet, PROFILE_VERSION),
    Published("calibration", Calibration, CALIBRATION_SCHEMA_VERSION),
)


def published_schemas(taxonomy: Taxonomy) -> dict[str, Json]:
    """Return every published schema by the name of its file.

    Parameters
    ----------
    taxonomy : Taxonomy
        Where the ids of terms and facets come from.

    Returns
    -------
    dict
        ``study.schema.json`` (2020-12) and ``study.draft-07.schema.json``, and so for ``review``,
        ``annotation``, ``profile`` and ``calibration``.
    """
    schemas: dict[str, Json] = {}
    for each in PUBLISHED:
        schema = record_schema(each, taxonomy)
        schemas[f"{each.name}.schema.json"] = schema
        schemas[f"{each.name}.draft-07.schema.json"] = as_draft_07(schema)
    return schemas


def record_schema(published: Published, taxonomy: Taxonomy) -> Json:
    """Return a record as JSON Schema 2020-12."""
    raw = published.record.model_json_schema(schema_generator=_Described)
    rewriting = _Rewriting({**raw.pop("$defs", {}), **_term_definitions(taxonomy)}, taxonomy)
    root = rewriting.of(raw)
    definitions = {
        name: rewriting.of(definition)
        for name, definition in rewriting.definitions.items()
        if not _is_inlined(name)
    }
    if "schema_version" in root["properties"]:
        major = published.version.split(".", maxsplit=1)[0]
        root["properties"]["schema_version"]["pattern"] = rf"^{major}\.\d+\.\d+$"
    return {
        "$schema": _DIALECTS["2020-12"],
        "$id": f"urn:asmr-stim:schema:{published.name}:{published.version}",
        "title": f"asmr_stim {published.name}",
        **root,
        "$defs": {name: definitions[name] for name in sorted(_reachable(root, definitions))},
    }


def as_draft_07(schema: Json) -> Json:
    """Return the same schema in the words of draft-07.

    There ``$defs`` is ``definitions``, and whatever stands beside a ``$ref`` is passed over.
    """
    older: Json = _older(schema)
    older["$schema"] = _DIALECTS["draft-07"]
    older["$id"] = f"{schema['$id']}:draft-07"
    return older


class _Described(GenerateJsonSchema):
    """Pydantic's own generator, with what the docstrings say of records and fields."""

    def model_schema(self, schema: core_schema.ModelSchema) -> Json:
        """Return the schema of a record with its description and those of its fields."""
        found = super().model_schema(schema)
        found["description"] = record_description(schema["cls"])
        for name, sentence in field_descriptions(schema["cls"]).items():
            found["properties"][name]["description"] = sentence
        return found


@dataclass(frozen=True)
class _Rewriting:
    """What a pydantic schema is rewritten with."""

    definitions: Mapping[str, Json]
    taxonomy: Taxonomy

    def of(self, node: Any) -> Any:
        """Return a schema with generic types in place, terms and facets, and no idle titles."""
        if isinstance(node, list):
            return [self.of(member) for member in node]
        if not isinstance(node, dict):
            return node
        if AXIS_MARK in node:
            return {"$ref": f"#/$defs/{_term_name(node[AXIS_MARK])}"}
        if FACETS_MARK in node:
            return self._facets(node)
        target = _target(node)
        if target is not None and _is_inlined(target):
            beside = {key: value for key, value in node.items() if key != "$ref"}
            return self.of({**self.definitions[target], **beside})
        return {
            key: {name: self.of(each) for name, each in value.items()}
            if key == "properties"
            else self.of(value)
            for key, value in node.items()
            if key != "title"
        }

    def _facets(self, node: Json) -> Json:
        """Return ``facets`` with each facet of the taxonomy and the values that it may have."""
        (template,) = map(self.of, node["patternProperties"].values())
        facets = [each for each in self.taxonomy.facets if each.id not in node[FACETS_MARK]]
        properties = {
            facet.id: {"description": facet.definition, **_facet_schema(facet, template)}
            for facet in facets
            if "oneOf" in template or facet.values or facet.free_text
        }
        described = {key: node[key] for key in ("description",) if key in node}
        return {
            **described,
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }


def _facet_schema(facet: Facet, template: Json) -> Json:
    """Return what may stand at a facet: a word, or what is known of it, as the template has it."""
    if "oneOf" not in template:
        return _facet_value(facet, with_numbers=False)
    known = deepcopy(template)
    stated = next(each for each in known["oneOf"] if "properties" in each)
    stated["properties"]["value"] = _facet_value(facet, with_numbers=True)
    return known


def _facet_value(facet: Facet, *, with_numbers: bool) -> Json:
    choices: list[Json] = []
    if facet.free_text:
        choices.append({"type": "string", "minLength": 1})
    elif facet.values:
        choices.append({"type": "string", "enum": [value.id for value in facet.values]})
    if facet.unit and with_numbers:
        choices.append({"type": "number", "description": f"In {facet.unit}."})
    return choices[0] if len(choices) == 1 else {"anyOf": choices}


def _is_inlined(name: str) -> bool:
    """Tell pydantic's name of a generic type (``Known_bool_``) from that of a record."""
    bare = name.removeprefix("asmr_stim__schema__knowledge__")
    return bare.split("_", maxsplit=1)[0] in _INLINED


def _term_definitions(taxonomy: Taxonomy) -> dict[str, Json]:
    meanings = {axis.id: axis.definition for axis in taxonomy.axes}
    return {
        _term_name(axis): {
            "description": f"A term of the axis '{axis}' in taxonomy "
            f"{taxonomy.taxonomy_version}. {meanings[axis]}",
            "type": "string",
            "enum": [term.id for term in taxonomy.terms_of(axis)],
        }
        for axis in AXES
    }


def _term_name(axis: Axis) -> str:
    return f"{axis.capitalize()}Term"


def _target(node: Json) -> str | None:
    """Return the name of the definition that a schema refers to; a property may be named $ref."""
    reference = node.get("$ref")
    return reference.removeprefix("#/$defs/") if isinstance(reference, str) else None


def _reachable(root: Json, definitions: Mapping[str, Json]) -> set[str]:
    """Return the names of the definitions that a schema refers to, directly or not."""
    found: set[str] = set()
    waiting = [root]
    while waiting:
        for name in _references(waiting.pop()) - found:
            found.add(name)
            waiting.append(definitions[name])
    return found


def _references(node: Any) -> set[str]:
    members = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    found = {name for member in members for name in _references(member)}
    target = _target(node) if isinstance(node, dict) else None
    return found if target is None else found | {target}


def _older(node: Any) -> Any:
    if isinstance(node, list):
        return [_older(member) for member in node]
    if not isinstance(node, dict):
        return node
    target = _target(node)
    older = {
        "definitions" if key == "$defs" else key: _older(value)
        for key, value in node.items()
        if key != "$ref"
    }
    if target is None:
        return older
    reference = {"$ref": f"#/definitions/{target}"}
    return {"allOf": [reference], **older} if older else reference
