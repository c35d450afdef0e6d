"""The clips of a folder, and how far a rater has come with each."""

import os
from dataclasses import dataclass
from pathlib import Path

from asmr_stim.errors import AsmrStimError, MissingInputError, UnreadableFileError
from asmr_stim.io import ffprobe
from asmr_stim.io.annotations import annotation_paths, read_annotation
from asmr_stim.io.audio import audio_info
from asmr_stim.schema.taxonomy import Taxonomy

_SOUND = {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".w64"}
_THROUGH_FFMPEG = {".aac", ".m4a", ".m4b", ".m4v", ".mkv", ".mov", ".mp4", ".webm"}
SUFFIXES = frozenset(_SOUND | _THROUGH_FFMPEG)


@dataclass(frozen=True, slots=True)
class QueuedClip:
    """A clip of a folder.

    Parameters
    ----------
    path : Path
    n_regions : int or None
        None if there is no annotation yet, or none that can be read.
    n_unlabelled : int
        Regions that have no source and no act.
    trouble : str or None
        Why the sound, or the annotation that is there, cannot be read; without its folder, and
        without the name of the clip at the beginning.
    """

    path: Path
    n_regions: int | None = None
    n_unlabelled: int = 0
    trouble: str | None = None

    @property
    def is_begun(self) -> bool:
        """Whether there is an annotation that can be read."""
        return self.n_regions is not None

    @property
    def is_waiting(self) -> bool:
        """Whether it can be begun: nothing is there yet, and nothing is in the way."""
        return self.n_regions is None and self.trouble is None


def queued_clips(
    folder: Path, rater: str, annotations: Path | None, taxonomy: Taxonomy
) -> tuple[QueuedClip, ...]:
    """Return the clips of a folder in the order of their names.

    Parameters
    ----------
    folder : Path
        Sound files directly in it, known by their suffix.
    rater : str
    annotations : Path, optional
        Folder of the annotations; ``folder`` if not given.
    taxonomy : Taxonomy

    Raises
    ------
    UnreadableFileError
        If the folder cannot be listed.
    MissingInputError
        If it holds no sound file.
    """
    try:
        names = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    except OSError as error:
        raise UnreadableFileError(f"{folder} cannot be listed ({error.strerror})") from None
    clips = tuple(_state(path, rater, annotations, taxonomy) for path in names if path.is_file())
    if not clips:
        known = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
        raise MissingInputError(f"{folder} holds no sound file ({known}); name another folder")
    return clips


def _state(path: Path, rater: str, annotations: Path | None, taxonomy: Taxonomy) -> QueuedClip:
    paths = annotation_paths(path, rater, annotations)
    try:
        _look_into(path)
        regions = read_annotation(paths.document, taxonomy).regions
    except MissingInputError:
        return QueuedClip(path)
    except AsmrStimError as error:
        return QueuedClip(path, trouble=_briefly(str(error), path, paths.document.parent))
    n_unlabelled = sum(region.source is None and region.act is None for region in regions)
    return QueuedClip(path, len(regions), n_unlabelled)


def _briefly(sentence: str, path: Path, annotations: Path) -> str:
    """Return the first line of a sentence that stands in a row beside the name of a clip."""
    words = sentence.partition("\n")[0].removeprefix(str(path)).lstrip(": ")
    for folder in (path.parent, annotations):
        words = words.replace(f"{folder}{os.sep}", "")
    return words


def _look_into(path: Path) -> None:
    """Refuse a sound file whose beginning tells that it cannot be used; errors as ``audio_info``.

    What ffmpeg would have to decode is not looked into: it takes seconds a file.
    """
    if path.suffix.lower() in _SOUND or not ffprobe.is_installed():
        audio_info(path)
