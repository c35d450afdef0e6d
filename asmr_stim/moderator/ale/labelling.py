"""How often other labellings of the experiments differ as much, voxel by voxel.

With L1 and L2 the summed losses of the groups, d = ALE1 - ALE2 = exp(-L2) - exp(-L1). Whatever the
labels, L1 + L2 = T stays the same at a voxel, and |d| grows with |2 L1 - T|. So
|d*| >= |d_observed| is the same as |2 L1* - T| >= |2 L1 - T|: a comparison of whole numbers, in
which ties are ties.

``enumeration`` counts all labellings where few experiments cover a voxel; here random ones are
drawn.

Offers: ``permuted``, ``labellings``, ``Permuted``; ``set_codes``, ``heaviest_first`` and, for
compiled code, ``fill_tables``, ``look_up``.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from asmr_stim.compiling import njit
from asmr_stim.moderator.ale.coverage import Coverage
from asmr_stim.moderator.ale.lanes import add_sixteen, tally_sixteen
from asmr_stim.moderator.ale.threads import in_threads

BATCH = 256  # voxels whose tables lie in the processor's cache together
SET = 6  # experiments summed by one look-up in a table of 64
_LANES = 16

_compiled = njit(cache=True, nogil=True, error_model="numpy")


def labellings(n: int, n_first: int, n_permutations: int, seed: int) -> NDArray[np.bool_]:
    """Return random labellings, each a function of seed and row alone.

    Parameters
    ----------
    n, n_first : int
        Experiments in all and in the first group.
    n_permutations : int
    seed : int

    Returns
    -------
    bool array, shape (n_permutations, n)
        True for the first group; n_first of them in each row.
    """
    rows = np.zeros((n_permutations, n), bool)
    for row, members in enumerate(rows):
        generator = np.random.Generator(np.random.Philox(key=seed, counter=row << 64))
        members[generator.permutation(n)[:n_first]] = True
    return rows


class Permuted(NamedTuple):
    """What random labellings gave.

    Attributes
    ----------
    reaching : int64 array, shape (n_voxels,)
        Labellings with |d*| >= |d| at each voxel.
    largest : float array, shape (n_permutations,)
        Largest |d*| of each labelling over all voxels.
    """

    reaching: NDArray[np.int64]
    largest: NDArray[np.float64]


def permuted(
    cover: Coverage,
    in_first: NDArray[np.bool_],
    rows: NDArray[np.bool_],
    units_per_nat: float,
    n_threads: int = 1,
    region: NDArray[np.bool_] | None = None,
) -> Permuted:
    """Return tail counts and maxima over labellings.

    Parameters
    ----------
    cover : Coverage
    in_first : bool array, shape (n_experiments,)
    rows : bool array, shape (n_permutations, n_experiments)
    units_per_nat : float
        Of the losses in ``cover``.
    n_threads : int
        Changes the time, not the result.
    region : bool array, shape (n_voxels,), optional
        Where maxima are looked for and labellings are counted; everywhere if left out.
    """
    codes = set_codes(rows)
    voxels = heaviest_first(cover)
    if region is not None:
        voxels = voxels[region[voxels]]
    reaching = np.full(len(cover.first) - 1, len(rows), np.int64)
    largest = np.zeros((n_threads, len(rows)))
    n_batches = -(-len(voxels) // BATCH)

    def work(thread: int) -> None:
        batches = np.arange(thread, n_batches, n_threads)
        out = (reaching, largest[thread])
        _permute(cover, in_first, codes, units_per_nat, (voxels, batches), out)

    in_threads(work, n_threads)
    return Permuted(reaching, largest.max(axis=0))


def set_codes(rows: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return for each labelling and each set of six experiments which are in the first group.

    Parameters
    ----------
    rows : bool array, shape (n_permutations, n_experiments)

    Returns
    -------
    uint8 array, shape (n_permutations, n_sets)
        The first experiment of a set is the lowest bit.
    """
    n_sets = -(-rows.shape[1] // SET)
    bits = np.zeros((len(rows), n_sets * SET), np.uint8)
    bits[:, : rows.shape[1]] = rows
    packed = np.packbits(bits.reshape(len(rows), n_sets, SET), axis=2, bitorder="little")
    return np.ascontiguousarray(packed[..., 0])


def heaviest_first(cover: Coverage) -> NDArray[np.int64]:
    """Return the covered voxels, those with the largest summed loss first."""
    covered = np.flatnonzero(cover.depth)
    if len(covered) == 0:
        return covered
    total = np.add.reduceat(cover.loss, cover.first[covered], dtype=np.int64)
    return covered[np.argsort(-total, kind="stable")]


@_compiled
def _permute(cover: Any, in_first: Any, codes: Any, units: Any, where: Any, out: Any) -> None:
    """Go through all labellings for batches of voxels.

    The bound |d| <= |2 L1 - T|, in nats, spares the exponentials wherever it lies below the largest
    |d| that the labelling had so far; it is widened by a rounding error, so that the order of the
    voxels cannot matter.
    """
    voxels, batches = where
    reaching, largest = out
    n_sets = codes.shape[1]
    tables = np.zeros(n_sets * (1 << SET) * BATCH, np.int32)
    totals, observed = np.zeros(BATCH, np.int32), np.zeros(BATCH, np.int32)
    counts, sums = np.zeros(BATCH, np.int32), np.zeros(BATCH, np.int32)
    top = np.zeros(_LANES, np.int32)
    for batch in batches:
        these = voxels[batch * BATCH : (batch + 1) * BATCH]
        fill_tables(cover, in_first, these, tables, totals, observed)
        counts[:] = 0
        for row in range(codes.shape[0]):
            look_up(codes, row, tables, sums)
            top[:] = 0
            for lane in range(0, BATCH, _LANES):
                tally_sixteen(sums, totals, observed, counts, top, uint64(lane))
            highest = 0
            for lane in range(_LANES):
                highest = max(highest, top[lane])
            if highest / units * (1.0 + 1e-9) > largest[row]:
                _refine(sums, totals, units, row, largest)
        for i in range(these.shape[0]):
            reaching[these[i]] = counts[i]


@_compiled
def look_up(codes: Any, row: Any, tables: Any, sums: Any) -> None:
    """Add up the first group's losses from one table entry for each set of experiments."""
    sums[:] = 0
    for s in range(codes.shape[1]):
        start = uint64((s << SET) + codes[row, s]) * uint64(BATCH)
        for lane in range(0, BATCH, _LANES):
            add_sixteen(sums, uint64(lane), tables, start + uint64(lane))


@_compiled
def _refine(sums: Any, totals: Any, units: Any, row: Any, largest: Any) -> None:
    """Raise the largest |d| of a labelling by the voxels of a batch that may exceed it."""
    for i in range(BATCH):
        if abs(2 * sums[i] - totals[i]) / units * (1.0 + 1e-9) > largest[row]:
            second = (totals[i] - sums[i]) / units
            difference = abs(np.exp(-second) - np.exp(-sums[i] / units))
            largest[row] = max(largest[row], difference)


@_compiled
def fill_tables(
    cover: Any, in_first: Any, these: Any, tables: Any, totals: Any, observed: Any
) -> None:
    """Write the sums over all subsets of each set of experiments, for a batch of voxels."""
    for s in range(tables.shape[0] // BATCH >> SET):
        for bit in range(SET):
            start = ((s << SET) + (1 << bit)) * BATCH
            tables[start : start + BATCH] = 0
    totals[:] = 0
    observed[:] = 1  # no distance of an empty place reaches it
    for i in range(these.shape[0]):
        total, first = 0, 0
        for at in range(cover.first[these[i]], cover.first[these[i] + 1]):
            e, loss = cover.experiment[at], cover.loss[at]
            total += loss
            first += loss * in_first[e]
            tables[(((e // SET) << SET) + (1 << (e % SET))) * BATCH + i] = loss
        totals[i] = total
        observed[i] = abs(2 * first - total)
    for s in range(tables.shape[0] // BATCH >> SET):
        for code in range(1, 1 << SET):
            rest = code & (code - 1)
            if rest == 0:
                continue
            here = uint64((s << SET) + code) * uint64(BATCH)
            one = uint64((s << SET) + rest) * uint64(BATCH)
            other = uint64((s << SET) + (code ^ rest)) * uint64(BATCH)
            for lane in range(uint64(BATCH)):
                tables[here + lane] = tables[one + lane] + tables[other + lane]
