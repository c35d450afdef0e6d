import json

import pytest

from asmr_stim.io.tables import Column, read_table
from asmr_stim.report.tables import ReportTable, shown
from asmr_stim.schema.stimulus import TermShare

COLUMNS = (Column("name", "what it is"), Column("duration", "how long", "s"))


def a_table(*rows):
    return ReportTable("a_table", "What holds for all.", COLUMNS, rows)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (300.0, "300"),
        (0, "0"),
        (0.5, "0.5"),
        ((), ""),
        (("whisper", 3, 2.0), "whisper; 3; 2"),
        ("<b>", "<b>"),
    ],
)
def test_a_value_is_shown_as_a_person_reads_it(value, text):
    assert shown(value) == text


def test_a_record_is_shown_by_what_is_known_in_it():
    share = TermShare.model_construct(term="tapping", share=0.8)
    assert shown((share, share)) == "tapping 0.8; tapping 0.8"


def test_a_table_is_written_with_its_units(tmp_path):
    path = a_table(("tap", 1.5), ("scratch", None)).write(tmp_path)
    rows = read_table(path).rows
    assert [(row["name"].text, row["duration"].text) for row in rows] == [
        ("tap", "1.5"),
        ("scratch", None),
    ]
    sidecar = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert sidecar["Description"] == "What holds for all."
    assert sidecar["duration"] == {"Description": "how long", "Units": "s"}
    assert "Units" not in sidecar["name"]


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a \r\n b", "a\u2028b", "\na\n\n b\n", "a\x0bb"])
def test_text_of_several_lines_becomes_one(tmp_path, text):
    (row,) = read_table(a_table((text, 1)).write(tmp_path)).rows
    assert row["name"].text == "a b"


def test_a_column_is_of_numbers_if_all_that_is_known_in_it_is():
    table = a_table(("tap", None), ("scratch", 2.0))
    assert [table.is_number(0), table.is_number(1)] == [False, True]
    assert not a_table().is_number(1)
    assert not a_table(("tap", None)).is_number(1)
