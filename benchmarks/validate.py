"""Time ``asmr-stim validate`` against two other ways: ``python benchmarks/validate.py``.

A thousand study files are made from one of the catalogue's (about 60 lines each) and checked, all
in one process each time, by

- ``asmr-stim validate --no-cache``, and with its cache on a second run;
- ``check-jsonschema`` with the published schema of a study (keys, types, terms; no references
  between records or files);
- a ruamel.yaml round-trip load, which keeps lines and comments, with the very same records.

The peers live in an environment of their own, made with venv and pip if it is not there. All take
turns; each number is a median over rounds of the whole process, start-up included. Where others
work on the machine too, the ratio of processor time is the steadier one.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent
TEMPLATE = REPOSITORY / "stimuli_catalog" / "studies" / "ohta_2021.yaml"
SCHEMA = REPOSITORY / "schemas" / "generated" / "study.schema.json"
PEERS = ("check-jsonschema>=0.30", "ruamel.yaml>=0.18", "pydantic>=2.10", "pyyaml>=6.0.2")
CACHED = "asmr-stim validate, nothing changed"
FLOORS = {"check-jsonschema": 4.0, "ruamel round-trip + pydantic": 10.0}

ROUND_TRIP = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from ruamel.yaml import YAML
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.schema.study import Study
context = {"taxonomy": load_taxonomy()}
def plain(node):
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    if isinstance(node, bool) or node is None:
        return node
    return next((kind(node) for kind in (str, int, float) if isinstance(node, kind)), str(node))
files = sorted(Path(sys.argv[2]).glob("*.yaml"))
for file in files:
    Study.model_validate(plain(YAML(typ="rt").load(file)), context=context)
print(len(files), "files")
"""
"""The round trip: ruamel's own types are made plain first, since strict records refuse them."""


class Time(NamedTuple):
    """Seconds on the clock, and seconds of processor time."""

    clock: float
    busy: float


def peer_python(folder: Path) -> Path:
    """Return the interpreter of the peers' environment; make it if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"making {folder} with {', '.join(PEERS)}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)  # noqa: S603 - own
        subprocess.run(  # noqa: S603 - own interpreter
            [str(python), "-m", "pip", "install", "--quiet", *PEERS], check=True
        )
    return python


def make_files(folder: Path, n_files: int) -> int:
    """Write studies that differ in their ids alone; return the lines of each."""
    template = TEMPLATE.read_text(encoding="utf-8")
    folder.mkdir(parents=True)
    for number in range(n_files):
        name = f"ohta_{1900 + number % 200}_{number:04d}"
        text = template.replace("ohta_2021", name)
        text = "\n".join(line for line in text.split("\n") if not line.startswith(("doi:", "pm")))
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return text.count("\n")


def timed(command: Sequence[str], environment: Mapping[str, str]) -> Time:
    """Run a command to its end; a problem in the files would spoil the comparison."""
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(  # noqa: S603 - commands of this file
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    clock, after = time.perf_counter() - start, os.times()
    if done.returncode != 0:
        sys.exit(f"{command[0]} found problems:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    busy = after.children_user + after.children_system
    return Time(clock, busy - before.children_user - before.children_system)


def commands(studies: Path, peer: Path) -> dict[str, list[str]]:
    """Return what is run, by the name it has in the table."""
    files = [str(file) for file in sorted(studies.iterdir())]
    own = [sys.executable, "-m", "asmr_stim", "validate", str(studies)]
    return {
        "asmr-stim validate": [*own, "--no-cache"],
        CACHED: own,
        "check-jsonschema": [
            str(peer.parent / "check-jsonschema"), "--schemafile", str(SCHEMA), *files
        ],
        "ruamel round-trip + pydantic": [
            str(peer), "-c", ROUND_TRIP, str(REPOSITORY), str(studies)
        ],
    }  # fmt: skip


def print_table(times: Mapping[str, list[Time]], n_files: int) -> None:
    """Print medians, and what each takes relative to ours."""
    ours = times["asmr-stim validate"]
    base = Time(*(statistics.median(column) for column in zip(*ours, strict=True)))
    print("| | s | CPU s | files/s | times ours, clock | times ours, CPU |")
    print("|---|---|---|---|---|---|")
    for name, rounds in times.items():
        own = Time(*(statistics.median(column) for column in zip(*rounds, strict=True)))
        ratios = f"{own.clock / base.clock:.2f} | {own.busy / base.busy:.2f}"
        print(
            f"| {name} | {own.clock:.2f} | {own.busy:.2f} | {n_files / own.clock:.0f} | {ratios} |"
        )
    for name, floor in FLOORS.items():
        found = statistics.median(each.busy for each in times[name]) / base.busy
        verdict = "holds" if found >= floor else "DOES NOT HOLD"
        print(f"\n{name}: at least {floor:g} times ours in CPU time: {found:.1f}, {verdict}")


def main() -> None:
    """Make the files and the environment, take turns, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--peer-env", type=Path, default=Path(tempfile.gettempdir()) / "asmr_stim_validate_peers"
    )
    options = parser.parse_args()
    peer = peer_python(options.peer_env)
    with tempfile.TemporaryDirectory() as scratch:
        studies = Path(scratch) / "catalogue" / "studies"
        n_lines = make_files(studies, options.files)
        environment = {"XDG_CACHE_HOME": str(Path(scratch) / "cache")}
        runs = commands(studies, peer)
        times: dict[str, list[Time]] = {name: [] for name in runs}
        for _ in range(options.rounds):
            for name, command in runs.items():
                if name == CACHED:
                    timed(command, environment)  # fills the cache, or finds it filled
                times[name].append(timed(command, environment))
    print(
        f"{options.files} files of {n_lines} lines, median of {options.rounds} alternating rounds; "
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n"
    )
    print_table(times, options.files)


if __name__ == "__main__":
    main()
