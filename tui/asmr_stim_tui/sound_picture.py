"""Outline and spectrum of a clip together, in memory or in a file that another process fills."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asmr_stim.io.mapped_arrays import ArrayForm, create_arrays, open_arrays
from asmr_stim.io.picture_cache import mark_used, picture_path, pictures_folder
from asmr_stim_tui import spectrum
from asmr_stim_tui.peaks import SMALLEST_BIN, PeakPyramid, peak_shapes
from asmr_stim_tui.spectrum import SpectrumPyramid, level_shapes

CACHE_VERSION = 1
"""Raised whenever the same sound would give other arrays."""


@dataclass(frozen=True, slots=True)
class PictureSize:
    """What the arrays of a clip depend on besides its samples.

    Parameters
    ----------
    n_samples, n_channels, rate_hz : int
    """

    n_samples: int
    n_channels: int
    rate_hz: int

    @property
    def about(self) -> dict[str, int | str]:
        """What a file of such arrays says of itself."""
        return {
            "version": CACHE_VERSION,
            "n_samples": self.n_samples,
            "n_channels": self.n_channels,
            "rate_hz": self.rate_hz,
            "bin_samples": SMALLEST_BIN,
            "n_bands": spectrum.N_BANDS,
            "bands_hz": f"{spectrum.LOWEST_HZ}-{spectrum.HIGHEST_HZ}",
            "window_s": str(spectrum.WINDOW_S),
            "frame_s": str(spectrum.FINEST_S),
        }

    @property
    def forms(self) -> list[ArrayForm]:
        """The arrays: levels of the outline, then those of the spectrum."""
        peaks = peak_shapes(self.n_samples, self.n_channels)
        levels = level_shapes(self.n_samples, self.rate_hz)
        return [
            *(ArrayForm(shape, "<i2") for shape in peaks),
            *(ArrayForm(shape, "u1") for shape in levels),
        ]


class SoundPicture:
    """Everything that is drawn of a clip in wide views.

    Parameters
    ----------
    size : PictureSize
    arrays : sequence of ndarray, optional
        Of the forms of the size; in memory if not given.
    """

    def __init__(self, size: PictureSize, arrays: Sequence[NDArray[Any]] | None = None) -> None:
        self.size = size
        n_peaks = len(peak_shapes(size.n_samples, size.n_channels))
        parts = (None, None) if arrays is None else (arrays[:n_peaks], arrays[n_peaks:])
        self.peaks = PeakPyramid(size.n_samples, size.n_channels, parts[0])
        self.spectrum = SpectrumPyramid(size.n_samples, size.n_channels, size.rate_hz, parts[1])

    @property
    def share(self) -> float:
        """How much of the clip it shows, 0 to 1."""
        return self.peaks.share

    def add(self, block: NDArray[np.float64]) -> None:
        """Take in the next samples, shape (frames, channels), full scale [-1, 1]."""
        self.peaks.add(block)
        self.spectrum.add(block)

    def filled_up_to(self, n_samples: int) -> None:
        """Note how much another process has filled."""
        self.peaks.n_filled = self.spectrum.n_filled = n_samples


def created_picture(path: Path, size: PictureSize) -> SoundPicture:
    """Return an empty picture in a new file; raises ``OSError`` where there is no room."""
    return SoundPicture(size, create_arrays(path, size.about, size.forms))


def opened_picture(path: Path, size: PictureSize) -> SoundPicture | None:
    """Return the picture in a file, which another process may still fill; None if it is none."""
    arrays = open_arrays(path, size.about, size.forms)
    return None if arrays is None else SoundPicture(size, arrays)


def kept_path(sha256: str, size: PictureSize) -> Path | None:
    """Return where the whole picture of a sound is kept; None if the user has no cache."""
    folder = pictures_folder()
    return None if folder is None else picture_path(folder, sha256, size.about)


def kept_picture(sha256: str, size: PictureSize) -> SoundPicture | None:
    """Return the whole picture of a sound from the cache, or None."""
    path = kept_path(sha256, size)
    picture = None if path is None else opened_picture(path, size)
    if path is not None and picture is not None:
        picture.filled_up_to(size.n_samples)
        mark_used(path)
    return picture
