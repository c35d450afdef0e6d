"""Brain maps as pictures, drawn by nilearn."""

import numpy as np
from matplotlib.figure import Figure
from nibabel.nifti1 import Nifti1Image
from nilearn import plotting
from numpy.typing import NDArray

from asmr_stim.report.figures.style import PAPER


def glass_brain(
    volume: NDArray[np.floating], affine: NDArray[np.float64], threshold: float
) -> Figure:
    """Return a map seen through the skull from three sides, values above the threshold only.

    Parameters
    ----------
    volume : array, shape (i, j, k)
        A map in MNI space, such as z.
    affine : array, shape (4, 4)
        Voxel to millimetre.
    threshold : float
        Smallest value that is drawn.
    """
    figure = Figure(figsize=(7.2, 2.6), facecolor=PAPER)
    image = Nifti1Image(np.asarray(volume, dtype=np.float32), affine)
    plotting.plot_glass_brain(
        image, threshold=threshold, figure=figure, colorbar=True, cmap="inferno", plot_abs=False,
        vmin=0, annotate=True, display_mode="lyrz",
    )  # fmt: skip
    return figure
