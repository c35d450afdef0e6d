"""How fast clips are measured, and against librosa, openSMILE and MoSQITo.

    python benchmarks/acoustics.py [--peers PYTHON] [--seconds 60] [--rounds 4]
    python benchmarks/acoustics.py memory

The first takes about five minutes and prints a table of ratios and of times real time, each with
the floor that it is held to; every round runs each part once, in turn, ours and theirs, so that a
busy machine slows all alike. Everything is timed with one thread, by processor time but for the
workers. The second measures an hour of sound (ten minutes or more) and prints the memory it took.

The peers live in an environment of their own, whose Python is given with ``--peers`` or in the
variable ASMR_STIM_PEERS:

    python -m venv peers
    peers/bin/pip install "librosa==0.11.*" "mosqito==1.2.1" matplotlib "opensmile==2.6.0" soundfile

A peer that is not there is printed as "not run".
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMBA", "VECLIB_MAXIMUM")
}
PEER_SECONDS = 2.0  # of one channel, for peers that are slower than real time


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what is measured, its floor, and how it follows from the times."""

    name: str
    floor: float
    unit: str
    of: Callable[[dict[str, list[float]]], list[float]]


class Worker:
    """A process that runs a task each time it is named, and says how long that took."""

    def __init__(self, python: str, script: str, arguments: list[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 our own script, with a Python that was given
            [python, str(HERE / script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **ONE_THREAD},
        )

    def run(self, task: str, clock: str = "cpu") -> list[float]:
        """Return the time of a task, seconds; nothing if it cannot be run."""
        answer = self.ask(task)
        return [answer[clock]] if clock in answer else []

    def ask(self, task: str) -> dict[str, Any]:
        """Return what the process answers; nothing if it has ended."""
        assert self._process.stdin is not None  # noqa: S101 both are pipes
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdin.write(task + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        return json.loads(line) if line else {}

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def ratio(theirs: str, ours: str, per_second: float = 1.0) -> Callable[..., list[float]]:
    """Return what gives their time over ours, round by round."""

    def of(times: dict[str, list[float]]) -> list[float]:
        pairs = zip(times[theirs], times[ours], strict=False)
        return [their * per_second / our for their, our in pairs]

    return of


def real_time(task: str, seconds: float) -> Callable[..., list[float]]:
    """Return what gives seconds of sound per second."""
    return lambda times: [seconds / spent for spent in times[task]]


def rows(seconds: float) -> list[Row]:
    """Return the table's lines; a channel of ours is half of what two take."""
    per_channel_second = 2 * seconds / PEER_SECONDS
    return [
        Row("frame features / librosa, feature by feature", 6, "x", ratio("librosa", "frames")),
        Row(
            "frame features / openSMILE eGeMAPS functionals", 10, "x", ratio("opensmile", "frames")
        ),
        Row(
            "ISO 532-1 over time and sharpness / MoSQITo",
            150,
            "x",
            ratio("mosqito loudness", "loudness", per_channel_second),
        ),
        Row(
            "roughness / MoSQITo",
            20,
            "x",
            ratio("mosqito roughness", "roughness", per_channel_second),
        ),
        Row("IACC and ILD", 500, "x real time", real_time("ears", seconds)),
        Row(
            "spectrum, levels without true peak, ears, autocorrelation, loudness, sharpness",
            35,
            "x real time",
            real_time("core", seconds),
        ),
        Row("everything, at one level", 8, "x real time", real_time("one level", seconds)),
        Row(
            "everything, at the three levels", 5, "x real time", real_time("three levels", seconds)
        ),
        Row("two workers on two files / one, by the clock", 1.7, "x", ratio("one", "two")),
    ]


def measured(options: argparse.Namespace, folder: Path) -> dict[str, list[float]]:
    """Run every task in turn, round after round, and return the times of each."""
    ours = Worker(sys.executable, "acoustics_ours.py", [str(folder), str(options.seconds)])
    workers = dict.fromkeys(ours.ask("tasks")["names"], ours)
    theirs = None
    if options.peers and not Path(options.peers).exists():
        print(f"{options.peers}: there is no such Python; the peers are not run", file=sys.stderr)
    elif options.peers:
        theirs = Worker(options.peers, "acoustics_peers.py", [str(folder), str(PEER_SECONDS)])
        workers |= dict.fromkeys(
            ("librosa", "opensmile", "mosqito loudness", "mosqito roughness"), theirs
        )
    times: dict[str, list[float]] = {name: [] for name in workers}
    times |= {name: [] for name in ("librosa", "opensmile", "one", "two")}
    times |= {"mosqito loudness": [], "mosqito roughness": []}
    for number in range(options.rounds):
        for name, worker in workers.items():
            print(f"\rround {number + 1}: {name:40s}", end="", file=sys.stderr, flush=True)
            times[name] += worker.run(name)
        for n_workers, name in ((1, "one"), (2, "two")):
            print(
                f"\rround {number + 1}: {n_workers} worker(s) {'':28s}",
                end="",
                file=sys.stderr,
                flush=True,
            )
            times[name] += ours.run(f"workers {n_workers}", "wall")
    print("\r" + " " * 60, end="\r", file=sys.stderr)
    for worker in {ours, theirs} - {None}:
        worker.close()
    return times


def processor() -> str:
    """Return the name of the processor."""
    lines = Path("/proc/cpuinfo")
    if lines.exists():
        for line in lines.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def print_table(times: dict[str, list[float]], options: argparse.Namespace) -> None:
    """Print the ratios with their floors, then how long each family takes."""
    print(f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{options.seconds:g} s of 48 kHz stereo WAV, medians of {options.rounds} rounds\n")
    print("| what | median | rounds | floor | holds |\n|---|---|---|---|---|")
    for row in rows(options.seconds):
        found = row.of(times)
        if not found:
            print(f"| {row.name} | not run | | {row.floor:g} {row.unit} | |")
            continue
        middle = statistics.median(found)
        told = " ".join(f"{value:.3g}" for value in found)
        verdict = "yes" if middle >= row.floor else "**no**"
        line = f"{middle:.3g} {row.unit} | {told} | {row.floor:g} {row.unit}"
        print(f"| {row.name} | {line} | {verdict} |")
    print("\n| family | times real time | share of everything at three levels |\n|---|---|---|")
    whole = statistics.median(times["three levels"])
    for name, spent in times.items():
        if name.startswith("family "):
            middle = statistics.median(spent)
            print(f"| {name[7:]} | {options.seconds / middle:.0f} | {middle / whole:.1%} |")


def print_memory(folder: Path) -> None:
    """Print the peak memory of measuring 5 and 60 min, each in a process of its own."""
    peaks = {}
    for minutes in (5, 60):
        print(f"{minutes} min ...", file=sys.stderr)
        result = subprocess.run(  # noqa: S603 our own script
            [sys.executable, str(HERE / "acoustics_memory.py"), str(folder), str(minutes)],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, **ONE_THREAD},
        )
        program, base, peaks[minutes] = map(float, result.stdout.split())
    print("| peak memory | MB | more than the modules | than 5 min |\n|---|---|---|---|")
    print(f"| the program's modules | {program:.0f} | | |")
    print(f"| and what its compiled loops import | {base:.0f} | {base - program:+.0f} | |")
    print(f"| 5 min | {peaks[5]:.0f} | {peaks[5] - program:+.0f} | |")
    print(
        f"| 60 min | {peaks[60]:.0f} | {peaks[60] - program:+.0f} | {peaks[60] - peaks[5]:+.0f} |"
    )
    print("| floor | | +100 | +30 |")


def main() -> None:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(description="How fast clips are measured.")
    parser.add_argument("what", nargs="?", choices=("speed", "memory"), default="speed")
    parser.add_argument("--peers", default=os.environ.get("ASMR_STIM_PEERS", ""))
    parser.add_argument("--seconds", type=float, default=60.0, help="of the clip")
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.what == "memory":
            print_memory(Path(folder))
        else:
            print_table(measured(options, Path(folder)), options)


if __name__ == "__main__":
    main()
