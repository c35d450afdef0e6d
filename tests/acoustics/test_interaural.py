from itertools import pairwise

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.framing import Framing, bin_frequencies_hz
from asmr_stim.acoustics.interaural import COLUMNS, InterauralMeter, cross_products
from asmr_stim.acoustics.interaural_spectrum import BANDS_HZ, InterauralSpectrum
from asmr_stim.acoustics.interaural_spectrum import COLUMNS as BAND_COLUMNS
from asmr_stim.acoustics.sliding import RUNNING, Window
from asmr_stim.acoustics.stft import ShortTimeTransform


def columns_of(ears, rate_hz=RATE_HZ, sizes=(10**9,), window=RUNNING):
    meter = InterauralMeter(rate_hz, window)
    rows = np.concatenate([*map(meter.push, pieces(ears, sizes)), meter.finish()])
    return dict(zip(COLUMNS, rows.T, strict=True))


def bands_of(ears, rate_hz=RATE_HZ, sizes=(10**9,)):
    transform = ShortTimeTransform(rate_hz, 2)
    meter = InterauralSpectrum(rate_hz, Framing.for_rate(rate_hz))
    rows = np.concatenate(
        [
            meter.push(batch.spectra)
            for piece in pieces(ears, sizes)
            for batch in transform.batches(piece)
        ]
    )
    return dict(zip(BAND_COLUMNS, rows.T, strict=True))


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.7, 1.0])
def test_correlated_noise_has_its_correlation(correlation):
    one, other = white_noise(10.0, 2)
    right = correlation * one + np.sqrt(1 - correlation**2) * other
    iacc = columns_of(np.array([one, right]))["iacc"]
    assert iacc.mean() == pytest.approx(correlation, abs=0.05 if correlation == 0 else 0.03)


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_a_delayed_and_softer_right_ear_is_found(rate_hz):
    left = white_noise(3.0, rate_hz=rate_hz)[0]
    columns = columns_of(np.array([left, 0.5 * np.roll(left, 20)]), rate_hz)
    assert columns["tau_iacc_ms"] == pytest.approx(20 / rate_hz * 1000)
    assert columns["itd_ms"] == pytest.approx(20 / rate_hz * 1000, abs=0.002)
    assert columns["ild_db"] == pytest.approx(6.0206, abs=0.1)
    assert columns["iacc"].min() > 0.99


def test_ears_of_opposite_sign_are_fully_correlated_with_the_sign_minus():
    left = white_noise(2.0)[0]
    columns = columns_of(np.array([left, -left]))
    assert columns["iacc"] == pytest.approx(1)
    assert columns["iacf_peak"] == pytest.approx(-1)


def test_one_silent_ear_is_uncorrelated_without_a_lag():
    left = white_noise(2.0)[0]
    columns = columns_of(np.array([left, np.zeros_like(left)]))
    assert (columns["iacc"] == 0).all()
    assert (columns["ild_db"] == 60).all()
    assert np.isnan(columns["tau_iacc_ms"]).all()


def test_silence_has_nothing_in_common():
    assert all(np.isnan(c).all() for c in columns_of(np.zeros((2, RATE_HZ))).values())


def test_sums_of_products_are_the_full_correlation():
    left, right = white_noise(0.5, 2)
    lag = 48
    context = lag // 2 + 1
    out = np.empty(2 * lag + 3)
    padded = [np.pad(ear, context) for ear in (left, right)]
    cross_products(*padded, lag, out)
    full = scipy.signal.correlate(right, left, mode="full", method="direct")
    middle = len(left) - 1
    expected = full[middle - lag : middle + lag + 1]
    # a pair whose middle lies outside is not counted, which zeros around the sound make the same
    assert out[:-2] == pytest.approx(expected, abs=1e-9)
    assert np.argmax(np.abs(out[:-2])) == np.argmax(np.abs(expected))


def test_the_width_of_a_tone_is_that_of_its_cosine():
    tone = sine(400, 2)
    columns = columns_of(np.array([tone, tone]))
    expected_ms = 2 * np.arccos(0.9) / (2 * np.pi * 400) * 1000
    assert columns["w_iacc_ms"] == pytest.approx(expected_ms, rel=0.01)


@pytest.mark.parametrize(("highest_hz", "percent"), [(2000, 1), (8000, 5), (12000, 10)])
def test_the_width_of_noise_is_that_of_its_band_not_of_its_rate(highest_hz, percent):
    # the correlation of noise up to f is sin(2 pi f t) / (2 pi f t), which is 0.9 at x = 0.78668
    spectrum = np.fft.rfft(white_noise(6.0)[0])
    spectrum[np.fft.rfftfreq(6 * RATE_HZ, 1 / RATE_HZ) > highest_hz] = 0
    noise = np.fft.irfft(spectrum)
    columns = columns_of(np.array([noise, noise]))
    expected_ms = 2 * 0.78668 / (2 * np.pi * highest_hz) * 1000
    assert columns["w_iacc_ms"].mean() == pytest.approx(expected_ms, rel=percent / 100)


def test_window_and_step_may_be_chosen():
    ears = white_noise(2.0, 2)
    assert len(columns_of(ears, window=Window(10, 0.1))["iacc"]) == 11
    assert len(columns_of(ears)["iacc"]) == 16
    assert len(columns_of(white_noise(0.49, 2))["iacc"]) == 0


SIGNED = ("tau_iacc_ms", "itd_ms", "ild_db")


def test_exchanging_the_ears_changes_signs_and_nothing_else():
    one, other = white_noise(3.0, 2)
    ears = np.array([one, 0.6 * np.roll(one, 13) + 0.1 * other])
    before, after = columns_of(ears), columns_of(ears[::-1].copy())
    for name in COLUMNS:
        sign = -1 if name in SIGNED else 1
        assert after[name] == pytest.approx(sign * before[name], abs=1e-9), name
    before, after = bands_of(ears), bands_of(ears[::-1].copy())
    for name in BAND_COLUMNS:
        sign = 1 if "coherence" in name else -1
        assert after[name] == pytest.approx(sign * before[name], abs=1e-9), name


@settings(max_examples=15)
@given(sizes=st.lists(st.integers(1, 9000), min_size=1, max_size=6))
def test_the_pieces_do_not_matter(sizes):
    ears = white_noise(1.2, 2)
    one, other = columns_of(ears), columns_of(ears, sizes=sizes)
    assert all(np.array_equal(one[name], other[name]) for name in COLUMNS)
    one, other = bands_of(ears), bands_of(ears, sizes=sizes)
    assert all(np.array_equal(one[name], other[name]) for name in BAND_COLUMNS)


def test_bands_have_the_level_difference_of_their_frequencies():
    low, high = sine(300, 2), sine(3000, 2)
    columns = bands_of(np.array([low + 0.1 * high, 0.1 * low + high]) + white_noise(2, 2, sd=1e-6))
    assert columns["ild_100_500_hz_db"] == pytest.approx(20, abs=0.1)
    assert columns["ild_1500_4000_hz_db"] == pytest.approx(-20, abs=0.1)


def test_coherence_tells_common_from_independent_noise():
    common, independent = np.tile(white_noise(5.0), (2, 1)), white_noise(5.0, 2)
    for name in BAND_COLUMNS[4:8]:
        assert bands_of(common)[name] == pytest.approx(1)
        assert bands_of(independent)[name].mean() < 0.15


def test_phase_is_that_of_the_delay():
    left = np.stack([sine(300, 2), sine(300, 2, phase_rad=-np.pi / 3)])
    phase = bands_of(left)["interaural_phase_100_500_hz_deg"]
    assert phase == pytest.approx(60, abs=0.5)


def test_bands_above_half_the_rate_are_not_defined():
    columns = bands_of(white_noise(2.0, 2, rate_hz=8000), 8000)
    assert np.isnan(columns["ild_4000_10000_hz_db"]).all()
    assert np.isfinite(columns["ild_1500_4000_hz_db"]).all()


def described(left, right):
    """Return the features of one window from its spectra, shape (frames, bins)."""
    bins_hz = bin_frequencies_hz(RATE_HZ, 2048)
    levels, coherences, phases = [], [], []
    for low_hz, high_hz in BANDS_HZ:
        inside = (bins_hz >= low_hz) & (bins_hz < high_hz)
        one, other = left[:, inside], right[:, inside]
        powers = [(np.abs(ear) ** 2).sum(axis=0) for ear in (one, other)]
        common = (one * other.conj()).sum(axis=0)
        levels.append(10 * np.log10(powers[0].sum() / powers[1].sum()))
        coherences.append((np.abs(common) ** 2).sum() / (powers[0] * powers[1]).sum())
        phases.append(np.degrees(np.angle(common.sum())))
    return [*levels, *coherences, *phases[:2]]


# with the frames in a window and in a step: windows of whole steps, and of some frames more
@pytest.mark.parametrize(
    ("window", "n_length", "n_step"),
    [
        (Window(5, 0.2), 94, 19),
        (Window(1, 0.1), 9, 9),
        (Window(3, 0.01), 3, 1),
        (RUNNING, 47, 9),
        (Window(2, 0.5), 94, 47),
    ],
)
def test_bands_are_those_of_all_frames_of_a_window_whatever_its_length(window, n_length, n_step):
    rng = np.random.default_rng(5)
    ears = rng.standard_normal((2, 230, 1025)) + 1j * rng.standard_normal((2, 230, 1025))
    ears[1] += ears[0]
    meter, cuts = InterauralSpectrum(RATE_HZ, Framing(2048, 512), window), [0, 1, 2, 34, 134, 230]
    rows = [meter.push(ears[:, a:b]) for a, b in pairwise(cuts)]
    expected = [
        described(*ears[:, start : start + n_length])
        for start in range(0, 230 - n_length + 1, n_step)
    ]
    assert np.concatenate(rows) == pytest.approx(np.array(expected), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("frequency_hz", [500, 1000, 2000, 4000])
def test_ears_that_hear_the_same_tone_have_no_lag(frequency_hz):
    tone = sine(frequency_hz, 2)
    rows = InterauralMeter(RATE_HZ, RUNNING).push(np.array([tone, tone]))
    for name in ("tau_iacc_ms", "itd_ms"):
        assert np.abs(rows[:, COLUMNS.index(name)]).max() < 1e-3
    assert rows[:, COLUMNS.index("iacf_peak")].min() > 0.99
