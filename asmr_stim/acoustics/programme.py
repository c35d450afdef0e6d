"""Loudness of a programme, all its channels together: ITU-R BS.1770 and EBU Tech 3341, 3342.

``ProgrammeMeter`` takes a sound piece by piece and keeps one K-weighted energy for each 100 ms and
channel. What it measures follows from those: ``momentary_lufs``, ``short_term_lufs``,
``integrated_lufs``, ``loudness_range``, and ``k_weighted_level_dbfs`` of each channel; the largest
momentary and short-term loudness it follows each 10 ms. A quantity that a sound is too short or too
quiet for is None.
"""

from array import array
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.decibels import power_db
from asmr_stim.acoustics.kweighting import k_weighting, weighted_energies
from asmr_stim.acoustics.sliding_maximum import SlidingMaximum

OFFSET_LUFS = -0.691  # BS.1770-4, Annex 1: cancels the K-weighting near 1 kHz
ABSOLUTE_GATE_LUFS = -70.0  # BS.1770-4, Annex 1, first gate
RELATIVE_GATE_LU = -10.0  # BS.1770-4, Annex 1, second gate
RANGE_GATE_LU = -20.0  # EBU Tech 3342
RANGE_PERCENTILES = (10, 95)  # EBU Tech 3342
STEPS_PER_SECOND = 10
FINE_PER_STEP = (
    10  # a maximum each 100 ms would miss 0.6 LU of a tone of 400 ms: Tech 3341, case 13
)
MOMENTARY_STEPS = 4  # 400 ms, overlapping by 75 %: BS.1770-4, Annex 1
SHORT_TERM_STEPS = 30  # 3 s: EBU Tech 3341
SURROUND = 1.41  # BS.1770-4, Annex 1, Table 3
_WEIGHTS = {5: (1, 1, 1, SURROUND, SURROUND), 6: (1, 1, 1, 0, SURROUND, SURROUND)}


def channel_weights(n_channels: int) -> NDArray[np.float64]:
    """Return the weight of each channel in the sum.

    Five channels are taken as L R C Ls Rs and six as L R C LFE Ls Rs, the order of WAV and FLAC;
    the low-frequency channel does not count. Every other number of channels is weighted 1.

    References
    ----------
    ITU-R BS.1770-4, Annex 1, Table 3.
    """
    return np.array(_WEIGHTS.get(n_channels, (1,) * n_channels), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class LoudnessRange:
    """Spread of the short-term loudness, with its two ends.

    Parameters
    ----------
    lra_lu : float
        ``high_lufs - low_lufs``, LU.
    low_lufs, high_lufs : float
        10th and 95th percentile of the gated short-term loudness, LUFS.
    """

    lra_lu: float
    low_lufs: float
    high_lufs: float


class ProgrammeMeter:
    """K-weighted energy of every 100 ms, gathered piece by piece.

    Parameters
    ----------
    rate_hz : float
        Sampling rate, at least 8000 Hz.
    n_channels : int
        Number of channels.

    Raises
    ------
    ValueError
        If the rate is too low for K-weighting.
    """

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._sections = k_weighting(rate_hz)
        self._states = np.zeros((n_channels, 2, 2))
        self._rate_hz = rate_hz
        self._position = 0
        self._n_fine = 0
        self._fine = np.zeros(n_channels)  # energy of the 10 ms that are not over
        self._step = np.zeros(n_channels)  # and of the 100 ms before these
        self._total = np.zeros(n_channels)
        self._steps = array("d")  # mean squares of each 100 ms, channel by channel
        self._maxima = {
            n: SlidingMaximum(n * FINE_PER_STEP) for n in (MOMENTARY_STEPS, SHORT_TERM_STEPS)
        }
        self._weights = channel_weights(n_channels)

    def push(self, samples: NDArray[np.float64]) -> None:
        """Take the next samples, shape (channels, frames); any number of frames."""
        first, n_frames = self._n_fine, samples.shape[1]
        stops: list[int] = []
        while self._edge(first + len(stops) + 1) <= self._position + n_frames:
            stops.append(self._edge(first + len(stops) + 1))
        ends = np.array(stops, dtype=np.int64) - self._position
        energies = np.empty((len(samples), len(stops)))
        for channel, row in enumerate(samples):
            self._fine[channel] = weighted_energies(
                row,
                (self._sections, self._states[channel]),
                self._fine[channel],
                ends,
                energies[channel],
            )
        self._position += n_frames
        self._n_fine += len(stops)
        self._gather(energies, np.diff(stops, prepend=self._edge(first)), first)

    def _gather(
        self, energies: NDArray[np.float64], lengths: NDArray[np.int64], first: int
    ) -> None:
        """Add energies of 10 ms, shape (channels, steps), to those of 100 ms and to the maxima."""
        power = self._weights @ (energies / lengths)
        for maximum in self._maxima.values():
            maximum.push(power)
        for k, energy in enumerate(energies.T, start=first + 1):
            self._step += energy
            if k % FINE_PER_STEP == 0:
                n_samples = self._edge(k) - self._edge(k - FINE_PER_STEP)
                self._steps.extend(self._step / n_samples)
                self._total += self._step
                self._step[:] = 0

    def _edge(self, fine: int) -> int:
        """Return the first frame of a step of 10 ms."""
        return round(fine * self._rate_hz / (STEPS_PER_SECOND * FINE_PER_STEP))

    def momentary_max_lufs(self) -> float | None:
        """Return the largest loudness of 400 ms, -inf for silence; None if the sound is shorter.

        References
        ----------
        EBU Tech 3341, momentary loudness.
        """
        return self._maximum_lufs(MOMENTARY_STEPS)

    def short_term_max_lufs(self) -> float | None:
        """Return the largest loudness of 3 s, -inf for silence; None if the sound is shorter.

        References
        ----------
        EBU Tech 3341, short-term loudness.
        """
        return self._maximum_lufs(SHORT_TERM_STEPS)

    def _maximum_lufs(self, n_steps: int) -> float | None:
        largest = self._maxima[n_steps].largest
        return None if largest is None else float(power_db(np.array(largest)) + OFFSET_LUFS)

    def step_power(self) -> NDArray[np.float64]:
        """Return the mean square of each whole 100 ms, shape (steps, channels)."""
        return np.array(self._steps).reshape(-1, len(self._step))

    def k_weighted_level_dbfs(self) -> NDArray[np.float64]:
        """Return the K-weighted level of each channel over the whole sound, dB, not gated.

        A 1 kHz sine reads the level of its RMS in dBFS; silence is -inf. Needs one frame at least.
        """
        mean_square = (self._total + self._step + self._fine) / self._position
        return power_db(2 * mean_square) + OFFSET_LUFS


def _loudness(step_power: NDArray[np.float64], n_steps: int) -> NDArray[np.float64]:
    """Return the loudness of every window of ``n_steps`` steps, LUFS, -inf for silence."""
    if len(step_power) < n_steps:
        return np.empty(0)
    windows = np.lib.stride_tricks.sliding_window_view(step_power, n_steps, axis=0)
    power = windows.mean(axis=-1) @ channel_weights(step_power.shape[1])
    return power_db(power) + OFFSET_LUFS


def momentary_lufs(step_power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the loudness of every 400 ms, each 100 ms, from shape (steps, channels).

    References
    ----------
    EBU Tech 3341, momentary loudness; ITU-R BS.1770-4, Annex 1.
    """
    return _loudness(step_power, MOMENTARY_STEPS)


def short_term_lufs(step_power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the loudness of every 3 s, each 100 ms, from shape (steps, channels).

    References
    ----------
    EBU Tech 3341, short-term loudness.
    """
    return _loudness(step_power, SHORT_TERM_STEPS)


def integrated_lufs(step_power: NDArray[np.float64]) -> float | None:
    """Return the gated loudness of the whole programme, LUFS.

    Parameters
    ----------
    step_power : ndarray, shape (steps, channels)
        Mean square of each K-weighted 100 ms.

    Returns
    -------
    float or None
        None if there is no block of 400 ms, or none above the absolute gate.

    Notes
    -----
    Blocks of 400 ms with 75 % overlap. Those above -70 LUFS set the relative gate, 10 LU below
    their mean power; those above both gates are averaged as power. A last, incomplete block is not
    used.

    References
    ----------
    ITU-R BS.1770-4, Annex 1.
    """
    return _gated_mean(momentary_lufs(step_power), RELATIVE_GATE_LU)[1]


def loudness_range(step_power: NDArray[np.float64]) -> LoudnessRange | None:
    """Return the spread of the short-term loudness.

    Returns
    -------
    LoudnessRange or None
        None if the programme is shorter than 3 s or nowhere above the absolute gate.

    Notes
    -----
    Windows of 3 s each 100 ms; those above -70 LUFS and above 20 LU below their mean power;
    percentiles 10 and 95 by the nearest rank.

    References
    ----------
    EBU Tech 3342.
    """
    kept, mean = _gated_mean(short_term_lufs(step_power), RANGE_GATE_LU)
    if mean is None:
        return None
    low, high = (float(np.percentile(kept, p, method="nearest")) for p in RANGE_PERCENTILES)
    return LoudnessRange(high - low, low, high)


def _gated_mean(
    loudness: NDArray[np.float64], relative_gate_lu: float
) -> tuple[NDArray[np.float64], float | None]:
    """Return the windows above both gates and their mean as power, LUFS; None if there are none."""
    kept = loudness[loudness > ABSOLUTE_GATE_LUFS]
    if len(kept) == 0:
        return kept, None
    kept = kept[kept > _mean_lufs(kept) + relative_gate_lu]
    return kept, _mean_lufs(kept)


def _mean_lufs(loudness: NDArray[np.float64]) -> float:
    """Return the mean of loudness values as power."""
    return float(10 * np.log10(np.mean(10 ** (loudness / 10))))
