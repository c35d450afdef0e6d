"""Reads the taxonomy: the one that comes with the program, or another file of the same form."""

from functools import lru_cache
from pathlib import Path

from asmr_stim.io.yaml_files import read_record
from asmr_stim.resources import schemas_folder
from asmr_stim.schema.taxonomy import Taxonomy

TAXONOMY_FILE = "taxonomy.yaml"


def load_taxonomy(path: Path | None = None) -> Taxonomy:
    """Return a taxonomy; a file is read once in the life of the program.

    Parameters
    ----------
    path : Path, optional
        A file of the form of ``schemas/taxonomy.yaml``, which is the default.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is no taxonomy or contradicts itself; the message lists every problem by line.
    """
    return _read((path or schemas_folder() / TAXONOMY_FILE).resolve())


@lru_cache(maxsize=8)
def _read(path: Path) -> Taxonomy:
    return read_record(path, Taxonomy)
