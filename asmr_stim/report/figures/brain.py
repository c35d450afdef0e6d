"""Brain maps as pictures, drawn by nilearn.

Offers: ``BrainMap``, ``glass_brain``, ``slices``.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from nibabel.nifti1 import Nifti1Image
from nilearn import plotting
from numpy.typing import NDArray

from asmr_stim.report.figures.style import INK, PAPER

SLICES = 8  # side by side, from bottom to top
_BELOW_TITLE = (0.0, 0.0, 1.0, 0.84)
"""Left, bottom, width and height of a picture, in shares of the figure."""


@dataclass(frozen=True)
class BrainMap:
    """What is drawn of a brain.

    Attributes
    ----------
    volume : array, shape (i, j, k)
        A map in MNI space, such as z.
    affine : array, shape (4, 4)
        Voxel to millimetre.
    threshold : float
        Smallest value that is drawn.
    title : str
        Stands above the picture: what is drawn, and whether it is corrected.
    """

    volume: NDArray[np.floating]
    affine: NDArray[np.float64]
    threshold: float
    title: str = ""

    @property
    def image(self) -> Nifti1Image:
        """The map as nilearn takes it, in single precision."""
        return Nifti1Image(np.asarray(self.volume, dtype=np.float32), self.affine)


def glass_brain(shown: BrainMap) -> Figure:
    """Return a map seen through the skull from three sides, values above its threshold only."""
    figure = Figure(figsize=(7.2, 2.9), facecolor=PAPER)
    plotting.plot_glass_brain(
        shown.image, threshold=shown.threshold, figure=figure, axes=_BELOW_TITLE, colorbar=True,
        cmap="inferno", plot_abs=False, vmin=0, annotate=True, display_mode="lyrz",
    )  # fmt: skip
    _letter(figure, shown.title)
    return figure


def slices(shown: BrainMap) -> Figure:
    """Return horizontal slices of a map over the MNI template, where there is most to see."""
    figure = Figure(figsize=(9.6, 2.5), facecolor=PAPER)
    image, highest = shown.image, max(float(shown.volume.max()), shown.threshold)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an empty map, and of masked arrays inside nilearn
        cuts = plotting.find_cut_slices(image, direction="z", n_cuts=SLICES)
        plotting.plot_stat_map(
            image, threshold=shown.threshold, figure=figure, axes=_BELOW_TITLE, colorbar=True,
            cmap="inferno", vmin=0, vmax=highest, display_mode="z", cut_coords=cuts,
            black_bg=False, symmetric_cbar=False,
        )  # fmt: skip
    _letter(figure, shown.title)
    return figure


def _letter(figure: Figure, title: str) -> None:
    """Put the title above the picture and the name of the value above its colour bar."""
    figure.suptitle(title, fontsize=9, x=0.01, y=0.98, ha="left", color=INK)
    figure.axes[-1].set_title("z", fontsize=9, color=INK)
