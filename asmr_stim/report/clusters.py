"""The clusters of an ALE as a table."""

from collections.abc import Sequence
from typing import Any

from asmr_stim.io.atlases import Atlas
from asmr_stim.io.tables import Column
from asmr_stim.moderator.ale.clusters import Cluster
from asmr_stim.moderator.ale.estimation import UNCORRECTED
from asmr_stim.moderator.ale.familywise import CORRECTED
from asmr_stim.moderator.ale.result import AleResult, ClusterP
from asmr_stim.report.labels import label_cells, label_columns
from asmr_stim.report.tables import ReportTable

LEAST_SHARE = 0.0005
"""A smaller share would be told as 0.0 %: the far tail of a Gaussian, and no contribution."""

NUMBER_COLUMN = Column("cluster", "Number of the cluster, the largest first")

EXTENT_COLUMNS = (
    Column("n_voxels", "Size", "voxels"),
    Column("volume", "Size", "mm3"),
    Column("peak_x", "Peak, left (negative) to right", "mm"),
    Column("peak_y", "Peak, back (negative) to front", "mm"),
    Column("peak_z", "Peak, bottom (negative) to top", "mm"),
)

STATISTIC_COLUMNS = (
    Column("peak_ale", "Largest ALE of the cluster"),
    Column("z", "One-sided z of the peak voxel alone"),
    Column("p", "One-sided p of the peak voxel alone, not corrected"),
    Column("centre_x", "Mean position weighted with ALE, left (negative) to right", "mm"),
    Column("centre_y", "Mean position weighted with ALE, back (negative) to front", "mm"),
    Column("centre_z", "Mean position weighted with ALE, bottom (negative) to top", "mm"),
    Column("mass", "Sum of ALE above the threshold"),
    Column("n_contributing", f"Experiments with a share of at least {LEAST_SHARE:.2%}"),
    Column("carried_by", "Experiment with more than half of the summed loss, if there is one"),
    Column(
        "contributions",
        "Experiments and their shares of the summed loss, largest first, down to "
        f"{LEAST_SHARE:.2%}; result.json has the smaller ones too",
        "%",
    ),
)

FAMILYWISE_COLUMNS = (
    Column("p_fwe_size", "Family-wise p of the size of the cluster"),
    Column("p_fwe_mass", "Family-wise p of the mass of the cluster"),
    Column("p_fwe_peak", "Family-wise p of the largest ALE of the cluster"),
    Column("p_fwe_size_error", "Monte Carlo standard error of p_fwe_size"),
    Column("p_fwe_mass_error", "Monte Carlo standard error of p_fwe_mass"),
    Column("p_fwe_peak_error", "Monte Carlo standard error of p_fwe_peak"),
)


def clusters_table(result: AleResult, atlases: Sequence[Atlas] = ()) -> ReportTable:
    """Return one row for each cluster, the largest first; family-wise p where they are known.

    Parameters
    ----------
    result : AleResult
    atlases : sequence of Atlas
        Name the peaks; without one the columns of labels are empty.
    """
    columns = (NUMBER_COLUMN, *EXTENT_COLUMNS, *label_columns(atlases), *STATISTIC_COLUMNS)
    rows = tuple(_row(cluster, atlases) for cluster in result.clusters)
    corrected = result.familywise
    if corrected is None:
        note = UNCORRECTED.format(p=result.settings.cluster_p)
        return ReportTable("clusters", note, columns, rows)
    asked = corrected.settings
    note = CORRECTED.format(p=result.settings.cluster_p, alpha=asked.alpha, n=corrected.n_done)
    joined = tuple((*row, *_familywise(p)) for row, p in zip(rows, corrected.clusters, strict=True))
    return ReportTable("clusters", note, columns + FAMILYWISE_COLUMNS, joined)


def _familywise(p: ClusterP) -> tuple[float, ...]:
    return (p.size, p.mass, p.peak, p.size_error, p.mass_error, p.peak_error)


def _row(cluster: Cluster, atlases: Sequence[Atlas]) -> tuple[Any, ...]:
    told = [each for each in cluster.contributions if each.share >= LEAST_SHARE]
    shares = "; ".join(f"{name} {share:.1%}" for name, share in told)
    return (
        cluster.number,
        cluster.n_voxels,
        cluster.volume_mm3,
        *cluster.peak_mm,
        *label_cells(cluster.peak_mm, atlases),
        cluster.peak_ale,
        cluster.peak_z,
        cluster.peak_p,
        *(round(value, 2) for value in cluster.centre_mm),
        cluster.mass,
        len(told),
        cluster.carried_by,
        shares,
    )
