"""The files of an ALE: maps, tables and ``result.json``, in one folder that appears at once.

Offers: ``write_run``, ``write_analysis``, ``write_maps``, ``summary``, ``folder_names``.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asmr_stim.errors import InputError
from asmr_stim.io.atlases import Atlas
from asmr_stim.io.images import write_map
from asmr_stim.io.results import RESULT_FILE, origin, result_folder
from asmr_stim.io.tables import Column, json_bytes, write_atomically, write_table
from asmr_stim.moderator.ale.clusters import Cluster
from asmr_stim.moderator.ale.result import AleResult, Familywise, NotEstimable
from asmr_stim.report.clusters import clusters_table
from asmr_stim.report.labels import atlas_sources, labels_told
from asmr_stim.workflows.ale_methods import group_methods, run_methods

if TYPE_CHECKING:
    from asmr_stim.workflows.ale import AleRun, Group

METHODS_FILE = "methods.txt"
FDR_LEVEL = 0.05
ENTERED = "Which experiments went where, and which were left out and why."

EXPERIMENT_COLUMNS = (
    Column("experiment", "Name as in the input"),
    Column("n", "Number of people", "people"),
    Column("n_foci", "Number of foci in the input"),
    Column("sample_id", "Equal for experiments on the same people"),
    Column("group", "Group it went to"),
    Column("entered", "Whether it is in an estimate"),
    Column("note", "Why it is not, or what was done with it"),
)


Draw = Callable[[AleResult, Path], None]
"""Puts pictures of a result into a folder."""

More = Callable[[Path, list[str]], None]
"""Writes what an analysis has beside its ALE; is told the folder and those of the groups in it."""


def write_analysis(
    run: "AleRun", out: Path, told: dict[str, Any], methods: str, more: More
) -> None:
    """Write the files of an analysis; the folder stands there complete or as it was before.

    Parameters
    ----------
    run : AleRun
        Its groups get their maps and tables.
    out : Path
    told : dict
        What ``result.json`` shall hold.
    methods : str
        What a paper may say of it.
    more : callable
        Writes the rest.

    Raises
    ------
    InputError
        If two groups would share a folder.
    OutputError
        If the folder holds something else than an earlier result, or cannot be written.
    """
    names = folder_names(group.name for group in run.groups)
    with result_folder(out) as folder:
        write_groups(run, folder, names)
        more(folder, names)
        write_atomically(folder / METHODS_FILE, methods.encode())
        write_atomically(folder / RESULT_FILE, json_bytes(told))


def write_run(run: "AleRun", out: Path, draw: Draw | None = None) -> None:
    """Write the files of a run, with pictures if there is somebody to draw them."""

    def pictures(folder: Path, names: list[str]) -> None:
        for group, name in zip(run.groups, names, strict=True):
            if draw is not None and isinstance(group.result, AleResult):
                draw(group.result, folder / name)

    write_analysis(run, out, summary(run), run_methods(run), pictures)


def write_groups(run: "AleRun", folder: Path, names: list[str]) -> None:
    """Write the maps and tables of every group, and the table of who went where."""
    for group, name in zip(run.groups, names, strict=True):
        _write_group(run, group, folder / name)
    rows = list(_experiment_rows(run))
    write_table(folder / "experiments.tsv", EXPERIMENT_COLUMNS, rows, ENTERED)


def folder_names(groups: Iterable[str | None]) -> list[str]:
    """Return a folder for each group, ``.`` if the experiments were not split (None).

    Raises
    ------
    InputError
        If two groups would share a folder.
    """
    by_name: dict[str, str | None] = {}
    for group in groups:
        name = "." if group is None else re.sub(r"[^\w.-]+", "_", group).lstrip(".") or "_"
        other = next((each for each in by_name if each.lower() == name.lower()), None)
        if other is not None:
            raise InputError(
                f"the groups '{by_name[other]}' and '{group}' would share the folder '{other}'; "
                "rename one, or say with --groups which are analysed"
            )
        by_name[name] = group
    return list(by_name)


def _write_group(run: "AleRun", group: "Group", folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    if isinstance(group.result, AleResult):
        write_maps(group.result, folder)
        clusters_table(group.result, run.atlases).write(folder)
    if group.name is not None:
        told = _head(run) | _told(group, run.atlases)
        write_atomically(folder / METHODS_FILE, group_methods(run, group).encode())
        write_atomically(folder / RESULT_FILE, json_bytes(told))


def write_maps(result: AleResult, folder: Path) -> None:
    """Write ``ale``, ``p``, ``z``, and ``p_fwe`` and ``q_fdr`` if asked for, all .nii.gz."""
    mask = result.model.mask
    write_map(folder / "ale.nii.gz", result.ale, mask)
    write_map(folder / "p.nii.gz", result.p, mask, outside=1.0)
    write_map(folder / "z.nii.gz", result.z, mask)
    if result.familywise is not None:
        write_map(folder / "p_fwe.nii.gz", result.familywise.p, mask, outside=1.0)
    if result.q is not None:
        write_map(folder / "q_fdr.nii.gz", result.q, mask, outside=1.0)


def _experiment_rows(run: "AleRun") -> Iterator[list[Any]]:
    for group in run.groups:
        for experiment in group.foci.experiments:
            note = _note(experiment.name, group.result)
            if experiment.name in run.converted or _is_converted(experiment.name, group.result):
                note = "; ".join(filter(None, [note, "moved from Talairach to MNI space"]))
            entered = isinstance(group.result, AleResult) and not note.startswith("left out")
            yield [
                experiment.name,
                experiment.n,
                len(experiment.foci),
                experiment.sample_id,
                group.name,
                entered,
                note or None,
            ]
    for experiment, reason in run.left_out:
        foci = len(experiment.foci)
        yield [experiment.name, experiment.n, foci, experiment.sample_id, None, False, reason]
    for study, reason in run.refused:
        yield [study, None, None, None, None, False, reason]


def _is_converted(name: str, result: AleResult | NotEstimable) -> bool:
    return isinstance(result, AleResult) and name in result.counts.converted


def _note(name: str, result: AleResult | NotEstimable) -> str:
    if isinstance(result, NotEstimable):
        return f"the group is {result.reason}"
    for merged in result.counts.merged:
        if name in merged:
            if " + ".join(merged) in result.counts.emptied:
                return "left out: no focus in the mask"
            return f"merged with {', '.join(other for other in merged if other != name)}"
    return "left out: no focus in the mask" if name in result.counts.emptied else ""


def summary(run: "AleRun") -> dict[str, Any]:
    """Return what ``result.json`` holds: inputs with hashes, options, versions and numbers."""
    head = _head(run) | {
        "left_out": [{"experiment": e.name, "reason": why} for e, why in run.left_out],
        "refused": [{"study": study, "reason": why} for study, why in run.refused],
        "converted": list(run.converted),
    }
    if run.request.by is None:
        return head | _told(run.groups[0], run.atlases)
    return head | {"groups": [_told(group, run.atlases) for group in run.groups]}


def _head(run: "AleRun") -> dict[str, Any]:
    request = run.request
    options: dict[str, Any] = {
        "by": request.by,
        "groups": list(request.groups),
        "clip_share": request.clip_share,
        "direction": request.direction,
        "contrast_type": request.type,
        "space": request.space,
        "atlas": atlas_sources(request.atlas),
    }
    asked = None if request.monte_carlo is None else asdict(request.monte_carlo)
    options |= asdict(request.settings) | {"monte_carlo": asked}
    head = origin("ale", request.inputs, options)
    head["packages"] |= {"numba": version("numba")}
    return head


def _told(group: "Group", atlases: tuple[Atlas, ...]) -> dict[str, Any]:
    """Return the numbers of one group."""
    result = group.result
    named = {} if group.name is None else {"group": group.name}
    if isinstance(result, NotEstimable):
        return named | {"estimable": False} | asdict(result)
    return named | {
        "estimable": True,
        "warnings": list(result.warnings),
        "counts": asdict(result.counts),
        "mask": {
            "n_voxels": result.model.mask.n_voxels,
            "voxel_sizes_mm": list(result.model.mask.voxel_sizes_mm),
        },
        "max_ale": float(result.ale.max()),
        "max_z": float(result.z.max()),
        "ale_threshold": result.ale_threshold,
        "corrected": result.familywise is not None,
        "familywise": _familywise_told(result.familywise),
        "n_voxels_fdr": None if result.q is None else int((result.q <= FDR_LEVEL).sum()),
        "clusters": [_cluster_told(cluster, atlases) for cluster in result.clusters],
    }


def _familywise_told(familywise: Familywise | None) -> dict[str, Any] | None:
    """Return critical values and, in the order of the clusters, their p."""
    if familywise is None:
        return None
    return {
        "n_arrangements": familywise.n_done,
        "critical": {
            "ale": asdict(familywise.ale),
            "size": asdict(familywise.size),
            "mass": asdict(familywise.mass),
        },
        "clusters": [asdict(p) for p in familywise.clusters],
    }


def _cluster_told(cluster: Cluster, atlases: tuple[Atlas, ...]) -> dict[str, Any]:
    told = asdict(cluster) | {"carried_by": cluster.carried_by}
    told["labels"] = labels_told(cluster.peak_mm, atlases)
    told["contributions"] = [share._asdict() for share in cluster.contributions]
    return told
