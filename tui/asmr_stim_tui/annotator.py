"""Open the annotator on a sound file."""

import getpass
import os
import re
from dataclasses import replace
from pathlib import Path

from asmr_stim.errors import AsmrStimError, InputError, OutputError
from asmr_stim.io.annotation_opening import open_annotation
from asmr_stim.io.annotations import annotation_paths, clip_of
from asmr_stim.io.audio import audio_sha256
from asmr_stim.io.picture_cache import seen_sha256
from asmr_stim.io.raters import OtherRaters, other_raters
from asmr_stim.io.session_lock import Holder, SessionLock, acquire
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.schema.annotation import Clip
from asmr_stim_tui.actions import DEFAULT_KEYS, Keymap, shown_key
from asmr_stim_tui.app import AnnotatorApp
from asmr_stim_tui.keymap import read_keymap
from asmr_stim_tui.listening_app import SoundOptions

QUICK_BYTES = 32 * 2**20
"""A file up to this size is hashed before the screen opens, in a tenth of a second."""

_UNREAD = "0" * 64


def annotator(
    audio: Path,
    rater: str | None = None,
    folder: Path | None = None,
    keys: Path | None = None,
    *,
    sound: SoundOptions | None = None,
    compare: bool = False,
) -> AnnotatorApp:
    """Return the annotator of a sound file, ready to run.

    Parameters
    ----------
    audio : Path
    rater : str, optional
        Letters and digits; the name of the user if it is not given.
    folder : Path, optional
        Where the annotation lies; beside the sound if it is not given.

    keys : Path, optional
        A file of keys, as ``keymap`` describes; that of the user, if there is one, if not given.
    sound : SoundOptions, optional
        What plays the clip; nothing if it is not given.
    compare : bool
        Show what other raters made of the clip; otherwise raters are blind to each other.

    Raises
    ------
    MissingInputError, UnreadableFileError, InputError
        If the keys, the sound, or an annotation that is there already, cannot be used.
    """
    if folder is not None and not folder.is_dir():
        raise InputError(f"{folder} is not a folder; make it first, or leave --dir out")
    keymap = _keymap(keys)
    who = default_rater() if rater is None else rater
    clip, is_read = _clip(audio)
    taxonomy = load_taxonomy()
    paths = annotation_paths(audio, who, folder)
    lock, notice = _lock(paths.lock, shown_key(keymap["elsewhere"][0]))
    is_read_only = isinstance(lock, Holder)
    try:
        opened = open_annotation(
            paths, clip, who, taxonomy, is_read_only=is_read_only, is_sound_read=is_read
        )
        others = other_raters(paths, clip, taxonomy) if compare else OtherRaters(())
    except AsmrStimError:
        if isinstance(lock, SessionLock):
            lock.release()
        raise
    if not is_read_only:
        opened.session.note_seen(other.rater for other in others.annotations)
    nobody = ("No other rater has annotated this clip yet.",)
    alone = nobody if compare and not others.annotations else ()
    notices = (*notice, *opened.notices, *others.notices, *alone)
    opened = replace(opened, notices=notices, others=others.annotations)
    return AnnotatorApp(audio, opened, taxonomy, lock, keymap, sound=sound)


def _clip(audio: Path) -> tuple[Clip, bool]:
    """Return what the sound file is, and whether its SHA-256 is known.

    A file of this place, size and time that was read before is taken to have the SHA-256 that it
    had then, and a large one is not read before the screen opens: both are read while it is open.
    """
    known = seen_sha256(audio)
    clip = clip_of(audio, known or _UNREAD)
    if known is None and audio.stat().st_size <= QUICK_BYTES:
        known = audio_sha256(audio)
    return clip.model_copy(update={"sha256": known or _UNREAD}), known is not None


def user_keys() -> Path:
    """Return where the keys of the user are looked for."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "asmr-stim" / "keys.yaml"


def _keymap(path: Path | None) -> Keymap:
    """Return the keys of a file, of the user, or the usual ones."""
    if path is not None:
        return read_keymap(path)
    return read_keymap(user_keys()) if user_keys().is_file() else DEFAULT_KEYS


def _lock(path: Path, key_elsewhere: str) -> tuple[SessionLock | Holder | None, tuple[str, ...]]:
    """Take the lock; where it cannot be written, say at once that nothing can be saved."""
    try:
        lock = acquire(path)
    except OutputError as error:
        kept = f"edits will be kept in memory only, {key_elsewhere} writes them elsewhere"
        return None, (f"{error}: {kept}.",)
    if isinstance(lock, Holder):
        return lock, (f"Read only: {lock} is annotating this clip at the moment.",)
    return lock, ()


def default_rater() -> str:
    """Return the letters and digits of the user's name."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = ""
    return re.sub("[^A-Za-z0-9]", "", name)[:40] or "rater"
