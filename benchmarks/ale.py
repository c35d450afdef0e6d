"""Time the ALE against NiMARE 0.22.1 on one machine in one run: ``python benchmarks/ale.py``.

The peer lives in an environment of its own, which is made with venv and pip if it is not there
(about 1 GB). Own engine and peer take turns; each number is a median over rounds, the peer's with
the faster of one and two cores. Ratios mean something, times only on this machine; where
others work on it too, the ratio of processor time is the steadier one.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from asmr_stim.io.foci import load_example
from asmr_stim.io.images import default_mask
from asmr_stim.moderator.ale.contrast import contrast
from asmr_stim.moderator.ale.contrast_result import ContrastSettings
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.familywise import null_maxima
from asmr_stim.moderator.ale.result import MonteCarlo
from asmr_stim.schema.foci import Experiment, FociSet

PEER = "nimare==0.22.1"
Data = tuple[FociSet, str]
"""Experiments, and the Sleuth file they were written to."""

CORES = 2
WARM = 20  # iterations that compile and fill caches before anything is timed


def peer_python(folder: Path) -> Path:
    """Return the interpreter of the peer's environment; make it if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"making {folder} with {PEER}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603 - own
        subprocess.run(  # noqa: S603 - own interpreter
            [str(python), "-m", "pip", "install", "--quiet", PEER], check=True
        )
    return python


class Time(NamedTuple):
    """Seconds on the clock, and seconds of processor time over all threads."""

    clock: float
    busy: float

    def per(self, n: float) -> "Time":
        """Return the time of one of n."""
        return Time(self.clock / n, self.busy / n)


class Peer:
    """The peer's process, asked line by line."""

    def __init__(self, python: Path) -> None:
        script = Path(__file__).with_name("ale_peer.py")
        self.process = subprocess.Popen(  # noqa: S603 - own script
            [str(python), str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.peak_mb = 0.0

    def time(self, **request: Any) -> Time:
        """Return how long the peer took for a request."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        self.peak_mb = answer["peak_mb"]
        return Time(answer["seconds"], answer["busy"])


def children(process: str) -> FociSet:
    """Return one group of the packaged example."""
    every = load_example("semantic_cognition_children")
    chosen = tuple(e for e in every.experiments if e.group("process") == process)
    return FociSet(space=every.space, experiments=chosen)


def synthetic(n_experiments: int, n_foci: int) -> FociSet:
    """Return experiments with foci anywhere in the brain."""
    rng = np.random.default_rng(n_experiments)
    mask = default_mask()
    seats = mask.millimetres(mask.indices())
    made = []
    for number in range(n_experiments):
        points = seats[rng.integers(0, len(seats), n_foci)]
        foci = tuple(tuple(float(value) for value in point) for point in points)
        made.append(Experiment(name=f"s{number}", n=int(rng.integers(8, 40)), foci=foci))
    return FociSet(space="MNI", experiments=tuple(made))


def written(foci: FociSet, folder: str, name: str) -> str:
    """Write experiments as Sleuth text and return the path."""
    lines = ["// Reference=MNI"]
    for experiment in foci.experiments:
        lines += [f"// {experiment.name}", f"// Subjects={experiment.n}"]
        lines += ["\t".join(f"{value:g}" for value in focus) for focus in experiment.foci]
        lines.append("")
    path = Path(folder) / f"{name}.txt"
    path.write_text("\n".join(lines))
    return str(path)


def timed(work: Callable[[], Any]) -> Time:
    """Return the time a piece of work takes."""
    clock, busy = time.perf_counter(), time.process_time()
    work()
    return Time(time.perf_counter() - clock, time.process_time() - busy)


def report(name: str, own: Callable[[], Time], peer: Callable[[int], Time], rounds: int) -> None:
    """Let own and peer take turns; print medians and ratios as one line of the table."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(own())
        theirs.append(min(peer(cores) for cores in range(1, CORES + 1)))
    ratios = [b.clock / a.clock for a, b in zip(ours, theirs, strict=True)]
    busy = [b.busy / a.busy for a, b in zip(ours, theirs, strict=True)]
    clock = [1000 * statistics.median(t.clock for t in times) for times in (ours, theirs)]
    print(
        f"| {name} | {clock[0]:.3g} | {clock[1]:.4g} | {statistics.median(ratios):.0f} "
        f"({min(ratios):.0f}-{max(ratios):.0f}) | {statistics.median(busy):.0f} |",
        flush=True,
    )


def monte_carlo(name: str, data: Data, peer: Peer, n_peer: int, rounds: int) -> None:
    """Time one iteration of voxel, size and mass correction."""
    foci, path = data
    model = estimate(foci, default_mask()).model
    n_own = max(200, 20 * n_peer)
    null_maxima(model, MonteCarlo(WARM), CORES)
    peer.time(what="fwe", foci=path, n_iterations=2, n_cores=1)

    def own() -> Time:
        return timed(lambda: null_maxima(model, MonteCarlo(n_own), CORES)).per(n_own)

    def theirs(cores: int) -> Time:
        asked = {"what": "fwe", "foci": path, "n_iterations": n_peer, "n_cores": cores}
        return peer.time(**asked).per(n_peer)

    report(f"Monte Carlo iteration, {name}", own, theirs, rounds)


def subtraction(groups: tuple[Data, Data], peer: Peer, n: int, rounds: int) -> None:
    """Time a contrast of 21 against 16 experiments, activation maps included."""
    foci = [group[0] for group in groups]
    paths = [group[1] for group in groups]
    results = [estimate(one, default_mask()) for one in foci]
    settings = ContrastSettings(MonteCarlo(n), forced=True)
    warm = ContrastSettings(MonteCarlo(WARM), forced=True)
    contrast(*results, warm, CORES)
    known = {}

    def own() -> Time:
        return timed(lambda: contrast(*results, settings, CORES))

    def theirs(cores: int) -> Time:
        # beyond 1,000 permutations the peer is timed once for each setting: it takes minutes
        if n <= 1000 or cores not in known:
            asked = {"what": "subtraction", "foci": paths, "n_iterations": n, "n_cores": cores}
            known[cores] = peer.time(**asked)
        return known[cores]

    report(f"contrast 21 against 16, {n} permutations", own, theirs, rounds)


def fit(name: str, data: Data, peer: Peer, rounds: int) -> None:
    """Time ALE, approximate null, p and clusters."""
    foci, path = data
    estimate(foci, default_mask())
    peer.time(what="fit", foci=path)

    def own() -> Time:
        return timed(lambda: estimate(foci, default_mask()))

    def theirs(cores: int) -> Time:
        del cores
        return peer.time(what="fit", foci=path)

    report(f"ALE with approximate null, {name}", own, theirs, rounds)


def from_the_shell(rounds: int) -> None:
    """Time 10,000 iterations as a user would run them, compiled cache warm."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(children("relatedness"), folder, "foci")
        command = [sys.executable, "-m", "asmr_stim", "ale", "run", path]
        command += ["--n-iterations", "10000", "--n-threads", str(CORES), "--out", f"{folder}/out"]

        def once() -> float:
            return timed(lambda: subprocess.run(command, check=True, capture_output=True)).clock  # noqa: S603 - own program

        once()
        seconds = statistics.median(once() for _ in range(rounds))
    print(f"\n`asmr-stim ale run`, 16 experiments, 10,000 iterations: {seconds:.1f} s")


def main() -> None:
    """Run all of it and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer-env", type=Path, default=Path(tempfile.gettempdir()) / "nimare-env")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--long", action="store_true", help="10,000 permutations of the peer too")
    asked = parser.parse_args()
    peer = Peer(peer_python(asked.peer_env))
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load at start "
        f"{os.getloadavg()[0]:.1f}; {PEER}; medians of {asked.rounds} rounds\n"
    )
    print(
        "| what | own, ms | peer, ms | ratio (range) | ratio of processor time |\n"
        "|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        sets = {
            "16 experiments": children("relatedness"),
            "21 experiments": children("knowledge"),
            "100 x 10 foci": synthetic(100, 10),
            "300 x 10 foci": synthetic(300, 10),
        }
        data = {
            name: (one, written(one, folder, f"f{i}")) for i, (name, one) in enumerate(sets.items())
        }
        for (name, one), n_peer in zip(data.items(), (60, 60, 20, 10), strict=True):
            monte_carlo(name, one, peer, n_peer, asked.rounds)
        fit("300 x 10 foci", data["300 x 10 foci"], peer, asked.rounds)
        groups = (data["21 experiments"], data["16 experiments"])
        subtraction(groups, peer, 1000, asked.rounds)
        if asked.long:
            subtraction(groups, peer, 10_000, asked.rounds)
    own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory: own {own_peak:.0f} MB, peer {peer.peak_mb:.0f} MB")
    from_the_shell(asked.rounds)


if __name__ == "__main__":
    main()
