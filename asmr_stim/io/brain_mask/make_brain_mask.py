"""Make ``mni_2mm.nii.gz`` beside this file: ``python -m asmr_stim.io.brain_mask.make_brain_mask``.

nilearn's whole-brain mask (its bundled ICBM 152 2009a symmetric template above 0.2) has 2 mm voxels
whose centres lie on even mm, as those of the usual 91 x 109 x 91 MNI grid do. The mask is cut to
that grid and stored with x from right to left, as that grid has it; no brain voxel is lost.

Offers: ``brain_mask_volume``, ``MNI_AFFINE``, ``MNI_SHAPE``, ``MASK_FILE``.
"""

import gzip
from pathlib import Path

import nibabel
import numpy as np
from nilearn.datasets import load_mni152_brain_mask
from numpy.typing import NDArray

MNI_SHAPE = (91, 109, 91)
MNI_AFFINE = np.array(
    [[-2.0, 0.0, 0.0, 90.0], [0.0, 2.0, 0.0, -126.0], [0.0, 0.0, 2.0, -72.0], [0.0, 0.0, 0.0, 1.0]]
)
MASK_FILE = Path(__file__).with_name("mni_2mm.nii.gz")


def brain_mask_volume() -> NDArray[np.uint8]:
    """Return nilearn's brain mask on the 2 mm MNI grid, 1 in the brain, shape (91, 109, 91)."""
    source = load_mni152_brain_mask(resolution=2)
    volume = np.zeros(MNI_SHAPE, np.uint8)
    to_source = np.linalg.inv(source.affine) @ MNI_AFFINE
    targets = np.argwhere(np.ones(MNI_SHAPE, bool))
    at = np.rint(targets @ to_source[:3, :3].T + to_source[:3, 3]).astype(int)
    volume[tuple(targets.T)] = np.asarray(source.dataobj)[tuple(at.T)] > 0
    return volume


def main() -> None:
    """Write the file; the same input gives the same bytes."""
    image = nibabel.Nifti1Image(brain_mask_volume(), MNI_AFFINE)
    MASK_FILE.write_bytes(gzip.compress(image.to_bytes(), mtime=0))


if __name__ == "__main__":
    main()
