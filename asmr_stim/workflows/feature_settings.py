"""How clips are measured: playback levels, sound field, calibration, running windows."""

from collections.abc import Sequence
from dataclasses import dataclass

from asmr_stim.acoustics.core_loudness import Field
from asmr_stim.acoustics.playback import PlaybackLevel
from asmr_stim.acoustics.sliding import RUNNING, Window
from asmr_stim.errors import InputError
from asmr_stim.schema.profile import FeatureList
from asmr_stim.workflows.presentation import StatedCalibration, level_words


@dataclass(frozen=True, slots=True)
class Settings:
    """How clips are measured.

    Parameters
    ----------
    levels : tuple of PlaybackLevel
        How loud the clips are taken to be played; features that depend on it are measured at each.
    field : {"free", "diffuse"}
        The sound field that loudness is computed for.
    calibration : StatedCalibration or None
        What was measured of the playback chain; there are no assumed levels then.
    running : Window
        Length and step of the windows of correlation and of the two ears.
    """

    levels: tuple[PlaybackLevel, ...]
    field: Field = "free"
    calibration: StatedCalibration | None = None
    running: Window = RUNNING

    @classmethod
    def of(
        cls,
        levels: Sequence[str],
        features: FeatureList,
        field: Field = "free",
        calibration: StatedCalibration | None = None,
    ) -> "Settings":
        """Return settings for levels such as ``laeq:45``; for those of the list if there are none.

        Raises
        ------
        InputError
            If a text is no level, or there are both levels and a calibration.
        """
        if calibration is not None:
            if levels:
                raise InputError("give levels or a calibration, not both: one says what is heard")
            return cls((), field, calibration)
        texts = levels or features.playback_levels
        return cls(tuple(dict.fromkeys(map(PlaybackLevel.parse, texts))), field)

    def expanded(self, features: FeatureList) -> FeatureList:
        """Return the feature list with one entry for each playback level."""
        return features.at_levels(level_words(self.levels, self.calibration))
