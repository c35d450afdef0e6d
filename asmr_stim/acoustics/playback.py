"""How loud a clip is taken to be played, for the features that depend on it."""

import re
from dataclasses import dataclass
from typing import Literal

from asmr_stim.acoustics.core_loudness import REFERENCE_PA
from asmr_stim.acoustics.decibels import FULL_SCALE_POWER
from asmr_stim.errors import InputError

Kind = Literal["laeq", "sine0dbfs"]
LOWEST_DB, HIGHEST_DB = 0.0, 140.0
_FORM = re.compile(r"(laeq|sine0dbfs):(-?\d+(?:\.\d+)?)(?:dB(?:SPL|A)?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlaybackLevel:
    """A statement of how loud a clip is played.

    Parameters
    ----------
    kind : {"laeq", "sine0dbfs"}
        ``laeq``: the A-weighted equivalent level of the clip, as the energy mean of its channels.
        ``sine0dbfs``: the sound pressure level of a full-scale sine.
    level_db : float
        dB re 20 micropascal, 0 to 140.
    """

    kind: Kind
    level_db: float

    @classmethod
    def parse(cls, text: str) -> "PlaybackLevel":
        """Return what a text such as ``laeq:45`` or ``sine0dbfs:94dBSPL`` says.

        Raises
        ------
        InputError
            If the text has another form, or the level is not between 0 and 140 dB.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise InputError(
                f"'{text}' is no playback level; write laeq:45 for a clip of 45 dB(A), or "
                "sine0dbfs:94dBSPL for a full-scale sine of 94 dB"
            )
        level_db = float(found[2])
        if not LOWEST_DB <= level_db <= HIGHEST_DB:
            raise InputError(f"'{text}': the level must be between 0 and 140 dB")
        return cls("laeq" if found[1].lower() == "laeq" else "sine0dbfs", level_db)

    @property
    def suffix(self) -> str:
        """What is added to the name of a feature measured at this level."""
        return f"at_{self.kind}_{self._number().replace('.', '_')}_db"

    @property
    def words(self) -> str:
        """The level as a person would say it."""
        if self.kind == "laeq":
            return f"LAeq {self._number()} dB"
        return f"0 dBFS = {self._number()} dB SPL"

    def _number(self) -> str:
        return f"{self.level_db:.10g}"

    def pascals_per_unit(self, a_weighted_power: float) -> float:
        """Return the sound pressure of a sample of 1, Pa.

        Parameters
        ----------
        a_weighted_power : float
            Mean square of the A-weighted samples, averaged over channels; above zero.
        """
        pressure = REFERENCE_PA * 10 ** (self.level_db / 20)
        reference = a_weighted_power if self.kind == "laeq" else FULL_SCALE_POWER
        return float(pressure / reference**0.5)
