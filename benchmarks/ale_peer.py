"""The peer's side of the ALE benchmark; runs in an environment of its own with NiMARE 0.22.1.

Reads one JSON request a line from stdin, answers with one JSON line on stdout: seconds and peak
memory. Results are never fast because they were computed before: every request computes anew.
"""

import json
import logging
import resource
import sys
import time
import warnings
from typing import Any

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from nimare.correct import FWECorrector  # noqa: E402 - silence first
from nimare.io import convert_sleuth_to_studyset  # noqa: E402
from nimare.meta.cbma.ale import ALE, ALESubtraction  # noqa: E402

_read: dict = {}
_fitted: dict = {}


def studyset(path: str) -> Any:
    """Return the studyset of a Sleuth file, read once."""
    if path not in _read:
        _read[path] = convert_sleuth_to_studyset(path, target="ale_2mm")
    return _read[path]


def fit(request: dict[str, Any]) -> float:
    """Fit an ALE with the approximate null."""
    began = time.perf_counter()
    _fitted[request["foci"]] = ALE().fit(studyset(request["foci"]))
    return time.perf_counter() - began


def fwe(request: dict[str, Any]) -> float:
    """Run the Monte Carlo correction on a fitted ALE."""
    if request["foci"] not in _fitted:
        fit(request)
    corrector = FWECorrector(
        method="montecarlo",
        voxel_thresh=0.001,
        n_iters=request["n_iterations"],
        n_cores=request["n_cores"],
    )
    began = time.perf_counter()
    corrector.transform(_fitted[request["foci"]])
    return time.perf_counter() - began


def subtraction(request: dict[str, Any]) -> float:
    """Compare two groups by permutation, activation maps included."""
    first, second = (studyset(path) for path in request["foci"])
    peer = ALESubtraction(n_iters=request["n_iterations"], n_cores=request["n_cores"])
    began = time.perf_counter()
    peer.fit(first, second)
    return time.perf_counter() - began


def main() -> None:
    """Answer until stdin ends."""
    answer_to = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        busy = time.process_time()
        seconds = {"fit": fit, "fwe": fwe, "subtraction": subtraction}[request["what"]](request)
        busy = time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            json.dumps({"seconds": seconds, "busy": busy, "peak_mb": peak}),
            file=answer_to,
            flush=True,
        )


if __name__ == "__main__":
    main()
