"""Pictures of an ALE: a glass brain and slices as PNG, and a page to zoom and scroll in.

Kept apart from the rest because nilearn's plotting takes seconds to import.

Offers: ``draw_result``, ``shown_map``, ``shown_voxels``.
"""

import re
import warnings
from html import escape
from pathlib import Path

import numpy as np
from nilearn import plotting
from numpy.typing import NDArray

from asmr_stim.io.tables import write_atomically
from asmr_stim.moderator.ale.clusters import cluster_members
from asmr_stim.moderator.ale.result import AleResult
from asmr_stim.report.figures.brain import BrainMap, glass_brain, slices
from asmr_stim.report.figures.style import save

TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
ICON = re.compile(r'<link rel="icon".*?/>', re.DOTALL)  # of nilearn, asked for over the network


def draw_result(result: AleResult, folder: Path) -> None:
    """Write ``z.png``, ``slices.png`` and ``z.html``: z of the voxels in clusters.

    Only the clusters that survive the correction of their size, where there was one and any does;
    the title says which clusters are drawn.

    Parameters
    ----------
    result : AleResult
    folder : Path
        Must exist.
    """
    drawn = shown_map(result)
    save(glass_brain(drawn), folder / "z.png")
    save(slices(drawn), folder / "slices.png")
    write_atomically(folder / "z.html", _page(drawn).encode())


def _page(drawn: BrainMap) -> str:
    """Return the page, its title above the picture, whose canvas would cut a long one off."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of masked arrays inside nilearn
        page = plotting.view_img(
            drawn.image,
            threshold=drawn.threshold,
            cmap="inferno",
            symmetric_cmap=False,
            title="",
        )
    title = escape(drawn.title)
    head, body = page.get_standalone().split("<body>", 1)
    head = ICON.sub("", TITLE.sub(lambda _: f"<title>{title}</title>", head))
    return f'{head}<body>\n<p style="font-family: sans-serif">{title}</p>{body}'


def shown_map(result: AleResult) -> BrainMap:
    """Return the z of the clusters that its title names, and 0 elsewhere."""
    mask = result.model.mask
    shown, title = shown_voxels(result)
    lowest = float(result.z[shown].min(initial=result.z.max()))
    return BrainMap(mask.filled(np.where(shown, result.z, 0.0)), mask.affine, lowest, title)


def shown_voxels(result: AleResult) -> tuple[NDArray[np.bool_], str]:
    """Return the voxels that are drawn, shape (n_voxels,), and the title that says why these."""
    model = result.model
    total = model.maps.total()
    formed = f"p < {result.settings.cluster_p:g}"
    n_clusters = len(result.clusters)
    if result.familywise is None:
        return total >= model.threshold, f"Uncorrected {formed}: {n_clusters} clusters"
    alpha = result.familywise.settings.alpha
    survivors = [p.size <= alpha for p in result.familywise.clusters]
    if not any(survivors):
        told = f"none of {n_clusters} clusters survives family-wise p <= {alpha:g} of its size"
        return total >= model.threshold, f"Uncorrected {formed}: {told}"
    shown = np.zeros(len(total), dtype=bool)
    members = cluster_members(total, model.threshold, model.mask)
    for inside, survives in zip(members, survivors, strict=True):
        shown[inside] = survives
    told = f"{sum(survivors)} of {n_clusters} clusters formed at {formed}"
    return shown, f"Corrected, family-wise p <= {alpha:g} of the cluster size: {told}"
