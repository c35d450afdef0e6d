import string
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from studies import a_study, peaks, written

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.catalogue_files import catalogue_files
from asmr_stim.io.study_yaml import add_to_study, study_text, write_files
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.io.yaml_files import read_record
from asmr_stim.io.yaml_loader import PlainLoader
from asmr_stim.io.yaml_text import flow_text
from asmr_stim.resources import catalogue_folder
from asmr_stim.schema.coordinates import CoordinateTable
from asmr_stim.schema.study import Source, Study

CONTEXT = {"taxonomy": load_taxonomy()}
NEW_SOURCE = Source(id="another", reference="https://example.org", kind="index", note="a: b # c")
STUDY_FILES = [path for path in catalogue_files(catalogue_folder()) if path.name != "review.yaml"]
HEAD = """\
# my own study
schema_version: 1.0.0
id: doe_2020   # the name of the file
review_status: {status: candidate, basis: recorded, reason: for the test}
evidence_level: abstract
"""
SOURCES = """\
sources:
# where it was read
- {id: paper, kind: publisher, reference: 'https://example.org/paper'}  # the paper
"""


def read(path):
    return read_record(path, Study, CONTEXT)


def add(path, **addition):
    text = add_to_study(path, addition, load_taxonomy())
    write_files({path: text})
    return text


def a_table(identifier="new", source="another"):
    provenance = {"scope": "value", "sources": [source]}
    points = [{"x": 1.5, "y": -2, "z": 3, "kind": "activation_peak", "label": "no"}]
    return CoordinateTable.model_validate(
        {"id": identifier, "label": "new", "provenance": provenance, "points": points}
    )


@pytest.mark.parametrize("study", load_catalogue(catalogue_folder()).studies, ids=lambda s: s.id)
def test_a_study_that_is_written_whole_is_read_back(study, tmp_path):
    path = tmp_path / f"{study.id}.yaml"
    path.write_text(study_text(study), encoding="utf-8")
    assert read(path) == study


@pytest.mark.parametrize("original", STUDY_FILES, ids=lambda path: path.stem)
def test_adding_to_a_study_keeps_every_line_of_it(original, tmp_path):
    path = tmp_path / original.name
    path.write_bytes(original.read_bytes())
    before = read(path)
    add(path, sources=[NEW_SOURCE], coordinates=[a_table("brand_new")])
    after = read(path)
    assert after.sources == (*before.sources, NEW_SOURCE)
    assert after.coordinates[:-1] == before.coordinates
    assert after.model_copy(update={"sources": (), "coordinates": ()}) == before.model_copy(
        update={"sources": (), "coordinates": ()}
    )
    lines = iter(path.read_text().splitlines())
    assert all(line in lines for line in original.read_text().splitlines())


def test_comments_stay_where_they_stood(tmp_path):
    path = tmp_path / "doe_2020.yaml"
    path.write_text(HEAD + SOURCES + "# notes come last\nnotes: [one]\n")
    add(path, sources=[NEW_SOURCE])
    assert path.read_text() == (
        HEAD
        + SOURCES
        + "- {id: another, reference: 'https://example.org', kind: index, note: 'a: b # c'}\n"
        + "# notes come last\nnotes: [one]\n"
    )


@pytest.mark.parametrize(
    "sources",
    [
        SOURCES,
        SOURCES.rstrip("\n"),
        "sources: [{id: paper, kind: publisher, reference: 'https://example.org/paper'}]\n",
        "sources: [{id: paper, kind: publisher, reference: 'x'}, ]  # why\n",
        "sources: [\n  {id: paper, kind: publisher, reference: x}  # ]\n]\n",
        "sources: []  # none yet\n",
        "sources:\n  - id: paper\n    kind: publisher\n    reference: |\n      two\n      lines\n",
        "sources:\n  - id: paper\n    kind: news\n    reference: >-\n      two\n      lines\n\n",
        "sources:\n  - id: paper\n    kind: publisher\n    reference: a word\n      and another\n",
        "sources:\n-   id: paper\n    kind: news\n    reference: 'two\n\n      lines'\n    # end\n",
        'sources:\n- id: paper\n  kind: news\n  reference: "ä\u2028    ö"\n' + "notes: [last]\n",
    ],
)
def test_a_list_may_be_written_in_any_form(sources, tmp_path):
    path = tmp_path / "doe_2020.yaml"
    path.write_text(HEAD + sources, encoding="utf-8")
    before = read(path)
    add(path, sources=[NEW_SOURCE], coordinates=[a_table()])
    assert read(path).sources == (*before.sources, NEW_SOURCE)
    assert read(path).coordinates == (a_table(),)


def test_line_ends_of_another_system_are_kept(tmp_path):
    path = tmp_path / "doe_2020.yaml"
    path.write_bytes((HEAD + SOURCES).replace("\n", "\r\n").encode())
    add(path, sources=[NEW_SOURCE])
    content = path.read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == (HEAD + SOURCES).count("\n") + 1


@pytest.mark.parametrize(
    ("addition", "message"),
    [
        ({"sources": [NEW_SOURCE.model_copy(update={"id": "paper"})]}, "would have problems"),
        ({"coordinates": [a_table(source="nobody")]}, "'nobody' is no source"),
    ],
)
def test_an_addition_that_contradicts_the_study_is_refused(addition, message, tmp_path):
    path = written(tmp_path, a_study())
    with pytest.raises(InputError, match=message):
        add_to_study(path, addition, load_taxonomy())


def test_a_file_with_a_problem_is_not_added_to(tmp_path):
    path = written(tmp_path, a_study(evidence_level="hearsay"))
    with pytest.raises(InputError, match="evidence_level"):
        add_to_study(path, {"sources": [NEW_SOURCE]}, load_taxonomy())


def test_a_file_in_braces_is_left_to_its_owner(tmp_path):
    path = tmp_path / "doe_2020.yaml"
    path.write_text(yaml.safe_dump(a_study(), default_flow_style=True))
    with pytest.raises(InputError, match="not written in blocks"):
        add_to_study(path, {"sources": [NEW_SOURCE]}, load_taxonomy())


def test_files_are_written_all_or_none(tmp_path):
    first = written(tmp_path, a_study())
    before = first.read_bytes()
    with pytest.raises(OutputError):
        write_files({first: "new", tmp_path / "no_such_folder" / "second.yaml": "new"})
    assert first.read_bytes() == before


words = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1),
    st.text(string.printable, min_size=1),
    st.sampled_from(
        ["no", "on", "12:30", "1_000", "1e3", "0x1F", "~", "null", ".inf", "=", "<<", "- a", "'"]
    ),
    st.from_regex(r"[-+0-9.eExo_:]{1,6}", fullmatch=True),
)


@given(words)
def test_words_are_read_back_as_the_same_words(word):
    assert yaml.load(flow_text({"key": word}), Loader=PlainLoader) == {"key": word}  # noqa: S506 a subclass of the safe loader


@given(words)
def test_words_stay_words_for_a_reader_of_yaml_1_1(word):
    assert yaml.safe_load(flow_text({"key": word})) == {"key": word}


@given(st.lists(st.tuples(words.map(str.strip).filter(bool), st.booleans()), max_size=4))
def test_any_notes_survive_a_file(notes):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "doe_2020.yaml"
        study = Study.model_validate(
            a_study(notes=[note for note, _ in notes], coordinates=[peaks([(1, 2, 3)])]),
            context=CONTEXT,
        )
        path.write_text(study_text(study), encoding="utf-8", newline="\n")
        assert read(path) == study
