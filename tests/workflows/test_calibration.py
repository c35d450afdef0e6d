import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, sine, white_noise

from asmr_stim.errors import InputError
from asmr_stim.io.calibration import read_calibration
from asmr_stim.io.profiles import read_feature_list
from asmr_stim.schema.calibration import Calibration
from asmr_stim.workflows.calibration import checked_entries, start_calibration, stated_calibration
from asmr_stim.workflows.features import Settings, measure_clip
from asmr_stim.workflows.presentation import StatedCalibration, calibration_flags, level_words

FEATURES = read_feature_list()
TODAY = "2026-11-22"
COMPLETE = {
    "schema_version": "1.0.0",
    "date": "2026-11-01",
    "expires": "2027-05-01",
    "meter": "class 1 meter 12",
    "coupler": "ear simulator",
    "transducer": "headphones",
    "serial": "34",
    "volume": "50 of 100",
    "left": {"tone_db": 74.0},
    "right": {"tone_db": 74.0},
    "signals": {"tone_dbfs": -20.0, "noise_a_weighted_dbfs": -26.0},
}


def calibration(**changes):
    return Calibration.model_validate(COMPLETE | changes)


def measured(folder, samples, record=None, **options):
    path = folder / "clip.wav"
    soundfile.write(path, np.atleast_2d(samples).T, RATE_HZ, subtype="DOUBLE")
    stated = StatedCalibration("cal.yaml", "0" * 64, record or calibration(), TODAY)
    return measure_clip(path, FEATURES, Settings.of([], FEATURES, calibration=stated, **options))


def flags(profile):
    return {flag.name for flag in profile.flags if flag.name.startswith("calibration")}


def value(profile, name, channel="left"):
    return profile.channels[channel][f"{name}_calibrated"].value


def test_a_tone_that_the_meter_would_read_at_40_db_has_one_sone(tmp_path):
    """ISO 532-1, and the definition of the sone: 1 kHz at 40 dB SPL."""
    tone = sine(1000, 1.0, peak=10 ** ((40 - 94) / 20))  # 0 dBFS is 94 dB SPL by the tone
    profile = measured(tmp_path, [tone, tone])
    assert value(profile, "laeq_db") == pytest.approx(40, abs=0.05)
    assert value(profile, "lafmax_db") == pytest.approx(40, abs=0.05)
    assert value(profile, "stationary_loudness_sone") == pytest.approx(1.0, abs=0.02)
    assert profile.channels["left"]["loudness_sone_calibrated"].p50 == pytest.approx(1, abs=0.02)
    assert (profile.playback[0].kind, flags(profile)) == ("measured", set())


def test_each_ear_has_its_own_gain_and_the_flag_tells_of_it(tmp_path):
    tone = sine(1000, 1.0, peak=10 ** ((40 - 94) / 20))
    profile = measured(tmp_path, [tone, tone], calibration(right={"tone_db": 84.0}))
    assert value(profile, "laeq_db", "right") == pytest.approx(50, abs=0.05)
    assert value(profile, "stationary_loudness_sone", "right") == pytest.approx(2.0, abs=0.05)
    assert value(profile, "stationary_loudness_sone", "left") == pytest.approx(1.0, abs=0.02)
    mean_db = profile.pair["laeq_energy_mean_db_calibrated"].value
    assert mean_db == pytest.approx(10 * np.log10((1e4 + 1e5) / 2), abs=0.05)
    assert flags(profile) == {"calibration_ears_differ"}


def test_exchanging_the_ears_of_clip_and_calibration_exchanges_the_columns(tmp_path):
    left, right = white_noise(0.3, 2)
    ears = {"left": {"tone_db": 70.0}, "right": {"tone_db": 76.0}}
    there = measured(tmp_path, [left, right], calibration(**ears))
    ears = {"left": {"tone_db": 76.0}, "right": {"tone_db": 70.0}}
    back = measured(tmp_path, [right, left], calibration(**ears))
    names = [name for name in there.channels["left"] if name.endswith("_calibrated")]
    assert names
    for name in names:
        assert there.channels["left"][name] == back.channels["right"][name]
        assert there.channels["right"][name] == back.channels["left"][name]


def test_a_calibration_is_the_same_as_the_level_of_full_scale_that_it_finds(tmp_path):
    samples = white_noise(0.3, 2, sd=0.01)
    by_file = measured(tmp_path, samples)
    stated = Settings.of(["sine0dbfs:94dBSPL"], FEATURES)
    by_option = measure_clip(tmp_path / "clip.wav", FEATURES, stated)
    for name in ("laeq_db", "loudness_max_sone", "stationary_loudness_sone"):
        other = by_option.channels["left"][f"{name}_at_sine0dbfs_94_db"].value
        assert value(by_file, name) == pytest.approx(other, rel=1e-9)


def test_a_response_makes_a_tone_as_loud_as_the_transducer_does(tmp_path):
    """Doubling of loudness each 10 dB: a tone of 30 dB that headphones lift by 10 dB."""
    response = [{"frequency_hz": f, "level_db": x} for f, x in ((500, -4.0), (2000, 6.0))]
    ear = {"tone_db": 74.0, "response": response}
    tone = sine(2000, 1.0, peak=10 ** ((40 - 94) / 20))
    record = calibration(left=ear, response_referred_to="free")  # 5 dB above that at 1 kHz
    profile = measured(tmp_path, [tone, tone], record)
    gained = value(profile, "laeq_db", "left") - value(profile, "laeq_db", "right")
    assert gained == pytest.approx(5.0, abs=0.05)
    assert profile.playback[0].calibration.response_applied
    profile = measured(tmp_path, [tone, tone], record, field="diffuse")
    assert value(profile, "laeq_db", "left") == value(profile, "laeq_db", "right")
    assert flags(profile) == {"calibration_response_not_applied"}
    assert not profile.playback[0].calibration.response_applied


def test_one_channel_is_heard_at_the_energy_mean_of_the_ears(tmp_path):
    tone = sine(1000, 0.5, peak=10 ** ((40 - 94) / 20))
    profile = measured(tmp_path, tone, calibration(right={"tone_db": 84.0}))
    expected = 10 * np.log10((1e4 + 1e5) / 2)
    assert value(profile, "laeq_db", "mono") == pytest.approx(expected, abs=0.05)


def test_more_channels_than_ears_are_refused(tmp_path):
    with pytest.raises(InputError, match="3 channels, and a calibration is of two ears"):
        measured(tmp_path, white_noise(0.1, 3))


def test_silence_has_no_level_but_the_file_is_measured(tmp_path):
    profile = measured(tmp_path, np.zeros((2, 4800)))
    assert profile.channels["left"]["laeq_db_calibrated"].flag == "silent"
    assert profile.playback[0].pascals_per_unit is None


@pytest.mark.parametrize(
    ("changes", "today", "names"),
    [
        ({}, TODAY, set()),
        ({}, "2027-05-01", set()),
        ({}, "2027-05-02", {"calibration_expired"}),
        ({}, "2026-10-31", {"calibration_date_ahead"}),
        ({"expires": None, "meter": None}, TODAY, {"calibration_incomplete"}),
        ({"right": {"tone_db": 75.0}}, TODAY, set()),
        ({"right": {"tone_db": 72.9}}, TODAY, {"calibration_ears_differ"}),
        ({"left": {"tone_db": 74.0, "noise_db": 72.0}}, TODAY, {"calibration_readings_disagree"}),
        ({"left": {"tone_db": 74.0, "noise_db": 70.9}}, TODAY, set()),
    ],
)
def test_what_is_odd_about_a_calibration_is_flagged(changes, today, names):
    assert {flag.name for flag in calibration_flags(calibration(**changes), today)} == names


@pytest.mark.parametrize(
    ("changes", "today", "word"),
    [
        ({}, TODAY, "calibrated"),
        ({"right": {"tone_db": 72.9}}, TODAY, "calibrated"),
        ({"meter": None}, TODAY, "calibrated, see flags"),
        ({}, "2027-05-02", "calibrated, see flags"),
        ({}, "2026-10-31", "calibrated, see flags"),
        ({"left": {"tone_db": 74.0, "noise_db": 72.0}}, TODAY, "calibrated, see flags"),
    ],
)
def test_numbers_of_a_calibration_that_may_not_hold_point_to_its_flags(changes, today, word):
    stated = StatedCalibration("cal.yaml", "0" * 64, calibration(**changes), today)
    (words,) = level_words((), stated)
    assert (words.label, words.suffix) == (word, "calibrated")


@settings(max_examples=50)
@given(left=st.floats(40, 110), right=st.floats(40, 110))
def test_exactly_ears_more_than_one_decibel_apart_are_flagged(left, right):
    record = calibration(left={"tone_db": left}, right={"tone_db": right})
    names = {flag.name for flag in calibration_flags(record, TODAY)}
    if abs(abs(left - right) - 1) > 1e-5:
        assert ("calibration_ears_differ" in names) == (abs(left - right) > 1)


def test_every_flag_is_in_the_list_of_features():
    known = {flag.name for flag in FEATURES.flags}
    record = calibration(
        right={"tone_db": 90, "noise_db": 10}, meter=None, expires="2026-11-02", date="2026-11-01"
    )
    names = {flag.name for flag in calibration_flags(record, TODAY)}
    assert len(names) == 4
    assert names | {"calibration_date_ahead", "calibration_response_not_applied"} <= known


def test_signals_play_in_one_ear_at_the_levels_that_the_file_says(tmp_path):
    path = start_calibration(tmp_path / "new", duration_s=1.0)
    played = read_calibration(path).signals
    tone, rate_hz = soundfile.read(path.parent / "calibration_tone_right.wav")
    assert rate_hz == RATE_HZ
    assert not tone[:, 0].any()
    middle = tone[12000:36000, 1]
    assert 10 * np.log10(np.mean(middle**2) * 2) == pytest.approx(played.tone_dbfs, abs=1e-3)
    profile = measure_clip(
        path.parent / "calibration_noise_left.wav", FEATURES, Settings.of(["laeq:50"], FEATURES)
    )
    level = profile.channels["left"]["a_weighted_level_dbfs"].value
    assert level == pytest.approx(played.noise_a_weighted_dbfs, abs=0.01)


def test_noise_like_a_clip_has_its_rate(tmp_path):
    soundfile.write(tmp_path / "clip.wav", white_noise(0.5, 2).T, 44100)
    start_calibration(tmp_path, tmp_path / "clip.wav", 1.0)
    assert soundfile.info(tmp_path / "calibration_noise_left.wav").samplerate == 44100


@pytest.mark.parametrize("samples", [np.zeros((4800, 2)), np.ones((10, 1))])
def test_a_clip_without_a_spectrum_shapes_no_noise(tmp_path, samples):
    soundfile.write(tmp_path / "clip.wav", samples, RATE_HZ)
    with pytest.raises(InputError, match="silent or shorter"):
        start_calibration(tmp_path / "new", tmp_path / "clip.wav", 1.0)
    assert not (tmp_path / "new").exists()


def test_an_entry_replaces_nothing_unless_it_is_asked_to(tmp_path):
    record = calibration()
    with pytest.raises(InputError, match=r"left.tone_db is 74.0 already.*--replace"):
        checked_entries(tmp_path, record, {"left.tone_db": 75.0}, replace=False)
    same = checked_entries(tmp_path, record, {"left.tone_db": 74.0}, replace=False)
    assert same == {}
    changed = checked_entries(tmp_path, record, {"left.tone_db": 75.0}, replace=True)
    assert changed == {"left.tone_db": 75.0}


def test_an_entry_that_does_not_fit_is_refused_with_its_place(tmp_path):
    with pytest.raises(InputError, match=r"right\.noise_db"):
        checked_entries(tmp_path, calibration(), {"right.noise_db": 300.0}, replace=False)


def test_a_file_without_the_reading_of_an_ear_is_refused_before_measuring(tmp_path):
    path = start_calibration(tmp_path, duration_s=1.0)
    with pytest.raises(InputError, match="no reading of the tone at the left ear"):
        stated_calibration(path, TODAY)


def stated(folder, samples, level):
    path = folder / "clip.wav"
    soundfile.write(path, np.atleast_2d(samples).T, RATE_HZ, subtype="DOUBLE")
    return measure_clip(path, FEATURES, Settings.of([level], FEATURES))


def test_a_level_of_one_ear_is_that_of_this_ear_and_both_have_one_gain(tmp_path):
    tone = sine(1000, 0.5, peak=0.01)
    profile = stated(tmp_path, [tone, 2 * tone], "laeq:left:40")
    found = {
        ear: measured["laeq_db_at_laeq_left_40_db"].value
        for ear, measured in profile.channels.items()
    }
    assert found == {
        "left": pytest.approx(40, abs=1e-6),
        "right": pytest.approx(40 + 20 * np.log10(2), abs=1e-6),
    }
    assert len(set(profile.playback[0].pascals_per_unit.values())) == 1
    assert "left ear" in profile.playback[0].statement


def test_no_gain_fits_a_silent_ear(tmp_path):
    tone = sine(1000, 0.2, peak=0.01)
    profile = stated(tmp_path, [0 * tone, tone], "laeq:left:40")
    assert profile.playback[0].pascals_per_unit is None
    right = profile.channels["right"]["laeq_db_at_laeq_left_40_db"]
    assert (right.value, right.flag) == (None, "level_of_silent_ear")


def test_one_channel_has_no_left_ear(tmp_path):
    with pytest.raises(InputError, match="1 channel, hence no left ear"):
        stated(tmp_path, sine(1000, 0.2), "laeq:left:40")


def test_only_clips_whose_ears_differ_may_be_of_a_dummy_head(tmp_path):
    left, right = white_noise(0.2, 2)
    names = [flag.name for flag in stated(tmp_path, [left, right], "laeq:50").flags]
    assert "field_if_dummy_head" in names
    names = [flag.name for flag in stated(tmp_path, [left, left], "laeq:50").flags]
    assert "field_if_dummy_head" not in names
