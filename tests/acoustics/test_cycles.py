"""Reference: sounds whose period, rate and jitter are known by construction."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.families.modulation import ModulationFamily
from asmr_stim.acoustics.readings import Undefined
from asmr_stim.acoustics.repetition import RepetitionMeter

NO_CYCLE, TOO_SHORT = Undefined("no_cycle"), Undefined("shorter_than_window")


def readings_of(sound):
    family = ModulationFamily(RATE_HZ, 1)
    family.push(sound[None])
    return {name: row[0] for name, row in family.readings().channels.items()}


def clicks(times_s, duration_s, noise_sd=1e-4):
    sound = white_noise(duration_s, sd=noise_sd)[0]
    sound[(np.asarray(times_s) * RATE_HZ).round().astype(int)] += 0.5
    return sound


def swelling(frequency_hz, duration_s=20):
    time_s = np.arange(duration_s * RATE_HZ) / RATE_HZ
    return white_noise(duration_s)[0] * (1 + np.cos(2 * np.pi * frequency_hz * time_s))


@pytest.mark.parametrize("per_s", [1.37, 2.0, 5.0])
def test_a_click_train_repeats_after_its_period(per_s):
    found = readings_of(clicks(np.arange(0.1, 20, 1 / per_s), 20))
    assert found["loop_period_s"] == pytest.approx(1 / per_s, rel=0.01)
    assert found["regularity"] > 0.95
    assert found["cyclic_coherence"] > 0.95
    assert found["cyclic_frequency_hz"] == pytest.approx(per_s, rel=0.01)


@pytest.mark.parametrize("per_s", [2.3, 3.0, 4.1, 6.0])
def test_a_period_between_two_lags_is_not_taken_for_its_multiple(per_s):
    # 10 ms times 33.3 is 1/3 s; three periods are 1 s, which is a whole number of lags
    found = readings_of(clicks(np.arange(0.1, 12, 1 / per_s), 12))
    assert found["loop_period_s"] == pytest.approx(1 / per_s, abs=0.003)


@pytest.mark.parametrize("frequency_hz", [0.3, 1.5, 4.0])
def test_a_swelling_noise_repeats_after_its_period(frequency_hz):
    found = readings_of(swelling(frequency_hz))
    assert found["loop_period_s"] == pytest.approx(1 / frequency_hz, rel=0.01)
    assert found["regularity"] > 0.9


def test_the_coherence_of_sinusoidal_modulation_is_two_thirds():
    # the power of 1 + cos has the mean 3/2 and the fundamental 2 cos: (2 / 2) / (3 / 2)
    found = readings_of(swelling(4.0))
    assert found["cyclic_coherence"] == pytest.approx(2 / 3, abs=0.05)
    assert found["cyclic_frequency_hz"] == pytest.approx(4, abs=0.02)


@pytest.mark.parametrize("period_s", [2.7, 6.5])
def test_a_loop_of_irregular_sounds_is_found_by_its_length(period_s):
    rng = np.random.default_rng(4)
    once = clicks(np.sort(rng.uniform(0, period_s - 0.05, 9)), period_s)
    found = readings_of(np.tile(once, 4))
    assert found["loop_period_s"] == pytest.approx(period_s, rel=0.005)
    assert found["regularity"] > 0.95


def test_jitter_makes_taps_less_regular():
    rng = np.random.default_rng(3)
    found = [
        readings_of(clicks(0.2 + np.cumsum(0.2 * (1 + cv * rng.standard_normal(90))), 25))
        for cv in (0.0, 0.03, 0.3)
    ]
    assert found[0]["regularity"] > found[1]["regularity"] > found[2]["regularity"]
    coherences = [row["cyclic_coherence"] for row in found]
    assert coherences[0] > coherences[1] > coherences[2]
    assert found[2]["loop_period_s"] == NO_CYCLE


@pytest.mark.parametrize(
    "sound",
    [
        white_noise(10)[0],
        sine(1000, 10),
        white_noise(10)[0] * np.linspace(0, 1, 10 * RATE_HZ),
        clicks([2.0], 10),
    ],
    ids=["noise", "tone", "fade", "one click"],
)
def test_what_does_not_come_back_has_no_cycle(sound):
    found = readings_of(sound)
    assert found["regularity"] < 0.3
    assert found["cyclic_coherence"] < 0.1
    assert found["loop_period_s"] == found["cyclic_frequency_hz"] == NO_CYCLE


def test_gain_changes_nothing():
    sound = clicks(np.arange(0.1, 8, 0.31), 8)
    louder, softer = readings_of(sound), readings_of(0.003 * sound)
    for name in ("regularity", "loop_period_s", "cyclic_coherence", "cyclic_frequency_hz"):
        assert softer[name] == pytest.approx(louder[name], rel=1e-6)


def test_silence_and_short_sounds_have_none():
    assert readings_of(np.zeros(5 * RATE_HZ))["regularity"] == 0
    assert readings_of(np.zeros(5 * RATE_HZ))["cyclic_coherence"] == TOO_SHORT
    assert readings_of(white_noise(0.1)[0])["regularity"] == TOO_SHORT
    short = readings_of(clicks(np.arange(0.05, 1.5, 0.2), 1.5))
    assert short["loop_period_s"] == pytest.approx(0.2, abs=0.005)
    assert short["cyclic_coherence"] == TOO_SHORT


def test_the_autocorrelation_is_pearsons_of_the_two_stretches():
    values = white_noise(1.0, 2, rate_hz=400)
    meter = RepetitionMeter(100.0, 2)
    meter.push(values.T)
    found = meter.autocorrelation()
    for lag in (0, 1, 17, 150):
        early, late = values[:, : 400 - lag], values[:, lag:]
        covariances = [np.cov(a, b, bias=True) for a, b in zip(early, late, strict=True)]
        common, of_early, of_late = (
            sum(c[place] for c in covariances) for place in ((0, 1), (0, 0), (1, 1))
        )
        assert found[lag] == pytest.approx(common / np.sqrt(of_early * of_late), abs=1e-9)


def test_a_sound_longer_than_the_longest_lag_is_held_in_bounded_memory():
    meter = RepetitionMeter(100.0, 1)
    pattern = np.tile(white_noise(7.0, rate_hz=100)[0], 30)[:, None]
    for start in range(0, len(pattern), 1000):
        meter.push(np.abs(pattern[start : start + 1000]))
    found = meter.repetition()
    assert found.period_s == pytest.approx(7.0, abs=0.01)
    assert meter.autocorrelation().shape == (3002,)


@settings(max_examples=10)
@given(sizes=st.lists(st.integers(100, 60000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    sound = clicks(np.arange(0.1, 5, 0.37), 5, 1e-3)[None]
    family = ModulationFamily(RATE_HZ, 1)
    for part in pieces(sound, sizes):
        family.push(part)
    expected = ModulationFamily(RATE_HZ, 1)
    expected.push(sound)
    assert family.readings() == expected.readings()
