"""How the annotator looks at three sizes, as text; run this file to take the pictures anew."""

import asyncio
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from annotation_builders import sound_is_read, write_clip

from asmr_stim_tui.annotator import annotator

PICTURES = Path(__file__).parent / "screens"
SIZES = ((80, 24), (120, 36), (200, 50))


def tapping(path):
    """Write three seconds of taps that wander from left to right."""
    rate_hz = 16000
    time_s = np.arange(3 * rate_hz) / rate_hz
    tap = np.exp(-40 * (time_s % 0.25)) * np.sin(2 * np.pi * 1500 * time_s) * 0.4
    pan = time_s / 3
    return write_clip(path, rate_hz=rate_hz, samples=np.stack([tap * (1 - pan), tap * pan], axis=1))


async def screen_text(folder, size):
    """Make three regions, one of them in another's time, and return what is on the screen."""
    app = annotator(tapping(folder / "taps.wav"), "rs")
    async with app.run_test(size=size) as pilot:
        await sound_is_read(app, pilot)
        edits = (
            *["right"] * 5, "i", *["right"] * 20, "o", "t", *"tapp", "enter", "4", "e",
            *["left"] * 8, "i", *["right"] * 16, "o", "t", *"whis", "enter", "2", "p", "p",
            *["right"] * 3, "i", *["right"] * 9, "o", "N",
        )  # fmt: skip
        await pilot.press(*edits)
        await pilot.pause(0.3)
        lines = app.screen._compositor.render_strips()
        lines = ["".join(segment.text for segment in line) for line in lines]
        area = app.screen.query_one("Spectrogram").region
        for y in range(area.y, area.bottom):  # its shades may differ in the last digit elsewhere
            lines[y] = lines[y][: area.x] + "░" * area.width + lines[y][area.right :]
        text = "".join(f"{line.rstrip()}\n" for line in lines)
    app.close()
    return text


@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_the_screen_looks_as_it_did(tmp_path, size):
    expected = PICTURES / f"{size[0]}x{size[1]}.txt"
    assert await screen_text(tmp_path, size) == expected.read_text(encoding="utf-8")


async def take_pictures():
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            text = await screen_text(Path(folder), size)
        (PICTURES / f"{size[0]}x{size[1]}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(asyncio.run(take_pictures()))
