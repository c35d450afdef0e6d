"""The peers' side of benchmarks/acoustics.py, for their own environment; imports nothing of ours.

Runs a task each time it is named on stdin, and answers with its time as JSON, or with {} if the
peer is not installed.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile


def librosa_features(path: Path) -> None:
    """Call librosa once for each feature of the spectrum of each ear, as its tutorial does."""
    librosa = importlib.import_module("librosa")
    sound, rate_hz = librosa.load(path, sr=None, mono=False)
    for ear in sound:
        librosa.feature.spectral_centroid(y=ear, sr=rate_hz)
        librosa.feature.spectral_bandwidth(y=ear, sr=rate_hz)
        librosa.feature.spectral_rolloff(y=ear, sr=rate_hz)
        librosa.feature.spectral_flatness(y=ear)
        librosa.feature.spectral_contrast(y=ear, sr=rate_hz)
        librosa.feature.mfcc(y=ear, sr=rate_hz, n_mfcc=13)
        librosa.feature.rms(y=ear)
        librosa.feature.zero_crossing_rate(y=ear)
        librosa.onset.onset_strength(y=ear, sr=rate_hz)


class OpenSmile:
    """eGeMAPSv02 functionals of each ear."""

    def __init__(self) -> None:
        opensmile = importlib.import_module("opensmile")
        self._smile = opensmile.Smile(
            feature_set=opensmile.FeatureSet.eGeMAPSv02,
            feature_level=opensmile.FeatureLevel.Functionals,
        )

    def __call__(self, path: Path) -> None:
        """Measure a file."""
        sound, rate_hz = soundfile.read(path, dtype="float32")
        for ear in sound.T:
            self._smile.process_signal(ear, rate_hz)


def pascals(path: Path, seconds: float) -> tuple[np.ndarray, int]:
    """Return the beginning of the left ear at about 50 dB(A)."""
    with soundfile.SoundFile(path) as file:
        return 0.1 * file.read(int(seconds * file.samplerate))[:, 0], file.samplerate


def mosqito_loudness(path: Path, seconds: float) -> None:
    """Compute loudness over time, and sharpness from it."""
    metrics = importlib.import_module("mosqito.sq_metrics")
    loudness, specific, _, _ = metrics.loudness_zwtv(*pascals(path, seconds), field_type="free")
    metrics.sharpness_din_from_loudness(loudness, specific)


def mosqito_roughness(path: Path, seconds: float) -> None:
    """Compute roughness after Daniel and Weber, in windows that overlap by half, as ours."""
    metrics = importlib.import_module("mosqito.sq_metrics")
    metrics.roughness_dw(*pascals(path, seconds), overlap=0.5)


def tasks_on(path: Path, seconds: float) -> dict[str, Callable[[], None]]:
    """Return the tasks of the peers that are installed."""
    tasks: dict[str, Callable[[], None]] = {}
    if is_installed("librosa"):
        tasks["librosa"] = lambda: librosa_features(path)
    if is_installed("opensmile"):
        smile = OpenSmile()
        tasks["opensmile"] = lambda: smile(path)
    if is_installed("mosqito"):
        tasks["mosqito loudness"] = lambda: mosqito_loudness(path, seconds)
        tasks["mosqito roughness"] = lambda: mosqito_roughness(path, seconds)
    return tasks


def is_installed(name: str) -> bool:
    """Say whether a peer can be imported."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def main() -> None:
    """Answer each line, after one run of each task on a short clip."""
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
    for task in tasks_on(folder / "warm.wav", 0.3).values():
        task()
    tasks = tasks_on(folder / "clip.wav", seconds)
    for line in sys.stdin:
        task = tasks.get(line.strip())
        answer = {}
        if task is not None:
            start = time.process_time()
            task()
            answer = {"cpu": time.process_time() - start}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
