import json

import numpy as np
import pytest

from asmr_stim.acoustics.readings import Clock
from asmr_stim.errors import OutputError
from asmr_stim.io.frames import EventTable, FrameFiles, FrameTable, check_frames
from asmr_stim.io.tables import Column, read_table

RNG = np.random.default_rng(0)
VALUES = RNG.standard_normal((2, 2, 70_000)).astype(np.float32)
VALUES[0, 1, 3] = np.nan
TABLE = FrameTable(
    name="ears by band",
    features=(Column("a_db", "One.", "dB", "single"), Column("b_ms", "Other.", "ms", "single")),
    channels=("left", "right"),
    clock=Clock(0.02, 0.01),
    values=lambda channel, column: VALUES[channel, column],
)


def test_a_table_of_frames_comes_back_as_it_was(tmp_path):
    FrameFiles(tmp_path / "f", ".tsv").write("a/b c.wav", [TABLE])
    path = tmp_path / "f" / "a%2Fb c.wav_ears_by_band.tsv"
    assert json.loads(path.with_suffix(".json").read_text())["b_ms"]["Units"] == "ms"
    rows = read_table(path).rows
    assert [row["channel"].text for row in (rows[0], rows[-1])] == ["left", "right"]
    assert float(rows[2]["time_s"].text) == pytest.approx(0.04)
    assert rows[3]["b_ms"].text is None
    back = np.array([row["a_db"].text for row in rows], dtype=np.float64).astype(np.float32)
    assert np.array_equal(back, VALUES[:, 0].ravel())


def test_parquet_keeps_the_numbers_and_their_units(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    FrameFiles.beside(tmp_path / "p.parquet").write("clip.wav", [TABLE])
    table = parquet.read_table(tmp_path / "p_frames" / "clip.wav_ears_by_band.parquet")
    assert table.schema.field("a_db").metadata[b"Units"] == b"dB"
    assert table["b_ms"][3].as_py() is None
    assert np.array_equal(table["a_db"].to_numpy(), VALUES[:, 0].ravel())
    assert str(table.schema.field("time_s").type) == "double"


def test_a_series_without_a_frame_makes_no_file(tmp_path):
    nothing = np.empty(0, np.float32)
    table = FrameTable("short", TABLE.features, TABLE.channels, TABLE.clock, lambda *_: nothing)
    FrameFiles(tmp_path, ".tsv").write("clip.wav", [table])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".tsv", ".parquet"])
def test_times_of_events_are_a_row_each_and_none_at_all_is_a_table_too(tmp_path, ending):
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    files = FrameFiles(tmp_path, ending)
    files.write("clip.wav", [EventTable("onsets", {"left": [0.25, 3599.123456], "right": [1.5]})])
    files.write("still.wav", [EventTable("onsets", {"mono": ()})])
    assert times_in(tmp_path / f"clip.wav_onsets{ending}") == [
        ("left", 0.25), ("left", 3599.123456), ("right", 1.5),
    ]  # fmt: skip
    assert times_in(tmp_path / f"still.wav_onsets{ending}") == []


def times_in(path):
    if path.suffix == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        return [(row["channel"], row["time_s"]) for row in parquet.read_table(path).to_pylist()]
    table = read_table(path)
    assert table.columns == ("channel", "time_s")
    return [(row["channel"].text, float(row["time_s"].text)) for row in table.rows]


def test_frames_go_beside_the_output(tmp_path):
    assert FrameFiles.beside(tmp_path / "p.json") == FrameFiles(tmp_path / "p_frames", ".tsv")
    (tmp_path / "p_frames").write_text("a file")
    with pytest.raises(OutputError, match="is a file"):
        check_frames(FrameFiles.beside(tmp_path / "p.json"))


def test_nothing_half_written_is_left(tmp_path):
    def broken(channel, column):
        if channel == 1:
            raise OSError(28, "No space left on device")
        return VALUES[0, 0]

    table = FrameTable(TABLE.name, TABLE.features, TABLE.channels, TABLE.clock, broken)
    with pytest.raises(OutputError, match="No space left"):
        FrameFiles(tmp_path / "f", ".tsv").write("clip.wav", [table])
    assert list((tmp_path / "f").iterdir()) == []
