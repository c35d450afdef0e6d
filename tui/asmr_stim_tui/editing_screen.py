"""Changing what is on the screen: every edit goes to the session, and history goes back and on."""

from collections.abc import Callable

from textual.message import Message

from asmr_stim.annotation.edits import Edit
from asmr_stim.annotation.session import LABEL_FIELDS, AnnotationSession
from asmr_stim.errors import AsmrStimError, OutputError
from asmr_stim.io.session_lock import Holder
from asmr_stim.schema.annotation import Annotation, Region
from asmr_stim.schema.taxonomy import Taxonomy
from asmr_stim_tui import navigation
from asmr_stim_tui.actions import Keymap
from asmr_stim_tui.comparing_screen import ComparingScreen

_WORDS = dict.fromkeys(LABEL_FIELDS, "label") | {
    "onset_sample": "begin",
    "offset_sample": "end",
    "notes": "note",
}
"""Fields whose name is not the word that the screen has for them."""

_DEEDS = {"duplicate": "copy", "split": "cut", "merge": "join"}
"""Edits that a session calls by another name than the key bar."""


class EditingScreen(ComparingScreen):
    """The scene with a session that can be edited.

    Parameters
    ----------
    session : AnnotationSession
    taxonomy : Taxonomy
    keys : dict from action id to tuple of keys
    holder : Holder or None
        Another session that edits this annotation; as long as it is open, this one only shows it.
    others : tuple of Annotation
        Of other raters, to compare with; empty if raters are blind to each other.
    """

    class Edited(Message):
        """The session has changed; ``trouble`` says why the journal did not take it."""

        def __init__(self, trouble: str | None) -> None:
            super().__init__()
            self.trouble = trouble

    def __init__(
        self,
        session: AnnotationSession,
        taxonomy: Taxonomy,
        keys: Keymap,
        holder: Holder | None = None,
        others: tuple[Annotation, ...] = (),
    ) -> None:
        super().__init__(session, taxonomy, keys, others)
        self._holder = holder
        self._is_read_only = holder is not None

    def _edit(
        self, change: Callable[[], object], said: str | None = None, selected: str | None = None
    ) -> None:
        """Change the session, tell the app, and show what came of it."""
        if self._holder is not None:
            self._say(f"Read only: {self._holder} is annotating this clip. Close it, then reopen.")
            return
        trouble = None
        try:
            change()
        except OutputError as error:
            trouble = str(error)
        except AsmrStimError as error:
            self._say(str(error))
            return
        edit = self.session.undoable
        if selected is None and edit is not None:
            selected = edit.region_id
        self._said = said
        self._show(navigation.with_regions(self.scene, self.session.regions, selected))
        self.post_message(self.Edited(trouble))

    def _with_region(self, act: Callable[[Region], None]) -> None:
        """Do something with the selected region, or say that there is none."""
        region = self.scene.region
        if region is not None:
            act(region)
        else:
            self._say_none_selected()

    def action_undo(self) -> None:
        """Take the last edit back."""
        self._travel(self.session.undoable, self.session.undo, "undo")

    def action_redo(self) -> None:
        """Do the undone edit again."""
        self._travel(self.session.redoable, self.session.redo, "redo")

    def _travel(self, edit: Edit | None, go: Callable[[], object], word: str) -> None:
        """Go through history by one edit and show the region that it is about."""
        if edit is None:
            self._say(f"There is nothing to {word}.")
            return
        before = self.scene.selected
        self._edit(go, f"{word.capitalize()}: {edit_words(edit)}.", edit.region_id)
        scene = self.scene
        if scene.region is None:
            self._show(navigation.with_regions(scene, scene.regions, before))
        elif scene.selected != before:
            self._show(navigation.selecting(scene, edit.region_id))


def edit_words(edit: Edit) -> str:
    """Return what an edit is about, as in ``facets of r002`` or ``delete r002``."""
    change = edit.changes[0]
    if change.before is None or change.after is None or len(edit.changes) > 1:
        return f"{_DEEDS.get(edit.kind, edit.kind)} {edit.region_id}"
    before, after = change.before, change.after
    names = [name for name in Region.model_fields if getattr(before, name) != getattr(after, name)]
    said = dict.fromkeys(_WORDS.get(name, name) for name in names)
    return f"{' and '.join(said)} of {edit.region_id}"
