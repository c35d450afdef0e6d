"""From energies in third-octave bands to the core loudness of critical bands, and its decay.

The first half of Zwicker's method for sounds that vary in time, ISO 532-1:2017, 6.4 and 6.5. Levels
are kept as intensities, as the formulas use them, so that only the lowest bands need a power.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.iso532_tables import (
    BANDWIDTH_CORRECTION_DB,
    DIFFUSE_FIELD_DB,
    EAR_TRANSMISSION_DB,
    LOW_BAND_CORRECTIONS_DB,
    LOW_BAND_GROUPS,
    RANGE_LEVELS_DB,
    THRESHOLD_DB,
)
from asmr_stim.compiling import njit

Field = Literal["free", "diffuse"]

REFERENCE_PA = 2e-5
TINY_PA2 = 1e-12  # what the standard's program adds to each mean square before the logarithm
N_CRITICAL = 20
N_COLUMNS = 21  # one more, of zeros, in which the last slope runs out
_N_LOW = 11
_LANES = 24  # bands side by side, filled up so that vector instructions fit
_GROUP_1, _GROUP_2, _ = LOW_BAND_GROUPS

INNER_STEPS = 24  # the decay is followed 24 times in each 0.5 ms
STEP_S = 0.0005
SHORT_S, LONG_S, VARIABLE_S = 0.005, 0.015, 0.075  # ISO 532-1, 6.5: time constants of the decay
CLOSE_SONE = 1e-5  # nearer than this, input and output are the same


@dataclass(frozen=True, slots=True)
class CoreConstants:
    """The tables of the standard as factors of intensities in Pa^2.

    Parameters
    ----------
    range_limits : ndarray, shape (8, 11)
        Mean square up to which a line of corrections holds, for each low band.
    low_factors : ndarray, shape (8, 11)
        The corrections of the low bands.
    thresholds : ndarray, shape (20,)
        Mean square at the threshold in quiet.
    to_excitation : ndarray, shape (20,)
        Factor from mean square to excitation over threshold.
    steepness : ndarray, shape (20,)
        Loudness at the threshold, sone/bark.
    """

    range_limits: NDArray[np.float64]
    low_factors: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    to_excitation: NDArray[np.float64]
    steepness: NDArray[np.float64]

    @classmethod
    def for_field(cls, field: Field) -> "CoreConstants":
        """Return the constants for a free sound field in front, or a diffuse one."""
        diffuse = DIFFUSE_FIELD_DB if field == "diffuse" else 0.0
        ear = diffuse - EAR_TRANSMISSION_DB
        unit = REFERENCE_PA**2
        return cls(
            unit * 10 ** ((RANGE_LEVELS_DB[:, None] - LOW_BAND_CORRECTIONS_DB) / 10),
            10 ** (LOW_BAND_CORRECTIONS_DB / 10),
            unit * 10 ** ((THRESHOLD_DB - ear) / 10),
            10 ** ((ear - BANDWIDTH_CORRECTION_DB - THRESHOLD_DB) / 10) / unit,
            0.0635 * 10 ** (0.025 * THRESHOLD_DB),
        )

    def arrays(self) -> tuple[NDArray[np.float64], ...]:
        """Return the fields as a tuple, for compiled code."""
        return (
            self.range_limits,
            self.low_factors,
            self.thresholds,
            self.to_excitation,
            self.steepness,
        )


@njit(cache=True, nogil=True)
def _critical_bands(
    energies: NDArray[np.float64],
    scale: float,
    limits: NDArray[np.float64],
    factors: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Fill the mean square of each critical band; the low bands are corrected and gathered."""
    out[:3] = 0.0
    for band in range(_N_LOW):
        value = energies[band] * scale + TINY_PA2
        line = 0
        while line < limits.shape[0] - 1 and value > limits[line, band]:
            line += 1
        group = 0 if band < _GROUP_1 else 1 if band < _GROUP_2 else 2
        out[group] += value * factors[line, band]
    for band in range(_N_LOW, energies.shape[0]):
        out[band - _N_LOW + 3] = energies[band] * scale + TINY_PA2


@njit(cache=True, nogil=True)
def core_loudness(
    energies: NDArray[np.float64],
    scale: float,
    constants: tuple[NDArray[np.float64], ...],
    out: NDArray[np.float64],
) -> None:
    """Fill the core loudness of every step.

    Parameters
    ----------
    energies : ndarray, shape (steps, 28)
        Mean square in third-octave bands.
    scale : float
        From these to Pa^2.
    constants : tuple
        ``CoreConstants.arrays()``.
    out : ndarray, shape (steps, 21)
        Filled with sone/bark; the last column with zeros.

    References
    ----------
    ISO 532-1:2017, Annex A (main loudness).
    """
    limits, factors, thresholds, to_excitation, steepness = constants
    bands = np.empty(N_CRITICAL)
    for t in range(energies.shape[0]):
        _critical_bands(energies[t], scale, limits, factors, bands)
        for k in range(N_CRITICAL):
            loudness = 0.0
            if bands[k] > thresholds[k]:
                ratio = 0.75 + 0.25 * bands[k] * to_excitation[k]
                loudness = max(0.0, steepness[k] * (np.sqrt(np.sqrt(ratio)) - 1.0))
            out[t, k] = loudness
        out[t, 0] *= min(1.0, 0.4 + 0.32 * out[t, 0] ** 0.2)
        out[t, N_CRITICAL] = 0.0


def decay_constants() -> NDArray[np.float64]:
    """Return what one inner step does to the two charges of the decay.

    The decay is a network of two capacitors: fast at first, slower after a long sound.

    References
    ----------
    ISO 532-1:2017, Annex A (nonlinear temporal decay).
    """
    step_s = STEP_S / INNER_STEPS
    total = (VARIABLE_S + LONG_S) / (VARIABLE_S * SHORT_S)
    root = np.sqrt(total**2 / 4 - 1 / (SHORT_S * VARIABLE_S))
    slow, fast = -total / 2 + root, -total / 2 - root
    e_slow, e_fast = np.exp(slow * step_s), np.exp(fast * step_s)
    k_slow, k_fast = VARIABLE_S * slow + 1, VARIABLE_S * fast + 1
    width = VARIABLE_S * (slow - fast)
    return np.array(
        [
            (e_slow - e_fast) / width,
            (k_fast * e_slow - k_slow * e_fast) / width,
            (k_slow * e_slow - k_fast * e_fast) / width,
            k_slow * k_fast * (e_slow - e_fast) / width,
            np.exp(-step_s / LONG_S),
            np.exp(-step_s / VARIABLE_S),
        ]
    )


@njit(cache=True, nogil=True)
def decay(
    core: NDArray[np.float64],
    following: NDArray[np.float64],
    charges: NDArray[np.float64],
    constants: NDArray[np.float64],
) -> None:
    """Let the core loudness die away as the ear does, in place.

    Parameters
    ----------
    core : ndarray, shape (steps, 21)
        Core loudness; replaced by what is left of it at each step.
    following : ndarray, shape (21,)
        The step after the last one, towards which the input runs in a straight line.
    charges : ndarray, shape (2, 20)
        Where the two capacitors stand; carried on.
    constants : ndarray, shape (6,)
        ``decay_constants()``.
    """
    w = np.zeros(4 * _LANES)  # one array, so that the compiler knows that rows do not overlap
    w[:N_CRITICAL], w[_LANES : _LANES + N_CRITICAL] = charges[0], charges[1]
    for t in range(core.shape[0]):
        after = core[t + 1] if t + 1 < core.shape[0] else following
        for b in range(N_CRITICAL):
            w[2 * _LANES + b] = core[t, b]
            w[3 * _LANES + b] = (after[b] - core[t, b]) / INNER_STEPS
        _inner_step(w, 0.0, constants)
        core[t, :N_CRITICAL] = w[:N_CRITICAL]
        for k in range(1, INNER_STEPS):
            _inner_step(w, float(k), constants)
    charges[0], charges[1] = w[:N_CRITICAL], w[_LANES : _LANES + N_CRITICAL]


@njit(cache=True, nogil=True)
def _inner_step(w: NDArray[np.float64], k: float, constants: NDArray[np.float64]) -> None:
    """Advance both charges of all bands; every case is computed and one chosen: no branch.

    Rows of ``w``: the charge that is heard, the second one, the input and its slope.
    """
    b0, b1, b2, b3, b4, b5 = constants
    for b in range(_LANES):
        incoming = w[2 * _LANES + b] + w[3 * _LANES + b] * k
        out, second = w[b], w[_LANES + b]
        is_charged = out > second
        falling = max(out * b2 - second * b3 if is_charged else out * b4, incoming)
        falling_second = min(out * b0 - second * b1, falling) if is_charged else falling
        is_settled = (abs(incoming - out) < CLOSE_SONE) & (incoming <= second)
        rising_second = incoming if is_settled else (second - incoming) * b5 + incoming
        is_falling = incoming < out
        w[b] = falling if is_falling else incoming
        w[_LANES + b] = falling_second if is_falling else rising_second
