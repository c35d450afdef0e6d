"""Our side of benchmarks/acoustics.py: runs a task each time it is named on stdin.

A line "tasks" is answered with the names of all tasks; any other with its times as JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from asmr_stim.acoustics.aweighting import AWeightedMeter
from asmr_stim.acoustics.families.autocorrelation import AutocorrelationFamily
from asmr_stim.acoustics.families.binaural import BinauralFamily
from asmr_stim.acoustics.families.loudness import LoudnessFamily
from asmr_stim.acoustics.families.psychoacoustics import PsychoacousticFamily
from asmr_stim.acoustics.families.registry import level_dependent_families, level_free_families
from asmr_stim.acoustics.families.roughness import RoughnessFamily
from asmr_stim.acoustics.families.spectrum import SpectrumFamily
from asmr_stim.acoustics.level import LevelMeter
from asmr_stim.acoustics.readings import Family
from asmr_stim.io.audio import audio_info, read_blocks
from asmr_stim.io.profiles import read_feature_list
from asmr_stim.workflows.features import Settings, measure_clips
from asmr_stim.workflows.worker_pool import WorkerPool

RATE_HZ = 48000
ONE_LEVEL = {"at_laeq_50_db": 0.1}  # Pa for a sample of 1: the clip then has about 50 dB(A)
WORKER_SECONDS = 200.0


def clip(seconds: float, seed: int = 0) -> NDArray[np.float64]:
    """Return soft noise with bursts and taps in two ears, shape (2, frames)."""
    rng = np.random.default_rng(seed)
    n_frames = int(seconds * RATE_HZ)
    sound = 2e-3 * rng.standard_normal((2, n_frames))
    for start in range(0, n_frames - RATE_HZ, RATE_HZ // 3):
        burst = rng.standard_normal(4800) * np.exp(-np.arange(4800) / 600)
        sound[:, start : start + 4800] += np.array([[0.1], [0.06]]) * burst
    return sound


def write_clip(path: Path, seconds: float) -> Path:
    """Write a clip minute by minute, so that an hour needs no memory; return its path."""
    with soundfile.SoundFile(path, "w", RATE_HZ, 2, "PCM_16") as file:
        for minute in range(int(np.ceil(seconds / 60))):
            file.write(clip(min(60.0, seconds - 60 * minute), minute).T)
    return path


class _Levels:
    """RMS, peak and A-weighted levels, without the true peak."""

    series = ()

    def __init__(self) -> None:
        self._meters = (LevelMeter(2), AWeightedMeter(RATE_HZ, 2))

    def push(self, samples: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Take the next samples."""
        for meter in self._meters:
            meter.push(samples)
        return {}

    def finish(self) -> dict[str, NDArray[np.float64]]:
        """Return nothing."""
        return {}

    def readings(self) -> object:
        """Work out the levels."""
        return [meter.levels() for meter in self._meters]


def decode_through(path: Path, families: Iterable[Family | _Levels]) -> None:
    """Send a file through families as the program does."""
    families = list(families)
    for block in read_blocks(audio_info(path)):
        samples = np.ascontiguousarray(block.T)
        for family in families:
            family.push(samples)
    for family in families:
        family.finish()
        family.readings()


def in_memory(sound: NDArray[np.float64], family: Family) -> None:
    """Send samples through one family, block by block."""
    for start in range(0, sound.shape[1], 65536):
        family.push(np.ascontiguousarray(sound[:, start : start + 65536]))
    family.finish()
    family.readings()


def core() -> list[Family | _Levels]:
    """Return spectrum, levels without true peak, ears, autocorrelation, loudness, sharpness."""
    return [
        SpectrumFamily(RATE_HZ, 2),
        _Levels(),
        LoudnessFamily(RATE_HZ, 2),
        BinauralFamily(RATE_HZ),
        AutocorrelationFamily(RATE_HZ, 2),
        PsychoacousticFamily(RATE_HZ, 2, ONE_LEVEL, "free"),
    ]


def tasks_on(path: Path) -> dict[str, Callable[[], object]]:
    """Return every task by its name."""
    features = read_feature_list()

    def everything(*levels: str) -> object:
        return measure_clips([path], features, Settings.of(levels, features))

    loudness = lambda: PsychoacousticFamily(RATE_HZ, 2, ONE_LEVEL, "free")  # noqa: E731 one word
    tasks: dict[str, Callable[[], object]] = {
        "frames": lambda: decode_through(path, [SpectrumFamily(RATE_HZ, 2)]),
        "loudness": lambda: decode_through(path, [loudness()]),
        "roughness": lambda: decode_through(path, [RoughnessFamily(RATE_HZ, 2, ONE_LEVEL)]),
        "ears": lambda: decode_through(path, [BinauralFamily(RATE_HZ)]),
        "core": lambda: decode_through(path, core()),
        "one level": lambda: everything("laeq:50"),
        "three levels": lambda: everything("laeq:40", "laeq:50", "laeq:60"),
    }
    sound = np.ascontiguousarray(soundfile.read(path)[0].T)
    makers = [lambda: level_free_families(RATE_HZ, 2)]
    makers.append(lambda: level_dependent_families(RATE_HZ, 2, ONE_LEVEL, "free"))
    for make in makers:
        for k, family in enumerate(make()):
            name = f"family {type(family).__name__.removesuffix('Family').lower()}"
            tasks[name] = lambda make=make, k=k: in_memory(sound, make()[k])
    return tasks


def with_workers(folder: Path, n_workers: int) -> object:
    """Measure two long files, each new to the processor's caches."""
    features = read_feature_list()
    paths = [folder / f"{name}.wav" for name in "ab"]
    for path in paths:
        if not path.exists():
            write_clip(path, WORKER_SECONDS)
    settings = Settings.of(("laeq:50",), features)
    start = time.perf_counter()
    if n_workers == 1:
        measure_clips(paths, features, settings)
    else:
        with WorkerPool(n_workers, len(paths)) as pool:
            measure_clips(paths, features, settings, pool=pool)
    return time.perf_counter() - start


def main() -> None:
    """Answer each line."""
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
    warm = tasks_on(write_clip(folder / "warm.wav", 4.0))
    for task in warm.values():
        task()
    tasks = tasks_on(write_clip(folder / "clip.wav", seconds))
    for line in sys.stdin:
        word = line.strip()
        if word == "tasks":
            answer: object = {"names": list(tasks)}
        elif word.startswith("workers "):
            answer = {"wall": with_workers(folder, int(word.split()[1]))}
        else:
            start = time.process_time()
            tasks[word]()
            answer = {"cpu": time.process_time() - start}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
