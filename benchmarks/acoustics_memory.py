"""Print the peak memory of one process that measures a clip of some minutes; 0 measures none."""

import resource
import sys
from pathlib import Path

from acoustics_ours import write_clip

from asmr_stim.cli.features import app
from asmr_stim.io.profiles import read_feature_list
from asmr_stim.workflows.features import Settings, measure_clips


def main() -> None:
    """Measure at the declared levels."""
    folder, minutes = Path(sys.argv[1]), int(sys.argv[2])
    assert app  # noqa: S101 the program is imported whole
    if minutes:
        features = read_feature_list()
        path = write_clip(folder / f"{minutes}.wav", 60.0 * minutes)
        measured = measure_clips([path], features, Settings.of((), features))
        if measured.problems:
            sys.exit(measured.problems[0])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
