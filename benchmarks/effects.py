"""Time permutations against PyMARE 0.0.13, a report and a multiverse: benchmarks/effects.py.

The peer lives in an environment of its own, made with venv and pip if it is not there. Both tools
do 10,000 random permutations of a continuous moderator, k = 13, Knapp-Hartung, one core; they take
turns and each number is the median of five rounds of processor time. Imports and compilation are
not timed. Where Rscript with metafor is installed, its permutest is timed once too.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from asmr_stim.moderator.effects.allocations import Plan
from asmr_stim.moderator.effects.design import Moderator
from asmr_stim.moderator.effects.estimates import Effects
from asmr_stim.moderator.effects.heterogeneity import TauMethod
from asmr_stim.moderator.effects.multiverse import every_choice, specified
from asmr_stim.moderator.effects.permutation import permutation_test
from asmr_stim.moderator.effects.regression import Settings
from asmr_stim.workflows.effects import analyse
from asmr_stim.workflows.effects_data import EffectsRequest
from asmr_stim.workflows.effects_text import paragraphs

PEER = "pymare==0.0.13"
ROUNDS = 5
N = 10_000
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
PEER_CODE = """
import json, sys, time, warnings
import numpy as np
from pymare import Dataset
from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator
warnings.simplefilter("ignore")
given = json.load(sys.stdin)
data = Dataset(y=np.array(given["y"])[:, None], v=np.array(given["v"])[:, None],
               X=np.array(given["x"])[:, None], X_names=["x"])
for line in ("warm", "timed"):
    for name, make in (("DL", DerSimonianLaird), ("REML", lambda:
                       VarianceBasedLikelihoodEstimator(method="REML"))):
        n = 200 if line == "warm" else given["n"]
        result = make().fit_dataset(data).summary()
        start = time.process_time()
        test = result.permutation_test(n_perm=n)
        if line == "timed":
            print(name, time.process_time() - start)
"""
R_CODE = """
suppressMessages(library(metafor))
d <- jsonlite::fromJSON(file("stdin"))
for (m in c("DL", "REML")) {
  r <- rma(d$y, d$v, mods = ~ d$x, method = m, test = "knha")
  t <- system.time(permutest(r, iter = d$n, progbar = FALSE))
  cat(m, t[["user.self"]], "\\n")
}
"""


def example() -> tuple[Effects, dict[str, object]]:
    """Return thirteen effects with a continuous moderator, and the same for the peers."""
    generator = np.random.default_rng(13)
    x = generator.uniform(10, 60, 13)
    v = generator.uniform(0.01, 0.2, 13)
    y = -0.02 * x + generator.normal(0, np.sqrt(v + 0.1))
    given = {"x": x.tolist(), "y": y.tolist(), "v": v.tolist(), "n": N}
    return Effects(y, v, columns={"x": tuple(x.tolist())}), given


def own_seconds(effects: Effects, method: TauMethod) -> float:
    """Return the processor time of one test."""
    start = time.process_time()
    permutation_test(effects, [Moderator("x")], Settings(method), Plan(1, N, 0))
    return time.process_time() - start


def printed_seconds(command: list[str], given: dict[str, object]) -> dict[str, float]:
    """Return the seconds that a peer prints for each estimator."""
    told = subprocess.run(  # noqa: S603 own interpreters
        command, input=json.dumps(given), capture_output=True, text=True, check=True,
        env=os.environ | ONE_CORE,
    ).stdout  # fmt: skip
    return {line.split()[0]: float(line.split()[1]) for line in told.splitlines() if line}


def peer_python(folder: Path) -> Path:
    """Return the interpreter of the peer's environment; make it if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603 own
        subprocess.run(  # noqa: S603 own interpreter
            [str(python), "-m", "pip", "install", "--quiet", PEER], check=True
        )
    return python


def median_seconds(function: Callable[[], object]) -> float:
    """Return the median processor time of a call, after one to warm up."""
    function()
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return statistics.median(times)


def report_seconds() -> float:
    """Return the time of the numbers and text of a report at k = 20, without permutation."""
    generator = np.random.default_rng(20)
    lines = ["study,yi,vi,group,loudness"]
    for i in range(20):
        y, v = generator.normal(0.3, 0.3), generator.uniform(0.02, 0.1)
        lines.append(f"s{i},{y},{v},{'abc'[i % 3]},{generator.uniform(-40, -20)}")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "effects.csv"
        data.write_text("\n".join(lines) + "\n", encoding="utf-8")
        request = EffectsRequest(data, ("group", "loudness"), permutes=False)
        return median_seconds(lambda: list(paragraphs(analyse(request))))


def multiverse_seconds() -> float:
    """Return the time of 500 specifications of 20 effects of 12 studies."""
    generator = np.random.default_rng(5)
    effects = Effects(
        generator.normal(0.3, 0.3, 20),
        generator.uniform(0.02, 0.1, 20),
        tuple(f"s{i % 12}" for i in range(20)),
    )
    choices = (every_choice() * 24)[:500]
    return median_seconds(lambda: [specified(effects, each) for each in choices])


def main() -> None:
    """Print what was measured."""
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "peer-pymare"
    python = peer_python(place)
    effects, given = example()
    methods: tuple[TauMethod, ...] = ("DL", "REML")
    for method in methods:
        own_seconds(effects, method)
    rounds = []
    for _ in range(ROUNDS):
        own = {method: own_seconds(effects, method) for method in methods}
        rounds.append((own, printed_seconds([str(python), "-c", PEER_CODE], given)))
    for method in methods:
        own_s = statistics.median(each[method] for each, _ in rounds)
        peer_s = statistics.median(each[method] for _, each in rounds)
        ratio = peer_s / own_s
        print(f"{N} permutations, {method}: {own_s:.3f} s; {PEER} {peer_s:.3f} s; {ratio:.1f} x")
    if shutil.which("Rscript"):
        told = printed_seconds(["Rscript", "-e", R_CODE], given)
        for method in methods:
            own_s = statistics.median(each[method] for each, _ in rounds)
            print(
                f"metafor permutest, {method}: {told[method]:.1f} s; {told[method] / own_s:.0f} x"
            )
    print(f"report at k = 20 without permutation, numbers and text: {report_seconds():.2f} s")
    print(f"500 specifications: {multiverse_seconds():.2f} s")


if __name__ == "__main__":
    main()
