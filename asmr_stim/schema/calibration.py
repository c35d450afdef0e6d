"""How loud a playback chain is, as a meter read it at each ear: the calibration file.

What was not filled in is null, and stays visible as incomplete. Levels are dB re 20 micropascal.

Offers: ``Calibration``, ``EarReadings``, ``ResponsePoint``, ``PlayedSignals``, ``NEEDED``.
"""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from asmr_stim.schema.base import Many, PositiveNumber, Record, SemanticVersion, Text
from asmr_stim.schema.identity import Day

CALIBRATION_SCHEMA_VERSION = "1.0.0"
NEEDED = ("date", "expires", "meter", "coupler", "transducer", "serial", "volume")
"""What makes a calibration complete, besides the reading of each ear."""

Ear = Literal["left", "right"]
PressureLevel = Annotated[float, Field(ge=0, le=140)]
DigitalLevel = Annotated[float, Field(ge=-100, le=0)]


class ResponsePoint(Record):
    """The level of a transducer at one frequency, in Hz and dB."""

    frequency_hz: PositiveNumber
    level_db: float


class EarReadings(Record):
    """What the meter read at one ear while the other was silent.

    Attributes
    ----------
    tone_db : float or None, dB SPL
        Level of the tone of 1 kHz.
    noise_db : float or None, dB(A)
        A-weighted equivalent level of the noise.
    response : tuple of ResponsePoint
        Frequency response of the transducer: frequencies that rise, and levels, of which only
        the differences from the one at 1 kHz count. Empty if it was not measured.
    """

    tone_db: PressureLevel | None = None
    noise_db: PressureLevel | None = None
    response: Many[ResponsePoint] = ()

    @model_validator(mode="after")
    def _frequencies_rise(self) -> Self:
        if len(self.response) == 1:
            raise ValueError("a response has at least two points, found 1")
        for low, high in pairwise(self.response):
            if high.frequency_hz <= low.frequency_hz:
                raise ValueError(
                    f"the frequencies of a response must rise, found {high.frequency_hz:g} Hz "
                    f"after {low.frequency_hz:g} Hz"
                )
        return self


class PlayedSignals(Record):
    """The levels of the signals that were played, dB re the RMS of a full-scale sine.

    Attributes
    ----------
    tone_dbfs : float, dBFS
        RMS level of the tone.
    noise_a_weighted_dbfs : float, dBFS
        A-weighted RMS level of the noise.
    """

    tone_dbfs: DigitalLevel
    noise_a_weighted_dbfs: DigitalLevel


class Calibration(Record):
    """How loud a playback chain is at one setting of its volume.

    Attributes
    ----------
    date : str or None
        When the meter was read.
    expires : str or None
        Last day on which the calibration holds.
    meter, coupler, transducer, serial : str or None
        Make and model of the meter, of what held its microphone and of headphones or loudspeakers,
        and the serial number of the latter.
    volume : str or None
        Where every volume control stood.
    left, right : EarReadings
        What the meter read.
    gain_from : {"tone", "noise"}
        Which reading says how loud a sample is. The other one is a check.
    response_referred_to : {"free", "diffuse", "coupler"} or None
        The sound field that the responses are equivalent to, or ``coupler`` if they are as measured
        in an ear simulator. Null if there is none.
    signals : PlayedSignals
        What was played.
    """

    schema_version: SemanticVersion
    date: Day | None = None
    expires: Day | None = None
    meter: Text | None = None
    coupler: Text | None = None
    transducer: Text | None = None
    serial: Text | None = None
    volume: Text | None = None
    left: EarReadings = EarReadings()
    right: EarReadings = EarReadings()
    gain_from: Literal["tone", "noise"] = "tone"
    response_referred_to: Literal["free", "diffuse", "coupler"] | None = None
    signals: PlayedSignals

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.date is not None and self.expires is not None and self.expires < self.date:
            raise ValueError(
                f"a calibration expires after it was made, found expires {self.expires} and date "
                f"{self.date}"
            )
        has_response = bool(self.left.response or self.right.response)
        if has_response and self.response_referred_to is None:
            raise ValueError(
                "a response needs response_referred_to: free, diffuse, or coupler if it is as "
                "measured in an ear simulator"
            )
        return self

    def ear(self, ear: Ear) -> EarReadings:
        """Return the readings of one ear."""
        return self.left if ear == "left" else self.right

    def full_scale_db(self, ear: Ear) -> float | None:
        """Return the sound pressure level of a full-scale sine at an ear, by ``gain_from``.

        None if the meter was not read.
        """
        return self.full_scale_by(ear, self.gain_from)

    def full_scale_by(self, ear: Ear, signal: Literal["tone", "noise"]) -> float | None:
        """Return what the reading of one signal says of a full-scale sine, dB SPL.

        None if the meter was not read.
        """
        readings, played = self.ear(ear), self.signals
        if signal == "tone":
            reading, level_dbfs = readings.tone_db, played.tone_dbfs
        else:
            reading, level_dbfs = readings.noise_db, played.noise_a_weighted_dbfs
        return None if reading is None else reading - level_dbfs

    def missing(self) -> tuple[str, ...]:
        """Return the fields that were not filled in, such as ``meter`` and ``left.tone_db``."""
        readings = [f"{ear}.{self.gain_from}_db" for ear in ("left", "right") if self._lacks(ear)]
        return tuple([name for name in NEEDED if getattr(self, name) is None] + readings)

    def _lacks(self, ear: Ear) -> bool:
        return self.full_scale_db(ear) is None
