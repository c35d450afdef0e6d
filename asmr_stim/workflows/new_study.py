"""A new study in a catalogue: its file, ready to be filled in."""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.catalogue import STUDIES_FOLDER
from asmr_stim.io.field_guide import load_field_guide
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.report.template import study_template
from asmr_stim.schema.study import StudyId

_STUDY_ID: TypeAdapter[str] = TypeAdapter(StudyId)
EDITOR_SCHEMA = Path("..", "..", "schemas", "generated", "study.draft-07.schema.json")
"""Where editors find the keys of a study, seen from its file in the repository."""


def write_new_study(catalogue: Path, identifier: str) -> Path:
    """Write the template of a new study into a catalogue; return the file.

    Parameters
    ----------
    catalogue : Path
        A folder; it is made if it is not there.
    identifier : str
        Id of the study: first author and year, such as ``doe_2026``.

    Raises
    ------
    InputError
        If this is no id of a study.
    OutputError
        If the study has a file already, or the file cannot be written.
    """
    try:
        _STUDY_ID.validate_python(identifier)
    except ValidationError:
        raise InputError(
            f"'{identifier}' is no id of a study; write first author and year in small letters, "
            "such as doe_2026, and a word if two studies share that (doe_2026_sleep)"
        ) from None
    path = catalogue / STUDIES_FOLDER / f"{identifier}.yaml"
    text = study_template(identifier, load_field_guide(), load_taxonomy())
    if (path.parent / EDITOR_SCHEMA).is_file():
        text = f"# yaml-language-server: $schema={EDITOR_SCHEMA.as_posix()}\n{text}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError(
            f"{path} is there already and is not overwritten; choose another id"
        ) from None
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
    return path
