"""Loudness of sounds that vary in time, ISO 532-1:2017, and sharpness, DIN 45692:2009.

``ZwickerMeter`` takes one channel at 48 kHz piece by piece and gives loudness and sharpness 500
times a second, at one or several playback levels for one run of the filters. It also gives the
stationary loudness of the mean energies (ISO 532-1, method for steady sounds).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.core_loudness import (
    N_COLUMNS,
    N_CRITICAL,
    CoreConstants,
    Field,
    core_loudness,
    decay,
    decay_constants,
)
from asmr_stim.acoustics.loudness_pattern import (
    N_POINTS,
    POINT_BARK,
    loudness_pattern,
    weight_over_time,
    weighting_constants,
)
from asmr_stim.acoustics.third_octaves import N_BANDS, RATE_HZ, STEP_SAMPLES, ThirdOctaveBank
from asmr_stim.compiling import njit

OUTPUT_HZ = 500
_STEPS_PER_OUTPUT = RATE_HZ // STEP_SAMPLES // OUTPUT_HZ

SHARPNESS_UNIT = 0.11  # DIN 45692: 1 acum is narrow-band noise at 1 kHz, 60 dB
SHARPNESS_KNEE_BARK = 15.8  # DIN 45692, equation for g(z)


def sharpness_weights() -> NDArray[np.float64]:
    """Return what each point of a pattern adds to its sharpness, before the division by loudness.

    References
    ----------
    DIN 45692:2009, weighting g(z): 1 up to 15.8 bark, then 0.15 exp(0.42 (z - 15.8)) + 0.85.
    """
    z = POINT_BARK * np.arange(1, N_POINTS + 1)
    g = np.where(
        z > SHARPNESS_KNEE_BARK, 0.15 * np.exp(0.42 * (z - SHARPNESS_KNEE_BARK)) + 0.85, 1.0
    )
    return np.asarray(SHARPNESS_UNIT * g * z * POINT_BARK)


_WEIGHTS = sharpness_weights()


@dataclass(frozen=True, slots=True)
class LoudnessSeries:
    """Loudness and sharpness over time at one playback level, each of shape (outputs,).

    Parameters
    ----------
    loudness_sone : ndarray
        Loudness N(t), each 2 ms.
    sharpness_acum : ndarray
        Sharpness of the specific loudness of the same instant; 0 where there is none.
    specific_sone : ndarray
        Integral of that specific loudness: loudness before the weighting over time.
    """

    loudness_sone: NDArray[np.float64]
    sharpness_acum: NDArray[np.float64]
    specific_sone: NDArray[np.float64]


@njit(cache=True, nogil=True)
def _integrate(
    core: NDArray[np.float64],
    phase: int,
    weights: NDArray[np.float64],
    total: NDArray[np.float64],
    outputs: NDArray[np.float64],
) -> None:
    """Fill total loudness at every step, and sharpness with its divisor at every fourth."""
    pattern, nothing, row = np.empty(N_POINTS), np.empty(0), 0
    for t in range(core.shape[0]):
        if (t + phase) % _STEPS_PER_OUTPUT != 0:
            total[t] = loudness_pattern(core[t], nothing)
            continue
        total[t] = loudness_pattern(core[t], pattern)
        area, moment = 0.0, 0.0
        for k in range(N_POINTS):
            area += pattern[k] * POINT_BARK
            moment += pattern[k] * weights[k]
        outputs[row, 0] = moment / area if area > 0 else 0.0
        outputs[row, 1] = area
        row += 1


def stationary_loudness_sone(
    mean_energies: NDArray[np.float64], pascals_per_unit: float, field: Field
) -> float:
    """Return the loudness of a steady sound from its mean squares in third-octave bands.

    Parameters
    ----------
    mean_energies : ndarray, shape (28,)
        Mean square of each band from 25 Hz to 12.5 kHz.
    pascals_per_unit : float
        Sound pressure of a sample of 1, Pa.
    field : {"free", "diffuse"}
        The sound field.

    References
    ----------
    ISO 532-1:2017, clause 5 (stationary sounds).
    """
    core = np.empty((1, N_COLUMNS))
    constants = CoreConstants.for_field(field).arrays()
    core_loudness(mean_energies[None], pascals_per_unit**2, constants, core)
    return float(loudness_pattern(core[0], np.empty(0)))


@njit(cache=True, nogil=True)
def _add_rows(total: NDArray[np.float64], rows: NDArray[np.float64]) -> None:
    """Add rows one after the other, so that pieces make no difference."""
    for t in range(rows.shape[0]):
        for k in range(total.shape[0]):
            total[k] += rows[t, k]


class _Level:
    """What one playback level has to remember from piece to piece."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.charges = np.zeros((2, N_CRITICAL))
        self.lowpasses = np.zeros(2)
        self.core = np.empty((0, N_COLUMNS))  # steps that wait for the one after them
        self.total = np.empty(0)
        self.n_integrated = 0
        self.n_weighted = 0


class ZwickerMeter:
    """Loudness and sharpness of one channel, piece by piece.

    Parameters
    ----------
    pascals_per_unit : sequence of float
        Sound pressure of a sample of 1, Pa; one for each playback level.
    field : {"free", "diffuse"}
        The sound field in which the pressure would be measured.

    Notes
    -----
    Sharpness divides by the integral of the specific loudness of the same instant. Dividing by N(t)
    instead, which lags behind, would let it run away at the beginning and end of sounds.

    References
    ----------
    ISO 532-1:2017, clause 6 and Annex A; DIN 45692:2009.
    """

    def __init__(self, pascals_per_unit: tuple[float, ...], field: Field = "free") -> None:
        self._bank = ThirdOctaveBank()
        self._constants = CoreConstants.for_field(field).arrays()
        self._decay = decay_constants()
        self._weighting = weighting_constants()
        self._levels = [_Level(pascals**2) for pascals in pascals_per_unit]
        self._energy = np.zeros(N_BANDS)
        self._n_steps = 0

    def push(self, samples: NDArray[np.float64]) -> list[LoudnessSeries]:
        """Take the next samples at 48 kHz; return what they complete, one series a level."""
        energies = self._bank.push(samples)
        _add_rows(self._energy, energies)
        self._n_steps += len(energies)
        return [self._advance(level, energies) for level in self._levels]

    def finish(self) -> list[LoudnessSeries]:
        """Return the rest, with silence after the sound."""
        return [self._flush(level) for level in self._levels]

    def mean_energies(self) -> NDArray[np.float64] | None:
        """Return the mean square of each third-octave band, in the square of a sample's unit.

        None before the first sample.
        """
        return self._energy / self._n_steps if self._n_steps else None

    def _advance(self, level: _Level, energies: NDArray[np.float64]) -> LoudnessSeries:
        """Take energies through one level; the last step waits for the next piece."""
        core = np.empty((len(energies), N_COLUMNS))
        core_loudness(energies, level.scale, self._constants, core)
        core = np.concatenate([level.core, core])
        level.core = core[-1:].copy()
        if len(core) < 2:
            return self._weighted(level, np.empty(0), np.empty((0, 2)))
        return self._decayed(level, core[:-1], level.core[0])

    def _flush(self, level: _Level) -> LoudnessSeries:
        """Take the last step through, then the last loudness."""
        silence = np.zeros(N_COLUMNS)
        rest = self._decayed(level, level.core, silence)
        last = weight_over_time(level.total, 0.0, level.lowpasses, self._weighting)
        keep = [(level.n_weighted + k) % _STEPS_PER_OUTPUT == 0 for k in range(len(last))]
        return LoudnessSeries(
            np.concatenate([rest.loudness_sone, last[keep]]),
            rest.sharpness_acum,
            rest.specific_sone,
        )

    def _decayed(
        self, level: _Level, core: NDArray[np.float64], following: NDArray[np.float64]
    ) -> LoudnessSeries:
        """Take core loudness through decay, pattern and weighting."""
        decay(core, following, level.charges, self._decay)
        phase = level.n_integrated % _STEPS_PER_OUTPUT
        n_outputs = (phase + len(core) - 1) // _STEPS_PER_OUTPUT - (phase - 1) // _STEPS_PER_OUTPUT
        total, outputs = np.empty(len(core)), np.empty((n_outputs, 2))
        _integrate(core, phase, _WEIGHTS, total, outputs)
        level.n_integrated += len(core)
        return self._weighted(level, total, outputs)

    def _weighted(
        self, level: _Level, total: NDArray[np.float64], outputs: NDArray[np.float64]
    ) -> LoudnessSeries:
        """Weight the loudness over time; the last one waits for the next piece."""
        total = np.concatenate([level.total, total])
        level.total = total[-1:].copy()
        if len(total) < 2:
            perceived = np.empty(0)
        else:
            perceived = weight_over_time(total[:-1], total[-1], level.lowpasses, self._weighting)
        first = -level.n_weighted % _STEPS_PER_OUTPUT
        level.n_weighted += len(perceived)
        return LoudnessSeries(perceived[first::_STEPS_PER_OUTPUT], outputs[:, 0], outputs[:, 1])
