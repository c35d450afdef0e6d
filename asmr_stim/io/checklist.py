"""Reads the reporting checklist."""

from functools import lru_cache

from asmr_stim.io.yaml_files import read_record
from asmr_stim.resources import schemas_folder
from asmr_stim.schema.checklist import Checklist

CHECKLIST_FILE = "reporting_checklist.yaml"


@lru_cache(maxsize=1)
def load_checklist() -> Checklist:
    """Return what a paper should report of its stimuli; the file is read once.

    Raises
    ------
    InputError
        If it is no checklist or contradicts itself; the message lists every problem by line.
    """
    return read_record(schemas_folder() / CHECKLIST_FILE, Checklist)
