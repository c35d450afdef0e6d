"""What ``asmr-stim ale`` prints of a result: the warnings first, then the largest clusters."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from asmr_stim.io.atlases import Atlas
from asmr_stim.moderator.ale.clusters import Cluster
from asmr_stim.moderator.ale.contrast_result import ContrastCluster
from asmr_stim.moderator.ale.familywise import Progress
from asmr_stim.moderator.ale.result import AleResult, Familywise
from asmr_stim.report.labels import label_cells
from asmr_stim.workflows.ale import AleRun, Group
from asmr_stim.workflows.ale_contrast import Pair
from asmr_stim.workflows.ale_diagnostics import DiagnosticRun

SHOWN_CLUSTERS = 10


@contextmanager
def arrangements_bar() -> Iterator[Progress]:
    """Yield a function that counts arrangements on stderr, if that is a terminal."""
    done = 0
    is_shown = sys.stderr.isatty()

    def show(more: int) -> None:
        nonlocal done
        done += more
        if is_shown:
            typer.echo(f"\r{done} random arrangements", nl=False, err=True)

    yield show
    if is_shown and done:
        typer.echo("\r\x1b[K", nl=False, err=True)


def show_run(run: AleRun) -> None:
    """Print every group, and how many experiments are in none."""
    for group in run.groups:
        _show_group(group, run.atlases)
    if run.left_out:
        typer.echo(f"{len(run.left_out)} experiments were left out; experiments.tsv says why.")


def _show_group(group: Group, atlases: tuple[Atlas, ...]) -> None:
    if group.name is not None:
        typer.echo(f"{group.name}")
    result = group.result
    if not isinstance(result, AleResult):
        typer.echo(f"  {result.reason}\n")
        return
    _show_warnings(result.warnings)
    counts = result.counts
    typer.echo(
        f"  {counts.n_experiments} experiments, {counts.n_foci} foci "
        f"({counts.n_outside_mask} outside the mask: {result.settings.outside}), "
        f"{counts.n_people} people; {len(result.clusters)} clusters"
    )
    if result.familywise is not None:
        _show_critical(result.familywise, result.model.mask.voxel_volume_mm3)
    _show_clusters(result, atlases)
    _show_rest(len(result.clusters))


def _show_warnings(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        typer.echo(f"  ! {warning}")


def _show_critical(found: Familywise, voxel_mm3: float) -> None:
    typer.echo(
        f"  family-wise {found.settings.alpha:g}: ALE above {found.ale.value:.5f} "
        f"(se {found.ale.standard_error:.5f}), clusters above {found.size.value * voxel_mm3:.0f} "
        f"mm3 (se {found.size.standard_error * voxel_mm3:.0f})"
    )


def _show_clusters(result: AleResult, atlases: tuple[Atlas, ...]) -> None:
    last = "; label" if atlases else ""
    typer.echo(
        f"  cluster      mm3     x     y     z     ALE  z-value  p(size)  largest share{last}"
    )
    for cluster in result.clusters[:SHOWN_CLUSTERS]:
        x, y, z = cluster.peak_mm
        name, share = cluster.contributions[0]
        corrected = "n/a"
        if result.familywise is not None:
            corrected = f"{result.familywise.clusters[cluster.number - 1].size:.4f}"
        typer.echo(
            f"  {cluster.number:7d} {cluster.volume_mm3:8.0f} {x:5.0f} {y:5.0f} {z:5.0f} "
            f"{cluster.peak_ale:7.4f} {cluster.peak_z:8.2f} {corrected:>8s}  {name} {share:.0%}"
            f"{_named(cluster, atlases)}"
        )


def _named(cluster: Cluster, atlases: tuple[Atlas, ...]) -> str:
    """Return what the atlases call the peak of a cluster."""
    if not atlases:
        return ""
    names = label_cells(cluster.peak_mm, atlases)[::2]
    return "; " + (", ".join(str(name) for name in names if name is not None) or "no label")


def _show_rest(n_clusters: int) -> None:
    if n_clusters > SHOWN_CLUSTERS:
        typer.echo(f"  and {n_clusters - SHOWN_CLUSTERS} smaller ones in clusters.tsv")
    typer.echo("")


def show_pair(pair: Pair, n_pairs: int = 1) -> None:
    """Print the comparison of two groups, one of so many pairs."""
    result = pair.result
    typer.echo(f"{pair.first} minus {pair.second}")
    _show_warnings(pair.warnings)
    typer.echo(
        f"  {result.n_tested} voxels compared, {result.n_enumerated} of them exactly; "
        f"family-wise {result.settings.permutations.alpha:g}: difference above "
        f"{result.critical.value:.5f} (se {result.critical.standard_error:.5f}); "
        f"{int((result.conjunction > 0).sum())} voxels where both converge"
    )
    if not result.clusters:
        typer.echo(
            f"  Nothing is significant: no voxel differs at p < {result.settings.cluster_p:g}.\n"
        )
        return
    alpha = result.settings.permutations.alpha
    if not any(_is_significant(cluster, n_pairs, alpha) for cluster in result.clusters):
        among = f" times the {n_pairs} pairs compared" if n_pairs > 1 else ""
        typer.echo(
            f"  Nothing is significant: no cluster has a family-wise p{among} of at most {alpha:g} "
            "by its peak, size or mass."
        )
    typer.echo("      mm3     x     y     z  difference  z-value  p(peak)  p(size)  larger in")
    for cluster in result.clusters[:SHOWN_CLUSTERS]:
        x, y, z = cluster.peak_mm
        larger = pair.first if cluster.larger_in == "first" else pair.second
        typer.echo(
            f" {cluster.volume_mm3:8.0f} {x:5.0f} {y:5.0f} {z:5.0f} "
            f"{cluster.peak_difference:11.4f} {cluster.peak_z:8.2f} "
            f"{cluster.peak_p_familywise:8.4f} {_or_none(cluster.size_p_familywise):>8s}  {larger}"
        )
    _show_rest(len(result.clusters))


def _is_significant(cluster: ContrastCluster, n_pairs: int, alpha: float) -> bool:
    """Return whether the peak, size or mass of a cluster is significant among all pairs."""
    known = (cluster.peak_p_familywise, cluster.size_p_familywise, cluster.mass_p_familywise)
    return any(p is not None and n_pairs * p <= alpha for p in known)


def _or_none(p: float | None) -> str:
    return "n/a" if p is None else f"{p:.4f}"


def show_left_out(run: DiagnosticRun) -> None:
    """Print for the largest clusters of each group the experiment they hang on most."""
    typer.echo("cluster  kept  peak z  without (the experiment each cluster hangs on most)")
    seen = set()
    for row in run.rows:
        (group, cluster), (experiment, kept, peak_z) = row[:2], row[-3:]
        if (group, cluster) in seen or cluster > SHOWN_CLUSTERS:
            continue
        seen.add((group, cluster))
        of = "" if group is None else f"  ({group})"
        typer.echo(f"{cluster:7d} {kept:5.0%} {peak_z:7.2f}  {experiment}{of}")
    typer.echo("All experiments are in leave_one_out.tsv")


def show_fail_safe_n(run: DiagnosticRun) -> None:
    """Print how many null experiments each significant cluster survives."""
    if not run.rows:
        typer.echo("No cluster is significant by its size.")
        return
    typer.echo("cluster  null experiments survived: median (least - most of the sets)")
    for group, cluster, median, least, most, limit in run.rows:
        of = "" if group is None else f"  ({group})"
        more = " or more" if median >= limit else ""
        typer.echo(f"{cluster:7d}  {median:.0f}{more} ({least} - {most}){of}")


def show_power(run: DiagnosticRun) -> None:
    """Print the power for each share of converging experiments."""
    typer.echo("share  experiments  power (se)")
    for group, share, converging, power, error in run.rows:
        of = "" if group is None else f"  ({group})"
        typer.echo(f"{share:5.0%} {converging:12d}  {power:.2f} ({error:.2f}){of}")
