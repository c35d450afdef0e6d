"""The clips of a folder one after the other: choose one, annotate it, come back."""

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from asmr_stim.errors import AsmrStimError
from asmr_stim.io.annotation_queue import QueuedClip, queued_clips
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim_tui.actions import up_and_down
from asmr_stim_tui.annotator import annotator, default_rater
from asmr_stim_tui.clock import counted
from asmr_stim_tui.drawing import DrawnApp
from asmr_stim_tui.listening_app import SoundOptions


class QueueApp(DrawnApp[Path | None]):
    """A list of clips with their state; the result is the clip that was chosen.

    Parameters
    ----------
    clips : tuple of QueuedClip
        At least one.
    rater : str
    last : Path, optional
        The clip that was open before; the mark stands on the next one that can be begun.
    said : str
        A sentence about what has just happened.
    """

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape,ctrl+c", "quit", "Quit"),
        Binding("n", "next_unbegun", "Next that is not begun"),
    ]
    CSS = """
    QueueApp #title, QueueApp #keys { height: 1; padding: 0 1; background: $panel; }
    QueueApp #title { text-style: bold; }
    QueueApp #said { height: auto; padding: 0 1; color: $accent; }
    QueueApp OptionList {
        height: 1fr; border: none; text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(
        self, clips: tuple[QueuedClip, ...], rater: str, last: Path | None = None, said: str = ""
    ) -> None:
        super().__init__()
        self._clips = clips
        self._rater = rater
        self._last = last
        self._said = said

    def compose(self) -> ComposeResult:
        """Build the list."""
        yield Static(Content(_title(self._clips, self._rater)), id="title")
        width = max(len(clip.path.name) for clip in self._clips) + 2
        yield OptionList(*(Option(_line(clip, width)) for clip in self._clips))
        yield Static(Content(self._said), id="said")
        yield Static(
            f"[b]{up_and_down()}[/] move  [b]enter[/] annotate  "
            "[b]n[/] next that is not begun  [b]q[/] quit",
            id="keys",
        )

    def on_mount(self) -> None:
        """Mark the next clip that is not begun."""
        self.dress()
        places = [i for i, clip in enumerate(self._clips) if clip.path == self._last]
        self._mark_unbegun(places[0] if places else -1)

    def action_next_unbegun(self) -> None:
        """Mark the next clip that is not begun."""
        marked = self.query_one(OptionList).highlighted
        self._mark_unbegun(-1 if marked is None else marked)

    def _mark_unbegun(self, after: int) -> None:
        """Mark the first clip after a place that can be begun, around the end if need be."""
        n_clips = len(self._clips)
        order = [(after + step) % n_clips for step in range(1, n_clips + 1)]
        unbegun = [place for place in order if self._clips[place].is_waiting]
        self.query_one(OptionList).highlighted = unbegun[0] if unbegun else max(after, 0)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose a clip."""
        self.exit(self._clips[event.option_index].path)


def annotate_folder(
    folder: Path,
    rater: str | None,
    annotations: Path | None,
    keys: Path | None,
    *,
    sound: SoundOptions | None = None,
    compare: bool = False,
) -> None:
    """Show the clips of a folder, and annotate the chosen ones, until somebody leaves.

    Raises
    ------
    MissingInputError, UnreadableFileError
        If there is no clip in it, or it cannot be listed.
    """
    who = default_rater() if rater is None else rater
    taxonomy = load_taxonomy()
    last, said = None, ""
    while True:
        clips = queued_clips(folder, who, annotations, taxonomy)
        last = QueueApp(clips, who, last, said).run()
        if last is None:
            return
        said = _annotated(last, who, annotations, keys, sound=sound, compare=compare)


def _annotated(
    clip: Path,
    rater: str,
    annotations: Path | None,
    keys: Path | None,
    *,
    sound: SoundOptions | None,
    compare: bool,
) -> str:
    """Annotate a clip; return why that was not possible, or nothing."""
    try:
        program = annotator(clip, rater, annotations, keys, sound=sound, compare=compare)
    except AsmrStimError as error:
        return str(error)
    try:
        program.run()
    finally:
        program.close()
    return "" if program.trouble is None else str(program.trouble)


def _title(clips: tuple[QueuedClip, ...], rater: str) -> str:
    """Return how many clips there are, how many are begun, and how many cannot be."""
    folder = clips[0].path.parent
    n_begun = sum(clip.is_begun for clip in clips)
    n_unreadable = sum(clip.trouble is not None for clip in clips)
    unreadable = f", {n_unreadable} unreadable" if n_unreadable else ""
    return f"{counted(len(clips), 'clip')} in {folder}, {n_begun} begun by {rater}{unreadable}"


def _line(clip: QueuedClip, width: int) -> Text:
    """Return the name of a clip and how far it has come."""
    name = f"{clip.path.name:<{width}}"
    if clip.trouble is not None:
        return Text.assemble(("! ", "bold red"), name, (clip.trouble, "red"))
    if clip.n_regions is None:
        return Text.assemble(("○ ", "dim"), name, ("not begun", "dim"))
    words = counted(clip.n_regions, "region")
    if clip.n_unlabelled:
        return Text.assemble("◐ ", name, f"{words}, {clip.n_unlabelled} without a label")
    return Text.assemble(("● ", "green"), name, words)
