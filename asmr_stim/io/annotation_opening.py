"""A rater's session on a clip, with the files it is kept in: opened, saved, moved elsewhere.

Opening one brings back what the last session left, crashed or not. Nothing that cannot be read, or
does not belong to the clip, is ever written over.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from asmr_stim.annotation.session import AnnotationSession
from asmr_stim.errors import AsmrStimError, InputError, MissingInputError, OutputError
from asmr_stim.io.annotations import (
    AnnotationPaths,
    encoded_annotation,
    read_annotation,
)
from asmr_stim.io.journals import JournalContent, JournalFile, read_journal
from asmr_stim.io.tables import write_atomically
from asmr_stim.schema.annotation import Annotation, Clip
from asmr_stim.schema.taxonomy import Taxonomy


@dataclass(frozen=True)
class OpenAnnotation:
    """A session on the annotation of a clip, with the files it is kept in.

    Parameters
    ----------
    session : AnnotationSession
    paths : AnnotationPaths
    journal : JournalFile
    sha256 : str or None
        Of the document on disk; None if there is none.
    notices : tuple of str
        What the rater should know about how it was opened, a sentence each.
    is_of_unread_sound : bool
        It was begun before the SHA-256 of the sound was known; ``settle_sound`` names it.
    others : tuple of Annotation
        Those of other raters that are shown beside it; empty while raters are blind to each other.
    """

    session: AnnotationSession
    paths: AnnotationPaths
    journal: JournalFile
    sha256: str | None
    notices: tuple[str, ...] = ()
    is_of_unread_sound: bool = False
    others: tuple[Annotation, ...] = ()


def save(opened: OpenAnnotation) -> OpenAnnotation:
    """Write the session's annotation to its document, marked in the journal first.

    Raises
    ------
    OutputError
        If the document was changed by somebody else since, or cannot be written.
    """
    path = opened.paths.document
    if opened.journal.is_held:
        raise OutputError(f"{opened.session.annotation.clip.file} is still being checked, a moment")
    content = encoded_annotation(path, opened.session.annotation)
    sha256 = hashlib.sha256(content).hexdigest()
    on_disk = _sha256_on_disk(path)
    if sha256 == on_disk:
        return replace(opened, sha256=sha256)
    if on_disk not in (opened.sha256, None):
        raise OutputError(
            f"{path} was changed by another program since it was opened and is not written over; "
            f"your edits are safe in {opened.journal.path.name}"
        )
    opened.journal.mark_saved(sha256)
    write_atomically(path, content)
    return replace(opened, sha256=sha256)


def open_annotation(
    paths: AnnotationPaths,
    clip: Clip,
    rater: str,
    taxonomy: Taxonomy,
    *,
    is_read_only: bool = False,
    is_sound_read: bool = True,
) -> OpenAnnotation:
    """Return a session with everything that this rater did on this clip before.

    Parameters
    ----------
    paths : AnnotationPaths
        Neither file needs to exist; none is made before the first edit.
    clip : Clip
        What the sound file is now.
    rater : str
    taxonomy : Taxonomy
    is_read_only : bool
        Somebody else writes these files at this moment: no file is copied or moved.
    is_sound_read : bool
        Otherwise the SHA-256 of the clip is not known yet, and nothing is written before
        ``settle_sound``.

    Raises
    ------
    InputError
        If a file is there that cannot be read, belongs to another clip or rater, or has a newer
        form. Nothing is changed.
    """
    document, sha256 = _document(paths.document, taxonomy)
    past = read_journal(paths.journal, taxonomy) if paths.journal.exists() else None
    if document is not None:
        _check_fit(document, clip, rater, paths.document, is_sound_read=is_sound_read)
    if past is not None and past.base is not None:
        _check_fit(past.base, clip, rater, paths.journal, is_sound_read=is_sound_read)
    if past is not None and _continues(past, sha256):
        opened = _continued(paths, past, sha256, taxonomy, is_read_only=is_read_only)
    else:
        start = document or _empty(clip, rater, taxonomy)
        opened = _begun(paths, start, sha256, taxonomy, None if is_read_only else past)
        is_new = document is None and not is_sound_read
        opened = replace(opened, is_of_unread_sound=is_new)
    if document is not None:
        opened.session.note_seen(document.seen_raters)
    if not is_sound_read:
        opened.journal.hold()
    return opened


def settle_sound(opened: OpenAnnotation, clip: Clip) -> OpenAnnotation:
    """Return the session once its sound has been read, with the edits held so far written.

    Parameters
    ----------
    opened : OpenAnnotation
    clip : Clip
        The sound file, now read.

    Raises
    ------
    InputError
        If the annotation was made on other sound; nothing is written then.
    OutputError
        If the edits that were held cannot be written.
    """
    if opened.is_of_unread_sound:
        opened.session.name_sound(clip.sha256)
        opened.journal.name_sound(clip.sha256)
        opened = replace(opened, is_of_unread_sound=False)
    else:
        annotation = opened.session.annotation
        _check_fit(annotation, clip, annotation.rater, opened.paths.document)
    opened.journal.release()
    return opened


def save_elsewhere(opened: OpenAnnotation, folder: Path) -> OpenAnnotation:
    """Write annotation and journal to another folder, and go on there.

    Raises
    ------
    OutputError
        If they cannot be written there, or something of these names is there already.
    """
    paths = AnnotationPaths(folder / opened.paths.document.name)
    for path in (paths.document, paths.journal):
        if _is_there(path):
            raise OutputError(
                f"{path} is there already and is not written over; name another folder"
            )
    journal = opened.journal.moved_to(paths.journal)
    moved = replace(opened, paths=paths, journal=journal, sha256=None)
    moved = save(moved)
    opened.session.journal = journal
    return moved


def _begun(
    paths: AnnotationPaths,
    start: Annotation,
    sha256: str | None,
    taxonomy: Taxonomy,
    past: JournalContent | None,
) -> OpenAnnotation:
    """Begin a new journal; one that is there is moved aside when the first edit is written."""
    aside = None if past is None else _free_name(paths.journal, "old")
    journal = JournalFile.begun(paths.journal, start, sha256, aside)
    session = AnnotationSession(start, taxonomy, journal)
    notices = () if past is None or aside is None else (_why_aside(past, aside),)
    return OpenAnnotation(session, paths, journal, sha256, notices)


def _continues(past: JournalContent, sha256: str | None) -> bool:
    """Return whether the journal begins, and knows the document on disk unless it is missing."""
    if past.base is None:
        return False
    return sha256 is None or sha256 in past.n_steps_saved


def _continued(
    paths: AnnotationPaths,
    past: JournalContent,
    sha256: str | None,
    taxonomy: Taxonomy,
    *,
    is_read_only: bool,
) -> OpenAnnotation:
    """Replay a journal and go on writing it."""
    assert past.base is not None, "the caller asked"  # noqa: S101 for mypy
    session = AnnotationSession(past.base, taxonomy)
    try:
        session.replay(past.steps)
    except AsmrStimError as error:
        raise InputError(
            f"{paths.journal} contradicts itself ({error}); move it away to go on from "
            f"{paths.document.name}"
        ) from None
    notices: list[str] = []
    if not is_read_only:
        notices = [*_damage(paths.journal, past), *_recovery(paths.document, past, sha256)]
    journal = JournalFile(paths.journal, past.lines, sum(map(len, past.lines)))
    session.journal = journal
    return OpenAnnotation(session, paths, journal, sha256, tuple(notices))


def _damage(path: Path, past: JournalContent) -> list[str]:
    """Keep a copy of a journal with a bad line; say what was lost."""
    if past.is_torn:
        return ["The last edit was cut off while it was written and is not in the annotation."]
    if past.bad_line is None:
        return []
    copy = _free_name(path, "damaged")
    write_atomically(copy, path.read_bytes())
    return [f"The journal is damaged from line {past.bad_line} on; a copy is kept as {copy.name}."]


def _recovery(path: Path, past: JournalContent, sha256: str | None) -> list[str]:
    """Say how many edits came back that the document does not hold."""
    n_saved = 0 if sha256 is None else past.n_steps_saved[sha256]
    n_new = len(past.steps) - n_saved
    if n_new == 0:
        return []
    edits = "1 edit" if n_new == 1 else f"{n_new} edits"
    return [f"Recovered {edits} of the last session that {path.name} does not hold yet."]


def _why_aside(past: JournalContent, aside: Path) -> str:
    """Say why a journal does not belong to the document, and what becomes of it."""
    why = "cannot be read" if past.base is None else "does not know the annotation as it is now"
    return f"The journal {why}; it is kept as {aside.name}, and undo begins anew."


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise OutputError(f"{path} cannot be reached ({error.strerror})") from None


def _free_name(path: Path, word: str) -> Path:
    """Return the first name beside a file that nothing has."""
    number = 1
    while (free := path.with_name(f"{path.name}.{word}{number}")).exists():
        number += 1
    return free


def _document(path: Path, taxonomy: Taxonomy) -> tuple[Annotation | None, str | None]:
    try:
        return read_annotation(path, taxonomy), _sha256_on_disk(path)
    except MissingInputError:
        return None, None


def _sha256_on_disk(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"{path} cannot be reached ({error.strerror})") from None


def _empty(clip: Clip, rater: str, taxonomy: Taxonomy) -> Annotation:
    try:
        return Annotation(clip=clip, rater=rater, taxonomy_version=taxonomy.taxonomy_version)
    except ValidationError:
        raise InputError(
            f"the rater '{rater}' must be 1 to 40 letters and digits; write for example --rater rs"
        ) from None


def _check_fit(
    annotation: Annotation, clip: Clip, rater: str, path: Path, *, is_sound_read: bool = True
) -> None:
    """Refuse an annotation that was made on other sound, or by another rater."""
    if annotation.rater != rater:
        raise InputError(
            f"{path} says it is by the rater '{annotation.rater}', not '{rater}'; "
            f"open it with --rater {annotation.rater} under its own name"
        )
    made_on = annotation.clip
    for name, unit in (("n_samples", "samples"), ("rate_hz", "Hz"), ("n_channels", "channels")):
        if getattr(made_on, name) != getattr(clip, name):
            raise InputError(
                f"{path} was made on a clip of {getattr(made_on, name)} {unit}, but {clip.file} "
                f"has {getattr(clip, name)}; give the original file, or another --dir"
            )
    if is_sound_read and made_on.sha256 != clip.sha256:
        raise InputError(
            f"{path} was made on a file with SHA-256 {made_on.sha256[:12]}..., but {clip.file} has "
            f"{clip.sha256[:12]}...; give the original file, or another --dir"
        )
