import gzip

import nibabel
import numpy as np
import pytest

from asmr_stim.errors import InputError, MissingInputError, UnreadableFileError
from asmr_stim.io.brain_mask.make_brain_mask import (
    MASK_FILE,
    MNI_AFFINE,
    MNI_SHAPE,
    brain_mask_volume,
)
from asmr_stim.io.images import default_mask, read_mask, write_map
from asmr_stim.moderator.ale.grid import BrainMask


def test_the_shipped_mask_is_what_its_script_makes():
    shipped = nibabel.load(MASK_FILE)
    assert np.array_equal(np.asarray(shipped.dataobj), brain_mask_volume())
    assert np.array_equal(shipped.affine, MNI_AFFINE)


def test_the_default_mask_lies_on_the_mni_grid_and_is_symmetric():
    mask = default_mask()
    assert mask.volume.shape == MNI_SHAPE
    assert mask.n_voxels == 235_375
    assert mask.voxel_sizes_mm == (2.0, 2.0, 2.0)
    assert np.array_equal(mask.volume, mask.volume[::-1])
    assert np.array_equal(mask.millimetres(np.array([45, 63, 36])), [0.0, 0.0, 0.0])


def test_a_map_comes_back_as_float32_in_its_place(tmp_path):
    volume = np.zeros((3, 4, 5), bool)
    volume[1, 2, 3] = True
    mask = BrainMask(volume, np.diag([3.0, 3.0, 3.0, 1.0]))
    write_map(tmp_path / "p.nii.gz", np.array([0.25]), mask, outside=1.0)
    image = nibabel.load(tmp_path / "p.nii.gz")
    values = np.asarray(image.dataobj)
    assert image.get_data_dtype() == np.float32
    assert np.array_equal(image.affine, mask.affine)
    assert values[1, 2, 3] == 0.25
    assert values.sum() == 59.25
    assert [path.name for path in tmp_path.iterdir()] == ["p.nii.gz"]


def test_the_same_map_gives_the_same_bytes(tmp_path):
    mask = default_mask()
    for name in ("a.nii.gz", "b.nii.gz"):
        write_map(tmp_path / name, np.linspace(0, 1, mask.n_voxels), mask)
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()


def an_image(path, values, affine=None):
    nibabel.save(nibabel.Nifti1Image(values, np.eye(4) if affine is None else affine), path)
    return path


def test_a_mask_with_a_fourth_dimension_of_one_is_read(tmp_path):
    path = an_image(tmp_path / "m.nii.gz", np.ones((2, 2, 2, 1), np.uint8))
    assert read_mask(path).n_voxels == 8


def test_masks_that_cannot_be_used_are_refused_by_name(tmp_path):
    with pytest.raises(MissingInputError, match=r"none\.nii: there is no such file"):
        read_mask(tmp_path / "none.nii")
    with pytest.raises(InputError, match=r"empty\.nii: the brain mask is empty"):
        read_mask(an_image(tmp_path / "empty.nii", np.zeros((2, 2, 2), np.uint8)))
    with pytest.raises(InputError, match="three dimensions, this one 4"):
        read_mask(an_image(tmp_path / "four.nii", np.ones((2, 2, 2, 3), np.uint8)))
    sheared = np.eye(4)
    sheared[0, 1] = 0.5
    with pytest.raises(InputError, match="right angles"):
        read_mask(an_image(tmp_path / "shear.nii", np.ones((2, 2, 2), np.uint8), sheared))


def test_a_file_that_is_no_image_or_breaks_off_is_refused(tmp_path):
    words = tmp_path / "words.nii.gz"
    words.write_text("not an image")
    with pytest.raises(UnreadableFileError, match=r"words\.nii\.gz: this cannot be read as NIfTI"):
        read_mask(words)
    half = an_image(tmp_path / "half.nii.gz", np.ones((9, 9, 9), np.uint8))
    half.write_bytes(gzip.compress(gzip.decompress(half.read_bytes())[:500]))
    with pytest.raises(UnreadableFileError, match="cannot be read as NIfTI"):
        read_mask(half)
    cut = tmp_path / "cut.nii.gz"
    cut.write_bytes(MASK_FILE.read_bytes()[:3000])
    with pytest.raises(UnreadableFileError, match="cannot be read as NIfTI"):
        read_mask(cut)
