"""Clips measured for their card and figure, each kind once."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
from signals import RATE_HZ, white_noise

from asmr_stim.io.profiles import read_feature_list
from asmr_stim.workflows.clip_picture import picture_of_clip
from asmr_stim.workflows.feature_settings import Settings

FEATURES = read_feature_list()
SETTINGS = Settings.of(["laeq:50"], FEATURES)
EXPANDED = SETTINGS.expanded(FEATURES)
LONG_NAME = "耳かき_囁き声_" + "left_right_whisper_tapping_brushing_take_" * 4 + "003.wav"


def taps(duration_s=1.2, n_channels=2):
    """Return noise that comes and goes, louder on the left."""
    noise = white_noise(duration_s, n_channels, sd=0.05)
    time_s = np.arange(noise.shape[1]) / RATE_HZ
    noise *= 0.1 + (time_s % 0.25 < 0.05)
    noise[0] *= 2
    return noise


KINDS = {
    "stereo": taps,
    "mono": lambda: taps(0.6, 1),
    "eight channels": lambda: white_noise(0.3, 8),
    "silent": lambda: np.zeros((2, 24000)),
    "one sample": lambda: np.array([[0.5], [0.2]]),
    "shorter than a window": lambda: white_noise(0.02, 2),
    "one ear silent": lambda: taps(0.6) * np.array([[1.0], [0.0]]),
    "many flags": lambda: np.clip(taps(0.6) * 40, -0.5, 0.5) + 0.01,
}


@cache
def picture_of(kind):
    """Return what is drawn of a kind of clip."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        soundfile.write(path, np.atleast_2d(KINDS[kind]()).T, RATE_HZ, subtype="PCM_16")
        return picture_of_clip(path, FEATURES, SETTINGS)
