"""How loud a clip is taken to be played, for the features that depend on it."""

import re
from dataclasses import dataclass
from typing import Literal

from asmr_stim.acoustics.core_loudness import REFERENCE_PA
from asmr_stim.acoustics.decibels import FULL_SCALE_POWER
from asmr_stim.errors import InputError

Kind = Literal["laeq", "sine0dbfs"]
Ear = Literal["mean", "left", "right"]
LOWEST_DB, HIGHEST_DB = 0.0, 140.0
_FORM = re.compile(
    r"(?P<kind>laeq|sine0dbfs)(?::(?P<ear>mean|left|right))?:(?P<level>-?\d+(?:\.\d+)?)"
    r"(?P<unit>|dB|dBA|dB\(A\)|dBSPL)",
    re.IGNORECASE,
)
_ADVICE = (
    "write laeq:45 for a clip of 45 dB(A) in the energy mean of its channels, laeq:left:45 or "
    "laeq:right:45 for one ear, or sine0dbfs:94dBSPL for a full-scale sine of 94 dB"
)
_EARS = {"mean": "energy mean of all channels", "left": "left ear", "right": "right ear"}
_WRONG_UNITS = {
    "laeq": ("dbspl", "an LAeq is A-weighted, and dB SPL is not; write laeq:45 or laeq:45dBA"),
    "sine0dbfs": ("dba", "a level of full scale is not weighted; write sine0dbfs:94dBSPL"),
}


@dataclass(frozen=True, slots=True)
class PlaybackLevel:
    """A statement of how loud a clip is played.

    Parameters
    ----------
    kind : {"laeq", "sine0dbfs"}
        ``laeq``: the A-weighted equivalent level of the clip.
        ``sine0dbfs``: the sound pressure level of a full-scale sine, in every channel.
    level_db : float
        dB re 20 micropascal, 0 to 140.
    ear : {"mean", "left", "right"}
        The channel that an LAeq is of, or the energy mean of all channels; every channel is then
        played by the same gain.
    """

    kind: Kind
    level_db: float
    ear: Ear = "mean"

    @classmethod
    def parse(cls, text: str) -> "PlaybackLevel":
        """Return what a text such as ``laeq:45`` or ``sine0dbfs:94dBSPL`` says.

        Raises
        ------
        InputError
            If the text has another form or a unit that does not fit, or the level is not between 0
            and 140 dB.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise InputError(f"'{text}' is no playback level; {_ADVICE}")
        kind: Kind = "laeq" if found["kind"].lower() == "laeq" else "sine0dbfs"
        wrong, why = _WRONG_UNITS[kind]
        if found["unit"].lower().replace("(", "").replace(")", "") == wrong:
            raise InputError(f"'{text}': {why}")
        if kind == "sine0dbfs" and found["ear"]:
            raise InputError(
                f"'{text}': full scale is the same in every ear; for ears that differ, measure "
                "them with asmr-stim calibrate and give --calibration FILE"
            )
        level_db = float(found["level"])
        if not LOWEST_DB <= level_db <= HIGHEST_DB:
            raise InputError(f"'{text}': the level must be between 0 and 140 dB")
        ears: dict[str, Ear] = {"left": "left", "right": "right"}
        return cls(kind, level_db, ears.get((found["ear"] or "").lower(), "mean"))

    @property
    def suffix(self) -> str:
        """What is added to the name of a feature measured at this level."""
        of_ear = "" if self.ear == "mean" else f"_{self.ear}"
        return f"at_{self.kind}{of_ear}_{self._number().replace('.', '_')}_db"

    @property
    def words(self) -> str:
        """The level as a label says it."""
        if self.kind == "laeq":
            of_ear = "" if self.ear == "mean" else f" {self.ear}"
            return f"LAeq{of_ear} {self._number()} dB"
        return f"0 dBFS = {self._number()} dB SPL"

    @property
    def statement(self) -> str:
        """The level with the ear that it is of."""
        if self.kind == "laeq":
            return f"LAeq {self._number()} dB, {_EARS[self.ear]}, assumed"
        return f"a full-scale sine is {self._number()} dB SPL in every channel, assumed"

    def _number(self) -> str:
        return f"{self.level_db:.10g}"

    def pascals_per_unit(self, a_weighted_power: float) -> float:
        """Return the sound pressure of a sample of 1, Pa.

        Parameters
        ----------
        a_weighted_power : float
            Mean square of the A-weighted samples of ``ear``, or averaged over channels; above zero.
            Not used if the level is that of a full-scale sine.
        """
        return pascals_per_unit(
            self.level_db, a_weighted_power if self.kind == "laeq" else FULL_SCALE_POWER
        )


def pascals_per_unit(level_db: float, power: float = FULL_SCALE_POWER) -> float:
    """Return the sound pressure of a sample of 1, Pa, where a mean square has a known level.

    Parameters
    ----------
    level_db : float
        Sound pressure level, dB re 20 micropascal.
    power : float
        The mean square of samples that has this level; by default that of a full-scale sine.
    """
    return float(REFERENCE_PA * 10 ** (level_db / 20) / power**0.5)
