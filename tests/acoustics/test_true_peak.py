"""Numbers from EBU Tech 3341 (2016), Table 1, cases 15 to 23: tolerance +0.2/-0.4 dB."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.true_peak import TruePeakMeter


def peak_of(parts, rate_hz=RATE_HZ):
    meter = TruePeakMeter(rate_hz, 1)
    for part in parts:
        meter.push(part)
    return meter.peak()[0]


def faded(tone, rate_hz):
    edge = np.linspace(0, 1, rate_hz // 10)
    tone[: len(edge)] *= edge
    tone[-len(edge) :] *= edge[::-1]
    return tone[None]


@pytest.mark.parametrize("rate_hz", [8000, 44100, 48000, 96000, 192000])
@pytest.mark.parametrize(
    ("divisor", "phase_deg", "peak", "expected_dbtp"),
    [(4, 0, 0.5, -6), (4, 45, 0.5, -6), (6, 60, 0.5, -6), (8, 67.5, 0.5, -6), (4, 45, 1.41, 3)],
)
def test_true_peak_of_the_ebu_signals(rate_hz, divisor, phase_deg, peak, expected_dbtp):
    phase_rad = np.deg2rad(phase_deg)
    tone = sine(rate_hz / divisor, 1, peak=peak, rate_hz=rate_hz, phase_rad=phase_rad)
    found = 20 * np.log10(peak_of([faded(tone, rate_hz)], rate_hz))
    assert -0.4 <= found - expected_dbtp <= 0.2


@pytest.mark.parametrize("offset", [0, 1, 2, 3])  # 3341, cases 20 to 23
def test_a_single_cycle_of_full_scale_is_found_wherever_the_samples_fall(offset):
    fine_rate_hz = 4 * RATE_HZ
    tone = sine(RATE_HZ / 6, 1, peak=0.5, rate_hz=fine_rate_hz)
    middle = fine_rate_hz // 2
    tone[middle : middle + 24] *= 2
    taps = scipy.signal.firwin(257, 0.2375, window=("kaiser", 8.0))
    fine = scipy.signal.fftconvolve(faded(tone, fine_rate_hz)[0], taps, "same")
    found = 20 * np.log10(peak_of([fine[None, offset::4]]))
    assert -0.4 <= found <= 0.2
    between = scipy.signal.resample(fine, 4 * len(fine))
    assert found == pytest.approx(20 * np.log10(np.abs(between).max()), abs=0.02)


def test_noise_agrees_with_another_interpolator():
    noise = scipy.signal.sosfilt(scipy.signal.butter(8, 0.8, output="sos"), white_noise(1.0)[0])
    reference = np.abs(scipy.signal.resample(noise, 16 * len(noise))).max()
    assert peak_of([noise[None]]) == pytest.approx(reference, rel=0.01)


def test_no_sample_exceeds_the_true_peak():
    noise = white_noise(1.0)
    assert peak_of([noise]) >= np.abs(noise).max()


def test_the_last_and_the_only_sample_count():
    assert peak_of([np.array([[0.7]])]) == 0.7
    assert peak_of([np.concatenate([np.zeros(999), [0.7]])[None]]) == 0.7


def test_silence_has_a_true_peak_of_zero():
    assert peak_of([np.zeros((1, 1000))]) == 0


@settings(max_examples=20)
@given(sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    noise = white_noise(0.5)
    assert peak_of(pieces(noise, sizes)) == peak_of([noise])
