"""Which families make up a profile."""

from asmr_stim.acoustics.core_loudness import Field
from asmr_stim.acoustics.families.autocorrelation import AutocorrelationFamily
from asmr_stim.acoustics.families.binaural import BinauralFamily
from asmr_stim.acoustics.families.fluctuation import FluctuationFamily
from asmr_stim.acoustics.families.level import LevelFamily
from asmr_stim.acoustics.families.loudness import LoudnessFamily
from asmr_stim.acoustics.families.modulation import ModulationFamily
from asmr_stim.acoustics.families.pressure import PressureFamily
from asmr_stim.acoustics.families.psychoacoustics import PsychoacousticFamily
from asmr_stim.acoustics.families.quality import QualityFamily
from asmr_stim.acoustics.families.roughness import RoughnessFamily
from asmr_stim.acoustics.families.spectrum import SpectrumFamily
from asmr_stim.acoustics.families.voice import VoiceFamily
from asmr_stim.acoustics.readings import Family
from asmr_stim.acoustics.sliding import RUNNING, Window


def level_free_families(rate_hz: float, n_channels: int, running: Window = RUNNING) -> list[Family]:
    """Return every family that need not know how loud the clip is played.

    Running features, those of correlation and of the two ears, are of windows ``running``.
    """
    families: list[Family] = [
        LevelFamily(rate_hz, n_channels),
        LoudnessFamily(rate_hz, n_channels),
        SpectrumFamily(rate_hz, n_channels, running),
        QualityFamily(rate_hz, n_channels),
        AutocorrelationFamily(rate_hz, n_channels, running),
        ModulationFamily(rate_hz, n_channels),
        VoiceFamily(rate_hz, n_channels),
    ]
    return [*families, BinauralFamily(rate_hz, running)] if n_channels == 2 else families


def level_dependent_families(
    rate_hz: float, n_channels: int, pascals: dict[str, float], field: Field
) -> list[Family]:
    """Return every family that needs the sound pressure of a sample of 1, by playback level."""
    return [
        PressureFamily(rate_hz, n_channels, pascals),
        PsychoacousticFamily(rate_hz, n_channels, pascals, field),
        RoughnessFamily(rate_hz, n_channels, pascals),
        FluctuationFamily(rate_hz, n_channels, pascals),
    ]
