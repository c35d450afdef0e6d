"""Pictures of an ALE: a glass brain and slices as PNG, and a page to zoom and scroll in.

Kept apart from the rest because nilearn's plotting takes seconds to import.

Offers: ``draw_result``.
"""

import warnings
from pathlib import Path

import numpy as np
from nibabel.nifti1 import Nifti1Image
from nilearn import plotting

from asmr_stim.io.tables import write_atomically
from asmr_stim.moderator.ale.result import AleResult
from asmr_stim.report.figures.brain import glass_brain, slices
from asmr_stim.report.figures.style import save


def draw_result(result: AleResult, folder: Path) -> None:
    """Write ``z.png``, ``slices.png`` and ``z.html``: z of the voxels in clusters.

    Parameters
    ----------
    result : AleResult
    folder : Path
        Must exist.
    """
    mask = result.model.mask
    shown = result.p < result.settings.cluster_p
    volume = mask.filled(np.where(shown, result.z, 0.0))
    lowest = float(result.z[shown].min(initial=result.z.max()))
    save(glass_brain(volume, mask.affine, lowest), folder / "z.png")
    save(slices(volume, mask.affine, lowest), folder / "slices.png")
    image = Nifti1Image(volume.astype(np.float32), mask.affine)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of masked arrays inside nilearn
        page = plotting.view_img(
            image, threshold=lowest, cmap="inferno", symmetric_cmap=False, title="z, clusters"
        )
    write_atomically(folder / "z.html", page.get_standalone().encode())
