"""Reference: sounds whose period and noise are known by construction; librosa's YIN and pYIN."""

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.families.voice import VOICE, WHISPER, VoiceFamily
from asmr_stim.acoustics.readings import SILENT, Undefined
from asmr_stim.acoustics.voice import COLUMNS, VoiceMeter

F0, HNR, PROMINENCE = range(len(COLUMNS))
CENTRE_S = 3 / 65 / 2


def harmonics(f0_hz, duration_s=1.0, *, highest_hz=5000.0, tilt=1.0, rate_hz=RATE_HZ):
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    numbers = range(1, int(min(highest_hz, 0.45 * rate_hz) / f0_hz) + 1)
    return sum(np.cos(2 * np.pi * f0_hz * k * time_s + k * k) / k**tilt for k in numbers)


def gliding(duration_s=1.5):
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    f0_hz = 150 + 60 * np.sin(2 * np.pi * 0.5 * time_s)
    phase = 2 * np.pi * np.cumsum(f0_hz) / RATE_HZ
    return sum(np.cos(k * phase) / k for k in range(1, 25)), f0_hz


def with_noise(sound, ratio_db):
    noise = white_noise(len(sound) / RATE_HZ, sd=1.0)[0]
    scale = np.sqrt(np.mean(sound**2) / np.mean(noise**2)) * 10 ** (-ratio_db / 20)
    return sound + scale * noise


def voice_of(sound, rate_hz=RATE_HZ):
    return VoiceMeter(rate_hz).push(sound)


def voiced_share(sound):
    return np.isfinite(voice_of(sound)[:, F0]).mean()


@pytest.mark.parametrize("f0_hz", [66.0, 110.3, 200.0, 317.7, 480.0])
def test_the_period_of_a_harmonic_sound_is_found(f0_hz):
    found = voice_of(harmonics(f0_hz))[:, F0]
    assert found == pytest.approx(f0_hz, rel=1e-4)


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 44100])
def test_the_rate_does_not_matter(rate_hz):
    found = voice_of(harmonics(200, highest_hz=3500, rate_hz=rate_hz), rate_hz)
    assert found[:, F0] == pytest.approx(200, rel=1e-4)


@pytest.mark.parametrize("ratio_db", [3, 5, 10, 20, 30])
@pytest.mark.parametrize("highest_hz", [5000, 20000])
def test_the_ratio_of_harmonics_to_white_noise_is_what_was_mixed(ratio_db, highest_hz):
    sound = with_noise(harmonics(150, highest_hz=highest_hz, tilt=0.3), ratio_db)
    found = voice_of(sound)[:, HNR]
    assert np.nanmean(found) == pytest.approx(ratio_db, abs=0.5)
    assert np.isfinite(found).mean() > 0.9


def test_a_gliding_voice_is_followed_as_by_librosa():
    sound, true_hz = gliding()
    ours = voice_of(sound)[:, F0]
    ours_s = np.arange(len(ours)) * 0.01 + CENTRE_S
    assert ours == pytest.approx(
        np.interp(ours_s, np.arange(len(sound)) / RATE_HZ, true_hz), rel=0.01
    )
    options = {"fmin": 65, "fmax": 500, "sr": RATE_HZ, "frame_length": 4096, "hop_length": 1920}
    for theirs in (
        librosa.yin(sound, center=False, **options),
        librosa.pyin(sound, center=False, **options)[0],
    ):
        theirs_s = (np.arange(len(theirs)) * 1920 + 2048) / RATE_HZ
        inside = theirs_s < ours_s[-1]
        expected = np.interp(theirs_s[inside], ours_s, ours)
        assert np.nanmedian(np.abs(theirs[inside] / expected - 1)) < 0.005
        assert np.nanmax(np.abs(theirs[inside] / expected - 1)) < 0.03


@pytest.mark.parametrize("colour", [0, 1, 2])
def test_noise_is_hardly_ever_taken_for_a_voice(colour):
    spectrum = np.fft.rfft(white_noise(5.0)[0])
    frequency_hz = np.maximum(np.fft.rfftfreq(5 * RATE_HZ, 1 / RATE_HZ), 20)
    assert voiced_share(np.fft.irfft(spectrum / frequency_hz ** (colour / 2))) < 0.01


@pytest.mark.parametrize("frequency_hz", [30, 50, 60, 1000, 4000])
def test_a_tone_outside_the_range_of_voices_is_none(frequency_hz):
    assert voiced_share(sine(frequency_hz, 1.0)) == 0


def test_a_voice_is_found_on_an_offset():
    assert voiced_share(0.5 + 0.01 * harmonics(150)) == 1


def test_harmonics_have_a_prominent_cepstral_peak_and_noise_has_not():
    prominences = [
        voice_of(with_noise(harmonics(150), ratio_db))[:, PROMINENCE].mean()
        for ratio_db in (30, 20, 10, 0, -20)
    ]
    assert (np.diff(prominences) < 0).all()
    assert prominences[0] > 20
    assert prominences[-1] < 12


def test_gain_changes_nothing():
    sound = with_noise(harmonics(150), 15)
    assert voice_of(0.01 * sound) == pytest.approx(
        voice_of(sound) * [1, 1, 1, 1, 1e-4, 1e-4], rel=1e-6, nan_ok=True
    )


def test_silence_has_no_frame_of_voice():
    rows = voice_of(np.zeros(RATE_HZ))
    assert np.isnan(rows[:, : len(COLUMNS) + 1]).all()


@pytest.mark.parametrize("rate_hz", [8000, 44100, 48000, 96000])
@pytest.mark.parametrize("offset", [0.1, 0.25, -1.0])
def test_a_constant_has_no_voice(offset, rate_hz):
    rows, _ = family_of(np.full((1, rate_hz), offset), rate_hz)
    assert np.isnan(rows[VOICE.name][0, :, F0]).all()


def test_a_segment_has_the_frames_of_the_whole():
    sound = with_noise(gliding()[0], 15)
    whole, part = voice_of(sound), voice_of(sound[RATE_HZ // 2 :])
    assert np.array_equal(part, whole[50:], equal_nan=True)


@settings(max_examples=5)
@given(sizes=st.lists(st.integers(500, 40000), min_size=1, max_size=5))
def test_the_pieces_do_not_matter(sizes):
    sound = with_noise(gliding()[0], 10)
    meter = VoiceMeter(RATE_HZ)
    parts = [meter.push(part[0]) for part in pieces(sound[None], sizes)]
    assert np.array_equal(np.concatenate(parts), voice_of(sound), equal_nan=True)


def family_of(sound, rate_hz=RATE_HZ):
    family = VoiceFamily(rate_hz, len(sound))
    rows = [family.push(sound), family.finish()]
    joined = {name: np.concatenate([part[name] for part in rows], axis=1) for name in rows[0]}
    return joined, family.readings().channels["voiced_share"]


def test_the_share_of_voiced_frames_counts_frames_with_sound():
    silence = np.zeros(RATE_HZ)
    sound = np.array([np.concatenate([harmonics(150), silence]), np.zeros(2 * RATE_HZ)])
    _, (left, right) = family_of(sound)
    assert left > 0.9
    assert right == SILENT


def test_a_fast_recording_is_measured_on_a_copy():
    rows, (share,) = family_of(harmonics(200, rate_hz=96000)[None], 96000)
    assert np.nanmedian(rows[VOICE.name][0, :, F0]) == pytest.approx(200, rel=1e-4)
    assert share > 0.95


def test_what_is_too_short_or_too_slow_has_no_share():
    assert family_of(np.ones((1, 100)))[1] == [Undefined("shorter_than_window")]
    family = VoiceFamily(3000, 1)
    assert family.series == ()
    assert family.push(np.ones((1, 9000))) == {}
    assert family.readings().channels["voiced_share"] == [Undefined("rate_too_low")]


def test_whisper_windows_come_each_half_second():
    assert family_of(white_noise(4.0))[0][WHISPER.name].shape == (1, 4, 5)
