"""Every key on one page, over the annotator."""

from collections.abc import Iterator
from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from asmr_stim_tui.actions import ACTIONS, BY_ID, GROUPS, Action, Keymap, shown_key, up_and_down

_MOUSE = (
    ("drag", "Make a region"),
    ("click", "Move the cursor, or select a region"),
    ("wheel", "Zoom; with shift, move"),
)
_WORDS = (
    ("IoU", "Shared time of two raters' regions over the time of both: 0 none, 1 all"),
    ("facet", "What else is true of a region, such as its motion"),
)
_SERIES = {
    "recent_1": ("recent_8", "Give recent label 1 to 8"),
    "intensity_1": ("intensity_5", "Intensity, 1 (faint) to 5 (strong)"),
}
"""Actions that stand in one line up to another one, and what they do together."""
_COLUMN_WIDTH = 54
"""Of the narrowest column of groups, in which few lines are broken."""


class HelpScreen(ModalScreen[None]):
    """The keys as they are bound now.

    Parameters
    ----------
    keys : dict from action id to tuple of keys
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss(None)", "Back"),
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen #frame {
        width: 96%; height: auto; max-height: 96%;
        border: round $accent; border-title-color: $accent; border-subtitle-color: $text-muted;
        background: $surface; padding: 0 2;
    }
    """

    def __init__(self, keys: Keymap) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Build the page."""
        with VerticalScroll(id="frame") as frame:
            frame.border_title = "Keys"
            frame.border_subtitle = f"{up_and_down()} scroll · ? or esc back"
            yield Static(id="groups")

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#frame").focus()

    def on_resize(self, event: Resize) -> None:
        """Set the groups in as many columns as the terminal has room for."""
        n_columns = max(1, int(event.size.width * 0.96) // _COLUMN_WIDTH)
        pages = [_page(name, tuple(self._rows(name))) for name in GROUPS]
        pages += [_page("Mouse", _MOUSE), _page("Words", _WORDS)]
        self.query_one("#groups", Static).update(_side_by_side(pages, n_columns))

    def _rows(self, group: str) -> Iterator[tuple[str, str]]:
        """Return keys and what they do; those that follow on one another are one row."""
        last = None
        for action in ACTIONS:
            if action.group != group:
                continue
            if last is None:
                last, does = self._series_from(action)
                keys = self._shown(action)
                if last is not None:
                    keys = f"{keys}-{shown_key(BY_ID[last].keys[0])}"
                yield keys, does
            if last == action.id:
                last = None

    def _series_from(self, action: Action) -> tuple[str | None, str]:
        """Return the last action of a series that begins here, if its keys are as they were."""
        last, does = _SERIES.get(action.id, (None, action.does))
        stem = action.id.rstrip("1")
        is_as_it_was = all(
            self._keys.get(each.id, each.keys) == each.keys
            for each in ACTIONS
            if each.id.startswith(stem)
        )
        return (last, does) if is_as_it_was else (None, action.does)

    def _shown(self, action: Action) -> str:
        return " ".join(shown_key(key) for key in self._keys.get(action.id, action.keys))


def _side_by_side(pages: list[Table], n_columns: int) -> Table:
    """Return tables in columns of about the same height, one after the other down each."""
    heights = [page.row_count + 2 for page in pages]
    columns: list[list[Table]] = [[] for _ in range(n_columns)]
    above = 0
    for page, height in zip(pages, heights, strict=True):
        middle = above + height / 2
        columns[int(middle * n_columns / sum(heights))].append(page)
        above += height
    grid = Table.grid(padding=(0, 2), expand=True)
    for _ in columns:
        grid.add_column(ratio=1)
    grid.add_row(*(Group(*column) for column in columns))
    return grid


def _page(name: str, rows: tuple[tuple[str, str], ...]) -> Table:
    table = Table(
        box=None,
        title=name,
        title_justify="left",
        title_style="bold underline",
        padding=(0, 1),
        show_header=False,
        expand=True,
    )
    table.add_column(width=max(11, *(len(keys) for keys, _ in rows)))
    table.add_column(ratio=1)
    for keys, does in rows:
        table.add_row(Text(keys, "bold"), does)
    table.add_row("", "")
    return table
