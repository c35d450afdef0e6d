import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asmr_stim.errors import InputError, MissingInputError, UnreadableFileError
from asmr_stim.io.yaml_files import (
    MAX_BYTES,
    BrokenYamlError,
    document_of,
    read_document,
    read_yaml,
)
from asmr_stim.io.yaml_loader import MAX_DEPTH, PlainLoader

LAUGHS = "\n".join(
    ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
)
IN_LITTLE_SPACE = """
import resource, sys
from pathlib import Path
from asmr_stim.errors import AsmrStimError
from asmr_stim.io.yaml_files import read_document
used = resource.getrusage(resource.RUSAGE_SELF)
seconds = int(used.ru_utime + used.ru_stime) + 2
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_DATA, (200 * 2**20, 200 * 2**20))
try:
    read_document(Path(sys.argv[1]))
except AsmrStimError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_utime - used.ru_utime < 1)
"""


def a_file(folder, content, name="doe_2020.yaml"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def complaint(folder, content):
    """Return what is said of a file, without the folder that it lies in."""
    with pytest.raises(BrokenYamlError) as caught:
        read_document(a_file(folder, content))
    return str(caught.value).removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    "word", ["no", "No", "on", "off", "yes", "y", "12:30", "1_000", "0b11", "2020-01-01", "<<", "="]
)
def test_words_that_yaml_1_1_reads_as_something_else_stay_words(tmp_path, word):
    assert read_yaml(a_file(tmp_path, f"a: {word}\n")) == {"a": word}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("FALSE", False), ("~", None), ("null", None), ("", None),
        ("7", 7), ("-7", -7), ("+7", 7), ("007", 7), ("010", 10), ("0o10", 8), ("0x1F", 31),
        ("1e3", 1000.0), ("1.5", 1.5), (".5", 0.5), ("-1.", -1.0), ("1E-2", 0.01),
    ],
)  # fmt: skip
def test_plain_words_are_read_as_the_core_schema_of_yaml_1_2_has_them(tmp_path, text, value):
    found = read_yaml(a_file(tmp_path, f"a: {text}\n"))["a"]
    assert (found, type(found)) == (value, type(value))


def test_a_word_that_is_a_key_stays_a_word(tmp_path):
    assert read_yaml(a_file(tmp_path, "no: 1\non: 2\n")) == {"no": 1, "on": 2}


def test_a_key_that_stands_twice_is_told_at_its_second_place(tmp_path):
    said = complaint(tmp_path, "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n")
    assert said.startswith("doe_2020.yaml:5:3: E010")
    assert "the key 'c' stands twice" in said


@pytest.mark.parametrize("key", ["1", "true", "null", "1.5", "~"])
def test_a_key_that_is_no_word_is_told(tmp_path, key):
    said = complaint(tmp_path, f"a: 1\n{key}: 2\n")
    assert said.startswith("doe_2020.yaml:2:1: E010")
    assert "no word" in said


@pytest.mark.parametrize(
    ("content", "place"),
    [("a: &x [1]\nb: *x\n", "2:4"), ("a: &x {b: 1}\nc: {<<: *x}\n", "2:9")],
)
def test_an_alias_is_refused(tmp_path, content, place):
    assert complaint(tmp_path, content).startswith(f"doe_2020.yaml:{place}: E011")


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object:os.system x",
        "!!int ''",
        "!!bool maybe",
        "!!timestamp x",
        "!!set {a}",
        "! a",
    ],
)
def test_a_tag_is_refused(tmp_path, value):
    said = complaint(tmp_path, f"a: 1\nb: {value}\n")
    assert said.startswith("doe_2020.yaml:2:4: E011")


def test_marks_of_aliases_and_tags_inside_words_are_words(tmp_path):
    content = {"a": "R&D *", "b": "wow! a !tag", "c": "5 * 3 & 2"}
    text = "a: R&D *\nb: wow! a !tag\nc: '5 * 3 & 2'\n"
    assert read_yaml(a_file(tmp_path, text)) == content


DEEP = {
    "flow lists": "a: " + "[" * 5000 + "]" * 5000,
    "flow mappings": "{a: " * 5000 + "1" + "}" * 5000,
    "lists in a line": "- " * 5000 + "a",
    "keys of keys": "? " * 200_000 + "a",
    "keys and lists": "- ? " * 100_000 + "a",
    "indentation": "".join("  " * level + "a:\n" for level in range(300)),
    "indentation by one": "".join(" " * level + "a:\n" for level in range(300)),
    "lists at the indentation of their key": "".join(
        " " * level + "a:\n" + " " * level + "-\n" for level in range(300)
    ),
    "keys below one another": "".join(" " * level + "?\n" for level in range(300)),
}


@pytest.mark.parametrize("content", DEEP.values(), ids=DEEP.keys())
def test_deep_nesting_is_refused_however_it_is_written(tmp_path, content):
    assert "nested too deeply" in complaint(tmp_path, content)


def test_nesting_up_to_the_limit_is_read(tmp_path):
    content = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert read_yaml(a_file(tmp_path, content)) == read_yaml(a_file(tmp_path, f"{content}\n"))
    assert "nested too deeply" in complaint(tmp_path, f"[{content}]")


@pytest.mark.parametrize("content", [LAUGHS, DEEP["keys of keys"], "[" * 1_000_000])
def test_a_bomb_is_refused_in_little_time_and_space(tmp_path, content):
    path = a_file(tmp_path, content)
    done = subprocess.run(
        [sys.executable, "-c", IN_LITTLE_SPACE, path], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    said, quick = done.stdout.splitlines()
    assert "E011" in said
    assert quick == "True"


def test_a_tab_in_the_indentation_is_told_at_the_tab(tmp_path):
    said = complaint(tmp_path, "a:\n  b: 1\n\tc: 2\n")
    assert said.startswith("doe_2020.yaml:3:1: E010")
    assert "a tab stands in the indentation" in said


def test_a_file_in_another_encoding_is_told_at_the_letter(tmp_path):
    said = complaint(tmp_path, "a: 1\nname: Müller\n".encode("latin-1"))
    assert said.startswith("doe_2020.yaml:2:8: E010")
    assert "no UTF-8" in said
    assert "0xfc" in said


def test_columns_count_letters_not_bytes(tmp_path):
    said = complaint(tmp_path, 'äöü: {ß: 1, "ß": 2}\n')
    assert said.startswith("doe_2020.yaml:1:13: E010")


@pytest.mark.parametrize("content", ["", "\n\n", "# a remark\n", "---\n", "~\n"])
def test_an_empty_file_is_told(tmp_path, content):
    assert "the file is empty" in complaint(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a: 1\n---\nb: 2\n", "2:1"),
        ("title: foo: bar\n", "1:11"),
        ("a: @x\n", "1:4"),
        ("a: *x\n", "1:4"),
        ("a: 'x\n", "2:1"),
        ("a: [", "1:5"),
        ("-\t" * 5000, "1:2"),
        ("a: 1\n b: 2\n", "2:3"),
        (f"a: {'9' * 5000}\n", "1:4"),
        ("a: \0\n", "1:1"),
    ],
)
def test_broken_yaml_is_one_sentence_with_its_place(tmp_path, content, place):
    said = complaint(tmp_path, content)
    assert said.startswith(f"doe_2020.yaml:{place}: E01")
    assert "\n" not in said


def test_a_mark_of_byte_order_and_other_line_ends_change_nothing(tmp_path):
    for content in (b"\xef\xbb\xbfa: 1\nb: 2\n", b"a: 1\r\nb: 2\r\n", b"a: 1\rb: 2\r"):
        assert read_yaml(a_file(tmp_path, content)) == {"a": 1, "b": 2}


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    with pytest.raises(UnreadableFileError, match="larger than 1 MiB"):
        read_document(a_file(tmp_path, b"#" * (MAX_BYTES + 1)))


def test_a_missing_file_a_folder_and_a_pipe_are_told_apart(tmp_path):
    with pytest.raises(MissingInputError, match="there is no file"):
        read_document(tmp_path / "none.yaml")
    with pytest.raises(UnreadableFileError, match="is a folder"):
        read_document(tmp_path)
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(UnreadableFileError, match="no regular file"):
        read_document(tmp_path / "pipe.yaml")


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_told(tmp_path, name):
    with pytest.raises((UnreadableFileError, MissingInputError)):
        read_document(tmp_path / name)


def test_a_loop_of_links_is_told(tmp_path):
    (tmp_path / "a.yaml").symlink_to("b.yaml")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_document(tmp_path / "a.yaml")


def test_what_is_broken_is_also_a_value_error(tmp_path):
    with pytest.raises(InputError):
        read_document(a_file(tmp_path, "a: ["))
    with pytest.raises(ValueError, match="E010"):
        read_document(a_file(tmp_path, "a: ["))


def test_an_anchor_that_stands_twice_is_refused_at_its_second_place(tmp_path):
    path = tmp_path / "x_2020.yaml"
    path.write_text("id: &a x\nyear: &a 3\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"x_2020\.yaml:2:7: E010 an anchor .* stands twice"):
        read_document(path)


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            ["&a", "&b", " ", "\n", "-", ":", "[", "]", "{", "}", ",", "x", "a: ", '"q"', "& "]
        ),
        max_size=14,
    ).map("".join)
)
@example('{"q":&a 1,"x":&a 2}')
@example("a: &a x\nx: &a x")
def test_what_composing_refuses_is_refused_wherever_an_anchor_stands(text):
    try:
        yaml.compose(text, Loader=PlainLoader)
    except yaml.YAMLError:
        with pytest.raises(BrokenYamlError):
            document_of(Path("x.yaml"), text.encode())


@pytest.mark.parametrize("text", ["a: this & that", "a: R&D", 'a: "&x &x"', "a: b&c, d&c"])
def test_an_ampersand_among_words_is_a_character_like_any_other(text):
    assert document_of(Path("x.yaml"), text.encode()).content == yaml.safe_load(text)
