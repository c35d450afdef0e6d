"""What an ALE hangs on, from files to files: single experiments, and unpublished ones.

Offers: ``run_leave_one_out``, ``run_fail_safe_n``, ``run_power``, ``DiagnosticRun``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asmr_stim.errors import InputError
from asmr_stim.io.tables import Column, write_table
from asmr_stim.moderator.ale.fail_safe import fail_safe_n
from asmr_stim.moderator.ale.leave_one_out import leave_one_out
from asmr_stim.moderator.ale.power import PowerSettings, power_at
from asmr_stim.moderator.ale.result import AleResult
from asmr_stim.report.labels import label_cells, label_columns
from asmr_stim.workflows.ale import AleRequest, AleRun, Labour, analyse
from asmr_stim.workflows.ale_methods import run_methods
from asmr_stim.workflows.ale_output import summary, write_analysis

GROUP = Column("group", "Group of experiments; n/a if they were not split")
CLUSTER = Column("cluster", "Number of the cluster in clusters.tsv")

LEFT_OUT_COLUMNS = (
    GROUP,
    CLUSTER,
    Column("peak_x", "Peak of the cluster, left (negative) to right", "mm"),
    Column("peak_y", "Peak of the cluster, back (negative) to front", "mm"),
    Column("peak_z", "Peak of the cluster, bottom (negative) to top", "mm"),
)

WITHOUT_COLUMNS = (
    Column("left_out", "Experiment that was left out"),
    Column("kept", "Share of the cluster's voxels that stay above the threshold without it"),
    Column("z", "z without it at the voxel that was the cluster's peak"),
)

FAIL_SAFE_COLUMNS = (
    GROUP,
    CLUSTER,
    Column("median", "Null experiments that the cluster survives, middle of the sets"),
    Column("least", "The same in the worst set of null experiments"),
    Column("most", "The same in the best set"),
    Column("limit", "Largest number tried; a value equal to it means at least that many"),
)

POWER_COLUMNS = (
    GROUP,
    Column("share", "Share of the experiments that converge"),
    Column("n_converging", "That share as a number of experiments"),
    Column("power", "Share of simulated sets in which the place is found"),
    Column("standard_error", "Binomial standard error of the power"),
)


@dataclass(frozen=True)
class DiagnosticRun:
    """A run with one more table.

    Attributes
    ----------
    name : str
        Of the analysis and, with underscores, of its table.
    ale : AleRun
    columns : tuple of Column
    rows : tuple of tuples
    note : str
        What holds for the whole table.
    """

    name: str
    ale: AleRun
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str


def run_leave_one_out(
    request: AleRequest, out: Path, labour: Labour | None = None
) -> DiagnosticRun:
    """Estimate, leave every experiment out once, and write all of it into a folder.

    Parameters
    ----------
    request : AleRequest
    out : Path
        As for ``ale.run_ale``.
    labour : Labour, optional

    Raises
    ------
    InputError, MissingInputError, UnreadableFileError, OutputError
        As for ``ale.run_ale``; InputError also if too few experiments would remain.
    """
    run = analyse(request, labour, out)
    rows = []
    for name, result in _estimated(run):
        peaks = {cluster.number: cluster.peak_mm for cluster in result.clusters}
        rows += [
            (
                *(name, one.cluster, *peaks[one.cluster]),
                *label_cells(peaks[one.cluster], run.atlases),
                *(one.experiment, one.kept, one.peak_z),
            )
            for one in leave_one_out(result)
        ]
    columns = (*LEFT_OUT_COLUMNS, *label_columns(run.atlases), *WITHOUT_COLUMNS)
    note = (
        "Each cluster without each experiment, with the null distribution of those that remain; "
        "the one it hangs on most first. Experiments merged by sample are left out together."
    )
    done = DiagnosticRun("ale leave-one-out", run, columns, tuple(rows), note)
    _write(done, out)
    return done


def run_fail_safe_n(
    request: AleRequest, out: Path, n_sets: int, labour: Labour | None = None
) -> DiagnosticRun:
    """Estimate, correct, find the fail-safe N of each cluster, and write all of it.

    Parameters
    ----------
    request : AleRequest
        With ``monte_carlo``: a cluster is lost when it is no longer significant by size.
    out : Path
        As for ``run_leave_one_out``.
    n_sets : int, at least 1
        Independent sets of null experiments.
    labour : Labour, optional

    Raises
    ------
    InputError, MissingInputError, UnreadableFileError, OutputError
        As for ``run_leave_one_out``; InputError also without ``monte_carlo``.
    """
    labour = labour or Labour()
    if request.monte_carlo is None:
        raise InputError("the fail-safe N needs random arrangements; give --n-iterations")
    run = analyse(request, labour, out)
    # one correction for each number tried: a tenth of the arrangements will do
    fewer = max(99, request.monte_carlo.n_iterations // 10)
    settings = replace(request.monte_carlo, n_iterations=fewer)
    progress = labour.progress if labour.executor is None else None
    with labour.pool() as pool:
        rows = [
            (name, one.cluster, one.median, min(one.added), max(one.added), one.limit)
            for name, result in _estimated(run)
            for one in fail_safe_n(result, settings, n_sets, None, pool, progress)
        ]
    note = (
        f"How many experiments with foci anywhere a cluster survives until it is not significant "
        f"by size (family-wise {settings.alpha:g}, {fewer} arrangements each, {n_sets} sets); "
        "Acar et al. 2018, PLOS ONE 13:e0208177."
    )
    done = DiagnosticRun("ale fail-safe-n", run, FAIL_SAFE_COLUMNS, tuple(rows), note)
    _write(done, out)
    return done


def run_power(
    request: AleRequest,
    out: Path,
    shares: tuple[float, ...],
    n_simulations: int,
    labour: Labour | None = None,
) -> DiagnosticRun:
    """Estimate, simulate the power for experiments of these sizes, and write all of it.

    Parameters
    ----------
    request : AleRequest
        With ``monte_carlo``: a place is found if its cluster is significant by size.
    out : Path
        As for ``run_leave_one_out``.
    shares : tuple of float, within (0, 1]
        Of the experiments that converge.
    n_simulations : int, at least 1
        Simulated sets for each share.
    labour : Labour, optional

    Raises
    ------
    InputError, MissingInputError, UnreadableFileError, OutputError
        As for ``run_leave_one_out``; InputError also without ``monte_carlo``.
    """
    labour = labour or Labour()
    if request.monte_carlo is None:
        raise InputError("power needs random arrangements; give --n-iterations")
    settings = PowerSettings(n_simulations, request.monte_carlo)
    run = analyse(replace(request, monte_carlo=None), labour, out)
    with labour.pool() as pool:
        rows = [
            (name, one.share, one.n_converging, one.power, one.standard_error)
            for name, result in _estimated(run)
            for one in power_at(result, shares, settings, pool)
        ]
    note = (
        f"Share of {n_simulations} simulated sets of experiments of the same sizes in which a "
        "cluster that is significant by size comes within 5 mm of a place where so many of them "
        f"converge (family-wise {settings.monte_carlo.alpha:g})."
    )
    done = DiagnosticRun("ale power", run, POWER_COLUMNS, tuple(rows), note)
    _write(done, out)
    return done


def _estimated(run: AleRun) -> Iterator[tuple[str | None, AleResult]]:
    for group in run.groups:
        if isinstance(group.result, AleResult):
            yield group.name, group.result


def diagnostic_summary(run: DiagnosticRun) -> dict[str, Any]:
    """Return what ``result.json`` holds: the ALE, and the rows of the table."""
    names = [column.name for column in run.columns]
    rows = [dict(zip(names, row, strict=True)) for row in run.rows]
    return summary(run.ale) | {"analysis": run.name, "note": run.note, "rows": rows}


def _write(run: DiagnosticRun, out: Path) -> None:
    def table(folder: Path, names: list[str]) -> None:
        del names
        name = run.name.removeprefix("ale ").replace("-", "_")
        write_table(folder / f"{name}.tsv", run.columns, run.rows, run.note)

    methods = f"{run_methods(run.ale)}\n{run.note}\n"
    write_analysis(run.ale, out, diagnostic_summary(run), methods, table)
