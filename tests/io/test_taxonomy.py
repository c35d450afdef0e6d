"""Reading a taxonomy from a file."""

import pytest

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.resources import schemas_folder


def taxonomy_text() -> str:
    return (schemas_folder() / "taxonomy.yaml").read_text(encoding="utf-8")


def test_the_taxonomy_of_the_program_is_read_once():
    assert load_taxonomy() is load_taxonomy()
    assert load_taxonomy(schemas_folder() / "taxonomy.yaml") is load_taxonomy()


def test_another_taxonomy_can_be_read(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(taxonomy_text().replace("taxonomy_version: 1.0.0", "taxonomy_version: 9.0.0"))
    assert load_taxonomy(path).taxonomy_version == "9.0.0"


def test_a_taxonomy_that_is_not_there_is_a_missing_input(tmp_path):
    with pytest.raises(MissingInputError, match=r"nowhere\.yaml"):
        load_taxonomy(tmp_path / "nowhere.yaml")


def test_contradictions_are_reported_with_their_lines(tmp_path):
    text = taxonomy_text().replace("    parent: whisper\n", "    parent: wisper\n")
    text = text.replace("act_led: [personal_attention", "act_led: [personal_atention")
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_taxonomy(path)
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{path}:{text[: text.index('parent: wisper')].count(chr(10)) + 1}:")
    assert "E062 the parent 'wisper' of 'unintelligible_whisper' is no source term" in first
    assert "E063 'personal_atention' is no term" in second
