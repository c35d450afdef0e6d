import json
import re

import numpy as np
import pytest
import soundfile
from annotation_builders import an_annotation
from program import asmr_stim_here
from signals import RATE_HZ, white_noise

from asmr_stim.errors import InputError
from asmr_stim.io.annotations import clip_of, write_annotation
from asmr_stim.io.frames import FrameFiles
from asmr_stim.io.profiles import read_feature_list, read_profiles
from asmr_stim.io.tables import read_table
from asmr_stim.schema.calibration import Calibration
from asmr_stim.workflows.feature_regions import measure_regions
from asmr_stim.workflows.features import Settings, measure_clip
from asmr_stim.workflows.presentation import StatedCalibration

FEATURES = read_feature_list()
SETTINGS = Settings.of(["sine0dbfs:80"], FEATURES)
REGIONS = (
    (
        12_000,
        60_000,
        {
            "source": "tapping",
            "ear": "left",
            "intensity": 4,
            "pace": "slow",
            "confidence": 0.5,
            "facets": {"speech_present": "absent"},
        },
    ),
    (50_000, 98_000, {"source": "whisper", "act": "haircut", "secondary_sources": ["tapping"]}),
    (120_000, 121_000, {"source": "no_sound"}),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("annotated")
    samples = white_noise(3.0, 2) * np.linspace(0.2, 1.0, 3 * RATE_HZ)
    soundfile.write(place / "clip.wav", samples.T, RATE_HZ, subtype="DOUBLE")
    annotation = an_annotation(*REGIONS, clip=clip_of(place / "clip.wav"))
    write_annotation(place / "clip.rs.asmr.yaml", annotation)
    return place


@pytest.fixture(scope="module")
def found(folder):
    return measure_regions(
        folder / "clip.wav", folder / "clip.rs.asmr.yaml", FEATURES, SETTINGS
    ).clips


def cut(folder, *spans):
    samples, _ = soundfile.read(folder / "clip.wav")
    path = folder / "cut.wav"
    parts = np.concatenate([samples[first:last] for first, last in spans])
    soundfile.write(path, parts, RATE_HZ, subtype="DOUBLE")
    return measure_clip(path, FEATURES, SETTINGS)


def test_there_is_a_row_for_each_region_and_each_trigger(found):
    assert list(found) == [
        f"clip.wav {name}" for name in ("r001", "r002", "r003", "haircut", "tapping", "whisper")
    ]
    region, trigger = found["clip.wav r002"].part, found["clip.wav tapping"].part
    assert (region.kind, region.source, region.act, region.rater) == (
        "region", "whisper", "haircut", "rs",
    )  # fmt: skip
    assert (trigger.kind, trigger.source, trigger.act, trigger.n_regions) == (
        "trigger", "tapping", None, 2,
    )  # fmt: skip
    assert (trigger.onset_s, trigger.offset_s) == (0.25, 98_000 / RATE_HZ)
    assert trigger.duration_s == pytest.approx(86_000 / RATE_HZ)


def test_a_region_is_measured_as_if_it_were_cut_out(folder, found):
    alone, region = cut(folder, (12_000, 60_000)), found["clip.wav r001"]
    assert region.channels == alone.channels
    assert region.pair == alone.pair


def test_a_trigger_is_its_regions_joined_and_overlaps_count_once(folder, found):
    alone, trigger = cut(folder, (12_000, 98_000)), found["clip.wav tapping"]
    assert trigger.channels == alone.channels
    assert trigger.pair == alone.pair


def test_a_region_is_played_as_loud_as_it_is_in_its_clip(folder):
    settings = Settings.of(["laeq:50"], FEATURES)
    parts = measure_regions(
        folder / "clip.wav", folder / "clip.rs.asmr.yaml", FEATURES, settings
    ).clips
    whole = measure_clip(folder / "clip.wav", FEATURES, settings)
    assert parts["clip.wav r001"].playback == whole.playback
    softer, louder = (
        parts[f"clip.wav {name}"].channels["left"]["loudness_sone_at_laeq_50_db"].p50
        for name in ("r001", "r002")
    )
    assert softer < whole.channels["left"]["loudness_sone_at_laeq_50_db"].p50 < louder


def test_a_region_of_the_whole_clip_is_the_clip_also_through_a_measured_response(folder, tmp_path):
    response = [{"frequency_hz": f, "level_db": x} for f, x in ((500, -4.0), (2000, 6.0))]
    record = Calibration.model_validate(
        {
            "schema_version": "1.0.0",
            "date": "2026-11-01",
            "left": {"tone_db": 74.0, "response": response},
            "right": {"tone_db": 72.0},
            "signals": {"tone_dbfs": -20.0, "noise_a_weighted_dbfs": -26.0},
            "response_referred_to": "free",
        }
    )
    stated = StatedCalibration("cal.yaml", "0" * 64, record, "2026-11-22")
    settings = Settings.of([], FEATURES, calibration=stated)
    clip = clip_of(folder / "clip.wav")
    all_of_it = an_annotation((0, clip.n_samples, {"source": "tapping"}), clip=clip)
    write_annotation(tmp_path / "a.yaml", all_of_it)
    parts = measure_regions(folder / "clip.wav", tmp_path / "a.yaml", FEATURES, settings).clips
    whole = measure_clip(folder / "clip.wav", FEATURES, settings)
    for part in parts.values():
        assert part.playback[0].calibration.response_applied
        assert part.channels == whole.channels
        assert part.pair == whole.pair


def test_the_program_writes_parts_as_rows_with_their_frames(folder):
    out = folder / "parts.tsv"
    result = asmr_stim_here(
        "features", "clip.wav", "--regions", "clip.rs.asmr.yaml", "--out", out, "--frames",
        "--level", "laeq:50", folder=folder,
    )  # fmt: skip
    assert result.returncode == 0
    assert result.stderr.splitlines() == [
        f"Written to {out} and {out.with_suffix('.json')}",
        f"Frames written to {folder / 'parts_frames'}",
    ]
    assert "clip.wav r002  whisper, haircut, 1.042-2.042 s" in result.stdout
    assert "clip.wav tapping  2 regions, 1.792 s in all, within 0.250-2.042 s" in result.stdout
    assert "clip.wav whisper" not in result.stdout
    assert "of a single region, so not shown again: haircut, whisper" in result.stdout
    assert "The clip or region is shorter than 400 ms" in result.stdout
    rows = [row for row in read_table(out).rows if row["channel"].text == "pair"]
    assert [row["part"].text for row in rows] == [
        "r001", "r002", "r003", "haircut", "tapping", "whisper",
    ]  # fmt: skip
    assert [row["part_kind"].text for row in rows] == ["region"] * 3 + ["trigger"] * 3
    said = ("ear", "intensity", "pace", "confidence", "facets")
    assert [rows[0][name].text for name in said] == [
        "left", "4", "slow", "0.5", "speech_present=absent",
    ]  # fmt: skip
    assert [rows[4][name].text for name in said] == [None] * 5
    assert json.loads(out.with_suffix(".json").read_text())["onset_s"]["Units"] == "s"
    frames = read_table(folder / "parts_frames" / "clip.wav r002_frames.tsv").rows
    assert float(frames[0]["time_s"].text) == pytest.approx((50_000 + 1024) / RATE_HZ)


def test_the_onsets_of_a_region_are_written_with_times_of_its_clip(tmp_path):
    samples = white_noise(2.0, 1, sd=1e-4)
    samples[0, (np.array([0.25, 1.0, 1.5]) * RATE_HZ).astype(int)] += 0.5
    soundfile.write(tmp_path / "clip.wav", samples.T, RATE_HZ, subtype="DOUBLE")
    region = (36_000, 90_000, {"source": "tapping"})
    annotation = an_annotation(region, clip=clip_of(tmp_path / "clip.wav"))
    write_annotation(tmp_path / "clip.rs.asmr.yaml", annotation)
    files = FrameFiles(tmp_path / "frames", ".tsv")
    found = measure_regions(
        tmp_path / "clip.wav", tmp_path / "clip.rs.asmr.yaml", FEATURES, SETTINGS, frames=files
    )
    in_part = found.clips["clip.wav r001"].onset_times_s["mono"]
    assert in_part == pytest.approx([0.25, 0.75], abs=0.005)
    rows = read_table(files.folder / "clip.wav r001_onsets.tsv").rows
    assert [float(row["time_s"].text) for row in rows] == pytest.approx(
        [0.75 + time_s for time_s in in_part], abs=1e-9
    )


def test_profiles_of_parts_read_back_the_same(folder):
    out = folder / "parts_profile.json"
    asmr_stim_here(
        "features", "clip.wav", "--regions", "clip.rs.asmr.yaml", "--out", out,
        "--level", "sine0dbfs:80", folder=folder,
    )  # fmt: skip
    again = measure_regions(folder / "clip.wav", folder / "clip.rs.asmr.yaml", FEATURES, SETTINGS)
    assert read_profiles(out) == again


@pytest.mark.parametrize(
    ("option", "name", "text", "words"),
    [
        ("--regions", "a.txt", "hello", "is no annotation; .* ends in .asmr.yaml"),
        (
            "--regions",
            "events.tsv",
            "onset\tduration\n0\t1\n",
            "one that was exported; .*asmr.yaml",
        ),
        ("--calibration", "a.txt", "hello", "is no calibration file; .* calibrate start"),
        ("--calibration", "a.yaml", "id: lee_2020\n", "is no calibration file; .* calibrate start"),
    ],
)
def test_a_file_of_another_kind_is_called_so(folder, tmp_path, option, name, text, words):
    (tmp_path / name).write_text(text)
    result = asmr_stim_here("features", "clip.wav", option, tmp_path / name, folder=folder)
    assert (result.returncode, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert re.search(words, line)


@pytest.mark.parametrize("change", ["shorter", "other"])
def test_an_annotation_of_other_sound_is_refused(folder, tmp_path, change):
    samples, _ = soundfile.read(folder / "clip.wav")
    samples = samples[:-1] if change == "shorter" else samples * 0.5
    soundfile.write(tmp_path / "clip.wav", samples, RATE_HZ, subtype="DOUBLE")
    with pytest.raises(InputError, match="give the sound that was annotated"):
        measure_regions(tmp_path / "clip.wav", folder / "clip.rs.asmr.yaml", FEATURES, SETTINGS)


def test_an_annotation_without_regions_is_refused(folder, tmp_path):
    write_annotation(tmp_path / "a.yaml", an_annotation(clip=clip_of(folder / "clip.wav")))
    with pytest.raises(InputError, match="holds no region"):
        measure_regions(folder / "clip.wav", tmp_path / "a.yaml", FEATURES, SETTINGS)


def test_an_annotation_is_of_one_clip(folder):
    result = asmr_stim_here(
        "features", "clip.wav", "cut.wav", "--regions", "clip.rs.asmr.yaml", folder=folder
    )
    assert result.returncode == 2
    assert "one clip" in result.stderr
