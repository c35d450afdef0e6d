"""How fast clips are measured, family by family, and against librosa called feature by feature.

Every round runs each part once, in turn, on the same synthetic clip of 48 kHz stereo, so that a
busy machine slows all alike; medians of the rounds are printed as times real time. Run it with one
thread: ``OPENBLAS_NUM_THREADS=1 python benchmarks/acoustics.py [SECONDS] [ROUNDS]``.
"""

import platform
import sys
import time
from collections.abc import Callable

import librosa
import numpy as np
from numpy.typing import NDArray

from asmr_stim.acoustics.families.autocorrelation import AutocorrelationFamily
from asmr_stim.acoustics.families.binaural import BinauralFamily
from asmr_stim.acoustics.families.level import LevelFamily
from asmr_stim.acoustics.families.loudness import LoudnessFamily
from asmr_stim.acoustics.families.modulation import ModulationFamily
from asmr_stim.acoustics.families.psychoacoustics import PsychoacousticFamily
from asmr_stim.acoustics.families.quality import QualityFamily
from asmr_stim.acoustics.families.roughness import RoughnessFamily
from asmr_stim.acoustics.families.spectrum import SpectrumFamily
from asmr_stim.acoustics.readings import Family

RATE_HZ = 48000
BLOCK = 65536
PASCALS = {"at_laeq_50_db": 0.2}


def clip(seconds: float) -> NDArray[np.float64]:
    """Return noise bursts and taps in two ears, shape (2, frames)."""
    rng = np.random.default_rng(0)
    n_frames = int(seconds * RATE_HZ)
    sound = 1e-3 * rng.standard_normal((2, n_frames))
    for start in range(0, n_frames - RATE_HZ, RATE_HZ // 3):
        burst = rng.standard_normal(4800) * np.exp(-np.arange(4800) / 600)
        sound[:, start : start + 4800] += np.array([[0.1], [0.06]]) * burst
    return sound


def families() -> dict[str, Callable[[], Family]]:
    """Return what is timed."""
    return {
        "levels and true peak": lambda: LevelFamily(RATE_HZ, 2),
        "programme loudness": lambda: LoudnessFamily(RATE_HZ, 2),
        "spectrum, onsets, ears by band": lambda: SpectrumFamily(RATE_HZ, 2),
        "IACC, ITD, ILD": lambda: BinauralFamily(RATE_HZ),
        "autocorrelation": lambda: AutocorrelationFamily(RATE_HZ, 2),
        "modulation": lambda: ModulationFamily(RATE_HZ, 2),
        "quality": lambda: QualityFamily(RATE_HZ, 2),
        "loudness and sharpness": lambda: PsychoacousticFamily(RATE_HZ, 2, PASCALS, "free"),
        "roughness": lambda: RoughnessFamily(RATE_HZ, 2, PASCALS),
    }


def run(family: Family, sound: NDArray[np.float64]) -> None:
    """Send a clip through a family as the program does."""
    for start in range(0, sound.shape[1], BLOCK):
        family.push(np.ascontiguousarray(sound[:, start : start + BLOCK]))
    family.finish()
    family.readings()


def librosa_features(sound: NDArray[np.float64]) -> None:
    """Call librosa once for each feature of the spectrum of each ear, as its tutorial does."""
    for ear in sound.astype(np.float32):
        librosa.feature.spectral_centroid(y=ear, sr=RATE_HZ)
        librosa.feature.spectral_bandwidth(y=ear, sr=RATE_HZ)
        librosa.feature.spectral_rolloff(y=ear, sr=RATE_HZ)
        librosa.feature.spectral_flatness(y=ear)
        librosa.feature.spectral_contrast(y=ear, sr=RATE_HZ)
        librosa.feature.mfcc(y=ear, sr=RATE_HZ, n_mfcc=13)
        librosa.feature.rms(y=ear)
        librosa.feature.zero_crossing_rate(y=ear)
        librosa.onset.onset_strength(y=ear, sr=RATE_HZ)


def timed(task: Callable[[], None]) -> float:
    """Return the processor time of a task, seconds."""
    start = time.process_time()
    task()
    return time.process_time() - start


def main() -> None:
    """Time every part in turn and print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    n_rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    sound = clip(seconds)
    tasks = {name: (lambda make=make: run(make(), sound)) for name, make in families().items()}
    tasks["librosa, feature by feature"] = lambda: librosa_features(sound)
    warm = clip(3.0)
    for make in families().values():
        run(make(), warm)
    librosa_features(warm)
    times = {name: [] for name in tasks}
    for _ in range(n_rounds):
        for name, task in tasks.items():
            times[name].append(timed(task))
    print(f"{platform.processor() or platform.machine()}, {seconds:g} s of stereo at {RATE_HZ} Hz,")
    print(f"median of {n_rounds} rounds in turn, processor time\n")
    for name, spent in times.items():
        print(f"{name:32s} {seconds / np.median(spent):8.0f} x real time")
    ours = np.array(times["spectrum, onsets, ears by band"])
    ratio = np.array(times["librosa, feature by feature"]) / ours
    print(f"\nlibrosa / spectrum: {np.median(ratio):.1f}  (rounds {np.round(ratio, 1)})")


if __name__ == "__main__":
    main()
