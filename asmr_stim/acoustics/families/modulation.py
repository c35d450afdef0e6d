"""Envelopes of auditory bands of each channel: their modulation, and the level around 5 kHz."""

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.decibels import rms_dbfs
from asmr_stim.acoustics.gammatone import ANCHOR_HZ, MIDDLES_HZ, N_BANDS, EnvelopeBank
from asmr_stim.acoustics.modulation import OCTAVES_HZ, Modulation, ModulationMeter
from asmr_stim.acoustics.readings import Clock, Reading, Readings, Rows, Series, Undefined

ENVELOPE = Series("envelope", ("envelope_5_khz_dbfs",))
CELLS = 10  # 50 ms
_ANCHOR = int(np.argmin(np.abs(MIDDLES_HZ - ANCHOR_HZ)))
DEPTH_NAMES = tuple(f"modulation_{hz:g}_hz".replace(".", "_") for hz in OCTAVES_HZ)


class ModulationFamily:
    """Modulation spectrum, and the envelope at 5 kHz each 50 ms.

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
        self._waiting = np.empty((n_channels, 0))

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples; return the level around 5 kHz."""
        anchors = []
        for bank, meter, row in zip(self._banks, self._meters, samples, strict=True):
            power = bank.push(row)
            meter.push(power)
            anchors.append(power[:, _ANCHOR])
        together = np.concatenate([self._waiting, np.array(anchors)], axis=1)
        n_rows = together.shape[1] // CELLS
        whole = together[:, : n_rows * CELLS].reshape(len(samples), n_rows, CELLS)
        self._waiting = together[:, n_rows * CELLS :].copy()
        levels = rms_dbfs(whole.mean(axis=2))
        return {ENVELOPE.name: np.where(np.isfinite(levels), levels, np.nan)[:, :, None]}

    def finish(self) -> Rows:
        """Return nothing: a last incomplete cell is left out."""
        return {}

    def readings(self) -> Readings:
        """Return depth by octave and the frequency of the strongest modulation."""
        rows = [_readings(meter.modulation()) for meter in self._meters]
        names = (*DEPTH_NAMES, "modulation_peak_hz")
        return Readings({name: [row[k] for row in rows] for k, name in enumerate(names)})


def _readings(found: Modulation | None) -> list[Reading]:
    if found is None:
        return [Undefined("shorter_than_window")] * (len(DEPTH_NAMES) + 1)
    return [*found.depths, found.peak_hz]
