import json
import math
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asmr_stim.errors import InputError, MissingInputError, OutputError, UnreadableFileError
from asmr_stim.io.tables import Column, read_filled_table, read_table, write_atomically, write_table

WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12
).filter(lambda text: text == text.strip() and text != "n/a")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(WORDS, st.floats(allow_nan=False, allow_infinity=False))))
def test_what_is_written_is_read_back(tmp_path, rows):
    path = tmp_path / "t.tsv"
    write_table(path, [Column("word", "a word"), Column("x", "a length", "mm")], rows)
    back = [(row["word"].text, float(row["x"].text)) for row in read_table(path).rows]
    assert back == rows


def test_missing_values_are_n_a_and_come_back_as_none(tmp_path):
    path = tmp_path / "t.tsv"
    write_table(path, [Column("a", "x"), Column("b", "y")], [(None, math.nan), (True, np.int32(3))])
    assert path.read_bytes() == b"a\tb\nn/a\tn/a\ntrue\t3\n"
    assert read_table(path).rows[0]["a"].text is None


def test_the_sidecar_names_units_and_the_note(tmp_path):
    write_table(tmp_path / "t.tsv", [Column("x", "left to right", "mm")], [(1.0,)], "uncorrected")
    assert json.loads((tmp_path / "t.json").read_text()) == {
        "Description": "uncorrected",
        "x": {"Description": "left to right", "Units": "mm"},
    }


def test_a_cell_knows_its_line_and_column(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('name,x\n"a, b",12\n')
    table = read_table(path)
    cell = table.rows[0]["x"]
    assert (cell.text, cell.line, cell.column) == ("12", 2, 8)
    assert table.place(cell) == f"{path}:2:8"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "1:1: the table is empty"),
        ("a\ta\n1\t2\n", "'a' is empty or occurs twice"),
        ("a\tb\n1\n", "2:1: found 1 fields where the first line names 2"),
    ],
)
def test_a_broken_table_is_refused_in_a_sentence(tmp_path, content, message):
    path = tmp_path / "t.tsv"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_table(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", "a;b\n1;2,5\n", "stand semicolons, where a .csv has commas"),
        ("t.csv", "a\tb\n1\t2\n", "stand tabs, where a .csv has commas"),
        ("t.tsv", "a,b\n1,2\n", "stand commas, where a .tsv has tabs"),
    ],
)
def test_a_table_with_other_characters_between_its_columns_is_told_so(
    tmp_path, name, content, message
):
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=f"1:1: between the names of the columns {message}; save"):
        read_table(tmp_path / name)


def test_a_table_of_one_column_is_read(tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\n")
    assert read_table(tmp_path / "t.csv").columns == ("a",)


def test_a_table_without_rows_is_read_unless_rows_are_asked_for(tmp_path):
    path = tmp_path / "t.tsv"
    write_table(path, [Column("a", "x"), Column("b", "y")], [])
    assert (read_table(path).columns, read_table(path).rows) == (("a", "b"), ())
    with pytest.raises(InputError, match="1:1: the table has column names and no rows"):
        read_filled_table(path)


def test_a_missing_file_and_a_file_that_is_no_text_are_told_apart(tmp_path):
    with pytest.raises(MissingInputError, match="no such file"):
        read_table(tmp_path / "none.tsv")
    (tmp_path / "b.tsv").write_bytes(b"a\tb\n1\t\xff\n")
    with pytest.raises(UnreadableFileError, match="2:3: this is no UTF-8 text"):
        read_table(tmp_path / "b.tsv")
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_table(tmp_path)


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "f"
    write_atomically(path, b"old")

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OutputError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ['{"clips": {}}', '["a"]', "no JSON", '{"x": {"Units": "mm"}}'])
def test_units_never_replace_an_unrelated_file(tmp_path, text):
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(OutputError, match="which is something else"):
        write_table(tmp_path / "t.tsv", [Column("x", "a length", "mm")], [(1.0,)])
    assert [path.name for path in tmp_path.iterdir()] == ["t.json"]
    assert (tmp_path / "t.json").read_text() == text


def test_a_table_may_be_written_again(tmp_path):
    for value in (1.0, 2.0):
        write_table(tmp_path / "t.tsv", [Column("x", "a length", "mm")], [(value,)], "a note")
    assert read_table(tmp_path / "t.tsv").rows[0]["x"].text == "2.0"
