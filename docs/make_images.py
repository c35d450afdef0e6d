"""Write the pictures of the README: ``python docs/make_images.py``.

The first is drawn from the packaged catalogue. The second is the annotator's own screen, 120
columns by 36 rows, on ten seconds of made sound with three regions. The third is the figure of that
sound as `asmr-stim profile` writes it.
"""

import asyncio
import re
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from matplotlib.figure import Figure
from numpy.typing import NDArray

from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.profiles import read_feature_list
from asmr_stim.report.figures.clip import clip_figure
from asmr_stim.report.figures.matrices import knowledge_figure
from asmr_stim.report.figures.style import save
from asmr_stim.report.knowledge import knowledge_grid
from asmr_stim.resources import catalogue_folder
from asmr_stim.workflows.clip_picture import picture_of_clip
from asmr_stim.workflows.feature_settings import Settings
from asmr_stim_tui.annotator import annotator

IMAGES = Path(__file__).parent / "images"
RATE_HZ = 48_000
COLUMNS, ROWS = 120, 36
REGIONS = (("tapping", 21), ("brushing hair", 26), ("whisper", 22))
"""What each region is labelled with, and how many columns it has."""


def main() -> None:
    """Write each picture anew."""
    IMAGES.mkdir(exist_ok=True)
    grid = knowledge_grid(load_catalogue(catalogue_folder()).studies)
    save(knowledge_figure(grid), IMAGES / "stimulus_knowledge.png")
    (IMAGES / "annotator.svg").write_text(asyncio.run(annotator_screen()), encoding="utf-8")
    save(profile_figure(), IMAGES / "profile.png", 150, is_trimmed=False)


async def annotator_screen() -> str:
    """Return the annotator's screen as SVG, without fonts from elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.wav"
        soundfile.write(clip, made_sound(), RATE_HZ)
        app = annotator(clip, rater="rs")
        async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
            await pilot.pause(2.0)
            for word, n_columns in REGIONS:
                await pilot.press("right", "i", *["right"] * n_columns, "o", "t")
                await pilot.press(*("space" if letter == " " else letter for letter in word))
                await pilot.press("enter", "3")
            await pilot.pause(1.0)
            svg = app.export_screenshot(title="asmr-stim annotate clip.wav")
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def profile_figure() -> Figure:
    """Return the figure of the made sound, played at an LAeq of 45 dB."""
    features = read_feature_list()
    settings = Settings.of(["laeq:45"], features)
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.wav"
        soundfile.write(clip, made_sound(), RATE_HZ)
        return clip_figure(picture_of_clip(clip, features, settings))


def made_sound() -> NDArray[np.float64]:
    """Return ten seconds in two channels: taps, strokes of a brush, something like a whisper."""
    draws = np.random.default_rng(7)
    time_s = np.arange(10 * RATE_HZ) / RATE_HZ
    noise = draws.normal(0, 1, (2, len(time_s)))
    taps = np.exp(-((time_s * 4) % 1) * 25) * (time_s < 3)
    strokes = np.sin(np.pi * time_s * 1.2) ** 2 * ((time_s >= 3) & (time_s < 6.8))
    syllables = np.abs(np.sin(np.pi * time_s * 3.1)) ** 3 * (time_s >= 6.8)
    left = noise[0] * (0.5 * taps + 0.18 * strokes + 0.1 * syllables + 0.004)
    right = noise[1] * (0.2 * taps + 0.3 * strokes + 0.12 * syllables + 0.004)
    return np.clip(np.stack([left, right], axis=1), -1, 1)


if __name__ == "__main__":
    main()
