"""Print the memory that a process has imported, and its peak after a clip of some minutes.

Compiled loops import parts of numba and scipy of their own when the first of them is called; that
belongs to what is imported, and is called for before anything is measured.
"""

import resource
import sys
from multiprocessing import Process
from pathlib import Path

from acoustics_ours import write_clip

from asmr_stim.cli.features import app
from asmr_stim.compiling import njit
from asmr_stim.io.profiles import read_feature_list
from asmr_stim.workflows.features import Settings, measure_clips


def main() -> None:
    """Measure at the declared levels."""
    folder, minutes = Path(sys.argv[1]), int(sys.argv[2])
    assert app  # noqa: S101 the program is imported whole
    print(peak_mb())
    first_compiled_call(0.0)
    print(peak_mb())
    if minutes:
        features = read_feature_list()
        path = folder / f"{minutes}.wav"
        writer = Process(target=write_clip, args=(path, 60.0 * minutes))  # its memory is not ours
        writer.start()
        writer.join()
        measured = measure_clips([path], features, Settings.of((), features))
        if measured.problems:
            sys.exit(measured.problems[0])
    print(peak_mb())


def peak_mb() -> float:
    """Return the largest memory that this process has had, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@njit(cache=True)
def first_compiled_call(number: float) -> float:
    """Return the number: the call alone is wanted."""
    return number


if __name__ == "__main__":
    main()
