"""Small makers of test sounds, shape (channels, frames)."""

import numpy as np

RATE_HZ = 48000


def sine(frequency_hz, duration_s, *, peak=1.0, rate_hz=RATE_HZ, phase_rad=0.0):
    """Return one channel of a sine, shape (frames,)."""
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    return peak * np.sin(2 * np.pi * frequency_hz * time_s + phase_rad)


def white_noise(duration_s, n_channels=1, *, sd=0.1, rate_hz=RATE_HZ, seed=0):
    """Return independent white noise, shape (channels, frames)."""
    rng = np.random.Generator(np.random.PCG64(seed))
    return rng.standard_normal((n_channels, round(duration_s * rate_hz))) * sd


def staircase(steps, n_channels=2, *, frequency_hz=1000.0, rate_hz=RATE_HZ):
    """Return a sine whose peak follows (dBFS, seconds) steps without a jump in phase."""
    counts = [round(seconds * rate_hz) for _, seconds in steps]
    peak = np.repeat([10 ** (level / 20) for level, _ in steps], counts)
    tone = np.sin(2 * np.pi * frequency_hz * np.arange(sum(counts)) / rate_hz)
    return np.tile(peak * tone, (n_channels, 1))


LEAST_REST = 97  # samples: a whole sound in single samples would take minutes and show no more


def pieces(samples, sizes):
    """Cut a sound into pieces of the given sizes, the last one over and over if it is not tiny."""
    start, k = 0, 0
    while start < samples.shape[1]:
        size = sizes[k] if k < len(sizes) else max(sizes[-1], LEAST_REST)
        yield samples[:, start : start + size]
        start, k = start + size, k + 1
