"""``validate --fix`` corrects what is certain and touches nothing else."""

import os
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import a_full_stimulus, a_stimulus, a_study, stated, written

from asmr_stim.errors import MissingInputError, OutputError
from asmr_stim.io.catalogue import check_files
from asmr_stim.io.mending import mend, mend_files
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.resources import catalogue_folder

LEE = (catalogue_folder() / "studies" / "lee_2020.yaml").read_text(encoding="utf-8")


@pytest.fixture
def lee(tmp_path):
    path = tmp_path / "lee_2020.yaml"
    path.write_text(LEE, encoding="utf-8")
    return path


def changed(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def corrections(path):
    return [(each.correction.old, each.correction.new) for each in mend_files([path])]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("evidence_level: full_text", "evidence_levl: full_text"),
        ("evidence_level: full_text", "evidence_level: ful_text"),
        ("evidence_level: full_text", "evidence_level: Full text"),
        ("evidence_level: full_text", "'evidence_levl': full_text"),
        ("evidence_level: full_text", 'evidence_level: "fulltext"  # read in May'),
        ("pmcid: {value", "pcmid: {value"),
        ("countries:", "Countries:"),
        ("n_female: {", "n-female: {"),
        ("selection: {value: not_selected", "selection: {value: not-selected"),
        ("value: [scratching]", "value: [scraching]"),
        ("value: [scratching]", "value: [Scratching]"),
        ("value: [scratching]", "value: [ 'scraching' ]"),
        ("channel: {value: audiovisual", "channel: {value: audio-visual"),
        ("pace: {value: slow", "pase: {value: slow"),
        ("creator: not extracted", "creator: not extractd"),
        ("language: not reported", "language: Not reported"),
        ("analysis: {value: seed_connectivity", "analysis: {value: seed connectivity"),
        ("role: asmr}", "rol: asmr}"),
        ("direction: increase}", "direction: increse}"),
        ("provenance: {scope: study}", "provenence: {scope: study}"),
    ],
)
def test_one_misspelt_word_is_put_right_where_it_stands(lee, right, wrong):
    changed(lee, right, wrong)
    (problem,) = mend_files([lee])
    place = LEE[: LEE.index(right)].count("\n") + 1
    assert problem.correction.line == place
    mended = lee.read_text(encoding="utf-8")
    for quote in "'\"":
        mended = mended.replace(f"{quote}evidence_level{quote}", "evidence_level")
    expected = LEE
    if "#" in wrong:
        expected = LEE.replace(right, 'evidence_level: "full_text"  # read in May', 1)
    elif "[ '" in wrong:
        expected = LEE.replace(right, "value: [ 'scratching' ]", 1)
    assert mended == expected
    assert check_files([lee]).problems == ()


def test_an_alias_becomes_the_id_it_stands_for(lee):
    alias = next(
        word
        for term in load_taxonomy().terms
        if term.id == "whisper"
        for word in term.aliases
        if word != term.id
    )
    changed(lee, "value: [scratching]", f"value: [{alias}]")
    assert corrections(lee) == [(alias, "whisper")]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("value: [scratching]", "value: [taping]"),  # tapping or typing
        ("direction: increase}", "direction: crease}"),  # increase or decrease
        ("value: [scratching]", "value: [haircut]"),  # a term of another axis
        ("evidence_level: full_text", "evidence_level: complete"),
        ("evidence_level: full_text", "evidence_level: full_text\nevidence_levl: full_text"),
        ("year: {value: 2020", "year: {value: '2020'"),
        ("id: lee_2020\n", "id: Lee 2020\n"),
        ("schema_version: 1.0.0", "schema_version: 2.0.0\nevidence_levl: none"),
        ("evidence_level: full_text", "evidence_levl: [unclosed"),
    ],
)
def test_what_is_not_certain_is_left_to_a_person(lee, right, wrong):
    changed(lee, right, wrong)
    before = lee.read_bytes()
    assert mend_files([lee]) == []
    assert lee.read_bytes() == before
    assert check_files([lee]).problems


def test_two_keys_are_not_both_renamed_to_one(lee):
    changed(lee, "evidence_level: full_text", "evidence_levl: full_text\nevidence_leve: none")
    assert len(mend_files([lee])) <= 1
    assert "stands twice" not in "".join(map(str, check_files([lee]).problems))


def test_a_key_that_is_put_right_shows_what_is_wrong_below_it(tmp_path):
    study = a_study()
    study["sampels"] = study.pop("samples")
    study["sampels"][0]["lable"] = study["sampels"][0].pop("label")
    path = written(tmp_path, study)
    assert set(corrections(path)) == {("sampels", "samples"), ("lable", "label")}
    assert check_files([path]).problems == ()


def test_mending_a_second_time_changes_nothing(lee):
    changed(lee, "evidence_level: full_text", "evidence_levl: ful_text")
    changed(lee, "value: [scratching]", "value: [scraching]")
    assert len(mend_files([lee])) == 3
    once = lee.read_bytes()
    assert mend_files([lee]) == []
    assert lee.read_bytes() == once


def test_comments_line_ends_and_a_byte_order_mark_stay(tmp_path):
    lines = ["# a comment", *yaml.safe_dump(a_study(), sort_keys=False).split("\n")]
    text = "\r\n".join(lines).replace("evidence_level: full_text", "evidence_levl:   full_text # é")
    path = tmp_path / "doe_2020.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert corrections(path) == [("evidence_levl", "evidence_level")]
    expected = text.replace("evidence_levl", "evidence_level")
    assert path.read_bytes() == b"\xef\xbb\xbf" + expected.encode()


def test_a_word_on_the_first_line_behind_a_byte_order_mark_is_found(tmp_path):
    text = yaml.safe_dump(a_study(), sort_keys=False)
    path = tmp_path / "doe_2020.yaml"
    path.write_text(text.replace("schema_version", "shema_version", 1), encoding="utf-8-sig")
    assert corrections(path) == [("shema_version", "schema_version")]
    assert path.read_text(encoding="utf-8-sig") == text


def test_two_words_of_one_line_are_both_put_right(lee):
    changed(lee, "{stimulus: asmr_video, role: asmr}", "{stimulis: asmr_video, role: ASMR}")
    assert corrections(lee) == [("stimulis", "stimulus"), ("ASMR", "asmr")]
    assert lee.read_text(encoding="utf-8") == LEE


def test_the_mode_of_a_file_and_a_link_to_it_stay(lee, tmp_path):
    changed(lee, "evidence_level: full_text", "evidence_levl: full_text")
    lee.chmod(0o640)
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "lee_2020.yaml"
    link.symlink_to(lee)
    assert len(mend_files([link])) == 1
    assert link.is_symlink()
    assert lee.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_cannot_be_written_is_said_and_left(lee, tmp_path):
    changed(lee, "evidence_level: full_text", "evidence_levl: full_text")
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written"):
        mend_files([lee])


def test_a_path_that_is_not_there_is_said(tmp_path):
    with pytest.raises(MissingInputError):
        mend_files([tmp_path / "nowhere"])


def test_the_catalogue_needs_no_mending():
    for path in sorted((catalogue_folder() / "studies").glob("*.yaml")):
        content = path.read_bytes()
        assert mend(path, content, load_taxonomy()) == (content, [])


KEYS = sorted(set(re.findall(r"\b([a-z_]{6,})(?=:)", LEE)))


@settings(max_examples=60)
@given(
    key=st.sampled_from(KEYS),
    cut=st.integers(1, 4),
    which=st.integers(0, 50),
)
def test_a_letter_lost_from_a_key_is_given_back_or_left_alone(tmp_path_factory, key, cut, which):
    places = [match.start() for match in re.finditer(rf"\b{key}(?=:)", LEE)]
    start = places[which % len(places)]
    broken = LEE[: start + cut] + LEE[start + cut + 1 :]
    path = tmp_path_factory.getbasetemp() / "lee_2020.yaml"
    content, mended = mend(path, broken.encode(), load_taxonomy())
    assert content.decode() in {LEE, broken}
    assert bool(mended) == (content.decode() == LEE != broken)


def test_a_facets_value_is_put_right(tmp_path):
    stimulus = a_full_stimulus("asmr_video", "tapping", "haircut")
    stimulus["facets"]["speech_present"] = stated("abscent")
    path = written(tmp_path, a_study(stimuli=[stimulus, a_stimulus("control_video")]))
    assert corrections(path) == [("abscent", "absent")]
