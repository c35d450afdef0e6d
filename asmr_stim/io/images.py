"""Brain images: masks are read, maps are written whole or not at all.

A map is NIfTI-1, float32, on the grid of the mask it was computed in, 0 outside it unless another
value is said. The same numbers give the same bytes.

Offers: ``read_mask``, ``default_mask``, ``Volume``, ``read_volume``, ``write_map``, ``map_bytes``.
"""

import gzip
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import nibabel
import numpy as np
from nibabel.filebasedimages import ImageFileError
from numpy.typing import NDArray

from asmr_stim.errors import InputError, MissingInputError, UnreadableFileError
from asmr_stim.io.tables import write_atomically
from asmr_stim.moderator.ale.grid import BrainMask

MASK_FILE = Path(__file__).parent / "brain_mask" / "mni_2mm.nii.gz"
_MNI_CODE = 4  # NIfTI-1 xform code: coordinates of the MNI 152 template
_GZIP_LEVEL = 6


def read_mask(path: Path) -> BrainMask:
    """Return the voxels above zero of a NIfTI image as a brain mask in MNI space.

    Parameters
    ----------
    path : Path
        Three-dimensional; a fourth dimension of length one is taken off.

    Raises
    ------
    MissingInputError
        If the file is not there.
    UnreadableFileError
        If it is no NIfTI image or breaks off.
    InputError
        If it is not three-dimensional, empty, or its axes are not at right angles.
    """
    values, affine = read_volume(path)
    try:
        return BrainMask(values > 0, affine)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


class Volume(NamedTuple):
    """What an image holds: its values, three-dimensional as a rule, and voxel indices to mm."""

    values: NDArray[Any]
    affine: NDArray[np.float64]


def read_volume(path: Path) -> Volume:
    """Return the values of a NIfTI image as they stand, and its affine, shape (4, 4).

    Parameters
    ----------
    path : Path
        A fourth dimension of length one is taken off.

    Raises
    ------
    MissingInputError
        If the file is not there.
    UnreadableFileError
        If it is no NIfTI image or breaks off.
    """
    if not path.is_file():
        raise MissingInputError(f"{path}: there is no such file")
    try:
        image = nibabel.load(path)
        values = np.asarray(image.dataobj)
        affine = np.asarray(image.affine, dtype=np.float64)
    except (ImageFileError, OSError, EOFError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnreadableFileError(f"{path}: this cannot be read as NIfTI ({reason})") from error
    if values.ndim == 4 and values.shape[3] == 1:
        values = values[..., 0]
    return Volume(values, affine)


@cache
def default_mask() -> BrainMask:
    """Return the brain mask that comes with the program: 2 mm, 91 x 109 x 91, 235,375 voxels."""
    return read_mask(MASK_FILE)


def map_bytes(volume: NDArray[np.float64], affine: NDArray[np.float64]) -> bytes:
    """Return a float32 NIfTI-1 image, compressed, without a time stamp."""
    image = nibabel.Nifti1Image(volume.astype(np.float32), affine)
    image.set_sform(affine, _MNI_CODE)
    image.set_qform(affine, _MNI_CODE)
    image.header.set_xyzt_units("mm")
    return gzip.compress(image.to_bytes(), compresslevel=_GZIP_LEVEL, mtime=0)


def write_map(
    path: Path, values: NDArray[np.float64], mask: BrainMask, outside: float = 0.0
) -> None:
    """Write one value a mask voxel as a volume.

    Parameters
    ----------
    path : Path ending in .nii.gz
    values : float array, shape (mask.n_voxels,)
    mask : BrainMask
    outside : float
        What stands outside the mask (1 for a map of p).

    Raises
    ------
    OutputError
        If it cannot be written; what stood there before stands there still.
    """
    write_atomically(path, map_bytes(mask.filled(values, outside), mask.affine))
