"""The annotations that other raters made of the same clip."""

from dataclasses import dataclass
from pathlib import Path

from asmr_stim.errors import AsmrStimError, UnreadableFileError
from asmr_stim.io.annotations import AnnotationPaths, read_annotation
from asmr_stim.schema.annotation import Annotation, Clip
from asmr_stim.schema.taxonomy import Taxonomy

ENDING = ".asmr.yaml"


@dataclass(frozen=True, slots=True)
class OtherRaters:
    """What other raters said of a clip.

    Parameters
    ----------
    annotations : tuple of Annotation
        In the order of the raters' names.
    notices : tuple of str
        A sentence for each file that is there and cannot be compared.
    """

    annotations: tuple[Annotation, ...]
    notices: tuple[str, ...] = ()


def other_raters(paths: AnnotationPaths, clip: Clip, taxonomy: Taxonomy) -> OtherRaters:
    """Return the annotations of a clip that lie beside one, without that one.

    Parameters
    ----------
    paths : AnnotationPaths
        Of the rater who compares.
    clip : Clip
        Annotations of other sound are left out, with a notice.
    taxonomy : Taxonomy

    Raises
    ------
    UnreadableFileError
        If the folder cannot be listed.
    """
    annotations, notices = [], []
    for path in _beside(paths.document):
        try:
            annotation = read_annotation(path, taxonomy)
        except AsmrStimError as error:
            notices.append(f"{path.name} is not compared: {str(error).partition(chr(10))[0]}.")
            continue
        if _is_of(annotation.clip, clip):
            annotations.append(annotation)
        else:
            notices.append(f"{path.name} is not compared: it was made on other sound.")
    return OtherRaters(tuple(annotations), tuple(notices))


def _beside(document: Path) -> list[Path]:
    """Return the other annotation files of the same stimulus, in the order of their names."""
    stimulus = document.name.removesuffix(ENDING).rpartition(".")[0]
    try:
        files = sorted(document.parent.iterdir())
    except OSError as error:
        raise UnreadableFileError(
            f"{document.parent} cannot be listed ({error.strerror})"
        ) from None
    return [path for path in files if path != document and _stimulus(path) == stimulus]


def _stimulus(path: Path) -> str | None:
    """Return which stimulus an annotation file is of; None if it is none."""
    if not path.name.endswith(ENDING):
        return None
    return path.name.removesuffix(ENDING).rpartition(".")[0]


def _is_of(made_on: Clip, clip: Clip) -> bool:
    """Return whether an annotation is of this sound; one that is not read yet counts by length."""
    is_same_length = (made_on.rate_hz, made_on.n_samples) == (clip.rate_hz, clip.n_samples)
    is_known = set(made_on.sha256) != {"0"} and set(clip.sha256) != {"0"}
    return is_same_length and (not is_known or made_on.sha256 == clip.sha256)
