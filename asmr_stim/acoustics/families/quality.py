"""Quality of a recording: what its samples tell, holes, hum, noise floor, and the two ears."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.holes import HoleFinder, Stretch
from asmr_stim.acoustics.hum import HumMeter
from asmr_stim.acoustics.noise_floor import FloorMeter
from asmr_stim.acoustics.readings import SILENT, Reading, Readings, Remark, Rows, Series, Undefined
from asmr_stim.acoustics.sample_quality import SampleMeter, SampleQuality
from asmr_stim.compiling import njit

DC_LIMIT = 0.001  # -60 dB of full scale
DC_SHORTEST_S = 0.1  # two periods of 20 Hz: the mean of less is that of the sound itself
HUM_LIMIT_DB = 10.0
SAME_LIMIT = 1e-6  # energy of the difference of the ears over that of their sum: -60 dB
TOLD = 5  # so many places are told, and the number of the others
MAINS_HZ = (50, 60)
TOO_SHORT = Undefined("shorter_than_window")


@njit(cache=True, nogil=True)
def _sum_and_difference(
    left: NDArray[np.float64], right: NDArray[np.float64], energies: NDArray[np.float64]
) -> None:
    """Add the energies of the sum and of the difference of the ears."""
    for k in range(left.shape[0]):
        together, apart = left[k] + right[k], left[k] - right[k]
        energies[0] += together * together
        energies[1] += apart * apart


class QualityFamily:
    """Quality of a recording.

    Parameters
    ----------
    rate_hz : float
        Sampling rate.
    n_channels : int
        Number of channels.
    """

    series: tuple[Series, ...] = ()

    def __init__(self, rate_hz: float, n_channels: int) -> None:
        self._rate_hz = rate_hz
        self._samples = [SampleMeter() for _ in range(n_channels)]
        self._holes = [HoleFinder(rate_hz) for _ in range(n_channels)]
        self._floors = [FloorMeter(rate_hz) for _ in range(n_channels)]
        self._hum = HumMeter(rate_hz, n_channels)
        self._energies = np.zeros(2)
        self._is_silent = np.ones(n_channels, dtype=bool)
        self._n_samples = 0

    def push(self, samples: NDArray[np.float64]) -> Rows:
        """Take the next samples."""
        for channel, row in enumerate(samples):
            self._samples[channel].push(row)
            self._holes[channel].push(row)
            self._floors[channel].push(row)
        self._hum.push(samples)
        if len(samples) == 2:
            _sum_and_difference(samples[0], samples[1], self._energies)
        self._is_silent &= ~samples.any(axis=1)
        self._n_samples += samples.shape[1]
        return {}

    def finish(self) -> Rows:
        """Take what waited."""
        self._hum.finish()
        for finder in self._holes:
            finder.finish()
        return {}

    def readings(self) -> Readings:
        """Return the numbers of each channel and what a reader should know."""
        qualities = [meter.quality() for meter in self._samples]
        silences = [sum(s.length for s in finder.silences) for finder in self._holes]
        floors = [meter.levels_dbfs() for meter in self._floors]
        channels: dict[str, list[Reading]] = {
            "clipped_share": [quality.clipped_share for quality in qualities],
            "dc_offset": [quality.dc_offset for quality in qualities],
            "effective_bits": [_bits(quality) for quality in qualities],
            "digital_silence_share": [length / self._n_samples for length in silences],
            "dropout_count": [float(len(finder.dropouts)) for finder in self._holes],
            "noise_floor_dbfs": [TOO_SHORT if f is None else f.floor_dbfs for f in floors],
            "signal_to_floor_db": [
                TOO_SHORT if f is None else f.signal_dbfs - f.floor_dbfs for f in floors
            ],
        }
        channels["active_share"] = [TOO_SHORT if f is None else f.active_share for f in floors]
        for mains_hz in MAINS_HZ:
            channels[f"hum_{mains_hz}_hz_db"] = self._hum_readings(mains_hz)
        remarks = [*self._of_samples(qualities), *self._of_holes(), *self._of_hum(channels)]
        return Readings(channels=channels, remarks=(*remarks, *self._of_ears()))

    def _hum_readings(self, mains_hz: int) -> list[Reading]:
        found = self._hum.prominence_db(mains_hz)
        if found is None:
            return [TOO_SHORT] * len(self._samples)
        return [float(db) if np.isfinite(db) else SILENT for db in found]

    def _of_samples(self, qualities: list[SampleQuality]) -> Iterator[Remark]:
        for channel, quality in enumerate(qualities):
            if quality.clipped_share > 0:
                detail = f"{quality.clipped_share:.3%} of samples lie in flat tops"
                yield Remark("clipped", detail, channel)
            is_long = self._n_samples >= DC_SHORTEST_S * self._rate_hz
            if is_long and abs(quality.dc_offset) >= DC_LIMIT:
                yield Remark("dc_offset", f"mean {quality.dc_offset:+.4f} of full scale", channel)

    def _of_holes(self) -> Iterator[Remark]:
        for channel, finder in enumerate(self._holes):
            if finder.silences and not self._is_silent[channel]:
                yield Remark("digital_silence", self._places(finder.silences), channel)
            if finder.dropouts:
                yield Remark("dropouts", self._places(finder.dropouts), channel)

    def _places(self, stretches: list[Stretch]) -> str:
        """Return when stretches begin and end, the first few of them."""
        told = [
            f"{s.start / self._rate_hz:.3f}-{s.stop / self._rate_hz:.3f} s"
            for s in stretches[:TOLD]
        ]
        more = len(stretches) - len(told)
        return ", ".join(told) + (f" and {more} more" if more else "")

    def _of_hum(self, channels: dict[str, list[Reading]]) -> Iterator[Remark]:
        for mains_hz in MAINS_HZ:
            for channel, reading in enumerate(channels[f"hum_{mains_hz}_hz_db"]):
                if isinstance(reading, float) and reading >= HUM_LIMIT_DB:
                    detail = f"lines at multiples of {mains_hz} Hz stand out by {reading:.0f} dB"
                    yield Remark("mains_hum", detail, channel)

    def _of_ears(self) -> Iterator[Remark]:
        if len(self._samples) != 2 or self._is_silent.all():
            return
        together, apart = self._energies
        if self._is_silent.any():
            yield Remark("one_channel_silent", "every sample is zero", int(self._is_silent[1]))
        elif apart <= SAME_LIMIT * together:
            yield Remark(
                "dual_mono", "left and right are the same; what differs is more than 60 dB softer"
            )
        elif together <= SAME_LIMIT * apart:
            detail = "right is left with the sign changed; what differs is more than 60 dB softer"
            yield Remark("inverted_ears", detail)


def _bits(quality: SampleQuality) -> Reading:
    """Return the effective bits, or that samples are no integers."""
    if quality.effective_bits is None:
        return Undefined("not_quantised")
    return float(quality.effective_bits)
