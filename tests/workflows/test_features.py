import json

import numpy as np
import pytest
import soundfile
from builders import shared_folder
from signals import RATE_HZ, sine, staircase, white_noise

from asmr_stim.acoustics.families.registry import level_dependent_families, level_free_families
from asmr_stim.io import audio
from asmr_stim.io.profiles import profiles_as_json, read_feature_list
from asmr_stim.schema.profile import STATISTICS, Value, channel_names
from asmr_stim.workflows import clip_measuring
from asmr_stim.workflows.features import Settings, measure_clip, measure_clips, profile_set

FEATURES = read_feature_list()
SETTINGS = Settings.of(["laeq:50"], FEATURES)
EXPANDED = SETTINGS.expanded(FEATURES)
GAIN = {feature.name: feature.changes_with_gain for feature in EXPANDED.features}


def written(folder, samples, rate_hz=RATE_HZ, name="clip.wav", encoding="DOUBLE"):
    path = folder / name
    soundfile.write(path, np.atleast_2d(samples).T, rate_hz, subtype=encoding)
    return path


def measured(folder, samples, rate_hz=RATE_HZ, **options):
    return measure_clip(written(folder, samples, rate_hz, **options), FEATURES, SETTINGS)


def numbers(measurement):
    if isinstance(measurement, Value):
        return [measurement.value]
    return [getattr(measurement, name) for name in STATISTICS]


def centre(measurement):
    return measurement.value if isinstance(measurement, Value) else measurement.p50


def test_a_profile_has_exactly_the_features_of_the_list(tmp_path):
    profile = measured(tmp_path, white_noise(1.0, 2))
    of_channel = [feature.name for feature in EXPANDED.of_scope("channel")]
    assert [list(part) for part in profile.channels.values()] == [of_channel, of_channel]
    assert list(profile.pair) == [feature.name for feature in EXPANDED.of_scope("pair")]
    units = {feature.name: feature.unit for feature in EXPANDED.features}
    assert all(
        m.unit == units[name] for name, m in (profile.channels["left"] | profile.pair).items()
    )


def test_the_families_measure_exactly_the_features_of_the_list():
    names = []
    pascals = {level.suffix: 0.1 for level in SETTINGS.levels}
    for family in [
        *level_free_families(RATE_HZ, 2),
        *level_dependent_families(RATE_HZ, 2, pascals, "free"),
    ]:
        family.push(white_noise(1.0, 2))
        family.finish()
        readings = family.readings()
        names += [*readings.channels, *readings.pair]
        names += [name for series in family.series for name in series.columns]
    assert sorted(names) == sorted(feature.name for feature in EXPANDED.features)


def test_a_tone_reads_what_the_convention_of_full_scale_says(tmp_path):
    profile = measured(tmp_path, staircase([(-23, 10)]))
    assert profile.pair["integrated_loudness_lufs"].value == pytest.approx(-23.0, abs=0.1)
    for ear in ("left", "right"):
        assert profile.channels[ear]["rms_level_dbfs"].value == pytest.approx(-23.0, abs=1e-3)
        assert profile.channels[ear]["sample_peak_dbfs"].value == pytest.approx(-23.0, abs=1e-3)


def test_a_mono_file_is_one_channel_of_a_programme(tmp_path):
    profile = measured(tmp_path, staircase([(-23, 20)], 1))
    assert list(profile.channels) == ["mono"]
    assert profile.pair["integrated_loudness_lufs"].value == pytest.approx(-26.01, abs=0.1)


def test_native_rate_and_channels_are_recorded(tmp_path):
    profile = measured(tmp_path, white_noise(0.5, 8, rate_hz=192000), 192000)
    assert (profile.file.rate_hz, profile.file.n_channels, profile.file.n_frames) == (
        192000,
        8,
        96000,
    )
    assert list(profile.channels) == [f"ch{k}" for k in range(1, 9)]
    assert [flag.name for flag in profile.flags] == ["channel_layout_assumed"]


@pytest.mark.parametrize("rate_hz", [4000, 8000, 11025, 16000, 44100, 96000, 192000])
@pytest.mark.parametrize("n_samples", [1, 2, 63, 1000, 5000])
def test_every_null_has_a_known_flag(tmp_path, rate_hz, n_samples):
    flags = {flag.name for flag in FEATURES.flags}
    for samples in (np.zeros((2, n_samples)), white_noise(1.0, 2)[:, :n_samples]):
        profile = measured(tmp_path, samples, rate_hz)
        for part in [*profile.channels.values(), profile.pair]:
            for measurement in part.values():
                assert (None in numbers(measurement)) == (measurement.flag is not None)
                assert measurement.flag is None or measurement.flag in flags


def test_silence_has_no_number_but_a_flag(tmp_path):
    profile = measured(tmp_path, np.zeros((2, 10 * RATE_HZ)))
    everything = [*profile.channels["left"].items(), *profile.pair.items()]
    for name, measurement in everything:
        assert measurement.flag == "silent", name
        assert set(numbers(measurement)) == {None}, name


def test_silence_in_one_ear_leaves_the_other_alone(tmp_path):
    samples = white_noise(1.0, 2)
    samples[1] = 0
    profile = measured(tmp_path, samples)
    assert profile.channels["right"]["rms_level_dbfs"].flag == "silent"
    assert profile.channels["left"]["rms_level_dbfs"].flag is None
    assert profile.pair["integrated_loudness_lufs"].flag is None


@pytest.mark.parametrize("encoding", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_the_depth_of_a_wav_does_not_matter(tmp_path, encoding):
    profile = measured(tmp_path, 0.5 * sine(1000, 1), encoding=encoding)
    assert profile.file.encoding == encoding
    assert profile.channels["mono"]["rms_level_dbfs"].value == pytest.approx(-6.02, abs=0.02)


@pytest.mark.parametrize("name", ["clip.flac", "clip.ogg", "clip.mp3"])
def test_compression_leaves_the_level(tmp_path, name):
    path = tmp_path / name
    soundfile.write(path, staircase([(-23, 5)]).T, RATE_HZ)
    loudness = measure_clip(path, FEATURES, SETTINGS).pair["integrated_loudness_lufs"].value
    assert loudness == pytest.approx(-23.0, abs=0.15)


@pytest.mark.parametrize("block_frames", [1000, 7777, 10**7])
def test_the_size_of_the_blocks_changes_nothing(tmp_path, monkeypatch, block_frames):
    path = written(tmp_path, white_noise(2.0, 2))
    expected = measure_clip(path, FEATURES, SETTINGS)

    def in_other_blocks(path):
        return audio.read_blocks(path, block_frames)

    monkeypatch.setattr("asmr_stim.workflows.clip_measuring.read_blocks", in_other_blocks)
    assert measure_clip(path, FEATURES, SETTINGS) == expected


SIGNED = ("ear_difference", "ild", "itd", "tau_iacc", "interaural_phase")


def test_swapping_the_ears_swaps_the_columns_and_changes_signs_and_nothing_else(tmp_path):
    one, other = white_noise(4.0, 2)
    ears = np.array([one, 0.5 * np.roll(one, 10) + 0.05 * other])
    before, after = measured(tmp_path, ears), measured(tmp_path, ears[::-1])
    assert before.channels["left"] == after.channels["right"]
    assert before.channels["right"] == after.channels["left"]
    for name, measurement in before.pair.items():
        if isinstance(measurement, Value):
            assert after.pair[name].value == measurement.value, name
        else:
            sign = -1 if name.startswith(SIGNED) else 1
            assert after.pair[name].p50 == pytest.approx(sign * measurement.p50, rel=1e-4), name
            assert after.pair[name].p5 == pytest.approx(
                sign * (measurement.p95 if sign < 0 else measurement.p5), rel=1e-3, abs=1e-6
            ), name


@pytest.mark.parametrize("gain_db", [-11.3, 5.7])
def test_gain_does_to_each_feature_what_the_list_says(tmp_path, gain_db):
    samples = white_noise(4.0, 2, sd=0.05)
    before = measured(tmp_path, samples)
    after = measured(tmp_path, samples * 10 ** (gain_db / 20))
    shift = {"as_level": gain_db, "no": 0.0}
    for old, new in [(before.channels["left"], after.channels["left"]), (before.pair, after.pair)]:
        for name in old:
            if GAIN[name] in shift:
                one, other = centre(old[name]), centre(new[name])
                expected = None if one is None else one + shift[GAIN[name]]
                tolerance = 0.05 if "floor" in name else 1e-4  # the floor is counted in 0.02 dB
                if expected is None:
                    assert other is None, name
                else:
                    assert other == pytest.approx(expected, rel=1e-4, abs=tolerance), name


def test_a_bad_file_does_not_stop_the_others(tmp_path):
    good = written(tmp_path, white_noise(0.5))
    (tmp_path / "bad.wav").write_text("nothing")
    result = measure_clips([tmp_path / "bad.wav", good, tmp_path / "gone.wav"], FEATURES, SETTINGS)
    assert list(result.profiles.clips) == ["clip.wav"]
    assert ["bad.wav" in result.problems[0], "gone.wav" in result.problems[1]] == [True, True]


def test_a_fault_of_the_program_costs_the_file_that_shows_it_and_no_other(tmp_path, monkeypatch):
    as_usual = clip_measuring.audio_sha256

    def faulty(path):
        if path.name == "odd.wav":
            raise ZeroDivisionError("division by zero\n" + "and so on " * 100)
        return as_usual(path)

    paths = [tmp_path / "odd.wav", tmp_path / "even.wav"]
    for path in paths:
        soundfile.write(path, sine(1000, 0.1, peak=0.5), RATE_HZ)
    monkeypatch.setattr(clip_measuring, "audio_sha256", faulty)
    found = measure_clips(paths, FEATURES, SETTINGS)
    assert list(found.profiles.clips) == ["even.wav"]
    (problem,) = found.problems
    assert problem.startswith(f"{paths[0]}: a fault of the program, not of your file (ZeroDivision")
    assert "\n" not in problem
    assert len(problem) < 400 + len(str(paths[0]))


def test_files_of_the_same_name_are_told_apart(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    paths = [written(tmp_path / part, white_noise(0.1)) for part in "ab"]
    assert list(measure_clips(paths, FEATURES, SETTINGS).profiles.clips) == [
        str(path) for path in paths
    ]


def test_progress_rises_to_one(tmp_path):
    shares = []
    path = written(tmp_path, white_noise(4.0))
    measure_clips(
        [path, written(tmp_path, white_noise(4.0), name="b.wav")], FEATURES, SETTINGS, shares.append
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_real_recordings_have_finite_profiles():
    paths = sorted(shared_folder("audio").glob("*.flac"))
    result = measure_clips(paths, FEATURES, SETTINGS)
    assert result.problems == ()
    assert len(result.profiles.clips) == len(paths)
    json.dumps(profiles_as_json(result.profiles), allow_nan=False)
    snap = result.profiles.clips["perc_snap.flac"]
    assert tuple(snap.channels) == channel_names(2)
    assert snap.channels["left"]["onset_rate_per_s"].value == pytest.approx(1 / 0.30796, rel=1e-3)
    hiss = result.profiles.clips["vinyl_hiss.flac"]
    assert hiss.pair["integrated_loudness_lufs"].value == pytest.approx(-37.60, abs=0.05)


def test_a_tone_at_40_decibels_has_a_loudness_of_one_sone(tmp_path):
    path = written(tmp_path, staircase([(-23, 3)]))
    profile = measure_clip(path, FEATURES, Settings.of(["laeq:40"], FEATURES))
    loudness = profile.channels["left"]["loudness_sone_at_laeq_40_db"]
    assert loudness.p50 == pytest.approx(1.0, abs=0.02)
    assert loudness.n_frames == 1500
    calibrated = Settings.of(["sine0dbfs:63dBSPL"], FEATURES)
    profile = measure_clip(path, FEATURES, calibrated)
    assert profile.channels["left"]["loudness_sone_at_sine0dbfs_63_db"].p50 == pytest.approx(
        1.0, abs=0.02
    )
    assert profile.playback[0].kind == "assumed"


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 96000])
def test_loudness_does_not_depend_on_the_rate(tmp_path, rate_hz):
    profile = measured(tmp_path, staircase([(-23, 3)], rate_hz=rate_hz), rate_hz)
    assert profile.channels["left"]["loudness_sone_at_laeq_50_db"].p50 == pytest.approx(2, abs=0.05)


def test_without_a_level_every_declared_one_is_measured(tmp_path):
    settings = Settings.of([], FEATURES)
    profile = measure_clip(written(tmp_path, white_noise(0.5)), FEATURES, settings)
    names = [name for name in profile.channels["mono"] if name.startswith("loudness_sone")]
    assert names == [f"loudness_sone_at_laeq_{level}_db" for level in (40, 50, 60)]
    assert [playback.statement for playback in profile.playback] == [
        f"LAeq {level} dB, energy mean of all channels, assumed" for level in (40, 50, 60)
    ]


def test_a_single_sample_has_no_loudness(tmp_path):
    profile = measured(tmp_path, np.array([[0.5], [0.5]]))
    for name in ("loudness_sone", "loudness_max_sone", "stationary_loudness_sone"):
        assert profile.channels["left"][f"{name}_at_laeq_50_db"].flag == "shorter_than_window"


def test_the_onsets_of_each_channel_stand_in_the_profile(tmp_path):
    times_s = [0.25, 0.5, 0.75, 1.5]
    samples = white_noise(2.0, 2, sd=1e-4)
    samples[0, (np.array(times_s) * RATE_HZ).astype(int)] += 0.5
    profile = measured(tmp_path, samples)
    assert profile.onset_times_s["left"] == pytest.approx(times_s, abs=0.005)
    assert profile.onset_times_s["right"] == ()
    assert profile.channels["left"]["onset_rate_per_s"].value == len(times_s) / 2
    content = profiles_as_json(profile_set(FEATURES, {"clip.wav": profile}))
    onsets = content["clips"]["clip.wav"]["onset_times_s"]
    assert onsets["left"] == list(profile.onset_times_s["left"])
