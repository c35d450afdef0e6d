import json
import sys

import numpy as np
import pytest
import soundfile
from signals import RATE_HZ, white_noise

from asmr_stim.errors import InputError, MissingInputError, OutputError
from asmr_stim.io.profiles import (
    check_output,
    profiles_as_json,
    read_feature_list,
    read_profiles,
    write_profiles,
)
from asmr_stim.io.tables import read_table
from asmr_stim.workflows.features import Settings, measure_clips

BARE = read_feature_list()
SETTINGS = Settings.of(["laeq:50"], BARE)
FEATURES = SETTINGS.expanded(BARE)


@pytest.fixture(scope="module")
def profiles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    soundfile.write(folder / "noise.wav", white_noise(4.0, 2).T, RATE_HZ)
    soundfile.write(folder / "short.wav", white_noise(0.01).T, RATE_HZ)
    soundfile.write(folder / "silence.wav", np.zeros((RATE_HZ, 3)), RATE_HZ)
    return measure_clips(sorted(folder.glob("*.wav")), BARE, SETTINGS).profiles


def test_json_that_was_written_reads_back_the_same(tmp_path, profiles):
    write_profiles(tmp_path / "p.json", profiles, FEATURES)
    assert read_profiles(tmp_path / "p.json") == profiles


def test_the_loudness_stands_where_the_documentation_says(profiles):
    content = profiles_as_json(profiles)
    entry = content["clips"]["noise.wav"]["pair"]["integrated_loudness_lufs"]
    assert set(entry) == {"unit", "value", "flag"}
    assert entry["unit"] == "LUFS"


def test_a_table_has_a_row_for_each_channel_and_units_beside_it(tmp_path, profiles):
    write_profiles(tmp_path / "p.tsv", profiles, FEATURES)
    table = read_table(tmp_path / "p.tsv")
    rows = [(row["clip"].text, row["channel"].text) for row in table.rows]
    assert rows[:3] == [("noise.wav", "left"), ("noise.wav", "right"), ("noise.wav", "pair")]
    assert ("short.wav", "mono") in rows
    units = json.loads((tmp_path / "p.json").read_text())
    assert set(table.columns) <= set(units)
    assert units["rms_level_dbfs"]["Units"] == "dBFS"
    silent = next(row for row in table.rows if row["clip"].text == "silence.wav")
    assert silent["rms_level_dbfs"].text is None
    assert "rms_level_dbfs:silent" in silent["flags"].text
    left = profiles.clips["noise.wav"].channels["left"]
    assert float(table.rows[0]["rms_level_dbfs"].text) == left["rms_level_dbfs"].value
    assert float(table.rows[0]["spectral_centroid_hz_p95"].text) == left["spectral_centroid_hz"].p95


@pytest.mark.parametrize("name", ["p.csv", "p", "p.json.gz", "p.txt"])
def test_an_unknown_ending_is_refused(tmp_path, name):
    with pytest.raises(OutputError, match=r"use \.json, \.tsv or \.parquet"):
        check_output(tmp_path / name)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(OutputError, match="no folder"):
        check_output(tmp_path / "gone" / "p.json")


def test_units_never_replace_profiles(tmp_path, profiles):
    write_profiles(tmp_path / "p.json", profiles, FEATURES)
    with pytest.raises(OutputError, match="which is something else"):
        check_output(tmp_path / "p.tsv")


def test_profiles_never_replace_the_units_of_a_table(tmp_path, profiles):
    write_profiles(tmp_path / "p.tsv", profiles, FEATURES)
    units = (tmp_path / "p.json").read_bytes()
    with pytest.raises(OutputError, match=r"units of .*p\.tsv .* such as p_profiles\.json"):
        write_profiles(tmp_path / "p.json", profiles, FEATURES)
    assert (tmp_path / "p.json").read_bytes() == units


def test_profiles_can_be_written_again(tmp_path, profiles):
    write_profiles(tmp_path / "p.json", profiles, FEATURES)
    check_output(tmp_path / "p.json")


def test_a_table_can_be_written_again(tmp_path, profiles):
    write_profiles(tmp_path / "p.tsv", profiles, FEATURES)
    check_output(tmp_path / "p.tsv")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"clips": {"a": 1}}', '{"clips": {}}'])
def test_another_json_is_refused(tmp_path, text):
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(InputError, match=r"p\.json"):
        read_profiles(tmp_path / "p.json")


def test_a_profile_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MissingInputError):
        read_profiles(tmp_path / "p.json")


def test_every_feature_says_what_it_is_and_where_from():
    for feature in FEATURES.features:
        assert len(feature.definition) > 20, feature.name
        assert feature.source, feature.name
    needing = {feature.family for feature in BARE.features if feature.depends_on_playback_level}
    assert needing == {"psychoacoustics"}


def test_a_parquet_table_is_the_tsv_with_types_and_units(tmp_path, profiles):
    parquet = pytest.importorskip("pyarrow.parquet")
    for name in ("p.tsv", "q.parquet"):
        write_profiles(tmp_path / name, profiles, FEATURES)
    text, typed = read_table(tmp_path / "p.tsv"), parquet.read_table(tmp_path / "q.parquet")
    assert tuple(typed.column_names) == text.columns
    assert typed.schema.field("rms_level_dbfs").metadata[b"Units"] == b"dBFS"
    assert str(typed.schema.field("rate_hz").type) == "int64"
    for name in text.columns:
        for cell, value in zip((row[name].text for row in text.rows), typed[name], strict=True):
            plain = value.as_py()
            if isinstance(plain, float):
                assert float(cell) == plain
            else:
                assert cell == (None if plain is None else str(plain))


def test_without_pyarrow_parquet_is_refused_before_measuring(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingInputError, match=r"pip install 'asmr-stim\[corpus\]'"):
        check_output(tmp_path / "p.parquet")
