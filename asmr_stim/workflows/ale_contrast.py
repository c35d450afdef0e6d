"""Groups of an ALE against each other, pair by pair, from files to files.

With several pairs each family-wise p (of the peak, the size and the mass) is also given times the
number of pairs (Bonferroni), so that the error rate holds over all of them.

Offers: ``ContrastRequest``, ``Pair``, ``ContrastRun``, ``run_contrast``.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from asmr_stim.errors import InputError
from asmr_stim.io.atlases import Atlas
from asmr_stim.io.images import write_map
from asmr_stim.io.tables import Column, write_table
from asmr_stim.moderator.ale.contrast import contrast
from asmr_stim.moderator.ale.contrast_result import (
    ContrastCluster,
    ContrastResult,
    ContrastSettings,
)
from asmr_stim.moderator.ale.false_discovery import false_discovery_rate
from asmr_stim.moderator.ale.result import AleResult, NotEstimable
from asmr_stim.report.clusters import EXTENT_COLUMNS, NUMBER_COLUMN
from asmr_stim.report.labels import label_cells, label_columns, labels_told
from asmr_stim.workflows.ale import AleRequest, AleRun, Group, Labour, analyse
from asmr_stim.workflows.ale_methods import contrast_methods
from asmr_stim.workflows.ale_output import summary, write_analysis

PLACE_COLUMNS = (
    NUMBER_COLUMN,
    Column("larger_in", "Group with the larger ALE"),
    *EXTENT_COLUMNS,
)

STATISTIC_COLUMNS = (
    Column("peak_difference", "ALE of the first group minus ALE of the second"),
    Column("z", "z of the two-sided p, with the sign of the difference"),
    Column("p", "Two-sided p of the peak voxel alone, not corrected"),
    Column("mass", "Sum of |difference| over the cluster"),
    Column("p_fwe", "Family-wise p of the difference at the peak"),
    Column("p_fwe_size", "Family-wise p of the size of the cluster"),
    Column("p_fwe_mass", "Family-wise p of the mass of the cluster"),
    Column("p_fwe_all_pairs", "p_fwe times the number of pairs compared, at most 1"),
    Column("p_fwe_size_all_pairs", "p_fwe_size times the number of pairs compared, at most 1"),
    Column("p_fwe_mass_all_pairs", "p_fwe_mass times the number of pairs compared, at most 1"),
    Column("contributions", "Experiments of that group and their shares of its loss", "%"),
)


@dataclass(frozen=True)
class ContrastRequest:
    """What to compare.

    Attributes
    ----------
    ale : AleRequest
        With a group column; ``groups`` may name two or more of its values.
    settings : ContrastSettings
    """

    ale: AleRequest
    settings: ContrastSettings = field(default_factory=ContrastSettings)


@dataclass(frozen=True)
class Pair:
    """One comparison: the first group minus the second."""

    first: str
    second: str
    result: ContrastResult
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ContrastRun:
    """The groups by themselves, and every two of them against each other."""

    request: ContrastRequest
    ale: AleRun
    pairs: tuple[Pair, ...]


def run_contrast(request: ContrastRequest, out: Path, labour: Labour | None = None) -> ContrastRun:
    """Compare every two groups and write all of it into a folder.

    Parameters
    ----------
    request : ContrastRequest
    out : Path
        As for ``ale.run_ale``.
    labour : Labour, optional

    Raises
    ------
    InputError, MissingInputError, UnreadableFileError, OutputError
        As for ``ale.run_ale``; InputError also if there are no two groups to compare.
    """
    labour = labour or Labour()
    if request.ale.by is None:
        raise InputError(
            "a contrast needs a group column; give --by COLUMN, and for a file of foci "
            "--experiments TABLE.tsv that has this column"
        )
    run = analyse(request.ale, labour, out)
    pairs = [
        _pair(first, second, request.settings, labour)
        for first, second in combinations(run.groups, 2)
        if isinstance(first.result, AleResult) and isinstance(second.result, AleResult)
    ]
    if not pairs:
        results = ((group.name, group.result) for group in run.groups)
        few = [f"{name} is {r.reason}" for name, r in results if isinstance(r, NotEstimable)]
        raise InputError(
            f"fewer than two groups of '{request.ale.by}' can be estimated, so there is nothing "
            f"to compare{': ' if few else ''}{'; '.join(few)}"
        )
    done = ContrastRun(request, run, tuple(pairs))
    _write(done, out)
    return done


def _pair(first: Group, second: Group, settings: ContrastSettings, labour: Labour) -> Pair:
    if not (isinstance(first.result, AleResult) and isinstance(second.result, AleResult)):
        raise TypeError("only estimated groups are compared")
    try:
        result = contrast(first.result, second.result, settings, labour.n_threads)
    except InputError as error:
        raise InputError(f"{first.name} against {second.name}: {error} (--force)") from None
    both = _samples(first) & _samples(second)
    shared = (
        f"These samples are in both groups, which the labelling takes for independent: "
        f"{', '.join(sorted(both))}."
    )
    warnings = (*result.warnings, *([shared] if both else []))
    return Pair(str(first.name), str(second.name), result, warnings)


def _samples(group: Group) -> set[str]:
    return {e.sample_id for e in group.foci.experiments if e.sample_id is not None}


def _write(run: ContrastRun, out: Path) -> None:
    def pairs(folder: Path, names: list[str]) -> None:
        by_group = dict(zip((group.name for group in run.ale.groups), names, strict=True))
        for pair in run.pairs:
            place = folder / f"{by_group[pair.first]}_minus_{by_group[pair.second]}"
            place.mkdir()
            _write_pair(pair, run, place)

    methods = contrast_methods(run.ale, run.request.settings, len(run.pairs))
    write_analysis(run.ale, out, contrast_summary(run), methods, pairs)


def _write_pair(pair: Pair, run: ContrastRun, folder: Path) -> None:
    result = pair.result
    write_map(folder / "difference.nii.gz", result.difference, result.mask)
    write_map(folder / "p.nii.gz", result.p, result.mask, outside=1.0)
    write_map(folder / "z.nii.gz", result.z, result.mask)
    write_map(folder / "p_fwe.nii.gz", result.p_familywise, result.mask, outside=1.0)
    write_map(folder / "conjunction.nii.gz", result.conjunction, result.mask)
    if run.ale.request.settings.fdr:
        q = false_discovery_rate(result.p)
        write_map(folder / "q_fdr.nii.gz", q, result.mask, outside=1.0)
    note = (
        f"{pair.first} minus {pair.second}: voxels with two-sided p < "
        f"{result.settings.cluster_p:g} that touch by a face; only the p_fwe are corrected for the "
        "number of places looked at."
    )
    atlases = run.ale.atlases
    columns = (*PLACE_COLUMNS, *label_columns(atlases), *STATISTIC_COLUMNS)
    write_table(folder / "clusters.tsv", columns, _rows(pair, len(run.pairs), atlases), note)


def _rows(pair: Pair, n_pairs: int, atlases: tuple[Atlas, ...]) -> Iterator[list[Any]]:
    for cluster in pair.result.clusters:
        yield [
            cluster.number,
            _named(cluster, pair),
            cluster.n_voxels,
            cluster.volume_mm3,
            *cluster.peak_mm,
            *label_cells(cluster.peak_mm, atlases),
            cluster.peak_difference,
            cluster.peak_z,
            cluster.peak_p,
            cluster.mass,
            *_familywise(cluster),
            *(None if p is None else min(1.0, n_pairs * p) for p in _familywise(cluster)),
            "; ".join(f"{name} {share:.1%}" for name, share in cluster.contributions),
        ]


def _familywise(cluster: ContrastCluster) -> tuple[float | None, ...]:
    """Return the family-wise p of peak, size and mass."""
    return cluster.peak_p_familywise, cluster.size_p_familywise, cluster.mass_p_familywise


def _named(cluster: ContrastCluster, pair: Pair) -> str:
    return pair.first if cluster.larger_in == "first" else pair.second


def contrast_summary(run: ContrastRun) -> dict[str, Any]:
    """Return what ``result.json`` holds: the groups as ``ale run`` tells them, and the pairs."""
    told = summary(run.ale) | {"analysis": "ale contrast"}
    told["options"] |= {"contrast": asdict(run.request.settings)}
    return told | {"contrasts": [_pair_told(pair, run) for pair in run.pairs]}


def _pair_told(pair: Pair, run: ContrastRun) -> dict[str, Any]:
    result = pair.result
    return {
        "first": pair.first,
        "second": pair.second,
        "warnings": list(pair.warnings),
        "n_tested": result.n_tested,
        "n_enumerated": result.n_enumerated,
        "n_pairs": len(run.pairs),
        "max_difference": float(result.difference.max()),
        "min_difference": float(result.difference.min()),
        "critical_difference": asdict(result.critical),
        "critical_size": None if result.critical_size is None else asdict(result.critical_size),
        "critical_mass": None if result.critical_mass is None else asdict(result.critical_mass),
        "n_conjunction_voxels": int((result.conjunction > 0).sum()),
        "clusters": [_cluster_told(cluster, pair, run) for cluster in result.clusters],
    }


def _cluster_told(cluster: ContrastCluster, pair: Pair, run: ContrastRun) -> dict[str, Any]:
    told = asdict(cluster) | {"larger_in": _named(cluster, pair)}
    told["all_pairs"] = {
        name: None if p is None else min(1.0, len(run.pairs) * p)
        for name, p in zip(("peak", "size", "mass"), _familywise(cluster), strict=True)
    }
    told["labels"] = labels_told(cluster.peak_mm, run.ale.atlases)
    told["contributions"] = [share._asdict() for share in cluster.contributions]
    return told
