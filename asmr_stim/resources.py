"""Where the knowledge that comes with the program lies on this machine.

``schemas/`` and ``stimuli_catalog/`` stand at the top of the repository; a wheel carries them in
``asmr_stim/_data``. The functions here return the folder that exists.
"""

from pathlib import Path

from asmr_stim.errors import MissingInputError

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    """Return the packaged folder, or the one beside the package in a checkout."""
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise MissingInputError(
        f"the folder '{name}' that belongs to asmr_stim is missing beside {_PACKAGE}; "
        "install the package anew"
    )


def schemas_folder() -> Path:
    """Return the folder of the taxonomy, the feature list and the other word lists."""
    return _folder("schemas")


def catalogue_folder() -> Path:
    """Return the folder of the stimulus catalogue that comes with the program."""
    return _folder("stimuli_catalog")


def examples_folder() -> Path:
    """Return the folder of the worked example data sets."""
    return _PACKAGE / "examples"
