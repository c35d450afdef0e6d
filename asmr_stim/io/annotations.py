"""Annotations on disk: ``<stimulus>.<rater>.asmr.yaml``, read and written whole."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.audio import audio_info, audio_sha256, check_name
from asmr_stim.io.decoded import decoded_audio
from asmr_stim.io.tables import write_atomically
from asmr_stim.io.yaml_files import YamlDocument, check_kind, check_record, read_document
from asmr_stim.schema.annotation import SCHEMA_VERSION, Annotation, Clip
from asmr_stim.schema.taxonomy import Taxonomy

_NOT_BARE = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
"""Words that one version of YAML or another takes for a truth value or for nothing."""

MAX_ANNOTATION_BYTES = 64 * 2**20  # half a million regions; 1 MiB holds about nine thousand


@dataclass(frozen=True, slots=True)
class AnnotationPaths:
    """Where the annotation of a clip by a rater lies.

    Parameters
    ----------
    document : Path
        ``<stimulus>.<rater>.asmr.yaml``.
    """

    document: Path

    @property
    def journal(self) -> Path:
        """``<stimulus>.<rater>.asmr.journal.jsonl``, beside the document."""
        return self.document.with_suffix(".journal.jsonl")

    @property
    def lock(self) -> Path:
        """``<stimulus>.<rater>.asmr.lock``, there while a session is open."""
        return self.document.with_suffix(".lock")


def annotation_paths(audio: Path, rater: str, folder: Path | None = None) -> AnnotationPaths:
    """Return where a rater's annotation of a sound file lies: beside it, or in a folder."""
    return AnnotationPaths((folder or audio.parent) / f"{audio.stem}.{rater}.asmr.yaml")


def clip_of(
    audio: Path, sha256: str | None = None, tell: Callable[[float], None] | None = None
) -> Clip:
    """Return what a sound file is known by; errors as ``check_name`` and ``decoded_audio``.

    The samples of a container are counted in its decoded copy, which is made here if there is none.

    Parameters
    ----------
    audio : Path
    sha256 : str, optional
        Of its bytes; without it the file is read whole.
    tell : callable, optional
        Told the share that is decoded, 0 to 1, again and again.
    """
    check_name(audio.name)
    info = audio_info(decoded_audio(audio, tell=tell))
    return Clip(
        file=audio.name,
        sha256=sha256 or audio_sha256(audio),
        rate_hz=info.rate_hz,
        n_samples=info.n_frames,
        n_channels=info.n_channels,
    )


def read_annotation(path: Path, taxonomy: Taxonomy) -> Annotation:
    """Return an annotation from its YAML file.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is no annotation, or of a newer form; each problem with ``FILE:LINE:COL``.
    """
    if path.suffix.lower() in {".tsv", ".csv", ".json"} and path.exists():
        raise InputError(
            f"{path} is no annotation but perhaps one that was exported; give the file of the "
            "annotator, whose name ends in .asmr.yaml"
        )
    document = read_document(path, MAX_ANNOTATION_BYTES)
    check_kind(
        document,
        {"clip", "rater", "regions"},
        "no annotation; give a file of the annotator, whose name ends in .asmr.yaml",
    )
    _refuse_newer(document)
    annotation, problems = check_record(document, Annotation, {"taxonomy": taxonomy})
    if annotation is None:
        raise InputError("\n".join(map(str, problems)))
    return annotation


def annotation_text(annotation: Annotation) -> str:
    """Return an annotation as YAML, without the keys that have nothing to say."""
    content = annotation.model_dump(mode="json", exclude_none=True)
    if not annotation.seen_raters:
        del content["seen_raters"]
    content["regions"] = [
        {key: value for key, value in region.items() if value not in ("", [], {})}
        for region in content["regions"]
    ]
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return text


def write_annotation(path: Path, annotation: Annotation) -> str:
    """Write an annotation whole or not at all, and return the SHA-256 of the file.

    Raises
    ------
    OutputError
        If it cannot be written; what stood there before stands there still.
    """
    content = encoded_annotation(path, annotation)
    write_atomically(path, content)
    return hashlib.sha256(content).hexdigest()


def _refuse_newer(document: YamlDocument) -> None:
    """Say that a file comes from a newer program before complaining about its keys."""
    content = document.content
    version = content.get("schema_version") if isinstance(content, dict) else None
    major = str(version).split(".", maxsplit=1)[0]
    if major.isdigit() and int(major) > int(SCHEMA_VERSION.split(".", maxsplit=1)[0]):
        raise InputError(
            f"{document.path} has schema version {version}, newer than the {SCHEMA_VERSION} that "
            "this program knows; update asmr-stim"
        )


def encoded_annotation(path: Path, annotation: Annotation) -> bytes:
    """Return the bytes of an annotation's file; errors as ``write_annotation``."""
    try:
        return annotation_text(annotation).encode()
    except UnicodeEncodeError:
        raise OutputError(
            f"{path} cannot be written: the name {annotation.clip.file!r} is no valid text; "
            "rename the sound file"
        ) from None


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Ids stay bare; any other text is quoted, so that no reader takes it for something else."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_word = text.isascii() and text.replace("_", "").isalnum() and text[0].isalpha()
    style = None if is_word and text.lower() not in _NOT_BARE else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
