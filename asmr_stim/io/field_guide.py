"""Reads the field guide."""

from functools import lru_cache

from asmr_stim.io.yaml_files import read_record
from asmr_stim.resources import schemas_folder
from asmr_stim.schema.field_guide import FieldGuide

FIELD_GUIDE_FILE = "field_guide.yaml"


@lru_cache(maxsize=1)
def load_field_guide() -> FieldGuide:
    """Return what every field of a study's file means; the file is read once.

    Raises
    ------
    InputError
        If the guide leaves out a field or speaks of one that does not exist.
    """
    return read_record(schemas_folder() / FIELD_GUIDE_FILE, FieldGuide)
