import pytest

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.response_table import read_response


def written(folder, text):
    path = folder / "left.txt"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "125\t-1.5\n1000\t0\n",
        "frequency_hz,level_db,phase\n125,-1.5,3\n1000,0,2\n",
        "* exported\n* Freq(Hz) SPL(dB)\n\n  125.0  -1.50\r\n 1000.0 0.00\r\n",
        "# Hz; dB\n1.25e2; -1.5\n1e3; 0\n",
    ],
)
def test_two_columns_are_read_as_programs_export_them(tmp_path, text):
    points = read_response(written(tmp_path, text))
    assert [(p.frequency_hz, p.level_db) for p in points] == [(125, -1.5), (1000, 0)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "0 points"),
        ("125 0\n", "1 points"),
        ("Hz dB\n125 0\n1000 loud\n", "left.txt:3: '1000 loud'"),
        ("Hz\ndB\n125 0\n", "left.txt:2"),
        ("125 0\n1000 nan\n", "left.txt:2"),
        ("0 1.5\n125 0\n1000 1\n", "left.txt:1: '0 1.5' is no frequency"),
        ("1000 0\n125 0\n", "125 Hz stands after 1000 Hz"),
        ("".join(f"{k} 0\n" for k in range(1, 1100)), "1099 points"),
    ],
)
def test_anything_else_is_refused_with_its_place(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        read_response(written(tmp_path, text))


def test_a_table_that_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(MissingInputError):
        read_response(tmp_path / "no.txt")
