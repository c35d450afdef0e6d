"""How often the correction finds something where there is nothing.

``python benchmarks/ale_false_positives.py`` makes data sets of 20 experiments with 10 foci each
that have no common place, estimates each of them, and counts how many have anything significant
at 0.05. All sets have the same numbers of people, so that one run of random arrangements gives the
critical values for all of them. Foci lie anywhere in the brain mask (what the correction assumes),
in grey matter only, or in grey matter in clumps of one experiment; the last two show what the
assumption costs.
"""

import argparse
import math
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial

import numpy as np
from nilearn.datasets import load_mni152_gm_mask
from numpy.typing import NDArray
from scipy import stats

from asmr_stim.io.images import default_mask
from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.familywise import correct
from asmr_stim.moderator.ale.result import AleResult, MonteCarlo
from asmr_stim.schema.foci import Experiment, FociSet

N_EXPERIMENTS = 20
N_FOCI = 10
ALPHA = 0.05
CLUMP = 5  # foci of one clump
CLUMP_SIGMA_MM = 8.0

Seats = NDArray[np.float64]


@cache
def brain() -> Seats:
    """Return every place in the mask, mm."""
    mask = default_mask()
    return mask.millimetres(mask.indices())


@cache
def grey_matter() -> Seats:
    """Return every place in the mask that is grey matter, mm."""
    image = load_mni152_gm_mask(resolution=2)
    grey = np.argwhere(np.asarray(image.dataobj) > 0) @ image.affine[:3, :3] + image.affine[:3, 3]
    inside = {tuple(place) for place in brain().astype(int)}
    return np.array([place for place in grey if tuple(place.astype(int)) in inside])


def anywhere(seats: Callable[[], Seats], rng: np.random.Generator) -> Seats:
    """Return the foci of one experiment, each anywhere."""
    return seats()[rng.integers(0, len(seats()), N_FOCI)]


def in_clumps(rng: np.random.Generator) -> Seats:
    """Return the foci of one experiment, five around each of two places in grey matter."""
    centres = grey_matter()[rng.integers(0, len(grey_matter()), N_FOCI // CLUMP)]
    foci = np.repeat(centres, CLUMP, axis=0)
    return np.clip(
        foci + rng.normal(0.0, CLUMP_SIGMA_MM, foci.shape), (-88, -124, -70), (88, 88, 106)
    )


KINDS = {
    "anywhere in the mask": partial(anywhere, brain),
    "grey matter": partial(anywhere, grey_matter),
    "grey matter, in clumps": in_clumps,
}


def data_set(kind: str, number: int) -> FociSet:
    """Return experiments without a common place."""
    rng = np.random.default_rng([list(KINDS).index(kind), number])
    people = np.random.default_rng(N_EXPERIMENTS).integers(8, 40, N_EXPERIMENTS)
    made = []
    for name, n in enumerate(people):
        foci = tuple(tuple(float(value) for value in focus) for focus in KINDS[kind](rng))
        made.append(Experiment(name=str(name), n=int(n), foci=foci))
    return FociSet(space="MNI", experiments=tuple(made))


def estimated(kind: str, number: int) -> AleResult:
    """Return the ALE of one data set."""
    result = estimate(data_set(kind, number), default_mask())
    if not isinstance(result, AleResult):
        raise TypeError(result.reason)
    return result


def critical_values(n_iterations: int) -> tuple[float, float, float]:
    """Return largest ALE, cluster size and mass that 5 % of random arrangements exceed."""
    result = estimated("anywhere in the mask", 0)
    found = correct(result, MonteCarlo(n_iterations, seed=1, alpha=ALPHA), n_threads=2).familywise
    if found is None:
        raise TypeError("the result was not corrected")
    return found.ale.value, found.size.value, found.mass.value


def significant(
    kind: str, above: tuple[float, float, float], number: int
) -> tuple[bool, bool, bool]:
    """Return whether voxels, cluster sizes and masses of one data set are significant."""
    result = estimated(kind, number)
    size = max((cluster.n_voxels for cluster in result.clusters), default=0)
    mass = max((cluster.mass for cluster in result.clusters), default=0.0)
    return bool(result.ale.max() > above[0]), size > above[1], mass > above[2]


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=2000)
    parser.add_argument("--other-sets", type=int, default=300, help="for the other two kinds")
    parser.add_argument("--n-iterations", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    above = critical_values(asked.n_iterations)
    print("| foci | data sets | 99 % interval of 5 % | voxel | cluster size | cluster mass |")
    print("|---|---|---|---|---|---|")
    with ProcessPoolExecutor(asked.processes) as pool:
        for kind in KINDS:
            n = asked.sets if kind == "anywhere in the mask" else asked.other_sets
            work = partial(significant, kind, above)
            found = np.array(list(pool.map(work, range(n), chunksize=5)))
            low, high = (stats.binom.ppf(q, n, ALPHA) / n for q in (0.005, 0.995))
            rates = " | ".join(f"{rate:.1%}" for rate in found.mean(axis=0))
            print(f"| {kind} | {n} | {low:.1%} - {high:.1%} | {rates} |", flush=True)
    error = math.sqrt(ALPHA * (1 - ALPHA) / asked.sets)
    print(f"\nstandard error at 5 % and {asked.sets} data sets: {error:.2%}")


if __name__ == "__main__":
    main()
