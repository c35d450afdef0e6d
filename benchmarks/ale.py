"""Time the ALE against NiMARE 0.22.1 on one machine in one run: ``python benchmarks/ale.py``.

The peer lives in an environment of its own, which is made with venv and pip if it is not there
(about 1 GB). Own engine and peer take turns; each number is a median over rounds, the peer's with
the faster of one and two cores. Ratios mean something, times only on this machine; where
others work on it too, the ratio of processor time is the steadier one. Takes some ten minutes.

The peer's contrast gives p of voxels and the largest difference; ours is timed for the same, and
once more with the correction of clusters, which the peer has not.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
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
further: list[str] = []
"""What is told below the table."""

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


def report(
    name: str,
    own: Callable[[], Time],
    peer: Callable[[int], Time],
    rounds: int,
    settings: Sequence[int] = range(1, CORES + 1),
) -> None:
    """Let own and peer take turns; print medians and ratios as one line of the table."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(own())
        theirs.append(min(peer(cores) for cores in settings))
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


def subtraction(groups: tuple[Data, Data], peer: Peer, rounds: int) -> None:
    """Time a contrast of 21 against 16 experiments, activation maps included."""
    paths = [group[1] for group in groups]
    results = [estimate(group[0], default_mask()) for group in groups]

    def ours(n: int, *, clusters: bool = False) -> Time:
        settings = ContrastSettings(MonteCarlo(n), forced=True, clusters=clusters)
        return timed(lambda: contrast(*results, settings, CORES))

    def theirs(n: int, cores: int) -> Time:
        known[n, cores] = peer.time(what="subtraction", foci=paths, n_iterations=n, n_cores=cores)
        return known[n, cores]

    known: dict[tuple[int, int], Time] = {}
    ours(WARM, clusters=True)
    name = "contrast 21 against 16, {} permutations"
    report(name.format("1,000"), partial(ours, 1000), partial(theirs, 1000), rounds)
    # at 10,000 the peer takes minutes: only the setting that was faster at 1,000
    faster = min(range(1, CORES + 1), key=lambda cores: known[1000, cores].clock)
    long = partial(theirs, 10_000, faster)
    report(name.format("10,000"), partial(ours, 10_000), lambda _: long(), rounds, [faster])
    for n in (1000, 10_000):
        seconds = statistics.median(ours(n, clusters=True).clock for _ in range(rounds))
        further.append(f"Contrast with correction of clusters, {n} permutations: {seconds:.2f} s")


def fit(name: str, data: Data, peer: Peer, rounds: int) -> None:
    """Time ALE, approximate null, p and clusters."""
    foci, path = data
    estimate(foci, default_mask())
    peer.time(what="fit", foci=path)

    def own() -> Time:
        return timed(lambda: estimate(foci, default_mask()))

    def theirs(_: int) -> Time:
        return peer.time(what="fit", foci=path)

    report(f"ALE with approximate null, {name}", own, theirs, rounds, [1])


def from_the_shell(path: str, n_iterations: int, out: str) -> tuple[float, float]:
    """Return seconds and peak memory in MB of one run as a user would start it."""
    command = [sys.executable, "-m", "asmr_stim", "ale", "run", path, "--overwrite"]
    command += ["--n-iterations", str(n_iterations), "--n-threads", str(CORES), "--out", out]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as program:  # noqa: S603 - own program
        _, status, used = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode != 0:
        raise SystemExit("asmr-stim ale run failed")
    return time.perf_counter() - began, used.ru_maxrss / 1024


def shell_times(data: dict[str, Data], folder: str, rounds: int) -> None:
    """Note times of 10,000 iterations, compiled cache warm, and memory at 300 experiments."""
    for name in ("16 experiments", "21 experiments"):
        runs = [from_the_shell(data[name][1], 10_000, f"{folder}/out") for _ in range(rounds + 1)]
        seconds = statistics.median(run[0] for run in runs[1:])
        further.append(f"`asmr-stim ale run`, {name}, 10,000 iterations: {seconds:.1f} s")
    _, megabytes = from_the_shell(data["300 x 10 foci"][1], 1000, f"{folder}/out")
    further.append(f"`asmr-stim ale run`, 300 x 10 foci: peak memory {megabytes:.0f} MB")


def main() -> None:
    """Run all of it and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer-env", type=Path, default=Path(tempfile.gettempdir()) / "nimare-env")
    parser.add_argument("--rounds", type=int, default=3)
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
        subtraction(groups, peer, asked.rounds)
        shell_times(data, folder, asked.rounds)
    further.append(f"Peak memory of the peer over all of it: {peer.peak_mb:.0f} MB")
    print("\n" + "\n".join(f"- {line}" for line in further))


if __name__ == "__main__":
    main()
