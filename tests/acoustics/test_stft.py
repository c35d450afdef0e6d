"""Reference: numpy's transform of frames under scipy's window."""

import numpy as np
import pytest
import scipy.signal
from signals import pieces, white_noise

from asmr_stim.acoustics.framing import Framing
from asmr_stim.acoustics.stft import ShortTimeTransform


def spectra_of(samples, rate_hz, sizes=(10**9,)):
    transform = ShortTimeTransform(rate_hz, len(samples))
    batches = [
        batch.spectra.copy()
        for piece in pieces(samples, sizes)
        for batch in transform.batches(piece)
    ]
    return np.concatenate(batches, axis=1)


@pytest.mark.parametrize("n_frames", [1, 7, 9, 41])  # 8 stand side by side, 32 make a batch
@pytest.mark.parametrize(("rate_hz", "n_channels"), [(1000, 8), (8000, 1), (48000, 2), (192000, 1)])
def test_every_frame_has_the_spectrum_that_numpy_gives(rate_hz, n_channels, n_frames):
    framing = Framing.for_rate(rate_hz)
    samples = white_noise(4.0, n_channels, rate_hz=rate_hz)
    samples = samples[:, : framing.length + (n_frames - 1) * framing.hop]
    frames = np.lib.stride_tricks.sliding_window_view(samples, framing.length, axis=1)
    window = scipy.signal.get_window("hann", framing.length)
    expected = np.fft.rfft(frames[:, :: framing.hop] * window, axis=2)
    found = spectra_of(samples, rate_hz)
    assert found.shape == (n_channels, n_frames, framing.length // 2 + 1)
    assert np.allclose(found, expected, rtol=0, atol=1e-12 * np.abs(expected).max())


def test_a_frame_does_not_depend_on_those_beside_it():
    samples = white_noise(0.6, 2)
    whole = spectra_of(samples, 48000)
    assert np.array_equal(spectra_of(samples, 48000, sizes=[1, 2047, 512, 5000, 3]), whole)
    assert np.array_equal(spectra_of(samples[:, 512 * 13 :], 48000), whole[:, 13:])


def test_samples_of_a_batch_begin_with_its_first_frame():
    samples = white_noise(1.0, 2)
    transform, first = ShortTimeTransform(48000, 2), 0
    for piece in pieces(samples, [30000, 7]):
        for batch in transform.batches(piece):
            n_frames = batch.spectra.shape[1]
            needed = 2048 + (n_frames - 1) * 512
            start = 512 * first
            assert np.array_equal(batch.samples[:, :needed], samples[:, start : start + needed])
            first += n_frames
    assert first == Framing(2048, 512).n_frames(48000)
