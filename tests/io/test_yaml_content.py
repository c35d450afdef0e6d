"""The one-pass reader says what PyYAML's own constructor says, wherever it reads at all."""

import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from asmr_stim.io.yaml_content import YamlTrickError, plain_content
from asmr_stim.io.yaml_loader import PlainLoader
from asmr_stim.resources import catalogue_folder, schemas_folder

FILES = [
    *sorted(catalogue_folder().rglob("*.yaml")),
    *sorted(schemas_folder().glob("*.yaml")),
]
WORDS = st.text(
    st.sampled_from("abn01239-+._:eExo ~,#'\"[]{}&*!|>%@`?\n\ttrueFALSEé\U0001f600"),
    max_size=12,
)
LINES = st.lists(st.tuples(st.sampled_from(["", "a: ", "- ", "  b: ", "  - "]), WORDS), max_size=6)


def by_pyyaml(text):
    return yaml.load(text, Loader=PlainLoader)  # noqa: S506 a subclass of the safe loader


def same(one, other):
    """Compare with types, and with NaN equal to itself."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_of_the_project_is_read_as_pyyaml_reads_it(path):
    text = path.read_text(encoding="utf-8")
    assert same(plain_content(text), by_pyyaml(text))


@settings(max_examples=400)
@given(LINES)
def test_what_both_read_is_the_same_and_what_one_refuses_is_no_plain_record(lines):
    text = "\n".join(prefix + word for prefix, word in lines)
    try:
        found = plain_content(text)
    except YamlTrickError:
        return  # an alias or a tag, which PyYAML may well read
    except (yaml.YAMLError, ValueError):
        with pytest.raises((yaml.YAMLError, ValueError)):
            by_pyyaml(text)
    else:
        try:
            expected = by_pyyaml(text)
        except yaml.composer.ComposerError:
            return  # an anchor that stands twice, which nothing can refer to here
        assert same(found, expected)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=12,
    )
)
def test_what_is_written_in_quotes_is_read_back(content):
    class Quoting(yaml.SafeDumper):
        pass

    Quoting.add_representer(
        str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    )
    assert same(plain_content(yaml.dump(content, Dumper=Quoting, sort_keys=False)), content)


@pytest.mark.parametrize("text", ["[1, 2]: x", "{a: 1}: x", "? [a]\n: b"])
def test_a_key_that_is_a_list_or_a_mapping_is_refused(text):
    with pytest.raises(yaml.YAMLError, match="a key is a word"):
        plain_content(text)


def test_a_second_document_is_refused_at_its_place():
    with pytest.raises(yaml.YAMLError, match="second document") as caught:
        plain_content("a: 1\n--- \nb: 2\n")
    assert caught.value.problem_mark.line == 1
