"""Envelopes of auditory bands of each channel: levels, modulation, and what comes back."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.cycles import BandCycles
from asmr_stim.acoustics.decibels import rms_dbfs
from asmr_stim.acoustics.gammatone import ANCHOR_HZ, MIDDLES_HZ, N_BANDS, EnvelopeBank
from asmr_stim.acoustics.modulation import OCTAVES_HZ, Modulation, ModulationMeter
from asmr_stim.acoustics.readings import Clock, Reading, Readings, Rows, Series, Undefined


def _envelope_name(middle_hz: float) -> str:
    """Return the name of the envelope of a band."""
    if np.isclose(middle_hz, ANCHOR_HZ):
        return "envelope_5_khz_dbfs"
    return f"envelope_{round(middle_hz)}_hz_dbfs"


ENVELOPE = Series("envelope", tuple(_envelope_name(float(hz)) for hz in MIDDLES_HZ))
CELLS = 10  # 50 ms
DEPTH_NAMES = tuple(f"modulation_{hz:g}_hz".replace(".", "_") for hz in OCTAVES_HZ)
CYCLE_NAMES = ("regularity", "loop_period_s", "cyclic_coherence", "cyclic_frequency_hz")
TOO_SHORT, NO_CYCLE = Undefined("shorter_than_window"), Undefined("no_cycle")
NO_MODULATION = Undefined("no_modulation")
LEAST_DEPTH = 0.03  # -30 dB, near the least that listeners hear: Viemeister (1979), JASA 66, 1364


class ModulationFamily:
    """Modulation spectrum, repetition, and the envelope of each band each 50 ms.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    """

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._banks = [EnvelopeBank(rate_hz) for _ in range(n_channels)]
        per_s = self._banks[0].cells_per_s
        clock = Clock(CELLS / 2 / per_s, CELLS / per_s)
        self.series: tuple[Series, ...] = (ENVELOPE.at(clock),)
        self._meters = [ModulationMeter(per_s, N_BANDS) for _ in range(n_channels)]
        self._cycles = [BandCycles(per_s, N_BANDS) for _ in range(n_channels)]
        self._waiting = np.empty((n_channels, 0, N_BANDS))

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples; return the levels of the envelopes."""
        powers = np.array([bank.push(row) for bank, row in zip(self._banks, samples, strict=True)])
        for meter, cycles, power in zip(self._meters, self._cycles, powers, strict=True):
            meter.push(power)
            cycles.push(power)
        together = np.concatenate([self._waiting, powers], axis=1)
        n_rows = together.shape[1] // CELLS
        whole = together[:, : n_rows * CELLS].reshape(len(samples), n_rows, CELLS, N_BANDS)
        self._waiting = together[:, n_rows * CELLS :].copy()
        levels = rms_dbfs(whole.mean(axis=2))
        return {ENVELOPE.name: np.where(np.isfinite(levels), levels, np.nan)}

    def finish(self) -> Rows:
        """Return nothing: a last incomplete cell is left out."""
        return {}

    def readings(self) -> Readings:
        """Return depth by octave, the strongest modulation, and what comes back."""
        rows = [
            _depths(meter.modulation()) + _cycles(cycles)
            for meter, cycles in zip(self._meters, self._cycles, strict=True)
        ]
        names = (*DEPTH_NAMES, "modulation_peak_hz", *CYCLE_NAMES)
        return Readings({name: [row[k] for row in rows] for k, name in enumerate(names)})


def _depths(found: Modulation | None) -> list[Reading]:
    if found is None:
        return [TOO_SHORT] * (len(DEPTH_NAMES) + 1)
    is_modulated = max(found.depths) >= LEAST_DEPTH
    return [*found.depths, found.peak_hz if is_modulated else NO_MODULATION]


def _cycles(cycles: BandCycles) -> list[Reading]:
    """Return regularity, loop period, cyclic coherence and its frequency."""
    repetition, cycle = cycles.repetition(), cycles.cycle()
    found: list[Reading] = [TOO_SHORT] * len(CYCLE_NAMES)
    if repetition is not None:
        period_s = repetition.period_s
        found[:2] = [repetition.regularity, NO_CYCLE if period_s is None else period_s]
    if cycle is not None:
        frequency_hz = cycle.frequency_hz
        found[2:] = [cycle.coherence, NO_CYCLE if frequency_hz is None else frequency_hz]
    return found
