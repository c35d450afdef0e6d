"""Reference values: ISO 532-1:2017, Annex B, and DIN 45692:2009, Table of critical-band noises.

The standards allow 5 % or 0.1 sone, and 5 % or 0.05 acum. Values named after MoSQITo are those of
its version 1.2.1, loudness_zwst and loudness_zwtv, for the signals made here, 22 November 2026.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.families.psychoacoustics import PsychoacousticFamily
from asmr_stim.acoustics.zwicker import ZwickerMeter, stationary_loudness_sone

REFERENCE_PA = 2e-5


def at_level(sound, level_db):
    """Scale a sound to a sound pressure level, Pa."""
    return sound * REFERENCE_PA * 10 ** (level_db / 20) / np.sqrt(np.mean(sound**2))


def series_of(sound, field="free", sizes=(10**9,), pascals=(1.0,)):
    meter = ZwickerMeter(pascals, field)
    parts = [meter.push(part[0]) for part in pieces(sound[None], sizes)]
    return [joined(level) for level in zip(*parts, meter.finish(), strict=True)]


def joined(parts):
    names = ("loudness_sone", "sharpness_acum", "specific_sone")
    return {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}


def loudness_of(sound, **options):
    return series_of(sound, **options)[0]["loudness_sone"]


def band_noise(low_hz, high_hz, duration_s=3.0):
    noise = white_noise(duration_s)[0]
    spectrum = np.fft.rfft(noise)
    frequency_hz = np.fft.rfftfreq(len(noise), 1 / RATE_HZ)
    spectrum[(frequency_hz < low_hz) | (frequency_hz > high_hz)] = 0
    return np.fft.irfft(spectrum, len(noise))


def tone_pulse(duration_s, level_db=70.0):
    """Return the pulse of ISO 532-1 signals 10 to 12: edges exp(-(t / 1.683 ms)^2)."""
    time_s = np.arange(RATE_HZ) / RATE_HZ - 0.2
    after_s = np.maximum(time_s - (duration_s - 0.0028), 0) + np.minimum(time_s, 0)
    peak = np.sqrt(2) * REFERENCE_PA * 10 ** (level_db / 20)
    return sine(1000, 1) * peak * np.exp(-((after_s / 0.001683) ** 2))


@pytest.mark.parametrize(
    ("frequency_hz", "level_db", "expected_sone"),
    [(1000, 40, 1.0), (1000, 60, 4.019), (1000, 80, 16.0), (250, 80, 14.655), (4000, 40, 1.549)],
)
def test_tones_have_the_loudness_of_the_standard(frequency_hz, level_db, expected_sone):
    loudness = loudness_of(at_level(sine(frequency_hz, 2), level_db))
    assert loudness[-50] == pytest.approx(expected_sone, rel=0.05, abs=0.1)
    assert loudness[-50] == pytest.approx(expected_sone, rel=0.02)


# ISO 532-1, Annex B.2, signal 1: machinery noise, stated as levels of third-octave bands
MACHINE_DB = [
    -60, -60, 78, 79, 89, 72, 80, 89, 75, 87, 85, 79, 86, 80,
    71, 70, 72, 71, 72, 74, 69, 65, 67, 77, 68, 58, 45, 30,
]  # fmt: skip


def test_the_machine_of_the_standard_has_its_stationary_loudness():
    energies = REFERENCE_PA**2 * 10 ** (np.array(MACHINE_DB) / 10)
    assert stationary_loudness_sone(energies, 1.0, "free") == pytest.approx(83.296, abs=0.01)


@pytest.mark.parametrize(
    ("frequency_hz", "expected_sone"), [(250, 14.359), (1000, 15.953), (4000, 23.950)]
)
def test_tones_that_grow_from_30_to_80_decibels_have_the_largest_loudness_of_the_standard(
    frequency_hz, expected_sone
):  # Annex B.4, signals 6 to 8
    level_db = np.linspace(30, 80, 10 * RATE_HZ)
    tone = sine(frequency_hz, 10) * np.sqrt(2) * REFERENCE_PA * 10 ** (level_db / 20)
    assert loudness_of(tone).max() == pytest.approx(expected_sone, rel=0.02)


def pink_noise(duration_s):
    spectrum = np.fft.rfft(white_noise(duration_s)[0])
    frequency_hz = np.fft.rfftfreq(round(duration_s * RATE_HZ), 1 / RATE_HZ)
    spectrum[1:] /= np.sqrt(frequency_hz[1:])
    spectrum[(frequency_hz < 20) | (frequency_hz > 20000)] = 0
    return np.fft.irfft(spectrum)


@pytest.mark.parametrize(
    ("level_db", "field", "mosqito_sone"),
    [
        (40, "free", 2.556), (60, "free", 12.319), (80, "free", 43.94),
        (40, "diffuse", 2.810), (60, "diffuse", 13.122), (80, "diffuse", 46.51),
    ],
)  # fmt: skip
def test_pink_noise_has_the_stationary_loudness_that_mosqito_finds(level_db, field, mosqito_sone):
    meter = ZwickerMeter((1.0,), field)
    meter.push(at_level(pink_noise(6), level_db))
    loudness = stationary_loudness_sone(meter.mean_energies(), 1.0, field)
    assert loudness == pytest.approx(mosqito_sone, rel=0.02)


@pytest.mark.parametrize(
    ("field", "mosqito_max", "mosqito_n5"), [("free", 11.955, 11.399), ("diffuse", 12.832, 12.255)]
)
def test_modulated_noise_is_as_loud_over_time_as_mosqito_finds(field, mosqito_max, mosqito_n5):
    envelope = 1 + sine(4, 1)
    loudness = loudness_of(at_level(white_noise(1)[0] * envelope, 60), field=field)
    assert loudness.max() == pytest.approx(mosqito_max, rel=0.01)
    assert np.percentile(loudness, 95) == pytest.approx(mosqito_n5, rel=0.01)


@pytest.mark.parametrize("rate_hz", [32000, 44100, 96000, 192000])
def test_a_tone_is_as_loud_at_every_rate(rate_hz):
    tone = sine(1000, 2, peak=np.sqrt(2) * 0.02, rate_hz=rate_hz)[None]  # 60 dB
    family = PsychoacousticFamily(rate_hz, 1, {"": 1.0}, "free")
    rows = np.concatenate(
        [family.push(tone)["loudness over time"], family.finish()["loudness over time"]], axis=1
    )
    assert rows[0, -150, 0] == pytest.approx(4.019, rel=0.02)


@pytest.mark.parametrize(
    ("duration_s", "expected_sone"), [(0.01, 4.300), (0.05, 5.975), (0.5, 8.077)]
)
def test_tone_pulses_have_the_largest_loudness_of_the_standard(duration_s, expected_sone):
    largest = loudness_of(tone_pulse(duration_s)).max()
    assert largest == pytest.approx(expected_sone, rel=0.05)


def test_ten_decibels_double_the_loudness():
    tones = [loudness_of(at_level(sine(1000, 2), level))[-50] for level in (40, 50, 60, 70, 80)]
    assert np.divide(tones[1:], tones[:-1]) == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize(
    ("low_hz", "high_hz", "expected_acum"),
    [
        (200, 300, 0.38), (300, 400, 0.49), (400, 510, 0.60), (510, 630, 0.71), (630, 770, 0.82),
        (770, 920, 0.93), (920, 1080, 1.00), (1080, 1270, 1.13), (1270, 1480, 1.26),
        (1480, 1720, 1.35), (1720, 2000, 1.49), (2000, 2320, 1.64), (2320, 2700, 1.78),
        (2700, 3150, 2.06), (3150, 3700, 2.40), (3700, 4400, 2.82), (4400, 5300, 3.48),
        (5300, 6400, 4.43), (6400, 7700, 5.52), (7700, 9500, 6.81), (9500, 12000, 8.55),
    ],
)  # fmt: skip
def test_critical_band_noise_has_the_sharpness_of_the_standard(low_hz, high_hz, expected_acum):
    series = series_of(at_level(band_noise(low_hz, high_hz), 60))[0]
    settled = slice(250, 1450)
    area = series["specific_sone"][settled]
    sharpness = np.sum(series["sharpness_acum"][settled] * area) / np.sum(area)
    assert sharpness == pytest.approx(expected_acum, abs=max(0.05, 0.05 * expected_acum))


def test_sharpness_does_not_run_away_after_a_burst():
    envelope = np.abs(tone_pulse(0.05)) > 0
    burst = at_level(band_noise(920, 1080, 1.0), 60)
    time_s = np.arange(RATE_HZ) / RATE_HZ - 0.2
    outside_s = np.maximum(time_s - 0.0472, 0) + np.minimum(time_s, 0)
    series = series_of(burst * np.exp(-((outside_s / 0.001683) ** 2)) * envelope)[0]
    audible = series["loudness_sone"] > 0.2
    assert audible.sum() > 30
    assert series["sharpness_acum"][audible].max() <= 1.5


def test_silence_is_neither_loud_nor_sharp():
    series = series_of(np.zeros(RATE_HZ))[0]
    assert all((values == 0).all() for values in series.values())


def test_there_is_one_value_each_two_milliseconds():
    for n_samples, expected in [(1, 1), (96, 1), (97, 2), (48000, 500)]:
        series = series_of(np.full(n_samples, 0.01))[0]
        assert {len(values) for values in series.values()} == {expected}


def test_a_diffuse_field_is_louder_at_1_khz_and_softer_at_2_khz():
    for frequency_hz, difference_db in [(1000, 3.0), (2000, -1.4)]:
        tone = at_level(sine(frequency_hz, 1), 60)
        ratio = loudness_of(tone, field="diffuse")[-50] / loudness_of(tone)[-50]
        assert ratio == pytest.approx(2 ** (difference_db / 10), rel=0.1)


@pytest.mark.parametrize(
    ("frequency_hz", "level_db", "expected_sone"), [(1000, 60, 4.019), (250, 80, 14.655)]
)
def test_a_steady_tone_has_its_stationary_loudness(frequency_hz, level_db, expected_sone):
    meter = ZwickerMeter((1.0,))
    meter.push(at_level(sine(frequency_hz, 4), level_db))
    loudness = stationary_loudness_sone(meter.mean_energies(), 1.0, "free")
    assert loudness == pytest.approx(expected_sone, rel=0.05)


@settings(max_examples=15)
@given(sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    noise = white_noise(0.7, sd=0.02)[0]
    one, other = series_of(noise)[0], series_of(noise, sizes=sizes)[0]
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_several_levels_at_once_are_each_level_alone():
    noise = white_noise(0.5)[0]
    together = series_of(noise, pascals=(0.02, 0.2))
    alone = [series_of(noise, pascals=(pascals,))[0] for pascals in (0.02, 0.2)]
    for one, other in zip(together, alone, strict=True):
        assert np.array_equal(one["loudness_sone"], other["loudness_sone"])
