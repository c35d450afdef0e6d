"""The published schemas as files."""

from pathlib import Path

from asmr_stim.errors import OutputError
from asmr_stim.io.tables import json_bytes, write_atomically
from asmr_stim.report.json_schema import published_schemas
from asmr_stim.schema.taxonomy import Taxonomy


def write_schemas(taxonomy: Taxonomy, folder: Path) -> list[Path]:
    """Write every published schema into a folder; return the paths.

    Raises
    ------
    OutputError
        If the folder cannot be made or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"the folder {folder} cannot be made ({error.strerror})") from error
    paths = []
    for name, schema in published_schemas(taxonomy).items():
        write_atomically(folder / name, json_bytes(schema))
        paths.append(folder / name)
    return paths
