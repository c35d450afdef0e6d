"""Every key on one page, over the annotator."""

from typing import ClassVar

from rich.columns import Columns
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from asmr_stim_tui.actions import ACTIONS, GROUPS, Action, Keymap, shown_key

_MOUSE = (
    ("drag", "Make a region"),
    ("click", "Move the cursor, or select a region"),
    ("wheel", "Zoom; with shift, move"),
)


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
        width: 96%; max-width: 128; height: auto; max-height: 96%;
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
            frame.border_subtitle = "↑ ↓ scroll · ? or esc back"
            yield Static(Columns([*map(self._group, GROUPS), _mouse()], padding=(0, 3)))

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#frame").focus()

    def _group(self, name: str) -> Table:
        """Return the table of one group."""
        table = _page(name)
        for action in ACTIONS:
            if action.group == name:
                table.add_row(Text(self._shown(action), "bold"), action.does)
        table.add_row("", "")
        return table

    def _shown(self, action: Action) -> str:
        return " ".join(shown_key(key) for key in self._keys.get(action.id, action.keys))


def _mouse() -> Table:
    table = _page("Mouse")
    for what, does in _MOUSE:
        table.add_row(Text(what, "bold"), does)
    return table


def _page(name: str) -> Table:
    table = Table(
        box=None,
        title=name,
        title_justify="left",
        title_style="bold underline",
        padding=(0, 1),
        show_header=False,
    )
    table.add_column(width=12)
    table.add_column(width=38)
    return table
