"""The clusters of an ALE as a table."""

from asmr_stim.io.tables import Column
from asmr_stim.moderator.ale.clusters import Cluster
from asmr_stim.moderator.ale.result import AleResult
from asmr_stim.report.tables import ReportTable

N_SHOWN = 5  # contributions that a table names; result.json has all of them


def clusters_table(name: str, result: AleResult) -> ReportTable:
    """Return one row for each cluster, the largest first."""
    rows = tuple(_row(cluster) for cluster in result.clusters)
    columns = (
        Column("cluster", "number, the largest first"),
        Column("n_voxels", "voxels above the cluster-forming threshold, joined by faces"),
        Column("volume", "their volume", "mm3"),
        Column("x", "peak, left to right", "mm"),
        Column("y", "peak, back to front", "mm"),
        Column("z", "peak, bottom to top", "mm"),
        Column("peak_ale", "largest ALE"),
        Column("peak_z_score", "z of that voxel alone, one-sided"),
        Column("contributions", "experiments with the largest shares of the summed loss"),
        Column("carried_by", "the experiment with more than half of it, if there is one"),
    )
    note = f"Cluster-forming p < {result.settings.cluster_p:g} a voxel, not corrected."
    return ReportTable(f"{name}_clusters", note, columns, rows)


def _row(cluster: Cluster) -> tuple[object, ...]:
    shares = ", ".join(f"{s.experiment} {s.share:.0%}" for s in cluster.contributions[:N_SHOWN])
    return (
        cluster.number,
        cluster.n_voxels,
        cluster.volume_mm3,
        *cluster.peak_mm,
        cluster.peak_ale,
        cluster.peak_z,
        shares,
        cluster.carried_by,
    )
