"""Numbers from EBU Tech 3341 (2016) and 3342 (2016), minimum requirements test signals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, staircase, white_noise

from asmr_stim.acoustics.programme import (
    ProgrammeMeter,
    integrated_lufs,
    loudness_range,
    momentary_lufs,
    short_term_lufs,
)


def steps_of(samples, rate_hz=RATE_HZ):
    meter = ProgrammeMeter(rate_hz, len(samples))
    meter.push(samples)
    return meter.step_power()


# EBU Tech 3341, Table 1, cases 1 to 5: tolerance 0.1 LU
PROGRAMMES = {
    "one": ([(-23, 20)], -23.0),
    "two": ([(-33, 20)], -33.0),
    "three": ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
    "four": ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
    "five": ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
}


@pytest.mark.parametrize("case", PROGRAMMES)
def test_integrated_loudness_of_the_ebu_signals(case):
    steps, expected = PROGRAMMES[case]
    assert integrated_lufs(steps_of(staircase(steps))) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 22050, 32000, 44100, 96000, 192000])
def test_loudness_does_not_depend_on_the_rate(rate_hz):
    tone = staircase([(-23, 5)], rate_hz=rate_hz)
    assert integrated_lufs(steps_of(tone, rate_hz)) == pytest.approx(-23.0, abs=0.1)


def test_momentary_and_short_term_loudness_of_a_steady_tone():
    steps = steps_of(staircase([(-23, 20)]))
    assert momentary_lufs(steps) == pytest.approx(-23.0, abs=0.1)
    assert short_term_lufs(steps) == pytest.approx(-23.0, abs=0.1)
    assert (len(momentary_lufs(steps)), len(short_term_lufs(steps))) == (197, 171)


def test_surround_channels_count_more():  # EBU Tech 3341, Table 1, case 6
    peaks = [10 ** (level / 20) for level in (-28, -28, -24, -30, -30)]
    tone = sine(1000, 20)
    samples = np.array([peak * tone for peak in peaks])
    assert integrated_lufs(steps_of(samples)) == pytest.approx(-23.0, abs=0.1)
    with_bass_channel = np.insert(samples, 3, tone, axis=0)
    assert integrated_lufs(steps_of(with_bass_channel)) == pytest.approx(-23.0, abs=0.1)


def test_short_term_loudness_is_steady_over_a_period_of_its_window():  # 3341, case 9
    steps = steps_of(staircase([(-20, 1.34), (-30, 1.66)] * 5))
    assert short_term_lufs(steps) == pytest.approx(-23.0, abs=0.1)


def test_momentary_loudness_is_steady_over_a_period_of_its_window():  # 3341, case 12
    steps = steps_of(staircase([(-20, 0.18), (-30, 0.22)] * 25))
    assert momentary_lufs(steps) == pytest.approx(-23.0, abs=0.1)


def a_burst(start_s, level_db, duration_s, length_s, rate_hz=RATE_HZ):
    steps = [(-200, start_s), (level_db, duration_s), (-200, length_s - start_s - duration_s)]
    return staircase(steps, rate_hz=rate_hz)


@pytest.mark.parametrize("rate_hz", [44100, 48000])
@pytest.mark.parametrize("number", [1, 7, 11, 20])  # 3341, case 10: 20 files
def test_the_largest_short_term_loudness_is_found_wherever_the_tone_begins(rate_hz, number):
    meter = ProgrammeMeter(rate_hz, 2)
    meter.push(a_burst(0.15 * number, -23, 3, 7, rate_hz))
    assert meter.short_term_max_lufs() == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate_hz", [22050, 44100, 48000])
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 11, 20])  # 3341, case 13: 20 files
def test_the_largest_momentary_loudness_is_found_wherever_the_tone_begins(rate_hz, number):
    meter = ProgrammeMeter(rate_hz, 2)
    meter.push(a_burst(0.02 * number, -23, 0.4, 1, rate_hz))
    assert meter.momentary_max_lufs() == pytest.approx(-23.0, abs=0.1)


def test_successive_bursts_raise_the_largest_values_by_one_unit_each():  # 3341, cases 11 and 14
    for duration_s, name in [(3.0, "short_term_max_lufs"), (0.4, "momentary_max_lufs")]:
        meter = ProgrammeMeter(RATE_HZ, 2)
        for level_db in range(-38, -18):
            gap_s = (level_db + 39) * duration_s / 20
            meter.push(a_burst(gap_s, level_db, duration_s, 2 * duration_s + 0.1))
            assert getattr(meter, name)() == pytest.approx(level_db, abs=0.1)


def test_the_largest_values_are_not_below_those_of_the_coarse_steps():
    meter = ProgrammeMeter(RATE_HZ, 2)
    meter.push(white_noise(5.0, 2))
    steps = meter.step_power()
    assert meter.momentary_max_lufs() >= momentary_lufs(steps).max() - 1e-9
    assert meter.short_term_max_lufs() >= short_term_lufs(steps).max() - 1e-9


@pytest.mark.parametrize("rate_hz", [44100, 48000])
@pytest.mark.parametrize(
    ("levels", "expected"),  # EBU Tech 3342, Table 1, cases 1 to 4: tolerance 1 LU
    [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15)],
)
def test_loudness_range_of_the_ebu_signals(rate_hz, levels, expected):
    tone = staircase([(level, 20) for level in levels], rate_hz=rate_hz)
    spread = loudness_range(steps_of(tone, rate_hz))
    assert spread.lra_lu == pytest.approx(expected, abs=1)
    assert spread.high_lufs - spread.low_lufs == spread.lra_lu


def test_one_channel_is_three_decibels_below_the_same_in_two():
    assert integrated_lufs(steps_of(staircase([(-23, 20)], 1))) == pytest.approx(-26.01, abs=0.1)


def test_silence_has_no_loudness():
    steps = steps_of(np.zeros((2, 10 * RATE_HZ)))
    assert integrated_lufs(steps) is None
    assert loudness_range(steps) is None
    assert np.isneginf(momentary_lufs(steps)).all()


def test_less_than_a_gating_block_has_no_loudness():
    assert integrated_lufs(steps_of(sine(1000, 0.399)[None])) is None
    assert integrated_lufs(steps_of(sine(1000, 0.4)[None])) is not None


def test_a_rate_without_room_for_the_filter_is_refused():
    with pytest.raises(ValueError, match="8000 Hz"):
        ProgrammeMeter(6000, 2)


def test_the_k_weighted_level_of_a_tone_is_its_level():
    meter = ProgrammeMeter(RATE_HZ, 2)
    meter.push(np.array([sine(1000, 10, peak=0.1), np.zeros(10 * RATE_HZ)]))
    left, right = meter.k_weighted_level_dbfs()
    assert left == pytest.approx(-20.0, abs=0.05)
    assert np.isneginf(right)


@settings(max_examples=20)
@given(sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=8))
def test_the_pieces_do_not_matter(sizes):
    samples = white_noise(1.0, 2)
    meter = ProgrammeMeter(RATE_HZ, 2)
    for piece in pieces(samples, sizes):
        meter.push(piece)
    whole = ProgrammeMeter(RATE_HZ, 2)
    whole.push(samples)
    assert np.array_equal(meter.step_power(), whole.step_power())
    assert meter.momentary_max_lufs() == whole.momentary_max_lufs()


@settings(max_examples=20)
@given(gain_db=st.floats(-20, 20), seed=st.integers(0, 99))
def test_gain_shifts_loudness_by_as_much(gain_db, seed):
    samples = white_noise(1.0, 2, seed=seed)
    louder = samples * 10 ** (gain_db / 20)
    shift = integrated_lufs(steps_of(louder)) - integrated_lufs(steps_of(samples))
    assert shift == pytest.approx(gain_db, abs=1e-9)
