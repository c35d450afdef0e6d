"""Reads the reporting checklist."""

from functools import lru_cache
from pathlib import Path

from asmr_stim.io.yaml_files import read_record
from asmr_stim.resources import schemas_folder
from asmr_stim.schema.checklist import Checklist

CHECKLIST_FILE = "reporting_checklist.yaml"


def load_checklist(path: Path | None = None) -> Checklist:
    """Return a checklist; a file is read once in the life of the program.

    Parameters
    ----------
    path : Path, optional
        A file of the form of ``schemas/reporting_checklist.yaml``, which is the default.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is no checklist or contradicts itself; the message lists every problem by line.
    """
    return _read((path or schemas_folder() / CHECKLIST_FILE).resolve())


@lru_cache(maxsize=8)
def _read(path: Path) -> Checklist:
    return read_record(path, Checklist)
