"""How often the correction finds something where there is nothing.

``python benchmarks/ale_false_positives.py`` makes data sets of 20 experiments with 10 foci each
that have no common place, estimates and corrects each of them as a user would, and counts how many
have a voxel, a cluster size or a cluster mass with a family-wise p of at most 0.05. With 999 random
arrangements each that p is exact: under the correction's own assumption at most 5 % of data sets
have one. Foci lie anywhere in the brain mask (what the correction assumes), in grey matter only,
or in grey matter in clumps of one experiment; the last two show what the assumption costs.
"""

import argparse
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


def significant(kind: str, n_iterations: int, number: int) -> tuple[bool, bool, bool]:
    """Return whether a voxel, a cluster size and a mass of one data set are significant."""
    result = estimate(data_set(kind, number), default_mask())
    if not isinstance(result, AleResult):
        raise TypeError(result.reason)
    corrected = correct(result, MonteCarlo(n_iterations, seed=number, alpha=ALPHA))
    found = corrected.familywise
    if found is None:
        raise TypeError("the result was not corrected")
    return (
        bool(found.p.min() <= ALPHA),
        any(cluster.size <= ALPHA for cluster in found.clusters),
        any(cluster.mass <= ALPHA for cluster in found.clusters),
    )


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=2000, help="data sets of each kind")
    parser.add_argument("--n-iterations", type=int, default=999, help="arrangements for each")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", choices=list(KINDS), help="one kind of foci")
    asked = parser.parse_args()
    low, high = (stats.binom.ppf(q, asked.sets, ALPHA) / asked.sets for q in (0.005, 0.995))
    print("| foci | data sets | 99 % interval of 5 % | voxel | cluster size | cluster mass |")
    print("|---|---|---|---|---|---|")
    for seats in (brain, grey_matter):
        seats()  # before the processes begin, which then have them too
    with ProcessPoolExecutor(asked.processes) as pool:
        for kind in [asked.only] if asked.only else KINDS:
            work = partial(significant, kind, asked.n_iterations)
            found = np.array(list(pool.map(work, range(asked.sets), chunksize=5)))
            rates = " | ".join(f"{rate:.1%}" for rate in found.mean(axis=0))
            print(f"| {kind} | {asked.sets} | {low:.1%} - {high:.1%} | {rates} |", flush=True)


if __name__ == "__main__":
    main()
